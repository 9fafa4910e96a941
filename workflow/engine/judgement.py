"""A step looked at: who acts, what each rule answered, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from policies.decision import Decision, Grade, Reason, Rule
from policies.parameters import Value
from workflow.authority.bench import Bench, Seat
from workflow.definition import Transition
from workflow.errors import Problem
from workflow.facts import NeedsFields, Situation
from workflow.forms import IncomingLetter


@dataclass(frozen=True)
class Actor:
    """Who acts: a person by id, or the system (no person).

    ``alongside``: cases for which they hand in the same files, as one act in many steps.
    ``only``: the cases that they may touch by what they showed, whatever else is theirs; None for all.
    """

    person_id: str | None
    name: str
    label: str = ""
    alongside: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    @property
    def is_system(self) -> bool:
        """Acts for nobody."""
        return self.person_id is None


THE_SYSTEM = Actor(None, "Sistem")


@dataclass(frozen=True)
class Judged:
    """One rule's answer, with the facts it saw and the parameters it read."""

    rule: Rule
    facts: Any
    decision: Decision
    used: Mapping[str, Value[Any]]


@dataclass
class Heir:
    """The case of a successor, as it would begin where the other stands. Not stored yet."""

    situation: Situation
    judged: list[Judged] = field(default_factory=list)


@dataclass
class Judgement:
    """A step looked at from all sides. ``obstacles`` are what would be raised, gravest first."""

    arrow: Transition
    situation: Situation
    bench: Bench
    seat: Seat | None = None
    filled: msgspec.Struct | None = None
    judged: list[Judged] = field(default_factory=list)
    #: Letters that must be signed first, each with the process's own basis: it is the process that orders its letters.
    awaited: tuple[Reason, ...] = ()
    needs: tuple[str, ...] = ()
    obstacles: list[Problem] = field(default_factory=list)
    target: str = ""
    #: What could not be asked, as something stored or filled in is of another kind than it needs.
    unasked: list[str] = field(default_factory=list)
    #: The paper by which the answer came, where it is recorded for whoever gave it.
    paper: IncomingLetter | None = None
    #: Whoever comes in the place of the subject, and what was judged of them.
    heir: Heir | None = None
    #: Whom the step appoints.
    appointed: str | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Letters that are still awaited, then every reason of every rule, of a successor too."""
        all_judged = (*self.judged, *(self.heir.judged if self.heir else ()))
        return (*self.awaited, *(reason for judged in all_judged for reason in judged.decision.reasons))

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """Reasons that must be acknowledged."""
        return tuple(reason for reason in self.reasons if reason.grade is Grade.WARNED)

    def need(self, *fields: str) -> None:
        """Remember fields that must be filled in first."""
        self.needs = tuple(dict.fromkeys((*self.needs, *fields)))

    @contextmanager
    def asking(self, what: str) -> Iterator[None]:
        """Ask something of the facts; where they do not say enough, what is asked stays open, and the step is refused for it."""
        try:
            yield
        except NeedsFields as needs:
            self.need(*needs.fields)
        except msgspec.ValidationError:
            self.unasked.append(what)
