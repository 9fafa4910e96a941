"""By when each step of a letter is to be done, and what begins with the next one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from workflow.authority.bench import Bench
from workflow.definition import Letter
from workflow.letters.route import UNDER_WAY

#: What says of a letter that another step is waited for.
_STEP: Final = ("state", "turn", "method")


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
