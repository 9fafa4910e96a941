"""Encryption of backups with age (age-encryption.org), whose own command opens them as well.

A public key (``age1…`` or an SSH one) is enough to make a backup: the server that makes it every night cannot read it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from workflow.backups.errors import BackupError, Damaged, WrongKey

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How a file that age has encrypted begins.
MARK = b"age-encryption.org/v1"
_ASKED = 256 * 1024


def recipients_in(file: Path) -> list[Any]:
    """The public keys of a file, one a line; lines that begin with # say something else. Raises BackupError."""
    from pyrage import RecipientError, ssh, x25519  # noqa: PLC0415 - only for backups

    found = []
    for line in _lines(file):
        if line.startswith("AGE-SECRET-KEY-"):
            raise BackupError(
                f"{file} memuat kunci rahasia. Untuk membuat cadangan, berikan kunci publiknya saja (age1…)."
            )
        try:
            kind = ssh.Recipient if line.startswith("ssh-") else x25519.Recipient
            found.append(kind.from_str(line))
        except RecipientError as error:
            raise BackupError(f"{file}: {line[:20]}… bukan kunci publik age (age1…) atau SSH.") from error
    if not found:
        raise BackupError(f"{file} tidak memuat kunci publik.")
    return found


def identities_in(file: Path) -> list[Any]:
    """The private keys of a file, as ``age-keygen`` writes them, or one of SSH. Raises BackupError."""
    from pyrage import IdentityError, ssh, x25519  # noqa: PLC0415 - as above

    content = file.read_bytes()
    try:
        if b"PRIVATE KEY-----" in content:
            return [ssh.Identity.from_buffer(content)]
        found = [x25519.Identity.from_str(line) for line in _lines(file)]
    except IdentityError as error:
        raise BackupError(
            f"{file} tidak memuat kunci rahasia age (AGE-SECRET-KEY-1…) atau SSH yang terbaca."
        ) from error
    if not found:
        raise BackupError(f"{file} tidak memuat kunci rahasia.")
    return found


def _lines(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
    except UnicodeDecodeError as error:
        raise BackupError(f"{file} bukan berkas kunci.") from error
    return [line for line in lines if line and not line.startswith("#")]


def new_key() -> tuple[str, str]:
    """A new pair: the private key, and the public one."""
    from pyrage import x25519  # noqa: PLC0415 - as above

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def write_sealed(content: Iterable[bytes], file: IO[bytes], recipients: Sequence[Any]) -> None:
    """Write bytes as they come, encrypted."""
    from pyrage import encrypt_io  # noqa: PLC0415 - as above

    source = _Source(iter(content))
    try:
        encrypt_io(cast("Any", source), file, recipients)
    except Exception as error:
        raise (source.trouble or error) from error


class _Source:
    """A file to be read, of bytes that come one after the other. What they raised is kept: age tells it in words of its own."""

    def __init__(self, content: Iterator[bytes]) -> None:
        self._content, self._held = content, b""
        self.trouble: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._held:
                self._held = next(self._content)
        except StopIteration:
            return b""
        except Exception as error:
            self.trouble = error
            raise
        given, self._held = (self._held[:size], self._held[size:]) if size >= 0 else (self._held, b"")
        return given


@contextmanager
def opened(file: Path, identities: Sequence[Any]) -> Iterator[IO[bytes]]:
    """A backup to be read from its beginning, decrypted where it is encrypted.

    Raises WrongKey for keys that do not fit or are missing, Damaged where what was encrypted has been touched.
    """
    with file.open("rb") as source:
        sealed = source.read(len(MARK)) == MARK
        source.seek(0)
        if not sealed:
            yield source
            return
        if not identities:
            raise WrongKey(f"Cadangan {file} terenkripsi. Sebutkan berkas kunci rahasianya dengan --key.")
        with _decrypted(source, identities) as plain:
            yield plain


@contextmanager
def _decrypted(source: IO[bytes], identities: Sequence[Any]) -> Iterator[IO[bytes]]:
    """What age decrypts. Age pushes what it has decrypted, a tar is pulled: between them lies a pipe, and age runs in a thread."""
    from pyrage import decrypt_io  # noqa: PLC0415 - as above

    outlet, inlet = os.pipe()
    trouble: list[Exception] = []

    def run() -> None:
        with os.fdopen(inlet, "wb", buffering=_ASKED) as plain:
            try:
                decrypt_io(source, plain, identities)
            except Exception as error:  # noqa: BLE001 - told to whoever reads
                trouble.append(error)

    thread = threading.Thread(target=run, name="jenjang-decryption", daemon=True)
    thread.start()
    failed: BaseException | None = None
    try:
        with os.fdopen(outlet, "rb", buffering=_ASKED) as plain:
            try:
                yield plain
                while plain.read(_ASKED):  # to its end: what comes last is vouched for as well
                    pass
            except Damaged as error:  # it may have ended too soon because age stopped
                failed = error
    finally:
        thread.join()
    if trouble:
        raise _why(trouble[0]) from trouble[0]
    if failed:
        raise failed


def _why(error: Exception) -> BackupError:
    if "No matching keys" in str(error):
        return WrongKey(
            "Kunci itu bukan kunci cadangan ini. Pakai kunci rahasia pasangan kunci publik saat cadangan dibuat."
        )
    return Damaged("Cadangan terenkripsi ini rusak, terpotong, atau telah diubah. Salin ulang berkasnya.")
