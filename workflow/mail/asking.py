"""What is asked of somebody, in words."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.definition import Process
from workflow.letters.words import begun_small
from workflow.queries import trigger_line
from workflow.telling.form_words import either


def asked(process: Process, state: str, triggers: Sequence[str], kind: str | None) -> str:
    """The steps of a task as a choice, and the letter that it is about, if any. ``kind``: of that letter."""
    steps = either(list(dict.fromkeys(trigger_line(process, state, trigger).title for trigger in triggers)))
    letter = process.letters.get(kind or "")
    return f"{steps} ({begun_small(letter.title)})" if letter else steps
