"""Whatever mandates, absences, moves and new holders there are: separations hold, and somebody is always asked."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from tests.mentoring import agreed
from tests.offices import DAY, PreparedOffice, accept, away, gone, hold, propose, revoke
from tests.registers import NOTHING_WRONG, verified
from tests.workflow.test_authority import AT_BKPSDM, INSIDE
from tests.world import POSTS, STAFF, World
from workflow.authority.bench import Bench, administrators
from workflow.cases import load
from workflow.engine import seating
from workflow.errors import Problem
from workflow.facts import Situation
from workflow.people import MANDATES
from workflow.tables import mandates, positions, tasks

PEOPLE = (*POSTS, *STAFF)
UNHURRIED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def something_happens(world: World, case: str, chance: Random) -> None:
    """A mandate, an answer, an end, an absence, a move, a new holder or a departure; what is refused changes nothing."""
    who, other = chance.choice(PEOPLE), chance.choice(PEOPLE)
    posts = [row.id for row in world.all(select(positions.c.id).order_by(positions.c.id))]
    known = world.all(select(mandates.c.id, mandates.c.receiver_id).order_by(mandates.c.id))
    names = {person: name for name, person in world.ids.items()}
    today = world.engine.office.day(world.at)
    kind = chance.choice(("lend", "lend", "lend", "pass_on", "revoke", "away", "move", "move", "hold", "gone", "later"))
    with suppress(Problem):
        if kind == "lend":
            until = today + timedelta(days=chance.randint(0, 9))
            giver = chance.choice(("administrator", who))
            mandate = propose(
                world,
                chance.choice(list(MANDATES)),
                chance.choice(posts),
                other,
                by=giver,
                from_on=today,
                until_on=until,
            )
            if chance.random() < 0.8:
                accept(world, mandate, other)
        elif kind == "pass_on" and known:
            given = chance.choice(known)
            post = world.all(select(mandates.c.position_id).where(mandates.c.id == given.id))[0].position_id
            giver = names[given.receiver_id]
            accept(world, propose(world, "mandat", post, other, by=giver, from_on=today, until_on=today), other)
        elif kind == "revoke" and known:
            revoke(world, chance.choice(known).id, today)
        elif kind == "away":
            away(world, who, today, today + timedelta(days=chance.randint(0, 20)))
        elif kind == "move":
            roles = sorted({row.role for row in world.all(select(tasks.c.role).where(tasks.c.case_id == case))})
            moved = {chance.choice(roles): world.ids[who]} if roles else {}
            admin = world.actor("administrator")
            world.database.write(
                world.engine.reseat, case, world.at, actor=admin, name=moved, reason="Beban kerja dibagi"
            )
        elif kind == "hold":
            hold(world, chance.choice(posts), who)
        elif kind == "gone" and chance.random() < 0.5 and who not in ("nurse", "administrator"):
            gone(world, who, on=today)
        elif kind == "later":
            world.at += chance.randint(1, 3) * DAY


def check(world: World, case: str) -> None:
    """Nobody is asked whom a separation keeps away, themselves or through whom they act; and somebody is asked."""

    def look(conn: Connection) -> None:
        stored = load(conn, case)
        process = world.engine.registry.process(stored.process)
        situation = Situation(conn, world.engine.office, process, stored, stored.form, world.at)
        bench = Bench(situation)
        asked = seating.waits(bench, process, stored)
        helpers = {seat.person_id for seat in administrators(bench)}
        for role in process.state[stored.state].waits:
            barred = bench.barred(role)
            seats = bench.seats(role)
            assert not any(seat.people & barred for seat in seats), (role, seats, barred)
            if process.subject != role:
                assert stored.subject_id not in {seat.person_id for seat in seats}
        assert asked or process.state[stored.state].final, stored.state
        standing = {seat.person_id for role in process.state[stored.state].waits for seat in bench.seats(role)}
        assert standing or helpers or all(process.role[r].is_one_person for r in process.state[stored.state].waits)

    world.database.read(look)


def live(office: PreparedOffice, seed: int, length: int) -> None:
    world = office.as_new()
    chance = Random(seed)  # noqa: S311 - to be lived again
    who = chance.choice(("nurse", "nursing_head", "verifier"))
    # Nobody is an intern where they work.
    form = chance.choice(({}, INSIDE) if who == "verifier" else ({}, INSIDE, AT_BKPSDM))
    case = agreed(world) if seed % 3 == 0 else world.submitted(who, **form)
    for _ in range(length):
        something_happens(world, case, chance)
        check(world, case)
        if chance.random() < 0.4:
            step = chance.choice(("endorse", "forward", "approve", "verify", "return"))
            with suppress(Problem):
                world.fire(case, step, chance.choice(PEOPLE), {})
            check(world, case)
    world.sweep()
    check(world, case)
    assert verified(world, "mandates") == NOTHING_WRONG
    assert verified(world, "chain") == NOTHING_WRONG


@settings(UNHURRIED, max_examples=12)
@given(seed=st.integers(0, 2**31), length=st.integers(1, 25))
def test_separations_hold_and_somebody_is_asked(one_office: PreparedOffice, seed: int, length: int) -> None:
    live(one_office, seed, length)


@pytest.mark.parametrize("seed", range(2))
def test_separations_hold_and_somebody_is_asked_on_postgresql(postgresql_office: PreparedOffice, seed: int) -> None:
    live(postgresql_office, seed, 20)
