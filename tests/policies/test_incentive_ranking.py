"""Results and ranking: rounding half up, ties, places, and the same answer whatever order the nominees come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.incentive_ranking import (
    OUT_OF_THE_RANKING,
    RankingFacts,
    contenders,
    means_by_criterion,
    nominee_takes_a_place,
    nominee_takes_no_place,
    number_for,
    ranking,
    result_of,
    say_score,
    spread_of,
    weighted_total,
)
from policies.parameters import Law
from policies.records import AwardRoundRecord, ByKind, Criterion, CriterionScore, MemberScores, Standing
from tests.answers import TODAY, allows, law_on, law_with, refuses, warns

LAW = law_on(TODAY)
CRITERIA = (Criterion("Kinerja", 40), Criterion("Inovasi", 60))


def round_for(places: int) -> AwardRoundRecord:
    return AwardRoundRecord(
        "r", "Putaran", "comparing", ("regional",), (), date(2026, 4, 1), (ByKind("regional", places),), CRITERIA
    )


def given_by(person: str, first: int, second: int) -> MemberScores:
    return MemberScores(person, (CriterionScore("Kinerja", first), CriterionScore("Inovasi", second)))


def nominee(
    name: str,
    result: int | None,
    by_criterion: tuple[int, ...] = (8000, 8000),
    months: int | None = 120,
    day: int = 1,
    state: str = "scoring",
) -> Standing:
    return Standing(
        name, f"{name}-REF", name.upper(), "regional", state, False, date(2026, 3, day), result, by_criterion, months
    )


def ranked(*standings: Standing, places: int = 1, law: Law = LAW) -> list[tuple[str, int, bool | None, str]]:
    found = ranking(standings, "regional", round_for(places), law)
    return [(each.standing.case, each.rank, each.has_place, each.told_apart_by) for each in found]


# --- Results ---------------------------------------------------------------------------------------------------------


def test_a_total_is_weighted_and_a_result_is_the_mean_of_totals() -> None:
    scores = [given_by("a", 80, 90), given_by("b", 70, 60)]
    assert [weighted_total(each, CRITERIA) for each in scores] == [8600, 6400]
    assert result_of(scores, CRITERIA) == 7500
    assert means_by_criterion(scores, CRITERIA) == (7500, 7500)
    assert spread_of(scores, CRITERIA) == {"a": 1100, "b": -1100}


def test_half_a_hundredth_is_rounded_up_and_less_than_that_down() -> None:
    one = (Criterion("Kinerja", 1), Criterion("Inovasi", 99))
    assert result_of([given_by("a", 1, 0), given_by("b", 0, 0)], one) == 1
    assert result_of([given_by("a", 1, 0), given_by("b", 0, 0), given_by("c", 0, 0)], one) == 0
    assert result_of([given_by("a", 1, 0), given_by("b", 1, 0), given_by("c", 0, 0)], one) == 1
    assert means_by_criterion([given_by("a", 1, 0), given_by("b", 0, 0), given_by("c", 0, 0)], one) == (33, 0)


def test_nobody_scored_is_no_result() -> None:
    assert result_of([], CRITERIA) is None
    assert means_by_criterion([], CRITERIA) == ()
    assert spread_of([], CRITERIA) == {}


def test_a_criterion_that_was_not_scored_is_an_error_and_not_a_nought() -> None:
    with pytest.raises(KeyError):
        result_of([MemberScores("a", (CriterionScore("Kinerja", 80),))], CRITERIA)


def test_a_score_is_said_with_a_comma_and_two_places() -> None:
    assert [say_score(each) for each in (0, 5, 8733, 10000)] == ["0,00", "0,05", "87,33", "100,00"]


POINTS = st.integers(0, 100)


@given(st.lists(st.tuples(POINTS, POINTS), min_size=1, max_size=7), st.integers(1, 99))
def test_a_result_is_within_half_a_hundredth_of_the_exact_mean_whatever_order_members_score_in(
    points: list[tuple[int, int]], weight: int
) -> None:
    criteria = (Criterion("Kinerja", weight), Criterion("Inovasi", 100 - weight))
    scores = [given_by(str(number), *each) for number, each in enumerate(points)]
    exact = Fraction(sum(a * weight + b * (100 - weight) for a, b in points), len(points))
    result = result_of(scores, criteria)
    assert result is not None
    assert -Fraction(1, 2) < result - exact <= Fraction(1, 2)
    assert result == result_of(scores[::-1], criteria)
    assert 0 <= result <= 10000


# --- Ranking ---------------------------------------------------------------------------------------------------------


def test_the_better_result_comes_first_and_places_go_to_the_first() -> None:
    assert ranked(nominee("a", 7000), nominee("b", 9000), nominee("c", 8000), places=2) == [
        ("b", 1, True, ""),
        ("c", 2, True, ""),
        ("a", 3, False, ""),
    ]


def test_ties_are_told_apart_by_the_heaviest_criterion_then_service_then_the_earlier_nomination() -> None:
    by_criterion = ranked(nominee("a", 8000, (8900, 7400)), nominee("b", 8000, (7400, 8400)))
    assert by_criterion == [("b", 1, True, ""), ("a", 2, False, "kriteria berbobot terbesar")]
    by_service = ranked(nominee("a", 8000, months=119), nominee("b", 8000, months=120), nominee("c", 8000, months=None))
    assert [each[0] for each in by_service] == ["b", "a", "c"]
    assert by_service[1][3] == by_service[2][3] == "masa kerja lebih lama"
    by_day = ranked(nominee("a", 8000, day=2), nominee("b", 8000, day=1))
    assert by_day == [("b", 1, True, ""), ("a", 2, False, "usul lebih dahulu")]


def test_of_criteria_of_the_same_weight_the_first_tells_apart() -> None:
    even = replace(round_for(1), criteria=(Criterion("Kinerja", 50), Criterion("Inovasi", 50)))
    standings = (nominee("a", 8000, (7000, 9000)), nominee("b", 8000, (9000, 7000)))
    assert [each.standing.case for each in ranking(standings, "regional", even, LAW)] == ["b", "a"]


def test_who_is_equal_in_everything_shares_a_rank_and_a_place_that_is_not_enough_goes_to_nobody() -> None:
    same = (nominee("a", 8000), nominee("b", 8000), nominee("c", 7000))
    assert ranked(*same, places=1) == [("a", 1, None, ""), ("b", 1, None, ""), ("c", 3, False, "")]
    assert ranked(*same, places=2) == [("a", 1, True, ""), ("b", 1, True, ""), ("c", 3, False, "")]
    assert [each[2] for each in ranked(*same, places=0)] == [False, False, False]


def test_an_agency_may_tell_ties_apart_in_another_order(tmp_path: Path) -> None:
    own = """
