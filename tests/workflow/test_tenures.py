"""Who held a post on a day: known from the first import that showed it, whatever happened since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select, update

from tests.exports import AT, as_csv, connection, nip, post
from tests.offices import change, hold, post_of
from tests.registers import NOTHING_WRONG, verified
from tests.world import World
from workflow.authority.bench import Bench, holders
from workflow.cases import load
from workflow.facts import Situation
from workflow.imports import import_staff
from workflow.office import REGENT
from workflow.people import holder_on, leave, rejoin, set_regent, vacate_due
from workflow.tables import people, positions, tenures

MARCH, APRIL, MAY = date(2026, 3, 2), date(2026, 4, 1), date(2026, 5, 4)
DAY = timedelta(days=1)


@pytest.fixture
def conn() -> Iterator[Connection]:
    with connection() as conn:
        yield conn


def imported(conn: Connection, on: date, director: int, other: int) -> None:
    """An export by which one person is director and another heads the division."""
    rows = (post(director, "Direktur"), post(other, "Kepala Bidang", director))
    assert import_staff(conn, as_csv(*rows), f"pegawai-{on}.csv", at=AT, on=on).written


def holder(conn: Connection, title: str, on: date) -> str | None:
    of_title = conn.execute(select(positions.c.id).where(positions.c.title == title)).scalar_one()
    found = holder_on(conn, of_title, on)
    if found is None:
        return None
    return str(conn.execute(select(people.c.nip).where(people.c.id == found.person_id)).scalar_one())


def test_a_holder_is_known_from_the_day_of_the_import_that_showed_them(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    assert holder(conn, "Direktur", MARCH - DAY) is None
    assert holder(conn, "Direktur", MARCH) == nip(1)
    assert holder(conn, "Direktur", MAY) == nip(1)


def test_an_import_that_shows_a_successor_keeps_who_held_the_post_before(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    imported(conn, APRIL, 2, 1)
    assert [holder(conn, "Direktur", on) for on in (MARCH, APRIL - DAY, APRIL)] == [nip(1), nip(1), nip(2)]
    assert [holder(conn, "Kepala Bidang", on) for on in (APRIL - DAY, APRIL)] == [nip(2), nip(1)]
    assert (
        conn.execute(select(tenures.c.basis).where(tenures.c.from_on == APRIL)).scalars().all()
        == ["Impor pegawai-2026-04-01.csv"] * 2
    )


def test_the_same_import_again_writes_no_history(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    before = conn.execute(select(tenures)).all()
    imported(conn, MAY, 1, 2)
    assert conn.execute(select(tenures)).all() == before


def test_an_import_that_is_put_right_on_the_same_day_leaves_nobody_out_of_their_post(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    imported(conn, APRIL, 2, 1)
    imported(conn, APRIL, 1, 2)
    assert [holder(conn, "Direktur", on) for on in (MARCH, APRIL, MAY)] == [nip(1)] * 3


def test_whoever_left_held_the_post_until_the_day_before(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    leave(conn, nip(1), APRIL)
    assert [holder(conn, "Direktur", on) for on in (APRIL - DAY, APRIL)] == [nip(1), None]


def test_whoever_leaves_on_a_day_to_come_is_not_the_holder_of_that_day(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    leave(conn, nip(1), APRIL, today=MARCH)
    assert [holder(conn, "Direktur", on) for on in (MARCH, APRIL)] == [nip(1), None]
    vacate_due(conn, MAY)
    assert conn.execute(select(tenures.c.left_on).where(tenures.c.left_on.is_not(None))).scalars().all() == [APRIL]


def test_somebody_who_is_back_holds_the_post_from_the_next_import(conn: Connection) -> None:
    imported(conn, MARCH, 1, 2)
    leave(conn, nip(1), APRIL)
    rejoin(conn, nip(1))
    imported(conn, MAY, 1, 2)
    assert [holder(conn, "Direktur", on) for on in (APRIL - DAY, APRIL, MAY)] == [nip(1), None, nip(1)]


def test_a_new_regent_leaves_the_one_before_in_the_history(conn: Connection) -> None:
    first = set_regent(conn, "Ratna Kencana", "Bupati Kemuning", AT)
    second = set_regent(conn, "Surya Dharma", "Bupati Kemuning", AT + 30 * DAY)
    found = [holder_on(conn, REGENT, on) for on in (MARCH, MAY)]
    assert [each and each.person_id for each in found] == [first, second]


def test_authority_on_a_day_gone_by_is_that_of_whoever_held_the_post_then(world: World) -> None:
    case, of_secretary = world.open(), post_of(world, "secretary")
    world.at += 10 * DAY
    hold(world, of_secretary, "health_head")

    def seated(conn: Connection, on: date) -> list[str]:
        found = load(conn, case)
        process = world.engine.registry.process(found.process)
        now = Situation(conn, world.engine.office, process, found, found.form, world.at)
        bench = Bench(now.standing_on(on))
        return [seat.person_id for seat in holders(bench.situation, "", of_secretary)]

    today = world.at.date()
    assert world.database.read(seated, MARCH) == [world.ids["secretary"]]
    assert world.database.read(seated, today) == [world.ids["health_head"]]


def test_checking_notices_a_holder_whom_no_history_knows(world: World) -> None:
    assert verified(world, "posts") == NOTHING_WRONG
    nobody = update(positions).where(positions.c.id == post_of(world, "secretary")).values(holder_id=None)
    world.database.write(lambda conn: conn.execute(nobody))
    (says,) = verified(world, "posts")
    assert "Sekretaris Daerah" in says


def test_checking_notices_two_holders_of_one_day(world: World) -> None:
    world.at += 10 * DAY
    of_secretary = post_of(world, "secretary")
    hold(world, of_secretary, "health_head")
    change(world, update(tenures).where(tenures.c.left_on.is_not(None)).values(left_on=world.at.date() + DAY))
    assert any("bertumpang tindih" in says for says in verified(world, "posts"))
