"""Each movement of a year's money, with its case and the event of the case's log that tells it."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from workflow.tables import budgets, cases, events, people, postings


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """Money that went from one account of a line to another, in whole rupiah. ``event``: its number in the log of the case.

    A ceiling moves without a case. ``step``: the trigger of the event; what awaits the year's budget has no line.
    """

    id: str
    posted_at: datetime
    line_id: str
    says: str
    source: str
    target: str
    amount: int
    case_id: str = ""
    reference: str = ""
    process: str = ""
    name: str = ""
    event: int | None = None
    step: str = ""


def movements(conn: Connection, year: int) -> list[Moved]:
    """Every movement on the lines of a year, and of what awaits its budget, the earliest first."""
    of_year = func.coalesce(budgets.c.year, postings.c.year) == year
    query = (
        select(postings, cases.c.reference, cases.c.process, people.c.name)
        .select_from(_WITH_LINES.outerjoin(cases, cases.c.id == postings.c.case_id).outerjoin(people, _SUBJECT))
        .where(of_year)
        .order_by(postings.c.posted_at, postings.c.movement_id, postings.c.amount)
    )
    told = _told(conn, of_year)
    pairs = [list(pair) for _, pair in groupby(conn.execute(query), key=lambda row: row.movement_id)]
    # Those of one step as its event tells them; the ids of one instant have no order.
    pairs.sort(key=lambda pair: (pair[0].posted_at, told.get(pair[0].movement_id, _UNTOLD)))
    return [_moved(pair[0], pair[-1], told.get(pair[0].movement_id, _UNTOLD)) for pair in pairs]


_WITH_LINES = postings.outerjoin(budgets, budgets.c.id == postings.c.budget_id)
_SUBJECT = people.c.id == cases.c.subject_id


#: Where an event tells a movement: its number, its place among those of the event, the trigger. No event tells a ceiling.
_Place = tuple[int, int, str]
_UNTOLD: _Place = (0, 0, "")


def _moved(out: Any, into: Any, place: _Place) -> Moved:
    event, _, step = place
    return Moved(
        id=out.movement_id,
        posted_at=out.posted_at,
        line_id=out.budget_id or "",
        says=out.says,
        source=out.account,
        target=into.account,
        amount=int(into.amount),
        case_id=out.case_id or "",
        reference=out.reference or "",
        process=out.process or "",
        name=out.name or "",
        event=event or None,
        step=step,
    )


class _Posted(msgspec.Struct):
    id: str


class _Told(msgspec.Struct):
    """What of an event's payload matters here."""

    posted: tuple[_Posted, ...] = ()


def _told(conn: Connection, of_year: ColumnElement[bool]) -> dict[str, _Place]:
    """The event that tells each movement, as its number and trigger: a step posts at the instant of its event."""
    at_once = and_(events.c.case_id == postings.c.case_id, events.c.at == postings.c.posted_at)
    query = (
        select(events.c.sequence, events.c.type, events.c.payload)
        .select_from(_WITH_LINES.join(events, at_once))
        .where(of_year)
        .distinct()
    )
    read = msgspec.json.Decoder(_Told).decode
    return {
        each.id: (row.sequence, place, row.type)
        for row in conn.execute(query)
        for place, each in enumerate(read(row.payload).posted if row.payload else ())
    }
