"""Counting hours anew by the law as it stands now: for when a value is changed that was in force already.

Every movement is a correction of its own, dated on the day of the recount, with the reason; the event that tells of it stands in
the log of the case whose activity it is. Run twice it moves nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from workflow import cases
from workflow.database import Database, lock
from workflow.engine.engine import Engine
from workflow.engine.evidence import Evidence, HoursTold
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.recording import HOURS_RECOUNTED, record, who_acted
from workflow.hours.ledger import due, post
from workflow.tables import hour_evidence

_WHY = "Dibalik karena ketentuan berubah setelah dibukukan"


@dataclass(frozen=True)
class Recounted:
    """How many people were looked at, and every movement of whoever something changed for, by person."""

    people: int
    moved: dict[str, tuple[HoursTold, ...]]


def recount_all(
    database: Database, engine: Engine, at: datetime, *, person_id: str = "", year: int | None = None
) -> Recounted:
    """Count everybody anew, or one person; all years, or one. Each person in a transaction of their own."""
    everybody = [person_id] if person_id else database.read(_claimants)
    found = {each: database.write(recount_person, engine, each, at, year=year) for each in everybody}
    return Recounted(len(everybody), {each: moved for each, moved in found.items() if moved})


def recount_person(
    conn: Connection, engine: Engine, person_id: str, at: datetime, *, year: int | None = None
) -> tuple[HoursTold, ...]:
    """Post what a person's hours should be by the law as it is now and are not. Answers the movements, case by case."""
    office = engine.office
    if not _due(conn, engine, person_id, year):
        return ()
    # In the order in which a step locks: the case first, then the hours of whoever it is about.
    claimed = select(hour_evidence.c.case_id).where(hour_evidence.c.person_id == person_id).distinct()
    loaded = {case_id: cases.load(conn, case_id, lock=True) for case_id in sorted(conn.execute(claimed).scalars())}
    lock(conn, f"hours:{person_id}")
    moved: list[HoursTold] = []
    for case_id, case in loaded.items():
        own = [each for each in _due(conn, engine, person_id, year) if each.case == case_id]
        if own:
            told = post(conn, office.policies, office.zone, case_id, own, at)
            payload = {"actor": who_acted(THE_SYSTEM, None), "state": case.state}
            record(conn, case, case, HOURS_RECOUNTED, at, payload, Evidence(hours=tuple(told)))
            moved += told
    return tuple(moved)


def _due(conn: Connection, engine: Engine, person_id: str, year: int | None) -> list[HoursTold]:
    """What is to be moved; of one year alone what touches it."""
    moved = due(conn, engine.office.policies, engine.office.zone, person_id, because=_WHY, why=_WHY)
    touching = {each.claim for each in moved if year is None or each.year == year}
    return [each for each in moved if each.claim in touching]


def _claimants(conn: Connection) -> list[str]:
    return list(
        conn.execute(select(hour_evidence.c.person_id).distinct().order_by(hour_evidence.c.person_id)).scalars()
    )
