"""Who can be stepped into in the demo: everyone who plays, by the chapter in which they first come on. No demo, nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import Connection, select

from workflow.accounts.safe import Safe
from workflow.accounts.sessions import end_token
from workflow.accounts.signing_in import Browser, Entered, begin_session, refuse_who_left
from workflow.demo.cast import Player
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.people.person import find_person
from workflow.queries import inbox_count
from workflow.tables import people

#: By what such a session was begun, as its log says.
DEMO: Final = "demo"


@dataclass(frozen=True)
class Chapter:
    """A part of the story, and who comes on in it."""

    title: str
    players: tuple[Player, ...]


Playbill: TypeAlias = tuple[Chapter, ...]


@dataclass(frozen=True)
class Waiting:
    """Somebody of the story, and how much awaits them, counted no further than 100."""

    player: Player
    tasks: int


def playbill(chapters: Iterable[tuple[str, Iterable[Player]]]) -> Playbill:
    """Everyone once, where they first come on, with every part they play; a chapter with nobody new is left out."""
    told = [(title, tuple(players)) for title, players in chapters]
    parts: dict[str, dict[str, None]] = {}
    for player in (player for _, players in told for player in players):
        parts.setdefault(player.id, {})[player.part] = None
    known: set[str] = set()
    made = []
    for title, players in told:
        first = {player.id: player for player in players if player.id not in known}
        new = tuple(replace(player, part="; ".join(parts[player.id])) for player in first.values())
        known |= {player.id for player in new}
        if new:
            made.append(Chapter(title, new))
    return tuple(made)


def written(bill: Playbill) -> bytes:
    """A playbill as a file."""
    return msgspec.json.encode(bill)


def read(file: Path) -> Playbill:
    """A playbill from a file. Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode(file.read_bytes(), type=Playbill)


def waiting(conn: Connection, bill: Playbill) -> Sequence[tuple[str, tuple[Waiting, ...]]]:
    """Everybody of the story whom the database knows, by chapter."""
    ids = [player.id for chapter in bill for player in chapter.players]
    known = set(conn.execute(select(people.c.id).where(people.c.id.in_(ids))).scalars())
    here = [replace(chapter, players=tuple(p for p in chapter.players if p.id in known)) for chapter in bill]
    return [
        (chapter.title, tuple(Waiting(player, inbox_count(conn, player.id)) for player in chapter.players))
        for chapter in here
        if chapter.players
    ]


def step_in(
    conn: Connection,
    engine: Engine,
    safe: Safe,
    bill: Playbill,
    person_id: str,
    browser: Browser,
    at: datetime,
    *,
    before: str = "",
) -> Entered:
    """Begin a session as somebody of the story, and end the one of the token ``before``. Raises NotFound, HasLeft."""
    if person_id not in {player.id for chapter in bill for player in chapter.players}:
        raise NotFound("Orang itu tidak ikut dalam peragaan. Pilih dari daftar pada halaman /peran.")
    person = find_person(conn, person_id)
    refuse_who_left(engine.office, person, at)
    if before:
        end_token(conn, before, at)
    return begin_session(conn, engine.office, safe, person, DEMO, browser, at, second_factor=True)
