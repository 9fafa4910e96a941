"""Colleagues found by their name: those of one's own unit first, whoever works in none among all others."""

from __future__ import annotations

from sqlalchemy import update

from tests.offices import change
from tests.world import World
from workflow.callers import Caller
from workflow.tables import people
from workflow.views.colleagues import colleague_list


def test_colleagues_of_ones_own_unit_come_first_and_whoever_works_in_none_is_of_another(world: World) -> None:
    change(world, update(people).where(people.c.id == world.ids["second_nurse"]).values(unit_id=None))
    change(world, update(people).where(people.c.id == world.ids["third_nurse"]).values(unit_id="DINKES"))
    on = world.engine.office.day(world.at)
    caller = Caller("k", world.ids["nurse"], "nurse", "staff", None, frozenset({"read"}), None, on)
    found = world.database.read(colleague_list, world.engine, caller, world.at, "nurse")
    assert [line.name for line in found.items] == ["Fourth Nurse", "Nurse", "Second Nurse", "Third Nurse"]
