"""Who stands above those whom a late letter waits for, and may act in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from policies.authority import may_decide
from workflow.authority.bench import Bench, Seat, holders

#: Roles of which nobody is the superior.
_THEMSELVES: Final = ("person", "appointed", "records", "chosen")


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
    taken = {seat.person_id for seat in seats}
    barred = bench.subjects | (bench.barred(role) if known is not None else set())
    for post in _posts_above(bench, role, seats, position_id):
        found = tuple(
            replace(seat, climbed=True)
            for seat in holders(situation, role, post)
            if seat.person_id not in taken
            and not seat.people & barred
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
