"""Letters that are late on their way: how long each step may take, and who stands above those it waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from policies.authority import may_decide
from workflow.authority import Bench, Seat, holders
from workflow.definition import Letter
from workflow.letters.route import UNDER_WAY

#: What says of a letter that another step is waited for.
_STEP: Final = ("state", "turn", "method")
#: Roles of which nobody is the superior.
_THEMSELVES: Final = ("person", "appointed", "records")


def due_of(bench: Bench, letter: Letter, at: datetime) -> date:
    """By when a step of a letter is to be done that begins now."""
    situation = bench.situation
    days, office = int(situation.law[letter.within].value), situation.office
    return office.count(office.day(at), days, situation.case.unit_id).due


def begun(bench: Bench, before: Mapping[str, Any], values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What of a letter begins with its next step, which has its own days and of which nobody was reminded.

    ``before``: the letter's row; ``values``: what changes in it. Empty where the same step is still waited for.
    """
    after = {**before, **values}
    if after["state"] not in UNDER_WAY or all(after[name] == before[name] for name in _STEP):
        return {}
    letter = bench.situation.process.letters[before["kind"]]
    return {"due_on": due_of(bench, letter, at), "reminded_on": None, "escalated_on": None}


def above(
    bench: Bench, role: str, seats: Sequence[Seat], position_id: str | None = None, *, deciding: bool = False
) -> tuple[Seat, ...]:
    """Who stands nearest above those whom a step waits for, free to act in their place; nobody above a person or a partner.

    ``position_id``: the post that acts, where it is fixed; ``deciding``: only who may sign what decides.
    """
    situation = bench.situation
    known = situation.process.role.get(role)
    if position_id is None and known is not None and (known.kind in _THEMSELVES or bench.is_outside(role)):
        return ()
    taken = {situation.case.subject_id, *(seat.person_id for seat in seats)}
    taken |= bench.barred(role) if known is not None else set()
    for post in _posts_above(bench, role, seats, position_id):
        found = tuple(
            replace(seat, climbed=True)
            for seat in holders(situation, role, post)
            if seat.person_id not in taken
            and not seat.away
            and (not deciding or may_decide(seat.mandate, situation.law))
        )
        if found:
            return found
    return ()


def _posts_above(bench: Bench, role: str, seats: Sequence[Seat], position_id: str | None) -> tuple[str, ...]:
    """The posts above the one that acts; above a group the head of the personnel unit is the first."""
    start = next((seat.position_id for seat in seats if seat.position_id), position_id)
    if start is not None:
        return bench.upward(start)[1:]
    known = bench.situation.process.role.get(role)
    if known is None:
        return bench.upward(bench.agency_post("personnel_head"))
    return bench.line(role) if known.kind == "group" else bench.line(role)[1:]
