"""What stands in somebody's calendar: what awaits them, when they are away, meetings that were logged, what was agreed there.

Calendars are kept by servers of others: no names but of kinds of things, no numbers of people, nothing that somebody wrote; a
number that tells only those who may open it, and the address where they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from workflow.engine.engine import Engine
from workflow.queries import trigger_line
from workflow.references import reference_of
from workflow.tables import cases, letters, occupations, tasks
from workflow.views.mentoring import cases_of, meetings

#: How long what is over stays in a calendar.
_KEPT: Final = timedelta(days=366)


@dataclass(frozen=True)
class Item:
    """Something in a calendar: whole days, both included, or from one instant to another; ``path`` is where it is read.

    ``key`` stays the same as long as it is the same thing, and ``version`` rises whenever it may have changed.
    """

    key: str
    version: int
    title: str
    path: str
    starts: date | datetime
    ends: date | datetime
    busy: bool = False


def items_of(conn: Connection, engine: Engine, person_id: str, at: datetime) -> list[Item]:
    """Everything in somebody's calendar, in the order of time."""
    on = engine.office.day(at)
    found = [
        *_tasks(conn, engine, person_id),
        *_periods(conn, engine, person_id, on),
        *_meetings(conn, engine, person_id, on),
    ]
    zone = engine.office.zone
    return sorted(
        found,
        key=lambda item: (
            item.starts.astimezone(zone).date() if isinstance(item.starts, datetime) else item.starts,
            item.key,
        ),
    )


def _tasks(conn: Connection, engine: Engine, person_id: str) -> Iterator[Item]:
    query = (
        select(tasks, cases.c.process, cases.c.state, cases.c.version, letters.c.kind.label("letter_kind"))
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .join(letters, letters.c.id == tasks.c.letter_id, isouter=True)
        .where(tasks.c.assignee_id == person_id)
        .order_by(tasks.c.due_on, tasks.c.id)
    )
    for row in conn.execute(query):
        process = engine.registry.process(row.process)
        steps = [trigger_line(process, row.state, trigger, row.role).title for trigger in row.triggers.split()]
        reference = reference_of(row.case_id)
        yield Item(
            key=f"{row.case_id}.{row.state}.{row.role}.{row.letter_id or 'tugas'}",
            version=row.version,
            title=f"Tenggat: {' / '.join(steps)} ({process.title}, {reference})",
            path=f"/surat/{row.letter_id}" if row.letter_id else f"/berkas/{reference}",
            starts=row.due_on,
            ends=row.due_on,
        )


def _periods(conn: Connection, engine: Engine, person_id: str, on: date) -> Iterator[Item]:
    """When they are away for something to which their unit has agreed."""
    query = (
        select(occupations, cases.c.process, cases.c.version, cases.c.opened_at)
        .join_from(occupations, cases, cases.c.id == occupations.c.case_id)
        .where(
            occupations.c.person_id == person_id,
            occupations.c.stage == "absent",
            occupations.c.until_on >= on - _KEPT,
        )
    )
    for row in conn.execute(query):
        reference = reference_of(row.case_id)
        yield Item(
            key=f"{row.case_id}.masa",
            version=row.version,
            title=f"{engine.registry.process(row.process).title} ({reference})",
            path=f"/berkas/{reference}",
            starts=row.from_on,
            ends=row.until_on,
            busy=True,
        )


def _meetings(conn: Connection, engine: Engine, person_id: str, on: date) -> Iterator[Item]:
    for case in cases_of(conn, engine, person_id, on):
        path = f"/mentoring/{case.reference}"
        for line in meetings(conn, case.id):
            if line.status == "withdrawn" or engine.office.day(line.ends_at) < on - _KEPT:
                continue
            about = f"{case.id}.pertemuan.{line.number}"
            title = f"Pertemuan mentoring ({case.reference})"
            yield Item(about, case.version, title, path, line.starts_at, line.ends_at, busy=True)
            if line.action_on is not None:
                title = f"Batas waktu tindak lanjut mentoring ({case.reference})"
                day = line.action_on
                yield Item(f"{about}.tindakan", case.version, title, path, day, day)
        last = case.form.get("ends_on")
        if last and case.closed_at is None:
            day, title = date.fromisoformat(last), f"Hari terakhir mentoring ({case.reference})"
            yield Item(f"{case.id}.akhir", case.version, title, path, day, day)
