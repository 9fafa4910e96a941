"""What befalls the office of ``world.py`` from outside the processes, straight in its tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from tests.world import World
from workflow.budgets.books import Movement, move
from workflow.ids import new_id
from workflow.people import By, Terms, Today, accept_mandate, note_holders, propose_mandate
from workflow.tables import (
    absences,
    agreements,
    group_members,
    partners,
    people,
    performances,
    positions,
    sanctions,
    units,
)


def alter(world: World, who: str, **columns: Any) -> None:
    """A person's record says something else."""
    world.database.write(
        lambda conn: conn.execute(update(people).where(people.c.id == world.ids[who]).values(**columns))
    )


def sanction(world: World, who: str, level: str, from_on: date | None = None, until_on: date | None = None) -> None:
    """A disciplinary sanction is on record."""
    row = {
        "id": new_id(world.at),
        "person_id": world.ids[who],
        "level": level,
        "from_on": from_on,
        "until_on": until_on,
    }
    world.database.write(lambda conn: conn.execute(insert(sanctions).values(**row)))


def judged(world: World, who: str, predicate: str | None) -> None:
    """The predicate of 2025 is another one, or not recorded."""
    here = (performances.c.person_id == world.ids[who], performances.c.year == 2025)

    def change(conn: Any) -> None:
        conn.execute(delete(performances).where(*here))
        if predicate is not None:
            conn.execute(insert(performances).values(person_id=world.ids[who], year=2025, predicate=predicate))

    world.database.write(change)


def away(world: World, *who: str, from_on: date, until_on: date) -> None:
    """People are on leave."""
    rows = [
        {
            "id": new_id(world.at),
            "person_id": world.ids[each],
            "from_on": from_on,
            "until_on": until_on,
            "reason": "Cuti",
        }
        for each in who
    ]
    world.database.write(lambda conn: conn.execute(insert(absences), rows))


def agreed(world: World, *kept: tuple[str, date, date], partner: str = "RSPROV") -> None:
    """These are all the agreements there are with a partner: kind, first and last day."""
    rows = [
        {
            "id": new_id(world.at),
            "partner_id": partner,
            "kind": kind,
            "our_number": f"800.1.4.1/{number}/BKPSDM/2026",
            "about": "Magang",
            "from_on": from_on,
            "until_on": until_on,
        }
        for number, (kind, from_on, until_on) in enumerate(kept, start=40)
    ]

    def change(conn: Any) -> None:
        conn.execute(delete(agreements).where(agreements.c.partner_id == partner))
        if rows:
            conn.execute(insert(agreements), rows)

    world.database.write(change)


def lies_in(world: World, country: str, partner: str = "RSPROV") -> None:
    """A partner is known to be in a country."""
    world.database.write(
        lambda conn: conn.execute(update(partners).where(partners.c.id == partner).values(country=country))
    )


def cut_budget(world: World, amount: int) -> None:
    """The budget line loses so much of what is free on it."""
    cut = Movement(world.budget_line, "available", "ceiling", amount, "Efisiensi")
    world.database.write(move, cut, None, world.at)


def head_of(world: World, unit: str, who: str, title: str, superior: str | None = None) -> None:
    """A person becomes the head of a unit that had none, under the post that somebody holds."""
    post = new_id(world.at)
    above = positions.c.holder_id == world.ids[superior or "secretary"]

    def change(conn: Any) -> None:
        superior_id = conn.execute(positions.select().where(above)).one().id
        row = {"id": post, "unit_id": unit, "title": title, "holder_id": world.ids[who], "superior_id": superior_id}
        conn.execute(insert(positions).values(**row))
        conn.execute(update(units).where(units.c.id == unit).values(head_position_id=post))
        note_holders(conn, world.engine.office.day(world.at), "Uji", at=world.at)

    world.database.write(change)


def succeeded(world: World, before: str, after: str) -> None:
    """A post passes from one person to another."""
    here = positions.c.holder_id == world.ids[before]

    def change(conn: Any) -> None:
        conn.execute(update(positions).where(here).values(holder_id=world.ids[after]))
        note_holders(conn, world.engine.office.day(world.at), "Uji", at=world.at)

    world.database.write(change)


def left_group(world: World, who: str) -> None:
    """A person no longer belongs to any group."""
    here = group_members.c.person_id == world.ids[who]
    world.database.write(lambda conn: conn.execute(delete(group_members).where(here)))


def stands_in(world: World, who: str, *, instead_of: str, kind: str, from_on: date, until_on: date) -> None:
    """A person gets a mandate (plt, plh, pj, delegasi, mandat) for the post that another holds."""
    here = positions.c.holder_id == world.ids[instead_of]
    ((post,),) = world.database.read(lambda conn: conn.execute(select(positions.c.id).where(here)).all())
    law = world.engine.office.policies.on(from_on)
    today = Today(world.at, from_on, law)
    basis = "800.1.11.1/77/BKPSDM/2026"
    terms = Terms(kind, post, world.ids[who], from_on, until_on, basis, from_on)
    clerk = "verifier" if who == "administrator" else "administrator"
    mandate = world.database.write(propose_mandate, terms, By(world.ids[clerk], clerk), today)
    world.database.write(accept_mandate, mandate, By(world.ids[who], who), today)
