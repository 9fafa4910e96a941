"""Whoever orders much holds up nobody: people take turns, whatever each has ordered, and between lines all others go on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.bulk import HEAD, left, lines, ordered, states, waiting
from tests.world import REQUEST, World
from workflow.bulk.pages import BulkProgress
from workflow.bulk.running import run_due
from workflow.effects import run_due as run_effects
from workflow.engine.steps import Step
from workflow.engine.sweep import sweep
from workflow.tables import bulk_acts, bulk_lines

ENDORSE = Step("endorse", {})
NURSES = ("nurse", "second_nurse", "third_nurse")


def nursing(world: World) -> list[str]:
    """What awaits the head of nursing."""
    return [world.submitted(who) for who in NURSES]


def in_order(world: World) -> list[str]:
    """Who had ordered each line that was decided, in the order in which they were."""
    query = (
        select(bulk_acts.c.person_id)
        .join_from(bulk_lines, bulk_acts, bulk_acts.c.id == bulk_lines.c.bulk_id)
        .where(bulk_lines.c.decided_at.is_not(None))
        .order_by(bulk_lines.c.decided_at)
    )
    names = {person: name for name, person in world.ids.items()}
    return [names[row.person_id] for row in world.all(query)]


def clock(world: World) -> World:
    """Each line a second after the one before."""
    world.at += timedelta(seconds=1)
    return world


def test_people_take_turns_whoever_ordered_more(world: World) -> None:
    ordered(world, waiting(world, 8), ENDORSE)
    ordered(world, nursing(world), ENDORSE, "nursing_head")
    assert run_due(world.database, world.engine, lambda: clock(world).at) == 11
    assert in_order(world) == [HEAD, "nursing_head"] * 3 + [HEAD] * 5


def test_whoever_orders_in_the_middle_of_anothers_act_is_next(world: World) -> None:
    ordered(world, waiting(world, 8), ENDORSE)
    several = nursing(world)

    def told(decided: int) -> None:
        if decided == 2:
            ordered(world, several, ENDORSE, "nursing_head")

    run_due(world.database, world.engine, lambda: clock(world).at, told=told)
    assert in_order(world)[:8] == [HEAD] * 2 + [HEAD, "nursing_head"] * 3


def test_many_acts_of_one_person_are_no_more_turns_than_one(world: World) -> None:
    mine = waiting(world, 8)
    acts = [ordered(world, mine[first : first + 2], ENDORSE) for first in range(0, 8, 2)]
    ordered(world, nursing(world), ENDORSE, "nursing_head")
    run_due(world.database, world.engine, lambda: clock(world).at)
    assert in_order(world) == [HEAD, "nursing_head"] * 3 + [HEAD] * 5
    assert all(not _waits(world, act) for act in acts)


def _waits(world: World, act: BulkProgress) -> bool:
    return any(line.outcome == "waiting" for line in lines(world, act.id).values())


def test_ones_own_short_act_does_not_wait_for_ones_own_long_one(world: World) -> None:
    mine = waiting(world, 8)
    ordered(world, mine[:7], ENDORSE)
    clock(world)
    short = ordered(world, mine[7:], ENDORSE)
    decided: list[int] = []
    run_due(
        world.database,
        world.engine,
        lambda: world.at,
        told=lambda number: decided.append(number) if _waits(world, short) else None,
    )
    assert decided == [1], "its line was the second"


def test_the_sweep_what_is_owed_and_others_go_on_between_two_lines(world: World) -> None:
    world.road("request_host")  # two letters are to be made
    draft, others = world.open("second_nurse"), world.submitted("third_nurse")
    world.at += timedelta(days=3)
    several = waiting(world, 3)
    ordered(world, several, ENDORSE)
    reminded: list[int] = []

    def told(decided: int) -> None:
        if decided == 1:
            reminded.append(sweep(world.database, world.engine, world.at).reminded)
            assert run_effects(world.database, world.engine.office, world.at) == 2
            world.fire(others, "endorse", "nursing_head")
            world.fire(draft, "submit", "second_nurse", REQUEST)
            assert left(world)

    run_due(world.database, world.engine, lambda: world.at, told=told)
    assert reminded[0] > 0
    assert states(world, [others, draft]) == ["agency_review", "supervisor_review"]
    assert states(world, several) == ["agency_review"] * 3
