"""The health of the programme: how many cases there are and where they wait, how long they take against the time allowed.

Every figure is read by an index and within a bound, so that a million cases are counted as a thousand are: open cases by process
and state; the past by the ids of the newest, which sort by opening. Drafts that are nobody's but of those who prepare them are
not counted, so that no number tells of one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from workflow.callers import Caller
from workflow.definition import Process, State
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours
from workflow.ids import new_id
from workflow.office import POSTS, Office
from workflow.people.groups import GROUPS
from workflow.tables import cases, group_members, positions, tasks, units
from workflow.views.stays import StayFigure, share, stays_of, working_days

#: Who sees the figures of the whole agency, besides whoever holds the posts that it is headed by.
AGENCY: Final = ("bkpsdm.verifier", "bkpsdm.budget", "administrator")
#: Months of a trend; cases of a trend at most, the newest; cases of a process by which its states are timed.
MONTHS: Final = 12
LARGEST: Final = 20_000
TIMED: Final = 300


class StateFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases are in a state. ``late``: of how many the time is over."""

    state: str
    title: str
    final: bool
    cases: int
    late: int


class ProcessFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases of a process there are.

    ``days_median``, ``days_most``: working days from opening to the end, of those that were opened in the months of the trend and
    have ended; nine in ten took no longer than ``days_most``.
    """

    process: str
    title: str
    open: int
    late: int
    ended: int
    days_median: int | None
    days_most: int | None
    states: tuple[StateFigure, ...]


class WaitFigure(msgspec.Struct, frozen=True, kw_only=True):
    """For whom cases wait: a role of a process, how many tasks that is, and how many of them are late."""

    process: str
    process_title: str
    role: str
    title: str
    tasks: int
    late: int


class UnitFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The open cases of a unit, and of how many the time is over."""

    unit: str
    name: str
    open: int
    late: int


class MonthFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A month by its first day: how many cases were opened in it, and how many of those have ended since."""

    month: date
    opened: int
    ended: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The figures. ``unit``: of this unit alone, empty for the agency; ``units``: those that can be asked for by code.

    ``counted``: the cases behind the trend; ``more``: there are older ones within its months that were left out.
    ``stays``: by state, where a process was asked for, of the newest ``timed`` cases.
    """

    on: date
    unit: str
    process: str
    units: tuple[UnitFigure, ...]
    processes: tuple[ProcessFigure, ...]
    waits: tuple[WaitFigure, ...]
    months: tuple[MonthFigure, ...]
    counted: int
    more: bool
    stays: tuple[StayFigure, ...]
    timed: int


@dataclass(frozen=True)
class _Asked:
    """What is counted: which processes, of which units (None for all)."""

    office: Office
    processes: tuple[Process, ...]
    units: tuple[str, ...] | None
    on: date

    @property
    def open(self) -> ColumnElement[bool]:
        """A condition on ``cases``: open, of the units and, where it is one, of the process.

        All of it stands in the index of what is open. Of several processes and their states the numbers are asked instead:
        PostgreSQL believes that few cases meet so many conditions.
        """
        found: list[ColumnElement[bool]] = [cases.c.closed_at.is_(None)]
        if self.units is not None:
            found.append(cases.c.unit_id.in_(self.units))
        if len(self.processes) == 1:  # an expression, as no index over all cases is to find them
            found.append(func.coalesce(cases.c.process, "") == self.processes[0].name)
        return and_(*found)

    @cached_property
    def counted(self) -> frozenset[tuple[str, str]]:
        """The processes and states whose cases are counted: no end, and no draft of others."""
        return frozenset((each.name, s.name) for each in self.processes for s in each.states if _is_counted(s))


