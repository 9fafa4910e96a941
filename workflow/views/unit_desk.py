"""What the personnel officer of a unit has before them: its cases, whom they wait for, and what is theirs to put on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Date, and_, false, func, or_, select, tuple_

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
    processes = tuple(engine.registry.processes.values())
    reach = and_(
        cases.c.unit_id.in_([unit.id for unit in own]),
        seen_cases(processes, caller.person_id, caller.on, caller.only),
    )
    due_on = func.min(tasks.c.due_on)
    waiting = select(cases.c.id, due_on.label("due_on")).join_from(tasks, cases).where(reach).group_by(cases.c.id)
    late, paper = due_on < on, recordable(engine.registry)
    chosen = waiting.having(late) if show == "late" else waiting.where(paper) if show == "recordable" else waiting
    page = _page(chosen, due_on, after).limit(limit + 1)
    caller.looked_at.append(None)
    rows = conn.execute(page).all()
    lines = _lines(conn, engine, caller, at, rows[:limit])
    return UnitDesk(
        units=own,
        opens=tuple(process_line(each) for each in processes if opened_by_officers(each)),
        waiting=_counted(conn, waiting),
        late=_counted(conn, waiting.having(late)),
        recordable=_counted(conn, waiting.where(paper)),
        items=lines,
        next=cursor(rows[limit - 1].due_on, rows[limit - 1].id) if len(rows) > limit else None,
    )


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


def _counted(conn: Connection, query: Any) -> int:
    return int(conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _page(query: Any, due_on: Any, after: str | None) -> Any:
    if after:
        query = query.having(tuple_(func.min(tasks.c.due_on, type_=Date), cases.c.id) > tuple_(*read_cursor(after)))
    return query.order_by(due_on, cases.c.id)


def _lines(conn: Connection, engine: Engine, caller: Caller, at: datetime, rows: Sequence[Any]) -> tuple[UnitCase, ...]:
    on = engine.office.day(at)
    sights = [_sight(conn, engine, caller, row.id) for row in rows]
    subjects = subjects_of(conn, sights)
    waits = waits_of(conn, sights, lambda sight: veil_of(conn, engine.office, sight, at))
    awaits = awaits_of(conn, caller, {sight.case.id: (sight.process, sight.case.state) for sight in sights})
    told = reminders_of(conn, [row.id for row in rows])
    paper = set(
        conn.execute(
            select(cases.c.id).where(cases.c.id.in_([row.id for row in rows]), recordable(engine.registry))
        ).scalars()
    )
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
            recordable=sight.case.id in paper and sight.case.id not in awaits,
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
