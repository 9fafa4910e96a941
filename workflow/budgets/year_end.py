"""The end of a budget year, and ceilings lowered below what is promised: which promises there are, decided case by case.

A promise is what a case holds on lines of a year, or awaits of its budget. Each is decided by a trigger on its case, through the
engine; a year is closed when no promise of it is left open, and nothing is closed silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select

from policies.wording import say_money
from workflow import cases
from workflow.budgets import books
from workflow.database import lock
from workflow.engine.engine import Engine, Outcome
from workflow.engine.judging import Actor
from workflow.errors import NotFound, NotNow, NotYours
from workflow.tables import budgets, closed_years, group_members, people, postings, units
from workflow.tables import cases as case_rows

#: Whose members decide on promises.
OFFICERS = "bkpsdm.budget"


@dataclass(frozen=True)
class OpenPromise:
    """What one case has of one year, on one line; without a line it awaits the budget of that year. Whole rupiah."""

    case_id: str
    process: str
    state: str
    name: str
    unit: str
    year: int
    line_id: str
    line: str
    reserved: int
    committed: int
    awaiting: int

    @property
    def amount(self) -> int:
        """All of it."""
        return self.reserved + self.committed + self.awaiting


@dataclass(frozen=True)
class Line:
    """A budget line with its balances, in whole rupiah; ``missing``: what the ceiling lacks for what is promised."""

    id: str
    title: str
    unit: str
    year: int
    ceiling: int
    available: int
    reserved: int
    committed: int
    spent: int
    missing: int


def lines(conn: Connection, year: int | None = None) -> list[Line]:
    """The budget lines of a year, or of all, each with its balances."""
    sums = {
        account: func.coalesce(func.sum(postings.c.amount).filter(postings.c.account == account), 0).label(account)
        for account in books.ACCOUNTS
    }
    query = (
        select(*budgets.c, units.c.name, *(total.label(f"on_{account}") for account, total in sums.items()))
        .select_from(budgets.join(units, units.c.id == budgets.c.unit_id).outerjoin(postings))
        .group_by(*budgets.c, units.c.name)
        .order_by(budgets.c.year, units.c.name, budgets.c.activity_code, budgets.c.account_code)
    )
    if year is not None:
        query = query.where(budgets.c.year == year)
    return [_line(row) for row in conn.execute(query)]


def _line(row: Any) -> Line:
    return Line(
        id=row.id,
        title=books.line_title(row.activity, row.account, row.year),
        unit=row.name,
        year=row.year,
        ceiling=row.ceiling,
        available=int(row.on_available),
        reserved=int(row.on_reserved),
        committed=int(row.on_committed),
        spent=int(row.on_spent),
        missing=-int(row.on_deficit),
    )


def deficits(conn: Connection, year: int | None = None) -> list[Line]:
    """The lines whose ceiling is below what is promised and spent."""
    short = select(postings.c.budget_id).where(postings.c.account == "deficit").group_by(postings.c.budget_id)
    short = short.having(func.sum(postings.c.amount) < 0)
    if not conn.execute(short.limit(1)).first():
        return []
    return [line for line in lines(conn, year) if line.missing > 0]


def open_promises(conn: Connection, year: int | None = None, line_id: str | None = None) -> list[OpenPromise]:
    """What cases hold or await of a year, or on a line; those of cases that closed hold nothing."""
    of_year = func.coalesce(budgets.c.year, postings.c.year).label("of_year")
    sums = [
        func.coalesce(func.sum(postings.c.amount).filter(postings.c.account == account), 0).label(account)
        for account in (*books.HELD, books.AWAITING)
    ]
    about = (
        case_rows.c.id,
        case_rows.c.process,
        case_rows.c.state,
        people.c.name,
        units.c.name.label("unit"),
        postings.c.budget_id,
        budgets.c.activity,
        budgets.c.account,
    )
    query = (
        select(*about, of_year, *sums)
        .select_from(
            postings.join(case_rows, case_rows.c.id == postings.c.case_id)
            .join(people, people.c.id == case_rows.c.subject_id)
            .outerjoin(units, units.c.id == case_rows.c.unit_id)
            .outerjoin(budgets, budgets.c.id == postings.c.budget_id)
        )
        .where(postings.c.account.in_([*books.HELD, books.AWAITING]))
        .group_by(*about, of_year)
        .having(func.sum(postings.c.amount) > 0)
        .order_by(of_year, units.c.name, people.c.name, case_rows.c.id)
    )
    if year is not None:
        query = query.where(of_year == year)
    if line_id is not None:
        query = query.where(postings.c.budget_id == line_id)
    return [_promise(row) for row in conn.execute(query)]


def _promise(row: Any) -> OpenPromise:
    return OpenPromise(
        case_id=row.id,
        process=row.process,
        state=row.state,
        name=row.name,
        unit=row.unit or "",
        year=row.of_year,
        line_id=row.budget_id or "",
        line=books.line_title(row.activity, row.account, row.of_year) if row.budget_id else "",
        reserved=int(row.reserved),
        committed=int(row.committed),
        awaiting=int(row.awaiting),
    )


# --- Deciding --------------------------------------------------------------------------------------------------------


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
