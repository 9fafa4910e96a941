"""Figures about who is given awards, told in the open: shares in whole percents, and nothing about too few people."""

from __future__ import annotations

from collections.abc import Sequence

from policies.parameters import parameter

LEAST_PEOPLE = parameter("fairness.least_people", int)
REPEATED_YEARS = parameter("fairness.repeated_years", int)


def percent(part: int, whole: int) -> int | None:
    """How much of a whole a part is, half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def without_small(numbers: Sequence[int], least: int) -> tuple[int | None, ...]:
    """A column of figures with None for what is about fewer people than ``least``; nobody is not about anybody.

    Where the total would tell a hidden figure, the next smallest is hidden with it: at least two are, of ``least`` together.
    """
    hidden = {index for index, number in enumerate(numbers) if 0 < number < least}
    others = sorted((number, index) for index, number in enumerate(numbers) if number >= least)
    while hidden and others and (len(hidden) < 2 or sum(numbers[index] for index in hidden) < least):
        hidden.add(others.pop(0)[1])
    return tuple(None if index in hidden else number for index, number in enumerate(numbers))
