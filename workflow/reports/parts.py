"""What a report is made of: sections of rows, each number with the cases that it counts. Plain JSON when it is frozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

#: The row of everybody of whom a breakdown does not know its answer.
UNKNOWN = "belum diketahui"

#: A title, a heading, a definition, a note.
Words = Annotated[str, msgspec.Meta(max_length=4_000)]
#: The ids of the cases behind a number: of everybody in the largest agency.
Cases = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=100_000)]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of all parts."""


class Cell(Part, frozen=True, kw_only=True):
    """One number: people, JP, cases or whole rupiah, as its column says; and the cases behind it, by id."""

    value: int = 0
    cases: Cases = ()


class Row(Part, frozen=True, kw_only=True):
    """A line of a section. ``code`` names it within the section however it is titled; ``notes`` stand below the title."""

    code: Words
    title: Words
    cells: Annotated[tuple[Cell, ...], msgspec.Meta(max_length=50)]
    notes: Annotated[tuple[Words, ...], msgspec.Meta(max_length=100)] = ()


class Section(Part, frozen=True, kw_only=True):
    """A table of the report. ``says`` defines what is counted; ``total`` is counted apart from the rows. ``money``: rupiah."""

    code: Words
    title: Words
    says: Words
    heading: Words
    measures: Annotated[tuple[Words, ...], msgspec.Meta(max_length=50)]
    rows: Annotated[tuple[Row, ...], msgspec.Meta(max_length=10_000)]
    total: Row | None = None
    money: bool = False

    @property
    def lines(self) -> tuple[Row, ...]:
        """The rows, and the total after them."""
        return (*self.rows, *((self.total,) if self.total else ()))


class Correction(Part, frozen=True, kw_only=True):
    """A number of an earlier report that is another by now. ``report``: the case of that report.

    ``added`` and ``removed``: the cases that it counts since, and those that it no longer counts.
    """

    report: Words
    year: int
    quarter: int
    code: Words
    title: Words
    measure: Words
    was: int
    now: int
    added: Cases = ()
    removed: Cases = ()


#: The tables of a report, and what it corrects in earlier ones.
Sections = Annotated[tuple[Section, ...], msgspec.Meta(max_length=100)]
Corrections = Annotated[tuple[Correction, ...], msgspec.Meta(max_length=10_000)]


def added(rows: Sequence[Row], columns: int) -> Row:
    """The rows of a section together, where each thing stands in one of them only."""
    return Row(
        code="total",
        title="Jumlah",
        cells=tuple(
            Cell(
                value=sum(row.cells[column].value for row in rows),
                cases=tuple(sorted({case_id for row in rows for case_id in row.cells[column].cases})),
            )
            for column in range(columns)
        ),
    )


def share(part: int, whole: int, says: str) -> tuple[str, ...]:
    """A share in percent to one place, rounded down, as a note; nothing is said of nothing."""
    if whole <= 0:
        return ()
    tenths = part * 1000 // whole
    percent = f"{tenths // 10},{tenths % 10}" if tenths % 10 else f"{tenths // 10}"
    return (f"{percent}% {says}",)


@dataclass(frozen=True)
class Behind:
    """A case behind a number."""

    section: str
    row: str
    measure: str
    case_id: str


def cases_behind(sections: Sequence[Section]) -> Iterator[Behind]:
    """Every number's cases, in the order of the report."""
    for section in sections:
        for row in section.lines:
            for measure, cell in zip(section.measures, row.cells, strict=True):
                for case_id in cell.cases:
                    yield Behind(section.title, row.title, measure, case_id)


def without_cases(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The numbers alone, as a letter prints them."""
    return tuple(
        msgspec.structs.replace(
            section, rows=tuple(map(_bare, section.rows)), total=section.total and _bare(section.total)
        )
        for section in sections
    )


def _bare(row: Row) -> Row:
    return msgspec.structs.replace(row, cells=tuple(Cell(value=cell.value) for cell in row.cells))
