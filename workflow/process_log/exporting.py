"""Who may take the log of a process, in which forms, and how it is written to a file."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Final

from sqlalchemy import Connection, select

from workflow.auditing.access import Examiner, examiner, period_between
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours
from workflow.process_log.ocel import ocel
from workflow.process_log.reading import Wanted
from workflow.process_log.rows import comma_separated, json_lines
from workflow.process_log.xes import xes
from workflow.tables import cases, group_members

#: Characters that are gathered before they are written.
_PIECE: Final = 256 * 1024


@dataclass(frozen=True)
class Form:
    """A form of a log: how its file's name ends, what it is, and what writes it."""

    ending: str
    media_type: str
    title: str
    pieces: Callable[[Connection, Wanted], Iterator[str]]


FORMS: Final = {
    "xes": Form("xes", "application/xml", "XES (IEEE 1849)", xes),
    "ocel": Form("jsonocel", "application/json", "OCEL 2.0 (JSON)", ocel),
    "csv": Form("csv", "text/csv", "CSV", comma_separated),
    "jsonl": Form("jsonl", "application/jsonl", "JSON Lines", json_lines),
}


@dataclass(frozen=True)
class Asked:
    """Which log: of a process, of the cases opened on these days (both included), in a form; ``names``: people by their names."""

    process: str
    form: str
    from_on: date | None = None
    until_on: date | None = None
    names: bool = False


def may_take_process_log(conn: Connection, engine: Engine, caller: Caller, _at: datetime, asked: Asked) -> None:
    """Whether a caller may take a log. Raises NotYours, NotFound, Problem."""
    _wanted_by(conn, engine, caller, asked)


def write_process_log(
    conn: Connection, engine: Engine, caller: Caller, _at: datetime, asked: Asked, target: IO[bytes]
) -> None:
    """Write the log that a caller may take. Raises NotYours, NotFound, Problem."""
    write(conn, _wanted_by(conn, engine, caller, asked), asked.form, target)


def wanted_at_the_desk(engine: Engine, who: Examiner, asked: Asked) -> Wanted:
    """What is exported for an examiner. Raises NotFound, Problem."""
    process = next((each for each in who.processes if each.name == asked.process), None)
    if process is None:
        raise NotFound(f"Proses {asked.process!r} tidak ada, atau bukan untuk Anda periksa.")
    if asked.form not in FORMS:
        raise NotFound(f"Bentuk log {asked.form!r} tidak ada; yang ada: {', '.join(FORMS)}.")
    period = period_between(engine.office, asked.from_on, asked.until_on)
    reach = (who.reach, cases.c.process == process.name, *period.within(cases.c.opened_at))
    return Wanted(process, reach, secrets.token_bytes(32), names=asked.names)


def write(conn: Connection, wanted: Wanted, form: str, target: IO[bytes]) -> None:
    """Write a log as it is read, some characters at a time."""
    gathered, length = [], 0
    for piece in FORMS[form].pieces(conn, wanted):
        gathered.append(piece)
        length += len(piece)
        if length >= _PIECE:
            target.write("".join(gathered).encode())
            gathered, length = [], 0
    target.write("".join(gathered).encode())


def _wanted_by(conn: Connection, engine: Engine, caller: Caller, asked: Asked) -> Wanted:
    wanted = wanted_at_the_desk(engine, examiner(conn, engine, caller), asked)
    if asked.names and not _may_name(conn, caller):
        raise NotYours(
            "Nama pegawai dalam log proses hanya bagi auditor selama penugasannya berlaku dan administrator."
        )
    return Wanted(wanted.process, wanted.reach, wanted.salt, asked.names, sees_all=caller.assignment_id is not None)


def _may_name(conn: Connection, caller: Caller) -> bool:
    query = select(group_members.c.group_name).where(
        group_members.c.person_id == caller.person_id, group_members.c.group_name == "administrator"
    )
    return caller.assignment_id is not None or conn.execute(query).first() is not None
