"""Asking a rule in a test: every answer comes with a sentence, a known citation, and a way out where it is no yes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from policies.decision import Decision, Grade, Rule
from policies.parameters import Law, Policies

POLICIES = Policies.load()
TODAY = date(2026, 3, 2)


def law_on(day: date) -> Law:
    """The shipped law of a day, with nothing read yet."""
    return POLICIES.on(day)


def law_with(folder: Path, topic: str, text: str, day: date = TODAY) -> Law:
    """The law of a day with an agency's own file laid over one topic."""
    (folder / f"{topic}.toml").write_text(text, "utf-8")
    return Policies.load(folder).on(day)


def asked(rule: Rule, facts: Any, law: Law | None = None) -> Decision:
    """What a rule answers; every reason is whole."""
    decision = rule(facts, law or law_on(TODAY))
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.says.endswith(".")
        assert not reason.says.endswith("..")
        assert reason.by
        assert all(POLICIES.regulations.find(citation) for citation in reason.by)
        assert reason.grade is Grade.ALLOWED or reason.remedy.endswith(".")
    return decision


def allows(rule: Rule, facts: Any, law: Law | None = None) -> bool:
    """Whether a rule allows, without a warning."""
    return asked(rule, facts, law).grade is Grade.ALLOWED


def refuses(rule: Rule, facts: Any, law: Law | None = None) -> str:
    """What a rule refuses for, and the way out; fails where it does not refuse."""
    return _said(asked(rule, facts, law), Grade.REFUSED)


def warns(rule: Rule, facts: Any, law: Law | None = None) -> str:
    """What a rule warns of; fails where it does anything else."""
    return _said(asked(rule, facts, law), Grade.WARNED)


def does_not_know(rule: Rule, facts: Any, law: Law | None = None) -> str:
    """What a rule does not know, and what proves it; fails where it does anything else."""
    return _said(asked(rule, facts, law), Grade.UNKNOWN)


def _said(decision: Decision, grade: Grade) -> str:
    assert decision.grade is grade, decision
    return " ".join(f"{each.says} {each.remedy}" for each in decision.reasons if each.grade is grade)
