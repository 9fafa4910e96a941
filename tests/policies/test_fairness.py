"""What is told in the open: nothing about too few people, not even by what is left over from a total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.fairness import percent, without_small


def test_a_figure_about_too_few_people_is_not_told_and_nobody_is_not_about_anybody() -> None:
    assert without_small([40, 0, 3, 4], 5) == (40, 0, None, None)


def test_a_figure_that_the_total_would_tell_takes_the_next_smallest_with_it() -> None:
    assert without_small([40, 7, 3], 5) == (40, None, None)


def test_two_hidden_figures_that_their_sum_would_tell_take_another_with_them() -> None:
    assert without_small([40, 9, 1, 1], 5) == (40, None, None, None)


def test_a_total_about_too_few_people_is_not_told_either() -> None:
    assert without_small([3], 5) == (None,)


def test_with_nobody_to_protect_all_is_told() -> None:
    assert without_small([1, 2, 3], 0) == (1, 2, 3)


@given(st.lists(st.integers(0, 30)), st.integers(1, 8))
def test_what_is_hidden_is_of_at_least_so_many_together_or_is_all_there_is(numbers: list[int], least: int) -> None:
    shown = without_small(numbers, least)
    hidden = [number for number, told in zip(numbers, shown, strict=True) if told is None]
    assert all(told is None or told == 0 or told >= least for told in shown)
    assert not hidden or (len(hidden) > 1 and sum(hidden) >= least) or not any(shown)


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 3, 33), (1, 8, 13), (0, 5, 0), (5, 5, 100), (0, 0, None)])
def test_a_share_is_in_whole_percents_half_up(part: int, whole: int, share: int | None) -> None:
    assert percent(part, whole) == share
