"""Bringing a laptop's letters home: each is filed with its number, its PDF and its scan, and the step that it stands for taken.

All or nothing for each letter, or for those that one step issued together. What cannot be filed stays open, with the reason;
settling again goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, select

from workflow import filing
from workflow.callers import Caller
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.incoming import SCANS
from workflow.letters.finishing import is_of_a_letter
from workflow.letters.layout import LetterError
from workflow.proof.keys import published
from workflow.registers import leasing, standing_alone
from workflow.registers.checking import Held, check_entry, check_free
from workflow.registers.lease_file import LeaseFile, Prepared, own_lease
from workflow.registers.ledger import BrokenLedger, Ledger, Written, read_ledger
from workflow.registers.numbers import Taken
from workflow.registers.on_paper import OnPaper, Paper
from workflow.registers.paper_steps import fire, sign
from workflow.registers.writing import pdf_again
from workflow.tables import files, leases, letters
from workflow.verification.files import embedded_in

#: What a scan may be called, behind the name of the letter's PDF.
SCAN_ENDINGS: Final = (".pdf", ".png", ".jpg", ".jpeg")
_NONE: Final[Mapping[int, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Fate:
    """What became of a letter. ``says``: why it is held, or what is to be said of its sending, for people."""

    number: int
    title: str
    state: Literal["filed", "already", "held", "void"]
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
    database: Database,
    engine: Engine,
    ledger_path: Path,
    scans: Path | None,
    by: Caller,
    at: datetime,
    *,
    void: Mapping[int, str] = _NONE,
) -> Settlement:
    """Settle a ledger. ``scans``: the folder with the scans; beside the ledger by default. Raises Problem, OSError.

    ``void``: numbers whose papers are filed as void, each with the reason: what they were meant to be has become something else.
    """
    for number, reason in void.items():
        leasing.check_reason(reason, f"Alasan bahwa kertas bernomor {number} tidak berlaku")
    ledger = read_ledger(ledger_path.read_bytes())
    lease = own_lease(ledger.lease_content, database.read(published).by_id)
    database.read(_check_lease, lease, by)
    _check_voided(ledger, void)
    fates: list[Fate] = []
    for together in _together(ledger, lease, void):
        desk = _Desk(database, engine, ledger, (ledger_path.parent, scans), by, at, void)
        fates += _settle_together(desk, together)
    voided, left = database.write(_finish, ledger, fates, by, at)
    remarks = ("Baris terakhir catatan terpotong dan tidak dihitung.",) if ledger.torn else ()
    return Settlement(lease.register, lease.year, tuple(fates), voided, tuple(left), remarks)


def _check_lease(conn: Connection, lease: LeaseFile, by: Caller) -> None:
    """The block is on record here as the file says. Raises Problem."""
    leasing.check_clerk(conn, by.person_id)
    row = conn.execute(select(leases).where(leases.c.id == lease.id)).one_or_none()
    stands = row and (row.register, row.year, row.first, row.last, row.unit_id, row.offline)
    if stands != (lease.register, lease.year, lease.first, lease.last, lease.unit_id, True):
        raise BrokenLedger("Blok nomor catatan ini tidak tercatat di sini. Periksa basis datanya, atau berkas bloknya.")


def _check_voided(ledger: Ledger, void: Mapping[int, str]) -> None:
    """Only a paper of this ledger is declared void. Raises Held."""
    if unknown := sorted(set(void) - {written.number for written in ledger.written}):
        raise Held(f"Nomor {unknown[0]} tidak ada suratnya dalam catatan ini.")


def _together(
    ledger: Ledger, lease: LeaseFile, void: Mapping[int, str]
) -> Iterator[list[tuple[Written, Prepared | None]]]:
    """Letters that one step issued, in the order of their numbers; any other letter by itself.

    Steps come first: a letter that was on its way does not hold up the step of its case, but a step may take such a letter back.
    """
    prepared = {each.id: each for each in lease.prepared}
    pairs = [(written, prepared.get(written.prepared)) for written in ledger.written]

    def step(pair: tuple[Written, Prepared | None]) -> tuple[str, str, str]:
        written, found = pair
        alone = found is None or found.letter_id or written.number in void
        return (written.id, "", "") if alone or found is None else (found.case_id, found.trigger, found.taken_by)

    first: dict[tuple[str, str, str], int] = {}
    for pair in pairs:
        first.setdefault(step(pair), pair[0].number)
    order = sorted(pairs, key=lambda pair: (not step(pair)[1], first[step(pair)], step(pair), pair[0].number))
    for _, group in groupby(order, key=step):
        yield list(group)


@dataclass(frozen=True)
class _Desk:
    """Where a ledger is settled: with which papers, by whom and when. ``folders``: of the ledger, and of the scans."""

    database: Database
    engine: Engine
    ledger: Ledger
    folders: tuple[Path, Path | None]
    by: Caller
    at: datetime
    void: Mapping[int, str]


def _settle_together(desk: _Desk, together: Sequence[tuple[Written, Prepared | None]]) -> list[Fate]:
    """File letters that belong together, all or none."""
    says: tuple[str, ...] = ()
    try:
        filed = desk.database.read(_is_filed, desk.ledger.lease, together)
        if not filed:
            returned = [_returned(desk.ledger, written, prepared, *desk.folders) for written, prepared in together]
            done = desk.database.write(_file, desk, returned)
            filed, says = done is None, done or ()
    except Problem as problem:
        return [Fate(written.number, written.frame.title, "held", problem.detail) for written, _ in together]
    state: Literal["filed", "already", "void"] = "already" if filed else "filed"
    if not filed and together[0][0].number in desk.void:
        state, says = "void", (desk.void[together[0][0].number],)
    return [Fate(written.number, written.frame.title, state, "; ".join(says)) for written, _ in together]


def _is_filed(conn: Connection, lease: LeaseFile, together: Sequence[tuple[Written, Prepared | None]]) -> bool:
    """Whether these letters have been filed before. Raises Held where only some of them were, or under other numbers.

    A letter that was on its way is there in any case; what became of it is looked at when it is filed.
    """
    numbers = [written.number for written, _ in together]
    in_block = (letters.c.register == lease.register, letters.c.register_year == lease.year)
    here = select(letters).where(*in_block, letters.c.register_number.in_(numbers), letters.c.register_suffix == "")
    ours = {row.register_number for row in conn.execute(here) for written, _ in together if _is_it(row, written)}
    ids = [written.id for written, prepared in together if prepared is None or not prepared.letter_id]
    elsewhere = conn.execute(select(letters.c.id).where(letters.c.id.in_(ids))).scalars().all() if ids else ()
    if (ours and ours != set(numbers)) or (elsewhere and not ours):
        raise Held("Tindakan ini sudah dicatat dengan surat lain. Tutuplah nomornya: jenjang register close.")
    return bool(ours)


def _is_it(row: Row[Any], written: Written) -> bool:
    """Whether a letter that bears the number is the paper: itself, or filed as void."""
    return bool(
        row.register_number == written.number and (row.id == written.id or row.unsigned_sha256 == written.sha256)
    )


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


def _file(conn: Connection, desk: _Desk, together: Sequence[_Returned]) -> tuple[str, ...] | None:
    """File letters that belong together. Answers what is to be said of it, and None where it was done before. Raises Problem."""
    engine, lease, at = desk.engine, desk.ledger.lease, desk.at
    row = leasing.load_lease(conn, lease.id)
    if _is_filed(conn, lease, [(each.written, each.prepared) for each in together]):
        return None
    first = together[0]
    reason = desk.void.get(first.written.number)
    for each in together:
        check_free(conn, engine, row, each.written, at)
    # What is filed as void belongs to no case.
    kept = together if reason is None else [replace(first, prepared=None)]
    _check_scans(conn, together if reason is None else ())
    papers = {each.written.kind: _paper(conn, engine, row, each, desk.by, at) for each in kept}
    paper = papers[first.written.kind]
    if reason is not None:
        standing_alone.file_void(conn, first.written, first.prepared, paper, reason.strip(), at)
    elif first.prepared is None:
        return standing_alone.file(conn, engine, lease, first.written, paper, at)
    elif first.prepared.letter_id:
        sign(conn, engine, first.prepared, paper, at)
    else:
        fire(conn, engine, first.prepared, papers, at)
    return ()


def _check_scans(conn: Connection, together: Sequence[_Returned]) -> None:
    """Each has a scan of its own. Raises Held."""
    found = [(each, hashlib.sha256(each.scan[1]).hexdigest()) for each in together if each.scan is not None]
    twice = len({sha256 for _, sha256 in found}) < len(found)
    for each, sha256 in found:
        if twice or is_of_a_letter(conn, sha256, each.written.id):
            raise Held(f"Pindaian {each.written.file} adalah berkas surat lain. Pindailah surat ini sendiri.")


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
    draft = returned.prepared.draft if returned.prepared else ""
    taken = Taken(row.register, row.year, written.number)
    return OnPaper(taken, row.id, written.signers, by.person_id, by.name, paper, draft)


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
