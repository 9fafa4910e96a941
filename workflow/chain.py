"""Chains of events: what each case, mandate, round and register keeps of what happened to it; no change goes unseen.

Each event keeps ``payload_hash = sha256(salt ‖ payload)`` and ``hash = sha256(canonical JSON of at, case, id,
payload_hash, previous, sequence, type)``, where ``previous`` is the hash of the event before it, zeros for the first, and
``case`` names whose chain it is. The salt is 64 hexadecimal digits, hashed as text; the payload is canonical JSON (RFC 8785),
stored and hashed byte for byte; ``at`` is written ``2026-01-31T05:00:00.000000Z``. So SHA-256 and JSON are enough to recompute a
chain. Its owner counts the events and keeps the hash of the last, so that their end cannot be cut off unseen.

A chain has no key. It shows whatever was touched by somebody who did not work out everything anew; it cannot show one that was
rewritten whole and consistently. That takes a seal that lies outside the database: ``workflow.sealing`` makes one over all chains.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping

from workflow.engine.evidence import as_written
from workflow.ids import new_id

#: What the first event names as the hash before it.
NOTHING_BEFORE: Final = "0" * 64

# For what events hold (no floats, names in ASCII) sorted msgspec is RFC 8785, forty times as fast as the library of
# that name; a test compares them.
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True)
class End:
    """Where a chain ends: how many events it has, and the hash of the last."""

    sequence: int = 0
    hash: str = NOTHING_BEFORE


def canonical(payload: Any) -> str:
    """What an event says, as it is stored and hashed."""
    return _ENCODER.encode(payload).decode()


def joined(owner: str, kind: str, payload: str, at: datetime, after: End) -> dict[str, Any]:
    """The columns of the next event of a chain but for those that name its owner. Two that join at once collide on the key."""
    salt = secrets.token_hex(32)
    columns: dict[str, Any] = {"sequence": after.sequence + 1, "id": new_id(at), "type": kind, "at": at}
    columns |= {"payload_hash": hash_of_payload(salt, payload), "previous_hash": after.hash}
    columns["hash"] = hash_of_event(owner, columns)
    return {**columns, "payload": payload, "salt": salt}


def hash_of_payload(salt: str, payload: str) -> str:
    """What an event keeps of what it says."""
    return sha256((salt + payload).encode()).hexdigest()


def hash_of_event(owner: str, columns: Mapping[str, Any] | RowMapping) -> str:
    """What the next event names as the one before it."""
    covered = {
        "at": as_written(columns["at"]),
        "case": owner,
        "id": columns["id"],
        "payload_hash": columns["payload_hash"],
        "previous": columns["previous_hash"],
        "sequence": columns["sequence"],
        "type": columns["type"],
    }
    return sha256(_ENCODER.encode(covered)).hexdigest()


def is_as_recorded(link: Mapping[str, Any] | RowMapping) -> bool:
    """Whether an event says what it said when it was recorded."""
    payload, salt = link["payload"], link["salt"]
    if not isinstance(payload, str) or not isinstance(salt, str):
        return False
    return bool(hash_of_payload(salt, payload) == link["payload_hash"])


def faults(
    owner: str, links: Iterable[RowMapping], counted: Any, head: Any, erased: Collection[int] = ()
) -> Iterator[str]:
    """Where a chain does not hold, for people. ``counted``, ``head``: its end as its owner says.

    ``erased``: the numbers of the events that were erased by law, as their erasures tell.
    """
    found, previous = 0, NOTHING_BEFORE
    for found, link in enumerate(links, 1):
        number = link["sequence"]
        if number != found or link["previous_hash"] != previous:
            yield f"peristiwa nomor {number} tidak bersambung dengan peristiwa sebelumnya."
        if link["hash"] != hash_of_event(owner, link):
            yield f"catatan peristiwa nomor {number} (jenis, waktu, urutan, atau hash) telah diubah."
        if number in erased:
            if link["payload"] is not None or link["salt"] is not None:
                yield f"isi peristiwa nomor {number} masih ada, padahal menurut catatan sudah dihapus."
        elif not is_as_recorded(link):
            yield f"isi peristiwa nomor {number} tidak lagi sama dengan yang dicatat."
        previous = link["hash"]
    if (counted, head) != (found, previous):
        yield "peristiwa terakhirnya bukan yang dicatat sebagai yang terakhir."
