"""For whom reports are: those who make, pass on and receive them, and auditors within an assignment; nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from tests.offices import change, hold, lend, post_of
from tests.reporting import AFTER_FIRST, ran, reported
from tests.world import World
from workflow.auditing.assignments import give_assignment
from workflow.callers import Caller
from workflow.errors import NotFound
from workflow.reports.parts import cases_behind
from workflow.reports.showing import Report, reads_reports, seen_of_case, seen_running
from workflow.tables import group_members

JAN, FEB = date(2026, 1, 12), date(2026, 2, 2)


def caller(world: World, who: str) -> Caller:
    """Somebody with a key that is good for everything."""
    on = world.engine.office.day(world.at)
    return Caller("k", world.ids[who], who, "staff", None, frozenset({"read"}), on, on)


def reads(world: World, who: str) -> bool:
    """Whether reports are for them today."""
    on = world.engine.office.day(world.at)
    return world.database.read(reads_reports, world.engine.office, caller(world, who), on)


def running(world: World, who: str, written: str = "2026-1") -> Report:
    """The running report as somebody sees it."""
    return world.database.read(seen_running, world.engine, caller(world, who), world.at, written)


@pytest.mark.parametrize("who", ["verifier", "second_verifier", "agency_chief", "secretary", "regent"])
def test_reports_are_for_those_who_make_pass_on_and_receive_them(one_world: World, who: str) -> None:
    assert reads(one_world, who)


@pytest.mark.parametrize("who", ["nurse", "nursing_head", "hospital_head", "administrator", "contact", "stranger"])
def test_reports_are_for_nobody_else(one_world: World, who: str) -> None:
    case = reported_after_the_quarter(one_world)
    assert not reads(one_world, who)
    with pytest.raises(NotFound):
        running(one_world, who)
    with pytest.raises(NotFound):
        one_world.database.read(seen_of_case, one_world.engine, caller(one_world, who), one_world.at, case)


def reported_after_the_quarter(world: World) -> str:
    """A signed report of the first quarter."""
    world.go_to(AFTER_FIRST)
    return reported(world)


def test_a_report_is_for_whoever_holds_or_is_lent_a_post_and_not_for_who_held_it(one_world: World) -> None:
    world = one_world
    post = post_of(world, "secretary")
    assert not reads(world, "health_head")
    lend(world, "plh", post, "health_head", until_on=date(2026, 3, 10))
    assert reads(world, "health_head")
    world.go_to(date(2026, 3, 11))
    assert not reads(world, "health_head")
    hold(world, post, "stranger")
    assert (reads(world, "stranger"), reads(world, "secretary")) == (True, False)


def test_an_auditor_reads_reports_while_an_assignment_lasts(one_world: World) -> None:
    world = one_world
    who = world.ids["stranger"]
    change(world, insert(group_members).values(group_name="auditor", unit_id="", person_id=who))
    assert not reads(world, "stranger")
    first, last = date(2026, 3, 2), date(2026, 3, 31)
    told = ("700/12/INSPEKTORAT/2026", first, "Pemeriksaan magang", first, last, None, world.at)
    world.database.write(give_assignment, who, *told)
    assert reads(world, "stranger")
    world.go_to(date(2026, 4, 1))
    assert not reads(world, "stranger")


def test_the_numbers_are_whole_and_only_cases_that_one_may_open_are_named(one_world: World) -> None:
    world = one_world
    world.go_to(AFTER_FIRST)
    ran(world, "nurse", JAN, FEB)
    whole = running(world, "verifier")
    post = post_of(world, "secretary")
    lend(world, "plh", post, "stranger")  # acts as the secretary, and heads nobody
    seen = running(world, "stranger")
    assert [each.lines[0].cells[0].value for each in seen.figures if each.rows] == [
        each.lines[0].cells[0].value for each in whole.figures if each.rows
    ]
    assert list(cases_behind(whole.figures)) != []
    assert list(cases_behind(seen.figures)) == []
