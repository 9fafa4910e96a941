"""What others owe somebody: cases of their own, that they opened, or of whoever answers to them, that wait for another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Row,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from workflow import cases as case_store
from workflow.authority.sight import FEW, seen_cases
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.filters import EVERYTHING, Narrowed
from workflow.queries import cursor, inbox_count, late_count, read_cursor
from workflow.references import reference_of
from workflow.tables import cases, participants, people, positions, tasks
from workflow.views.cases import WaitLine, subjects_of, waits_of
from workflow.views.outside import Sight, sights_of, veil_of
from workflow.views.standing import awaits_of

#: How far is counted.
MOST: Final = 100


class AwaitedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case that waits for somebody else. ``since``: the day on which it came there; ``due_on``: the first day that it is due.

    ``state_awaits``: the letter that must leave before its state begins; else empty.
    ``called``: its own title, else whom it is about; ``own``: that is the caller.
    """

    case_id: str
    reference: str
    process: str
    process_title: str
    subject: str
    state: str
    state_title: str
    since: date
    due_on: date
    overdue: bool
    waits_for: tuple[WaitLine, ...]
    state_awaits: str = ""
    called: str = ""
    own: bool = False


class AwaitedList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them, the most urgent first. ``next``: what to pass as ``after`` for the following page."""

    items: tuple[AwaitedLine, ...]
    next: str | None = None


class TaskCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for somebody, how much of it is late, and what others owe them; each counted no further than ``most``."""

    waiting: int
    late: int
    awaited: int
    most: int = MOST


def task_counts(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> TaskCounts:
    """The three numbers of somebody's inbox."""
    owed = _owed(conn, engine, caller).limit(MOST).subquery()
    return TaskCounts(
        waiting=inbox_count(conn, caller.person_id, MOST),
        late=late_count(conn, caller.person_id, engine.office.day(at), MOST),
        awaited=conn.execute(select(func.count()).select_from(owed)).scalar_one(),
    )


def awaited_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    *,
    narrowed: Narrowed = EVERYTHING,
    after: str | None = None,
    limit: int = 50,
) -> AwaitedList:
    """What others owe the caller. Raises BadCursor, NotFound for a process that does not exist, Problem for a state."""
    due_on, last = read_cursor(after)
    owed = _owed(conn, engine, caller, narrowed).subquery()
    query = (
        select(owed)
        .where(tuple_(owed.c.due_on, owed.c.id) > tuple_(bindparam("day", due_on, type_=Date), last))
        .order_by(owed.c.due_on, owed.c.id)
        .limit(limit + 1)
    )
    rows = conn.execute(query).all()
    page = rows[:limit]
    return AwaitedList(
        items=tuple(_lines(conn, engine, caller, at, page)),
        next=cursor(page[-1].due_on, page[-1].id) if len(rows) > limit else None,
    )


def waiting_for(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_ids: Sequence[str]
) -> dict[str, tuple[WaitLine, ...]]:
    """Who is waited for on some cases, as far as the caller may know it, by the case's id."""
    sights = _sights(conn, engine, caller, case_ids)
    return waits_of(conn, sights, lambda sight: veil_of(conn, engine.office, sight, at))


def _owed(conn: Connection, engine: Engine, caller: Caller, narrowed: Narrowed = EVERYTHING) -> Select[Any]:
    """Open cases of somebody that wait, and not for them; with the first day on which one is due."""
    processes = tuple(engine.registry.processes.values())
    openers = {role for process in processes for role in process.opened_by}
    very_many = _has_had_very_many(conn, caller.person_id)
    few_named = bool(narrowed.search) and very_many and not narrowed.are_many_named(conn, caller)
    mine = exists().where(tasks.c.case_id == cases.c.id, tasks.c.assignee_id == caller.person_id)
    meant = (
        cases.c.closed_at.is_(None),
        ~mine,
        seen_cases(processes, caller.person_id, caller.on, caller.only),
        *narrowed.conditions(engine.registry, caller, many_named=very_many and not few_named),
    )
    if not very_many:
        some = _theirs(caller.person_id, openers).subquery("theirs")
        return _WAITING.join_from(some, cases, cases.c.id == some.c.id).where(*meant)
    meant = (*meant, _is_theirs(caller.person_id, openers))
    return _WAITING.where(*meant) if few_named else _by_due_day(meant)


