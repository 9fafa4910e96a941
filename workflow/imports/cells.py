"""Reads the cells of a row: forgives what is only form, notes what is wrong with row, column, value and reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from policies.dates import MONTHS
from workflow.imports.report import Rejection, UnreadableSheet, Wrong
from workflow.imports.sheet import Cell, Sheet, SheetRow, as_day
from workflow.imports.workbook import Formula, Unusable

Meaning = TypeVar("Meaning")

_NUMBER = re.compile(r"[+-]\s*(rp\s*)?[\d.,\s]+(e[+-]?\d+)?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*([!?]|/?\s*[a-z])", re.IGNORECASE)
_DASHES = re.compile(r"[-–—]+")
_SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]+)[-/. ](\d{4})", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})([T ]\d{2}:\d{2}\S*)?")
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]",
)
_MONTHS = {month.casefold(): number for number, month in enumerate(MONTHS, start=1)}
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_EARLIEST_YEAR, _LATEST_YEAR = 1930, 2100
_LONGEST_SHOWN = 120
_LONGEST_CELL = 4096


class Row:
    """One row of a sheet. A cell that is absent, blank or a dash reads as None: not known, and never a no."""

    def __init__(self, row: SheetRow, columns: Mapping[str, int], rejected: list[Rejection]) -> None:
        self.number = row.number
        self._cells = row.cells
        self._columns = columns
        self._rejected = rejected
        self._faulty: set[str] = set()
        #: No cell read so far was wrong.
        self.sound = True
        #: It has more cells than there are headings, so that its cells may stand under wrong ones.
        self.misplaced = False

    def has(self, heading: str) -> bool:
        """Whether the sheet has the column at all."""
        return heading in self._columns

    def raw(self, heading: str) -> Cell:
        """The cell as the sheet holds it; an empty text where the column or cell is absent."""
        at = self._columns.get(heading, len(self._cells))
        return self._cells[at] if at < len(self._cells) else ""

    def reject(self, heading: str, reason: str) -> None:
        """Note that this row's cell is wrong."""
        self.sound = False
        self._faulty.add(heading)
        self._rejected.append(Rejection(self.number, heading, shown(self.raw(heading)), reason))

    def lacks(self, heading: str, reason: str) -> None:
        """Note that a cell which must be there is blank; one that was rejected already is wrong, and not blank too."""
        if heading not in self._faulty:
            self.reject(heading, reason)

    def cell(self, heading: str, meaning: Callable[[Cell], Meaning]) -> Meaning | None:
        """What a cell means, numbers and dates of a spreadsheet included; None where it is blank or wrong."""
        cell = self.raw(heading)
        if cell == "":
            return None
        try:
            if isinstance(cell, str):
                if len(cell) > _LONGEST_CELL:
                    raise Wrong(f"Terlalu panjang: {len(cell)} huruf, paling banyak {_LONGEST_CELL}.")
                cell = safe_text(cell)
                if not cell:
                    return None
            elif isinstance(cell, Formula):
                raise Wrong("Sel berisi rumus. Ganti dengan nilainya (salin, lalu tempel sebagai nilai).")
            elif isinstance(cell, Unusable):
                raise Wrong(cell.reason)
            return meaning(cell)
        except ValueError as wrong:
            self.reject(heading, _sentence(str(wrong)))
            return None

    def read(self, heading: str, meaning: Callable[[str], Meaning]) -> Meaning | None:
        """What a text cell means; ``meaning`` raises a ValueError with the reason where it means nothing."""
        return self.cell(heading, lambda cell: meaning(plain(cell)))

    def identity(self, heading: str, meaning: Callable[[str], Meaning]) -> Meaning | None:
        """What an identity number means; one whose digits a spreadsheet has lost is rejected."""
        return self.cell(heading, lambda cell: meaning(identity_text(cell)))

    def text(self, heading: str, longest: int = 200) -> str | None:
        """A text of at most so many letters."""

        def meaning(text: str) -> str:
            if len(text) > longest:
                raise Wrong(f"Terlalu panjang: {len(text)} huruf, paling banyak {longest}.")
            return text

        return self.read(heading, meaning)

    def required(self, heading: str, longest: int = 200) -> str:
        """A text that must be there; the row is rejected and the answer empty where it is not."""
        value = self.text(heading, longest)
        if value is None:
            self.lacks(heading, "Wajib diisi.")
        return value or ""

    def day(self, heading: str) -> date | None:
        """A date: dd-mm-yyyy, d/m/yyyy, ISO, with an Indonesian month, or a spreadsheet's own."""
        return self.cell(heading, read_day)

    def required_day(self, heading: str) -> date | None:
        """A date that must be there; the row is rejected where it is not."""
        value = self.day(heading)
        if value is None:
            self.lacks(heading, "Wajib diisi dengan tanggal.")
        return value

    def choice(self, heading: str, meanings: Mapping[str, str | None], named: Iterable[str]) -> str | None:
        """One of a closed list, whatever its case; ``named`` are the values that the reason offers."""

        def meaning(text: str) -> str | None:
            key = text.casefold()
            if key not in meanings:
                raise Wrong(f"Nilai tidak dikenal; yang berlaku: {', '.join(named)}.")
            return meanings[key]

        return self.read(heading, meaning)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


