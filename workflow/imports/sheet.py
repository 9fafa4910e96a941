"""Reads a table out of a CSV or XLSX file as offices hand it in; what the cells mean is left to the imports.

Rows keep the number that the spreadsheet shows: the heading is row 1, and an empty row in between counts too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflow.imports.report import UnreadableSheet
from workflow.imports.workbook import MOST_ROWS, Formula, Unusable, read_workbook

#: Rows in which headings are looked for, to say where they are.
_TITLE_ROWS = 20
LARGEST_FILE = 20 * 1024 * 1024

#: What a cell may hold. Numbers and dates come from XLSX only; a CSV file holds text.
Cell = str | int | float | date | Formula | Unusable

_MIXED_ENCODING = re.compile("Ã[\x80-\xbf\u0192\u201a-\u2122]|â€")

_NAMED_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")

#: A last line of our own: where a cell swallows it, that cell had no end.
_END = "\x1e"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings as they were written, and the rows beneath them."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(source: bytes, filename: str, known_headings: Collection[str]) -> Sheet:
    """The table in a CSV or XLSX file, told apart by content. ``known_headings``, in capitals, decide between separators.

    Raises UnreadableSheet where there is no table to read: too large, another kind of file, no text, no heading.
    """
    if len(source) > LARGEST_FILE:
        raise UnreadableSheet(
            f"Berkas {filename} berukuran {len(source) / 2**20:.1f} MB; paling besar {LARGEST_FILE // 2**20} MB. "
            "Bagilah menjadi beberapa berkas."
        )
    if source.startswith(b"PK\x03\x04"):
        rows: Sequence[Sequence[Cell]] = read_workbook(source, filename)
    elif source.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise UnreadableSheet(f"Berkas {filename} bukan CSV atau XLSX. Simpanlah sebagai .xlsx atau .csv (UTF-8).")
    else:
        rows = _read_csv(_text(source, filename), filename, known_headings)
    return _table(rows, filename, known_headings)


def _table(rows: Sequence[Sequence[Cell]], filename: str, known_headings: Collection[str]) -> Sheet:
    if rows and not _headings_in(rows[0], known_headings):
        _refuse_titles(rows, filename, known_headings)
    if not rows or all(_blank(cell) for cell in rows[0]):
        raise UnreadableSheet(f"Berkas {filename} tidak memuat judul kolom pada baris pertama.")
    if len(rows) > MOST_ROWS:
        raise UnreadableSheet(f"Berkas {filename} memuat lebih dari {MOST_ROWS} baris. Bagilah berkasnya.")
    headings = [_heading(cell) for cell in rows[0]]
    while headings and not headings[-1]:
        headings.pop()
    body = tuple(
        SheetRow(number, tuple(cells))
        for number, cells in enumerate(rows[1:], start=2)
        if not all(_blank(cell) for cell in cells)
    )
    return Sheet(tuple(headings), body)


def _refuse_titles(rows: Sequence[Sequence[Cell]], filename: str, known_headings: Collection[str]) -> None:
    """Says where the headings are, if some rows with a title stand above them."""
    for number, row in enumerate(rows[:_TITLE_ROWS], start=1):
        if _headings_in(row, known_headings) > 2:
            raise UnreadableSheet(
                f"Berkas {filename}: judul kolom baru ada pada baris {number}. Hapus {number - 1} baris di atasnya, supaya judul "
                "kolom berada pada baris pertama."
            )


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _text(source: bytes, filename: str) -> str:
    """The text of a CSV file: UTF-8 with or without byte-order mark, UTF-16 with one, else Windows-1252."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return source.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableSheet(f"Berkas {filename} rusak: bukan teks UTF-16 yang utuh.") from error
    if b"\x00" in source:
        raise UnreadableSheet(f"Berkas {filename} bukan teks. Simpanlah sebagai .xlsx atau .csv (UTF-8).")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    advice = "Simpanlah ulang sebagai CSV UTF-8, supaya nama tidak berubah."
    try:
        text = source.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableSheet(f"Penyandian huruf berkas {filename} tidak dikenal. {advice}") from error
    if _MIXED_ENCODING.search(text):
        raise UnreadableSheet(f"Berkas {filename} mencampur dua penyandian huruf. {advice}")
    return text


def _read_csv(text: str, filename: str, known_headings: Collection[str]) -> list[list[str]]:
    # A cell as long as the file is read, so that the import can reject it by row and column.
    csv.field_size_limit(LARGEST_FILE)
    named = _NAMED_SEPARATOR.match(text)
    if named:
        # A first line for Excel alone, which does not show it.
        text = text[named.end() :]
    separator = named[1] if named else _separator(text, known_headings)
    try:
        return _records(text, separator, filename, strict=True)
    except csv.Error:
        # A stray quotation mark within a cell is form; a cell without an end is not.
        return _records(text, separator, filename, strict=False)


def _records(text: str, separator: str, filename: str, *, strict: bool) -> list[list[str]]:
    """Raises UnreadableSheet for a quotation mark that never closes, and, where ``strict``, csv.Error for a stray one."""
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=separator, strict=strict))
    except csv.Error as error:
        if "unexpected end of data" not in str(error):
            raise
    else:
        if records.pop() == [_END]:
            return records
    raise UnreadableSheet(
        f'Berkas {filename}: ada tanda kutip (") yang dibuka tetapi tidak ditutup, pada baris {len(records) + 1} atau '
        "sebelumnya."
    )


def _separator(text: str, known_headings: Collection[str]) -> str:
    """Comma, semicolon or tab: whichever finds the most known headings in the first lines."""
    first = re.split(r"\r\n|\r|\n", text, maxsplit=_TITLE_ROWS)[:_TITLE_ROWS]

    def found(separator: str) -> int:
        return max(_headings_in(cells, known_headings) for cells in csv.reader(first, delimiter=separator))

    return max(",;\t", key=found)


def _headings_in(cells: Sequence[Cell], known_headings: Collection[str]) -> int:
    return sum(_heading(cell).upper() in known_headings for cell in cells)


def _heading(cell: Cell) -> str:
    # Exports joined together carry byte-order marks and blanks without width in the middle.
    return " ".join(_INVISIBLE.sub("", str(cell)).split())


def as_day(value: date) -> date:
    """A day, where the spreadsheet gave an instant."""
    return value.date() if isinstance(value, datetime) else value
