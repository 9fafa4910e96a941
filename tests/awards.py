"""Nominations and rounds straight in the tables, for tests of what is made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from tests.world import MONDAY, World
from workflow.callers import Caller
from workflow.ids import new_id
from workflow.tables import cases, cohort_cases, cohorts, entries, people

CRITERIA = [{"name": "Kinerja", "weight": 60}, {"name": "Inovasi", "weight": 40}]
#: Entries by kind: what one says besides its day.
Entries = Mapping[str, Any]


def caller(world: World, who: str) -> Caller:
    """Somebody with a key that is good for everything."""
    on = world.engine.office.day(world.at)
    kind = {"regent": "official", "contact": "contact"}.get(who, "staff")
    return Caller("k", world.ids[who], who, kind, None, frozenset({"read"}), on, on)


def set_record(world: World, who: str, **columns: Any) -> None:
    """What is on record of somebody."""
    world.database.write(lambda conn: conn.execute(update(people).where(people.c.id == world.ids[who]).values(columns)))


def award_round(world: World, *, amount: int = 2_000_000, state: str = "comparing", year: int = 2026) -> str:
    """A round of both kinds that are compared. Answers its id, which is that of its cohort as well."""
    form = {
        "title": "Pegawai Berprestasi 2026",
        "kinds": ["regional", "self_development"],
        "closes_on": f"{year}-03-31",
        "quota": [],
        "receivers": [{"kind": "regional", "number": 3}],
        "criteria": CRITERIA,
        "amount": amount,
        "budget_line": world.budget_line,
        "ceiling": 10 * amount,
    }

    def work(conn: Connection) -> str:
        found = _case(conn, "award_round", world.ids["verifier"], form, state, final=state in ("finished", "cancelled"))
        conn.execute(
            insert(cohorts).values(
                id=found, process="incentive", title=form["title"], form="{}", opened_by=world.ids["verifier"],
                opened_at=MONDAY,
            )
        )  # fmt: skip
        return found

    return world.database.write(work)


def nomination(world: World, who: str, kind: str, state: str, *, of_round: str = "", **more: Any) -> str:
    """A nomination as it stands. ``more``: its ``told`` (kind of entry, who wrote it, what it says), ``form``, ``nominated_on``."""
    final = state in ("awarded", "rejected", "withdrawn", "unsuccessful", "revoked", "refused")
    on = more.get("nominated_on", MONDAY.date())

    def work(conn: Connection) -> str:
        form = {"kind": kind, "round": of_round, **more.get("form", {})}
        found = _case(conn, "incentive", world.ids[who], form, state, final=final)
        told = [("submission", "hospital_head", {}), *more.get("told", ())] if on else []
        for number, (entry, writer, data) in enumerate(told, 1):
            _entry(conn, found, entry, number, world.ids[writer], on, data)
        if of_round:
            conn.execute(
                insert(cohort_cases).values(cohort_id=of_round, case_id=found, position=len(found), joined_at=MONDAY)
            )
        return found

    return world.database.write(work)


def revocation(world: World, of: str, state: str = "revoked") -> str:
    """A case that takes an award back."""
    nurse, form = world.ids["nurse"], {"award_case": of, "ground": "false_data"}

    def work(conn: Connection) -> str:
        found = _case(conn, "award_revocation", nurse, form, state, final=True)
        _entry(conn, found, "late_revocation", 1, world.ids["regent"], MONDAY.date(), {})
        return found

    return world.database.write(work)


def score(*points: int) -> dict[str, Any]:
    """What a member gives by each criterion."""
    return {"scores": [{"criterion": c["name"], "points": p} for c, p in zip(CRITERIA, points, strict=True)]}


def paid(account: str = "0012345678", gross: int = 2_000_000, tax: int = 100_000) -> dict[str, Any]:
    """What a payment says."""
    return {
        "account": account, "bank": "Bank Contoh", "gross": gross, "tax": tax, "net": gross - tax,
        "sp2d_number": "0123/SP2D/2026", "sp2d_on": "2026-03-20",
    }  # fmt: skip


def handed_over(on: str = "2026-03-25") -> dict[str, Any]:
    """What a hand-over says."""
    return {"handed_on": on, "place": "Pendopo"}


def _case(conn: Connection, process: str, subject: str, form: Any, state: str, *, final: bool) -> str:
    found = new_id(MONDAY)
    conn.execute(
        insert(cases).values(
            id=found, process=process, process_version=1, fingerprint="0" * 64, state=state, version=1,
            form=json.dumps(form), subject_id=subject, unit_id="RSUD", opened_at=MONDAY, entered_on=MONDAY.date(),
            closed_at=MONDAY + timedelta(days=30) if final else None,
        )
    )  # fmt: skip
    return found


def _entry(conn: Connection, case: str, kind: str, number: int, writer: str, on: date, data: Any) -> None:
    at = datetime.combine(on, MONDAY.timetz()) + timedelta(seconds=number)
    conn.execute(
        insert(entries).values(
            id=new_id(at), case_id=case, kind=kind, number=number, status="", on_date=on, data=json.dumps(data),
            written_by=writer, written_at=at,
        )
    )  # fmt: skip