@lru_cache(maxsize=4096)  # most columns repeat a few values
def safe_text(text: str) -> str:
    """A text without needless blanks and invisible marks. Raises Wrong for a formula or markup."""
    if not (text.isascii() and text.isprintable()):
        visible = (" " if mark.isspace() else mark for mark in unicodedata.normalize("NFC", text))
        text = "".join(mark for mark in visible if unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Co"))
    text = " ".join(text.split())
    if _DASHES.fullmatch(text):
        return ""
    if not text.isalnum():
        _refuse_formula(text)
        if "<" in text and _MARKUP.search(text):
            raise Wrong("Sel memuat kode (markup), bukan isian biasa.")
    return text


def _refuse_formula(text: str) -> None:
    # A text marked with an apostrophe becomes a formula again as soon as someone removes the mark.
    start = unicodedata.normalize("NFKC", text.lstrip("'’‘` "))
    if start[:1] in {"=", "@"} or (start[:1] in {"+", "-"} and not _NUMBER.fullmatch(start)):
        raise Wrong("Sel berisi rumus. Ganti dengan nilainya (salin, lalu tempel sebagai nilai).")
    if _SPREADSHEET_ERROR.fullmatch(start):
        raise Wrong("Sel berisi galat rumus. Ganti dengan nilainya.")


def plain(cell: Cell) -> str:
    """The text of a cell; a number without needless decimals, a date in ISO form."""
    return cell if isinstance(cell, str) else str(cell)


def shown(cell: Cell) -> str:
    """A cell as a report shows it: one line, no invisible marks, not too long."""
    text = "".join(mark if mark.isprintable() else " " for mark in plain(cell)[: 10 * _LONGEST_SHOWN]).strip()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def identity_text(cell: Cell) -> str:
    """The text of an identity number. Raises Wrong where a spreadsheet has already lost digits."""
    if isinstance(cell, float | int):
        raise Wrong(
            "NIP tersimpan sebagai bilangan, sehingga angka-angka terakhirnya hilang. "
            "Ubah kolom menjadi teks, lalu isikan kembali 18 angkanya"
        )
    text = plain(cell).strip("'’‘`´\" ")
    if _SCIENTIFIC.fullmatch(text.replace(" ", "")):
        raise Wrong(
            f"NIP ditulis ulang oleh lembar kerja sebagai bilangan ilmiah ({text}), sehingga angka-angka terakhirnya "
            "hilang. Ubah kolom menjadi teks, lalu isikan kembali 18 angkanya"
        )
    return text


def read_day(cell: Cell) -> date:
    """The day that a cell means. Raises Wrong."""
    if isinstance(cell, date):
        day = as_day(cell)
    elif isinstance(cell, int | float):
        # The number of a day in a cell that lost its date format.
        day = _SPREADSHEET_EPOCH + timedelta(days=int(cell)) if 0 < cell < 100_000 else date.min
    else:
        day = _written_day(plain(cell).strip("'’‘` "))
    if not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
        raise Wrong(f"Tahun di luar {_EARLIEST_YEAR} sampai {_LATEST_YEAR}; tulis seperti 31-12-2026.")
    return day


def _written_day(text: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(text):
        number = _MONTHS.get(found[2].casefold(), 0) if found[2].isalpha() else int(found[2])
        year, month, day = int(found[3]), number, int(found[1])
    else:
        raise Wrong("Bukan tanggal; tulis seperti 31-12-2026.")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Wrong("Tanggal tidak ada dalam kalender; tulis hari-bulan-tahun, seperti 31-12-2026.") from error


def read_email(text: str) -> str:
    """An e-mail address in lower case. Raises Wrong."""
    address = text.casefold()
    local = address.partition("@")[0]
    if len(address) > 254 or not _EMAIL.fullmatch(address) or ".." in local or local[:1] == "." or local[-1:] == ".":
        raise Wrong("Bukan alamat surel yang sah; contoh: nama@kabupaten.example.")
    return address


def place_columns(
    sheet: Sheet, *, required: Collection[str], known: Callable[[str], bool]
) -> tuple[dict[str, int], tuple[str, ...], list[Rejection]]:
    """Where each known heading stands, which headings are ignored, and what is wrong with the heading row itself."""
    columns: dict[str, int] = {}
    ignored: list[str] = []
    rejected: list[Rejection] = []
    for at, written in enumerate(sheet.headings):
        heading = written.upper()
        if not known(heading):
            if written:
                ignored.append(shown(written))
        elif heading in columns:
            rejected.append(Rejection(1, heading, written, "Judul kolom ini ada dua kali. Hapus salah satunya."))
        else:
            columns[heading] = at
    if not columns:
        raise UnreadableSheet(
            f"Baris pertama tidak memuat satu pun judul kolom yang dikenal. Yang wajib ada: {', '.join(required)}."
        )
    rejected += [
        Rejection(1, heading, "", "Kolom wajib ini tidak ada dalam berkas.")
        for heading in required
        if heading not in columns
    ]
    return columns, tuple(ignored), rejected


def rows_of(sheet: Sheet, columns: Mapping[str, int], rejected: list[Rejection]) -> Iterable[Row]:
    """Each row, ready to be read. One with more cells than headings is rejected: they stand under wrong ones."""
    width = len(sheet.headings)
    for each in sheet.rows:
        row = Row(each, columns, rejected)
        beyond = [shown(cell) for cell in each.cells[width:] if shown(cell)]
        if beyond:
            row.sound, row.misplaced = False, True
            reason = "Baris memuat lebih banyak sel daripada judul kolom; mungkin ada koma tanpa diapit tanda kutip."
            rejected.append(Rejection(each.number, "", "; ".join(beyond), reason))
        yield row
