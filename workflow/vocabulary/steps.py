"""The permitted arrows between states, and what a step leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from policies.decision import Rule
from policies.parameters import Parameter
from workflow.vocabulary.entries import Entry, Mark
from workflow.vocabulary.letters import Letter

#: In ``to``: the state stays as it is.
SAME = "same"


class Posting(StrEnum):
    """Movements in the books that a transition may owe."""

    RESERVE = "reserve"
    COMMIT = "commit"
    SPEND = "spend"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    FUND = "fund"
    CARRY = "carry"
    REDUCE = "reduce"
    RETURN = "return"
    CREDIT = "credit"


@dataclass(frozen=True)
class Among:
    """A target that a function of facts chooses among declared states, SAME for the one it is in. ``says``: how, for people."""

    choose: Callable[[Any], str]
    targets: tuple[str, ...]
    says: str = ""


@dataclass(frozen=True)
class Succession:
    """Another person takes the place of the case's subject: a case of their own begins where this one stood.

    ``field``: the field of the step's form that names them, by id. ``guards``: rules that must allow it of the successor.
    """

    field: str
    guards: tuple[Rule, ...]


@dataclass(frozen=True)
class Transition:
    """A permitted arrow. Its guards are rules that must allow; its form is a struct, its label what the button says.

    ``partial``: takes any part of the form, only types are checked. ``amends``: a function of facts that gives the fields of the
    form to be changed. ``after``: letters that must be signed first, as far as the case has them (``Letter.when``).
    ``once``: at most once in a stay in the state; ``once_each``: the same for each who plays the role. ``when``: a function of
    facts (``when_says`` for people); where it does not hold, nobody is asked for the step and it cannot be taken.
    ``pauses_clock``: the working days left are kept for the return. ``ends_period``: the field of its form that ends the period
    early. ``credits``: the JP that it posts, where that is not what the conversion table gives for the whole activity.
    ``tells``: roles that get a message besides whoever waits next. ``recorded_by``: roles that may record it for whoever
    answered on paper, with the paper. ``succession``: somebody comes in the place of the subject. ``keeps``: an entry that nobody
    fills in: its fields are gathered as facts when the step is taken, and stay as they were then. ``corrects``: the
    entry that its form names by ``number`` is written anew, and stays readable as corrected (``corrects_from``: the statuses of
    those that can be); the form is the entry's own with ``number`` besides. ``at_once``: the system takes it of itself as soon as
    its condition holds, at the latest in the daily sweep; whoever else may take it is asked where something stands in the way.
    ``counts``: the entries that it marks give the subject a claim to hours, each as a meeting from its ``starts_at`` to its
    ``ends_at``; and whoever wrote them too, at the JP a meeting that ``earns`` gives.
    ``keeps_hours``: whatever the case gave a claim to is taken back by the step, unless this parameter says that it stays.
    ``joins``: the field of the form whose id is that of a cohort: the case belongs to it from then on, and to none that the field
    named before; the first one to come makes it. ``asks_anew``: who is waited for may be others since, here and in the cases
    that joined this one, though the state stays.
    ``in_person``: it decides by keputusan, so whoever stands in for the holder of the post (Plt., Plh., mandat) does not take it.
    ``by_law_of``: its guards and ``keeps_hours`` are judged by the law of the day on
    which that trigger was last taken in the case; by that of the day of the step where it was not.

    Two may share source and trigger where no role takes both: each actor takes the one of their role.
    """

    trigger: str
    source: str | tuple[str, ...]
    to: str | Among
    by: str | tuple[str, ...]
    title: str
    takes: type[msgspec.Struct] | None = None
    partial: bool = False
    guards: tuple[Rule, ...] = ()
    amends: Callable[[Any], Mapping[str, Any]] | None = None
    issues: tuple[Letter, ...] = ()
    posts: tuple[Posting, ...] = ()
    credits: Parameter[int] | None = None
    writes: Entry | None = None
    keeps: Entry | None = None
    marks: Mark | None = None
    counts: Entry | None = None
    earns: Parameter[int] | None = None
    keeps_hours: Parameter[bool] | None = None
    corrects: Entry | None = None
    corrects_from: tuple[str, ...] = ("written",)
    after: tuple[Letter, ...] = ()
    once: bool = False
    once_each: bool = False
    when: Callable[[Any], bool] | None = None
    when_says: str = ""
    pauses_clock: bool = False
    restarts_clock: bool = False
    ends_period: str = ""
    tells: tuple[str, ...] = ()
    recorded_by: tuple[str, ...] = ()
    succession: Succession | None = None
    appoints: str = ""
    asks_anew: bool = False
    aside: bool = False
    at_once: bool = False
    by_law_of: str = ""
    joins: str = ""
    in_person: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The states it may be taken from."""
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that must allow it, those about a successor included."""
        return (*self.guards, *(self.succession.guards if self.succession else ()))

    def targets(self, source: str) -> tuple[str, ...]:
        """The states it may lead to from a state."""
        declared = self.to.targets if isinstance(self.to, Among) else (self.to,)
        return tuple(source if target == SAME else target for target in declared)
