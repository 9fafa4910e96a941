"""The entries of a case: written, corrected and marked by the steps that say so. Each answers what the event tells of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from workflow.definition import Entry
from workflow.engine.evidence import ENTRY, EntryTold, MarkTold, digest
from workflow.engine.judgement import Actor, Judgement
from workflow.engine.recorded_entries import marked_entries
from workflow.facts import fields_of, gather
from workflow.ids import new_id
from workflow.tables import entries


def mark_entries(conn: Connection, judgement: Judgement, actor: Actor, at: datetime) -> MarkTold | None:
    """Mark the entries that a step chooses; None where it marks none of its kind."""
    marks = judgement.arrow.marks
    if marks is None:
        return None
    kind = marks.entry.name
    chosen = [entry.number for entry in marked_entries(judgement.situation)]
    _mark(conn, judgement.situation.case.id, kind, chosen, marks.status, actor, at)
    return MarkTold(kind=kind, status=marks.status, numbers=tuple(chosen))


def write_entry(conn: Connection, judgement: Judgement, actor: Actor, at: datetime) -> EntryTold | None:
    """Write the entry of a step, as it was filled in or as it is gathered from facts; None where it writes none.

    One that corrects another is written in its place.
    """
    arrow, situation = judgement.arrow, judgement.situation
    entry = arrow.writes or arrow.keeps or arrow.corrects
    said = gather(arrow.keeps.takes, situation) if arrow.keeps else judgement.filled
    if entry is None or said is None:
        return None
    filled: dict[str, Any] = msgspec.to_builtins(said)
    data = {name: filled[name] for name in fields_of(entry.takes) if name in filled}
    instead_of = situation.given["number"] if arrow.corrects else None
    on = msgspec.convert(data[entry.date], date, strict=False) if entry.date else situation.on
    rows = conn.execute(
        select(entries.c.number, entries.c.on_date, entries.c.status).where(
            entries.c.case_id == situation.case.id, entries.c.kind == entry.name
        )
    ).all()
    corrected = sorted({*_of_that_day(entry, rows, on), *([instead_of] if instead_of else [])})
    _mark(conn, situation.case.id, entry.name, corrected, "corrected", actor, at)
    number = max((row.number for row in rows), default=0) + 1
    row = {
        "id": new_id(at),
        "case_id": situation.case.id,
        "kind": entry.name,
        "number": number,
        "status": "written",
        "on_date": on,
        "data": msgspec.json.encode(data).decode(),
        "written_by": actor.person_id,
        "written_at": at,
        "instead_of": instead_of,
    }
    conn.execute(insert(entries).values(row))
    return EntryTold(kind=entry.name, number=number, sha256=digest(ENTRY, row), corrected=tuple(corrected))


def _of_that_day(entry: Entry, rows: Any, on: date) -> list[int]:
    """The entries that a new one of the same day corrects, where there is one a day."""
    return [row.number for row in rows if entry.one_a_day and row.on_date == on and row.status == "written"]


def _mark(
    conn: Connection, case_id: str, kind: str, numbers: list[int], status: str, actor: Actor, at: datetime
) -> None:
    if numbers:
        conn.execute(
            update(entries)
            .where(entries.c.case_id == case_id, entries.c.kind == kind, entries.c.number.in_(numbers))
            .values(status=status, marked_by=actor.person_id, marked_at=at)
        )
