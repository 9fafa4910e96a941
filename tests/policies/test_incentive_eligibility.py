"""Who may be given an award: each condition at its edge, for the kinds that have it, and for those that have not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from policies.dates import months_earlier
from policies.decision import Grade
from policies.incentive import COMPARED, KINDS, SATYALANCANA
from policies.incentive_eligibility import (
    ASKED_AGAIN,
    ELIGIBILITY,
    AsnKindFacts,
    ClearanceFacts,
    DisciplineCaseFacts,
    HoursFacts,
    PredicatesFacts,
    SanctionFacts,
    ServiceStatusFacts,
    hours_are_reached,
    inspectorate_has_cleared,
    no_discipline_case_is_open,
    no_sanction_stands_in_the_way,
    nominee_is_in_service,
    predicates_are_good,
    servant_may_have_this_kind,
)
from policies.records import Clearance, Sanction, YearHours, YearPredicate
from tests.answers import TODAY, allows, asked, does_not_know, law_on, law_with, refuses, warns

DAY = timedelta(days=1)
TWO_YEARS_AGO, YEAR_AGO = date(2024, 3, 2), date(2025, 3, 2)


# --- Kind of servant and status --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SATYALANCANA)
def test_a_satyalancana_is_for_pns_only(kind: str) -> None:
    assert allows(servant_may_have_this_kind, AsnKindFacts(kind, "PNS"))
    assert "calon adalah PPPK" in refuses(servant_may_have_this_kind, AsnKindFacts(kind, "PPPK"))


@pytest.mark.parametrize("kind", [*COMPARED, "recognition"])
@pytest.mark.parametrize("asn_kind", ["PNS", "PPPK"])
def test_awards_of_the_region_are_for_both_kinds_of_servant(kind: str, asn_kind: str) -> None:
    assert allows(servant_may_have_this_kind, AsnKindFacts(kind, asn_kind))


def test_before_their_regulation_pppk_had_no_award() -> None:
    facts = AsnKindFacts("regional", "PPPK")
    assert refuses(servant_may_have_this_kind, facts, law_on(date(2018, 11, 27)))
    assert allows(servant_may_have_this_kind, facts, law_on(date(2018, 11, 28)))
    reasons = asked(servant_may_have_this_kind, facts).reasons
    assert reasons[0].by == ("PP 49/2018",)


def test_a_kind_of_servant_that_is_not_recorded_is_unknown() -> None:
    assert "melengkapi jenis ASN" in does_not_know(servant_may_have_this_kind, AsnKindFacts("regional", None))


@pytest.mark.parametrize(
    ("status", "grade"),
    [
        ("Aktif", Grade.ALLOWED),
        ("Tugas belajar", Grade.ALLOWED),
        ("CLTN", Grade.REFUSED),
        ("Diberhentikan sementara", Grade.REFUSED),
        (None, Grade.UNKNOWN),
    ],
)
def test_the_nominee_must_serve(status: str | None, grade: Grade) -> None:
    assert asked(nominee_is_in_service, ServiceStatusFacts(status, None, TODAY)).grade is grade


def test_whoever_leaves_today_is_gone_and_whoever_leaves_tomorrow_is_a_warning() -> None:
    facts = ServiceStatusFacts("Aktif", TODAY, TODAY)
    assert "tidak lagi bertugas" in refuses(nominee_is_in_service, facts)
    assert "akan berhenti" in warns(nominee_is_in_service, replace(facts, participant_left_on=TODAY + DAY))


# --- Discipline ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SATYALANCANA)
@pytest.mark.parametrize("level", ["sedang", "berat"])
def test_a_moderate_or_severe_sanction_bars_a_satyalancana_for_ever(kind: str, level: str) -> None:
    long_ago = Sanction(level, date(1999, 1, 1), date(1999, 12, 31))
    decision = asked(no_sanction_stands_in_the_way, SanctionFacts(kind, (long_ago,), TODAY))
    assert decision.grade is Grade.REFUSED
    assert decision.reasons[0].by == ("PP 35/2010 Pasal 22",)


@pytest.mark.parametrize("kind", KINDS)
def test_no_sanction_allows_and_no_record_is_unknown_with_what_proves_it(kind: str) -> None:
    assert allows(no_sanction_stands_in_the_way, SanctionFacts(kind, (), TODAY))
    assert "surat keterangan" in does_not_know(no_sanction_stands_in_the_way, SanctionFacts(kind, None, TODAY))


@pytest.mark.parametrize("kind", COMPARED)
def test_for_awards_of_the_region_a_sanction_counts_two_years_after_its_end(kind: str) -> None:
    def ended(day: date | None) -> SanctionFacts:
        return SanctionFacts(kind, (Sanction("sedang", date(2023, 1, 1), day),), TODAY)

    assert allows(no_sanction_stands_in_the_way, ended(TWO_YEARS_AGO - DAY))
    assert refuses(no_sanction_stands_in_the_way, ended(TWO_YEARS_AGO))
    assert "tanggal berakhirnya" in refuses(no_sanction_stands_in_the_way, ended(None))


def test_small_recognition_is_barred_only_by_a_sanction_that_binds_now() -> None:
    def ended(day: date) -> SanctionFacts:
        return SanctionFacts("recognition", (Sanction("berat", date(2025, 1, 1), day),), TODAY)

    assert allows(no_sanction_stands_in_the_way, ended(TODAY - DAY))
    assert "saat ini" in refuses(no_sanction_stands_in_the_way, ended(TODAY))


@pytest.mark.parametrize("kind", KINDS)
def test_a_mild_sanction_warns_for_a_year(kind: str) -> None:
    def mild(from_on: date | None, until_on: date | None) -> SanctionFacts:
        return SanctionFacts(kind, (Sanction("ringan", from_on, until_on),), TODAY)

    assert allows(no_sanction_stands_in_the_way, mild(None, YEAR_AGO - DAY))
    assert "12 bulan terakhir" in warns(no_sanction_stands_in_the_way, mild(None, YEAR_AGO))
    assert warns(no_sanction_stands_in_the_way, mild(None, None))
    # A reprimand has no end: the day on which it was given stands for it.
    assert allows(no_sanction_stands_in_the_way, mild(YEAR_AGO - DAY, None))
    assert warns(no_sanction_stands_in_the_way, mild(YEAR_AGO, None))


def test_the_years_after_a_sanction_end_on_the_last_of_february_too() -> None:
    assert months_earlier(date(2028, 2, 29), 24) == date(2026, 2, 28)
    assert months_earlier(date(2028, 2, 29), 48) == date(2024, 2, 29)
    assert months_earlier(date(2026, 1, 31), 2) == date(2025, 11, 30)
    assert months_earlier(date(1, 2, 3), 2) == date.min
    facts = SanctionFacts("regional", (Sanction("berat", None, date(2026, 2, 28)),), date(2028, 2, 29))
    assert refuses(no_sanction_stands_in_the_way, facts)


def test_an_agency_sets_its_own_years_and_its_law_changes_in_the_middle_of_a_round(tmp_path: Path) -> None:
    own = """
