"""The folder of private keys: files that only the account of the service may read, each made whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import make_url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

#: Names the folder where it is not to lie beside the database.
VARIABLE: Final = "JENJANG_KEYS"
_FOLDER: Final = "keys"


def keys_folder(database_address: str) -> Path:
    """Where private keys lie: JENJANG_KEYS, or ``keys`` beside the SQLite file, or ``keys`` in the working folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    url = make_url(database_address)
    beside = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else Path()
    return beside / _FOLDER


def written(key: PrivateKeyTypes) -> bytes:
    """A private key as it is kept: PKCS#8 in PEM, in clear, as the folder itself keeps others out."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat  # noqa: PLC0415 - seldom made

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def keep(folder: Path, name: str, secret: bytes) -> bytes:
    """Keep a secret under a name; answers what lies there, which is another's where somebody was faster.

    The file appears whole: it is written beside and linked, so that neither a crash nor two first starts leave half a key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / name
    handle, beside = tempfile.mkstemp(dir=folder, prefix=f".{name}.")  # readable by nobody else from the first byte on
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, kept)
    finally:
        Path(beside).unlink()
    _settle(folder)
    return kept.read_bytes()


def kept(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """The secrets whose names fit a pattern, by name; none where there is no folder yet."""
    for path in sorted(folder.glob(pattern)):
        if not path.name.startswith("."):
            yield path.name, path.read_bytes()


def _settle(folder: Path) -> None:
    """What was linked stays linked after a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
