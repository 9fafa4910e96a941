"""The power goes out while hours are counted anew: the books are as before, or as after, and never in between."""

from __future__ import annotations

from datetime import date

import pytest

from tests.crashing import AFTER_COMMIT, BEFORE_COMMIT, Crash, crash_server
from tests.mentoring import MENTEE, logged, met, running
from tests.offices import PreparedOffice, all_stored
from tests.witness import credited
from tests.workflow.test_crash import replace_struct
from tests.world import World
from workflow.hours.ledger import imbalances


def _moment(office: PreparedOffice) -> tuple[PreparedOffice, Crash]:
    """The office just before the earliest of three meetings is confirmed."""
    world = office.as_new()
    case = running(world)
    world.go_to(date(2026, 3, 11))
    number = logged(world, case, date(2026, 3, 10))
    met(world, case, date(2026, 3, 17), date(2026, 3, 24))
    step = Crash(
        url=office.url,
        case=case,
        trigger="confirm_session",
        person=world.ids[MENTEE],
        name=MENTEE,
        form={"numbers": [number]},
        at=world.at,
        key="the-same-request",
    )
    return office.as_it_is(world), step


def _again(world: World, step: Crash) -> bool:
    """The same request once more; whether it was known already."""
    write, actor = world.database.write, world.actor(step.name)
    outcome = write(world.engine.fire, step.case, step.trigger, actor, step.form, step.at, key=step.key)
    assert [hours for hours, _ in credited(world, MENTEE)] == [2, 0, 2]
    assert world.database.read(lambda conn: list(imbalances(conn))) == []
    return outcome.repeated


@pytest.mark.parametrize(("database", "every"), [("sqlite", 3), ("postgresql", 9)])
def test_a_confirmation_that_is_killed_books_all_or_nothing(
    database: str, every: int, request: pytest.FixtureRequest
) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{database}_office")
    before, step = _moment(office)
    with crash_server() as server:
        whole = server.take(step)
        assert not whole.killed
        world = before.as_new()
        for point in (*range(1, whole.statements + 1, every), BEFORE_COMMIT):
            assert server.take(replace_struct(step, die=point)).killed
            assert world.database.read(all_stored) == before.stored, f"killed at {point}, and something was left"
        assert not _again(world, step)
        world = before.as_new()
        assert server.take(replace_struct(step, die=AFTER_COMMIT)).killed
        assert _again(world, step)
