"""The power goes out in the middle of a bulk act: whoever runs next goes on, no case is done twice and none is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from tests.bulk import HEAD, endorsed, left, lines, ordered, states, waiting
from tests.cohorts import gathered
from tests.crashing import BEFORE_COMMIT, Crash, CrashServer, crash_server
from tests.offices import PreparedOffice
from tests.witness import broken
from tests.workflow.test_crash import replace_struct
from tests.world import World
from workflow.audit import events_of
from workflow.engine.steps import Step
from workflow.migrations import head_revision
from workflow.tables import letters

FORWARD = Step("forward", {})

#: Moments of a line at which it is killed.
POINTS = 8


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


@pytest.fixture(scope="module")
def server() -> Iterator[CrashServer]:
    """One for all: what a bulk act needs is loaded once."""
    with crash_server() as server:
        yield server


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("made", "issued", "units"), [(_alone, 3, 3), (_together, 1, 1)])
def test_a_bulk_act_that_is_killed_goes_on_where_it_was(
    database: str,
    made: Callable[[World], list[str]],
    issued: int,
    units: int,
    server: CrashServer,
    request: pytest.FixtureRequest,
) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{database}_office")
    before, cases, act, running = _moment(office, made)
    whole = server.take(running)
    assert not whole.killed
    check_whole(before.world, cases, act, issued)
    world = before.as_new()
    stood = states(world, cases)
    first = whole.statements // units
    # What is killed leaves nothing, so that the next can be killed elsewhere in the same line.
    for point in (*range(1, first, max(1, first // POINTS)), BEFORE_COMMIT):
        assert server.take(replace_struct(running, die=point)).killed, point
        check_halfway(world, cases, act)
        assert states(world, cases) == stood, point
    for done in range(1, units):  # in the middle of each line that follows
        assert server.take(replace_struct(running, die=first + first // 2)).killed
        check_halfway(world, cases, act)
        assert states(world, cases) == ["verification"] * done + stood[done:]
    assert not server.take(running).killed
    check_whole(world, cases, act, issued)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_command_itself_is_killed_and_typed_again(database: str, request: pytest.FixtureRequest) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{database}_office")
    world = office.as_new()
    cases = waiting(world, 9)
    act = ordered(world, cases, Step("endorse", {}))
    world.database.reshape(stamped)
    request.addfinalizer(lambda: world.database.reshape(unstamped))
    command = [sys.executable, "-c", "from api.command_line import main; main()", "bulk", "run"]
    environment = {**os.environ, "JENJANG_DATABASE": office.url}
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        while process.poll() is None and not any(line.outcome == "done" for line in lines(world, act.id).values()):
            pass
        process.kill()
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    found = lines(world, act.id)
    assert any(line.outcome == "done" for line in found.values()), said
    for case in cases:
        assert taken(world, case) == (found[case].outcome == "done")
    again = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False)
    rest = sum(line.outcome == "waiting" for line in found.values())
    assert f"{rest} berkas" in again.stdout, again.stderr
    assert left(world) == []
    assert [taken(world, case) for case in cases] == [1] * len(cases)
    assert broken(world.database) == []


def taken(world: World, case: str) -> int:
    """How often a case was endorsed."""
    return [event.type for event in world.database.read(events_of, case)].count("endorse")


def stamped(conn: Connection) -> None:
    """The tables of a world are made at once; say that they are the newest."""
    conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    conn.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head_revision()})


def unstamped(conn: Connection) -> None:
    """As other tests expect it."""
    conn.execute(text("DROP TABLE alembic_version"))
