"""The route of a letter: who initials it, who numbers it, who signs it, in which order, and what each has done.

Kept with the letter as JSON: the steps are few, and what a letter was must be read in one piece.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Row

StepKind = Literal["paraf", "number", "sign"]

#: The state in which a letter waits for a step of each kind.
WAITING: Final[dict[StepKind, str]] = {"paraf": "to_paraf", "number": "to_number", "sign": "to_sign"}

#: The states of a letter that somebody is still to initial, number, mend or sign.
UNDER_WAY: Final = ("to_paraf", "to_number", "to_sign", "to_mend")
#: Those of a letter in force whose file is complete: made, or scanned.
COMPLETE: Final = ("signed", "sent")
#: Those of a letter that has left: all have signed it, and it counts.
LEFT: Final = ("to_render", *COMPLETE)

#: No more than so many initial a letter before it is signed: a fourth would find nothing that three have not seen.
MOST_PARAF: Final = 3

#: No sign that is mistaken for another when it is read aloud or typed from paper: no I, L, O, U, 0 or 1.
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class LetterStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step. ``role``: as the process names it, or empty for an office that initials by the agency's profile.

    ``position_id``: the post that acts, where it is fixed already. ``by``, ``name``, ``title``, ``at``: who did it, as which
    post, and when; ``at`` is empty while it is still to be done. Of later signatories all but ``at`` is known once the first
    has signed: they are printed then.
    """

    kind: StepKind
    role: str = ""
    position_id: str | None = None
    by: str | None = None
    name: str = ""
    title: str = ""
    at: datetime | None = None


def next_turn(steps: tuple[LetterStep, ...]) -> int:
    """The step that is waited for; as many as there are once all is done."""
    return next((number for number, step in enumerate(steps) if step.at is None), len(steps))


def state_at(steps: tuple[LetterStep, ...]) -> str:
    """The state of a letter whose steps have been done so far."""
    turn = next_turn(steps)
    return WAITING[steps[turn].kind] if turn < len(steps) else "to_render"


def begun_anew(steps: tuple[LetterStep, ...]) -> tuple[LetterStep, ...]:
    """The steps of a letter that was mended: whoever initialled or signed it does so once more. Its number stays."""
    return tuple(
        step if step.kind == "number" else LetterStep(kind=step.kind, role=step.role, position_id=step.position_id)
        for step in steps
    )


def encoded(steps: tuple[LetterStep, ...]) -> str:
    """The steps as they are stored."""
    return msgspec.json.encode(steps).decode()


def decoded(route: str) -> tuple[LetterStep, ...]:
    """The steps as they were stored."""
    return msgspec.json.decode(route, type=tuple[LetterStep, ...])


def some_have_signed(row: Row[Any]) -> bool:
    """Whether a letter bears a signature: one that was merely numbered for a key that then failed bears none."""
    return row.sealed > 0 or any(step.kind == "sign" and step.at is not None for step in decoded(row.route))


def new_code() -> str:
    """A code by which anybody can ask about a letter: ten signs, about 49 bits, unguessable."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