def health(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    *,
    process: str | None = None,
    unit: str | None = None,
) -> Health:
    """The figures of the agency, or of one unit. Raises NotYours, NotFound."""
    processes = tuple(engine.registry.processes.values()) if process is None else (engine.registry.process(process),)
    asked = _Asked(engine.office, processes, _reach(conn, engine, caller, unit), engine.office.day(at))
    caller.looked_at.append(None)
    since = _months_back(asked.on, MONTHS - 1)
    now, past = _now(conn, asked), _past(conn, asked, since)
    stays = stays_of(conn, asked.office, asked.on, processes[0], past.rows[:TIMED]) if process is not None else ([], 0)
    return Health(
        on=asked.on,
        unit=unit or "",
        process=process or "",
        units=_by_unit(conn, now),
        processes=_by_process(asked, now, past),
        waits=_waits(conn, asked),
        months=_by_month(asked, past, since),
        counted=len(past.rows),
        more=past.more,
        stays=tuple(stays[0]),
        timed=stays[1],
    )


def sees_health(conn: Connection, engine: Engine, caller: Caller) -> tuple[str, ...] | None:
    """The units whose figures somebody sees, None for all. Raises NotYours for whoever sees none."""
    mine = group_members.c.person_id == caller.person_id
    posts = [post for post in (engine.office.post(conn, name) for name in POSTS) if post is not None]
    of_all = or_(
        exists().where(mine, group_members.c.group_name.in_(AGENCY)),
        exists().where(positions.c.id.in_(posts), positions.c.holder_id == caller.person_id),
    )
    if conn.execute(select(of_all)).scalar_one():
        return None
    own = select(group_members.c.unit_id).where(mine, group_members.c.group_name == "personnel_officer")
    found = tuple(conn.execute(own.order_by(group_members.c.unit_id)).scalars())
    if not found:
        raise NotYours(
            f"Angka program hanya untuk {GROUPS['bkpsdm.verifier']}, {GROUPS['bkpsdm.budget'].lower()}, administrator, "
            f"pimpinan instansi, dan {GROUPS['personnel_officer'].lower()} bagi unitnya sendiri."
        )
    return found


def _reach(conn: Connection, engine: Engine, caller: Caller, unit: str | None) -> tuple[str, ...] | None:
    seen = sees_health(conn, engine, caller)
    if unit is None:
        return seen
    known = seen is None and conn.execute(select(units.c.id).where(units.c.id == unit)).first() is not None
    if not known and unit not in (seen or ()):
        raise NotFound(f"Unit {unit[:64]} tidak ada, atau angkanya bukan untuk Anda lihat.")
    return (unit,)


def _is_counted(state: State) -> bool:
    return not state.final and not state.prepared


# --- Now -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Number:
    """How many open cases of a process and a unit are in a state, and of how many the time is over."""

    process: str
    state: str
    unit: str | None
    open: int
    late: int


def _now(conn: Connection, asked: _Asked) -> tuple[_Number, ...]:
    """All open cases, looked at once for every figure that is made of them."""
    late = cases.c.id.in_(select(tasks.c.case_id).where(tasks.c.due_on < asked.on))
    by = (cases.c.process, cases.c.state, cases.c.unit_id)
    query = select(*by, func.count(), func.count().filter(late)).where(asked.open).group_by(*by)
    numbers = (_Number(*row) for row in conn.execute(query))
    return tuple(each for each in numbers if (each.process, each.state) in asked.counted)


def _by_unit(conn: Connection, now: Iterable[_Number]) -> tuple[UnitFigure, ...]:
    opened: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for each in now:
        if each.unit is not None:
            opened[each.unit] += each.open
            late[each.unit] += each.late
    named = conn.execute(select(units.c.id, units.c.name).where(units.c.id.in_(list(opened))))
    found = [UnitFigure(unit=row.id, name=row.name, open=opened[row.id], late=late[row.id]) for row in named]
    return tuple(sorted(found, key=lambda each: (-each.late, -each.open, each.name)))


