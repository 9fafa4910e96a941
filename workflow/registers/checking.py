"""Whether a letter from a laptop is what its ledger and the block's file say, and whether its number is still free."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Row, select

from policies.dates import written as day_written
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.letters.bodies import body_named
from workflow.letters.numbering import PatternError
from workflow.letters.types import TYPES
from workflow.registers.lease_file import LeaseFile, Prepared
from workflow.registers.ledger import Written
from workflow.registers.writing import number_of, on_paper
from workflow.tables import letters, void_numbers

_CODE: Final = re.compile(r"[0-9A-Z]{10}")


class Held(Problem):
    """A letter that cannot be filed now."""

    status, type, title = 409, "letter-held", "Surat belum dapat dicatat"


def check_entry(lease: LeaseFile, written: Written, prepared: Prepared | None) -> None:
    """An entry is one that this program writes, for a letter of this block. Raises Held."""
    if written.prepared and prepared is None:
        raise Held("Surat ini tidak ada di antara yang disiapkan dalam berkas blok.")
    if prepared is not None:
        _check_same(written, prepared)
    elif written.kind not in TYPES or TYPES[written.kind].template != written.template:
        raise Held(f"Jenis surat {written.kind[:40]} tidak dikenal.")
    _check_form(written)
    _check_number(lease, written, prepared)


def _check_form(written: Written) -> None:
    try:
        UUID(written.id)
        msgspec.json.decode(written.body, type=body_named(written.body_type))
    except (ValueError, LookupError) as error:
        raise Held("Data surat dalam catatan tidak dapat dibaca.") from error
    if not _CODE.fullmatch(written.frame.code):
        raise Held("Kode surat dalam catatan tidak dapat dipakai.")


def _check_same(written: Written, prepared: Prepared) -> None:
    """What was printed is what was prepared, but for number and day. Raises Problem."""
    frame = written.frame
    expected = on_paper(prepared.frame, frame.number or "", written.dated_on, frame.code)
    if (written.kind, frame, written.body, written.template, written.template_sha256, written.signers) != (
        prepared.kind,
        expected,
        prepared.body,
        prepared.template,
        prepared.template_sha256,
        prepared.signers,
    ):
        raise Held("Isi surat dalam catatan berbeda dari yang disiapkan dalam berkas blok.")
    if prepared.letter_id and (written.id, frame.code) != (prepared.letter_id, prepared.frame.code):
        raise Held("Surat dalam catatan bukan surat yang disiapkan dalam berkas blok.")


def _check_number(lease: LeaseFile, written: Written, prepared: Prepared | None) -> None:
    """What is printed is the number that was taken, and the day. Raises Problem."""
    unit_id, classification = (
        (prepared.unit_id, prepared.classification) if prepared is not None else (lease.unit_id, "")
    )
    try:
        text = number_of(lease, written.kind, unit_id, classification, written.number, written.dated_on)
    except PatternError as error:
        raise Held(str(error)) from error
    if (written.frame.number, written.frame.dated_on, written.frame.by_hand) != (text, written.dated_on, True):
        raise Held("Nomor atau tanggal pada surat berbeda dari yang dicatat.")


def check_free(conn: Connection, engine: Engine, row: Row[Any], written: Written, at: datetime) -> None:
    """The number is free, and the day can be. Raises Problem."""
    number = {"register": row.register, "year": row.year, "number": written.number}
    used = conn.execute(
        select(letters.c.number).where(
            letters.c.register == row.register,
            letters.c.register_year == row.year,
            letters.c.register_number == written.number,
            letters.c.register_suffix == "",
        )
    ).scalar()
    if used is not None:
        raise Held(f"Nomor {written.number} sudah dipakai surat lain ({used}), misalnya dari komputer kedua.")
    reason = conn.execute(
        select(void_numbers.c.reason).where(*(void_numbers.c[name] == value for name, value in number.items()))
    ).scalar()
    if reason is not None:
        raise Held(f"Nomor {written.number} sudah dinyatakan tidak berlaku: {reason}.")
    given, today = engine.office.day(row.given_at), engine.office.day(at)
    if not given <= written.dated_on <= today or written.dated_on.year != row.year:
        raise Held(
            f"Surat bertanggal {day_written(written.dated_on)}, di luar masa blok ({day_written(given)} sampai "
            f"{day_written(today)})."
        )
    with_code = select(letters.c.number).where(letters.c.code == written.frame.code, letters.c.id != written.id)
    other = conn.execute(with_code).first()
    if other is not None:
        raise Held(f"Kode surat ini sudah dipakai surat lain ({other.number or 'belum bernomor'}).")
