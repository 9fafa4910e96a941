"""What signs a letter, seen from outside: every kind of signer answers the same questions and makes the same thing."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec

#: unknown_signer: nobody of that name, or no certificate; wrong_secret: passphrase or PIN; unavailable: no answer now, worth
#: another try; refused: an answer, and it is no; broken: something that is not what it should be.
FailureKind = Literal["unknown_signer", "wrong_secret", "unavailable", "refused", "broken"]

#: What would befall every other letter of a batch as well, so that none is tried: accounts are locked after a few attempts.
FAILS_FOR_ALL: Final[tuple[FailureKind, ...]] = ("unknown_signer", "wrong_secret", "unavailable")


class SigningFailed(Exception):
    """Nothing was signed. ``says``: what happened and the way out, in Indonesian; never holds a secret or a whole account."""

    def __init__(self, kind: FailureKind, says: str) -> None:
        super().__init__(says)
        self.kind, self.says = kind, says

    def __reduce__(self) -> tuple[type[SigningFailed], tuple[FailureKind, str]]:
        return type(self), (self.kind, self.says)


class Why(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a signature says of itself: its reason, the place, and who agreed, where the key is not their own."""

    reason: str
    location: str = ""
    name: str = ""


class Sealed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A signed file. ``certificate``: of the key that signed, in PEM. ``stamped``: a timestamp authority vouches for the time.

    ``notes``: what could not be had and did not hinder the signature, for people.
    """

    content: bytes
    certificate: str
    stamped: bool = False
    notes: tuple[str, ...] = ()


class Signer(Protocol):
    """Signs for one person, by one key or account."""

    @property
    def title(self) -> str:
        """What signs, for people: ``kunci uji Jenjang``."""

    @property
    def needs_secret(self) -> bool:
        """Whether its owner must enter a passphrase or a PIN for it."""

    @property
    def is_test(self) -> bool:
        """Whether what it signs says UJI."""

    @property
    def certified(self) -> bool:
        """Whether the letter may say that a certificate of the national authority signed it."""

    @property
    def patience(self) -> float:
        """Seconds that one signature may take."""

    def seal(self, pdf: bytes, field: str, why: Why, secret: str | None, at: datetime) -> Sealed:
        """Sign in this process. A secret belongs into a process of its own: see ``apart``. Raises SigningFailed."""


def masked(account: str) -> str:
    """An account fit to be shown: its last four signs, where it has more than eight."""
    return "*" * (len(account) - 4) + account[-4:] if len(account) > 8 else "*" * len(account)
