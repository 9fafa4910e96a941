"""The end of a budget year, and ceilings lowered below what is promised: which promises there are, decided case by case.

A promise is what a case holds on lines of a year, or awaits of its budget. Each is decided by a trigger on its case, through the
engine; a year is closed when no promise of it is left open, and nothing is closed silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, insert, select

from policies.wording import say_money
from workflow import cases
from workflow.budgets.remaining import open_promises
from workflow.database import lock
from workflow.engine.engine import Engine, Outcome
from workflow.engine.judging import Actor
from workflow.errors import NotFound, NotNow, NotYours
from workflow.tables import budgets, closed_years, group_members, people

#: Whose members decide on promises.
OFFICERS = "bkpsdm.budget"


def decide(
    conn: Connection, engine: Engine, case_id: str, trigger: str, actor: Actor, form: Mapping[str, Any], at: datetime
) -> Outcome:
    """Take a step about money on a case as it stands now, as a budget officer; all of it or nothing. Raises Problem."""
    check_officer(conn, actor)
    case = cases.load(conn, case_id, lock=True)
    return engine.fire(conn, case.id, trigger, actor, form, at, version=case.version)


def check_officer(conn: Connection, actor: Actor) -> None:
    """Promises are decided by named budget officers. Raises NotYours."""
    member = exists().where(group_members.c.group_name == OFFICERS, group_members.c.person_id == actor.person_id)
    if actor.person_id is None or not conn.execute(select(member)).scalar_one():
        raise NotYours(
            f"Janji anggaran diputuskan oleh pengelola anggaran, dan {actor.name} bukan anggotanya. "
            f"Tambahkan dahulu: jenjang groups add {OFFICERS} NIP"
        )


def close_year(conn: Connection, year: int, actor: Actor, at: datetime, *, today_year: int) -> None:
    """Close a budget year: its lines promise nothing any more. Raises NotYours, NotFound, or NotNow while promises are open."""
    check_officer(conn, actor)
    found = conn.execute(select(budgets.c.id).where(budgets.c.year == year).order_by(budgets.c.id)).scalars().all()
    if not found:
        raise NotFound(f"Tidak ada mata anggaran tahun {year}. Periksa tahunnya.")
    if year > today_year:
        raise NotNow(f"Tahun anggaran {year} belum berjalan, sehingga belum dapat ditutup.")
    # Whoever promises something holds the lock of its line: after these, none of this year is under way.
    lock(conn, f"budget-year:{year}", *(f"budget:{line_id}" for line_id in found))
    if closed_by(conn, year) is not None:
        raise NotNow(f"Tahun anggaran {year} sudah ditutup.")
    left = open_promises(conn, year)
    if left:
        total = say_money(sum(each.amount for each in left))
        raise NotNow(
            f"Masih ada {len(left)} janji anggaran tahun {year} sebesar {total}. Putuskan satu per satu: lepaskan, atau alihkan "
            f"ke tahun {year + 1}."
        )
    conn.execute(insert(closed_years).values(year=year, closed_by=actor.person_id, closed_at=at))


def closed_by(conn: Connection, year: int) -> tuple[str, datetime] | None:
    """Who closed a budget year, and when; None while it is open."""
    query = select(people.c.name, closed_years.c.closed_at).join_from(closed_years, people)
    row = conn.execute(query.where(closed_years.c.year == year)).one_or_none()
    return (row.name, row.closed_at) if row else None


def closed_among(conn: Connection, years: Iterable[int]) -> set[int]:
    """Which of these years are closed."""
    query = select(closed_years.c.year).where(closed_years.c.year.in_(sorted(years)))
    return set(conn.execute(query).scalars())
