"""Tables of money as files, CSV and XLSX. The same tables give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

Cell = str | int

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What spreadsheets would take for a formula when they open a CSV.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """A title of at most 31 letters, which a workbook calls its sheet, and one table."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Document:
    """What a file says: its title, and its tables; in a CSV one below the other where there are several."""

    title: str
    tables: tuple[Table, ...]
    on: date


def file_of(document: Document, kind: str) -> bytes:
    """The tables as ``csv`` or ``xlsx``. Raises KeyError for another kind."""
    made: dict[str, Callable[[Document], bytes]] = {"csv": _csv, "xlsx": _xlsx}
    return made[kind](document)


def _csv(document: Document) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    for number, table in enumerate(document.tables):
        if number:
            writer.writerow(())
        if len(document.tables) > 1:
            writer.writerow((table.title,))
        writer.writerow(table.headings)
        writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def _xlsx(document: Document) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": document.title, "created": datetime.combine(document.on, time())})
    bold, number = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "#,##0"})
    for table in document.tables:
        page = workbook.add_worksheet(table.title)
        page.freeze_panes(1, 0)
        page.set_column(0, len(table.headings) - 1, 22)
        page.write_row(0, 0, table.headings, bold)
        for index, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                page.write(index, column, cell, number if isinstance(cell, int) else None)
    workbook.close()
    return buffer.getvalue()
