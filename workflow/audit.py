"""The event log: append-only, one chain a case, whose payloads may be erased by law without breaking it.

Each event keeps ``payload_hash = sha256(salt ‖ payload)`` and ``hash = sha256(canonical JSON of at, case, id,
payload_hash, previous, sequence, type)``, where ``previous`` is the hash of the case's event before it, zeros for the
first. The salt is 64 hexadecimal digits, hashed as text; the payload is canonical JSON (RFC 8785), stored and hashed
byte for byte; ``at`` is written ``2026-01-31T05:00:00.000000Z``. So SHA-256 and JSON are enough to recompute a chain.
``cases.version`` counts the events, so that their end cannot be cut off unseen.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, RowMapping, Select, String, bindparam, insert, select, type_coerce, update

from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.tables import cases, events

#: What the first event of a case names as the hash before it.
NOTHING_BEFORE = "0" * 64


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


class Fault(StrEnum):
    """What can be wrong with a chain."""

    PAYLOAD = "payload"
    HASH = "hash"
    ORDER = "order"
    GAP = "gap"
    COUNT = "count"
    NO_CASE = "no_case"


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold; ``event_id`` is None where an event is missing. ``says`` is for people."""

    case_id: str
    sequence: int
    event_id: str | None
    fault: Fault
    says: str


def append(
    conn: Connection, case_id: str, kind: str, at: datetime, payload: Mapping[str, Any], *, after: Event | None = None
) -> Event:
    """Add an event to the end of its case's chain; the case is stored already and the caller counts its version.

    ``payload`` may hold whatever msgspec can write, but no float: sums are whole rupiah, shares are Decimal. Whoever
    has the last event at hand passes it as ``after`` and saves a query. Two that append at once collide on the key.
    """
    if after is not None:
        last, previous = after.sequence, after.hash
    else:
        row = conn.execute(_LAST, {"case_id": case_id}).one_or_none()
        last, previous = (row.sequence, row.hash) if row else (0, NOTHING_BEFORE)
    written = _ENCODER.encode(payload).decode()
    # Read back at once: this refuses floats, and the event answers what later readers will see.
    read_back: dict[str, Any] = _DECODER.decode(written)
    salt = secrets.token_hex(32)
    payload_hash = _payload_hash(salt, written)
    columns: dict[str, Any] = {"case_id": case_id, "sequence": last + 1, "id": new_id(at), "type": kind, "at": at}
    columns |= {"payload_hash": payload_hash, "previous_hash": previous}
    columns["hash"] = _hash(columns)
    conn.execute(_INSERT, {**columns, "payload": written, "salt": salt})
    return Event(**columns, payload=read_back)


def events_of(conn: Connection, case_id: str) -> list[Event]:
    """The events of a case, oldest first."""
    return [_event(row) for row in conn.execute(_OF_CASE, {"case_id": case_id})]


def last_event(conn: Connection, case_id: str) -> Event | None:
    """The newest event of a case."""
    row = conn.execute(_LAST, {"case_id": case_id}).one_or_none()
    return _event(row) if row else None


def erase(conn: Connection, event_id: str) -> None:
    """Erase what an event says, for ever, where the law demands it; that it happened, and the chain, remain."""
    if conn.execute(_ERASE, {"event_id": event_id}).rowcount != 1:
        raise NotFound(f"Peristiwa {event_id} tidak ada.")


def verify_case(conn: Connection, case_id: str) -> list[Break]:
    """Where the chain of one case does not hold."""
    return list(_breaks(conn, _chains().where(cases.c.id == case_id), _strays().where(events.c.case_id == case_id)))


def verify_all(conn: Connection) -> list[Break]:
    """Where any chain does not hold. Reads the whole log once, row by row."""
    return list(_breaks(conn, _chains(), _strays()))


# --- Hashes ----------------------------------------------------------------------------------------------------------


def _refuse_float(digits: str) -> float:
    raise ValueError(f"an event cannot hold the float {digits}: write it as int, Decimal or text")


# For what events hold (no floats, names in ASCII) sorted msgspec is RFC 8785, forty times as fast as the library of
# that name; a test compares them.
_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=_refuse_float)


def _payload_hash(salt: str, payload: str) -> str:
    return sha256((salt + payload).encode()).hexdigest()


