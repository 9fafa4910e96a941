"""Which closed cases have been kept long enough, and under which code a list of them is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_, select

from policies.retention import AUTOMATIC, YEARS, kept_until, last_closed, years_kept
from workflow.office import Office
from workflow.references import reference_of
from workflow.tables import cases, effects, erasures, holds, tasks


@dataclass(frozen=True)
class Due:
    """A case that has been kept long enough: closed when, kept until when, by which rule and for how many years."""

    case_id: str
    process: str
    closed_on: date
    kept_until: date
    years: int
    by: str

    @property
    def reference(self) -> str:
        """The number by which people call the case."""
        return reference_of(self.case_id)


@dataclass(frozen=True)
class Listed:
    """The cases that are due; how many more are held back by a legal hold, and by what is still owed for them.

    ``is_more``: besides these, others are past their time that were not looked at.
    """

    due: tuple[Due, ...]
    held: int
    unfinished: int
    is_more: bool = False

    @property
    def code(self) -> str:
        """By which somebody confirms these cases and no others."""
        return code_of([each.case_id for each in self.due])


def code_of(case_ids: Sequence[str]) -> str:
    """The code of a list of cases."""
    return sha256("\n".join(sorted(case_ids)).encode()).hexdigest()[:12]


def listed(conn: Connection, office: Office, at: datetime, most: int | None = None) -> Listed:
    """The cases whose time is over on this day, by the law in force today: a longer time that is set later holds for all.

    ``most``: of how many it is asked what becomes of them, those that were closed first; None: of all.
    """
    due, held, unfinished = [], 0, 0
    today = office.day(at)
    query = _CLOSED.where(_is_past_its_time(office, today))
    rows = conn.execute(query if most is None else query.limit(most + 1)).all()
    for row in rows[:most]:
        found = _due(office, row.id, row.process, office.day(row.closed_at), today)
        if found is None:
            continue
        held += row.held
        unfinished += row.owed and not row.held
        if not row.held and not row.owed:
            due.append(found)
    return Listed(tuple(due), held, unfinished, is_more=most is not None and len(rows) > most)


def runs_by_itself(office: Office, at: datetime) -> bool:
    """Whether the agency has said that no list need be confirmed."""
    return bool(office.policies.on(office.day(at))[AUTOMATIC].value)


def is_due(conn: Connection, office: Office, case_id: str, at: datetime) -> Due | None:
    """Whether a case is due now; for whoever holds its row."""
    row = conn.execute(_CLOSED.where(cases.c.id == case_id)).one_or_none()
    if row is None or row.held or row.owed:
        return None
    return _due(office, row.id, row.process, office.day(row.closed_at), office.day(at))


def _due(office: Office, case_id: str, process: str, closed_on: date, today: date) -> Due | None:
    years = years_kept(process, office.policies.on(today))
    until = kept_until(closed_on, years.value) if years else None
    if years is None or until is None or until > today:
        return None
    return Due(case_id, process, closed_on, until, years.value, years.by)


def _is_past_its_time(office: Office, today: date) -> ColumnElement[bool]:
    """A condition on ``cases``, so that what was closed of late is not read at all."""
    law = office.policies.on(today)
    closed_before: dict[datetime, list[str]] = {}
    for name in YEARS:
        if (years := years_kept(name, law)) is not None:
            day = last_closed(today, years.value) + timedelta(days=1)
            closed_before.setdefault(datetime.combine(day, time(), office.zone), []).append(name)
    if not closed_before:
        return false()
    of_each = (cases.c.process.in_(names) & (cases.c.closed_at < until) for until, names in closed_before.items())
    return and_(cases.c.closed_at < max(closed_before), or_(*of_each))  # the first is found by the index


_HELD = exists().where(holds.c.case_id == cases.c.id, holds.c.ended_at.is_(None))
_OWED = exists().where(tasks.c.case_id == cases.c.id) | exists().where(
    effects.c.case_id == cases.c.id, effects.c.done_at.is_(None)
)
_CLOSED = (
    select(cases.c.id, cases.c.process, cases.c.closed_at, _HELD.label("held"), _OWED.label("owed"))
    .where(cases.c.closed_at.is_not(None), ~exists().where(erasures.c.case_id == cases.c.id))
    .order_by(cases.c.closed_at, cases.c.id)
)