[tie_break]
says = "Penentu"
unit = "urutan penentu"
since = [{ from = 2026-01-01, value = ["usul lebih dahulu"], by = "Praktik daerah" }]
"""
    law = law_with(tmp_path, "incentive", own)
    standings = (nominee("a", 8000, (9000, 9000), day=2), nominee("b", 8000, (1000, 1000), day=1))
    assert [each[0] for each in ranked(*standings, law=law)] == ["b", "a"]
    assert [each[0] for each in ranked(*standings)] == ["a", "b"]


@pytest.mark.parametrize("state", sorted(OUT_OF_THE_RANKING))
def test_who_is_out_of_the_race_frees_the_place(state: str) -> None:
    assert ranked(nominee("a", 9000, state=state), nominee("b", 8000)) == [("b", 1, True, "")]


def test_other_kinds_and_those_without_a_result_are_not_ranked() -> None:
    other = replace(nominee("c", 9000), kind="self_development")
    assert contenders((nominee("a", None), nominee("b", 0), other), "regional") == (nominee("b", 0),)


NOMINEES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.none() | st.integers(0, 2), st.integers(1, 3)), max_size=8
)


@given(NOMINEES, st.integers(0, 5), st.randoms(use_true_random=False))
def test_a_ranking_does_not_depend_on_the_order_they_come_in(
    drawn: list[tuple[int, int, int | None, int]], places: int, order: Random
) -> None:
    standings = [
        nominee(f"n{number}", result, (first, first), months, day)
        for number, (result, first, months, day) in enumerate(drawn)
    ]
    shuffled = list(standings)
    order.shuffle(shuffled)
    found = ranked(*standings, places=places)
    assert found == ranked(*shuffled, places=places)
    assert {each[0] for each in found} == {each.case for each in standings}
    results = {each.case: each.result or 0 for each in standings}
    assert [results[case] for case, *_ in found] == sorted(results.values(), reverse=True)
    assert sum(1 for each in found if each[2]) <= places
    for case, rank, _, _ in found:
        assert rank == 1 + sum(1 for _, other, _, _ in found if other < rank), case


def test_a_kind_without_places_awards_nobody() -> None:
    found = ranking((nominee("a", 9000),), "regional", replace(round_for(1), places=()), LAW)
    assert [each.has_place for each in found] == [False]


def test_a_number_is_found_by_its_kind() -> None:
    assert number_for("regional", (ByKind("self_development", 1), ByKind("regional", 2))) == 2
    assert number_for("recognition", ()) is None


# --- The chair concludes ---------------------------------------------------------------------------------------------


def asked_of(case: str, *standings: Standing, places: int = 1) -> RankingFacts:
    return RankingFacts(case, "regional", round_for(places), standings)


def test_only_who_takes_a_place_is_recommended() -> None:
    both = (nominee("a", 9000), nominee("b", 8000))
    assert allows(nominee_takes_a_place, asked_of("a", *both))
    assert "peringkat 2; tersedia 1 tempat" in refuses(nominee_takes_a_place, asked_of("b", *both))
    assert allows(nominee_takes_no_place, asked_of("b", *both))
    assert "peringkat 1" in warns(nominee_takes_no_place, asked_of("a", *both))


def test_where_the_best_is_turned_down_the_next_takes_the_place() -> None:
    assert allows(nominee_takes_a_place, asked_of("b", nominee("a", 9000, state="unsuccessful"), nominee("b", 8000)))


def test_of_those_equal_at_the_last_place_the_panel_turns_down_some_first() -> None:
    even = (nominee("a", 8000), nominee("b", 8000))
    assert "bermusyawarah" in refuses(nominee_takes_a_place, asked_of("a", *even))
    assert allows(nominee_takes_no_place, asked_of("b", *even))
    assert allows(nominee_takes_a_place, asked_of("a", even[0], replace(even[1], state="unsuccessful")))


def test_what_told_a_tie_apart_is_said() -> None:
    said = refuses(nominee_takes_a_place, asked_of("b", nominee("a", 8000, day=1), nominee("b", 8000, day=2)))
    assert "ditentukan oleh usul lebih dahulu" in said


def test_without_a_result_or_a_round_nobody_is_recommended() -> None:
    assert refuses(nominee_takes_a_place, asked_of("a", nominee("a", None)))
    assert refuses(nominee_takes_a_place, RankingFacts("a", "regional", None, ()))
    assert allows(nominee_takes_no_place, RankingFacts("a", "regional", None, ()))