def _hash(columns: Mapping[str, Any] | RowMapping) -> str:
    covered = {
        "at": _written(columns["at"]),
        "case": columns["case_id"],
        "id": columns["id"],
        "payload_hash": columns["payload_hash"],
        "previous": columns["previous_hash"],
        "sequence": columns["sequence"],
        "type": columns["type"],
    }
    return sha256(_ENCODER.encode(covered)).hexdigest()


def _written(at: datetime | str) -> str:
    # SQLite stores what is written here; PostgreSQL answers an instant.
    return at if isinstance(at, str) else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- Statements, built once ------------------------------------------------------------------------------------------

_INSERT = insert(events)
_OF_CASE = select(events).where(events.c.case_id == bindparam("case_id")).order_by(events.c.sequence)
_LAST = _OF_CASE.order_by(None).order_by(events.c.sequence.desc()).limit(1)
_ERASE = update(events).where(events.c.id == bindparam("event_id")).values(payload=None, salt=None)

# As stored: on SQLite an instant that was touched may not be one any more.
_COLUMNS = [type_coerce(events.c.at, String).label("at") if column is events.c.at else column for column in events.c]


def _chains() -> Select[Any]:
    """Every case with its events, in order; a case without events gives one row without."""
    joined = cases.outerjoin(events, events.c.case_id == cases.c.id)
    columns = [cases.c.id.label("of_case"), cases.c.version.label("counted"), *_COLUMNS]
    return select(*columns).select_from(joined).order_by(cases.c.id, events.c.sequence)


def _strays() -> Select[Any]:
    """Events whose case is not there."""
    joined = events.outerjoin(cases, events.c.case_id == cases.c.id)
    return select(events.c.case_id, events.c.sequence, events.c.id).select_from(joined).where(cases.c.id.is_(None))


def _event(row: Row[Any]) -> Event:
    columns = row._asdict()
    del columns["salt"]
    payload = columns.pop("payload")
    return Event(**columns, payload=None if payload is None else msgspec.json.decode(payload))


# --- Verification ----------------------------------------------------------------------------------------------------


def _breaks(conn: Connection, chains: Select[Any], strays: Select[Any]) -> Iterator[Break]:
    streamed = {"yield_per": 1000}
    rows = conn.execute(chains, execution_options=streamed).mappings()
    for case_id, chain in groupby(rows, key=itemgetter("of_case")):
        yield from _breaks_of(case_id, chain)
    for stray in conn.execute(strays, execution_options=streamed):
        says = f"Peristiwa nomor {stray.sequence} menyebut berkas {stray.case_id}, yang tidak ada."
        yield Break(stray.case_id, stray.sequence, stray.id, Fault.NO_CASE, says)


def _breaks_of(case_id: str, chain: Iterable[RowMapping]) -> Iterator[Break]:
    expected, previous, found, counted = 1, {NOTHING_BEFORE}, 0, 0
    for row in chain:
        counted = row["counted"]
        if row["id"] is None:
            break
        found += 1
        number = row["sequence"]
        if number != expected:
            says = f"Peristiwa nomor {expected} tidak ada; sesudah nomor {expected - 1} langsung nomor {number}."
            yield Break(case_id, number, row["id"], Fault.GAP, says)
        elif row["previous_hash"] not in previous:
            says = f"Peristiwa nomor {number} tidak bersambung dengan peristiwa sebelumnya."
            yield Break(case_id, number, row["id"], Fault.ORDER, says)
        right = _hash(row)
        if row["hash"] != right:
            says = f"Catatan peristiwa nomor {number} (jenis, waktu, urutan, atau hash) telah diubah."
            yield Break(case_id, number, row["id"], Fault.HASH, says)
        if not _holds(row["payload"], row["salt"], row["payload_hash"]):
            says = f"Isi peristiwa nomor {number} tidak lagi sama dengan yang dicatat."
            yield Break(case_id, number, row["id"], Fault.PAYLOAD, says)
        # A break is told where it is, not again at every event after it.
        expected = number + 1 if isinstance(number, int) else expected + 1
        previous = {row["hash"], right}
    if found != counted:
        says = f"Berkas mencatat {counted} peristiwa, sedangkan yang ada {found}."
        yield Break(case_id, found, None, Fault.COUNT, says)


def _holds(payload: object, salt: object, payload_hash: str) -> bool:
    """Whether a payload is what was recorded, or both it and its salt have been erased."""
    if payload is None and salt is None:
        return True
    return isinstance(payload, str) and isinstance(salt, str) and _payload_hash(salt, payload) == payload_hash
