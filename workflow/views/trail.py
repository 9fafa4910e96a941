"""The trail of what happened: searched by person, case, period and kind, newest first, a bounded page at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, select

from workflow import cases as case_store
from workflow.auditing.access import Period, examiner, period_between
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.recording import arrow_taken
from workflow.errors import Problem
from workflow.office import Office
from workflow.people.person import PeopleError, find_person
from workflow.queries import BadCursor
from workflow.references import reference_of
from workflow.tables import cases, events, participants
from workflow.telling.explain_event import event_called
from workflow.views.outside import sight_of
from workflow.views.shown import people_by_id

#: Days in one search at most, where neither a case nor a person narrows it; cases of a person that are searched.
LONGEST: Final = 31
_CASES: Final = 500
_theirs: Final = cases.alias("theirs")


@dataclass(frozen=True)
class Sought:
    """What is searched for: events of a case, of cases that somebody has a part in, of some days, of a kind (a step's name)."""

    case: str | None = None
    person: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    kind: str | None = None


class TrailLine(msgspec.Struct, frozen=True, kw_only=True):
    """An event: when, what, who did it, in which case.

    ``by``: the system where nobody did; empty once it was erased, and where it is for a few to know.
    """

    at: datetime
    reference: str
    process_title: str
    subject: str
    number: int
    kind: str
    title: str
    by: str
    hash: str


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """A page of events, newest first. ``next``: what to pass as ``after`` for the following page."""

    items: tuple[TrailLine, ...]
    next: str | None = None


def trail(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    *,
    sought: Sought,
    after: str | None = None,
    limit: int = 50,
) -> Trail:
    """Events as they are sought, within what the caller examines. Raises NotYours, NotFound, Problem, BadCursor."""
    who = examiner(conn, engine, caller)
    query = (
        select(events, cases.c.process, cases.c.subject_id)
        .join_from(events, cases, cases.c.id == events.c.case_id)
        .where(who.reach, *_period(engine.office, sought, engine.office.day(at)).made_within(events.c.id))
    )
    query = _narrowed(conn, engine, caller, query, sought)
    if after:
        found = _CURSOR.fullmatch(after)
        if found is None:
            raise BadCursor(after)
        query = query.where(events.c.id < found[0])
    caller.looked_at.append(None)
    # Ids sort by the instant at which they were made.
    rows = conn.execute(query.order_by(events.c.id.desc()).limit(limit + 1)).all()
    names = {each.id: each.name for each in people_by_id(conn, [row.subject_id for row in rows[:limit]]).values()}
    return Trail(
        items=tuple(_line(engine, caller, row, names) for row in rows[:limit]),
        next=rows[limit - 1].id if len(rows) > limit else None,
    )


def _period(office: Office, sought: Sought, today: date) -> Period:
    """The days that are searched: today where neither they nor a case nor a person is named. Raises Problem."""
    if sought.case is not None or sought.person is not None:
        return period_between(office, sought.from_on, sought.until_on)
    first, last = sought.from_on or today, sought.until_on or today
    if (last - first).days >= LONGEST:
        raise Problem(
            f"Tanpa berkas atau pegawai, jejak dicari paling lama {LONGEST} hari sekaligus. Persempit jangka waktunya."
        )
    return period_between(office, first, last)


_CURSOR: Final = re.compile(r"[0-9a-f-]{36}")


def _narrowed(conn: Connection, engine: Engine, caller: Caller, query: Select[Any], sought: Sought) -> Select[Any]:
    if sought.case is not None:
        case = case_store.load(conn, sought.case)
        sight_of(conn, engine.registry.process(case.process), case, caller)
        query = query.where(events.c.case_id == case.id)
    if sought.person is not None:
        try:
            person = find_person(conn, sought.person).id
        except PeopleError as unknown:
            raise Problem(str(unknown)) from unknown
        about = select(_theirs.c.id).where(_theirs.c.subject_id == person)
        plays = select(participants.c.case_id).where(participants.c.person_id == person)
        theirs = about.union(plays).subquery()
        query = query.where(events.c.case_id.in_(select(theirs.c.id).order_by(theirs.c.id.desc()).limit(_CASES)))
    if sought.kind is not None:
        query = query.where(events.c.type == sought.kind)
    return query


def _line(engine: Engine, caller: Caller, row: Row[Any], names: dict[str, str]) -> TrailLine:
    process = engine.registry.process(row.process)
    payload: dict[str, Any] = msgspec.json.decode(row.payload) if row.payload else {}
    arrow = arrow_taken(process, row.type, payload)
    actor = payload.get("actor") or {}
    # Who wrote what is for a few alone is theirs to know, and an auditor's.
    closed = caller.assignment_id is None and arrow is not None and arrow.writes is not None and arrow.writes.read_by
    return TrailLine(
        at=row.at,
        reference=reference_of(row.case_id),
        process_title=process.title,
        subject=names.get(row.subject_id, ""),
        number=row.sequence,
        kind=row.type,
        title=event_called(process, row.type, arrow).removesuffix(f" ({row.type})"),
        by=(actor.get("name") or "Sistem") if row.payload and not closed else "",
        hash=row.hash,
    )
