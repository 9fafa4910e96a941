"""Bringing a laptop's letters home: each is filed with its number, its PDF and its scan, and the step that it stands for taken.

All or nothing for each letter, or for those that one step issued together. What cannot be filed stays open, with the reason;
settling again goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, select

from workflow import filing
from workflow.callers import Caller
from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import Problem
from workflow.incoming import SCANS
from workflow.letters.layout import LetterError
from workflow.proof.keys import published
from workflow.registers import leasing, standing_alone
from workflow.registers.checking import Held, check_entry, check_free
from workflow.registers.lease_file import LeaseFile, Prepared, own_lease
from workflow.registers.ledger import BrokenLedger, Ledger, Written, read_ledger
from workflow.registers.numbers import Taken
from workflow.registers.on_paper import OnPaper, Paper
from workflow.registers.paper_steps import fire
from workflow.registers.writing import pdf_again
from workflow.tables import files, leases, letters
from workflow.verification.files import embedded_in

#: What a scan may be called, behind the name of the letter's PDF.
SCAN_ENDINGS: Final = (".pdf", ".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Fate:
    """What became of a letter. ``says``: why it is held, for people."""

    number: int
    title: str
    state: Literal["filed", "already", "held"]
    says: str = ""


@dataclass(frozen=True)
class Settlement:
    """What settling did. ``void``: numbers without a letter, with their reasons; ``open``: numbers that are not settled."""

    register: str
    year: int
    fates: tuple[Fate, ...]
    void: Mapping[int, str]
    open: tuple[int, ...]
    remarks: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Nothing is left of the block."""
        return not self.open


@dataclass(frozen=True)
class _Returned:
    """A letter with its papers."""

    written: Written
    prepared: Prepared | None
    pdf: bytes
    scan: tuple[str, bytes] | None


def settle(
    database: Database, engine: Engine, ledger_path: Path, scans: Path | None, by: Caller, at: datetime
) -> Settlement:
    """Settle a ledger. ``scans``: the folder with the scans; beside the ledger by default. Raises Problem, OSError."""
    ledger = read_ledger(ledger_path.read_bytes())
    lease = own_lease(ledger.lease_content, database.read(published).by_id)
    database.read(_check_lease, lease, by)
    fates: list[Fate] = []
    for together in _together(ledger, lease):
        fates += _settle_together(database, engine, ledger, together, (ledger_path.parent, scans), by, at)
    void, left = database.write(_finish, ledger, fates, by, at)
    remarks = ("Baris terakhir catatan terpotong dan tidak dihitung.",) if ledger.torn else ()
    return Settlement(lease.register, lease.year, tuple(fates), void, tuple(left), remarks)


def _check_lease(conn: Connection, lease: LeaseFile, by: Caller) -> None:
    """The block is on record here as the file says. Raises Problem."""
    leasing.check_clerk(conn, by.person_id)
    row = conn.execute(select(leases).where(leases.c.id == lease.id)).one_or_none()
    stands = row and (row.register, row.year, row.first, row.last, row.unit_id, row.offline)
    if stands != (lease.register, lease.year, lease.first, lease.last, lease.unit_id, True):
        raise BrokenLedger("Blok nomor catatan ini tidak tercatat di sini. Periksa basis datanya, atau berkas bloknya.")


def _together(ledger: Ledger, lease: LeaseFile) -> Iterator[list[tuple[Written, Prepared | None]]]:
    """Letters that one step issued, in the order of their numbers; a letter of no case by itself."""
    prepared = {each.id: each for each in lease.prepared}
    pairs = [(written, prepared.get(written.prepared)) for written in ledger.written]

    def step(pair: tuple[Written, Prepared | None]) -> tuple[str, str, str]:
        written, found = pair
        return (found.case_id, found.trigger, found.signer) if found else (written.id, "", "")

    first: dict[tuple[str, str, str], int] = {}
    for pair in pairs:
        first.setdefault(step(pair), pair[0].number)
    for _, group in groupby(sorted(pairs, key=lambda pair: (first[step(pair)], step(pair), pair[0].number)), key=step):
        yield list(group)


def _settle_together(
    database: Database,
    engine: Engine,
    ledger: Ledger,
    together: Sequence[tuple[Written, Prepared | None]],
    folders: tuple[Path, Path | None],
    by: Caller,
    at: datetime,
) -> list[Fate]:
    """File letters that belong together, all or none."""
    try:
        filed = database.read(_is_filed, [written for written, _ in together])
        if not filed:
            returned = [_returned(ledger, written, prepared, *folders) for written, prepared in together]
            filed = not database.write(_file, engine, ledger, returned, by, at)
    except Problem as problem:
        return [Fate(written.number, written.frame.title, "held", problem.detail) for written, _ in together]
    state: Literal["filed", "already"] = "already" if filed else "filed"
    return [Fate(written.number, written.frame.title, state) for written, _ in together]


def _is_filed(conn: Connection, together: Sequence[Written]) -> bool:
    """Whether these letters have been filed before. Raises Held where only some of them were, or under other numbers."""
    ids = [written.id for written in together]
    known = {each.id: each.register_number for each in conn.execute(select(letters).where(letters.c.id.in_(ids)))}
    if known and known != {written.id: written.number for written in together}:
        raise Held("Tindakan ini sudah dicatat dengan surat lain. Tutuplah nomornya: jenjang register close.")
    return bool(known)


