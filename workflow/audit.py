"""The event log: append-only, one chain a case (``chain``), whose payloads may be erased by law without breaking it.

``cases.version`` counts the events and ``cases.head`` is the hash of the last. An erasure is an event itself: a payload that is
gone without one is a fault. What the chain cannot show, besides a case rewritten whole, is one removed with all its rows that
never had a letter's number; once they are sealed, the log over all chains shows both (``workflow.sealing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from workflow import chain
from workflow.chain import End
from workflow.engine import evidence
from workflow.engine.evidence import Erasure, Evidence
from workflow.errors import NotFound, NotNow
from workflow.tables import cases, events

#: The type of the event that an erasure is.
ERASED = "erased"
#: Those by which a legal hold begins and ends: while it stands nothing of the case is erased (``workflow.retention``).
HELD, RELEASED = "held", "released"


@dataclass(frozen=True)
class Event:
    """Something that happened to a case. ``payload`` is None once it has been erased."""

    case_id: str
    sequence: int
    id: str
    type: str
    at: datetime
    payload: dict[str, Any] | None
    payload_hash: str
    previous_hash: str
    hash: str


def append(
    conn: Connection,
    case_id: str,
    kind: str,
    at: datetime,
    payload: Mapping[str, Any],
    *,
    after: End,
) -> Event:
    """Add an event to the end of its case's chain; the case is stored already and the caller counts its version and head.

    ``payload`` may hold whatever msgspec can write, but no float: sums are whole rupiah, shares are Decimal. Two that
    append at once collide on the key.
    """
    written = chain.canonical(payload)
    # Read back at once: this refuses floats, and the event answers what later readers will see.
    read_back: dict[str, Any] = _DECODER.decode(written)
    columns = {"case_id": case_id, **chain.joined(case_id, kind, written, at, after)}
    conn.execute(_INSERT, columns)
    # The row may be written later, together with others (``gathering``): it is left as it is.
    return Event(
        **{name: value for name, value in columns.items() if name not in ("salt", "payload")}, payload=read_back
    )


def events_of(conn: Connection, case_id: str) -> list[Event]:
    """The events of a case, oldest first."""
    return [_event(row) for row in conn.execute(_OF_CASE, {"case_id": case_id})]


def events_by_case(conn: Connection, case_ids: Iterable[str]) -> dict[str, list[Event]]:
    """The same of several cases at once, by their ids."""
    found: dict[str, list[Event]] = {case_id: [] for case_id in case_ids}
    for row in conn.execute(_OF_CASES, {"cases": list(found)}) if found else ():
        found[row.case_id].append(_event(row))
    return found


def last_event(conn: Connection, case_id: str) -> Event | None:
    """The newest event of a case."""
    row = conn.execute(_LAST, {"case_id": case_id}).one_or_none()
    return _event(row) if row else None


def erase(conn: Connection, event_id: str, *, by: Mapping[str, Any], basis: str, at: datetime) -> Event:
    """Erase what an event says, for ever, where the law demands it; that it happened, and the chain, remain.

    The erasure is an event of the same case and counts its version. ``by``: the id and name of whoever erases; ``basis``:
    the law that demands it. What remains told is that rows exist and how they stand. Raises NotFound, and NotNow for what
    has been erased already and for an erasure itself.
    """
    # Its case first, as every act locks it: of two erasures at once the second must see what the first has done.
    case = conn.execute(_CASE_OF, {"event_id": event_id}).mappings().one_or_none()
    row = conn.execute(_BY_ID, {"event_id": event_id}).one_or_none()
    if case is None or row is None:
        raise NotFound(f"Peristiwa {event_id} tidak ada.")
    if row.payload is None or row.type == ERASED:
        reason = "sudah dihapus" if row.payload is None else "adalah catatan penghapusan, yang tidak dapat dihapus"
        raise NotNow(f"Peristiwa nomor {row.sequence} {reason}.")
    kept = evidence.that_remains(msgspec.json.decode(row.payload, type=Evidence))
    erasure = Erasure(
        sequence=row.sequence, event=row.id, type=row.type, basis=basis, kept=kept if evidence.parts(kept) else None
    )
    counted = {**case, "version": case["version"] + 1}
    payload = {"actor": dict(by), "erased": erasure, "case": evidence.digest(evidence.CASE, counted)}
    conn.execute(_ERASE, {"event_id": event_id})
    event = append(conn, row.case_id, ERASED, at, payload, after=End(case["version"], case["head"]))
    conn.execute(_COUNT, {"of_case": row.case_id, "counted": event.sequence, "last": event.hash})
    return event


def _refuse_float(digits: str) -> float:
    raise ValueError(f"an event cannot hold the float {digits}: write it as int, Decimal or text")


_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=_refuse_float)


# --- Statements, built once ------------------------------------------------------------------------------------------

_INSERT = insert(events)
_OF_CASE = select(events).where(events.c.case_id == bindparam("case_id")).order_by(events.c.sequence)
_OF_CASES = (
    select(events)
    .where(events.c.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(events.c.case_id, events.c.sequence)
)
_LAST = _OF_CASE.order_by(None).order_by(events.c.sequence.desc()).limit(1)
_BY_ID = select(events).where(events.c.id == bindparam("event_id"))
_ERASE = update(events).where(events.c.id == bindparam("event_id")).values(payload=None, salt=None)
_CASE_OF = (
    select(cases)
    .where(cases.c.id == select(events.c.case_id).where(events.c.id == bindparam("event_id")).scalar_subquery())
    .with_for_update()
)
_COUNT = (
    update(cases).where(cases.c.id == bindparam("of_case")).values(version=bindparam("counted"), head=bindparam("last"))
)


def _event(row: Row[Any]) -> Event:
    columns = row._asdict()
    del columns["salt"]
    payload = columns.pop("payload")
    return Event(**columns, payload=None if payload is None else msgspec.json.decode(payload))
