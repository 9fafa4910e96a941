"""The way of a case: the states that it has been in, and where the steps of its process lead from here.

A process lists its states in the order in which cases come to them, and of the steps out of one the usual first; a step that may
as well leave a case where it is does not lead it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from workflow.audit import Event
from workflow.cases import Case
from workflow.definition import Process, Transition
from workflow.engine.recording import SUCCEEDED, arrow_taken


class WayLine(msgspec.Struct, frozen=True, kw_only=True):
    """A state that the case has been in, and by which step it came there."""

    state: str
    title: str
    since: datetime
    by: str
    now: bool = False


class AheadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A state that cases of the process come to next where nothing goes another way, and by which step."""

    state: str
    title: str
    by: str


def way_of(process: Process, case: Case, told: Sequence[Event]) -> tuple[WayLine, ...]:
    """The states that the case went through, from its events; a payload that was erased leaves a gap."""
    lines: list[WayLine] = []
    for event in told:
        payload: dict[str, Any] = event.payload or {}
        to = payload.get("to")
        if to is None or to not in process.state or (lines and lines[-1].state == to):
            continue
        arrow = arrow_taken(process, event.type, payload)
        lines.append(
            WayLine(state=to, title=process.state[to].title, since=event.at, by=arrow.title if arrow else _begun(event))
        )
    if lines and lines[-1].state == case.state:
        lines[-1] = msgspec.structs.replace(lines[-1], now=True)
    return tuple(lines)


def _begun(event: Event) -> str:
    return "Menggantikan peserta lain" if event.type == SUCCEEDED else "Dibuka"


def ahead_of(process: Process, state: str) -> tuple[AheadLine, ...]:
    """The usual way from a state to the end, as it is told."""
    return tuple(
        AheadLine(state=name, title=process.state[name].title, by=step.title)
        for step, name in usual_way(process, state)
    )


def leads_on(process: Process, arrow: Transition, state: str) -> bool:
    """Whether a step leads on from a state, or is done while staying there."""
    return not (arrow.partial or arrow.aside) and any(
        target == state or _is_further(process, state, target) for target in arrow.targets(state)
    )


def usual_way(process: Process, state: str) -> tuple[tuple[Transition, str], ...]:
    """The steps and states from here to the end where each goes the usual way; none where there is no such way."""
    found: list[tuple[Transition, str]] = []
    at = state
    while not process.state[at].final:
        further = _next(process, at)
        if further is None:
            return ()
        found.append(further)
        at = further[1]
    return tuple(found)


def _next(process: Process, state: str) -> tuple[Transition, str] | None:
    steps = [
        (arrow, target)
        for arrow in process.from_state(state)
        if not arrow.aside and state not in arrow.targets(state)
        for target in arrow.targets(state)
        if target != state and _is_further(process, state, target)
    ]
    goes_on = (step for step in steps if not process.state[step[1]].final)
    return next(goes_on, next(iter(steps), None))


def _is_further(process: Process, state: str, target: str) -> bool:
    order = [each.name for each in process.states]
    return order.index(target) > order.index(state) and (
        not process.state[target].final or target in _good_ends(process)
    )


def _good_ends(process: Process) -> tuple[str, ...]:
    """The ends at which something was carried out; of a process that orders nothing, the first of its ends."""
    return process.carried_out or tuple(state.name for state in process.states if state.final)[:1]