def _has_had_very_many(conn: Connection, person_id: str) -> bool:
    """Whether somebody has had a part in very many cases: most of those are over."""
    places = select(participants.c.id).where(participants.c.person_id == person_id).limit(FEW + 1).subquery()
    return conn.execute(select(func.count()).select_from(places)).scalar_one() > FEW


_DUE: Final = select(func.min(tasks.c.due_on)).where(tasks.c.case_id == cases.c.id).scalar_subquery()
#: Cases that wait, with the first day on which one is due.
_WAITING: Final = select(cases.c.id, _DUE.label("due_on")).where(_DUE.is_not(None))


def _by_due_day(meant: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The same from the first tasks of all cases, by due day: so a page of very many ends where it is full."""
    first, before = tasks.alias("first"), tasks.alias("before")
    is_later = exists().where(
        before.c.case_id == first.c.case_id, tuple_(before.c.due_on, before.c.id) < tuple_(first.c.due_on, first.c.id)
    )
    # A look at each case by itself, so that no database begins with all of the cases that are meant.
    case = select(cases.c.id).where(cases.c.id == first.c.case_id, *meant).scalar_subquery()
    return select(first.c.case_id.label("id"), first.c.due_on).where(~is_later, case.is_not(None))


def _theirs(person_id: str, openers: Collection[str]) -> CompoundSelect[tuple[str]]:
    """Cases of somebody by each reason that they are, and by its index."""
    return (
        select(cases.c.id)
        .where(cases.c.subject_id == person_id, cases.c.closed_at.is_(None))
        .union(
            select(cases.c.id)
            .join_from(people, cases, cases.c.subject_id == people.c.id)
            .where(people.c.superior_position_id.in_(_posts_of(person_id)), cases.c.closed_at.is_(None)),
            select(participants.c.case_id).where(*_opened(person_id, openers)),
        )
    )


def _is_theirs(person_id: str, openers: Collection[str]) -> ColumnElement[bool]:
    """The same as a condition on ``cases``."""
    of_theirs = select(people.c.id).where(people.c.superior_position_id.in_(_posts_of(person_id)))
    return or_(
        cases.c.subject_id == person_id,
        cases.c.subject_id.in_(of_theirs),
        exists().where(participants.c.case_id == cases.c.id, *_opened(person_id, openers)),
    )


def _posts_of(person_id: str) -> Select[tuple[str]]:
    return select(positions.c.id).where(positions.c.holder_id == person_id)


def _opened(person_id: str, openers: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Conditions on ``participants``: somebody has used a role that opens such cases."""
    return (
        participants.c.person_id == person_id,
        participants.c.role.in_(openers),
        participants.c.acted,
        participants.c.until_at.is_(None),
    )


def _lines(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, page: Sequence[Row[Any]]
) -> list[AwaitedLine]:
    sights = _sights(conn, engine, caller, [row.id for row in page])
    if not sights:
        return []
    waits = waits_of(conn, sights, lambda sight: veil_of(conn, engine.office, sight, at))
    names = subjects_of(conn, sights)
    awaits = awaits_of(conn, caller, {sight.case.id: (sight.process, sight.case.state) for sight in sights})
    known, on = {sight.case.id: sight for sight in sights}, engine.office.day(at)
    return [
        AwaitedLine(
            case_id=row.id,
            reference=reference_of(row.id),
            process=known[row.id].process.name,
            process_title=known[row.id].process.title,
            subject=names[row.id].name,
            called=case_store.called(known[row.id].case.form, names[row.id].name),
            own=known[row.id].case.subject_id == caller.person_id,
            state=known[row.id].case.state,
            state_title=known[row.id].process.state[known[row.id].case.state].title,
            since=known[row.id].case.entered_on,
            due_on=row.due_on,
            overdue=row.due_on < on,
            waits_for=waits.get(row.id, ()),
            state_awaits=awaits.get(row.id, ""),
        )
        for row in page
        if row.id in known
    ]


def _sights(conn: Connection, engine: Engine, caller: Caller, case_ids: Sequence[str]) -> list[Sight]:
    """Those of some cases that the caller sees from within the agency."""
    by_process: dict[str, list[case_store.Case]] = {}
    for case in case_store.load_several(conn, case_ids).values():
        by_process.setdefault(case.process, []).append(case)
    return [
        sight
        for name, several in by_process.items()
        for sight in sights_of(conn, engine.registry.process(name), several, caller)
        if sight.current and not sight.outside
    ]
