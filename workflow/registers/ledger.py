"""The ledger beside a block's file: what was done with each number on a laptop, one line each, only ever added to.

Each line carries the hash of the one before, so that none can be changed, left out or put in between unseen. A line is on
the disk before its paper is made: what was cut off in the middle was never made.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from workflow.errors import Problem
from workflow.letters.parts import LetterFrame
from workflow.registers.lease_file import LeaseFile, digest_of, read_lease

#: How the ledger of ``blok.json`` is called: ``blok.json.catatan``.
ENDING: Final = ".catatan"
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class BrokenLedger(Problem):
    """A ledger that is not as it was written, or of another block."""

    status, type, title = 422, "broken-ledger", "Catatan nomor tidak utuh"


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The first line: the file of the block, whole."""

    lease: str


class Written(msgspec.Struct, frozen=True, kw_only=True, tag="letter"):
    """A letter that was printed. ``prepared``: its place in the block's file; empty for one of no case.

    ``signers``: the ids of those who sign it, in order. ``sha256``: of the PDF, which lies beside the ledger as ``file``.
    """

    id: str
    number: int
    prepared: str
    kind: str
    dated_on: date
    signers: tuple[str, ...]
    template: str
    template_sha256: str
    body_type: str
    body: str
    frame: LetterFrame
    sha256: str
    file: str


class Spoilt(msgspec.Struct, frozen=True, kw_only=True, tag="spoilt"):
    """A number whose paper was spoilt, and how."""

    number: int
    reason: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line. ``hash``: of the line without it; ``previous``: of the line before, empty in the first."""

    at: datetime
    entry: Opened | Written | Spoilt
    previous: str
    hash: str = ""


@dataclass
class Ledger:
    """What was read of a ledger. ``torn``: its last line was cut off in the middle, and counts for nothing."""

    lease: LeaseFile
    lease_content: bytes
    lines: list[Line] = field(default_factory=list)
    torn: bool = False

    @property
    def written(self) -> list[Written]:
        """The letters that stand, in the order in which they were printed; what was spoilt is left out."""
        spoilt = self.spoilt
        entries = (line.entry for line in self.lines)
        return [entry for entry in entries if isinstance(entry, Written) and entry.number not in spoilt]

    @property
    def spoilt(self) -> dict[int, str]:
        """Numbers whose papers were spoilt, and how."""
        return {line.entry.number: line.entry.reason for line in self.lines if isinstance(line.entry, Spoilt)}

    @property
    def used(self) -> set[int]:
        """Numbers that are taken, by a letter or by a spoilt paper."""
        return {line.entry.number for line in self.lines if not isinstance(line.entry, Opened)}

    @property
    def following(self) -> int | None:
        """The next number; None where the block is used up."""
        numbers = range(self.lease.first, self.lease.last + 1)
        return next((number for number in numbers if number not in self.used), None)

    def at(self, written: Written) -> datetime:
        """When a letter was printed."""
        return next(line.at for line in self.lines if line.entry is written)


def read_ledger(content: bytes) -> Ledger:
    """A ledger that is unbroken, with the block that it is of. Raises BrokenLedger, UnusableLease."""
    whole, _, rest = content.rpartition(b"\n")
    lines = [_read(number, line) for number, line in enumerate(whole.split(b"\n"), 1)] if whole else []
    if not lines or not isinstance(lines[0].entry, Opened):
        raise BrokenLedger("Berkas ini bukan catatan nomor: baris pertamanya tidak memuat blok nomor.")
    lease_content = lines[0].entry.lease.encode()
    found = Ledger(read_lease(lease_content), lease_content, torn=bool(rest))
    previous = ""
    for number, line in enumerate(lines, 1):
        if line.previous != previous or line.hash != _hash(line):
            raise BrokenLedger(
                f"Catatan nomor tidak utuh: baris {number} bukan lagi seperti saat ditulis, atau ada baris yang hilang."
            )
        _check_entry(found, number, line)
        found.lines.append(line)
        previous = line.hash
    return found


def _read(number: int, line: bytes) -> Line:
    try:
        read = msgspec.json.decode(line, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenLedger(f"Catatan nomor tidak utuh: baris {number} tidak dapat dibaca.") from error
    if _ENCODER.encode(read) != line:
        raise BrokenLedger(f"Catatan nomor tidak utuh: baris {number} bukan tulisan program ini.")
    return read


def _check_entry(before: Ledger, number: int, line: Line) -> None:
    """What the program never writes: a second beginning, a number beyond the block, one that is given twice."""
    entry, lease = line.entry, before.lease
    if isinstance(entry, Opened):
        if number > 1:
            raise BrokenLedger(f"Catatan nomor tidak utuh: baris {number} memulai blok lain.")
        return
    if not lease.first <= entry.number <= lease.last:
        raise BrokenLedger(f"Catatan nomor baris {number}: nomor {entry.number} di luar blok.")
    if entry.number in (before.used if isinstance(entry, Written) else before.spoilt):
        raise BrokenLedger(f"Catatan nomor baris {number}: nomor {entry.number} sudah dipakai.")


def _hash(line: Line) -> str:
    return sha256(_ENCODER.encode(msgspec.structs.replace(line, hash=""))).hexdigest()


# --- Writing ---------------------------------------------------------------------------------------------------------


@dataclass
class OpenLedger:
    """A ledger that this process alone may add to."""

    descriptor: int
    ledger: Ledger

    def add(self, entry: Written | Spoilt, at: datetime) -> None:
        """Add a line; it is on the disk when this returns."""
        line = _sealed(entry, at, self.ledger.lines[-1].hash)
        _append(self.descriptor, line)
        self.ledger.lines.append(line)


@contextmanager
def open_ledger(lease_path: Path, at: datetime) -> Iterator[OpenLedger]:
    """The ledger of a block's file, begun where there is none. Others on this machine wait. Raises Problem, OSError."""
    content = lease_path.read_bytes()
    read_lease(content)
    path = ledger_path(lease_path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        stood = path.read_bytes()
        begun = stood.rpartition(b"\n")[0]
        if begun:
            ledger = read_ledger(stood)
            _require_same(ledger, content, path)
            if ledger.torn:
                os.ftruncate(descriptor, len(begun) + 1)
                ledger.torn = False
        else:
            os.ftruncate(descriptor, 0)
            line = _sealed(Opened(lease=content.decode()), at, "")
            _append(descriptor, line)
            _settle(path.parent)
            ledger = Ledger(read_lease(content), content, [line])
        yield OpenLedger(descriptor, ledger)
    finally:
        os.close(descriptor)


def ledger_path(lease_path: Path) -> Path:
    """Where the ledger of a block's file lies."""
    return lease_path.with_name(f"{lease_path.name}{ENDING}")


def _require_same(ledger: Ledger, content: bytes, path: Path) -> None:
    if digest_of(ledger.lease_content) != digest_of(content):
        raise BrokenLedger(f"Catatan {path} milik blok nomor lain. Pindahkan catatan itu, atau pakai berkas bloknya.")


def _sealed(entry: Opened | Written | Spoilt, at: datetime, previous: str) -> Line:
    line = Line(at=at, entry=entry, previous=previous)
    return msgspec.structs.replace(line, hash=_hash(line))


def _append(descriptor: int, line: Line) -> None:
    written = _ENCODER.encode(line) + b"\n"
    while written:
        written = written[os.write(descriptor, written) :]
    os.fsync(descriptor)


def _settle(folder: Path) -> None:
    """The name of a new file stays after a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
