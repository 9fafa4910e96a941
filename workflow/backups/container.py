"""The file of a backup: a tar of ``manifest.json``, ``dump.000001`` and on, ``keys/…`` and ``SHA256SUMS``, in this order.

Without this program: ``age -d -i KEY FILE | tar x``, ``sha256sum -c SHA256SUMS``, ``cat dump.* | gunzip > jenjang.db`` or
``cat dump.* | pg_restore -d …``. The dump comes in pieces since its length is not known before it is over.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO

import msgspec
from msgspec import Struct

from workflow.backups.errors import Damaged
from workflow.backups.stand import Stand

#: The layout of the file; another number is another program's.
FORMAT = 1
#: The longest piece of a dump, and the longest that is read of anything else.
PIECE, _MOST = 4 * 1024 * 1024, 64 * 1024 * 1024

MANIFEST, SUMS, KEYS = "manifest.json", "SHA256SUMS", "keys/"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup says of itself. ``kind``: sqlite or postgresql; ``at``: the one instant whose state it is, in UTC."""

    format: int
    program: str
    kind: str
    database: str
    at: str
    stand: Stand
    keys: tuple[str, ...] = ()


# --- Written ---------------------------------------------------------------------------------------------------------


def packed(manifest: Manifest, dump: Iterable[bytes], keys: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The bytes of the file, as they come."""
    sums: list[str] = []

    def member(name: str, content: bytes) -> bytes:
        sums.append(f"{sha256(content).hexdigest()}  {name}\n")
        return _member(name, content)

    yield member(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    for number, piece in enumerate(_pieces(dump), 1):
        yield member(f"dump.{number:06d}", piece)
    for name, content in keys:
        yield member(f"{KEYS}{name}", content)
    yield _member(SUMS, "".join(sums).encode())
    yield b"\0" * tarfile.BLOCKSIZE * 2


def _member(name: str, content: bytes) -> bytes:
    head = tarfile.TarInfo(name)
    head.size, head.mode = len(content), 0o600
    return head.tobuf(tarfile.USTAR_FORMAT) + content + b"\0" * (-len(content) % tarfile.BLOCKSIZE)


def _pieces(dump: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for some in dump:
        held += some
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


# --- Read ------------------------------------------------------------------------------------------------------------


@dataclass
class Unpacked:
    """A file as it is read, from its beginning to its end. ``keys`` are there once ``dump`` has been read."""

    manifest: Manifest
    _tar: tarfile.TarFile
    _sums: dict[str, str]
    keys: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, file: IO[bytes]) -> Unpacked:
        """Begin to read. Raises Damaged for what is no backup, or one of a layout that is not known."""
        try:
            tar = tarfile.open(fileobj=file, mode="r|", bufsize=tarfile.BLOCKSIZE)  # noqa: SIM115 - ends with the stream
            first = tar.next()
        except (tarfile.TarError, EOFError) as error:
            raise Damaged("Berkas ini bukan cadangan Jenjang, atau sudah rusak sejak awalnya.") from error
        if first is None or first.name != MANIFEST:
            raise Damaged("Berkas ini bukan cadangan Jenjang: tidak diawali manifest.json.")
        written = _content(tar, first)
        try:
            manifest = msgspec.json.decode(written, type=Manifest)
        except msgspec.DecodeError as error:
            raise Damaged("Manifes cadangan ini tidak dapat dibaca; berkasnya telah rusak atau diubah.") from error
        if manifest.format != FORMAT:
            raise Damaged(
                f"Cadangan ini bersusunan {manifest.format}, sedangkan program ini mengenal {FORMAT}. "
                f"Pulihkan dengan Jenjang versi {manifest.program} atau yang lebih baru."
            )
        return cls(manifest, tar, {MANIFEST: sha256(written).hexdigest()})

    def dump(self) -> Iterator[bytes]:
        """The dump, piece by piece. Raises Damaged at the end where anything is missing or not as it was made."""
        number = 0
        while (member := _next(self._tar)) is not None:
            content = _content(self._tar, member)
            if member.name == SUMS:
                self._compare(content)
                return
            self._sums[member.name] = sha256(content).hexdigest()
            if member.name.startswith(KEYS):
                self.keys[member.name.removeprefix(KEYS)] = content
                continue
            number += 1
            if member.name != f"dump.{number:06d}":
                raise Damaged(f"Cadangan ini memuat {member.name!r}, yang bukan bagian dari cadangan Jenjang.")
            yield content
        raise Damaged("Cadangan ini terpotong: daftar sidik pada akhirnya tidak ada. Salin ulang berkasnya.")

    def _compare(self, told: bytes) -> None:
        try:
            expected = {name: digest for digest, name in (line.split("  ", 1) for line in told.decode().splitlines())}
        except ValueError as error:
            raise Damaged("Daftar sidik cadangan ini tidak dapat dibaca; berkasnya telah rusak atau diubah.") from error
        wrong = sorted(name for name in expected.keys() | self._sums if expected.get(name) != self._sums.get(name))
        if wrong:
            raise Damaged(f"Cadangan ini rusak atau telah diubah: sidik {', '.join(wrong[:3])} tidak sesuai.")


def _next(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return tar.next()
    except (tarfile.TarError, EOFError) as error:
        raise Damaged("Cadangan ini rusak atau terpotong di tengah. Salin ulang berkasnya.") from error


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if not member.isreg() or member.size > _MOST:
        raise Damaged(f"Cadangan ini memuat {member.name!r}, yang bukan bagian dari cadangan Jenjang.")
    try:
        content = (tar.extractfile(member) or io.BytesIO()).read()
    except (tarfile.TarError, EOFError) as error:
        raise Damaged("Cadangan ini rusak atau terpotong di tengah. Salin ulang berkasnya.") from error
    if len(content) != member.size:
        raise Damaged("Cadangan ini terpotong di tengah. Salin ulang berkasnya.")
    return content
