"""What letters on their way stand on: who initials, who numbers, and how people act on a letter."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import insert, select

from tests.witness import happened, letters_of
from tests.world import World
from workflow.engine.engine import Outcome
from workflow.letters.acts import LetterAct
from workflow.letters.profile import RegisterStyle
from workflow.tables import group_members, letters, tasks

__all__ = [
    "act",
    "clerk_for",
    "external",
    "happened",
    "initialled_by",
    "letter",
    "letters_of",
    "numbered_as",
    "row",
    "waits",
]


def initialled_by(world: World, *offices: str, post: str = "secretary") -> None:
    """Have the heads of offices initial what a post signs."""
    _with_profile(world, paraf={post: offices})


def external(world: World, register: str = "SETDA") -> None:
    """Have another system number what is in a register, and a clerk enter it."""
    _with_profile(world, registers={register: RegisterStyle(kind="external")})
    clerk_for(world, "clerk_1")


def numbered_as(world: World, pattern: str) -> None:
    """Have every letter numbered by a pattern."""
    _with_profile(world, numbers=msgspec.structs.replace(world.engine.office.profile.numbers, pattern=pattern))


def _with_profile(world: World, **changes: Any) -> None:
    office = world.engine.office
    profile = msgspec.structs.replace(office.profile, **changes)
    world.engine = dataclasses.replace(world.engine, office=dataclasses.replace(office, profile=profile))


def clerk_for(world: World, who: str) -> None:
    """Make somebody a keeper of the registers."""
    member = {"group_name": "register_clerk", "unit_id": "", "person_id": world.ids[who]}
    world.database.write(lambda conn: conn.execute(insert(group_members).values(member)))


def letter(world: World, case: str, kind: str = "internship_request") -> str:
    """The id of the newest letter of a kind on a case."""
    return str(letters_of(world, case, kind)[-1].id)


def row(world: World, letter_id: str) -> Any:
    """A letter as it is stored."""
    (found,) = world.all(select(letters).where(letters.c.id == letter_id))
    return found


def waits(world: World, letter_id: str) -> dict[str, str]:
    """For whom a letter waits, and to do what."""
    names = {person: name for name, person in world.ids.items()}
    found = world.all(select(tasks).where(tasks.c.letter_id == letter_id))
    return {names[task.assignee_id]: task.triggers for task in found}


def act(world: World, letter_id: str, wanted: LetterAct, who: str, **more: Any) -> Outcome:
    """A person does something with a letter."""
    world.at += timedelta(seconds=1)
    return world.database.write(world.engine.letter, letter_id, wanted, world.actor(who), world.at, **more)
