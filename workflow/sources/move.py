"""The sources of facts about a subject who moves to another unit in the middle of a case, or is no longer in service."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from policies.records import Move
from workflow.engine.recorded_entries import recorded
from workflow.facts import Situation, source
from workflow.sources.step import subject_row


@source()
def unit_now(situation: Situation) -> str | None:
    """The unit that the subject works in today; the case keeps the one that it was opened in."""
    found: str | None = subject_row(situation).unit_id
    return found


@source()
def participant_left_on(situation: Situation) -> date | None:
    """The first day on which the subject is no longer in service; None where none is known."""
    found: date | None = subject_row(situation).left_on
    return found


@source()
def move(situation: Situation) -> Move | None:
    """The move that was noted last, and whether it has been answered since."""
    noted = situation.case.memory.get("moved")
    if noted is None:
        return None
    noted_at = msgspec.convert(noted["at"], datetime, strict=False)
    answered = any(answer.written_at >= noted_at for answer in recorded(situation, "move_answer"))
    return Move(noted["to"], msgspec.convert(noted.get("answer_by"), date | None, strict=False), answered)
