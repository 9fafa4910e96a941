"""Offers and wishes out of a CSV or XLSX file, one person a row; several things in one cell are parted by semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.nip import read_nip
from workflow.errors import FieldError, InvalidForm
from workflow.filling import TOLD_AT_ONCE
from workflow.imports.cells import Row, plain
from workflow.imports.listing import Listing, read_listing
from workflow.imports.report import Wrong
from workflow.imports.sheet import Cell
from workflow.matching.answers import Given
from workflow.matching.told import Side

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
    listing = read_listing(
        source,
        filename,
        (NIP, fields, CAPACITY) if side == "offer" else (NIP, fields),
        lambda row: _read_row(side, row),
        optional=(would, would_not),
        key=lambda given: given.person or given.row,
        key_heading=NIP,
    )
    faults = list(_faults(listing))
    if faults:
        raise InvalidForm("Periksa daftar; tidak satu pun dicatat.", fields=tuple(faults[:TOLD_AT_ONCE]))
    return [given for _, given in listing.things]


def _read_row(side: Side, row: Row) -> Given:
    """One person. What is wrong is kept with the row."""
    fields, would, would_not = HEADINGS[side]
    nip = row.identity(NIP, lambda text: read_nip(text).digits)
    if nip is None:
        row.lacks(NIP, "Wajib diisi.")
    named = row.read(fields, _parts)
    if named is None:
        row.lacks(fields, "Wajib diisi.")
    capacity = row.cell(CAPACITY, _whole) if side == "offer" else 0
    if capacity is None:
        row.lacks(CAPACITY, "Wajib diisi dengan banyaknya mentee.")
    wanted, unwanted = (row.cell(heading, _nips) or () for heading in (would, would_not))
    return Given(side, nip or "", named or (), wanted, unwanted, capacity or 0, row.number)


def _faults(listing: Listing[Given]) -> Iterator[FieldError]:
    for r in listing.rejected:
        yield FieldError(f"list.{r.row}.{r.column}", r.column, f"Baris {r.row}, kolom {r.column}: {r.reason}")
    for heading in listing.ignored:
        yield FieldError("list.1", heading, f"Baris 1: kolom “{heading}” tidak dikenal. Hapus, atau perbaiki judulnya.")
    if not listing.rejected and not listing.ignored and not listing.things:
        yield FieldError("list", "Daftar", "Daftar tidak memuat satu orang pun.")


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
