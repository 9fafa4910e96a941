"""The treasury's list of payments (SP2D) as it comes: headings of several shapes, dates and money as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from workflow.imports.budgets import read_amount
from workflow.imports.cells import Row, place_columns, rows_of
from workflow.imports.report import Rejection
from workflow.imports.sheet import Sheet, read_sheet

NUMBER, PAID_ON, AMOUNT = "NOMOR SP2D", "TANGGAL SP2D", "JUMLAH (RUPIAH)"
ACCOUNT, ACTIVITY, RECEIVER = "KODE REKENING", "KODE SUB KEGIATAN", "PENERIMA"
REQUIRED: Final = (NUMBER, PAID_ON, ACCOUNT, RECEIVER, AMOUNT)

#: How treasuries call a column, by what we call it.
_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    NUMBER: ("NOMOR SP2D", "NO SP2D", "NO. SP2D", "NO.SP2D", "NOMOR", "SP2D"),
    PAID_ON: ("TANGGAL SP2D", "TGL SP2D", "TGL. SP2D", "TGL.SP2D", "TANGGAL", "TGL", "TANGGAL CAIR", "TANGGAL PENCAIRAN"),
    ACCOUNT: ("KODE REKENING", "REKENING BELANJA", "KODE REKENING BELANJA", "KODE AKUN", "KODE BELANJA"),
    ACTIVITY: ("KODE SUB KEGIATAN", "KODE SUBKEGIATAN", "SUB KEGIATAN", "SUBKEGIATAN"),
    RECEIVER: ("PENERIMA", "NAMA PENERIMA", "PENERIMA PEMBAYARAN", "PIHAK KETIGA", "NAMA"),
    AMOUNT: (
        "JUMLAH (RUPIAH)", "JUMLAH (RP)", "JUMLAH", "JUMLAH KOTOR", "NILAI", "NILAI (RP)", "NILAI SP2D", "NILAI BRUTO", "BRUTO",
    ),
}  # fmt: skip
_OURS: Final = {called: ours for ours, names in _CALLED.items() for called in names}


@dataclass(frozen=True, slots=True)
class Paid:
    """One row of the list, in whole rupiah. ``row``: as the spreadsheet counts; codes as they were written, empty where none."""

    row: int
    number: str
    paid_on: date
    activity_code: str
    account_code: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class Payments:
    """The rows that could be read, and each cell that could not."""

    rows: tuple[Paid, ...]
    unread: tuple[Rejection, ...]


def read_payments(source: bytes, filename: str) -> Payments:
    """The list in a CSV or XLSX file. Raises UnreadableSheet where it is no table, or has none of the columns."""
    sheet = read_sheet(source, filename, tuple(_OURS))
    sheet = Sheet(_as_ours(sheet.headings), sheet.rows)
    columns, _, rejected = place_columns(sheet, required=REQUIRED, known=_CALLED.__contains__)
    if rejected:
        return Payments((), tuple(rejected))
    rows = (_read(row) for row in rows_of(sheet, columns, rejected))
    return Payments(tuple(row for row in rows if row is not None), tuple(rejected))


def _as_ours(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Each heading as we call it; where two mean the same, only the one that says it best."""
    written = [heading.upper() for heading in headings]
    best = {ours: next((name for name in names if name in written), None) for ours, names in _CALLED.items()}
    return tuple(
        _OURS[name] if name in _OURS and best[_OURS[name]] == name else heading
        for name, heading in zip(written, headings, strict=True)
    )


def _read(row: Row) -> Paid | None:
    paid_on = row.required_day(PAID_ON)
    amount = row.cell(AMOUNT, read_amount)
    if amount is None:
        row.lacks(AMOUNT, "Wajib diisi.")
    number, receiver = row.required(NUMBER, 100), row.text(RECEIVER, 300) or ""
    activity, account = (row.text(name, 100) or "" for name in (ACTIVITY, ACCOUNT))
    if not row.sound or paid_on is None or amount is None:
        return None
    return Paid(row.number, number, paid_on, activity, account, receiver, amount)
