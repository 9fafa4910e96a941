"""Who can be stepped into in the demo, by what kind of person they are, with what waits for them. No demo, nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import Connection, func, select

from workflow.accounts.safe import Safe
from workflow.accounts.sessions import end_token
from workflow.accounts.signing_in import Browser, Entered, begin_session, refuse_who_left
from workflow.authority.bench import ADMINISTRATORS
from workflow.authority.sight import assignments_in_force
from workflow.demo.cast import Player
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.letters.routing import INITIAL, SIGN
from workflow.letters.words import begun_small
from workflow.people.groups import members
from workflow.people.person import find_person
from workflow.tables import cases, effects, group_members, people, tasks

#: By what such a session was begun, as its log says.
DEMO: Final = "demo"
#: What is done with a letter, as a task says it, and how that is told.
_LETTERS: Final = {INITIAL: "surat menunggu paraf", SIGN: "surat menunggu tanda tangan"}


@dataclass(frozen=True)
class Door:
    """A way in without an account. ``path``: its address on this server; ``says``: for whom, or to what."""

    title: str
    says: str
    path: str


@dataclass(frozen=True)
class Chapter:
    """A kind of person: who they are, what they come to do (``about``), and ways in without an account.

    ``folded``: nothing awaits them, and they are shown only when asked for.
    """

    title: str
    players: tuple[Player, ...]
    about: str = ""
    doors: tuple[Door, ...] = ()
    folded: bool = False


Playbill: TypeAlias = tuple[Chapter, ...]


@dataclass(frozen=True)
class Waiting:
    """Somebody of the story, and what awaits them: each with its number."""

    player: Player
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """A chapter as things are now."""

    title: str
    about: str
    people: tuple[Waiting, ...]
    doors: tuple[Door, ...]
    folded: bool


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


def waiting(conn: Connection, engine: Engine, bill: Playbill, at: datetime) -> Sequence[Scene]:
    """Everybody of the story whom the database knows, by chapter, with what awaits them."""
    ids = [player.id for chapter in bill for player in chapter.players]
    known = set(conn.execute(select(people.c.id).where(people.c.id.in_(ids))).scalars())
    awaited = {person: tuple(_awaits(conn, engine, person, at)) for person in known}
    scenes = (
        Scene(
            title=chapter.title,
            about=chapter.about,
            people=tuple(Waiting(player, awaited[player.id]) for player in chapter.players if player.id in known),
            doors=chapter.doors,
            folded=chapter.folded,
        )
        for chapter in bill
    )
    return [scene for scene in scenes if scene.people or scene.doors]


def _awaits(conn: Connection, engine: Engine, person: str, at: datetime) -> Iterator[str]:
    """What somebody can do now: cases by their process, letters by what is done with them, and what is no task at all."""
    of_cases = (
        select(cases.c.process, func.count(), func.count().filter(tasks.c.due_on < engine.office.day(at)))
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .where(tasks.c.assignee_id == person, tasks.c.letter_id.is_(None))
        .group_by(cases.c.process)
        .order_by(cases.c.process)
    )
    for process, number, late in conn.execute(of_cases):
        title = begun_small(engine.registry.process(process).title)
        yield f"{number} berkas {title}{f', {late} terlambat' if late else ''}"
    of_letters = (
        select(tasks.c.triggers, func.count())
        .where(tasks.c.assignee_id == person, tasks.c.letter_id.is_not(None))
        .group_by(tasks.c.triggers)
        .order_by(tasks.c.triggers)
    )
    for triggers, number in conn.execute(of_letters):
        yield f"{number} {_LETTERS.get(triggers, 'surat menunggu tindakan')}"
    if number := _late_in_units(conn, engine, person, at):
        yield f"{number} berkas rekan terlambat"
    if person in members(conn, ADMINISTRATORS):
        failed = effects.c.done_at.is_(None) & effects.c.parked_at.is_not(None)
        if number := conn.execute(select(func.count()).select_from(effects).where(failed)).scalar_one():
            yield f"{number} kiriman gagal"
    if number := len(conn.execute(assignments_in_force(person, engine.office.day(at))).all()):
        yield f"{number} penugasan pengawasan"


def _late_in_units(conn: Connection, engine: Engine, person: str, at: datetime) -> int:
    """How many cases of the units whose personnel officer somebody is wait for longer than they should."""
    of_units = select(group_members.c.unit_id).where(
        group_members.c.group_name == "personnel_officer", group_members.c.person_id == person
    )
    late = (
        select(func.count(cases.c.id.distinct()))
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .where(cases.c.unit_id.in_(of_units), tasks.c.due_on < engine.office.day(at))
    )
    return int(conn.execute(late).scalar_one())


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
