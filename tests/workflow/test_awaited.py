"""What others owe to whoever opened a case for somebody else: the same whether they had a part in few cases or in very many."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from tests.offices import change
from tests.world import World
from workflow.authority.sight import FEW
from workflow.callers import Caller
from workflow.ids import new_id
from workflow.tables import participants
from workflow.views import awaited


@pytest.fixture(params=[pytest.param(FEW, id="few"), pytest.param(0, id="very many")])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to how many parts somebody has had in few cases."""
    monkeypatch.setattr(awaited, "FEW", request.param)


def owed(world: World, who: str) -> list[str]:
    on = world.engine.office.day(world.at)
    caller = Caller("k", world.ids[who], who, "staff", None, frozenset({"read"}), None, on)
    found = world.database.read(awaited.awaited_list, world.engine, caller, world.at)
    counted = world.database.read(awaited.task_counts, world.engine, caller, world.at)
    assert counted.awaited == len(found.items)
    return [line.case_id for line in found.items]


def opened_for(world: World, case: str, who: str, role: str) -> None:
    """Somebody has used a role on a case."""
    row = {"id": new_id(world.at), "case_id": case, "role": role, "person_id": world.ids[who]}
    change(world, insert(participants).values(**row, fixed=False, acted=True, since_at=world.at))


@pytest.mark.usefixtures("parts")
def test_whoever_opened_a_case_is_told_that_it_waits_for_another_until_it_is_over(world: World) -> None:
    case, other = world.submitted("nurse"), world.submitted("second_nurse")
    assert owed(world, "verifier") == []
    opened_for(world, case, "verifier", "verifier")
    opened_for(world, other, "verifier", "host")  # by which no case is opened
    assert owed(world, "verifier") == [case]
    assert owed(world, "second_verifier") == []
    ended = update(participants).where(participants.c.case_id == case, participants.c.role == "verifier")
    change(world, ended.values(until_at=world.at))
    assert owed(world, "verifier") == []


@pytest.mark.usefixtures("parts")
def test_a_case_that_is_over_is_owed_by_nobody(world: World) -> None:
    case = world.submitted("nurse")
    opened_for(world, case, "verifier", "verifier")
    assert owed(world, "verifier") == [case]
    world.fire(case, "withdraw", "nurse")
    assert owed(world, "verifier") == []
