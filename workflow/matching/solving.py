"""The best for all: whom to pair with whom, by the assignment solver of SciPy, which is loaded only when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from types import MappingProxyType
from typing import Final

#: Up to here a double holds every whole number, so that the solver, which works on doubles, never rounds.
_EXACT: Final = 2**53


#: So many ways are tried until two that exclude each other are parted one by one, each time by the better of both.
_TRIED_AT_MOST: Final = 64

Pair = tuple[int, int]  # mentee, mentor


@dataclass(order=True, frozen=True)
class _Way:
    """A way to pair people; the best is the least. ``number`` makes the order one and the same each time."""

    unserved: int
    lost: int
    number: int
    points: Sequence[Mapping[int, int]]
    given: list[int | None]


def best_pairs(
    points: Sequence[Mapping[int, int]], rooms: Sequence[int], opposite: Mapping[Pair, Pair] = MappingProxyType({})
) -> list[int | None]:
    """For each mentee the mentor they get, or None.

    ``points[mentee][mentor]``: what a pair is worth, for the pairs that may be; ``rooms[mentor]``: how many they can take;
    ``opposite``: the pair, if any, that cannot be beside a pair, each way round. Without those it is one question to the
    solver; where both of two such pairs come out, the best without the one and the best without the other are looked at.
    """
    numbers = count()
    ways = [_way(points, rooms, next(numbers))]
    for tried in count():
        best = heappop(ways)
        pairs = [(mentee, mentor) for mentee, mentor in enumerate(best.given) if mentor is not None]
        clash = next((pair for pair in pairs if pair in opposite and _is_given(best, opposite[pair])), None)
        if clash is None:
            return best.given
        parted = [_way(_without(best.points, pair), rooms, next(numbers)) for pair in (clash, opposite[clash])]
        if tried > _TRIED_AT_MOST:
            ways, parted = [], [min(parted)]
        for way in parted:
            heappush(ways, way)
    raise AssertionError("each way has fewer pairs than the one before")


def _way(points: Sequence[Mapping[int, int]], rooms: Sequence[int], number: int) -> _Way:
    given = _best(points, rooms)
    worth = [row[mentor] for row, mentor in zip(points, given, strict=True) if mentor is not None]
    return _Way(len(points) - len(worth), -sum(worth), number, points, given)


def _is_given(way: _Way, pair: Pair) -> bool:
    return way.given[pair[0]] == pair[1]


def _without(points: Sequence[Mapping[int, int]], pair: Pair) -> list[Mapping[int, int]]:
    rows = list(points)
    rows[pair[0]] = {mentor: value for mentor, value in rows[pair[0]].items() if mentor != pair[1]}
    return rows


def _best(points: Sequence[Mapping[int, int]], rooms: Sequence[int]) -> list[int | None]:
    """The same where nothing excludes anything.

    First as many mentees as possible have a mentor; among all ways to do that, one with the most points. Of several such
    ways the same one is taken each time, by the order in which mentees and mentors are given: the caller gives them in a
    fixed one.
    """
    import numpy  # noqa: PLC0415 - large, and only a proposal needs it
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]  # noqa: PLC0415 - it ships no types

    places = [mentor for mentor, room in enumerate(rooms) for _ in range(min(room, len(points)))]
    found: list[int | None] = [None] * len(points)
    if not places or not any(points):
        return found
    # One more mentee with a mentor outweighs all points together.
    most = max((value for row in points for value in row.values()), default=0)
    served = most * len(points) + 1
    if (served + most) * len(points) >= _EXACT:
        raise OverflowError(
            f"weights of up to {most} points for {len(points)} mentees are too large to be added exactly"
        )
    worth = numpy.zeros((len(points), len(rooms)))
    for mentee, row in enumerate(points):
        if row:
            worth[mentee, list(row)] = [served + value for value in row.values()]
    # A place that somebody "gets" at no worth is no pair; so nobody is forced into one that may not be.
    for mentee, place in zip(*linear_sum_assignment(worth[:, places], maximize=True), strict=True):
        mentor = places[place]
        if mentor in points[mentee]:
            found[int(mentee)] = mentor
    return found


def solver() -> str:
    """Which solver answers, with its version: kept with each proposal."""
    import scipy  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    return f"scipy.optimize.linear_sum_assignment {scipy.__version__}"
