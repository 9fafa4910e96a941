"""The power goes out in the middle of a bulk act: whoever runs next goes on, no case is done twice and none is left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from tests.bulk import HEAD, endorsed, left, lines, ordered, run, states
from tests.cohorts import gathered
from tests.crashing import BEFORE_COMMIT, Crash, crash_server
from tests.offices import PreparedOffice
from tests.witness import broken
from tests.workflow.test_crash import replace_struct
from tests.world import World
from workflow.audit import events_of
from workflow.engine.steps import Step
from workflow.tables import letters

FORWARD = Step("forward", {})


def _alone(world: World) -> list[str]:
    return endorsed(world, 3)


def _together(world: World) -> list[str]:
    return list(gathered(world).until("endorse").cases.values())


def _moment(office: PreparedOffice, made: Callable[[World], list[str]]) -> tuple[PreparedOffice, list[str], str, Crash]:
    """The office just after a bulk act was ordered, and running it."""
    world = office.as_new()
    cases = made(world)
    act = ordered(world, cases, FORWARD)
    running = Crash(
        url=office.url,
        case=act.id,
        trigger="bulk",
        person=world.ids[HEAD],
        name=HEAD,
        form={},
        at=world.at,
        key="",
        work="bulk",
    )
    return office.as_it_is(world), cases, act.id, running


def check_halfway(world: World, cases: list[str], act: str) -> None:
    """Each line agrees with its case: it was decided with its event, or neither."""
    found = lines(world, act)
    for case in cases:
        taken = [event.type for event in world.database.read(events_of, case)].count("forward")
        assert taken == (found[case].outcome == "done")


def check_whole(world: World, cases: list[str], act: str, issued: int) -> None:
    assert left(world) == []
    check_halfway(world, cases, act)
    assert states(world, cases) == ["verification"] * len(cases)
    assert world.all(select(func.count()).select_from(letters)) == [(issued,)]
    assert broken(world.database) == []


@pytest.mark.parametrize(
    ("database", "made", "issued", "every"),
    [
        ("sqlite", _alone, 3, 20),
        ("sqlite", _together, 1, 12),
        ("postgresql", _alone, 3, 50),
        ("postgresql", _together, 1, 40),
    ],
)
def test_a_bulk_act_that_is_killed_goes_on_where_it_was(
    database: str,
    made: Callable[[World], list[str]],
    issued: int,
    every: int,
    request: pytest.FixtureRequest,
) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{database}_office")
    before, cases, act, running = _moment(office, made)
    with crash_server() as server:
        whole = server.take(running)
        assert not whole.killed
        check_whole(before.world, cases, act, issued)
        for point in (*range(1, whole.statements + 1, every), BEFORE_COMMIT):
            world = before.as_new()
            assert server.take(replace_struct(running, die=point)).killed, point
            check_halfway(world, cases, act)
            run(world)
            check_whole(world, cases, act, issued)


def test_killed_again_and_again_it_still_ends(sqlite_office: PreparedOffice) -> None:
    before, cases, act, running = _moment(sqlite_office, _alone)
    with crash_server() as server:
        world = before.as_new()
        died = 0
        while server.take(replace_struct(running, die=90)).killed and died < 20:
            died += 1
            check_halfway(world, cases, act)
        assert died < 20
        check_whole(world, cases, act, 3)
