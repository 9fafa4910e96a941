"""Signing with a secret, in a process of its own that lives for one entry of it: a letter, or a batch of them.

The secret and the files go to that process by pipe and nowhere else; it leaves no core dump, and ends with its work or its
time. What is written for the pipe is overwritten once it has gone through.

What remains: the request came in as text, which Python neither overwrites nor moves. Its memory is given back when the request
is answered, and holds the secret until something else is written there; so do the buffers of the web server and of the system.
Therefore the server, too, leaves no core dump and lets none of its own account look into it (``closed``). An administrator of
the machine can, and what the system swaps out is not in our hands: encrypt the swap, or do without.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from workflow.signatures.key_file import KeyFile
from workflow.signatures.local import LocalKey
from workflow.signatures.service import SigningService
from workflow.signatures.signer import FAILS_FOR_ALL, FailureKind, Sealed, Signer, SigningFailed, Why
from workflow.signatures.token import Token

_ROOT: Final = Path(__file__).parents[2]
#: Seconds for the process to start and to load what it signs with.
_START: Final = 30.0
_LENGTH: Final = 8
#: Bytes of an order besides its files, and more.
_BESIDES: Final = 256 * 1024


class ToSeal(msgspec.Struct, frozen=True, kw_only=True):
    """A file to sign, and in which of its fields."""

    pdf: bytes
    field: str
    why: Why


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A SigningFailed on its way through a pipe."""

    kind: FailureKind
    says: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is to do."""

    signer: LocalKey | KeyFile | Token | SigningService
    secret: str
    letters: tuple[ToSeal, ...]
    at: datetime

    def __repr__(self) -> str:
        """Without the secret, so that no traceback shows it."""
        return f"Order({len(self.letters)} letters)"


def with_secret(signer: Signer, secret: str, letters: Sequence[ToSeal], at: datetime) -> list[Sealed | SigningFailed]:
    """Sign each letter with one entry of a secret, in a process of its own. Blocks; answers as many as were given, in order.

    After a failure that would befall every other one too (see ``FAILS_FOR_ALL``) nothing more is tried. Raises nothing for
    what goes wrong with signing.
    """
    if not letters:
        return []
    if not secret:
        return [SigningFailed("wrong_secret", "Passphrase atau PIN belum diisi.")] * len(letters)
    order = bytearray(sum(len(letter.pdf) for letter in letters) + _BESIDES)  # all at once: what grows is copied
    try:
        _encoder.encode_into({"signer": signer, "letters": letters, "at": at, "secret": secret}, order)
        done = list(answers(_run(order, _START + signer.patience * len(letters))))
    finally:
        order[:] = bytes(len(order))
    found: list[Sealed | SigningFailed] = [
        SigningFailed(each.kind, each.says) if isinstance(each, Failure) else each for each in done[: len(letters)]
    ]
    return found + _untried(found, len(letters) - len(found))


def _untried(found: list[Sealed | SigningFailed], lacking: int) -> list[Sealed | SigningFailed]:
    last = found[-1] if found else None
    if isinstance(last, SigningFailed) and last.kind in FAILS_FOR_ALL:
        return [SigningFailed(last.kind, f"Belum dicoba, karena surat sebelumnya gagal: {last.says}")] * lacking
    return [
        SigningFailed(
            "broken",
            "Penandatanganan berhenti sebelum selesai. Surat ini belum ditandatangani; nomornya tetap. Coba lagi.",
        )
    ] * lacking


def _run(order: bytes | bytearray, limit: float) -> bytes:
    """What the process wrote before it ended, or was ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "workflow.signatures.once"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback may show what it should not
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")},
    )
    with process:
        try:
            return process.communicate(order, timeout=limit)[0]  # type: ignore[arg-type] # any buffer is written as it is
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0]
        except BaseException:
            process.kill()
            raise


def answers(written: bytes) -> Iterator[Sealed | Failure]:
    """What is whole in it; a process that was ended may have stopped within one."""
    while len(written) >= _LENGTH:
        end = _LENGTH + int.from_bytes(written[:_LENGTH])
        if len(written) < end:
            return
        yield msgspec.msgpack.decode(written[_LENGTH:end], type=_Answer).held
        written = written[end:]


class _Good(msgspec.Struct, frozen=True, tag="sealed"):
    held: Sealed


class _Bad(msgspec.Struct, frozen=True, tag="failed"):
    held: Failure


_Answer = _Good | _Bad


def framed(answer: Sealed | Failure) -> bytes:
    """An answer as the process writes it: its length, and itself."""
    written = msgspec.msgpack.encode(_Good(answer) if isinstance(answer, Sealed) else _Bad(answer))
    return len(written).to_bytes(_LENGTH) + written


def encoded(order: Any) -> bytes:
    """An order as it goes through the pipe."""
    return _encoder.encode(order)


_encoder: Final = msgspec.msgpack.Encoder(enc_hook=str)


def decoded(order: bytes) -> Order:
    """An order as it comes out of the pipe."""
    return msgspec.msgpack.decode(order, type=Order, dec_hook=lambda kind, value: kind(value))
