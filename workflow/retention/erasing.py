"""Erasing what a case says, in one transaction a case: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from policies.retention import BASIS
from workflow import audit, cases
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.errors import OutOfDate
from workflow.people import By
from workflow.retention.schedule import Due, is_due, listed
from workflow.retention.texts import GONE, without_texts
from workflow.tables import (
    bulk_lines,
    cohort_cases,
    cohorts,
    deadlines,
    effects,
    entries,
    erasures,
    events,
    file_cases,
    files,
    holds,
    incoming_cases,
    letters,
    link_shares,
    links,
    outward_records,
)
from workflow.tables import cases as cases_table

#: Of what the engine remembers of a case, what others still ask for after it is closed; no words of anybody.
_REMEMBERED = ("ended_on", "instead_of")


@dataclass(frozen=True)
class Erased:
    """What was erased of a case."""

    due: Due
    events: int
    entries: int
    files: int


def erase_listed(
    database: Database,
    engine: Engine,
    at: datetime,
    by: By | None,
    code: str = "",
    before: Callable[[Connection, Due], None] | None = None,
) -> list[Erased]:
    """Erase every case that is due, each by itself. ``by``: who confirmed the list of this ``code``; None for the schedule alone.

    ``before`` is called in the unit of each case, to put it into an archive. Raises OutOfDate where the list is another by now.
    """
    found = database.read(listed, engine.office, at)
    if by is not None and code != found.code:
        raise OutOfDate(
            "Daftar yang disetujui bukan lagi daftar hari ini. Tampilkan lagi, periksa, lalu setujui yang baru."
        )
    done = (database.write(erase, engine, each.case_id, by, at, before) for each in found.due)
    return [each for each in done if each is not None]


def erase(
    conn: Connection,
    engine: Engine,
    case_id: str,
    by: By | None,
    at: datetime,
    before: Callable[[Connection, Due], None] | None = None,
) -> Erased | None:
    """Erase what a case says. None where it is not due any more: it is held, or somebody was faster."""
    case = cases.load(conn, case_id, lock=True)
    due = is_due(conn, engine.office, case.id, at)
    if due is None:
        return None
    if before is not None:
        before(conn, due)
    process = engine.registry.processes.get(case.process)
    form = without_texts(msgspec.json.encode(case.form).decode(), process.form if process else None)
    memory = {name: case.memory[name] for name in _REMEMBERED if name in case.memory}
    # First the row: the event of each erasure says how it stands.
    stored = {"form": form, "memory": msgspec.json.encode(memory).decode()}
    conn.execute(update(cases_table).where(cases_table.c.id == case.id).values(stored))
    takes = {name: kind.takes for name, kind in process.entries.items()} if process else {}
    erased = Erased(due, _events(conn, case.id, by, at), _entries(conn, case.id, takes), _files(conn, case.id))
    _remarks(conn, case.id)
    _cohorts(conn, engine, case.id)
    counted = {"events": erased.events, "entries": erased.entries, "files": erased.files}
    basis = f"{BASIS}; masa simpan {due.years} tahun: {due.by}"
    conn.execute(
        insert(erasures).values(case_id=case.id, confirmed_by=by.id if by else None, at=at, basis=basis, **counted)
    )
    return erased


def _events(conn: Connection, case_id: str, by: By | None, at: datetime) -> int:
    """The event of an erasure names whoever confirmed it by id alone: it stays for ever."""
    query = select(events.c.id).where(
        events.c.case_id == case_id, events.c.payload.is_not(None), events.c.type != audit.ERASED
    )
    saying = conn.execute(query.order_by(events.c.sequence)).scalars().all()
    for event_id in saying:
        audit.erase(conn, event_id, by={"id": by.id} if by else {}, basis=BASIS, at=at)
    return len(saying)


def _entries(conn: Connection, case_id: str, takes: Mapping[str, Any]) -> int:
    rows = conn.execute(select(entries.c.id, entries.c.kind, entries.c.data).where(entries.c.case_id == case_id)).all()
    for row in rows:
        said = without_texts(row.data, takes.get(row.kind))
        conn.execute(update(entries).where(entries.c.id == row.id).values(data=said))
    return len(rows)


def _files(conn: Connection, case_id: str) -> int:
    """What was handed in for the case; not what is a letter, came in as one, was sent on, or is also a case's that is kept."""
    of_others = exists().where(
        file_cases.c.file_id == files.c.id,
        file_cases.c.case_id != case_id,
        ~exists().where(erasures.c.case_id == file_cases.c.case_id),
    )
    first_of_another = (
        files.c.case_id.is_not(None)
        & (files.c.case_id != case_id)
        & ~exists().where(erasures.c.case_id == files.c.case_id)
    )
    records = (
        exists().where((letters.c.file_id == files.c.id) | (letters.c.scan_id == files.c.id)),
        exists().where(incoming_cases.c.file_id == files.c.id),
        exists().where((outward_records.c.sheet_id == files.c.id) | (outward_records.c.evidence_id == files.c.id)),
    )
    ours = (files.c.case_id == case_id) | exists().where(
        file_cases.c.file_id == files.c.id, file_cases.c.case_id == case_id
    )
    nothing = {"name": GONE, "content": b"", "size": 0, "sha256": sha256(b"").hexdigest()}
    unneeded = [~each for each in (*records, of_others, first_of_another)]
    return conn.execute(update(files).where(ours, *unneeded).values(nothing)).rowcount


def _remarks(conn: Connection, case_id: str) -> None:
    """What was written about the case beside it: messages that have been sent, what held a step up, why a link was revoked."""
    conn.execute(delete(effects).where(effects.c.case_id == case_id, effects.c.done_at.is_not(None)))
    conn.execute(update(deadlines).where(deadlines.c.case_id == case_id).values(note=None))
    conn.execute(update(bulk_lines).where(bulk_lines.c.case_id == case_id).values(verdict=None))
    conn.execute(update(outward_records).where(outward_records.c.case_id == case_id).values(reason=None))
    conn.execute(update(links).where(links.c.case_id == case_id).values(revoked_why=""))
    ended = {"reason": GONE, "ended_why": GONE}
    conn.execute(update(holds).where(holds.c.case_id == case_id).values(ended))  # none stands
    conn.execute(delete(link_shares).where(link_shares.c.case_id == case_id))


def _cohorts(conn: Connection, engine: Engine, case_id: str) -> None:
    """What a cohort asks for, and what it is called, once the last of its cases says nothing any more."""
    for cohort_id in (
        conn.execute(select(cohort_cases.c.cohort_id).where(cohort_cases.c.case_id == case_id)).scalars().all()
    ):
        if set(conn.execute(_STILL_SAYING, {"cohort": cohort_id}).scalars()) - {case_id}:
            continue
        row = conn.execute(select(cohorts).where(cohorts.c.id == cohort_id)).one()
        process = engine.registry.processes.get(row.process)
        form = without_texts(row.form, process.form if process else None)
        conn.execute(update(cohorts).where(cohorts.c.id == cohort_id).values(form=form, title=GONE))


_STILL_SAYING = select(cohort_cases.c.case_id).where(
    cohort_cases.c.cohort_id == bindparam("cohort"), ~exists().where(erasures.c.case_id == cohort_cases.c.case_id)
)
