"""What others owe to whoever opened a case for somebody else: the same whether they had a part in few cases or in very many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.offices import change
from tests.world import World
from workflow.authority.sight import FEW
from workflow.callers import Caller
from workflow.filters import Narrowed
from workflow.ids import new_id
from workflow.tables import participants, tasks
from workflow.views import awaited


@pytest.fixture(params=[pytest.param(FEW, id="few"), pytest.param(0, id="very many")])
def parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to how many parts somebody has had in few cases."""
    monkeypatch.setattr(awaited, "FEW", request.param)


def caller(world: World, who: str) -> Caller:
    on = world.engine.office.day(world.at)
    return Caller("k", world.ids[who], who, "staff", None, frozenset({"read"}), None, on)


def listed(world: World, who: str, **asked: Any) -> awaited.AwaitedList:
    return world.database.read(awaited.awaited_list, world.engine, caller(world, who), world.at, **asked)


def owed(world: World, who: str) -> list[str]:
    found = listed(world, who)
    counted = world.database.read(awaited.task_counts, world.engine, caller(world, who), world.at)
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


@pytest.mark.usefixtures("parts")
def test_what_is_owed_goes_by_the_first_day_on_which_anything_of_a_case_is_due(world: World) -> None:
    case, sooner = world.submitted("nurse"), world.submitted("second_nurse")
    for each in (case, sooner):
        opened_for(world, each, "verifier", "verifier")
    (first, *_) = world.all(select(tasks.c.due_on).where(tasks.c.case_id == sooner))
    for number in range(2):  # a case is told of once, however much of it is due on that day
        another = {"id": new_id(world.at), "case_id": sooner, "role": "supervisor", "triggers": "endorse"}
        more = {"due_on": first.due_on - timedelta(days=1), "opened_at": world.at, "escalated": bool(number)}
        change(world, insert(tasks).values(**another, **more, assignee_id=world.ids["nursing_head"]))
    assert owed(world, "verifier") == [sooner, case]
    page = listed(world, "verifier", limit=1)
    following = listed(world, "verifier", limit=1, after=page.next)
    assert [line.case_id for line in (*page.items, *following.items)] == [sooner, case]
    assert page.items[0].due_on < following.items[0].due_on
    assert following.next is None


@pytest.mark.usefixtures("parts")
def test_what_is_owed_is_found_by_a_name_and_by_where_it_is(world: World) -> None:
    case, other = world.submitted("nurse"), world.submitted("second_nurse")
    for each in (case, other):
        opened_for(world, each, "verifier", "verifier")
    assert [line.case_id for line in listed(world, "verifier", narrowed=Narrowed(search="second")).items] == [other]
    assert listed(world, "verifier", narrowed=Narrowed(search="nobody")).items == ()
    here = Narrowed(process="internship", state="supervisor_review")
    assert {line.case_id for line in listed(world, "verifier", narrowed=here).items} == {case, other}
    assert listed(world, "verifier", narrowed=Narrowed(process="mentoring")).items == ()
