"""Registers in tests: another profile, blocks that are given, letters that stand in a register, and what checking finds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Insert, insert, select, update

from tests.world import World
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.ids import new_id
from workflow.letters.route import new_code
from workflow.office import Office
from workflow.registers.leasing import Block, Wanted, lease
from workflow.tables import agency, letters
from workflow.verification import verify
from workflow.verification.registers import look_at_registers

NOTHING_WRONG: list[str] = []


@dataclass
class ProfiledWorld(World):
    """A world whose profile says more about registers."""

    text: str = ""


def profiled(world: World, more: str, letters: dict[str, str] | None = None) -> ProfiledWorld:
    """The world with more in its agency's profile; ``letters``: kind -> the register of its own."""

    def told(conn: Connection) -> tuple[str, Office]:
        text = conn.execute(select(agency.c.profile)).scalar_one() + "\n" + more
        for kind, register in (letters or {}).items():
            text = text.replace(f"[letters.{kind}]", f'[letters.{kind}]\nregister = "{register}"')
        conn.execute(update(agency).values(profile=text))
        return text, Office.load(conn)

    text, office = world.database.write(told)
    engine = Engine(world.engine.registry, office)
    return ProfiledWorld(**{**vars(replace(world, engine=engine)), "text": text})


def lent(world: World, unit: str, count: int, *, offline: bool = False, purpose: str = "Uji coba") -> Block:
    """A block that the administrator gives a unit."""
    wanted = Wanted(unit, count, purpose, world.ids["administrator"], offline=offline)
    return world.database.write(lease, world.engine.office, wanted, world.at)


def numbered_letter(register: str, year: int, number: int, on: date, suffix: str = "") -> Insert:
    """A letter that has a number."""
    at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    text = f"800/{number}{suffix and '.'}{suffix}/{register}/{year}"
    row: dict[str, Any] = {
        "id": new_id(at),
        "kind": "surat_tugas",
        "process": "",
        "state": "signed",
        "template": "surat_tugas.html",
        "template_sha256": "0" * 64,
        "body_type": "AssignmentOrder",
        "body": "{}",
        "frame": msgspec.json.encode({"number": text}).decode(),
        "route": "[]",
        "turn": 0,
        "drafter": "",
        "role": "",
        "method": "by_hand",
        "register": register,
        "register_year": year,
        "register_number": number,
        "register_suffix": suffix,
        "number": text,
        "dated_on": on,
        "issued_at": at,
        "code": new_code(),
        "due_on": on,
    }
    return insert(letters).values(row)


def looked(world: World) -> list[str]:
    """What checking the registers finds."""
    return world.database.read(lambda conn: [found.says for found in look_at_registers(conn) if found is not None])


def called(world: World, who: str) -> Caller:
    """Somebody as the command line knows them."""
    on = world.engine.office.day(world.at)
    return Caller("", world.ids[who], who.title(), "staff", None, frozenset(), None, on)


def verified(world: World, *parts: str) -> list[str]:
    """What the whole check finds in some of its parts."""
    registry, office = world.engine.registry, world.engine.office

    def work(conn: Connection) -> list[str]:
        return [
            found.says
            for checked in verify(conn, registry, office.policies, parts)
            for found in checked.findings
            if found.fails
        ]

    return world.database.read(work)
