"""Cohorts on either database: stale pages, repeated keys, two at once, and what one draft is when somebody leaves it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.cohorts import CLERKS, OFFICER, OwnStep, Together, gathered, in_cohort, make_officer, nip_of_person
from tests.offices import PreparedOffice, away, change
from tests.stories.test_a_cohort import found
from tests.witness import body, happened, last_payload, state
from tests.workflow.test_concurrency import at_once
from tests.workflow.test_concurrency import fire as step
from tests.world import World
from workflow.cases import load
from workflow.engine.cohorts import CohortAct, CohortOutcome, Member, Roster
from workflow.errors import InvalidForm, KeyReused, NotFound, NotNow, NotYours, OutOfDate, Refused
from workflow.tables import cases, cohorts, letter_cases, letters, tasks


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """The office, on either database."""
    prepared: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return prepared


@pytest.fixture
def world(office: PreparedOffice) -> World:
    """Its world, as new."""
    return office.as_new()


def fire(world: World, together: Together, trigger: str, who: str, **more: Any) -> CohortOutcome:
    """A step for a cohort, with nothing acknowledged."""
    act = CohortAct(trigger=trigger)
    return world.database.write(world.engine.fire_cohort, together.id, world.actor(who), act, world.at, **more)


def test_a_page_that_is_out_of_date_moves_nobody(world: World) -> None:
    together = gathered(world).until("submit")
    seen = fire(world, together, "endorse", "hospital_head", trial=True).version
    assert state(world, together.cases["clerk_1"]) == "supervisor_review"
    world.fire(together.cases["clerk_2"], "withdraw", "clerk_2")
    with pytest.raises(OutOfDate):
        fire(world, together, "endorse", "hospital_head", version=seen - 1)
    assert state(world, together.cases["clerk_1"]) == "supervisor_review"


def test_the_same_key_is_answered_as_the_first_time_and_moves_nobody_again(world: World) -> None:
    together = gathered(world).until("submit")
    first = fire(world, together, "endorse", "hospital_head", key="setuju-1")
    again = fire(world, together, "endorse", "hospital_head", key="setuju-1")
    assert again.repeated
    assert again.moved == first.moved
    with pytest.raises(KeyReused):
        fire(world, together, "forward", "hospital_head", key="setuju-1")
    assert {happened(world, case)[-1] for case in together.cases.values()} == {"endorse"}


def test_two_superiors_pages_at_once_move_each_case_once(office: PreparedOffice, world: World) -> None:
    together = gathered(world).until("submit")
    act = CohortAct(trigger="endorse")
    unit = lambda conn: world.engine.fire_cohort(conn, together.id, world.actor("hospital_head"), act, world.at)  # noqa: E731
    answers = at_once(office, [unit, unit])
    done = [answer for answer in answers if isinstance(answer, CohortOutcome)]
    assert len(done) == 1
    assert {happened(world, case).count("endorse") for case in together.cases.values()} == {1}
    assert found(world) == []


def test_two_cohorts_at_once_leave_enough_people_behind(office: PreparedOffice, world: World) -> None:
    """Four of the unit may be away: of two cohorts of three, four people go and two are named."""
    first = gathered(world, *CLERKS[:3]).until("endorse")
    second = gathered(world, *CLERKS[3:6]).until("endorse")
    act = CohortAct(trigger="forward")
    units = [
        partial(
            lambda conn, cohort: world.engine.fire_cohort(conn, cohort, world.actor("hospital_head"), act, world.at),
            cohort=each.id,
        )
        for each in (first, second)
    ]
    answers = at_once(office, units)
    moved = sum(len(answer.moved) for answer in answers if isinstance(answer, CohortOutcome))
    assert moved == 4
    assert found(world) == []


def test_a_substitute_who_comes_in_while_others_are_waited_for_goes_along(postgresql_office: PreparedOffice) -> None:
    """On SQLite there is one writer, so that nobody comes in between."""
    world = postgresql_office.as_new()
    together = gathered(world).until("submit")
    form = {"successor": nip_of_person(world, "clerk_5"), "reason": "Yang bersangkutan sakit."}
    has_come = Event()

    def comes(conn: Connection) -> None:
        replaced(world, together.cases["clerk_1"], form, conn)
        has_come.set()  # it is committed only after others have begun to wait for it

    def all_act(conn: Connection) -> CohortOutcome:
        has_come.wait(timeout=5)
        act = CohortAct(trigger="endorse")
        return world.engine.fire_cohort(conn, together.id, world.actor("hospital_head"), act, world.at)

    _, outcome = at_once(postgresql_office, [comes, all_act])
    assert {moved.case_id for moved in outcome.moved} == {*in_cohort(world, together.id)}
    assert state(world, last_payload(world, together.cases["clerk_1"])["successor"]) == "agency_review"
    assert found(world) == []


def replaced(world: World, case: str, form: dict[str, Any], conn: Connection) -> Any:
    """Somebody is replaced, with every warning acknowledged."""
    head = world.actor("hospital_head")
    warned = world.engine.preview(conn, case, "replace", head, form, world.at).warnings
    seen = tuple(reason.rule for reason in warned)
    return world.engine.fire(conn, case, "replace", head, form, world.at, version=None, acknowledge=seen)


def test_of_two_who_leave_at_once_one_is_taken_off_and_with_the_other_the_letters_are_cancelled(
    office: PreparedOffice, world: World
) -> None:
    together = gathered(world, *CLERKS[:2]).until("introduce")
    because = {"reason": "Sakit dan perlu dirawat."}
    at_once(office, [step(world, case, "cancel", "verifier", because) for case in together.cases.values()])
    kinds = [row.kind for row in world.all(select(letters).where(letters.c.state == "to_sign"))]
    assert kinds.count("internship_change") == 1
    assert "internship_cancellation" in kinds
    assert found(world) == []


def test_where_nobody_can_be_moved_each_is_named_with_the_reason(world: World) -> None:
    together = gathered(world).until("endorse")
    for clerk in CLERKS[3:9]:
        away(world, clerk)
    with pytest.raises(Refused, match="tetap bertugas") as refused:
        fire(world, together, "forward", "hospital_head")
    assert [each.case_id for each in refused.value.more["cases"]] == list(together.cases.values())
    assert found(world) == []


def test_a_stranger_learns_of_no_cohort_and_a_member_sees_only_what_is_theirs_to_take(world: World) -> None:
    together = gathered(world).until("submit")
    with pytest.raises(NotFound):
        fire(world, together, "endorse", "stranger")
    with pytest.raises(NotFound):
        world.database.write(
            world.engine.fire_cohort, "nowhere", world.actor("hospital_head"), CohortAct(trigger="endorse"), world.at
        )
    with pytest.raises(NotYours):
        fire(world, together, "endorse", "clerk_1")


def test_a_case_of_another_cohort_cannot_be_named(world: World) -> None:
    together, other = gathered(world).until("submit"), gathered(world, "clerk_7").until("submit")
    act = CohortAct(each={other.cases["clerk_7"]: OwnStep(trigger="endorse")})
    with pytest.raises(InvalidForm, match="tidak termasuk rombongan"):
        world.database.write(world.engine.fire_cohort, together.id, world.actor("hospital_head"), act, world.at)


def test_an_officer_of_another_unit_opens_nothing(world: World) -> None:
    make_officer(world, "stranger", "DINKES")
    roster = Roster(
        world.engine.registry.process("internship"), "Magang", {}, (Member(nip_of_person(world, "clerk_1")),)
    )
    with pytest.raises(InvalidForm, match="tidak satu pun dibuka") as refused:
        world.database.write(world.engine.open_cohort, world.actor("stranger"), roster, world.at)
    assert "pengelola kepegawaian" in refused.value.fields[0].says
    assert world.all(select(func.count()).select_from(cases)) == [(0,)]
    assert world.all(select(func.count()).select_from(cohorts)) == [(0,)]


@pytest.mark.parametrize("count", [0, 101])
def test_a_cohort_is_one_to_a_hundred(world: World, count: int) -> None:
    members = tuple(Member(str(number)) for number in range(count))
    make_officer(world, OFFICER)
    roster = Roster(world.engine.registry.process("internship"), "Magang", {}, members)
    with pytest.raises(InvalidForm) as refused:
        world.database.write(world.engine.open_cohort, world.actor(OFFICER), roster, world.at)
    assert f"memuat {count} orang" in refused.value.fields[0].says


def test_what_is_common_cannot_differ_by_name(world: World) -> None:
    make_officer(world, OFFICER)
    member = Member(nip_of_person(world, "clerk_1"), {"host": "unit:DINKES"})
    roster = Roster(world.engine.registry.process("internship"), "Magang", {}, (member,))
    with pytest.raises(InvalidForm) as refused:
        world.database.write(world.engine.open_cohort, world.actor(OFFICER), roster, world.at)
    assert "sama bagi seluruh rombongan" in refused.value.fields[0].says


def test_a_draft_that_is_shared_is_written_anew_without_whoever_leaves(world: World) -> None:
    """As if the introduction still waited for its signature when one of three is cancelled."""
    together = gathered(world).until("introduce")
    unsigned = letters.c.kind == "internship_introduction"
    change(world, letters.update().where(unsigned).values(state="to_sign", number=None, signed_at=None))
    world.fire(together.cases["clerk_3"], "cancel", "verifier", {"reason": "Sakit dan perlu dirawat."})
    (draft,) = world.all(select(letters).where(unsigned))
    assert [line["name"] for line in body(draft)["participants"]] == ["Clerk 1", "Clerk 2"]
    (task,) = world.all(select(tasks).where(tasks.c.letter_id == draft.id))
    assert task.case_id == together.cases["clerk_1"]
    assert happened(world, together.cases["clerk_2"])[-1] == "letter_redrafted"
    left = select(letter_cases).where(letter_cases.c.letter_id == draft.id, letter_cases.c.changed_by.is_not(None))
    assert [row.case_id for row in world.all(left)] == [together.cases["clerk_3"]]


def test_two_who_leave_a_shared_draft_at_once_both_leave_it(office: PreparedOffice, world: World) -> None:
    """Each holds their own case before it asks for the other's: the database ends one of them, which is run again."""
    together = gathered(world).until("introduce")
    unsigned = letters.c.kind == "internship_introduction"
    change(world, letters.update().where(unsigned).values(state="to_sign", number=None, signed_at=None))
    leaving, both_hold = [together.cases[who] for who in ("clerk_1", "clerk_2")], Barrier(2)

    def leave(conn: Connection, case: str) -> Any:
        if conn.dialect.name == "postgresql":  # on SQLite one writes after the other
            load(conn, case, lock=True)
            with suppress(BrokenBarrierError):
                both_hold.wait(timeout=1)
        return world.engine.fire(conn, case, "cancel", world.actor("verifier"), {"reason": "Sakit, dirawat."}, world.at)

    answers = at_once(office, [partial(leave, case=case) for case in leaving], held=0)
    assert [getattr(answer, "state", answer) for answer in answers] == ["cancelled", "cancelled"]
    (draft,) = world.all(select(letters).where(unsigned))
    assert [line["name"] for line in body(draft)["participants"]] == ["Clerk 3"]
    left = select(letter_cases.c.case_id).where(
        letter_cases.c.letter_id == draft.id, letter_cases.c.changed_by.is_not(None)
    )
    assert {row.case_id for row in world.all(left)} == set(leaving)
    (task,) = world.all(select(tasks).where(tasks.c.letter_id == draft.id))
    assert task.case_id == together.cases["clerk_3"]


def test_a_case_that_is_closed_is_left_alone(world: World) -> None:
    together = gathered(world).until("submit")
    world.fire(together.cases["clerk_2"], "withdraw", "clerk_2")
    outcome = fire(world, together, "endorse", "hospital_head")
    assert [moved.case_id for moved in outcome.moved] == [together.cases["clerk_1"], together.cases["clerk_3"]]
    assert outcome.stayed == ()
    for case in together.cases.values():
        if state(world, case) == "agency_review":
            world.fire(case, "withdraw", next(name for name, each in together.cases.items() if each == case))
    with pytest.raises(NotNow, match="semuanya sudah ditutup"):
        fire(world, together, "endorse", "hospital_head")
