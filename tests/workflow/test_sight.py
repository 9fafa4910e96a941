"""Who may see a case: one rule for a case and for lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, String, bindparam, insert, select, update

from tests.offices import away, change, gone, hold, lend, post_of
from tests.world import World
from workflow.authority import sight
from workflow.cases import load
from workflow.tables import cases, group_members, people, positions, units


def who_sees(world: World, case: str) -> set[str]:
    """Everyone who may see a case; the rule for lists must say the same."""

    on = world.engine.office.day(world.at)

    def look(conn: Connection) -> tuple[set[str], set[str]]:
        stored = load(conn, case)
        process = world.engine.registry.process(stored.process)
        every = tuple(world.engine.registry.processes.values())
        somebody: Any = bindparam("person", type_=String)
        seen = select(cases.c.id).where(cases.c.id == case, sight.seen_cases(every, somebody, on))
        alone = {name for name, person in world.ids.items() if sight.may_see(conn, process, stored, person, on)}
        listed = {name for name, person in world.ids.items() if conn.execute(seen, {"person": person}).first()}
        assert not sight.may_see(conn, process, stored, None, on)
        return alone, listed

    alone, listed = world.database.read(look)
    assert alone == listed
    return alone


ALWAYS = {"verifier", "second_verifier", "treasurer", "administrator"}
LINE = {"nursing_head", "hospital_head", "secretary", "regent"}


def member(world: World, group: str, who: str, unit: str = "") -> None:
    change(world, insert(group_members).values(group_name=group, unit_id=unit, person_id=world.ids[who]))


def test_a_case_is_seen_by_its_subject_their_superiors_up_to_the_top_and_the_groups_named_for_it(world: World) -> None:
    case = world.submitted()
    assert who_sees(world, case) == {"nurse"} | LINE | ALWAYS


def test_a_host_sees_a_case_once_it_is_asked_and_still_when_it_has_declined(world: World) -> None:
    case = world.road("verify")
    assert "contact" not in who_sees(world, case)
    world.fire(case, "request_host", "secretary")
    assert "contact" in who_sees(world, case)
    world.fire(case, "decline", "contact", {"reason": "Tidak ada tempat."})
    assert "contact" in who_sees(world, case)


def test_the_head_of_a_host_of_ours_sees_the_case_once_asked(world: World) -> None:
    case = world.road("verify", host="unit:DINKES", funding="none", estimate=0)
    assert "health_head" not in who_sees(world, case)
    world.fire(case, "request_host", "agency_chief")
    assert "health_head" in who_sees(world, case)


def test_colleagues_and_other_units_do_not_see_a_case(world: World) -> None:
    case = world.submitted()
    assert not who_sees(world, case) & {"second_nurse", "clerk_1", "stranger", "health_head", "contact"}


def test_a_personnel_officer_sees_the_cases_of_their_own_unit(world: World) -> None:
    member(world, "personnel_officer", "clerk_1", "RSUD")
    member(world, "personnel_officer", "stranger", "DINKES")
    seen = who_sees(world, world.submitted())
    assert "clerk_1" in seen
    assert "stranger" not in seen


def test_a_group_that_a_process_does_not_name_sees_nothing_by_it_nor_do_auditors_without_an_assignment(
    world: World,
) -> None:
    member(world, "auditor", "stranger")
    member(world, "register_clerk", "clerk_1")
    assert not who_sees(world, world.submitted()) & {"stranger", "clerk_1"}


def test_whoever_stood_in_keeps_sight_of_what_they_were_asked_about(world: World) -> None:
    away(world, "nursing_head")
    lend(world, "plh", post_of(world, "nursing_head"), "stranger")
    case = world.submitted()
    assert "stranger" in who_sees(world, case)
    world.fire(case, "endorse", "stranger")
    assert "stranger" in who_sees(world, case)


def test_a_new_head_sees_the_cases_of_the_line_at_once(world: World) -> None:
    case = world.submitted()
    hold(world, post_of(world, "hospital_head"), "stranger")
    seen = who_sees(world, case)
    assert "stranger" in seen
    assert "hospital_head" not in seen, "was never asked about it"


def test_the_head_of_the_unit_sees_the_case_of_one_without_a_superior_on_record(world: World) -> None:
    change(world, update(people).where(people.c.id == world.ids["clerk_1"]).values(superior_position_id=None))
    assert {"hospital_head", "secretary", "regent"} <= who_sees(world, world.open("clerk_1"))


def test_posts_in_a_circle_do_not_keep_anybody_from_seeing(world: World) -> None:
    top = post_of(world, "secretary")
    below = post_of(world, "hospital_head")
    change(
        world,
        update(units).where(units.c.id == "RSUD").values(head_position_id=None),
        update(positions).where(positions.c.id == top).values(superior_id=below),
    )
    assert {"hospital_head", "secretary"} <= who_sees(world, world.submitted())


def test_a_person_who_has_left_holds_no_post_and_sees_nothing_by_it(world: World) -> None:
    gone(world, "nursing_head")
    assert "nursing_head" not in who_sees(world, world.submitted())
