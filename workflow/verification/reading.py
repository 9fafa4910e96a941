"""What is stored as JSON, read by whoever looks for what was touched."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def read(stored: Any, as_a: type[T]) -> T | None:
    """What is stored, as what it should be; None where it is that no more."""
    try:
        return msgspec.json.decode(stored, type=as_a)
    except (ValueError, TypeError, RecursionError):
        return None
