"""The log of a mandate: what happened to it, who did it and why; a row of ``mandates`` is what its newest event tells.

Its chain is made as ``workflow.chain`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, RowMapping, insert, select, update

from workflow.chain import NOTHING_BEFORE, End, canonical, joined
from workflow.tables import mandate_events, mandates

PROPOSED, ACCEPTED, REFUSED, REVOKED, SILENT = "proposed", "accepted", "refused", "revoked", "silent"
#: It fell away with what it rested on.
LAPSED = "lapsed"

#: What an event tells of the row: all of it but where its own chain ends.
_TOLD = tuple(column.name for column in mandates.columns if column.name not in ("version", "head"))


class By(Struct, frozen=True):
    """Whoever did it, by id and name; both empty for the system."""

    id: str = ""
    name: str = ""


class MandateEvent(Struct, frozen=True, kw_only=True):
    """An event: who did it, why, and the mandate as it left it, each column as text."""

    by: By
    mandate: dict[str, str | None]
    reason: str = ""


def begin(conn: Connection, values: Mapping[str, Any], by: By, at: datetime) -> None:
    """Store a new mandate with its first event."""
    row = {**values, "version": 0, "head": NOTHING_BEFORE}
    conn.execute(insert(mandates).values(row))
    _append(conn, PROPOSED, row, by, "", at)


def change(
    conn: Connection,
    row: Mapping[str, Any],
    kind: str,
    values: Mapping[str, Any],
    by: By,
    at: datetime,
    reason: str = "",
) -> None:
    """Write what changes of a mandate that was read with its lock, and the event that tells of it."""
    conn.execute(update(mandates).where(mandates.c.id == row["id"]).values(values))
    _append(conn, kind, {**row, **values}, by, reason, at)


def _append(conn: Connection, kind: str, row: Mapping[str, Any], by: By, reason: str, at: datetime) -> None:
    written = canonical(MandateEvent(by=by, mandate=told(row), reason=reason))
    link = joined(row["id"], kind, written, at, End(row["version"], row["head"]))
    conn.execute(insert(mandate_events).values(mandate_id=row["id"], **link))
    ends = {"version": link["sequence"], "head": link["hash"]}
    conn.execute(update(mandates).where(mandates.c.id == row["id"]).values(ends))


def told(row: Mapping[str, Any] | RowMapping) -> dict[str, str | None]:
    """A row as an event tells it."""
    return {name: None if row[name] is None else str(row[name]) for name in _TOLD}


def lapsed_of(conn: Connection, mandate_ids: Iterable[str]) -> dict[str, str]:
    """Which of these mandates fell away, each with the reason."""
    query = select(mandate_events.c.mandate_id, mandate_events.c.payload)
    found = query.where(mandate_events.c.mandate_id.in_(list(mandate_ids)), mandate_events.c.type == LAPSED)
    return {row.mandate_id: msgspec.json.decode(row.payload, type=MandateEvent).reason for row in conn.execute(found)}


def events_of_mandate(conn: Connection, mandate_id: str) -> list[tuple[str, datetime, MandateEvent]]:
    """What happened to a mandate, oldest first: kind, when, and what the event tells."""
    query = select(mandate_events).where(mandate_events.c.mandate_id == mandate_id)
    rows = conn.execute(query.order_by(mandate_events.c.sequence)).all()
    return [(row.type, row.at, msgspec.json.decode(row.payload, type=MandateEvent)) for row in rows]
