"""Contenders take turns in one run, so that what else the machine does hits them alike; what counts is their ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

#: Short turns and many of them: then a burst of other work hits every contender.
ROUNDS = 9
FEWEST_ROUNDS = 3
#: Seconds after which no further round begins, so that the whole ends in minutes also on a busy machine.
BUDGET = 40.0

#: Does so many operations and answers how many a second.
Turn = Callable[[int], float]


def take_turns(turns: Mapping[str, Turn], count: int) -> dict[str, list[float]]:
    """Operations a second of each contender in each round, after one round that does not count."""
    rates: dict[str, list[float]] = {name: [] for name in turns}
    for turn in turns.values():
        turn(max(count // 10, 1))
    began = time.monotonic()
    for number in range(ROUNDS):
        if number >= FEWEST_ROUNDS and time.monotonic() - began > BUDGET:
            break
        for name, turn in turns.items():
            rates[name].append(turn(count))
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
