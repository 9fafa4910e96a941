"""Plain rows: CSV for spreadsheets, JSON Lines for programs; an event each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection

from workflow.outward.sheets import runs
from workflow.process_log.reading import Happening, Trace, Wanted, traces

#: What each row says, by the names that tools for process mining look for.
COLUMNS: Final = (
    "case_id", "activity", "timestamp", "lifecycle", "resource", "role", "unit", "step", "from", "to", "sequence", "process",
    "case_state", "case_unit",
)  # fmt: skip


def json_lines(conn: Connection, wanted: Wanted) -> Iterator[str]:
    """The log as one JSON object a line."""
    for row in _rows(conn, wanted):
        yield msgspec.json.encode(dict(zip(COLUMNS, row, strict=True))).decode() + "\n"


def comma_separated(conn: Connection, wanted: Wanted) -> Iterator[str]:
    """The log as CSV (RFC 4180); what a spreadsheet would compute is made text."""
    yield _line(COLUMNS)
    for row in _rows(conn, wanted):
        yield _line(tuple(f"'{cell}" if isinstance(cell, str) and runs(cell) else cell for cell in row))


def _rows(conn: Connection, wanted: Wanted) -> Iterator[tuple[str | int, ...]]:
    with traces(conn, wanted) as found:
        for trace in found:
            for happening in trace.happenings:
                yield _row(wanted, trace, happening)


def _row(wanted: Wanted, trace: Trace, happening: Happening) -> tuple[str | int, ...]:
    return (
        trace.reference,
        happening.activity,
        happening.instant,
        "complete",
        happening.resource,
        happening.role,
        happening.unit,
        happening.step,
        happening.before,
        happening.after,
        happening.number,
        wanted.process.name,
        trace.state,
        trace.unit,
    )


def _line(cells: tuple[str | int, ...]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()
