"""The machine's clock is set wrong and right again, by an hour either way, while people work.

What is promised: the order of events is that of their numbers, whatever their instants; what was done once is not done again;
nobody waits for the hour to pass.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.accidents.letters import all_is_done, all_is_well
from tests.offices import change
from tests.witness import broken
from tests.workers import jobs, until, worker
from tests.world import MONDAY, World
from workflow.audit import events_of
from workflow.effects import MAILED, RUN
from workflow.ids import instant_of, new_id
from workflow.tables import effects, events
from workflow.workers.calling import call_anew

Took = Callable[[str, float], None]
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_steps_follow_each_other_and_are_taken_once_whatever_the_clock_does(world: World, jump: timedelta) -> None:
    case = world.open()
    actor = world.actor("nurse")
    form = {"goal": "Belajar keperawatan intensif."}

    def save(key: str) -> bool:
        write = world.database.write
        return write(world.engine.fire, case, "save", actor, form, world.at, key=key).repeated

    assert not save("pertama")
    world.at += jump
    assert save("pertama")
    assert not save("kedua")
    world.at -= jump
    assert save("kedua")
    assert not save("ketiga")
    found = world.database.read(events_of, case)
    assert [event.type for event in found] == ["opened", "save", "save", "save"]
    assert broken(world.database) == []


def test_a_deadline_that_has_fired_does_not_fire_again_when_the_clock_goes_back(world: World) -> None:
    world.submitted()
    world.at += timedelta(days=8)
    first = world.sweep()
    assert first.reminded + first.escalated > 0
    counted = world.all(select(func.count()).select_from(events))
    for jump in (-HOUR, -timedelta(days=3), HOUR, timedelta(days=3)):
        world.at += jump
        again = world.sweep()
        assert (again.reminded, again.escalated, again.fired) == (0, 0, 0)
    assert world.all(select(func.count()).select_from(events)) == counted
    assert broken(world.database) == []


def test_ids_of_one_instant_that_comes_twice_are_not_the_same() -> None:
    made = [new_id(MONDAY + offset) for offset in (HOUR, timedelta(), HOUR, timedelta()) for _ in range(500)]
    assert len(set(made)) == len(made)
    assert {instant_of(each) for each in made} == {MONDAY, MONDAY + HOUR}


def test_what_is_owed_by_a_clock_an_hour_ahead_is_done_at_once(staffed: World, tmp_path: Path, took: Took) -> None:
    # The worker's clock stands an hour before that by which the letters were signed.
    clock = {"JENJANG_DEMO_CLOCK": (MONDAY - HOUR).isoformat()}
    with worker(staffed.database.conninfo, tmp_path, **clock):
        staffed.road("forward")
        due = staffed.all(select(func.min(effects.c.due_at)))[0][0]
        assert due >= MONDAY
        took("owed by a clock an hour ahead", all_is_done(staffed))
        until(lambda: jobs(staffed.database) == 0, "no job is left")
    all_is_well(staffed)


def test_so_is_what_is_named_by_its_letter_and_by_no_instant(staffed: World, tmp_path: Path) -> None:
    staffed.road("forward")
    # Read as an instant, such a name may lie beyond the year 9999.
    renamed = "UPDATE effects SET id = 'ffffffff-ffff-5fff-bfff-' || right(id, 12) WHERE kind = 'message'"
    change(staffed, text(renamed))
    change(staffed, text("DELETE FROM procrastinate_jobs"))
    staffed.database.write(call_anew, staffed.at, (*RUN, *MAILED))
    with worker(staffed.database.conninfo, tmp_path, JENJANG_DEMO_CLOCK=(MONDAY - HOUR).isoformat()):
        all_is_done(staffed)
    all_is_well(staffed)
