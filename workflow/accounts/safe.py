"""What must be read again, and yet not be readable in the database: sealed with a key of the folder of private keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow.errors import Problem
from workflow.keyring import keep, kept, keys_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Its file in the folder of keys.
FILE: Final = "accounts.key"
_NONCE: Final = 12


class CannotOpen(Problem):
    """What was sealed was sealed with another key, for somebody else, or has been altered."""

    status, type, title = 503, "sealed-elsewhere", "Faktor kedua tidak dapat dibaca"


@dataclass(frozen=True)
class Safe:
    """Seals with one secret of 32 bytes; from it a key for each use is derived."""

    secret: bytes

    @classmethod
    def of(cls, database_address: str) -> Safe:
        """The safe of a database: its secret is made where there is none yet."""
        known = cls.known(database_address)
        return known or cls(keep(keys_folder(database_address), FILE, secrets.token_bytes(32)))

    @classmethod
    def known(cls, database_address: str) -> Safe | None:
        """The safe of a database whose secret is there; None where there is none yet."""
        found = next((secret for _, secret in kept(keys_folder(database_address), FILE)), None)
        return cls(found) if found else None

    def seal(self, whose: str, text: str) -> str:
        """Seal a text for one person."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, text.encode(), whose.encode())).decode()

    def opened(self, whose: str, sealed: str) -> str:
        """The text that was sealed for a person. Raises CannotOpen."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - loaded where a second factor is used

        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher().decrypt(raw[:_NONCE], raw[_NONCE:], whose.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(
                f"Kunci dalam folder kunci (JENJANG_KEYS, berkas {FILE}) bukan yang dipakai saat faktor kedua ini disimpan. "
                "Pulihkan berkas itu dari cadangan, atau mintalah administrator mengatur ulang faktor kedua."
            ) from None

    def mark(self, use: str, text: str) -> str:
        """What a text is known by, of 64 signs, to whoever has the key: a short code cannot be tried out without it."""
        return hmac.new(self._derived(use), text.encode(), hashlib.sha256).hexdigest()

    def _derived(self, use: str) -> bytes:
        return hmac.new(self.secret, use.encode(), hashlib.sha256).digest()

    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

        return AESGCM(self._derived("seal"))
