"""What to ask about: each kind finds what it is for, and leaves the innocent alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from tests.offices import change, gone
from tests.world import World
from workflow.auditing import questions as asking
from workflow.auditing.access import Examiner, examiner_at_the_desk
from workflow.auditing.inquiry import Question
from workflow.auditing.questions import KINDS
from workflow.errors import Problem
from workflow.ids import new_id
from workflow.tables import (
    absences,
    agreements,
    cases,
    entries,
    events,
    files,
    letters,
    occupations,
    participants,
    positions,
)


def asked(
    world: World,
    kind: str | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    who: Examiner | None = None,
) -> list[Question]:
    """What there is to ask about."""

    def look(conn: Connection) -> list[Question]:
        examiner = who or examiner_at_the_desk(conn, world.engine, None)
        return list(asking.questions(conn, world.engine, examiner, from_on, until_on, kind))

    return world.database.read(look)


def tell(world: World, case: str, kind: str, **more: Any) -> None:
    """Have an event of a case say something more, as if it had from the beginning."""
    query = select(events.c.id, events.c.payload).where(events.c.case_id == case, events.c.type == kind)
    ((event, payload),) = world.all(query)
    told = {**json.loads(payload), **more}
    written = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    change(world, update(events).where(events.c.id == event).values(payload=written))


def test_there_is_nothing_to_ask_about_the_straight_road(world: World) -> None:
    world.road("complete")
    assert [question.says for question in asked(world)] == []


def test_a_kind_that_does_not_exist_is_answered_with_those_that_do(one_world: World) -> None:
    with pytest.raises(Problem, match="overlapping"):
        asked(one_world, "gossip")


# --- People ----------------------------------------------------------------------------------------------------------


def second_case(world: World, starts_on: str, ends_on: str) -> str:
    """Another internship of the nurse, under way as far as the tables tell, whatever the rules would have said."""
    case = world.open("nurse", {"starts_on": starts_on, "ends_on": ends_on})
    change(
        world,
        insert(occupations).values(
            case_id=case,
            person_id=world.ids["nurse"],
            kind="full",
            stage="absent",
            from_on=date.fromisoformat(starts_on),
            until_on=date.fromisoformat(ends_on),
        ),
    )
    return case


@pytest.mark.parametrize("until", ["start", "complete"])
def test_two_internships_of_one_person_at_once_are_asked_about(until: str, world: World) -> None:
    first = world.road(until)
    second = second_case(world, "2026-04-15", "2026-05-15")
    (question,) = asked(world, "overlapping")
    assert set(question.case_ids) == {first, second}
    assert question.dates == (date(2026, 4, 15), date(2026, 4, 17))
    assert question.people == ("Nurse",)
    assert "15 April 2026 sampai 17 April 2026" in question.says
    assert asked(world, "overlapping", until_on=date(2026, 4, 14)) == []


def test_internships_that_meet_within_the_period_are_asked_about_whenever_they_began_and_ended(world: World) -> None:
    world.road("start")  # from 6 to 17 April
    second_case(world, "2026-03-16", "2026-04-08")
    assert len(asked(world, "overlapping", date(2026, 4, 6), date(2026, 4, 6))) == 1
    assert asked(world, "overlapping", date(2026, 3, 16), date(2026, 4, 5)) == []
    assert asked(world, "overlapping", date(2026, 4, 7), date(2026, 4, 30)) == []


def test_one_that_ended_on_another_day_than_was_asked_for_overlaps_up_to_that_day(world: World) -> None:
    case = world.road("start")
    second_case(world, "2026-04-20", "2026-05-15")
    assert asked(world, "overlapping", from_on=date(2026, 4, 18)) == []
    (memory,) = world.all(select(cases.c.memory).where(cases.c.id == case))[0]
    later = json.dumps({**json.loads(memory), "ended_on": "2026-04-21"}, separators=(",", ":"))
    change(world, update(cases).where(cases.c.id == case).values(memory=later))
    (question,) = asked(world, "overlapping", from_on=date(2026, 4, 18))
    assert question.dates == (date(2026, 4, 20), date(2026, 4, 21))


def test_internships_one_after_the_other_or_of_two_people_or_not_carried_out_are_not(world: World) -> None:
    world.road("start")
    second_case(world, "2026-04-18", "2026-05-15")
    world.open("nurse", {"starts_on": "2026-04-10", "ends_on": "2026-04-12"})  # a draft
    world.at = datetime(2026, 3, 2, 3, tzinfo=UTC)
    world.road("confirm", "second_nurse")
    assert asked(world, "overlapping") == []


def acts_for(world: World, case: str, who: str) -> None:
    row = {"id": new_id(world.at), "case_id": case, "role": "supervisor", "person_id": world.ids[who]}
    change(world, insert(participants).values(**row, fixed=False, acted=True, since_at=world.at))


def test_two_people_who_decide_for_each_other_are_asked_about_once(world: World) -> None:
    own, other = world.road("endorse"), world.open("nursing_head")
    assert asked(world, "mutual") == []
    acts_for(world, other, "nurse")
    (question,) = asked(world, "mutual")
    assert set(question.case_ids) == {own, other}
    assert set(question.people) == {"Nurse", "Nursing Head"}
    assert "Atasan langsung" in question.says
    assert asked(world, "mutual", from_on=date(2026, 3, 3)) == []
    assert asked(world, "mutual", until_on=date(2026, 3, 1)) == []


def test_who_decided_first_is_asked_about_in_the_period_of_either_decision_and_in_no_other(world: World) -> None:
    own, other = world.road("endorse"), world.open("nursing_head")
    world.at = datetime(2026, 6, 1, 3, tzinfo=UTC)
    acts_for(world, other, "nurse")
    for month, found in {3: 1, 4: 0, 6: 1, 7: 0}.items():
        questions = asked(world, "mutual", date(2026, month, 1), date(2026, month, 28))
        assert [set(question.case_ids) for question in questions] == [{own, other}] * found, month


def test_days_that_were_logged_during_leave_are_asked_about(world: World) -> None:
    case = world.road("confirm_days")
    leave = {"id": new_id(world.at), "from_on": date(2026, 4, 9), "until_on": date(2026, 4, 12), "reason": "Cuti sakit"}
    elsewhere = {**leave, "id": new_id(world.at), "person_id": world.ids["second_nurse"]}
    earlier = {**leave, "id": new_id(world.at), "from_on": date(2026, 4, 1), "until_on": date(2026, 4, 5)}
    change(world, insert(absences).values(elsewhere))
    change(world, insert(absences).values(**earlier, person_id=world.ids["nurse"]))
    assert asked(world, "days_on_leave") == []
    change(world, insert(absences).values(**leave, person_id=world.ids["nurse"]))
    (question,) = asked(world, "days_on_leave")
    assert question.case_ids == (case,)
    assert question.dates == (date(2026, 4, 9), date(2026, 4, 10))
    assert "Cuti sakit" in question.says
    assert asked(world, "days_on_leave", from_on=date(2026, 4, 11)) == []


def test_a_task_that_an_administrator_gave_to_somebody_is_asked_about(world: World) -> None:
    case = world.road("endorse")
    change(
        world,
        update(positions).values(holder_id=None),
    )
    gone(world, "regent")
    world.database.write(world.engine.reseat, case, world.at)
    assert asked(world, "moved_by_hand") == []
    world.database.write(
        world.engine.reseat,
        case,
        world.at,
        actor=world.actor("administrator"),
        name={"agency_head": world.ids["health_head"]},
    )
    (question,) = asked(world, "moved_by_hand")
    assert question.people == ("Administrator", "Health Head")
    assert "Kepala perangkat daerah" in question.says


# --- Records ---------------------------------------------------------------------------------------------------------


def test_what_was_recorded_long_after_it_happened_is_asked_about_with_the_provision(world: World) -> None:
    case = world.road("confirm_days")
    days = (date(2026, 4, 6), date(2026, 4, 7))
    # Fourteen days are allowed: the twentieth is in time for the sixth, the twenty-first is not.
    change(
        world,
        update(entries).where(entries.c.on_date.in_(days)).values(written_at=datetime(2026, 4, 20, 12, tzinfo=UTC)),
    )
    assert asked(world, "late") == []
    change(
        world,
        update(entries).where(entries.c.on_date.in_(days)).values(written_at=datetime(2026, 4, 21, 12, tzinfo=UTC)),
    )
    (question,) = asked(world, "late")
    assert (question.case_ids, question.dates) == ((case,), (date(2026, 4, 6),))
    assert question.by == ("Praktik daerah",)
    assert "15 hari kemudian" in question.says


PAPER = {
    "number": "445/9/RSPROV/2026",
    "dated_on": "2026-02-27",
    "signer_name": "dr. Respati",
    "signer_post": "Direktur",
    "channel": "whatsapp",
    "received_on": "2026-03-01",
    "for": "host",
}


def test_an_answer_that_was_recorded_for_the_host_is_asked_about_with_its_letter(world: World) -> None:
    case = world.road("confirm")
    assert asked(world, "recorded") == []
    tell(world, case, "confirm", recorded=PAPER, actor={"id": world.ids["verifier"], "name": "verifier", "for": "host"})
    (question,) = asked(world, "recorded")
    assert question.people == ("Verifier", "dr. Respati")
    for part in ("atas nama Instansi penerima", "445/9/RSPROV/2026", "27 Februari 2026", "dr. Respati, Direktur"):
        assert part in question.says
    assert asked(world, "late") == []
    tell(world, case, "confirm", recorded={**PAPER, "received_on": "2026-01-15"})
    (late,) = asked(world, "late")
    assert late.dates == (date(2026, 1, 15), date(2026, 3, 2))


def test_a_step_in_spite_of_a_warning_is_asked_about_with_its_rule(world: World) -> None:
    change(world, update(agreements).values(until_on=date(2026, 4, 10)))
    case = world.road("verify")
    (question,) = asked(world)
    assert (question.kind, question.case_ids, question.people) == ("warned", (case,), ("Verifier",))
    assert question.by
    assert "10 April 2026" in question.says


def test_an_exemption_that_was_needed_is_asked_about_and_one_that_was_not_is_none(world: World) -> None:
    world.road("forward")
    case = world.all(select(cases.c.id))[0].id
    with_reason = {"budget_line": world.budget_line, "exemption": "Rumah sakit rujukan nasional"}
    world.fire(case, "verify", "verifier", with_reason)
    assert asked(world, "exempted") == [], "an agreement was in force"
    change(world, delete(agreements))
    other = world.road(
        "forward", "second_nurse", funding="none", estimate=0, starts_on="2026-06-01", ends_on="2026-06-12"
    )
    world.fire(other, "verify", "verifier", {"exemption": "Rumah sakit rujukan nasional"})
    (question,) = asked(world, "exempted")
    assert question.case_ids == (other,)
    assert "Rumah sakit rujukan nasional" in question.says
    assert question.by
    assert asked(world, "warned") == [], "it is asked about once"


def test_a_fact_that_a_verifier_attested_is_asked_about(world: World) -> None:
    case = world.road("forward")
    assert asked(world, "attested") == []
    form = {"fact": "last_predicate", "value": "Baik", "document": world.file("verifier"), "says": "SKP tahun 2025."}
    world.fire(case, "attest", "verifier", form)
    (question,) = asked(world, "attested")
    assert question.people == ("Verifier", "Nurse")
    assert "SKP tahun 2025" in question.says


# --- Books -----------------------------------------------------------------------------------------------------------


def test_a_number_that_was_voided_is_asked_about_and_a_draft_that_never_had_one_is_not(world: World) -> None:
    case = world.road("introduce")
    assert asked(world, "voided") == []
    rows = world.all(select(letters).where(letters.c.number.is_not(None)).order_by(letters.c.id))
    change(world, update(letters).where(letters.c.id == rows[0].id).values(state="void", number=None))
    assert asked(world, "voided") == []
    change(world, update(letters).where(letters.c.id == rows[1].id).values(state="void", cancelled_by=rows[2].id))
    (question,) = asked(world, "voided")
    assert question.case_ids == (case,)
    assert rows[1].number in question.says
    assert rows[2].number in question.says
    assert asked(world, "voided", until_on=date(2026, 3, 1)) == []


def spent(world: World) -> str:
    case = world.road("complete")
    assert asked(world, "unproven_cost") == []
    return case


def test_cost_without_a_proof_is_asked_about(world: World) -> None:
    case = spent(world)
    tell(world, case, "complete", given={"cost": 3_500_000, "proofs": []})
    (question,) = asked(world, "unproven_cost")
    assert (question.case_ids, question.people) == ((case,), ("Verifier",))
    assert "3.500.000" in question.says
    assert question.by == ("Permendagri 77/2020",)


def test_cost_whose_proof_is_gone_is_asked_about(one_world: World) -> None:
    spent(one_world)
    change(one_world, delete(files).where(files.c.uploaded_by == one_world.ids["verifier"]))
    (question,) = asked(one_world, "unproven_cost")
    assert "1 dari 1 bukti" in question.says


# --- All of them -----------------------------------------------------------------------------------------------------


def troubled(world: World) -> str:
    """A case with something to ask about of most kinds."""
    change(world, update(agreements).values(until_on=date(2026, 4, 10)))
    case = world.road("complete")
    tell(world, case, "confirm", recorded=PAPER)
    tell(world, case, "complete", given={"cost": 3_500_000, "proofs": []})
    row = {"id": new_id(world.at), "from_on": date(2026, 4, 9), "until_on": date(2026, 4, 10), "reason": "Cuti"}
    change(world, insert(absences).values(**row, person_id=world.ids["nurse"]))
    return case


def test_every_question_names_its_case_people_days_and_what_to_ask(one_world: World) -> None:
    case = troubled(one_world)
    found = asked(one_world)
    assert {question.kind for question in found} == {"recorded", "warned", "days_on_leave", "unproven_cost"}
    for question in found:
        assert question.case_ids == (case,)
        assert question.kind_title == KINDS[question.kind].title
        assert question.people
        assert question.dates
        assert question.says.endswith(".")
        assert question.ask.endswith((".", "?"))


def test_whoever_examines_is_asked_nothing_about_cases_that_are_not_theirs_to_examine(one_world: World) -> None:
    troubled(one_world)
    every = asked(one_world, who=None)

    def nothing(conn: Connection) -> Examiner:
        return replace(
            examiner_at_the_desk(conn, one_world.engine, None), own=cases.c.subject_id == one_world.ids["nurse"]
        )

    assert every
    assert asked(one_world, who=one_world.database.read(nothing)) == []
