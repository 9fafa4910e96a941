"""What the personnel officer of a unit has before them: its cases, whom they wait for, and what is theirs to put on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, false, func, or_, select

from workflow import cases as case_store
from workflow.authority.sight import seen_cases
from workflow.callers import Caller
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.errors import NotYours
from workflow.people.groups import GROUPS
from workflow.queries import cursor, read_cursor
from workflow.registry import Registry
from workflow.tables import cases, group_members, tasks, units
from workflow.views.cases import WaitLine, subjects_of, waits_of
from workflow.views.outside import Sight, sight_of, veil_of
from workflow.views.processes import ProcessLine, process_line
from workflow.views.reminders import ReminderLine, reminders_of
from workflow.views.shown import NamedUnit
from workflow.views.standing import awaits_of

OFFICER: Final = "personnel_officer"


class UnitCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case of the unit that waits for somebody. ``due_on``: the first day by which somebody should act.

    ``recordable``: an answer on paper can be put on record in its state; ``reminders``: the newest for each role.
    """

    id: str
    reference: str
    process: str
    process_title: str
    subject: str
    state_title: str
    due_on: date
    overdue: bool
    recordable: bool
    waits_for: tuple[WaitLine, ...]
    reminders: tuple[ReminderLine, ...]
    state_awaits: str = ""


class UnitDesk(msgspec.Struct, frozen=True, kw_only=True):
    """The desk of a unit's personnel officer. ``waiting``, ``late``, ``recordable``: how many cases are so altogether.

    ``opens``: the processes in which they may open a case for a colleague; ``next``: what to pass as ``after``.
    """

    units: tuple[NamedUnit, ...]
    opens: tuple[ProcessLine, ...]
    waiting: int
    late: int
    recordable: int
    items: tuple[UnitCase, ...]
    next: str | None = None


def unit_desk(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    *,
    show: str | None = None,
    after: str | None = None,
    limit: int = 25,
) -> UnitDesk:
    """The cases of the caller's units that wait for somebody, the most urgent first. Raises NotYours, BadCursor.

    ``show``: ``late`` or ``recordable`` for these alone.
    """
    on, own = engine.office.day(at), _units_of(conn, caller.person_id)
    waiting = _waiting(conn, engine, caller, [unit.id for unit in own])
    late = [each for each in waiting if each.due_on < on]
    paper = [each for each in waiting if each.recordable]
    chosen = {"late": late, "recordable": paper}.get(show or "", waiting)
    behind = [each for each in chosen if (each.due_on, each.id) > read_cursor(after)]
    caller.looked_at.append(None)
    lines = _lines(conn, engine, caller, at, behind[:limit])
    return UnitDesk(
        units=own,
        opens=tuple(process_line(each) for each in engine.registry.processes.values() if opened_by_officers(each)),
        waiting=len(waiting),
        late=len(late),
        recordable=len(paper),
        items=lines,
        next=cursor(behind[limit - 1].due_on, behind[limit - 1].id) if len(behind) > limit else None,
    )


@dataclass(frozen=True)
class _Waiting:
    """A case of the unit that waits, until when, and whether an answer on paper can be recorded where it stands."""

    due_on: date
    id: str
    recordable: bool


#: Ids in one question.
_AT_ONCE: Final = 500


def _waiting(conn: Connection, engine: Engine, caller: Caller, unit_ids: Sequence[str]) -> list[_Waiting]:
    """All cases of some units that wait, the most urgent first: as many as a unit has open, looked up once for page and numbers."""
    due = (
        select(tasks.c.case_id, func.min(tasks.c.due_on).label("due_on"))
        .join_from(tasks, cases)
        .where(cases.c.unit_id.in_(unit_ids))
        .group_by(tasks.c.case_id)
    )
    due_on = {row.case_id: row.due_on for row in conn.execute(due)}
    processes = tuple(engine.registry.processes.values())
    seen = seen_cases(processes, caller.person_id, caller.on, caller.only)
    paper = recordable(engine.registry).label("recordable")
    ids = sorted(due_on)
    found = [
        _Waiting(due_on[row.id], row.id, bool(row.recordable))
        for first in range(0, len(ids), _AT_ONCE)
        for row in conn.execute(select(cases.c.id, paper).where(cases.c.id.in_(ids[first : first + _AT_ONCE]), seen))
    ]
    return sorted(found, key=lambda each: (each.due_on, each.id))


def opened_by_officers(process: Process) -> bool:
    """Whether a unit's personnel officer may open a case of a process for a colleague."""
    return any(process.role[role].group == OFFICER for role in process.opened_by)


def recordable(registry: Registry) -> ColumnElement[bool]:
    """A condition on ``cases``: a state from which a unit's personnel officer may record an answer that came on paper."""
    states = {
        process.name: {
            source
            for step in process.transitions
            if any(process.role[role].group == OFFICER for role in step.recorded_by) and not step.aside
            for source in step.sources
        }
        for process in registry.processes.values()
    }
    found = [(cases.c.process == name) & cases.c.state.in_(sorted(names)) for name, names in states.items() if names]
    return or_(false(), *found)


def _units_of(conn: Connection, person_id: str) -> tuple[NamedUnit, ...]:
    query = (
        select(units.c.id, units.c.name)
        .join(group_members, group_members.c.unit_id == units.c.id)
        .where(group_members.c.person_id == person_id, group_members.c.group_name == OFFICER)
        .order_by(units.c.name)
    )
    found = tuple(NamedUnit(id=row.id, name=row.name) for row in conn.execute(query))
    if not found:
        raise NotYours(
            f"Halaman ini untuk {GROUPS[OFFICER].lower()}; Anda tidak terdaftar sebagai pengelola unit mana pun."
        )
    return found


def _lines(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, rows: Sequence[_Waiting]
) -> tuple[UnitCase, ...]:
    on = engine.office.day(at)
    sights = [_sight(conn, engine, caller, row.id) for row in rows]
    subjects = subjects_of(conn, sights)
    waits = waits_of(conn, sights, lambda sight: veil_of(conn, engine.office, sight, at))
    awaits = awaits_of(conn, caller, {sight.case.id: (sight.process, sight.case.state) for sight in sights})
    told = reminders_of(conn, [row.id for row in rows])
    return tuple(
        UnitCase(
            id=sight.case.id,
            reference=sight.case.reference,
            process=sight.process.name,
            process_title=sight.process.title,
            subject=subjects[sight.case.id].name,
            state_title=sight.process.state[sight.case.state].title,
            due_on=row.due_on,
            overdue=row.due_on < on,
            recordable=row.recordable and sight.case.id not in awaits,
            waits_for=waits.get(sight.case.id, ()),
            reminders=tuple(
                line for line in told.get(sight.case.id, ()) if line.person_id in _named(waits.get(sight.case.id, ()))
            ),
            state_awaits=awaits.get(sight.case.id, ""),
        )
        for row, sight in zip(rows, sights, strict=True)
    )


def _sight(conn: Connection, engine: Engine, caller: Caller, case_id: str) -> Sight:
    case = case_store.load(conn, case_id)
    return sight_of(conn, engine.registry.process(case.process), case, caller)


def _named(waits: Sequence[WaitLine]) -> set[str]:
    """Those of whom it is told that they are waited for."""
    return {wait.person.id for wait in waits if wait.person is not None}
