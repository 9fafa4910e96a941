"""Offers and wishes out of a CSV or XLSX file, one person a row; several things in one cell are parted by semicolons."""

from __future__ import annotations

import re
from typing import Final

from policies.nip import read_nip
from workflow.errors import FieldError, InvalidForm
from workflow.filling import TOLD_AT_ONCE
from workflow.imports.cells import Row, plain
from workflow.imports.listing import read_listing
from workflow.imports.report import Wrong
from workflow.imports.sheet import Cell
from workflow.matching.answers import Given, Side

NIP: Final = "NIP"
CAPACITY: Final = "KAPASITAS"
#: By side: fields, whom they want, whom not.
HEADINGS: Final[dict[Side, tuple[str, str, str]]] = {
    "offer": ("BIDANG", "MENTEE DIINGINKAN", "MENTEE TIDAK DIINGINKAN"),
    "wish": ("TUJUAN", "MENTOR DIINGINKAN", "MENTOR TIDAK DIINGINKAN"),
}
_PARTED = re.compile(r"[;\n]")


def read_list(side: Side, source: bytes, filename: str) -> list[Given]:
    """What a list gives. Raises UnreadableSheet, and InvalidForm with row and column of every cell that is wrong."""
    fields, would, would_not = HEADINGS[side]
    required = (NIP, fields, CAPACITY) if side == "offer" else (NIP, fields)

    def read(row: Row) -> Given:
        nip = row.identity(NIP, lambda text: read_nip(text).digits)
        if nip is None:
            row.lacks(NIP, "Wajib diisi.")
        named = row.read(fields, _parts)
        if named is None:
            row.lacks(fields, "Wajib diisi.")
        capacity = row.cell(CAPACITY, _whole) if side == "offer" else 0
        if capacity is None:
            row.lacks(CAPACITY, "Wajib diisi dengan banyaknya mentee.")
        return Given(
            side,
            nip or "",
            named or (),
            row.cell(would, _nips) or (),
            row.cell(would_not, _nips) or (),
            capacity or 0,
            row.number,
        )

    listing = read_listing(
        source,
        filename,
        required,
        read,
        optional=(would, would_not),
        key=lambda given: given.person or given.row,
        key_heading=NIP,
    )
    faults = [
        FieldError(f"list.{r.row}.{r.column}", r.column, f"Baris {r.row}, kolom {r.column}: {r.reason}")
        for r in listing.rejected
    ]
    faults += [
        FieldError("list.1", heading, f"Baris 1: kolom “{heading}” tidak dikenal. Hapus, atau perbaiki judulnya.")
        for heading in listing.ignored
    ]
    if not faults and not listing.things:
        faults = [FieldError("list", "Daftar", "Daftar tidak memuat satu orang pun.")]
    if faults:
        raise InvalidForm("Periksa daftar; tidak satu pun dicatat.", fields=tuple(faults[:TOLD_AT_ONCE]))
    return [given for _, given in listing.things]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _PARTED.split(text) if part.strip())


def _nips(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, int | float):
        raise Wrong("NIP tersimpan sebagai bilangan, sehingga angka-angkanya hilang. Ubah kolom menjadi teks.")
    return tuple(read_nip(part).digits for part in _parts(plain(cell)))


def _whole(cell: Cell) -> int:
    text = plain(cell).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise Wrong("Bukan bilangan bulat; tulis seperti 3.")
    return int(text)
