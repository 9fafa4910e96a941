"""Contenders take turns in one run, so that what else the machine does hits them alike; what counts is their ratio."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping

ROUNDS = 5

#: Does so many operations and answers how many a second.
Turn = Callable[[int], float]


def take_turns(turns: Mapping[str, Turn], count: int, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Operations a second of each contender in each round, after one round that does not count."""
    rates: dict[str, list[float]] = {name: [] for name in turns}
    for round_number in range(rounds + 1):
        for name, turn in turns.items():
            rate = turn(count if round_number else max(count // 10, 1))
            if round_number:
                rates[name].append(rate)
    return rates


def ratio(rates: Mapping[str, list[float]], ours: str, theirs: str) -> float:
    """The median over the rounds of ours to theirs."""
    return statistics.median(our / their for our, their in zip(rates[ours], rates[theirs], strict=True))


def show(says: str) -> None:
    """One line of the result."""
    print(says, flush=True)  # noqa: T201 # the result is for the terminal


def show_rates(rates: Mapping[str, list[float]]) -> None:
    """The median rate of each contender."""
    for name, each in rates.items():
        show(f"  {name:<58} {statistics.median(each):>8,.0f}/s   ({min(each):,.0f} - {max(each):,.0f})")
