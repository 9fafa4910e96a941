"""The letters that wait for somebody, as a stack: what is asked of the database does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine as SqlEngine

from tests.pages.letters_waiting import with_paraf
from tests.world import World
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.office import Office
from workflow.views.letter_stack import Asked, Stack, letter_stack

#: Who asks to be away, and in which week: no more than half of them at once.
ASKED = {"nurse": 1, "second_nurse": 8, "third_nurse": 15}


@pytest.fixture
def office(world: World) -> World:
    """An office in which the head of the agency initials what the secretary signs."""
    world.database.write(with_paraf)
    world.engine = Engine(world.engine.registry, world.database.read(Office.load))
    world.roads = None  # of an office where nobody initials
    return world


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database in this block."""
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(told[2])

    event.listen(SqlEngine, "before_cursor_execute", note)
    yield said
    event.remove(SqlEngine, "before_cursor_execute", note)


def stack(world: World, who: str, asked: Asked) -> Stack:
    on = world.engine.office.day(world.at)
    caller = Caller("k", world.ids[who], who, "staff", None, frozenset({"read", "letters"}), None, on)
    return world.database.read(letter_stack, world.engine, caller, world.at, asked)


def requested(world: World) -> set[str]:
    """A request to a host for each of them, which waits to be initialled. Answers the cases."""
    return {
        world.road(
            "request_host",
            who,
            starts_on=f"2026-06-{day:02d}",
            ends_on=f"2026-06-{day + 4:02d}",
            estimate=1_000_000,
        )
        for who, day in ASKED.items()
    }


def test_a_page_of_letters_asks_no_more_of_the_database_than_one_letter(office: World) -> None:
    requested(office)
    with counted() as of_one:
        assert len(stack(office, "agency_chief", Asked(limit=1)).items) == 1
    with counted() as of_all:
        found = stack(office, "agency_chief", Asked())
    assert len(found.items) == len(ASKED)
    assert len(of_all) == len(of_one)
    assert len(of_all) <= 20, of_all


def test_each_letter_of_a_stack_says_what_is_its_own(office: World) -> None:
    cases = requested(office)
    found = stack(office, "agency_chief", Asked())
    assert {line.case_id for line in found.items} == cases
    for line in found.items:
        assert (line.wants, line.obstacle, line.letter.cases) == ("initial", "", 1)
        assert [step.state for step in line.route] == ["waiting", "later"]
        assert line.considered
        assert "Rp1.000.000" in {each.says for each in line.gist}
