"""What a step changes in the request of a mentoring pair: functions of facts that give the fields and their new values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.mentoring_turns import Ask


@dataclass(frozen=True)
class AnswerFacts:
    """What was asked, and the last day as it stands."""

    open_ask: Ask | None
    ends_on: date


def as_agreed(facts: AnswerFacts) -> dict[str, Any]:
    """An extension that is agreed to moves the last day; a pause leaves it where it is."""
    asked = facts.open_ask.ends_on if facts.open_ask else None
    return {"ends_on": asked or facts.ends_on}


@dataclass(frozen=True)
class OtherMentorFacts:
    """Who is asked to be mentor from now on."""

    mentor_id: str


def with_replacement(facts: OtherMentorFacts) -> dict[str, Any]:
    """Whoever is asked stands beside the mentor until they consent."""
    return {"new_mentor": facts.mentor_id}


def as_replaced(facts: OtherMentorFacts) -> dict[str, Any]:
    """The replacement is the mentor from now on."""
    return {"mentor": facts.mentor_id, "new_mentor": ""}


@dataclass(frozen=True)
class MentorFacts:
    """The mentor as the case stands."""

    current_mentor: str


def without_replacement(facts: MentorFacts) -> dict[str, Any]:
    """The mentor stays, and nobody stands beside them any more."""
    return {"mentor": facts.current_mentor, "new_mentor": ""}
