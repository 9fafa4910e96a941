"""Passwords: what a good one is, and how they are kept. Hashing takes long on purpose: never within a unit of work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from workflow.errors import FieldError, InvalidForm

#: Bytes of UTF-8 at most: longer ones would only make the server work.
LARGEST: Final = 200
#: How hard it must be to guess, from 0 to 4, by the estimate of zxcvbn; 3 is safe for a hash that is slow.
_HARD_ENOUGH: Final = 3
#: Signs that the estimate looks at.
_LOOKED_AT: Final = 72


@dataclass(frozen=True)
class Passwords:
    """Argon2id. ``memory`` in KiB, ``rounds`` and ``lanes`` as RFC 9106 suggests where memory is short; tests take less."""

    rounds: int = 3
    memory: int = 65536
    lanes: int = 4

    def hashed(self, password: str) -> str:
        """A password as it is kept."""
        return self._hashing().hash(normal(password))

    def checked(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is the one that is kept, and a new hash where that one is of weaker making.

        Where none is kept as much is worked out, so that the time does not tell.
        """
        hashing = self._hashing()
        if kept is None:
            hashing.hash(normal(password)[:LARGEST])
            return False, None
        try:
            return hashing.verify_and_update(normal(password), kept)
        except UnknownHashError:
            return False, None

    def _hashing(self) -> PasswordHash:
        return PasswordHash((Argon2Hasher(time_cost=self.rounds, memory_cost=self.memory, parallelism=self.lanes),))


def normal(password: str) -> str:
    """The same signs, however a keyboard composes them (NFC)."""
    return unicodedata.normalize("NFC", password)


def is_too_large(password: str) -> bool:
    """Whether it is longer than any that is kept."""
    return len(normal(password).encode("utf-8", "surrogatepass")) > LARGEST


def require_good(password: str, least: int, about: Iterable[str]) -> None:
    """Raises InvalidForm, saying what is wrong. ``least``: signs; ``about``: what anybody knows of the person and the agency."""
    why_not = _why_not(normal(password), least, list(about))
    if why_not:
        raise InvalidForm(why_not, fields=(FieldError("password", "Kata sandi baru", why_not),))


def _why_not(password: str, least: int, about: list[str]) -> str:
    if is_too_large(password):
        return f"Kata sandi terlalu panjang: paling banyak {LARGEST} byte, yaitu {LARGEST} huruf biasa."
    if len(password) < least:
        return f"Kata sandi terlalu pendek: paling sedikit {least} huruf. Beberapa kata yang tidak berkaitan lebih mudah diingat."
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in password):
        return "Kata sandi memuat karakter yang tidak dapat diketik. Ketiklah kata sandi yang lain."
    known = _words(about)
    plain = password.casefold()
    if any(word in plain for word in known if len(word) >= 5) or plain in known:
        return "Kata sandi tidak boleh memuat NIP, nama, atau nama instansi Anda. Pakailah kata-kata lain."
    if _hardness(password, known) < _HARD_ENOUGH:
        return "Kata sandi ini mudah ditebak: lazim dipakai atau berpola. Pakailah beberapa kata yang tidak berkaitan."
    return ""


def _words(about: Iterable[str]) -> list[str]:
    """Each text, and each word of it."""
    texts = [text.casefold() for text in about if text]
    return sorted({part for text in texts for part in (text, *re.findall(r"\w+", text)) if len(part) >= 3})


def _hardness(password: str, known: list[str]) -> int:
    # Only now: its lists of words take long to read, and passwords are rarely set. By name, as it ships no types.
    estimate = import_module("zxcvbn").zxcvbn(password[:_LOOKED_AT], user_inputs=known)
    return int(estimate["score"])