def _returned(
    ledger: Ledger, written: Written, prepared: Prepared | None, beside: Path, scans: Path | None
) -> _Returned:
    """A letter with its PDF and its scan, from the folders. Raises Problem."""
    check_entry(ledger.lease, written, prepared)
    return _Returned(
        written, prepared, _pdf_of(ledger, written, beside), _scan_of(written, scans or beside / "pindaian")
    )


def _pdf_of(ledger: Ledger, written: Written, folder: Path) -> bytes:
    """The PDF as it was printed: what lies beside the ledger, or made once more. Raises Problem."""
    path = folder / Path(written.file).name
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != written.sha256:
        try:
            content = pdf_again(ledger, written)
        except (LetterError, LookupError, msgspec.ValidationError) as error:
            raise Held(f"PDF {written.file} tidak ada, dan tidak dapat dibuat lagi: {error}") from error
    if hashlib.sha256(content).hexdigest() != written.sha256:
        raise Held(f"PDF {written.file} tidak ada atau sudah berubah. Salin dari komputer tempat surat dibuat.")
    if written.body.encode() not in embedded_in(content):
        raise Held(f"PDF {written.file} tidak memuat data surat yang dicatat.")
    return content


def _scan_of(written: Written, folder: Path) -> tuple[str, bytes] | None:
    stem = Path(written.file).stem
    for name in (f"{stem}{ending}" for ending in SCAN_ENDINGS):
        path = folder / name
        if path.is_file() and hashlib.sha256(content := path.read_bytes()).hexdigest() != written.sha256:
            return name, content
    return None


# --- One unit of work ------------------------------------------------------------------------------------------------


def _file(
    conn: Connection, engine: Engine, ledger: Ledger, together: Sequence[_Returned], by: Caller, at: datetime
) -> bool:
    """File letters that one step issued. Answers whether that was still to be done. Raises Problem."""
    row = leasing.load_lease(conn, ledger.lease.id)
    if _is_filed(conn, [each.written for each in together]):
        return False
    for each in together:
        check_free(conn, engine, row, each.written, at)
    papers = {each.written.kind: _paper(conn, engine, row, each, by, at) for each in together}
    first = together[0]
    if first.prepared is None:
        standing_alone.file(conn, engine, ledger.lease, first.written, papers[first.written.kind], at)
    else:
        fire(conn, engine, first.prepared, papers, at)
    return True


def _paper(conn: Connection, engine: Engine, row: Row[Any], returned: _Returned, by: Caller, at: datetime) -> OnPaper:
    """A letter's papers, stored. Raises Problem."""
    written = returned.written
    if returned.scan is None:
        stem = Path(written.file).stem
        raise Held(f"Pindaian surat yang ditandatangani belum ada. Beri nama {stem}.pdf, .png, atau .jpg.")
    scan = filing.store_file(conn, engine, by, at, *returned.scan)
    if scan.media_type not in SCANS:
        raise Held(f"Pindaian {returned.scan[0]} harus berupa PDF, PNG, atau JPEG.")
    pdf = filing.store_file(conn, engine, by, at, written.file, returned.pdf)
    case_id = returned.prepared.case_id if returned.prepared else None
    conn.execute(files.update().where(files.c.id == pdf.id).values(case_id=case_id, uploaded_by=None))
    paper = Paper(
        letter_id=written.id,
        text=written.frame.number or "",
        dated_on=written.dated_on,
        code=written.frame.code,
        template=written.template,
        template_sha256=written.template_sha256,
        body_type=written.body_type,
        body=written.body,
        frame=msgspec.json.encode(written.frame).decode(),
        unsigned_sha256=written.sha256,
        file_id=pdf.id,
        scan_id=scan.id,
    )
    return OnPaper(Taken(row.register, row.year, written.number), row.id, by.person_id, by.name, paper)


def _finish(
    conn: Connection, ledger: Ledger, fates: Sequence[Fate], by: Caller, at: datetime
) -> tuple[dict[int, str], list[int]]:
    """Void what bears no letter, tell what is held, close the block where nothing is left."""
    row = leasing.load_lease(conn, ledger.lease.id)
    left = leasing.open_numbers(conn, row)
    spoilt, used = ledger.spoilt, ledger.used
    reasons = {number: spoilt.get(number, leasing.UNUSED) for number in left if number in spoilt or number not in used}
    leasing.void(conn, row, reasons.items(), by.person_id, at)
    remaining = [number for number in left if number not in reasons]
    held = {fate.number: fate.says for fate in fates if fate.state == "held"}
    trouble = "\n".join(f"{number}: {held.get(number, 'belum diselesaikan')}" for number in remaining) or None
    values: dict[str, Any] = {"trouble": trouble}
    conn.execute(leases.update().where(leases.c.id == row.id).values(values))
    if not remaining and row.settled_at is None:
        leasing.mark_closed(conn, row, at)
    return reasons, remaining
