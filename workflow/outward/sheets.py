"""Writes rows as CSV or XLSX: the same bytes for the same rows, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from workflow.outward.activities import Value
from workflow.outward.layout import Column, Layout

#: A spreadsheet takes what begins so for something to compute.
_RUNS = ("=", "+", "-", "@")


def written(layout: Layout, rows: Sequence[Mapping[str, Value]], at: datetime) -> bytes:
    """The file as the layout wants it. ``at``: when it was made, as an XLSX says of itself."""
    cells = [[_cell(layout, column, row) for column in layout.columns] for row in rows]
    headings = [column.heading for column in layout.columns]
    return _csv(layout, headings, cells) if layout.file == "csv" else _xlsx(layout, headings, cells, at)


def _cell(layout: Layout, column: Column, row: Mapping[str, Value]) -> str | int:
    value = row[column.value] if column.value else column.fixed
    if isinstance(value, date):
        return value.strftime(layout.dates)
    return value if isinstance(value, int) else one_line(value or "")


def one_line(text: str) -> str:
    """A text without line breaks and marks that nobody sees, which would tear a row or spoil a workbook."""
    seen = (" " if mark.isspace() else mark for mark in text)
    return " ".join("".join(mark for mark in seen if unicodedata.category(mark)[0] != "C").split())


def runs(text: str) -> bool:
    """Whether a spreadsheet would compute it; the wide forms of the marks count too."""
    return unicodedata.normalize("NFKC", text.lstrip("'’‘ "))[:1] in _RUNS


def _csv(layout: Layout, headings: Sequence[str], rows: Sequence[Sequence[str | int]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=layout.separator, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_safe(layout, column, cell) for column, cell in zip(layout.columns, row, strict=True)])
    return text.getvalue().encode("utf-8-sig" if layout.byte_order_mark else "utf-8")


def _safe(layout: Layout, column: Column, cell: str | int) -> str | int:
    if isinstance(cell, int):
        return cell
    if column.value == "nip":
        return f"{layout.text_mark}{cell}"
    return f"'{cell}" if runs(cell) else cell


def _xlsx(layout: Layout, headings: Sequence[str], rows: Sequence[Sequence[str | int]], at: datetime) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        # It would say now, and the bytes would be another each time.
        book.set_properties({"created": at.replace(tzinfo=None, microsecond=0)})
        bold, plain = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        # Marked as text, so that it stays one also after someone has edited the cell.
        quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        sheet = book.add_worksheet(layout.system.upper())
        for at_column, heading in enumerate(headings):
            sheet.write_string(0, at_column, heading, bold)
            sheet.set_column(at_column, at_column, max(12, len(heading) + 2))
        for at_row, row in enumerate(rows, start=1):
            for at_column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(at_row, at_column, cell)
                else:
                    sheet.write_string(at_row, at_column, cell, quoted if runs(cell) else plain)
        sheet.freeze_panes(1, 0)
    return made.getvalue()
