"""The first visible sheet of an XLSX workbook, and which of its cells are formulas or errors.

The reader gives a formula's last result as if someone had typed it, and an error as a blank, so both are looked up in the sheet's
own XML; and it makes room for the whole rectangle up to the outermost cell, so how far that lies is looked up before.
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO
from xml.etree import ElementTree as Xml
from xml.parsers import expat

import python_calamine as calamine

from workflow.imports.report import UnreadableSheet

MOST_ROWS = 200_000
MOST_COLUMNS = 256
MOST_CELLS = 4_000_000
LARGEST_UNPACKED = 400 * 1024 * 1024
#: Of a small file nothing as large is unpacked: offices' own grow to some twenty times their size, and to this without a doubt.
GROWS, SMALL_UNPACKED = 50, 40 * 1024 * 1024

#: Whatever an archive, its compression or its XML may fail with; people are told one thing for all of it.
_BROKEN = (
    calamine.CalamineError,
    zipfile.BadZipFile,
    Xml.ParseError,
    expat.ExpatError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    LookupError,  # a part that is not there, an encoding that does not exist
    OSError,  # bzip2
    RuntimeError,  # a part that is encrypted, or compressed in a way that is not known (NotImplementedError)
    ValueError,  # an encoding that XML may not have, a number of more digits than are read
)
#: Of other errors the reader makes a broken workbook.
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes its value instead of holding it."""

    text: str

    def __str__(self) -> str:
        return f"={self.text}"


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell that holds nothing to be read, as the spreadsheet shows it; ``reason`` says in Indonesian why not."""

    shown: str
    reason: str

    def __str__(self) -> str:
        return self.shown


Value = str | int | float | date | Formula | Unusable


def read_workbook(source: bytes, filename: str) -> list[list[Value]]:
    """All rows of the first visible sheet, blank ones too. Raises UnreadableSheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            most = min(LARGEST_UNPACKED, max(SMALL_UNPACKED, GROWS * len(source)))
            if sum(member.file_size for member in archive.infolist()) > most:
                raise UnreadableSheet(f"Berkas {filename} terlalu besar setelah dibuka. Bagilah berkasnya.")
            name, path = _first_sheet(archive)
            with archive.open(path) as file:
                look = _Look(filename)
                look.read(file)
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(source)) as workbook:
            sheet = workbook.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
    except calamine.PasswordError as error:
        raise UnreadableSheet(f"Berkas {filename} berkata sandi. Simpanlah tanpa kata sandi.") from error
    except _BROKEN as error:
        raise UnreadableSheet(f"Berkas {filename} bukan XLSX yang utuh. Simpanlah ulang sebagai .xlsx.") from error
    table = [[] if row.count("") == len(row) else [_value(cell) for cell in row] for row in rows]
    for (row, column), cell in look.found.items():
        # An error, and a formula whose last result was not stored, the reader takes for blank.
        table += ([] for _ in range(row + 1 - len(table)))
        table[row] += [""] * (column + 1 - len(table[row]))
        table[row][column] = cell
    return table


def _value(cell: object) -> Value:
    match cell:
        case bool():
            return Unusable("TRUE" if cell else "FALSE", "Sel berisi nilai benar atau salah, bukan isian biasa.")
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


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, str]:
    """The name of the first visible sheet, and where its XML lies."""
    sheets = [
        (sheet.get("name", ""), next((value for key, value in sheet.attrib.items() if key.endswith("}id")), ""))
        for sheet in _parse(archive, "xl/workbook.xml").iterfind(".//{*}sheet")
        if sheet.get("state", "visible") == "visible"
    ]
    if not sheets:
        raise KeyError("no visible sheet")
    name, relation = sheets[0]
    targets = {each.get("Id"): each.get("Target", "") for each in _parse(archive, "xl/_rels/workbook.xml.rels")}
    target = targets[relation]
    return name, target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Look:
    """One pass over a sheet's XML: its formulas and errors, and that no cell lies far outside. Keeps nothing else of it."""

    def __init__(self, filename: str) -> None:
        #: By zero-based row and column.
        self.found: dict[tuple[int, int], Formula | Unusable] = {}
        self._filename = filename
        self._row = self._column = -1
        self._last_row = self._last_column = 0
        self._holds_error = False
        self._heard: list[str] | None = None

    def read(self, file: IO[bytes]) -> None:
        """Raises UnreadableSheet for the first cell that lies too far out, before the rest is read."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(file)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "c":
                self._stand(attributes.get("r", ""))
                self._holds_error = attributes.get("t") == "e"
            case "row":
                self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
                self._column = -1
            case "v" | "is" | "f" as part:
                self._filled()
                if part == "f" or (part == "v" and self._holds_error):
                    self._heard = []

    def _stand(self, reference: str) -> None:
        # A cell may leave out where it stands: then it is the next one.
        found = _REFERENCE.fullmatch(reference)
        if found:
            self._row, self._column = int(found[2]) - 1, _column(found[1])
        else:
            self._column += 1

    def _filled(self) -> None:
        self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
        rows, columns = self._last_row + 1, self._last_column + 1
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
            raise UnreadableSheet(
                f"Berkas {self._filename}: sel {_letters(self._column)}{self._row + 1} terisi jauh di luar tabel. Hapus isi sel "
                f"yang tersesat, atau bagilah berkasnya; yang terbaca paling banyak {MOST_ROWS} baris dan {MOST_COLUMNS} kolom."
            )

    def _text(self, text: str) -> None:
        if self._heard is not None:
            self._heard.append(text)

    def _end(self, tag: str) -> None:
        if self._heard is None:
            return
        text, at = "".join(self._heard) or "…", (self._row, self._column)
        match tag.rpartition(" ")[2]:
            case "f":
                self.found[at] = Formula(text)
            case "v":
                if text not in _ERRORS:
                    raise UnreadableSheet(
                        f"Berkas {self._filename}: sel {_letters(self._column)}{self._row + 1} berisi galat {text}. "
                        "Ganti dengan nilainya."
                    )
                # A formula that fails is told as a formula.
                self.found.setdefault(at, Unusable(text, "Sel berisi galat rumus. Ganti dengan nilainya."))
            case _:
                return
        self._heard = None


def _letters(column: int) -> str:
    """``AB`` for the zero-based column 27."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _parse(archive: zipfile.ZipFile, path: str) -> Xml.Element:
    # No XML from elsewhere is fetched, expat stops entities that multiply, and how much is unpacked has been looked at.
    return Xml.fromstring(archive.read(path))  # noqa: S314
