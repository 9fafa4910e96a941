"""Mandates: the chain of each, the row as its newest event tells it, and nothing lent that nobody accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection, RowMapping, func, select

from policies.parameters import Policies
from workflow.chain import faults
from workflow.engine.evidence import as_stored
from workflow.people.mandate_log import ACCEPTED, PROPOSED, MandateEvent, told
from workflow.registry import Registry
from workflow.tables import mandate_events, mandates
from workflow.verification.findings import STREAMED, Finding, Looked

PART = "mandates"

#: What never changes once it was proposed.
_TERMS = (
    "id",
    "kind",
    "position_id",
    "receiver_id",
    "from_on",
    "until_on",
    "scope",
    "units",
    "letters",
    "basis_number",
    "basis_on",
    "giver_id",
    "via_id",
    "proposed_by",
    "proposed_on",
)


def look_at_mandates(conn: Connection, _: Registry, __: Policies) -> Looked:
    """All mandates, one after the other."""
    for row in conn.execute(
        select(*as_stored(mandates)).order_by(mandates.c.id), execution_options=STREAMED
    ).mappings():
        query = select(*as_stored(mandate_events)).where(mandate_events.c.mandate_id == row["id"])
        links = conn.execute(query.order_by(mandate_events.c.sequence)).mappings().all()
        for found in (*faults(row["id"], links, row["version"], row["head"]), *_told(row, links)):
            yield Finding(PART, f"Pelimpahan {row['id']}: {found}")
        yield from (None for _ in links)
    strays = (
        select(func.count())
        .select_from(mandate_events)
        .where(mandate_events.c.mandate_id.not_in(select(mandates.c.id)))
    )
    if conn.execute(strays).scalar_one():
        yield Finding(PART, "Ada peristiwa pelimpahan yang menyebut pelimpahan yang tidak ada.")


def _told(row: RowMapping, links: Sequence[RowMapping]) -> Iterator[str]:
    """What its events tell, against the row and against one another."""
    try:
        events = [(link["type"], msgspec.json.decode(link["payload"], type=MandateEvent)) for link in links]
    except (msgspec.MsgspecError, TypeError):
        return  # of that the chain has told
    if not events or events[0][0] != PROPOSED:
        yield "tidak tercatat siapa yang mengajukannya."
        return
    first, last = events[0][1].mandate, events[-1][1].mandate
    if last != told(row):
        yield "tidak lagi seperti yang dicatat peristiwa terakhirnya."
    if any(first.get(name) != last.get(name) for name in _TERMS):
        yield "isinya bukan lagi yang diajukan."
    accepted = [event for kind, event in events if kind == ACCEPTED]
    if (last.get("accepted_on") is not None) != bool(accepted):
        yield "tercatat diterima tanpa peristiwa penerimaannya, atau sebaliknya."
    if any(event.by.id != first.get("receiver_id") for event in accepted):
        yield "diterima oleh orang lain daripada penerimanya."
