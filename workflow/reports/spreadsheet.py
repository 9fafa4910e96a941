"""A report as a spreadsheet: its figures, the cases behind each, and what it corrects. The same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from policies.dates import written
from policies.report import Period
from workflow.letters.words import begun_large
from workflow.reports.parts import cases_behind
from workflow.reports.showing import Report

#: Rows that a sheet can hold, its heading among them.
MOST_ROWS = 1_048_576

#: What people typed or named is text, whatever it begins with.
_OPTIONS = {
    "in_memory": True,
    "constant_memory": True,  # a row is forgotten as soon as the next begins
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
#: Where a workbook must say when it was made and nothing was signed yet.
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def spreadsheet(report: Report) -> bytes:
    """The XLSX of a report. Raises ValueError where it has more cases than a sheet can hold."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    made_at = (report.signed_at or _UNDATED).astimezone(UTC).replace(tzinfo=None)
    workbook.set_properties({"title": report.title, "created": made_at})
    bold, number = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "#,##0"})
    _figures(workbook.add_worksheet("Angka"), report, bold, number)
    _cases(workbook.add_worksheet("Berkas"), report, bold)
    _corrections(workbook.add_worksheet("Koreksi"), report, bold, number)
    workbook.close()
    return buffer.getvalue()


def _figures(sheet: Any, report: Report, bold: Any, number: Any) -> None:
    """Every section as a table below the other, with the sentence that says what is counted."""
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 6, 18)
    lines: list[tuple[Sequence[Any], Any]] = [
        ((begun_large(report.title),), bold),
        ((_state_of(report),), None),
    ]
    for section in report.figures:
        lines += [((), None), ((section.title,), bold), ((section.says,), None)]
        lines.append(((section.heading, *section.measures), bold))
        for row in section.lines:
            title = "; ".join((begun_large(row.title), *row.notes))
            lines.append(((title, *(cell.value for cell in row.cells)), bold if row is section.total else None))
    for title, text in (("Hambatan", report.obstacles), ("Tindak lanjut", report.follow_up)):
        lines += [((), None), ((title,), bold), ((text,), None)] if text else []
    _write(sheet, lines, number)


def _state_of(report: Report) -> str:
    if report.signed_at is None:
        return f"Angka berjalan, dihitung {written(report.counted_on)}; belum ditandatangani."
    return f"Angka sebagaimana ditandatangani pada {written(report.counted_on)}."


def _cases(sheet: Any, report: Report, bold: Any) -> None:
    sheet.set_column(0, 2, 34)
    sheet.set_column(3, 3, 40)
    heading = [(("Bagian", "Baris", "Angka", "Berkas"), bold)]
    behind = (((each.section, each.row, each.measure, each.case_id), None) for each in cases_behind(report.figures))
    _write(sheet, [*heading], None)
    for index, (cells, _) in enumerate(behind, start=1):
        if index >= MOST_ROWS:
            raise ValueError(f"a sheet holds {MOST_ROWS} rows, and the report counts more cases")
        sheet.write_row(index, 0, cells)


def _corrections(sheet: Any, report: Report, bold: Any, number: Any) -> None:
    sheet.set_column(0, 1, 34)
    sheet.set_column(5, 7, 40)
    columns = (
        "Laporan",
        "Bentuk kegiatan",
        "Angka",
        "Dilaporkan",
        "Seharusnya",
        "Berkas yang ditambahkan",
        "Berkas yang tidak lagi dihitung",
        "Berkas laporan",
    )
    lines: list[tuple[Sequence[Any], Any]] = [(columns, bold)]
    lines += [
        (
            (
                begun_large(Period(each.year, each.quarter).title),
                each.title,
                each.measure,
                each.was,
                each.now,
                "\n".join(each.added),
                "\n".join(each.removed),
                each.report,
            ),
            None,
        )
        for each in report.corrections
    ]
    _write(sheet, lines, number)


def _write(sheet: Any, lines: Iterable[tuple[Sequence[Any], Any]], number: Any) -> None:
    for index, (cells, style) in enumerate(lines):
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(index, column, value, number)
            else:
                sheet.write_string(index, column, value, style)
