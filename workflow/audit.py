"""The event log: append-only, one chain a case, whose payloads may be erased by law without breaking it.

Each event keeps ``payload_hash = sha256(salt ‖ payload)`` and ``hash = sha256(canonical JSON of at, case, id,
payload_hash, previous, sequence, type)``, where ``previous`` is the hash of the case's event before it, zeros for the
first. The salt is 64 hexadecimal digits, hashed as text; the payload is canonical JSON (RFC 8785), stored and hashed
byte for byte; ``at`` is written ``2026-01-31T05:00:00.000000Z``. So SHA-256 and JSON are enough to recompute a chain.
``cases.version`` counts the events and ``cases.head`` is the hash of the last, so that their end cannot be cut off unseen.
An erasure is an event itself: a payload that is gone without one is a fault.

The chain has no key. It shows whatever was touched by somebody who did not work out everything anew; it cannot show a case
rewritten whole and consistently, from its first event to its rows, nor one removed with all its rows that never had a
letter's number. That takes a seal that lies outside the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, RowMapping, bindparam, insert, select, update

from workflow import evidence
from workflow.errors import NotFound, NotNow
from workflow.evidence import Erasure, Evidence, as_written
from workflow.ids import new_id
from workflow.tables import cases, events

#: What the first event of a case names as the hash before it.
NOTHING_BEFORE = "0" * 64

#: The type of the event that an erasure is.
ERASED = "erased"


@dataclass(frozen=True)
class End:
    """Where a chain ends: how many events it has, and the hash of the last."""

    sequence: int
    hash: str


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
    written = _ENCODER.encode(payload).decode()
    # Read back at once: this refuses floats, and the event answers what later readers will see.
    read_back: dict[str, Any] = _DECODER.decode(written)
    salt = secrets.token_hex(32)
    payload_hash = hash_of_payload(salt, written)
    columns: dict[str, Any] = {
        "case_id": case_id,
        "sequence": after.sequence + 1,
        "id": new_id(at),
        "type": kind,
        "at": at,
    }
    columns |= {"payload_hash": payload_hash, "previous_hash": after.hash}
    columns["hash"] = hash_of_event(columns)
    conn.execute(_INSERT, {**columns, "payload": written, "salt": salt})
    return Event(**columns, payload=read_back)


def events_of(conn: Connection, case_id: str) -> list[Event]:
    """The events of a case, oldest first."""
    return [_event(row) for row in conn.execute(_OF_CASE, {"case_id": case_id})]


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


# --- Hashes ----------------------------------------------------------------------------------------------------------


def _refuse_float(digits: str) -> float:
    raise ValueError(f"an event cannot hold the float {digits}: write it as int, Decimal or text")


# For what events hold (no floats, names in ASCII) sorted msgspec is RFC 8785, forty times as fast as the library of
# that name; a test compares them.
_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=_refuse_float)


def hash_of_payload(salt: str, payload: str) -> str:
    """What an event keeps of what it says."""
    return sha256((salt + payload).encode()).hexdigest()


def hash_of_event(columns: Mapping[str, Any] | RowMapping) -> str:
    """What the next event names as the one before it."""
    covered = {
        "at": as_written(columns["at"]),
        "case": columns["case_id"],
        "id": columns["id"],
        "payload_hash": columns["payload_hash"],
        "previous": columns["previous_hash"],
        "sequence": columns["sequence"],
        "type": columns["type"],
    }
    return sha256(_ENCODER.encode(covered)).hexdigest()


# --- Statements, built once ------------------------------------------------------------------------------------------

_INSERT = insert(events)
_OF_CASE = select(events).where(events.c.case_id == bindparam("case_id")).order_by(events.c.sequence)
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
