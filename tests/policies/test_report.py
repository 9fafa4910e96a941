"""The rules of the report by example: when a quarter can be reported, how often, and what a remark must be."""

from __future__ import annotations

from datetime import date

import pytest

from policies.decision import Grade
from policies.parameters import Policies
from policies.report import (
    Period,
    PeriodFacts,
    RemarkFacts,
    RepeatFacts,
    read_period,
    the_period_is_not_reported_yet,
    the_period_is_over,
    the_remarks_are_sentences,
)

LAW = Policies.load().on(date(2026, 4, 1))
SENTENCE = "Tidak ada hambatan pada triwulan ini."


@pytest.mark.parametrize(
    ("quarter", "on", "grade"),
    [
        (1, date(2026, 3, 31), Grade.REFUSED),
        (1, date(2026, 4, 1), Grade.ALLOWED),
        (4, date(2026, 12, 31), Grade.REFUSED),
        (4, date(2027, 1, 1), Grade.ALLOWED),
        (0, date(2026, 12, 31), Grade.REFUSED),
        (0, date(2027, 1, 1), Grade.ALLOWED),
    ],
)
def test_a_time_is_reported_from_the_day_after_its_last(quarter: int, on: date, grade: Grade) -> None:
    assert the_period_is_over(PeriodFacts(2026, quarter, on), LAW).grade is grade


def test_a_time_is_reported_once_and_corrected_in_the_next_report() -> None:
    again = the_period_is_not_reported_yet(RepeatFacts(2026, 1, already_reported=True), LAW)
    assert again.grade is Grade.REFUSED
    assert "laporan berikutnya" in again.reasons[0].remedy
    assert the_period_is_not_reported_yet(RepeatFacts(2026, 1, already_reported=False), LAW).grade is Grade.ALLOWED


@pytest.mark.parametrize(
    ("obstacles", "follow_up", "refused"),
    [
        (SENTENCE, SENTENCE, 0),
        ("Nihil.", SENTENCE, 1),
        (SENTENCE, "Akan ditindaklanjuti segera mungkin.", 1),
        ("-", "-", 2),
    ],
)
def test_each_remark_is_a_sentence_of_five_words_or_more(obstacles: str, follow_up: str, refused: int) -> None:
    decision = the_remarks_are_sentences(RemarkFacts(obstacles, follow_up), LAW)
    assert [reason.grade for reason in decision.reasons].count(Grade.REFUSED) == refused


@pytest.mark.parametrize("written", ["2026-1", "2026/1", "2026T1", "2026-TW1", " 2026q1 "])
def test_a_quarter_can_be_written_as_people_do(written: str) -> None:
    assert read_period(written) == Period(2026, 1)


@pytest.mark.parametrize("written", ["", "2026-0", "2026-5", "2016", "2101", "26-1", "2026-", "triwulan I", "٢٠٢٦"])
def test_what_is_neither_a_quarter_nor_a_year_is_none(written: str) -> None:
    assert read_period(written) is None


def test_a_time_is_called_as_it_stands_in_a_sentence() -> None:
    assert [Period(2026, quarter).title for quarter in (0, 1, 2, 3, 4)] == [
        "tahun 2026",
        "triwulan I tahun 2026",
        "triwulan II tahun 2026",
        "triwulan III tahun 2026",
        "triwulan IV tahun 2026",
    ]
