"""How long cases stay in each state of a process, in working days, against the time that was allowed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from policies.calendar import Week
from policies.parameters import NotInForce
from workflow.definition import Process, State
from workflow.office import Office
from workflow.tables import events


class StayFigure(msgspec.Struct, frozen=True, kw_only=True):
    """How long cases stayed in a state, in working days, of the newest cases of a process. ``within``: what is allowed today.

    ``in_time``: how many of the ``stays`` were no longer than was allowed on the day on which they began.
    """

    state: str
    title: str
    stays: int
    median: int
    most: int
    within: int | None
    in_time: int


def stays_of(
    conn: Connection, office: Office, on: date, process: Process, rows: Sequence[Any]
) -> tuple[list[StayFigure], int]:
    """How long the newest cases of a process stayed in its states, and how many cases that were."""
    newest = {row.id: row.unit_id for row in rows}
    between = working_days(office)
    days: defaultdict[str, list[int]] = defaultdict(list)
    in_time: Counter[str] = Counter()
    for case_id, state, since, until in _left(conn, newest):
        if state not in process.state or process.state[state].prepared:
            continue
        first, last = office.day(since), office.day(until)
        took = between(first, last, office.week(newest[case_id]))
        days[state].append(took)
        allowed = _within(office, process.state[state], first)
        in_time[state] += allowed is None or took <= allowed
    found = [
        StayFigure(
            state=state.name,
            title=state.title,
            stays=len(days[state.name]),
            median=share(days[state.name], 0.5),
            most=share(days[state.name], 0.9),
            within=_within(office, state, on),
            in_time=in_time[state.name],
        )
        for state in process.states
        if days[state.name]
    ]
    return found, len(newest)


def _left(conn: Connection, case_ids: Iterable[str]) -> Iterator[tuple[str, str, datetime, datetime]]:
    """Each stay in a state that is over: of which case, where, from when to when."""
    query = (
        select(events.c.case_id, events.c.at, events.c.payload)
        .where(events.c.case_id.in_(list(case_ids)))
        .order_by(events.c.case_id, events.c.sequence)
    )
    here: dict[str, tuple[str, datetime]] = {}
    for row in conn.execute(query):
        to = msgspec.json.decode(row.payload, type=_Where).to if row.payload else None
        before = here.get(row.case_id)
        if to is None or (before is not None and before[0] == to):
            continue
        if before is not None:
            yield row.case_id, before[0], before[1], row.at
        here[row.case_id] = (to, row.at)


class _Where(msgspec.Struct):
    """Of an event, where it led."""

    to: str | None = None


def _within(office: Office, state: State, on: date) -> int | None:
    """The working days that a state allowed on a day; None where there was no rule."""
    if state.within is None:
        return None
    try:
        return int(office.policies.on(on)[state.within].value)
    except NotInForce:
        return None


def working_days(office: Office) -> Callable[[date, date, Week], int]:
    """The working days after one day up to and with another; each day is looked up once, and each pair counted once."""
    is_working = cache(office.calendar.is_working)

    @cache
    def between(start: date, end: date, week: Week) -> int:
        return sum(is_working(start + timedelta(days=ahead), week) for ahead in range(1, (end - start).days + 1))

    return between


def share(values: Iterable[int], part: float) -> int:
    """The value that this part of all values does not exceed: nearest rank, so always one of them."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * part // 1) - 1)]
