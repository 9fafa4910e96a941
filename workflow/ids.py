"""Ids: UUIDv7 (RFC 9562) as text, so that they sort by the instant they were made for."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID


def new_id(at: datetime) -> str:
    """A new id for an instant; the rest is random."""
    milliseconds = int(at.timestamp() * 1000)
    bits = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=bits))


def instant_of(made: str) -> datetime:
    """The instant that an id was made for, to the millisecond."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=UUID(made).int >> 80)
