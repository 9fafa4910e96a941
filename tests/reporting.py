"""Reports in the office of ``world.py``: how one is made, and activities that ran, straight in the tables."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from policies.report import Period
from tests.hours import book
from tests.world import World
from workflow.ids import new_id
from workflow.reports.parts import Cell, Section
from workflow.reports.showing import Report, running, signed
from workflow.tables import cases, events, people

REMARKS = {
    "obstacles": "Balasan instansi penerima di luar daerah rata-rata terlambat satu minggu.",
    "follow_up": "Permohonan dikirim sekurang-kurangnya enam minggu sebelum magang dimulai.",
}
#: The first working day after the first quarter, and after the second.
AFTER_FIRST, AFTER_SECOND = date(2026, 4, 1), date(2026, 7, 1)


def opened(world: World, who: str = "verifier", **form: int) -> str:
    """Somebody opens a report."""
    return world.database.write(world.engine.open, "report", world.actor(who), form, world.at).case_id


def submitted(world: World, year: int = 2026, quarter: int = 1, who: str = "verifier") -> str:
    """A report that lies before the head."""
    case = opened(world, who)
    world.fire(case, "submit", who, {"year": year, "quarter": quarter})
    return case


def reported(world: World, year: int = 2026, quarter: int = 1) -> str:
    """A report that has been signed."""
    case = submitted(world, year, quarter)
    world.fire(case, "report", "agency_chief", REMARKS)
    return case


def now(world: World, year: int = 2026, quarter: int = 1) -> Report:
    """The running report."""
    processes = world.engine.registry.processes.values()
    on = world.engine.office.day(world.at)
    return world.database.read(running, world.engine.office, processes, Period(year, quarter), on)


def as_signed(world: World, case: str) -> Report:
    """A report as it was signed."""
    found = world.database.read(signed, world.engine.office, case)
    assert found is not None
    return found


def section(report: Report, code: str) -> Section:
    """A section of a report."""
    return next(each for each in report.figures if each.code == code)


def row(report: Report, code: str, name: str) -> tuple[Cell, ...]:
    """The numbers of a row."""
    return next(each for each in section(report, code).lines if each.code == name).cells


def values(report: Report, code: str) -> dict[str, tuple[int, ...]]:
    """Every row of a section by its code, the total too."""
    return {each.code: tuple(cell.value for cell in each.cells) for each in section(report, code).lines}


def midday(day: date) -> datetime:
    """Ten in the morning of a day at the agency."""
    return datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)


def ran(
    world: World,
    who: str,
    first: date,
    last: date,
    *,
    state: str = "completed",
    closed_on: date | None = None,
    begun: bool = True,
    hours: int = 20,
    credited_on: date | None = None,
    ended_on: date | None = None,
) -> str:
    """An internship that was asked for a month before, and what became of it. Answers its case."""
    asked_at = midday(first - timedelta(days=30))
    case = new_id(asked_at)
    if state == "completed":
        closed_on = closed_on or last + timedelta(days=7)
    memory = {"ended_on": ended_on.isoformat()} if ended_on else {}

    def work(conn: Connection) -> None:
        unit = conn.execute(select(people.c.unit_id).where(people.c.id == world.ids[who])).scalar_one()
        conn.execute(
            insert(cases).values(
                id=case,
                process="internship",
                process_version=1,
                fingerprint="",
                state=state,
                version=1,
                form=json.dumps({"starts_on": first.isoformat(), "ends_on": last.isoformat()}),
                subject_id=world.ids[who],
                unit_id=unit,
                memory=json.dumps(memory),
                opened_at=asked_at,
                entered_on=first,
                closed_at=midday(closed_on) if closed_on else None,
            )
        )
        if begun:
            conn.execute(insert(events).values(**_event(case, midday(first))))
        if state == "completed" and hours:
            credit(conn, world.ids[who], case, hours, credited_on or closed_on or last)

    world.database.write(work)
    return case


def _event(case: str, at: datetime) -> dict[str, Any]:
    hashes = dict.fromkeys(("payload_hash", "previous_hash", "hash"), "0" * 64)
    return {"case_id": case, "sequence": 1, "id": new_id(at), "type": "start", "at": at, **hashes}


def credit(conn: Connection, person: str, case: str, hours: int, on: date, activity: str = "C11") -> None:
    """Hours are credited."""
    book(conn, person, case, hours, midday(on), activity=activity)