[local_sanction_years]
says = "Lama"
unit = "tahun"
since = [
  { from = 2026-01-01, value = 2, by = "Praktik daerah" },
  { from = 2026-03-02, value = 5, by = "Praktik daerah" },
]
"""
    facts = SanctionFacts("regional", (Sanction("sedang", None, date(2022, 6, 1)),), TODAY)
    nominated, decreed = TODAY - DAY, TODAY
    assert allows(no_sanction_stands_in_the_way, facts, law_with(tmp_path, "incentive", own, nominated))
    assert "5 tahun" in refuses(no_sanction_stands_in_the_way, facts, law_with(tmp_path, "incentive", own, decreed))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "recognition"])
def test_an_open_discipline_case_stands_in_the_way_until_it_is_stated_that_there_is_none(kind: str) -> None:
    assert "menangguhkan" in refuses(no_discipline_case_is_open, DisciplineCaseFacts(kind, True))
    assert "surat pernyataan" in does_not_know(no_discipline_case_is_open, DisciplineCaseFacts(kind, None))
    assert allows(no_discipline_case_is_open, DisciplineCaseFacts(kind, False))


def test_small_recognition_is_not_asked_for_what_it_does_not_need() -> None:
    assert allows(no_discipline_case_is_open, DisciplineCaseFacts("recognition", None))
    assert allows(predicates_are_good, PredicatesFacts("recognition", (), None, TODAY))
    assert allows(inspectorate_has_cleared, ClearanceFacts("recognition", None, TODAY))
    assert allows(hours_are_reached, HoursFacts("recognition", (), 0, None, TODAY))


# --- Performance and integrity ---------------------------------------------------------------------------------------

GOOD = (YearPredicate(2025, "Baik"), YearPredicate(2024, "Sangat Baik"))


@pytest.mark.parametrize("kind", COMPARED)
def test_the_last_two_complete_years_must_be_good(kind: str) -> None:
    assert allows(predicates_are_good, PredicatesFacts(kind, GOOD, None, TODAY))
    older = PredicatesFacts(kind, (GOOD[0], YearPredicate(2024, "Butuh Perbaikan")), None, TODAY)
    assert "tahun 2024: Butuh Perbaikan" in refuses(predicates_are_good, older)


def test_a_year_without_a_predicate_is_unknown_by_its_number() -> None:
    facts = PredicatesFacts("regional", (GOOD[0], YearPredicate(2023, "Baik")), None, TODAY)
    assert "tahun 2024 belum diketahui" in does_not_know(predicates_are_good, facts)


def test_asked_again_in_the_next_year_the_years_are_those_before_the_nomination() -> None:
    facts = PredicatesFacts("regional", GOOD, date(2026, 12, 30), date(2027, 1, 4))
    assert allows(predicates_are_good, facts)
    assert does_not_know(predicates_are_good, replace(facts, nominated_on=None))


def test_a_predicate_corrected_afterwards_is_seen_when_it_is_asked_again() -> None:
    corrected = (YearPredicate(2025, "Kurang"), GOOD[1])
    assert refuses(predicates_are_good, PredicatesFacts("regional", corrected, TODAY, TODAY + DAY))
    assert predicates_are_good in ASKED_AGAIN


@pytest.mark.parametrize("kind", SATYALANCANA)
def test_a_satyalancana_asks_for_no_predicate(kind: str) -> None:
    assert allows(predicates_are_good, PredicatesFacts(kind, (), None, TODAY))


def cleared(issued_on: date, *, clear: bool = True) -> ClearanceFacts:
    return ClearanceFacts("regional", Clearance("700/12", issued_on, clear), TODAY)


def test_the_inspectorate_clears_for_so_many_days() -> None:
    assert allows(inspectorate_has_cleared, cleared(TODAY - 180 * DAY))
    assert "181 hari" in refuses(inspectorate_has_cleared, cleared(TODAY - 181 * DAY))
    assert allows(inspectorate_has_cleared, cleared(TODAY))
    assert "sesudah hari ini" in refuses(inspectorate_has_cleared, cleared(TODAY + DAY))


def test_a_finding_refuses_and_no_entry_is_unknown() -> None:
    assert "temuan" in refuses(inspectorate_has_cleared, cleared(TODAY, clear=False))
    assert "Inspektorat" in does_not_know(inspectorate_has_cleared, ClearanceFacts("regional", None, TODAY))
    assert allows(inspectorate_has_cleared, ClearanceFacts("self_development", None, TODAY))


# --- Development -----------------------------------------------------------------------------------------------------


def developed(kind: str, this_year: int, last_year: int, meetings: int = 4) -> HoursFacts:
    hours = (YearHours(2026, this_year), YearHours(2025, last_year), YearHours(2024, 500))
    return HoursFacts(kind, hours, meetings, None, TODAY)


@pytest.mark.parametrize(("kind", "least"), [("regional", 20), ("self_development", 40)])
def test_the_better_of_this_year_and_the_last_reaches_the_hours(kind: str, least: int) -> None:
    assert allows(hours_are_reached, developed(kind, 0, least))
    assert allows(hours_are_reached, developed(kind, least, 0))
    assert f"{least - 1} pada tahun 2025" in refuses(hours_are_reached, developed(kind, 1, least - 1))
    assert refuses(hours_are_reached, HoursFacts(kind, (), 9, None, TODAY))


def test_only_active_self_development_asks_for_mentoring_given() -> None:
    assert allows(hours_are_reached, developed("self_development", 40, 0, 4))
    assert "mentoring" in refuses(hours_are_reached, developed("self_development", 40, 0, 3))
    assert allows(hours_are_reached, developed("regional", 40, 0, 0))


def test_what_is_asked_again_is_part_of_what_was_asked_and_no_rule_is_asked_twice() -> None:
    assert set(ASKED_AGAIN) < set(ELIGIBILITY)
    assert len({rule.name for rule in ELIGIBILITY}) == len(ELIGIBILITY)
