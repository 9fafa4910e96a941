"""A proposal as a spreadsheet: its pairs, those in none, and what it rests on. The same proposal gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import Connection

from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.matching.pages import proposal_page
from workflow.matching.shown import ProposalPage

#: What people typed or are called is text, whatever it begins with.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
#: A workbook must say when it was made; the proposal itself says on which day's law it rests.
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)

PAIRS = ("NIP mentor", "Mentor", "Unit mentor", "NIP mentee", "Mentee", "Unit mentee", "Poin", "Ditetapkan", "Alasan")
ALONE = ("NIP", "Nama", "Unit", "Sebagai", "Alasan")
SIDES = {"mentor": "Mentor", "mentee": "Mentee"}


def proposal_sheet(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, round_id: str, number: int | None = None
) -> bytes:
    """The XLSX of a proposal. Raises NotFound, NotYours."""
    return sheet_of(proposal_page(conn, engine, caller, at, round_id, number))


def sheet_of(page: ProposalPage) -> bytes:
    """The XLSX of a proposal that was looked up."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties({"title": f"{page.title}: usulan {page.number}", "created": _UNDATED})
    bold = workbook.add_format({"bold": True})
    _write(workbook.add_worksheet("Pasangan"), PAIRS, pair_rows(page), bold)
    _write(workbook.add_worksheet("Belum berpasangan"), ALONE, alone_rows(page), bold)
    weights = [(each.parameter, str(each.value), each.since.isoformat(), each.by) for each in page.weights]
    _write(workbook.add_worksheet("Dasar"), ("Ketentuan", "Nilai", "Sejak", "Dasar"), weights, bold)
    workbook.close()
    return buffer.getvalue()


def pair_rows(page: ProposalPage) -> list[tuple[str | int, ...]]:
    """The pairs as rows under ``PAIRS``."""
    return [
        (
            pair.mentor.nip,
            pair.mentor.name,
            pair.mentor.unit,
            pair.mentee.nip,
            pair.mentee.name,
            pair.mentee.unit,
            pair.points,
            "Ya" if pair.pinned else "",
            " ".join(pair.reasons),
        )
        for pair in page.pairs
    ]


def alone_rows(page: ProposalPage) -> list[tuple[str | int, ...]]:
    """Those in no pair as rows under ``ALONE``."""
    return [(each.person.nip, each.person.name, each.person.unit, SIDES[each.side], each.reason) for each in page.alone]


def _write(sheet: Any, headings: Sequence[str], rows: Iterable[Sequence[str | int]], bold: Any) -> None:
    sheet.set_column(0, len(headings) - 1, 26)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for index, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(index, column, value)
            else:
                sheet.write_string(index, column, value)
