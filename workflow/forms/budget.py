"""What officers fill in to decide on what is promised of a year's budget. Whole rupiah."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from workflow.forms import Because, Form, Line, Rupiah

Year = Annotated[int, Meta(title="Tahun anggaran", ge=2000, le=2999)]


class Funding(Form, frozen=True, kw_only=True):
    """The line that funds what awaited the budget of its year."""

    next_budget_line: Annotated[Line, Meta(title="Mata anggaran tahun berikutnya")]


class Reduction(Because, frozen=True, kw_only=True):
    """How much of a year's promise remains; nothing: it is released."""

    budget_year: Year
    remains: Annotated[Rupiah, Meta(title="Sisa janji (rupiah)")] = 0


class Carry(Because, frozen=True, kw_only=True):
    """Which year's promise is carried into the next year, and onto which line; without one it awaits the budget of that year."""

    budget_year: Year
    next_budget_line: Annotated[Line, Meta(title="Mata anggaran tahun berikutnya")] = ""
