"""The books: money by double entry in whole rupiah; every movement sums to zero, and nothing stays held in a closed case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select, update

from tests.offices import change
from tests.witness import credited
from tests.world import MONDAY, World
from workflow.budgets import books, faults, promises
from workflow.budgets.books import ACCOUNTS, Movement
from workflow.ids import new_id
from workflow.references import reference_of
from workflow.tables import budgets, cases, postings

CEILING = 10_000_000


class Rolled(Exception):
    """Ends a unit whose writing is not to be kept."""


def rolled_back(world: World, work: Callable[[Connection], None]) -> None:
    """Run a unit and keep nothing of it."""

    def unit(conn: Connection) -> None:
        work(conn)
        raise Rolled

    with pytest.raises(Rolled):
        world.database.write(unit)


def balances(conn: Connection, line: str) -> dict[str, int]:
    """The accounts of a line that hold something."""
    found = {account: books.balance(conn, line, account) for account in ACCOUNTS}
    return {account: amount for account, amount in found.items() if amount}


def another_line(conn: Connection, ceiling: int = 1_000_000) -> str:
    """A second line of the same year."""
    line = new_id(MONDAY)
    conn.execute(
        insert(budgets).values(
            id=line,
            year=2026,
            unit_id="RSUD",
            activity_code="1",
            activity="Lain",
            account_code="2",
            account="Belanja",
            ceiling=ceiling,
        )
    )
    books.move(conn, Movement(line, "ceiling", "available", ceiling, "Pagu"), None, MONDAY)
    return line


def test_money_moves_from_the_free_room_to_reserved_committed_and_spent(world: World) -> None:
    case, line = world.open(), world.budget_line

    def work(conn: Connection) -> None:
        promises.reserve(conn, case, line, 4_000_000, MONDAY)
        assert balances(conn, line) == {"ceiling": -CEILING, "available": 6_000_000, "reserved": 4_000_000}
        promises.commit(conn, case, MONDAY)
        assert balances(conn, line) == {"ceiling": -CEILING, "available": 6_000_000, "committed": 4_000_000}
        promises.spend(conn, case, line, 3_500_000, MONDAY)
        assert books.held_by(conn, case) == {(line, "committed"): 500_000, (line, "spent"): 3_500_000}
        said = [movement.says for movement in promises.release(conn, case, MONDAY)]
        assert said == ["Dilepas"]
        assert balances(conn, line) == {"ceiling": -CEILING, "available": 6_500_000, "spent": 3_500_000}
        assert faults.imbalances(conn) == []

    rolled_back(world, work)


def test_a_reservation_is_made_equal_to_the_amount_whatever_it_was(world: World) -> None:
    case, line = world.open(), world.budget_line

    def work(conn: Connection) -> None:
        for amount in (4_000_000, 4_000_000, 5_000_000, 1_000_000):
            promises.reserve(conn, case, line, amount, MONDAY)
            assert books.held_by(conn, case) == {(line, "reserved"): amount}
        promises.reserve(conn, case, line, 0, MONDAY)
        assert books.held_by(conn, case) == {}

    rolled_back(world, work)


def test_a_reservation_on_another_line_releases_the_first(world: World) -> None:
    case, line = world.open(), world.budget_line

    def work(conn: Connection) -> None:
        other = another_line(conn)
        promises.reserve(conn, case, line, 4_000_000, MONDAY)
        promises.reserve(conn, case, other, 500_000, MONDAY)
        assert books.held_by(conn, case) == {(other, "reserved"): 500_000}
        assert balances(conn, line) == {"ceiling": -CEILING, "available": CEILING}
        promises.reserve(conn, case, None, 0, MONDAY)
        assert books.held_by(conn, case) == {}

    rolled_back(world, work)


def test_what_costs_more_than_was_bound_takes_the_rest_from_the_free_room(world: World) -> None:
    case, line = world.open(), world.budget_line

    def work(conn: Connection) -> None:
        promises.reserve(conn, case, line, 1_000_000, MONDAY)
        promises.commit(conn, case, MONDAY)
        promises.spend(conn, case, line, 1_200_000, MONDAY)
        assert promises.release(conn, case, MONDAY) == []
        assert balances(conn, line) == {"ceiling": -CEILING, "available": 8_800_000, "spent": 1_200_000}

    rolled_back(world, work)


def test_one_case_releases_nothing_of_another(world: World) -> None:
    one, other, line = world.open(), world.open("second_nurse"), world.budget_line

    def work(conn: Connection) -> None:
        promises.reserve(conn, one, line, 1_000_000, MONDAY)
        promises.reserve(conn, other, line, 2_000_000, MONDAY)
        promises.release(conn, one, MONDAY)
        assert books.held_by(conn, one) == {}
        assert books.held_by(conn, other) == {(line, "reserved"): 2_000_000}

    rolled_back(world, work)


def test_nothing_is_posted_for_nothing(world: World) -> None:
    case, line = world.open(), world.budget_line

    def work(conn: Connection) -> None:
        assert promises.reserve(conn, case, line, 0, MONDAY) == []
        assert promises.commit(conn, case, MONDAY) == []
        assert promises.spend(conn, case, line, 0, MONDAY) == []
        assert promises.spend(conn, case, None, 5, MONDAY) == []
        assert promises.release(conn, case, MONDAY) == []
        assert conn.execute(select(func.count()).select_from(postings)).scalar_one() == 2, "the ceiling alone"

    rolled_back(world, work)


steps = st.tuples(
    st.sampled_from(["reserve", "commit", "spend", "release"]), st.integers(0, 1), st.integers(0, 400_000)
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=12))
def test_however_money_is_moved_the_books_balance(
    world_for_books: tuple[World, tuple[str, str]], moves: list[tuple[str, int, int]]
) -> None:
    world, pair = world_for_books

    def work(conn: Connection) -> None:
        for what, which, amount in moves:
            case = pair[which]
            if what == "reserve":
                promises.reserve(conn, case, world.budget_line, amount, MONDAY)
            elif what == "spend":
                promises.spend(conn, case, world.budget_line, amount, MONDAY)
            else:
                getattr(promises, what)(conn, case, MONDAY)
            assert sum(books.balance(conn, world.budget_line, account) for account in ACCOUNTS) == 0
        assert faults.imbalances(conn) == []

    rolled_back(world, work)


@pytest.fixture
def world_for_books(one_world: World) -> tuple[World, tuple[str, str]]:
    """One office and two cases for all examples; each example is rolled back."""
    return one_world, (one_world.open(), one_world.open("second_nurse"))


def found(world: World) -> list[str]:
    return world.database.read(faults.imbalances)


def test_an_internship_on_the_straight_road_leaves_the_books_balanced(world: World) -> None:
    case = world.road("complete")
    assert found(world) == []
    held = world.database.read(books.held_by, case)
    assert held == {(world.budget_line, "spent"): 3_500_000}
    assert credited(world, "nurse") == [(20, world.engine.registry.process("internship").activity)]


def test_a_posting_that_was_touched_is_found_and_its_movement_named(world: World) -> None:
    world.road("request_host")
    (row,) = world.all(select(postings).where(postings.c.account == "reserved"))
    change(world, update(postings).where(postings.c.id == row.id).values(amount=row.amount + 1))
    assert found(world) == [f"Mutasi {row.movement_id} tidak seimbang: selisih 1."]


def test_a_line_that_holds_less_than_nothing_is_found_and_named(world: World) -> None:
    case, line = world.open(), world.budget_line
    world.database.write(promises.spend, case, line, CEILING + 1, MONDAY)
    says = "Mata anggaran Fasilitasi magang – Belanja perjalanan dinas (2026): akun available bernilai -1."
    assert found(world) == [says]


def test_a_closed_case_that_still_holds_something_is_found_and_named(world: World) -> None:
    case = world.road("request_host")
    change(world, update(cases).where(cases.c.id == case).values(closed_at=world.at))
    assert found(world) == [
        f"Berkas {reference_of(case)} sudah ditutup, tetapi masih memegang 4000000 pada akun reserved."
    ]
