"""A head of the log as it is given out: a C2SP checkpoint in a signed note, by Ed25519. Nothing here needs a database.

    kemuning.example/verify/log          the origin, which is also the name of the key
    1234                                 how many leaves
    jeZXpBh/…=                           their root
                                         an empty line
    — kemuning.example/verify/log F8oZ…  the first 4 bytes of the key's own hash and the signature

A key is told of as C2SP's verifier key: ``name+hash+key``; see c2sp.org/signed-note and c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519: Final = b"\x01"
_HASH, _SIGNATURE, _KEY = 4, 64, 32
_LONGEST: Final = 10_000
_NAME: Final = re.compile(r"[^\s+]{1,200}")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_SIGNED: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class NotGenuine(Exception):
    """A head or a proof that does not hold: says why, in Indonesian."""


@dataclass(frozen=True)
class Head:
    """How many leaves, and their root. ``origin``: which log."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a log's key, and the name that it signs under."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """By which a signature names it."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_HASH]

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{_base64(_ED25519 + self.public)}"


@dataclass(frozen=True)
class LogKey:
    """A log's key: what it is told of as, and its private half."""

    told: VerifierKey
    private: Ed25519PrivateKey

    def sign(self, size: int, root: bytes) -> str:
        """The head of so many leaves, as it is given out."""
        text = Head(self.told.name, size, root).text
        signature = self.told.hash + self.private.sign(text.encode())
        return f"{text}\n— {self.told.name} {_base64(signature)}\n"


def read_key(text: str) -> VerifierKey:
    """A verifier key. Raises NotGenuine."""
    try:
        name, named, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = VerifierKey(name, raw[1:])
        if _NAME.fullmatch(name) and raw[:1] == _ED25519 and len(raw) == 1 + _KEY and key.hash.hex() == named:
            return key
    except ValueError:
        pass
    raise NotGenuine("Kunci log tidak dapat dibaca; bentuknya nama+sidik+kunci, seperti pada alamat /verify/log.")


def check(note: str, key: VerifierKey) -> Head:
    """The head in a note, once its signature has been found right by the key. Raises NotGenuine."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - a server starts without it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    head, signatures = read_note(note)
    if head.origin != key.name:
        raise NotGenuine(f"Kepala log ini dari {head.origin}, sedangkan kuncinya dari {key.name}.")
    for name, signature in signatures:
        if name == key.name and signature[:_HASH] == key.hash and len(signature) == _HASH + _SIGNATURE:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[_HASH:], head.text.encode())
            except (InvalidSignature, ValueError) as error:
                raise NotGenuine("Tanda tangan pada kepala log tidak cocok dengan isinya.") from error
            return head
    raise NotGenuine("Kepala log ini tidak ditandatangani dengan kunci itu.")


def read_note(note: str) -> tuple[Head, list[tuple[str, bytes]]]:
    """What a note says, unproven, and its signatures by the names of their keys. Raises NotGenuine."""
    wrong = NotGenuine("Kepala log tidak dapat dibaca, atau telah diubah.")
    text, _, signed = note.partition("\n\n")
    lines, below = text.split("\n"), signed.split("\n")
    if len(note) > _LONGEST or len(lines) != 3 or not _NUMBER.fullmatch(lines[1]) or below[-1] or len(below) < 2:
        raise wrong
    found = [_SIGNED.fullmatch(line) for line in below[:-1]]
    try:
        root = base64.b64decode(lines[2], validate=True)
        signatures = [(each[1], base64.b64decode(each[2], validate=True)) for each in found if each]
    except ValueError:
        raise wrong from None
    if len(root) != 32 or len(signatures) != len(found):
        raise wrong
    return Head(lines[0], int(lines[1]), root), signatures


def signed_by(note: str) -> str:
    """By which a note names the key that signed it, as the middle of a verifier key does. Raises NotGenuine."""
    _, signatures = read_note(note)
    return signatures[0][1][:_HASH].hex()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