def _waits(conn: Connection, asked: _Asked) -> tuple[WaitFigure, ...]:
    by = (cases.c.process, cases.c.state, tasks.c.role)
    late = func.count().filter(tasks.c.due_on < asked.on)
    query = (
        select(*by, func.count().label("tasks"), late.label("late"))
        .join_from(tasks, cases)
        .where(asked.open)
        .group_by(*by)
    )
    waiting: Counter[tuple[str, str]] = Counter()
    overdue: Counter[tuple[str, str]] = Counter()
    for row in conn.execute(query):
        if (row.process, row.state) in asked.counted:
            waiting[row.process, row.role] += row.tasks
            overdue[row.process, row.role] += row.late
    named = {process.name: process for process in asked.processes}
    found = [
        WaitFigure(
            process=process,
            process_title=named[process].title,
            role=role,
            title=_role(named[process], role),
            tasks=number,
            late=overdue[process, role],
        )
        for (process, role), number in waiting.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.late, -each.tasks, each.title)))


def _role(process: Process, role: str) -> str:
    return process.role[role].title if role in process.role else "Paraf, nomor, dan tanda tangan surat"


# --- The past --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Past:
    """The newest cases of what is asked for, of those that were opened since a day; ``more``: there are older ones."""

    rows: Sequence[Any]
    more: bool


def _past(conn: Connection, asked: _Asked, since: date) -> _Past:
    """Read by the ids alone, which sort by opening: any further condition would have a database sort all that meet it."""
    begins = new_id(datetime.combine(since, datetime.min.time(), asked.office.zone).astimezone(UTC))
    columns = (cases.c.id, cases.c.process, cases.c.state, cases.c.unit_id, cases.c.opened_at, cases.c.closed_at)
    query = select(*columns).where(cases.c.id >= f"{begins[:14]}0").order_by(cases.c.id.desc()).limit(LARGEST + 1)
    rows = conn.execute(query).all()
    shown = {(each.name, state.name) for each in asked.processes for state in each.states if not state.prepared}
    meant = [
        row
        for row in rows[:LARGEST]
        if (row.process, row.state) in shown and (asked.units is None or row.unit_id in asked.units)
    ]
    return _Past(meant, more=len(rows) > LARGEST)


def _by_process(asked: _Asked, now: Iterable[_Number], past: _Past) -> tuple[ProcessFigure, ...]:
    standing: defaultdict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in now:
        opened, late = standing[each.process, each.state]
        standing[each.process, each.state] = opened + each.open, late + each.late
    ended = Counter((row.process, row.state) for row in past.rows if row.closed_at is not None)
    days = _days_by_process(asked.office, past.rows)
    return tuple(_process(process, standing, ended, days.get(process.name, [])) for process in asked.processes)


def _process(
    process: Process, now: Mapping[tuple[str, str], tuple[int, int]], ended: Counter[tuple[str, str]], days: list[int]
) -> ProcessFigure:
    states = []
    for state in process.states:
        open_, late = now[process.name, state.name]
        number = ended[process.name, state.name] if state.final else open_
        states.append(StateFigure(state=state.name, title=state.title, final=state.final, cases=number, late=late))
    return ProcessFigure(
        process=process.name,
        title=process.title,
        open=sum(each.cases for each in states if not each.final),
        late=sum(each.late for each in states),
        ended=len(days),
        days_median=share(days, 0.5) if days else None,
        days_most=share(days, 0.9) if days else None,
        states=tuple(each for each in states if each.cases),
    )


def _days_by_process(office: Office, past: Iterable[Any]) -> dict[str, list[int]]:
    between, found = working_days(office), defaultdict(list)
    for row in past:
        if row.closed_at is not None:
            days = between(office.day(row.opened_at), office.day(row.closed_at), office.week(row.unit_id))
            found[row.process].append(days)
    return found


def _by_month(asked: _Asked, past: _Past, since: date) -> tuple[MonthFigure, ...]:
    opened: Counter[date] = Counter()
    ended: Counter[date] = Counter()
    for row in past.rows:
        month = asked.office.day(row.opened_at).replace(day=1)
        opened[month] += 1
        ended[month] += row.closed_at is not None
    months = [_months_back(asked.on, back) for back in range(MONTHS - 1, -1, -1)]
    return tuple(MonthFigure(month=each, opened=opened[each], ended=ended[each]) for each in months if each >= since)


def _months_back(on: date, months: int) -> date:
    """The first day of the month so many months before."""
    years, month = divmod(on.month - 1 - months, 12)
    return date(on.year + years, month + 1, 1)
