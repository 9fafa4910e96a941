"""The report on competency development to the regent: which time it covers, when it may be made, what its remarks must say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from policies.dates import written
from policies.decision import Decision, decide, rule, together
from policies.parameters import Law, parameter

DRAFT_DAYS = parameter("report.draft_days", int)
REVIEW_DAYS = parameter("report.review_days", int)
SIGNATURE_DAYS = parameter("report.signature_days", int)
AGREEMENT_NOTICE_DAYS = parameter("report.agreement_notice_days", int)
LEAST_WORDS = parameter("report.least_words", int)

_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


@dataclass(frozen=True)
class Period:
    """A quarter (1 to 4) of a calendar year, or with quarter 0 the whole year."""

    year: int
    quarter: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.quarter - 2 if self.quarter else 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        month = 3 * self.quarter if self.quarter else 12
        return (date(self.year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)

    @property
    def title(self) -> str:
        """``triwulan I tahun 2026``, ``tahun 2026``: as it stands within a sentence."""
        return f"triwulan {_ROMAN[self.quarter]} tahun {self.year}" if self.quarter else f"tahun {self.year}"


#: ``2026``, ``2026-1``, ``2026-T1``, ``2026Q1``.
_WRITTEN = re.compile(r"([0-9]{4})(?:[-/]?(?:TW|T|Q)?([1-4]))?", re.IGNORECASE)
#: Years that can be reported: for earlier ones not every figure has its law (PP 49/2018 begins on 28 November 2018).
EARLIEST, LATEST = 2019, 2100


def read_period(text: str) -> Period | None:
    """The quarter or the year that somebody wrote; None where it is neither."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not EARLIEST <= int(found[1]) <= LATEST:
        return None
    return Period(int(found[1]), int(found[2] or 0))


@dataclass(frozen=True)
class PeriodFacts:
    """The time that a report is about, and the day on which it is asked."""

    year: int
    quarter: int
    on: date


@rule("Kurun yang dilaporkan sudah berakhir")
def the_period_is_over(facts: PeriodFacts, law: Law) -> Decision:
    """Before its last day is over the figures still grow; the day after it they can be reported."""
    period = Period(facts.year, facts.quarter)
    return decide(
        period.last < facts.on,
        f"Laporan {period.title} memuat keadaan sampai dengan {written(period.last)}.",
        "Praktik daerah",
        remedy="Sampaikan laporan setelah hari itu lewat; angka berjalan dapat dilihat sebelumnya.",
    )


@dataclass(frozen=True)
class RepeatFacts:
    """The time that a report is about, and whether it was reported before."""

    year: int
    quarter: int
    already_reported: bool


@rule("Kurun itu belum dilaporkan")
def the_period_is_not_reported_yet(facts: RepeatFacts, law: Law) -> Decision:
    """A report stays as it was signed; what changed since is shown in the next one."""
    title = Period(facts.year, facts.quarter).title
    says = (
        f"Laporan {title} sudah ditandatangani." if facts.already_reported else f"Laporan {title} belum ditandatangani."
    )
    remedy = (
        "Laporan yang sudah ditandatangani tidak diubah; koreksinya dimuat dengan sendirinya dalam laporan berikutnya."
    )
    return decide(not facts.already_reported, says, "Praktik daerah", remedy=remedy)


@dataclass(frozen=True)
class RemarkFacts:
    """What the head of the personnel unit typed."""

    obstacles: str
    follow_up: str


@rule("Hambatan dan tindak lanjut ditulis dengan kalimat")
def the_remarks_are_sentences(facts: RemarkFacts, law: Law) -> Decision:
    """A dash or a single word tells the regent nothing; that there is no obstacle is a sentence too."""
    least = law[LEAST_WORDS]
    remedy = "Tulislah sebagai kalimat yang dapat dibaca kepala daerah, juga bila tidak ada hambatan."
    return together(
        decide(
            len(text.split()) >= least.value,
            f"{title} ditulis dengan {len(text.split())} kata; sekurang-kurangnya {least.value}.",
            least,
            remedy=remedy,
        )
        for title, text in (("Hambatan", facts.obstacles), ("Tindak lanjut", facts.follow_up))
    )
