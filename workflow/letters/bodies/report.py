"""The body of the report upward."""

from __future__ import annotations

from datetime import date

import msgspec

from policies.report import Period
from workflow.letters.bounds import Basis, Prose
from workflow.reports.parts import Correction, Corrections, Sections


class CompetencyReport(msgspec.Struct, frozen=True, kw_only=True):
    """Laporan pengembangan kompetensi, to the regent. ``quarter``: 0 for the whole year; the remarks as they were typed."""

    year: int
    quarter: int
    whole_basis: Basis
    printed_figures: Sections
    printed_corrections: Corrections
    obstacles: Prose
    follow_up: Prose

    @property
    def period(self) -> str:
        """The time that is reported, as it stands within a sentence."""
        return Period(self.year, self.quarter).title

    @property
    def last_day(self) -> date:
        """The day up to which it counts."""
        return Period(self.year, self.quarter).last

    @property
    def correction_lines(self) -> tuple[tuple[str, Correction], ...]:
        """Each correction with the time of the report that it corrects."""
        return tuple((Period(each.year, each.quarter).title, each) for each in self.printed_corrections)
