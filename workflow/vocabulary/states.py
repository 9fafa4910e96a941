"""Where a case can be, whom it waits for there, and what that does with the days asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

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
    ``prepared``: a draft that is nobody's but of those who prepare it: until a step other than to an end has led out of it, only
    whoever is or was waited for in it knows of the case, not even whom it is about.
    ``after``: letters that what is awaited here answers: nobody is asked, and no time runs, before they have left.
    ``runs_from``: a function of facts: the day from which the time runs where the state was entered before it, None for no such
    day; ``runs_from_says``: which day that is, for people.
    """

    name: str
    title: str
    waits: tuple[str, ...] = ()
    within: Parameter[int] | None = None
    late: tuple[Rung, ...] = ()
    occupies: Occupancy | None = None
    final: bool = False
    carried_out: bool = False
    prepared: bool = False
    after: tuple[Letter, ...] = ()
    runs_from: Callable[[Any], date | None] | None = None
    runs_from_says: str = ""
