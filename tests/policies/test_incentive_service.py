"""Satyalancana Karya Satya: months of service at their edges, leave, medals, and a Keppres that names only some."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.decision import Grade
from policies.incentive import COMPARED, SATYALANCANA
from policies.incentive_service import (
    MEDALS,
    KeppresFacts,
    MedalFacts,
    ServiceFacts,
    UnpaidLeaveFacts,
    keppres_is_plausible,
    mark_of,
    named_by_keppres,
    never_on_unpaid_leave,
    no_such_medal_is_held,
    say_service,
    service_is_long_enough,
    service_months,
    service_reached_on,
)
from tests.answers import TODAY, allows, asked, does_not_know, law_on, refuses, warns

DAYS = st.dates(date(1960, 1, 1), date(2090, 12, 31))


def served(kind: str, cpns_on: date | None, on: date, nominated_on: date | None = None) -> ServiceFacts:
    return ServiceFacts(kind, cpns_on, nominated_on, on)


@pytest.mark.parametrize(("kind", "years"), [("satyalancana_10", 10), ("satyalancana_20", 20), ("satyalancana_30", 30)])
def test_the_years_are_reached_in_the_month_of_the_appointment_and_not_in_the_one_before(kind: str, years: int) -> None:
    appointed = date(2026 - years, 3, 1)
    assert allows(service_is_long_enough, served(kind, appointed, date(2026, 3, 1)))
    assert allows(service_is_long_enough, served(kind, appointed, date(2026, 3, 31)))
    said = refuses(service_is_long_enough, served(kind, appointed, date(2026, 2, 28)))
    assert f"{years - 1} tahun 11 bulan" in said
    assert "mulai Maret 2026" in said


def test_a_month_is_reached_on_its_first_day_whatever_the_day_of_the_appointment() -> None:
    assert allows(service_is_long_enough, served("satyalancana_10", date(2016, 3, 31), date(2026, 3, 1)))
    assert refuses(service_is_long_enough, served("satyalancana_10", date(2016, 4, 1), date(2026, 3, 31)))


def test_whoever_was_appointed_on_29_february_reaches_it_in_february() -> None:
    appointed = date(2016, 2, 29)
    assert service_months(appointed, date(2026, 2, 28)) == 120
    assert service_reached_on(appointed, 10) == date(2026, 2, 1)
    assert allows(service_is_long_enough, served("satyalancana_10", appointed, date(2026, 2, 1)))
    assert refuses(service_is_long_enough, served("satyalancana_10", appointed, date(2026, 1, 31)))


def test_from_december_to_january_is_one_month() -> None:
    assert service_months(date(2025, 12, 31), date(2026, 1, 1)) == 1
    assert service_months(date(2026, 1, 1), date(2025, 12, 31)) == -1


def test_service_is_counted_to_the_month_of_the_nomination_and_not_to_that_of_the_verification() -> None:
    late = served("satyalancana_10", date(2016, 4, 1), date(2026, 4, 10), nominated_on=date(2026, 3, 30))
    assert "sampai Maret 2026" in refuses(service_is_long_enough, late)


def test_in_the_month_of_the_appointment_there_is_no_service_yet() -> None:
    said = refuses(service_is_long_enough, served("satyalancana_10", date(2026, 3, 1), date(2026, 3, 31)))
    assert "sampai Maret 2026: 0 tahun;" in said


def test_an_appointment_that_is_not_recorded_is_unknown_and_one_ahead_is_refused() -> None:
    assert "surat keputusannya" in does_not_know(service_is_long_enough, served("satyalancana_10", None, TODAY))
    assert "sesudah bulan usul" in refuses(
        service_is_long_enough, served("satyalancana_10", date(2026, 4, 1), date(2026, 3, 31))
    )


@pytest.mark.parametrize("kind", [*COMPARED, "recognition"])
def test_other_awards_ask_for_no_service_leave_or_medal(kind: str) -> None:
    assert allows(service_is_long_enough, served(kind, None, TODAY))
    assert allows(never_on_unpaid_leave, UnpaidLeaveFacts(kind, unpaid_leave=True))
    assert allows(no_such_medal_is_held, MedalFacts(kind, None))


@given(DAYS, DAYS, DAYS)
def test_more_time_is_never_less_service(cpns_on: date, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert service_months(cpns_on, earlier) <= service_months(cpns_on, later)
    assert service_months(later, cpns_on) <= service_months(earlier, cpns_on)


@given(DAYS, st.integers(0, 60))
def test_the_years_are_reached_on_the_day_that_is_foretold_and_on_no_day_before(cpns_on: date, years: int) -> None:
    reached = service_reached_on(cpns_on, years)
    assert service_months(cpns_on, reached) == 12 * years
    assert service_months(cpns_on, reached - timedelta(days=1)) == 12 * years - 1


@given(DAYS, DAYS)
def test_who_may_have_a_higher_medal_has_served_long_enough_for_a_lower_one(cpns_on: date, on: date) -> None:
    law = law_on(TODAY)
    granted = [
        service_is_long_enough(ServiceFacts(kind, cpns_on, None, on), law).grade is Grade.ALLOWED
        for kind in SATYALANCANA
    ]
    assert granted == sorted(granted, reverse=True)


def test_a_calendar_ends() -> None:
    assert service_reached_on(date(9990, 1, 1), 10) == date.max


def test_service_is_said_in_years_and_months() -> None:
    assert [say_service(months) for months in (0, 11, 120, 123)] == [
        "0 tahun",
        "0 tahun 11 bulan",
        "10 tahun",
        "10 tahun 3 bulan",
    ]


@pytest.mark.parametrize("kind", SATYALANCANA)
def test_unpaid_leave_ever_taken_bars_and_no_record_is_unknown(kind: str) -> None:
    assert refuses(never_on_unpaid_leave, UnpaidLeaveFacts(kind, unpaid_leave=True))
    assert allows(never_on_unpaid_leave, UnpaidLeaveFacts(kind, unpaid_leave=False))
    assert "surat keterangan" in does_not_know(never_on_unpaid_leave, UnpaidLeaveFacts(kind, unpaid_leave=None))


ALLOWED, WARNED, REFUSED = Grade.ALLOWED, Grade.WARNED, Grade.REFUSED


@pytest.mark.parametrize(
    ("kind", "medal", "grade"),
    [
        ("satyalancana_10", "", ALLOWED),
        ("satyalancana_10", "X", REFUSED),
        ("satyalancana_10", "XXX", REFUSED),
        ("satyalancana_20", "X", ALLOWED),
        ("satyalancana_20", "", WARNED),
        ("satyalancana_20", "XX", REFUSED),
        ("satyalancana_30", "XX", ALLOWED),
        ("satyalancana_30", "X", WARNED),
        ("satyalancana_30", "", WARNED),
        ("satyalancana_30", "XXX", REFUSED),
        ("satyalancana_10", None, WARNED),
        ("satyalancana_30", None, WARNED),
    ],
)
def test_the_same_medal_or_a_higher_refuses_and_a_missing_one_below_warns(
    kind: str, medal: str | None, grade: Grade
) -> None:
    assert asked(no_such_medal_is_held, MedalFacts(kind, medal)).grade is grade


def test_the_missing_medal_is_named() -> None:
    assert "Satyalancana Karya Satya XX Tahun belum tercatat" in warns(
        no_such_medal_is_held, MedalFacts("satyalancana_30", "X")
    )


def test_each_kind_confers_its_own_medal() -> None:
    assert [mark_of(kind) for kind in SATYALANCANA] == list(MEDALS)
    assert mark_of("regional") == ""


def test_a_keppres_has_a_number_and_a_day_between_the_proposal_and_today() -> None:
    proposed = date(2026, 1, 5)
    right = KeppresFacts("12/TK/2026", proposed, proposed, TODAY)
    assert allows(keppres_is_plausible, right)
    assert allows(keppres_is_plausible, KeppresFacts("12/TK/2026", TODAY, None, TODAY))
    assert "mendahului surat usul" in refuses(
        keppres_is_plausible, KeppresFacts("12", proposed - timedelta(days=1), proposed, TODAY)
    )
    assert refuses(keppres_is_plausible, KeppresFacts("12", TODAY + timedelta(days=1), proposed, TODAY))
    assert "belum diisi" in refuses(keppres_is_plausible, KeppresFacts(" ", TODAY, proposed, TODAY))


def test_a_keppres_that_names_only_some_leaves_the_others_waiting_and_tells_strangers() -> None:
    found = named_by_keppres(("a", "b", "c"), {"c", "a", "z", "y"})
    assert (found.granted, found.still_awaited, found.strangers) == (("a", "c"), ("b",), ("y", "z"))
