"""What is left of a budget and for what it is promised: every figure with its case, every movement with its event."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, select, update

from tests.money import budget_line, set_ceiling
from tests.offices import change, lend, post_of
from tests.registers import called
from tests.workflow.test_year_end import OVER_NEW_YEAR
from tests.world import World
from workflow.auditing.assignments import give_assignment
from workflow.budgets.remaining import Remaining, decisions, remaining
from workflow.budgets.seeing import Wanted, budget_left, may_reconcile
from workflow.budgets.sheets import file_of
from workflow.budgets.telling import left_document
from workflow.errors import NotFound
from workflow.references import reference_of
from workflow.tables import budgets, events, group_members, postings


def left(world: World, who: str, **wanted: Any) -> Remaining:
    """What somebody is shown of 2026."""
    asked = Wanted(**{"year": 2026, **wanted})
    return world.database.read(budget_left, world.engine, called(world, who), world.at, asked)


def test_each_line_says_what_is_left_and_each_promise_which_case_has_it(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    found = left(world, "treasurer")
    (line,) = found.lines
    assert (line.ceiling, line.available, line.reserved, line.committed, line.spent, line.missing) == (
        10_000_000,
        9_000_000,
        0,
        1_000_000,
        0,
        0,
    )
    (promise,) = found.promises
    assert (promise.case_id, promise.reference, promise.name, promise.process, promise.state, promise.amount) == (
        case,
        reference_of(case),
        "Nurse",
        "internship",
        "assigned",
        1_000_000,
    )
    (awaited,) = left(world, "treasurer", year=2027).promises
    assert (awaited.case_id, awaited.line_id, awaited.awaiting) == (case, "", 3_000_000)


def test_each_movement_names_the_event_that_tells_it_and_a_ceiling_has_none(world: World) -> None:
    case = world.road("assign")
    world.at += timedelta(seconds=1)
    set_ceiling(world, world.budget_line, 3_000_000)
    told = [
        (each.says, each.source, each.target, each.amount, each.case_id, each.step)
        for each in left(world, "treasurer").movements
    ]
    told[3:] = sorted(told[3:])  # no event says which of the two came first
    assert told == [
        ("Pagu", "ceiling", "available", 10_000_000, "", ""),
        ("Dicadangkan", "available", "reserved", 4_000_000, case, "request_host"),
        ("Diikat", "reserved", "committed", 4_000_000, case, "assign"),
        ("Pagu menjadi Rp3.000.000", "available", "ceiling", 6_000_000, "", ""),
        ("Pagu menjadi Rp3.000.000", "deficit", "ceiling", 1_000_000, "", ""),
    ]
    sequences = dict(world.all(select(events.c.type, events.c.sequence).where(events.c.case_id == case)))
    assert [each.event for each in left(world, "treasurer").movements if each.case_id] == [
        sequences["request_host"],
        sequences["assign"],
    ]


def test_the_movements_of_a_line_add_up_to_what_is_left(world: World) -> None:
    world.road("complete")
    found = left(world, "treasurer")
    (line,) = found.lines
    for account in ("available", "reserved", "committed", "spent"):
        into = sum(each.amount for each in found.movements if each.target == account)
        out = sum(each.amount for each in found.movements if each.source == account)
        assert into - out == getattr(line, account)


def test_a_year_a_unit_and_a_line_can_be_asked_for(world: World) -> None:
    other = budget_line(world, 2026, activity="Penghargaan pegawai")
    change(world, update(budgets).where(budgets.c.id == other).values(unit_id="RSUD"))
    world.road("request_host")
    (code,) = world.all(select(budgets.c.activity_code).where(budgets.c.id == other))[0]
    assert {line.id for line in left(world, "treasurer").lines} == {world.budget_line, other}
    for wanted in ({"unit": "RSUD"}, {"line": other}, {"line": code}):
        found = left(world, "treasurer", **wanted)
        assert [line.id for line in found.lines] == [other]
        assert (found.promises, len(found.movements)) == ((), 1)
    assert left(world, "treasurer", year=2025).lines == ()


# --- To whom ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["treasurer", "verifier"])
def test_budget_officers_and_verifiers_see_all_of_it(world: World, who: str) -> None:
    case = world.road("request_host")
    assert [each.case_id for each in left(world, who).promises] == [case]


@pytest.mark.parametrize("who", ["nurse", "administrator", "nursing_head", "stranger", "contact", "clerk_1"])
def test_to_others_there_is_no_budget(world: World, who: str) -> None:
    world.road("request_host")
    with pytest.raises(NotFound) as refused:
        left(world, who)
    with pytest.raises(NotFound) as absent:
        left(world, who, unit="TIDAK-ADA")
    assert refused.value.says == absent.value.says


def test_the_head_of_a_unit_sees_its_lines_and_no_others(world: World) -> None:
    case = world.road("request_host")
    own = budget_line(world, 2026)
    change(world, update(budgets).where(budgets.c.id == own).values(unit_id="RSUD"))
    found = left(world, "hospital_head")
    assert ([line.id for line in found.lines], found.promises) == ([own], ())
    assert {each.line_id for each in found.movements} == {own}
    change(world, update(budgets).where(budgets.c.id == world.budget_line).values(unit_id="RSUD"))
    assert [each.case_id for each in left(world, "hospital_head").promises] == [case]
    with pytest.raises(NotFound):
        left(world, "hospital_head", unit="BKPSDM")


def test_whoever_stands_in_for_the_head_of_a_unit_sees_what_the_head_sees(world: World) -> None:
    with pytest.raises(NotFound):
        left(world, "clerk_1")
    lend(world, "plh", post_of(world, "hospital_head"), "clerk_1")
    assert left(world, "clerk_1").lines == ()


def test_a_head_learns_what_is_promised_on_the_line_but_nothing_of_cases_that_are_not_theirs(world: World) -> None:
    for who in ("nurse", "second_nurse"):
        world.road("request_host", who, estimate=1_000_000)
    change(world, update(budgets).where(budgets.c.id == world.budget_line).values(unit_id="DINKES"))
    found = left(world, "health_head")
    (promise,) = found.promises
    assert (promise.case_id, promise.name, promise.state, promise.reserved) == ("", "", "", 2_000_000)
    assert [each.says for each in found.movements] == ["Pagu"]
    assert b"Nurse" not in msgspec.json.encode(found)


def test_an_auditor_sees_it_within_an_assignment_alone(world: World) -> None:
    world.road("request_host")
    who, day = "clerk_2", date(2026, 3, 2)
    change(world, group_members.insert().values(group_name="auditor", unit_id="", person_id=world.ids[who]))
    with pytest.raises(NotFound):
        left(world, who)
    terms = ("700/12/ITDA/2026", day, "Anggaran", day, date(2026, 3, 31), None, world.at)
    world.database.write(give_assignment, world.ids[who], *terms)
    assert len(left(world, who).promises) == 1
    world.go_to(date(2026, 4, 1))
    with pytest.raises(NotFound):
        left(world, who)


def test_only_who_sees_all_of_it_may_compare_the_treasurys_list(world: World) -> None:
    def ask(who: str) -> None:
        world.database.read(may_reconcile, world.engine, called(world, who), world.at, "a.csv", b"")

    ask("treasurer")
    change(world, delete(group_members).where(group_members.c.person_id == world.ids["treasurer"]))
    for who in ("treasurer", "hospital_head", "nurse"):
        with pytest.raises(NotFound):
            ask(who)


# --- As a file -------------------------------------------------------------------------------------------------------


def test_the_file_has_the_lines_the_promises_with_what_can_be_decided_and_the_movements(world: World) -> None:
    world.road("assign")
    found = world.database.read(remaining, 2026)
    document = left_document(found, world.engine.registry, world.engine.office.zone, date(2026, 3, 2))
    text = file_of(document, "csv").decode()
    assert ";Nurse;Rumah Sakit Umum Daerah Kemuning;" in text
    assert ";Ditugaskan;0;4000000;0;lepaskan atau alihkan\r\n" in text
    assert ";Diikat;dicadangkan;diikat;4000000;" in text
    assert file_of(document, "xlsx").startswith(b"PK")


def test_what_can_be_decided_on_a_promise_is_what_the_table_of_its_process_has(world: World) -> None:
    process = world.engine.registry.process("internship")
    assert decisions(process, "assigned") == ("release_promise", "carry_promise")
    assert decisions(process, "drafted") == ()


def test_an_erased_event_leaves_its_movement_without_a_step(world: World) -> None:
    case = world.road("request_host")
    change(world, update(events).where(events.c.case_id == case).values(payload=None))
    (reserved,) = (each for each in left(world, "treasurer").movements if each.case_id)
    assert (reserved.event, reserved.step, reserved.amount) == (None, "", 4_000_000)
    assert world.all(select(postings.c.id).where(postings.c.case_id == case))
