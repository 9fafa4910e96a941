"""What a report counts, read from the tables page by page, so that memory does not grow with the years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    or_,
    select,
    true,
    union_all,
)

from policies.report import Period
from workflow.definition import Fire, OnDate, Process
from workflow.hours.ledger import YEAR
from workflow.ids import new_id
from workflow.tables import cases, events, hour_evidence, hour_postings, people, units

#: Rows that are read at once.
PAGE = 500


@dataclass(frozen=True)
class Kind:
    """A process whose completion is credited. ``begins``: the steps that the first day of its period brings about."""

    process: Process
    begins: tuple[str, ...]

    @property
    def counts_participants(self) -> bool:
        """Whether it has a period that begins on a day."""
        return self.process.period is not None and bool(self.begins)


def kinds(processes: Iterable[Process]) -> dict[str, Kind]:
    """The processes that a report is about, by name."""
    return {process.name: Kind(process, _begins(process)) for process in processes if process.activity}


def _begins(process: Process) -> tuple[str, ...]:
    first = process.period[0] if process.period else ""
    rungs = (rung for state in process.states for rung in state.late if isinstance(rung, Fire))
    return tuple(
        dict.fromkeys(rung.trigger for rung in rungs if isinstance(rung.at, OnDate) and rung.at.field == first)
    )


@dataclass(frozen=True)
class Window:
    """The time of a report as far as it has passed on the day on which it is counted."""

    period: Period
    on: date
    zone: ZoneInfo

    @property
    def first(self) -> date:
        """Its first day."""
        return self.period.first

    @property
    def last(self) -> date:
        """Its last day, or the day of counting where that comes before."""
        return min(self.period.last, self.on)

    @cached_property
    def begins_at(self) -> datetime:
        """The instant of the first midnight."""
        return datetime.combine(self.first, datetime.min.time(), self.zone)

    @cached_property
    def ends_at(self) -> datetime:
        """The instant after the last."""
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), self.zone)


@dataclass(frozen=True)
class Line:
    """One thing that counts: a case that ran, or hours credited in a case, with what is known of the person today."""

    case_id: str
    person_id: str
    process: str
    activity: str
    unit_id: str | None
    unit: str | None
    post_kind: str | None
    asn_kind: str | None
    sex: str | None
    hours: int = 0


def pages(conn: Connection, statement: Select[Any], key: Any) -> Iterator[Row[Any]]:
    """The rows of a statement in the order of ``key``, some at a time."""
    yield from _some_at_a_time(conn, statement.order_by(key))


def _of_many(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that holds for many, so that no index is to be sought by which it holds."""
    return case((condition, true()), else_=false())


def _some_at_a_time(conn: Connection, statement: Select[Any] | CompoundSelect[Any]) -> Iterator[Row[Any]]:
    for page in conn.execute(statement, execution_options={"yield_per": PAGE}).partitions():
        yield from page


def alive(conn: Connection, statement: Select[Any], window: Window, names: Iterable[str]) -> Iterator[Row[Any]]:
    """What a statement tells of the cases of these processes that were open on some day of the window, some at a time.

    Those still open and those closed since are both few, and each have an index of their own. They are read in one look, so that
    none is seen twice that is closed in the meantime.
    """
    meant = statement.where(_of_many(cases.c.process.in_(tuple(names))), cases.c.opened_at < window.ends_at)
    still, since = cases.c.closed_at.is_(None), cases.c.closed_at >= window.begins_at
    yield from _some_at_a_time(conn, union_all(meant.where(still), meant.where(since)))


_PERSON = (
    people.c.id.label("person_id"),
    cases.c.unit_id,
    people.c.post_kind,
    people.c.asn_kind,
    people.c.sex,
)

#: The unit whose hours they are: that of the case for whom it is about, their own for whoever else earned by it.
_UNIT = case((people.c.id == cases.c.subject_id, cases.c.unit_id), else_=people.c.unit_id)
_OF_WHOM = (_PERSON[0], _UNIT.label("unit_id"), *_PERSON[2:])


def _named_units(conn: Connection) -> dict[str | None, str]:
    """What units are called, by id: they are few, and joined to each of many lines they would cost more than all else."""
    return {row.id: row.name for row in conn.execute(select(units.c.id, units.c.name))}


def participations(conn: Connection, found: Mapping[str, Kind], window: Window) -> Iterator[Line]:
    """Cases that had begun and ran on at least one day of the window."""
    counted = {name: kind for name, kind in found.items() if kind.counts_participants}
    if not counted:
        return
    begun = or_(
        *(
            and_(
                cases.c.process == name,
                exists().where(events.c.case_id == cases.c.id, events.c.type.in_(kind.begins)),
            )
            for name, kind in counted.items()
        )
    )
    statement = (
        select(cases.c.id.label("key"), cases.c.process, cases.c.form, cases.c.memory, cases.c.closed_at, cases.c.state)
        .add_columns(*_PERSON)
        .join_from(cases, people, people.c.id == cases.c.subject_id)
        .where(_of_many(begun))
    )
    named = _named_units(conn)
    for row in alive(conn, statement, window, counted):
        kind = counted[row.process]
        if _ran(row, kind.process, window):
            yield _line(row, named.get(row.unit_id), row.key, kind.process.activity)


def _ran(row: Row[Any], process: Process, window: Window) -> bool:
    """Whether a begun case ran on a day of the window. Closed before its end, it ran until it was closed."""
    form, memory = msgspec.json.decode(row.form), msgspec.json.decode(row.memory)
    first_field, last_field = process.period or ("", "")
    if not form.get(first_field) or not form.get(last_field):
        return False
    first = date.fromisoformat(form[first_field])
    last = date.fromisoformat(memory.get("ended_on") or form[last_field])
    if row.closed_at is not None:
        last = min(last, row.closed_at.astimezone(window.zone).date())
    return first <= last and first <= window.last and last >= window.first


def credited(conn: Connection, window: Window) -> Iterator[Line]:
    """Hours that were put on the books on a day of the window, below zero where they were taken back."""
    posted, of = hour_postings.c, hour_evidence.c
    statement = (
        select(posted.id.label("key"), of.case_id, of.activity, posted.hours, cases.c.process)
        .add_columns(*_OF_WHOM)
        .join_from(hour_postings, hour_evidence, of.id == posted.evidence_id)
        .join(cases, cases.c.id == of.case_id)
        .join(people, people.c.id == posted.person_id)
        .where(posted.account == YEAR, posted.hours != 0)
        .where(posted.posted_at >= window.begins_at, posted.posted_at < window.ends_at)
        .where(posted.id >= f"{new_id(window.begins_at)[:14]}0", posted.id < f"{new_id(window.ends_at)[:14]}0")
    )
    named = _named_units(conn)
    for row in pages(conn, statement, posted.id):
        yield _line(row, named.get(row.unit_id), row.case_id, row.activity, row.hours)


def _line(row: Row[Any], unit: str | None, case_id: str, activity: str, hours: int = 0) -> Line:
    return Line(
        case_id,
        row.person_id,
        row.process,
        activity,
        row.unit_id,
        unit,
        row.post_kind,
        row.asn_kind,
        row.sex,
        hours,
    )
