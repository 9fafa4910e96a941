"""Contenders take turns in one run, so that what else the machine does hits them alike; what counts is their ratio."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Protocol

#: Short turns and many of them: then a burst of other work hits every contender.
ROUNDS = 9
FEWEST_ROUNDS = 3
#: Seconds after which no further round begins, so that the whole ends in minutes also on a busy machine.
BUDGET = 40.0

#: Does so many operations and answers how many a second.
Turn = Callable[[int], float]


class Contender:
    """A turn of which processor time is kept too. ``clock``: the processor seconds so far of whoever does it."""

    def __init__(self, turn: Turn, clock: Callable[[], float] = time.process_time) -> None:
        self._turn, self._clock = turn, clock
        self._each: list[float] = []

    def __call__(self, count: int) -> float:
        before = self._clock()
        rate = self._turn(count)
        self._each.append((self._clock() - before) / count)
        return rate

    @property
    def spent(self) -> float:
        """Milliseconds of processor time an operation, the middle one of the turns that counted."""
        return statistics.median(self._each[1:]) * 1000


class Spends(Protocol):
    """Whoever keeps the processor time of their turns."""

    @property
    def spent(self) -> float: ...


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


def show_ratio(rates: Mapping[str, list[float]], spent: Mapping[str, Spends], ours: str, theirs: str) -> None:
    """Ours to theirs, by rate and by processor time."""
    thrift = spent[theirs].spent / spent[ours].spent
    show(f"  {ours} / {theirs}: {ratio(rates, ours, theirs):.2f}   (by processor time {thrift:.2f})")


def show(says: str) -> None:
    """One line of the result."""
    print(says, flush=True)  # noqa: T201 # the result is for the terminal


def show_rates(rates: Mapping[str, list[float]]) -> None:
    """The median rate of each contender."""
    for name, each in rates.items():
        digits = 0 if min(each) >= 20 else 1
        show(
            f"  {name:<58} {statistics.median(each):>8,.{digits}f}/s   ({min(each):,.{digits}f} - {max(each):,.{digits}f})"
        )
