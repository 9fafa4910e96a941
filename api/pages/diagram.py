"""A process as a drawing: its states one below the other, and a line for each way from one to another.

What follows directly is an arrow down. All ways to the same state from further off share one line beside the states: to the
right what leads on, to the left what leads back. Numbers are units of the drawing.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from workflow.views.procedures import ProcedureState

_BOX: Final = 270
_LINE: Final = 20
_PADDING: Final = 11
_GAP: Final = 34
_LANE: Final = 14
_MARGIN: Final = 14
#: Letters that a line of a state's title holds at most.
_LETTERS: Final = 30


@dataclass(frozen=True)
class Box:
    """A state as it is drawn, with its number in the list beside it. ``lines``: of its title, each with its height."""

    number: int
    name: str
    title: str
    final: bool
    x: int
    y: int
    height: int
    lines: tuple[tuple[int, str], ...]
    passed: bool
    now: bool


@dataclass(frozen=True)
class Line:
    """Ways to one state. ``path``: of an SVG; ``head``: the arrow's point; ``passed``: the case that is shown went here."""

    path: str
    head: str
    says: str
    passed: bool


@dataclass(frozen=True)
class Diagram:
    """A drawing of a process, and its size."""

    width: int
    height: int
    box: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class _Way:
    """A shared line: from states (by place) to one, in which lane beside them."""

    sources: tuple[int, ...]
    target: int
    lane: int

    @property
    def back(self) -> bool:
        return max(self.sources) > self.target


def drawn(states: Sequence[ProcedureState], way: Sequence[str] = ()) -> Diagram:
    """The drawing of a process. ``way``: the states of a case in the order in which it came to them, the last being where it is."""
    place = {state.name: index for index, state in enumerate(states)}
    walked = [place[name] for name in way if name in place]
    steps, titles = set(pairwise(walked)), _titles(states, place)
    on, back = _lanes(pair for pair in titles if pair[1] > pair[0] + 1), _lanes(p for p in titles if p[1] < p[0])
    left = _MARGIN + _LANE * (1 + max((each.lane for each in back), default=-1)) + _LANE
    boxes = _boxes(states, left, frozenset(walked), walked[-1] if walked else None)
    lines = [
        _down(boxes, index, titles[index, index + 1]) for index in range(len(boxes)) if (index, index + 1) in titles
    ]
    lines += [_beside(boxes, each, titles) for each in (*on, *back)]
    lines += [_walked(boxes, pair, (*on, *back)) for pair in sorted(steps) if pair in titles]
    right = _LANE * (2 + max((each.lane for each in on), default=-1)) + _MARGIN
    return Diagram(left + _BOX + right, boxes[-1].y + boxes[-1].height + _MARGIN, _BOX, boxes, tuple(lines))


def _titles(states: Sequence[ProcedureState], place: dict[str, int]) -> dict[tuple[int, int], str]:
    """What each way from a state to another is called."""
    found: defaultdict[tuple[int, int], dict[str, None]] = defaultdict(dict)
    for index, state in enumerate(states):
        for step in state.steps:
            for target in step.leads_to:
                if place[target] != index:
                    found[index, place[target]][step.title] = None
    return {pair: " / ".join(said) for pair, said in found.items()}


def _lanes(pairs: Iterable[tuple[int, int]]) -> list[_Way]:
    """The ways to each state as one line, each in the nearest lane where it meets no other."""
    to: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in pairs:
        to[target].append(source)
    taken: list[list[tuple[int, int]]] = []
    ways = []
    for target, sources in sorted(to.items(), key=lambda item: max(abs(item[0] - each) for each in item[1])):
        low, high = min(target, *sources), max(target, *sources)
        lane = next(
            (n for n, spans in enumerate(taken) if all(high < a or b < low for a, b in spans)),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        ways.append(_Way(tuple(sorted(sources)), target, lane))
    return ways


def _boxes(states: Sequence[ProcedureState], left: int, passed: frozenset[int], now: int | None) -> tuple[Box, ...]:
    boxes, y = [], _MARGIN
    for index, state in enumerate(states):
        lines = textwrap.wrap(f"{index + 1}. {state.title}", _LETTERS)
        height = _LINE * len(lines) + 2 * _PADDING
        placed = tuple((y + _PADDING + _LINE * n + 15, line) for n, line in enumerate(lines))
        boxes.append(
            Box(index + 1, state.name, state.title, state.final, left, y, height, placed, index in passed, index == now)
        )
        y += height + _GAP
    return tuple(boxes)


def _down(boxes: Sequence[Box], index: int, says: str, *, passed: bool = False) -> Line:
    above, below = boxes[index], boxes[index + 1]
    x = above.x + _BOX // 2
    return Line(f"M{x} {above.y + above.height}V{below.y - 8}", _point(x, below.y, 0, 1), says, passed)


def _beside(boxes: Sequence[Box], way: _Way, titles: dict[tuple[int, int], str], *, passed: bool = False) -> Line:
    """Out of each source into the lane, along it, and into the state from the side."""
    side = -1 if way.back else 1
    edge = boxes[0].x if way.back else boxes[0].x + _BOX
    lane = edge + side * _LANE * (way.lane + 1) + side * 8
    target = boxes[way.target]
    # What comes from above arrives above the middle, what comes from below under it: lines do not meet in one point.
    arrival = target.y + target.height // 2 + (6 if way.back else -6)
    parts = [f"M{edge} {_leaves(boxes[each], way)}H{lane}V{arrival}" for each in way.sources]
    parts.append(f"M{lane} {arrival}H{edge + side * 8}")
    says = "; ".join(f"{boxes[each].title} → {target.title}: {titles[each, way.target]}" for each in way.sources)
    return Line("".join(parts), _point(edge, arrival, -side, 0), says, passed)


def _leaves(box: Box, way: _Way) -> int:
    return box.y + box.height // 2 + (-6 if way.back else 6)


def _walked(boxes: Sequence[Box], pair: tuple[int, int], ways: Sequence[_Way]) -> Line:
    """The way of the case from one state to the next, drawn over the line that it took."""
    source, target = pair
    if target == source + 1:
        return _down(boxes, source, "", passed=True)
    lane = next(each.lane for each in ways if each.target == target and source in each.sources)
    return _beside(boxes, _Way((source,), target, lane), {pair: ""}, passed=True)


def _point(x: int, y: int, across: int, down: int) -> str:
    """A triangle with its tip at a place, pointing across or down."""
    if down:
        return f"{x - 5},{y - 9 * down} {x + 5},{y - 9 * down} {x},{y}"
    return f"{x - 9 * across},{y - 5} {x - 9 * across},{y + 5} {x},{y}"
