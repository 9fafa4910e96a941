"""Reads a table out of a CSV or XLSX file as offices hand it in; what the cells mean is left to the imports.

Rows keep the number that the spreadsheet shows: the heading is row 1, and an empty row in between counts too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflow.imports.report import UnreadableSheet
from workflow.imports.workbook import MOST_ROWS, Formula, read_workbook

LARGEST_FILE = 20 * 1024 * 1024

#: What a cell may hold. Numbers and dates come from XLSX only; a CSV file holds text.
Cell = str | int | float | date | Formula

_MIXED_ENCODING = re.compile("Ã[\x80-\xbf\u0192\u201a-\u2122]|â€")


_NAMED_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


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


def read_sheet(source: bytes, filename: str, known_headings: Iterable[str]) -> Sheet:
    """The table in a CSV or XLSX file, told apart by content. ``known_headings`` decide between separators.

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
    return _table(rows, filename)


def _table(rows: Sequence[Sequence[Cell]], filename: str) -> Sheet:
    if not rows or all(_blank(cell) for cell in rows[0]):
        raise UnreadableSheet(f"Berkas {filename} tidak memuat judul kolom pada baris pertama.")
    if len(rows) > MOST_ROWS:
        raise UnreadableSheet(f"Berkas {filename} memuat lebih dari {MOST_ROWS} baris. Bagilah berkasnya.")
    headings = [" ".join(str(cell).split()) for cell in rows[0]]
    while headings and not headings[-1]:
        headings.pop()
    body = tuple(
        SheetRow(number, tuple(cells))
        for number, cells in enumerate(rows[1:], start=2)
        if not all(_blank(cell) for cell in cells)
    )
    return Sheet(tuple(headings), body)


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


def _read_csv(text: str, filename: str, known_headings: Iterable[str]) -> list[list[str]]:
    named = _NAMED_SEPARATOR.match(text)
    if named:
        # A first line for Excel alone, which does not show it.
        text = text[named.end() :]
    separator = named[1] if named else _separator(text, known_headings)
    try:
        return _records(text, separator, strict=True)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise UnreadableSheet(
                f'Berkas {filename}: ada tanda kutip (") yang dibuka tetapi tidak ditutup.'
            ) from error
    try:
        # A stray quotation mark within a cell is form; a cell without an end is not.
        return _records(text, separator, strict=False)
    except csv.Error as error:
        raise UnreadableSheet(f"Berkas {filename} tidak dapat dibaca sebagai CSV ({error}).") from error


def _records(text: str, separator: str, *, strict: bool) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict))


def _separator(text: str, known_headings: Iterable[str]) -> str:
    """Comma, semicolon or tab: whichever finds the most known headings in the first line."""
    known = {heading.casefold() for heading in known_headings}
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]

    def found(separator: str) -> int:
        cells = next(csv.reader([first], delimiter=separator), [])
        return sum(" ".join(cell.split()).casefold() in known for cell in cells)

    return max(",;\t", key=found)


def as_day(value: date) -> date:
    """A day, where the spreadsheet gave an instant."""
    return value.date() if isinstance(value, datetime) else value
