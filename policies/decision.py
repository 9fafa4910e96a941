"""A rule's answer: allowed, warned, refused or unknown, with every reason and its citation.

A ``Decision`` raises when it is used as a bool, so that ``if decision:`` cannot hide a refusal.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.parameters import Law, NotInForce, Value


class Grade(StrEnum):
    """How a rule answers, mildest first."""

    ALLOWED = "allowed"
    WARNED = "warned"
    UNKNOWN = "unknown"
    REFUSED = "refused"


_SEVERITY = {grade: rank for rank, grade in enumerate(Grade)}


@dataclass(frozen=True)
class Reason:
    """One sentence of an answer: what holds or fails, by which article, and what would change it."""

    grade: Grade
    says: str
    by: tuple[str, ...] = ()
    remedy: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Decision:
    """The answer of one rule or of several together; its grade is the gravest of its reasons."""

    reasons: tuple[Reason, ...]

    @property
    def grade(self) -> Grade:
        """The gravest grade among the reasons; allowed where there are none."""
        return max((reason.grade for reason in self.reasons), key=_SEVERITY.__getitem__, default=Grade.ALLOWED)

    @property
    def stands_in_the_way(self) -> bool:
        """Refused or unknown: the step cannot be taken now."""
        return self.grade in (Grade.REFUSED, Grade.UNKNOWN)

    def __bool__(self) -> bool:
        raise TypeError("a Decision has a grade, not a truth value: ask .grade or .stands_in_the_way")


Basis = Value[Any] | str


def decide(holds: bool, says: str, *basis: Basis, otherwise: Grade = Grade.REFUSED, remedy: str = "") -> Decision:
    """Allowed where ``holds``, else ``otherwise``. ``says`` states the fact in both cases, so it reads as a reason."""
    grade = Grade.ALLOWED if holds else otherwise
    return Decision((Reason(grade, says, _citations(basis), "" if holds else remedy),))


def unknown(says: str, *basis: Basis, proof: str) -> Decision:
    """A fact that is not recorded is not a no: say which, and what document would prove it."""
    return Decision((Reason(Grade.UNKNOWN, says, _citations(basis), proof),))


def together(decisions: Iterable[Decision]) -> Decision:
    """Several answers as one; all reasons are kept."""
    return Decision(tuple(reason for decision in decisions for reason in decision.reasons))


def _citations(basis: tuple[Basis, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.by if isinstance(item, Value) else item for item in basis))


@dataclass(frozen=True)
class Rule:
    """A named decision over declared facts. ``revision`` rises whenever the answer to the same facts may change."""

    name: str
    title: str
    revision: int
    facts: type[Any]
    answer: Callable[[Any, Law], Decision]

    def __call__(self, facts: Any, law: Law) -> Decision:
        """The answer, each reason marked with this rule. A parameter that is not in force is a refusal."""
        try:
            decision = self.answer(facts, law)
        except NotInForce as absent:
            remedy = "Lengkapi riwayat ketentuan itu, atau tunggu sampai ketentuannya berlaku."
            decision = Decision((Reason(Grade.REFUSED, str(absent), (), remedy),))
        return Decision(tuple(Reason(r.grade, r.says, r.by, r.remedy, self.name) for r in decision.reasons))


def rule(title: str, *, revision: int = 1) -> Callable[[Callable[[Any, Law], Decision]], Rule]:
    """Make a function of ``(facts, law)`` a Rule; its facts are the dataclass its first argument is annotated with.

    The name is ``topic.function``, the topic being the module's own name.
    """

    def wrap(answer: Callable[[Any, Law], Decision]) -> Rule:
        first = next(iter(inspect.signature(answer).parameters))
        facts = typing.get_type_hints(answer)[first]
        return Rule(f"{answer.__module__.rsplit('.', 1)[-1]}.{answer.__name__}", title, revision, facts, answer)

    return wrap
