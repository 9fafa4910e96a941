"""What happens as the time of a state passes: rungs of a ladder, each at a share of the time or on a day of the form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OnDate:
    """A day that the form names, moved by whole days; ``working`` moves it on to the next working day."""

    field: str
    plus: int = 0
    working: bool = False


#: When a rung falls: a share of the state's time, or a day of the form.
When = float | OnDate


@dataclass(frozen=True)
class Remind:
    """Tell whoever is waited for, at this share of the time."""

    at: When


@dataclass(frozen=True)
class Escalate:
    """When this share of the time has passed, tell and show the case to ``to``, or to the superior of whoever is waited for."""

    at: When
    to: str = ""


@dataclass(frozen=True)
class Fire:
    """When this share of the time has passed, or on that day, let the system take the step.

    ``again``: each working day anew while something stands in the way, up to the day of the form that ``until`` names.
    """

    trigger: str
    at: When
    again: bool = False
    until: str = ""


Rung = Remind | Escalate | Fire
