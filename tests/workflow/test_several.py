"""One act on several cases: the same step with the same form, all of it or nothing, an event for each case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from tests.bulk import HEAD, endorsed, waiting
from tests.bulk import caller as at_the_desk
from tests.offices import DAY, TODAY, all_stored, lend, post_of
from tests.pairs import active, opened, pairing, sees
from tests.witness import broken
from tests.world import World
from workflow.cases import load
from workflow.engine.engine import Outcomes
from workflow.engine.steps import Step
from workflow.errors import InvalidForm, KeyReused, NotFound, NotYours, OutOfDate, Problem, Refused
from workflow.filing import file_content
from workflow.references import reference_of
from workflow.tables import entries, events, letter_cases, letters
from workflow.views.several_actions import SeveralTrial, act_on_several, try_on_several

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


# --- Out of date, and whose it is no longer --------------------------------------------------------------------------


def single(world: World, case: str, who: str, version: int, trigger: str = "endorse") -> Problem:
    """What the same step meets with one case."""
    with pytest.raises(Problem) as alone:
        world.database.write(world.engine.fire, case, trigger, world.actor(who), {}, world.at, version=version)
    return alone.value


def fired(world: World, cases: Sequence[str], who: str, trigger: str, seen: dict[str, int] | None = None) -> Outcomes:
    return world.database.write(
        world.engine.fire_several,
        cases,
        trigger,
        world.actor(who),
        {},
        world.at,
        versions=seen or versions(world, cases),
    )


def test_what_has_changed_is_told_as_alone_with_the_case_named(world: World) -> None:
    several = waiting(world, 2)
    seen = versions(world, several)
    world.fire(several[1], "withdraw", "clerk_2", {"reason": "Batal berangkat."})
    with pytest.raises(OutOfDate) as refused:
        fired(world, several, HEAD, "endorse", seen)
    alone = single(world, several[1], HEAD, seen[several[1]])
    assert refused.value.says == f"Berkas {reference_of(several[1])}: {alone.says}"
    assert refused.value.more == alone.more | {"case": several[1]}


@pytest.mark.parametrize("stale", [False, True])
def test_whose_mandate_has_ended_is_told_why_as_alone(world: World, stale: bool) -> None:
    several = waiting(world, 2)
    lend(world, "plh", post_of(world, HEAD), "treasurer", until_on=TODAY)
    for case in several:
        world.database.write(world.engine.reseat, case, world.at)
    seen = versions(world, several)
    world.at += DAY
    if stale:
        world.database.write(world.engine.reseat, several[0], world.at)
    with pytest.raises(NotYours, match="berakhir pada 2 Maret 2026") as refused:
        fired(world, several, "treasurer", "endorse", seen)
    alone = single(world, several[0], "treasurer", seen[several[0]])
    assert refused.value.says == f"Berkas {reference_of(several[0])}: {alone.says}"


def test_nobody_learns_that_two_names_are_of_one_case_which_is_not_theirs(pair: World) -> None:
    others = active(pair, "second_nurse", mentor="verifier", head="agency_chief")
    nowhere = "019cac7d-0000-7000-8000-000000000000"
    told = set()
    for case in (others, nowhere):
        named = [case, reference_of(case)]
        with pytest.raises(NotFound) as missing:
            pair.database.write(
                pair.engine.fire_several, named, "log", pair.actor("stranger"), MEETING, pair.at, versions={}
            )
        told.add(missing.value.says.replace(reference_of(case), "X"))
    assert len(told) == 1


# --- Letters that are shared, and rules that count -------------------------------------------------------------------


def test_a_shared_letter_is_issued_once_for_all_of_them(world: World) -> None:
    several = endorsed(world, 3)
    before = world.all(select(letters.c.id))
    outcomes = fired(world, several, HEAD, "forward")
    (letter,) = {letter for outcome in outcomes.items for letter in outcome.letters}
    assert len(world.all(select(letters.c.id))) == len(before) + 1
    named = world.all(select(letter_cases.c.case_id).where(letter_cases.c.letter_id == letter))
    assert {row.case_id for row in named} == set(several)
    assert broken(world.database) == []


def test_a_rule_that_counts_sees_those_before_as_gone(world: World) -> None:
    several = endorsed(world, 6)
    with pytest.raises(Refused) as refused:
        fired(world, several, HEAD, "forward")
    assert refused.value.more["case"] == several[4], "four of sixteen can be away at once"
    assert [outcome.state for outcome in fired(world, several[:4], HEAD, "forward").items] == ["verification"] * 4


# --- Tried -----------------------------------------------------------------------------------------------------------


def tried(world: World, cases: Sequence[str], who: str, step: Step, seen: dict[str, int] | None = None) -> SeveralTrial:
    by = at_the_desk(world, who)
    return world.database.write(try_on_several, world.engine, by, world.at, step, seen or versions(world, cases))


def test_a_trial_says_what_the_act_would_come_to_and_writes_nothing(world: World) -> None:
    several = endorsed(world, 3)
    before = world.database.read(all_stored)
    found = tried(world, several, HEAD, Step("forward", {}))
    assert world.database.read(all_stored) == before
    assert found.ready
    assert [line.answer for line in found.items] == ["allowed"] * 3
    ((title, of_cases),) = [(letter.title, letter.cases) for letter in found.letters]
    assert set(of_cases) == set(several)
    assert title
    fired(world, several, HEAD, "forward")


def test_a_trial_counts_those_before_as_the_act_does(world: World) -> None:
    several = endorsed(world, 6)
    before = world.database.read(all_stored)
    found = tried(world, several, HEAD, Step("forward", {}))
    assert world.database.read(all_stored) == before
    assert Counter(line.answer for line in found.items) == {"allowed": 4, "refused": 2}
    assert (found.ready, found.letters) == (False, ())
    with pytest.raises(Refused) as refused:
        fired(world, several, HEAD, "forward")
    assert refused.value.says.endswith(found.items[4].obstacles[0].reasons[0].says) or any(
        refused.value.says.endswith(reason.says) for reason in found.items[4].reasons
    )


def test_a_trial_names_in_each_case_what_stands_in_the_way(world: World) -> None:
    changed, sent_on, free = waiting(world, 3)
    seen = versions(world, [changed, sent_on, free])
    world.fire(changed, "withdraw", "clerk_1", {"reason": "Batal berangkat."})
    world.fire(sent_on, "endorse", HEAD)
    seen[sent_on] += 1
    found = tried(world, [], HEAD, Step("endorse", {}), seen)
    problems = [[each.problem for each in line.obstacles] for line in found.items]
    assert problems == [["out-of-date"], ["not-now"], []]
    assert found.items[0].obstacles[0].detail == single(world, changed, HEAD, seen[changed]).detail
    assert found.items[1].obstacles[0].detail == single(world, sent_on, HEAD, seen[sent_on]).detail
    assert not found.ready


def test_nothing_is_tried_on_what_is_not_theirs_to_know_of(pair: World) -> None:
    own = active(pair)
    others = active(pair, "second_nurse", mentor="verifier", head="agency_chief")
    with pytest.raises(NotFound):
        tried(pair, [own, others], "stranger", Step("log", MEETING))
