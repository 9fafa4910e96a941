"""The best for all: whom to pair with whom, by the assignment solver of SciPy, which is loaded only when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

#: Up to here a double holds every whole number, so that the solver, which works on doubles, never rounds.
_EXACT: Final = 2**53


def best_pairs(points: Sequence[Mapping[int, int]], rooms: Sequence[int]) -> list[int | None]:
    """For each mentee the mentor they get, or None.

    ``points[mentee][mentor]``: what a pair is worth, for the pairs that may be; ``rooms[mentor]``: how many they can take.
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
