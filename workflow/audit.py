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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, RowMapping, Select, bindparam, insert, select, update

from workflow import evidence
from workflow.errors import NotFound, NotNow
from workflow.evidence import Erasure, Evidence, as_stored, as_written
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


class Fault(StrEnum):
    """What can be wrong with a chain."""

    PAYLOAD = "payload"
    HASH = "hash"
    ORDER = "order"
    GAP = "gap"
    COUNT = "count"
    HEAD = "head"
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
    conn: Connection,
    case_id: str,
    kind: str,
    at: datetime,
    payload: Mapping[str, Any],
    *,
    after: Event | End | None = None,
) -> Event:
    """Add an event to the end of its case's chain; the case is stored already and the caller counts its version and head.

    ``payload`` may hold whatever msgspec can write, but no float: sums are whole rupiah, shares are Decimal. Whoever
    knows where the chain ends passes it as ``after`` and saves a query. Two that append at once collide on the key.
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


def erase(conn: Connection, event_id: str, *, by: Mapping[str, Any], basis: str, at: datetime) -> Event:
    """Erase what an event says, for ever, where the law demands it; that it happened, and the chain, remain.

    The erasure is an event of the same case and counts its version. ``by``: the id and name of whoever erases; ``basis``:
    the law that demands it. What remains told is that rows exist and how they stand. Raises NotFound, and NotNow for what
    has been erased already and for an erasure itself.
    """
    row = conn.execute(_BY_ID, {"event_id": event_id}).one_or_none()
    if row is None:
        raise NotFound(f"Peristiwa {event_id} tidak ada.")
    if row.payload is None or row.type == ERASED:
        reason = "sudah dihapus" if row.payload is None else "adalah catatan penghapusan, yang tidak dapat dihapus"
        raise NotNow(f"Peristiwa nomor {row.sequence} {reason}.")
    case = conn.execute(_CASE, {"case_id": row.case_id}).mappings().one()
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
_CASE = select(cases).where(cases.c.id == bindparam("case_id")).with_for_update()
_COUNT = (
    update(cases).where(cases.c.id == bindparam("of_case")).values(version=bindparam("counted"), head=bindparam("last"))
)


def _chains() -> Select[Any]:
    """Every case with its events, in order; a case without events gives one row without."""
    joined = cases.outerjoin(events, events.c.case_id == cases.c.id)
    columns = [cases.c.id.label("of_case"), cases.c.version.label("counted"), cases.c.head, *as_stored(events)]
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
    last, counted, head = _Link(), 0, None
    emptied: dict[Any, str] = {}
    whole: set[Any] = set()
    erased: dict[int, tuple[Any, str]] = {}
    erasures: set[Any] = set()
    found: list[Break] = []
    for row in chain:
        counted, head = row["counted"], row["head"]
        if row["id"] is None:
            break
        found += [Break(case_id, row["sequence"], row["id"], fault, says) for fault, says in _faults(row, last)]
        if row["payload"] is None and row["salt"] is None:
            emptied[row["sequence"]] = row["id"]
        elif row["payload"] is not None and row["salt"] is not None:
            whole.add(row["sequence"])
        if row["type"] == ERASED:
            erasures.add(row["sequence"])
            if names := _erased_by(row["payload"]):
                erased[names] = row["sequence"], row["id"]
        last = last.next(row)
    lawfully = {number: by for number, by in erased.items() if number not in erasures}
    found += _lost(case_id, emptied, lawfully)
    found += _undone(case_id, whole, lawfully)
    yield from sorted(found, key=_place)
    if last.found != counted:
        says = f"Berkas mencatat {counted} peristiwa, sedangkan yang ada {last.found}."
        yield Break(case_id, last.found, None, Fault.COUNT, says)
    elif head not in last.hashes:
        says = "Peristiwa terakhir bukan yang dicatat berkasnya sebagai yang terakhir."
        yield Break(case_id, last.found, None, Fault.HEAD, says)


def _place(found: Break) -> int:
    """The first that was touched comes first; what was put in place of a number has no place of its own."""
    number: Any = found.sequence
    return number if isinstance(number, int) else 0


@dataclass(frozen=True)
class _Link:
    """What the next event must be joined to: its number, and the hash before it as it stands or as it should."""

    expected: int = 1
    hashes: frozenset[Any] = frozenset({NOTHING_BEFORE})
    found: int = 0

    def next(self, row: RowMapping) -> _Link:
        # A break is told where it is, not again at every event after it.
        number = row["sequence"] if isinstance(row["sequence"], int) else self.expected
        return _Link(number + 1, frozenset({row["hash"], _hash(row)}), self.found + 1)


def _faults(row: RowMapping, last: _Link) -> Iterator[tuple[Fault, str]]:
    number, expected = row["sequence"], last.expected
    if number != expected:
        says = f"Peristiwa nomor {expected} tidak ada; sesudah nomor {expected - 1} langsung nomor {number}."
        yield Fault.GAP, says
    elif row["previous_hash"] not in last.hashes:
        yield Fault.ORDER, f"Peristiwa nomor {number} tidak bersambung dengan peristiwa sebelumnya."
    if row["hash"] != _hash(row):
        yield Fault.HASH, f"Catatan peristiwa nomor {number} (jenis, waktu, urutan, atau hash) telah diubah."
    if not _holds(row["payload"], row["salt"], row["payload_hash"]):
        yield Fault.PAYLOAD, f"Isi peristiwa nomor {number} tidak lagi sama dengan yang dicatat."


def _erased_by(payload: Any) -> int | None:
    """The number of the event that an erasure names; None where what it says cannot be read."""
    try:
        return msgspec.json.decode(payload, type=_Erasing).erased.sequence
    except (msgspec.DecodeError, TypeError):
        return None


class _Erasing(msgspec.Struct, frozen=True):
    erased: Erasure


def _lost(case_id: str, emptied: Mapping[Any, str], erased: Mapping[int, tuple[Any, str]]) -> Iterator[Break]:
    """Events whose payload is gone though no erasure names them."""
    for number, event_id in emptied.items():
        if number not in erased:
            says = f"Isi peristiwa nomor {number} hilang tanpa catatan penghapusan."
            yield Break(case_id, number, event_id, Fault.PAYLOAD, says)


def _undone(case_id: str, whole: set[Any], erased: Mapping[int, tuple[Any, str]]) -> Iterator[Break]:
    """Events that an erasure names though they still say what they said."""
    for number, (by, event_id) in erased.items():
        if number in whole:
            says = f"Isi peristiwa nomor {number} masih ada, padahal menurut peristiwa ini sudah dihapus."
            yield Break(case_id, by, event_id, Fault.PAYLOAD, says)


def _holds(payload: object, salt: object, payload_hash: str) -> bool:
    """Whether a payload is what was recorded, or both it and its salt have been erased."""
    if payload is None and salt is None:
        return True
    return isinstance(payload, str) and isinstance(salt, str) and _payload_hash(salt, payload) == payload_hash
