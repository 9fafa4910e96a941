"""The letters of a period as files, for registering them by hand in a records system: PDF, what is known of each, and hashes.

The folder or ZIP is there whole or not at all, and the same letters give the same bytes. Only one file is in memory at a time.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Final, Self

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, or_, select

from workflow.database import Database
from workflow.errors import NotFound, Problem
from workflow.letters.archive_lines import LetterEntry, VoidEntry, letter_entry, pages_of
from workflow.office import Office
from workflow.outward.folder import AlreadyThere, require_room
from workflow.registry import Registry
from workflow.tables import files, letters, positions, registers, units, void_numbers

LETTERS: Final = "metadata.csv"
LETTERS_JSON: Final = "metadata.json"
VOID: Final = "nomor-batal.csv"
SUMS: Final = "SHA256SUMS"

#: The day that every file in a ZIP bears, so that the same letters make the same bytes.
_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)
#: Rows that are read at once.
_STREAMED: Final = {"yield_per": 200}
_ALTERED: Final = "ISI BERKAS BERBEDA DARI SIDIK YANG DICATAT"


class WrongPeriod(Problem):
    """The period ends before it begins."""

    status, type, title = 422, "wrong-period", "Rentang tanggal terbalik"


@dataclass
class Exported:
    """What went into an archive.

    ``lacking``: numbers of letters without a file yet; ``altered``: files that are not as they were recorded.
    """

    letters: int = 0
    files: int = 0
    void: int = 0
    lacking: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """Letters dated in a period, both days included; ``unit``: only those that it numbered or signed."""

    first: date
    last: date
    unit: str | None = None


def export(database: Database, office: Office, registry: Registry, asked: Asked, target: Path) -> Exported:
    """Write the letters of a period to a new folder, or to a new file where the name ends in ``.zip``.

    Raises WrongPeriod, NotFound for an unknown unit, AlreadyThere, and OSError.
    """
    if asked.last < asked.first:
        raise WrongPeriod("Tanggal akhir mendahului tanggal awal. Tukar keduanya, lalu ulangi.")
    if target.exists():
        raise AlreadyThere(f"{target} sudah ada dan tidak diubah. Pindahkan dahulu, atau tulis ke tempat lain.")
    require_room(target.parent)
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.stem}-"))
    try:
        folder = beside / target.stem
        exported = database.read(_write, office, registry, asked, folder)
        if target.suffix.lower() == ".zip":
            _zip(folder, beside / target.name)
            (beside / target.name).rename(target)
        else:
            folder.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return exported


def _write(conn: Connection, office: Office, registry: Registry, asked: Asked, folder: Path) -> Exported:
    if asked.unit is not None:
        _require_unit(conn, asked.unit)
    shutil.rmtree(folder, ignore_errors=True)  # this unit may have been begun before, and be run again
    folder.mkdir(mode=0o700)
    with _Archive(conn, folder) as archive:
        for row in conn.execute(_asked(asked), execution_options=_STREAMED):
            archive.add(row, letter_entry(row, office, registry))
        for void in _void_numbers(conn, office, asked):
            archive.add_void(void)
    return archive.exported


def _require_unit(conn: Connection, unit: str) -> None:
    known = (
        select(units.c.id)
        .where(units.c.id == unit)
        .union(select(registers.c.register).where(registers.c.register == unit))
    )
    if conn.execute(known).first() is None:
        raise NotFound(f"Unit {unit} tidak dikenal. Pakai kode unit seperti dalam data pegawai.")


def _asked(asked: Asked) -> Select[Any]:
    query = (
        select(letters)
        .where(letters.c.number.is_not(None), letters.c.dated_on >= asked.first, letters.c.dated_on <= asked.last)
        .order_by(
            letters.c.register,
            letters.c.register_year,
            letters.c.register_number,
            letters.c.register_suffix,
            letters.c.id,
        )
    )
    if asked.unit is None:
        return query
    posts = select(positions.c.id).where(positions.c.unit_id == asked.unit)
    return query.where(or_(letters.c.register == asked.unit, letters.c.position_id.in_(posts)))


def _void_numbers(conn: Connection, office: Office, asked: Asked) -> Iterator[VoidEntry]:
    """Numbers that never were on a letter, by the day on which that was said."""
    begins, ends = (
        datetime.combine(day, time.min, office.zone).astimezone(UTC)
        for day in (asked.first, asked.last + timedelta(days=1))
    )
    query = (
        select(void_numbers)
        .where(void_numbers.c.voided_at >= begins, void_numbers.c.voided_at < ends)
        .order_by(void_numbers.c.register, void_numbers.c.year, void_numbers.c.number)
    )
    if asked.unit is not None:
        query = query.where(void_numbers.c.register == asked.unit)
    for row in conn.execute(query, execution_options=_STREAMED):
        yield VoidEntry(
            buku_agenda=row.register,
            tahun_agenda=row.year,
            nomor_urut=str(row.number),
            nomor="",
            tanggal=office.day(row.voided_at),
            alasan=row.reason,
        )


class _Archive:
    """A folder that is filled letter by letter."""

    def __init__(self, conn: Connection, folder: Path) -> None:
        self.exported = Exported()
        self._conn, self._folder = conn, folder
        self._names: set[str] = set()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._sums = self._opened(SUMS)
        self._csv = self._table(LETTERS, LetterEntry)
        self._void = self._table(VOID, VoidEntry)
        self._json = self._opened(LETTERS_JSON)
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None:
            self._json.write("]\n" if self.exported.letters else "[]\n")
            for file, name in ((self._csv[1], LETTERS), (self._json, LETTERS_JSON), (self._void[1], VOID)):
                file.flush()
                self._sums.write(f"{_sha256(self._folder / name)}  {name}\n")
        self._open.close()

    def add(self, row: Row[Any], entry: LetterEntry) -> None:
        """A letter, with its PDF and the scan of what was signed by hand."""
        self.exported.letters += 1
        if row.file_id is not None:
            path, digest, content, remark = self._saved(row.file_id, entry, "")
            entry = msgspec.structs.replace(
                entry, berkas=path, sha256=digest, halaman=pages_of(content), keterangan=remark
            )
        if row.scan_id is not None:
            path, digest, _, remark = self._saved(row.scan_id, entry, "-pindaian")
            remarks = "; ".join(filter(None, (entry.keterangan, remark)))
            entry = msgspec.structs.replace(entry, pindaian=path, sha256_pindaian=digest, keterangan=remarks)
        if row.file_id is None and row.scan_id is None:
            self.exported.lacking.append(entry.nomor)
            entry = msgspec.structs.replace(entry, keterangan="belum ada berkasnya")
        _line(self._csv[0], entry)
        self._json.write((",\n" if self.exported.letters > 1 else "[\n") + msgspec.json.encode(entry).decode())
        if row.state in ("void", "replaced"):
            self.add_void(_void_letter(entry))

    def add_void(self, entry: VoidEntry) -> None:
        """A number that counts no more."""
        self.exported.void += 1
        _line(self._void[0], entry)

    def _saved(self, file_id: str, entry: LetterEntry, mark: str) -> tuple[str, str, bytes, str]:
        """Write a stored file. Answers its path in the archive, its hash, what is in it, and what is wrong with it."""
        stored: Any = self._conn.execute(_CONTENT, {"file": file_id}).one()
        digest = hashlib.sha256(stored.content).hexdigest()
        ending = Path(stored.name).suffix.lower() or ".pdf"
        path = self._path(f"surat/{_plain(entry.buku_agenda)}/{entry.tahun_agenda}/{_plain(entry.nomor)}{mark}", ending)
        (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (self._folder / path).open("wb") as file:
            file.write(stored.content)
            file.flush()
            os.fsync(file.fileno())
        self._sums.write(f"{digest}  {path}\n")
        self.exported.files += 1
        if digest == stored.sha256:
            return path, digest, stored.content, ""
        self.exported.altered.append(path)
        return path, digest, stored.content, _ALTERED

    def _path(self, path: str, ending: str) -> str:
        """A path that no other file has, also where capitals make no difference."""
        ending = re.sub(r"[^a-z0-9.]", "", ending)
        found, count = f"{path}{ending}", 1
        while found.casefold() in self._names:
            count += 1
            found = f"{path}-{count}{ending}"
        self._names.add(found.casefold())
        return found

    def _table(self, name: str, kind: type[msgspec.Struct]) -> tuple[Any, IO[str]]:
        file = self._opened(name)
        file.write("\ufeff")  # by which a spreadsheet knows that it is UTF-8
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(kind.__struct_fields__)
        return writer, file

    def _opened(self, name: str) -> IO[str]:
        return self._open.enter_context((self._folder / name).open("w", encoding="utf-8", newline=""))


def _void_letter(entry: LetterEntry) -> VoidEntry:
    return VoidEntry(
        buku_agenda=entry.buku_agenda,
        tahun_agenda=entry.tahun_agenda,
        nomor_urut=entry.nomor_urut,
        nomor=entry.nomor,
        tanggal=entry.tanggal,
        alasan=entry.alasan_batal or entry.keadaan,
    )


def _line(writer: Any, entry: LetterEntry | VoidEntry) -> None:
    cells = ("" if value is None else str(value) for value in msgspec.structs.astuple(entry))
    # Text that begins like a formula is text.
    writer.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells])


def _plain(text: str) -> str:
    """A part of a path that every system can have."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.") or "tanpa-nama"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _zip(folder: Path, target: Path) -> None:
    """One file after the other; PDF are compressed already."""
    paths: Sequence[Path] = sorted(path for path in folder.rglob("*") if path.is_file())
    with target.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for path in paths:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _NO_DAY)
                entry.create_system, entry.external_attr, entry.file_size = 3, 0o100600 << 16, path.stat().st_size
                with path.open("rb") as source, archive.open(entry, "w") as into:
                    shutil.copyfileobj(source, into)
        file.flush()
        os.fsync(file.fileno())


_CONTENT = select(files.c.name, files.c.content, files.c.sha256).where(files.c.id == bindparam("file"))
