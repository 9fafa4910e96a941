"""Where a case can be, whom it waits for there, and what that does with the days asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policies.parameters import Parameter
from workflow.vocabulary.deadlines import Rung
from workflow.vocabulary.letters import Letter


class Occupancy(StrEnum):
    """What a state does with the period of the form: the participant's days are held, or count as absence from the post."""

    HELD = "held"
    ABSENT = "absent"


@dataclass(frozen=True)
class State:
    """Where a case can be. ``waits``: the roles that owe the next step. ``within``: working days for it, as a parameter.

    ``carried_out``: an end at which what was ordered has been done, in whole or in part, so that its letters stay in force.
    ``after``: letters that what is awaited here answers: nobody is asked, and no time runs, before they have left.
    """

    name: str
    title: str
    waits: tuple[str, ...] = ()
    within: Parameter[int] | None = None
    late: tuple[Rung, ...] = ()
    occupies: Occupancy | None = None
    final: bool = False
    carried_out: bool = False
    after: tuple[Letter, ...] = ()
