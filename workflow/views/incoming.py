"""The book of incoming letters, for those who keep it: those who may record answers, administrators, auditors at work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, exists, false, or_, select, true, tuple_

from policies.civil_service import full_name
from workflow.authority.sight import by_assignment, shown_to_auditors
from workflow.callers import Caller
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.errors import NotYours
from workflow.forms import CHOICES
from workflow.queries import BadCursor
from workflow.references import reference_of
from workflow.tables import cases, group_members, incoming, incoming_cases, people
from workflow.views.shown import host_name

ADMINISTRATORS = "administrator"


class AnsweredCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case that an incoming letter answers, whom it is about, and the file with the scan."""

    case_id: str
    reference: str
    subject: str
    scan: str


class IncomingLine(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the book. ``agenda``: its number there; ``cases``: those that it answers, as far as the caller may see them."""

    id: str
    agenda: str
    number: str
    dated_on: date | None
    sender: str
    sender_name: str
    signer_name: str
    signer_post: str
    channel: str
    channel_title: str
    received_on: date
    recorded_by: str
    recorded_at: datetime
    cases: tuple[AnsweredCase, ...]


class IncomingList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the book, the newest entry first. ``next``: what to pass as ``after`` for the following page."""

    items: tuple[IncomingLine, ...]
    next: str | None = None


def incoming_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    *,
    year: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> IncomingList:
    """The entries with a case whose answers the caller may record or examine. Raises NotYours, BadCursor."""
    processes = tuple(engine.registry.processes.values())
    if not _keeps_the_book(conn, processes, caller):
        raise NotYours(
            "Buku agenda surat masuk dibaca oleh yang mencatat jawaban, administrator, dan auditor selama penugasannya."
        )
    theirs = _theirs(processes, caller)
    answers = exists().where(
        incoming_cases.c.incoming_id == incoming.c.id, cases.c.id == incoming_cases.c.case_id, theirs
    )
    caller.looked_at.append(None)
    rows = _entries(conn, answers.correlate(incoming), year, after, limit + 1)
    page = rows[:limit]
    following = f"{page[-1].register_year}-{page[-1].register_number}" if len(rows) > limit else None
    return IncomingList(items=_lines(conn, page, theirs), next=following)


def whole_book(conn: Connection, year: int | None, most: int) -> tuple[IncomingLine, ...]:
    """The book for whoever runs the system, the newest entry first."""
    return _lines(conn, _entries(conn, true(), year, None, most), true())


def _entries(conn: Connection, which: Any, year: int | None, after: str | None, most: int) -> Sequence[Row[Any]]:
    """The rows of the book that ``which`` lets through, the newest first. Raises BadCursor."""
    query = (
        select(incoming, people.c.front_title, people.c.name, people.c.back_title)
        .join_from(incoming, people, people.c.id == incoming.c.recorded_by)
        .where(which)
        .order_by(incoming.c.register_year.desc(), incoming.c.register_number.desc())
        .limit(most)
    )
    if year is not None:
        query = query.where(incoming.c.register_year == year)
    if after:
        found = _CURSOR.fullmatch(after)
        if found is None:
            raise BadCursor(after)
        place = (int(found[1]), int(found[2]))
        query = query.where(tuple_(incoming.c.register_year, incoming.c.register_number) < place)
    return conn.execute(query).all()


_CURSOR = re.compile(r"([0-9]{4})-([0-9]{1,9})")


def _lines(conn: Connection, page: Sequence[Row[Any]], theirs: Any) -> tuple[IncomingLine, ...]:
    """Entries with those of their cases that ``theirs`` lets through."""
    query = (
        select(incoming_cases, people.c.front_title, people.c.name, people.c.back_title)
        .join_from(incoming_cases, cases, cases.c.id == incoming_cases.c.case_id)
        .join(people, people.c.id == cases.c.subject_id)
        .where(incoming_cases.c.incoming_id.in_([row.id for row in page]), theirs)
        .order_by(people.c.name, incoming_cases.c.case_id, incoming_cases.c.sequence)
    )
    answered: dict[str, dict[tuple[str, str], AnsweredCase]] = {}
    for row in conn.execute(query) if page else ():
        subject = full_name(row.front_title, row.name, row.back_title)
        reference = reference_of(row.case_id)
        line = AnsweredCase(case_id=row.case_id, reference=reference, subject=subject, scan=row.file_id)
        answered.setdefault(row.incoming_id, {}).setdefault((row.case_id, row.file_id), line)
    return tuple(_line(conn, row, tuple(answered.get(row.id, {}).values())) for row in page)


def _line(conn: Connection, row: Row[Any], answered: tuple[AnsweredCase, ...]) -> IncomingLine:
    return IncomingLine(
        id=row.id,
        agenda=f"{row.register_number}/{row.register_year}",
        number=row.number,
        dated_on=row.dated_on,
        sender=row.sender,
        sender_name=host_name(conn, row.sender),
        signer_name=row.signer_name,
        signer_post=row.signer_post,
        channel=row.channel,
        channel_title=CHOICES.get(row.channel, row.channel),
        received_on=row.received_on,
        recorded_by=full_name(row.front_title, row.name, row.back_title),
        recorded_at=row.recorded_at,
        cases=answered,
    )


def _keeps_the_book(conn: Connection, processes: tuple[Process, ...], caller: Caller) -> bool:
    if caller.assignment_id is not None and shown_to_auditors(processes):
        return True
    groups = {ADMINISTRATORS, *(group for process in processes for group in recording_groups(process))}
    belongs = select(group_members.c.group_name).where(
        group_members.c.person_id == caller.person_id, group_members.c.group_name.in_(groups)
    )
    return conn.execute(belongs.limit(1)).first() is not None


def recording_groups(process: Process) -> frozenset[str]:
    """The groups whose members may put answers on record."""
    roles = {role for transition in process.transitions for role in transition.recorded_by}
    return frozenset(process.role[role].group for role in roles if process.role[role].group)


def _theirs(processes: tuple[Process, ...], caller: Caller) -> Any:
    """A condition on ``cases``: those whose answers the caller may record or examine; of a unit's group, its own only."""
    by_group = (
        (cases.c.process == process.name)
        & exists()
        .where(
            group_members.c.person_id == caller.person_id,
            group_members.c.group_name.in_({ADMINISTRATORS, *recording_groups(process)}),
            or_(group_members.c.unit_id == "", group_members.c.unit_id == cases.c.unit_id),
        )
        .correlate(cases)
        for process in processes
        if recording_groups(process)
    )
    return or_(false(), *by_group, by_assignment(processes, caller.person_id, caller.on))
