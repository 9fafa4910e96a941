"""The book of hours as a pure function: what counts, what does not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import hours
from policies.hours import COUNTED, Counted, Evidence, closing_day, count, is_correction, prospects
from policies.nip import Kind
from policies.parameters import Policies

POLICIES = Policies.load()


def meeting(name: str, start: str, minutes: int = 60, activity: str = "C2") -> Evidence:
    """A meeting that was confirmed."""
    starts = datetime.fromisoformat(start).replace(tzinfo=UTC)
    ends = starts + timedelta(minutes=minutes)
    on = starts.date()
    return Evidence(name, "case", activity, on, ends.date(), on, "session", 0, starts, ends)


def internship(name: str, first: date, last: date, completed: date | None = None) -> Evidence:
    """An internship that was completed."""
    return Evidence(name, name, "C11", first, last, completed or last)


def booked(*evidence: Evidence) -> dict[str, int]:
    """The JP of each."""
    return {name: each.hours for name, each in count(evidence, POLICIES).items()}


MARCH = (meeting("a", "2026-03-02T09:00"), meeting("b", "2026-03-09T09:00"), meeting("c", "2026-03-16T09:00"))


def test_a_third_meeting_of_a_month_is_kept_with_no_hours_and_says_why() -> None:
    found = count(MARCH, POLICIES)
    assert {name: each.hours for name, each in found.items()} == {"a": 2, "b": 2, "c": 0}
    assert found["c"].says == (
        "Pertemuan ketiga pada bulan Maret 2026 (16 Maret 2026) dicatat dengan 0 JP: paling banyak dua sesi sebulan "
        "(PerLAN 10/2018 Lampiran)."
    )


def test_an_earlier_meeting_that_is_confirmed_later_takes_the_place_of_a_later_one() -> None:
    assert booked(MARCH[1], MARCH[2]) == {"b": 2, "c": 2}
    assert booked(MARCH[1], MARCH[2], MARCH[0]) == {"a": 2, "b": 2, "c": 0}


def test_each_month_counts_anew() -> None:
    assert booked(*MARCH, meeting("d", "2026-04-01T09:00"))["d"] == 2


def test_a_meeting_within_an_internship_does_not_count_again() -> None:
    found = count((MARCH[0], internship("i", date(2026, 3, 2), date(2026, 3, 13))), POLICIES)
    assert (found["i"].hours, found["a"].hours) == (20, 0)
    assert found["a"].reason == "overlaps i"
    assert "tumpang tindih" in found["a"].says


def test_of_two_meetings_at_once_the_one_that_began_earlier_counts() -> None:
    assert booked(meeting("late", "2026-03-02T09:30"), meeting("early", "2026-03-02T09:00")) == {"early": 2, "late": 0}


def test_meetings_that_follow_each_other_both_count() -> None:
    assert booked(meeting("one", "2026-03-02T09:00"), meeting("two", "2026-03-02T10:00")) == {"one": 2, "two": 2}


def test_an_internship_belongs_to_the_year_in_which_it_was_completed() -> None:
    (found,) = count((internship("i", date(2026, 12, 1), date(2026, 12, 20), date(2027, 1, 5)),), POLICIES).values()
    assert found.year == 2027


def test_a_meeting_before_any_law_counts_nothing_and_says_so() -> None:
    (found,) = count((meeting("a", "2015-03-02T09:00"),), POLICIES).values()
    assert found.hours == 0
    assert "belum ada ketentuannya" in found.says


def test_a_rate_of_its_own_takes_the_place_of_the_table() -> None:
    recalled = replace(internship("i", date(2026, 3, 2), date(2026, 3, 13)), rate="credit.pns_yearly_target")
    (found,) = count((recalled,), POLICIES).values()
    assert (found.hours, found.by) == (20, "PP 11/2017 Pasal 203 ayat (4)")


@pytest.mark.parametrize(("on", "late"), [(date(2027, 1, 31), False), (date(2027, 2, 1), True)])
def test_what_comes_after_the_closing_day_is_a_correction(on: date, late: bool) -> None:
    assert closing_day(2026, POLICIES) == date(2027, 1, 31)
    assert is_correction(2026, on, POLICIES) is late


def test_what_is_missing_is_said_with_its_article_and_the_way_there() -> None:
    law = POLICIES.on(date(2026, 3, 20))
    (first, by), *ways = prospects(Kind.PNS, 14, {"C2": 2}, law)
    assert (first, by) == (
        "Sudah 14 JP dari sekurang-kurangnya 20 JP; masih kurang 6 JP.",
        ("PP 11/2017 Pasal 203 ayat (4)",),
    )
    assert "bulan ini masih 0 pertemuan, dan untuk 6 JP diperlukan 3 pertemuan" in ways[0][0]
    assert "masih dapat ditambah 10 JP" in next(prospects(Kind.PPPK, 14, {}, law))[0]
    assert "terlampaui 6 JP" in next(prospects(Kind.PPPK, 30, {}, law))[0]
    assert len(list(prospects(Kind.PNS, 20, {}, law))) == 1


# --- Whatever comes --------------------------------------------------------------------------------------------------

_MEETINGS = st.builds(
    lambda day, minute, length, activity: meeting(
        "",
        (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)).isoformat(),
        length,
        activity,
    ),
    day=st.integers(0, 70),
    minute=st.sampled_from(range(480, 1020, 20)),
    length=st.sampled_from((20, 45, 60, 120, 1440)),
    activity=st.sampled_from(("C1", "C2")),
)
_INTERNSHIPS = st.builds(
    lambda day, length: internship(
        "", date(2026, 1, 1) + timedelta(days=day), date(2026, 1, 1) + timedelta(days=day + length)
    ),
    day=st.integers(0, 70),
    length=st.integers(0, 20),
)
_SETS = st.lists(st.one_of(_MEETINGS, _MEETINGS, _INTERNSHIPS), max_size=14).map(
    lambda found: [replace(each, id=f"{n:02}") for n, each in enumerate(found)]
)


@given(found=_SETS, data=st.data())
def test_the_order_of_evidence_does_not_matter(found: list[Evidence], data: st.DataObject) -> None:
    assert count(data.draw(st.permutations(found)), POLICIES) == count(found, POLICIES)


@given(found=_SETS)
def test_no_month_counts_more_meetings_than_the_cap_and_no_hours_are_below_none(found: list[Evidence]) -> None:
    booked = count(found, POLICIES)
    months = Counter(
        (each.activity, each.first_on.month) for each in found if each.starts_at and booked[each.id].hours > 0
    )
    assert all(number <= 2 for number in months.values())
    assert all(each.hours >= 0 for each in booked.values())
    assert booked.keys() == {each.id for each in found}


@given(found=_SETS)
def test_no_minute_is_counted_twice(found: list[Evidence]) -> None:
    booked = count(found, POLICIES)
    spans = sorted(_span(each) for each in found if booked[each.id].hours > 0)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(found=_SETS)
def test_whatever_does_not_count_says_why(found: list[Evidence]) -> None:
    assert all(_explained(each) for each in count(found, POLICIES).values())


def _span(each: Evidence) -> tuple[datetime, datetime]:
    if each.starts_at and each.ends_at:
        return each.starts_at, each.ends_at
    midnight = datetime.min.time()
    return (
        datetime.combine(each.first_on, midnight, UTC),
        datetime.combine(each.last_on + timedelta(days=1), midnight, UTC),
    )


def _explained(each: Counted) -> bool:
    return (each.reason == COUNTED) == (each.hours > 0) and f"{each.hours} JP" in each.says


def _sum(found: Iterable[Counted]) -> int:
    return sum(each.hours for each in found)


@given(found=_SETS)
def test_more_evidence_never_makes_the_whole_days_count_for_less(found: list[Evidence]) -> None:
    whole = [each for each in found if each.starts_at is None]
    alone, together = count(whole, POLICIES), count(found, POLICIES)
    assert _sum(alone.values()) == _sum(together[each.id] for each in whole)
    assert hours.OVERLAPS not in {each.reason.split()[0] for each in count(whole[:1], POLICIES).values()}
