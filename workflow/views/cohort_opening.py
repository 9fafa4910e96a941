"""A cohort is opened: from what was typed, or from a list in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.callers import Caller
from workflow.engine.cohorts import Member
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotYours
from workflow.imports.roster import ListedMember, read_roster, roster_of
from workflow.letters.words import begun_small
from workflow.tables import files
from workflow.views.cohort_actions import CohortDone, cohort_done
from workflow.views.openings import may_open_for_others

_PLACE = re.compile(r"members\[(\d+)\]")
_LINE = re.compile(r"\bbaris (\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Common:
    """What a cohort asks for alike, by which process and under which title."""

    process: str
    title: str
    form: Mapping[str, Any]


def open_cohort(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    common: Common,
    members: tuple[Member, ...],
    key: str | None,
) -> CohortDone:
    """Open a case for each member, all or none. Raises Problem."""
    roster = roster_of(conn, engine.registry.process(common.process), common.title, common.form, members)
    return cohort_done(conn, engine, caller, engine.open_cohort(conn, caller.actor, roster, at, key=key))


def may_list(conn: Connection, engine: Engine, caller: Caller, at: datetime, common: Common, *_: object) -> None:
    """Whether the caller opens cases for others at all: only then is a list of theirs read. Raises NotFound, NotYours."""
    process = engine.registry.process(common.process)
    if not may_open_for_others(conn, engine, caller, at, process):
        others = [begun_small(process.role[role].title) for role in process.opened_by if role != process.subject]
        raise NotYours(
            f"Rombongan {begun_small(process.title)} dibuka oleh {' atau '.join(others)}."
            if others
            else f"{process.title} dibuka oleh pegawai untuk dirinya sendiri."
        )


def listed_in_file(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, common: Common, file_id: str
) -> tuple[ListedMember, ...]:
    """Whom a list names that the caller has handed in as a file. Raises Problem."""
    row = conn.execute(
        select(files.c.name, files.c.content).where(files.c.id == file_id, files.c.uploaded_by == caller.person_id)
    ).one_or_none()
    if row is None:
        says = "Daftar peserta: berkas itu tidak ada, atau bukan unggahan Anda. Unggah berkasnya lebih dahulu."
        raise InvalidForm(says, fields=(FieldError("list", "Daftar peserta", says),))
    return listed(conn, engine, caller, at, common, row.content, row.name)


def listed(
    _: Connection, engine: Engine, __: Caller, ___: datetime, common: Common, source: bytes, filename: str
) -> tuple[ListedMember, ...]:
    """Whom a CSV or XLSX file names; it takes its time, so that nobody who writes is to wait for it. Raises Problem."""
    return read_roster(engine.registry.process(common.process), source, filename)


def open_from_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    common: Common,
    listed: tuple[ListedMember, ...],
    key: str | None,
) -> CohortDone:
    """Open a case for each on a list that was read. Raises Problem; what is wrong names the file's own lines."""
    members = tuple(each.member for each in listed)
    try:
        return open_cohort(conn, engine, caller, at, common, members, key)
    except InvalidForm as invalid:
        faults = tuple(_in_file(fault, listed) for fault in invalid.fields)
        raise InvalidForm(invalid.says, fields=faults) from invalid


def _in_file(fault: FieldError, listed: tuple[ListedMember, ...]) -> FieldError:
    """A fault of the list by the file's own lines, of which the first holds the headings."""
    if not _PLACE.match(fault.field):
        return fault

    def line(found: re.Match[str]) -> str:
        return f"{found[0].split()[0]} {listed[int(found[1]) - 1].row}"

    place = _PLACE.sub(lambda found: f"list.{listed[int(found[1])].row}", fault.field, count=1)
    head, mark, rest = fault.says.partition(":")
    return replace(fault, field=place, says=f"{_LINE.sub(line, head)}{mark}{rest}")
