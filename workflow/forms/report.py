"""What people fill in for a report, and what is frozen when it is signed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from policies.report import EARLIEST, LATEST
from workflow.definition import Entry
from workflow.forms import Form
from workflow.reports.parts import Corrections, Sections

Year = Annotated[int, Meta(title="Tahun", ge=EARLIEST, le=LATEST)]
Quarter = Annotated[int, Meta(title="Triwulan", description="1 sampai 4, atau 0 untuk setahun penuh", ge=0, le=4)]
Remark = Annotated[str, Meta(min_length=20, max_length=8000)]
#: The same as it was signed, also after a correction.
Kept = Annotated[str, Meta(max_length=20_000)]


class ReportRequest(Form, frozen=True, kw_only=True):
    """Which time is reported."""

    year: Year
    quarter: Quarter


class Remarks(Form, frozen=True, kw_only=True):
    """What the head of the personnel unit adds to the figures."""

    obstacles: Annotated[Remark, Meta(title="Hambatan")]
    follow_up: Annotated[Remark, Meta(title="Tindak lanjut")]


class Reported(ReportRequest, frozen=True, kw_only=True):
    """A report as it was signed: its figures with the cases behind each, and what it corrected in earlier ones."""

    obstacles: Annotated[Kept, Meta(title="Hambatan")]
    follow_up: Annotated[Kept, Meta(title="Tindak lanjut")]
    figures: Annotated[Sections, Meta(title="Angka")]
    corrections: Annotated[Corrections, Meta(title="Koreksi atas laporan sebelumnya")] = ()


FIGURES = Entry("figures", "Angka laporan", Reported)
