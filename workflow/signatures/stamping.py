"""The time of a signature by somebody else's word: an RFC 3161 timestamp authority. One that is down delays nothing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import msgspec

#: Seconds during which an authority that did not answer is not asked again, so that it does not slow a batch down.
REST: Final = 120.0

_resting: Final[dict[str, float]] = {}


class Stamping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What goes into a signature beside itself. ``address``: the authority's, empty for none; ``timeout`` in seconds.

    ``roots``: certificates (PEM) that signers and authority are trusted by; ``embed``: put the proof that no certificate was
    revoked into the file (B-LT), which asks their issuers over the network. ``authority``: whom to trust for its TLS.
    """

    address: str = ""
    timeout: float = 3.0
    authority: Path | None = None
    roots: tuple[Path, ...] = ()
    embed: bool = False


def asked(stamping: Stamping) -> Any:
    """What asks the authority in pyHanko's way; None where there is none, or it did not answer a moment ago."""
    if not stamping.address or _resting.get(stamping.address, 0.0) > time.monotonic():
        return None
    from workflow.signatures.stamper import Stamper  # noqa: PLC0415 - loads pyHanko

    return Stamper(stamping)


def let_rest(stamping: Stamping) -> None:
    """Do not ask an authority for a while."""
    _resting[stamping.address] = time.monotonic() + REST
