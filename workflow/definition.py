"""The language in which a process is written: roles, states, transitions, letters, entries and deadlines, all of them data.

Inbox, forms, buttons, diagram, JSON API, tests and the printed procedure come from one ``Process``. It proves itself when its
file is imported (see ``soundness``); what needs the rest of the house (facts, templates) the registry proves at start.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import msgspec

from policies.budget import Charge, Promise, Returned
from workflow.vocabulary.deadlines import Escalate, Fire, OnDate, Remind, Rung, When
from workflow.vocabulary.entries import Entry, Mark
from workflow.vocabulary.letters import Letter
from workflow.vocabulary.roles import SYSTEM, WAITING, Apart, Role
from workflow.vocabulary.states import Occupancy, State
from workflow.vocabulary.steps import SAME, Among, Posting, Succession, Transition

__all__ = [
    "SAME",
    "SYSTEM",
    "WAITING",
    "Among",
    "Apart",
    "DefinitionError",
    "Entry",
    "Escalate",
    "Fire",
    "Letter",
    "Mark",
    "Occupancy",
    "OnDate",
    "Posting",
    "Process",
    "Remind",
    "Role",
    "Rung",
    "State",
    "Succession",
    "Transition",
    "When",
    "facts_of",
]


class DefinitionError(Exception):
    """A process that cannot be run as it is written: names the process, the part and what it lacks. For developers."""


@cache
def facts_of(function: Callable[..., Any]) -> type[Any]:
    """The facts dataclass that a function asks for: the annotation of its first argument."""
    hints = typing.get_type_hints(function)
    name = next(name for name in hints if name != "return")
    kind: type[Any] = hints[name]
    return kind


@dataclass(frozen=True)
class Process:
    """A kind of procedure. Construct it at the top level of its module, as ``PROCESS``."""

    name: str
    title: str
    version: int
    basis: tuple[str, ...]
    form: type[msgspec.Struct]
    roles: tuple[Role, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    #: Roles that may open a case; the subject opens for themselves, the others for whomever they play the role.
    opened_by: tuple[str, ...]
    #: Groups whose members see every case of the process.
    seen_by: tuple[str, ...]
    apart: tuple[Apart, ...] = ()
    #: The form's fields that bound the period, where the process occupies a person.
    period: tuple[str, str] | None = None
    #: Fields that, changed after a return, send the request through all superiors again.
    retraced_by: tuple[str, ...] = ()
    #: The row of the conversion table by which its completion is credited.
    activity: str = ""
    #: Fields that all cases of a cohort have in common.
    common: tuple[str, ...] = ()
    #: States in which a case goes along with whom it is about where they work in another unit by then.
    follows: tuple[str, ...] = ()
    #: Whom else a case is compared with, by id: a function of facts. They read nothing that is for a few roles alone.
    rivals: Callable[[Any], tuple[str, ...]] | None = None
    #: What a case promises of the budget, and what it charges to it in the end: functions of facts, for the steps that post it.
    promises: Callable[[Any], Promise] | None = None
    charges: Callable[[Any], tuple[Charge, ...]] | None = None
    #: What of that was paid back, likewise.
    returns: Callable[[Any], tuple[Returned, ...]] | None = None

    def __post_init__(self) -> None:
        from workflow.soundness import prove  # noqa: PLC0415 - it reads the classes above, so it cannot be imported before them

        prove(self)

    @cached_property
    def state(self) -> Mapping[str, State]:
        """The states by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def role(self) -> Mapping[str, Role]:
        """The roles by name."""
        return {role.name: role for role in self.roles}

    @cached_property
    def subject(self) -> str:
        """The role of the person whom the case is about."""
        return next(role.name for role in self.roles if role.person)

    @cached_property
    def recorder(self) -> str:
        """The role of whoever recorded an answer for somebody; empty where nothing is ever recorded so."""
        return next((role.name for role in self.roles if role.records), "")

    @cached_property
    def at_times(self) -> tuple[str, ...]:
        """The roles that somebody plays only while a condition holds."""
        return tuple(role.name for role in self.roles if role.when is not None)

    @cached_property
    def named(self) -> tuple[Role, ...]:
        """The roles of whom the form names."""
        return tuple(role for role in self.roles if role.named)

    @cached_property
    def dated(self) -> frozenset[str]:
        """The triggers by the day of which later steps are judged."""
        return frozenset(t.by_law_of for t in self.transitions if t.by_law_of)

    @cached_property
    def newcomer(self) -> Role | None:
        """The role that answers for the subject where they work today; None where the process does not heed a move."""
        return next((role for role in self.roles if role.now), None)

    @cached_property
    def host_field(self) -> str:
        """The field of the form that names the host; empty where there is none."""
        return next((role.partner for role in self.roles if role.partner), "")

    @cached_property
    def initial(self) -> str:
        """The state in which a case is opened: the first."""
        return self.states[0].name

    @cached_property
    def carried_out(self) -> tuple[str, ...]:
        """The ends at which letters stay in force."""
        return tuple(state.name for state in self.states if state.carried_out)

    @cached_property
    def letters(self) -> Mapping[str, Letter]:
        """Every letter that some transition issues, by name."""
        return {letter.name: letter for transition in self.transitions for letter in transition.issues}

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every kind of entry that some transition writes, by name."""
        return {entry.name: entry for t in self.transitions for entry in (t.writes, t.keeps) if entry}

    @cached_property
    def kept(self) -> frozenset[str]:
        """The kinds of entries that a step gathers itself, by name."""
        return frozenset(t.keeps.name for t in self.transitions if t.keeps)

    @cached_property
    def _by_source(self) -> Mapping[str, tuple[Transition, ...]]:
        return {
            state.name: tuple(transition for transition in self.transitions if state.name in transition.sources)
            for state in self.states
        }

    def from_state(self, state: str) -> tuple[Transition, ...]:
        """The arrows out of a state, those that stay in it included."""
        return self._by_source[state]

    def arrows(self, state: str, trigger: str) -> tuple[Transition, ...]:
        """The arrows that a trigger means in a state: one, or one for each of several roles; none where it is not a step there."""
        return tuple(t for t in self._by_source[state] if t.trigger == trigger)

    def arrow(self, state: str, trigger: str, role: str = "") -> Transition | None:
        """The arrow that a trigger means in a state, to a role where that matters; None where it is not a step there."""
        found = self.arrows(state, trigger)
        return next((t for t in found if role in (*self.actors(t, state), *t.recorded_by)), next(iter(found), None))

    def actors(self, transition: Transition, state: str) -> tuple[str, ...]:
        """The roles that may take an arrow from a state, WAITING resolved, SYSTEM kept."""
        named = (transition.by,) if isinstance(transition.by, str) else transition.by
        return tuple(
            dict.fromkeys(role for name in named for role in (self.state[state].waits if name == WAITING else (name,)))
        )
