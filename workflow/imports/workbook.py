"""The first visible sheet of an XLSX workbook, and which of its cells are formulas.

The reader gives a formula's last result as if someone had typed it, so formulas are looked up in the sheet's own XML.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO
from xml.etree import ElementTree as Xml

import python_calamine as calamine

from workflow.imports.report import UnreadableSheet

MOST_ROWS = 200_000
MOST_COLUMNS = 256
LARGEST_UNPACKED = 400 * 1024 * 1024

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BROKEN = (
    calamine.CalamineError,
    zipfile.BadZipFile,
    Xml.ParseError,
    KeyError,
    EOFError,
    NotImplementedError,
    zlib.error,
)
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes its value instead of holding it."""

    text: str

    def __str__(self) -> str:
        return f"={self.text}"


Value = str | int | float | date | Formula


def read_workbook(source: bytes, filename: str) -> list[list[Value]]:
    """All rows of the first visible sheet, blank ones too. Raises UnreadableSheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                raise UnreadableSheet(f"Berkas {filename} terlalu besar setelah dibuka. Bagilah berkasnya.")
            name, formulas = _first_sheet(archive)
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(source)) as workbook:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.total_height > MOST_ROWS:
                raise UnreadableSheet(f"Berkas {filename} memuat lebih dari {MOST_ROWS} baris. Bagilah berkasnya.")
            if sheet.total_width > MOST_COLUMNS:
                raise UnreadableSheet(
                    f"Berkas {filename} melebar sampai kolom ke-{sheet.total_width}; paling banyak {MOST_COLUMNS}. "
                    "Hapus isi sel yang tersesat di sebelah kanan, lalu simpan ulang."
                )
            rows = sheet.to_python(skip_empty_area=False)
    except calamine.PasswordError as error:
        raise UnreadableSheet(f"Berkas {filename} berkata sandi. Simpanlah tanpa kata sandi.") from error
    except _BROKEN as error:
        raise UnreadableSheet(f"Berkas {filename} bukan XLSX yang utuh. Simpanlah ulang sebagai .xlsx.") from error
    table = [[_value(cell) for cell in row] for row in rows]
    for (row, column), formula in formulas.items():
        if row < len(table) and column < len(table[row]):
            table[row][column] = formula
    return table


def _value(cell: object) -> Value:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return int(cell)
        case datetime() if cell.time() == time():
            return cell.date()
        case str() | int() | float() | date():
            return cell
        case time() | timedelta():
            return str(cell)
        case _:
            return ""


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, dict[tuple[int, int], Formula]]:
    """The name of the first visible sheet and its formulas by zero-based row and column."""
    sheets = [
        (sheet.get("name", ""), sheet.get(_RELATION, ""))
        for sheet in _parse(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet")
        if sheet.get("state", "visible") == "visible"
    ]
    if not sheets:
        raise KeyError("no visible sheet")
    name, relation = sheets[0]
    targets = {each.get("Id"): each.get("Target", "") for each in _parse(archive, "xl/_rels/workbook.xml.rels")}
    target = targets[relation]
    path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    with archive.open(path) as file:
        return name, _formulas(file)


def _formulas(file: IO[bytes]) -> dict[tuple[int, int], Formula]:
    found: dict[tuple[int, int], Formula] = {}
    for _, element in Xml.iterparse(file):  # noqa: S314 - expat refuses entity bombs, and the size was checked
        if element.tag == f"{_MAIN}c":
            formula = element.find(f"{_MAIN}f")
            reference = _REFERENCE.fullmatch(element.get("r", ""))
            if formula is not None and reference:
                found[int(reference[2]) - 1, _column(reference[1])] = Formula(formula.text or "…")
        elif element.tag == f"{_MAIN}row":
            element.clear()
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _parse(archive: zipfile.ZipFile, path: str) -> Xml.Element:
    return Xml.fromstring(archive.read(path))  # noqa: S314 - as above
