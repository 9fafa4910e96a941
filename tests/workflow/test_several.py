"""One act on several cases: the same step with the same form, all of it or nothing, an event for each case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from tests.pairs import active, opened, pairing, sees
from tests.world import World
from workflow.cases import load
from workflow.engine.engine import Outcomes
from workflow.engine.steps import Step
from workflow.errors import InvalidForm, KeyReused, NotFound, NotYours, OutOfDate, Problem
from workflow.filing import file_content
from workflow.tables import entries, events
from workflow.views.several_actions import act_on_several

MEETING = {"met_on": "2026-03-02", "topic": "Rencana"}


@pytest.fixture
def pair(world: World) -> World:
    """An office whose only process is the small one of two."""
    return pairing(world)


def versions(world: World, cases: Sequence[str]) -> dict[str, int]:
    return {case: world.database.read(load, case).version for case in cases}


def log(world: World, cases: Sequence[str], who: str = "stranger", **more: Any) -> Outcomes:
    given = {"versions": versions(world, cases), **more}
    form = given.pop("form", MEETING)
    return world.database.write(
        world.engine.fire_several, list(cases), "log", world.actor(who), form, world.at, **given
    )


def written(world: World) -> int:
    ((found,),) = world.all(select(func.count()).select_from(entries))
    return int(found)


def test_one_meeting_with_several_is_written_in_each_of_their_cases(pair: World) -> None:
    cases = [active(pair), active(pair, "second_nurse")]
    outcomes = log(pair, cases)
    assert [outcome.case_id for outcome in outcomes.items] == cases
    for outcome in outcomes.items:
        (event,) = outcome.events
        ((kind, case),) = pair.all(select(events.c.type, events.c.case_id).where(events.c.id == event))
        assert (kind, case) == ("log", outcome.case_id)
    assert written(pair) == 2


def test_cases_are_named_by_their_numbers_too(pair: World) -> None:
    case = active(pair)
    reference = pair.database.read(load, case).reference
    outcomes = log(pair, [reference])
    assert outcomes.items[0].case_id == case


def test_nothing_is_written_where_one_of_them_may_not_be(pair: World) -> None:
    first, second = active(pair), opened(pair, "second_nurse", mentor=pair.ids["stranger"])
    pair.fire(second, "propose", "second_nurse", {"mentor": pair.ids["stranger"]})
    with pytest.raises(Problem) as refused:
        log(pair, [first, second])
    assert refused.value.more["case"] == second
    assert pair.database.read(load, second).reference in refused.value.says
    assert written(pair) == 0


def test_what_is_wrong_with_the_form_is_wrong_once(pair: World) -> None:
    cases = [active(pair), active(pair, "second_nurse")]
    with pytest.raises(InvalidForm) as refused:
        log(pair, cases, form={"topic": "tanpa tanggal"})
    assert [fault.field for fault in refused.value.fields] == ["met_on"]


def test_whoever_plays_no_part_in_one_learns_nothing_of_it(pair: World) -> None:
    own = active(pair)
    others = active(pair, "second_nurse", mentor="verifier", head="agency_chief")
    with pytest.raises(NotFound) as refused:
        log(pair, [own, others])
    assert others not in str(refused.value.more)
    assert written(pair) == 0


def test_a_step_that_is_somebody_elses_is_refused(pair: World) -> None:
    with pytest.raises(NotYours):
        log(pair, [active(pair)], who="nurse")


@pytest.mark.parametrize("seen", ["too old", "not said"])
def test_each_case_must_be_at_the_version_that_was_seen(pair: World, seen: str) -> None:
    cases = [active(pair), active(pair, "second_nurse")]
    given = versions(pair, cases)
    if seen == "too old":
        given[cases[1]] -= 1
    else:
        del given[cases[1]]
    with pytest.raises(OutOfDate) as refused:
        log(pair, cases, versions=given)
    assert refused.value.more["case"] == cases[1]
    assert written(pair) == 0


def test_the_same_key_is_answered_as_the_first_time(pair: World) -> None:
    cases = [active(pair), active(pair, "second_nurse")]
    seen = versions(pair, cases)
    first = log(pair, cases, versions=seen, key="once")
    again = log(pair, cases, versions=seen, key="once")
    assert again == msgspec.structs.replace(first, repeated=True)
    assert written(pair) == 2
    with pytest.raises(KeyReused):
        log(pair, cases, versions=seen, key="once", form={**MEETING, "topic": "Lain"})


@pytest.mark.parametrize("number", [0, 101])
def test_there_is_a_least_and_a_most(pair: World, number: int) -> None:
    with pytest.raises(InvalidForm, match="1 sampai 100"):
        log(pair, [], versions={}) if not number else pair.database.write(
            pair.engine.fire_several, ["x"] * number, "log", pair.actor("stranger"), MEETING, pair.at, versions={}
        )


def test_one_case_is_not_named_twice(pair: World) -> None:
    case = active(pair)
    reference = pair.database.read(load, case).reference
    with pytest.raises(InvalidForm, match="masing-masing satu kali"):
        log(pair, [case, reference])


def test_one_file_is_handed_in_for_all_of_them(pair: World) -> None:
    cases = [active(pair), active(pair, "second_nurse")]
    log(pair, cases, form={**MEETING, "proof": (proof := pair.file("stranger"))})
    for who in ("nurse", "second_nurse"):
        assert pair.database.read(file_content, pair.engine, sees(pair, who), pair.at, proof).content


def test_the_desk_shows_where_each_case_stands_after_it(pair: World) -> None:
    cases = [active(pair), active(pair, "second_nurse")]
    step, caller = Step("log", MEETING), sees(pair, "stranger")
    done = pair.database.write(act_on_several, pair.engine, caller, pair.at, step, versions(pair, cases), "k1")
    assert [(line.id, line.state_title, line.repeated) for line in done.items] == [
        (case, "Berlangsung", False) for case in cases
    ]
