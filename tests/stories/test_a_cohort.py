"""A cohort: people who go together, each with a case of their own, under letters that they share."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tests.cohorts import CLERKS, COMMON, LETTER, OFFICER, OwnStep, gathered, in_cohort, make_officer, nip_of_person
from tests.witness import balances, happened, last_payload, state
from tests.world import World
from workflow.engine.cohorts import Member, Roster
from workflow.errors import InvalidForm, NotNow, Refused
from workflow.tables import letter_cases, letters, tasks
from workflow.verification import verify


def shared(world: World, kind: str) -> list[tuple[str | None, str, int]]:
    """Number and state of each letter of a kind, and how many cases are under it."""
    listed = []
    for row in world.all(select(letters).where(letters.c.kind == kind).order_by(letters.c.id)):
        under = select(letter_cases).where(letter_cases.c.letter_id == row.id, letter_cases.c.changed_by.is_(None))
        listed.append((row.number, row.state, len(world.all(under))))
    return listed


def found(world: World) -> list[str]:
    """What a check of everything finds."""
    engine = world.engine
    checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
    return [finding.says for part in checked for finding in part.findings]


def test_those_who_go_together_share_each_letter_and_keep_their_own_case(office: World) -> None:
    together = gathered(office, *CLERKS[:4]).until("introduce")
    assert {state(office, case) for case in together.cases.values()} == {"assigned"}
    for kind in ("internship_proposal", "internship_request", "internship_assignment", "internship_introduction"):
        ((number, condition, under),) = shared(office, kind)
        assert number
        assert (condition, under) == ("to_render", 4)
    assert found(office) == []


def test_whoever_would_leave_too_few_behind_is_named_and_the_others_go(office: World) -> None:
    together = gathered(office, *CLERKS[:5]).until("endorse")
    outcome = together.act("forward", "hospital_head")
    assert [moved.state for moved in outcome.moved] == ["verification"] * 4
    (stayed,) = outcome.stayed
    assert stayed.case_id == together.cases["clerk_5"]
    assert "tetap bertugas" in stayed.detail
    assert stayed.reasons[0].by
    assert len(outcome.letters) == 1
    assert found(office) == []


def test_the_host_answers_for_each_by_name_in_one_act(office: World) -> None:
    together = gathered(office).until("request_host")
    guide = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
    other = {"field_supervisor": "Ns. Bimo Santoso", "field_supervisor_post": "Kepala Ruang Bedah"}
    outcome = together.act(
        "confirm",
        "contact",
        guide,
        each={
            together.cases["clerk_2"]: OwnStep(form=other),
            together.cases["clerk_3"]: OwnStep(trigger="decline", form={"reason": "Ruang magang penuh."}),
        },
    )
    assert outcome.stayed == ()
    assert [moved.state for moved in outcome.moved] == ["accepted", "accepted", "host_unavailable"]
    together.act("assign", "hospital_head", without=(together.cases["clerk_3"],))
    ((_, _, under),) = shared(office, "internship_assignment")
    assert under == 2
    assert found(office) == []


def test_whoever_drops_out_is_taken_off_the_letters_which_stay_in_force_for_the_others(office: World) -> None:
    together = gathered(office).until("introduce")
    office.fire(together.cases["clerk_2"], "cancel", "verifier", {"reason": "Sakit dan perlu dirawat."})
    assert state(office, together.cases["clerk_2"]) == "cancelled"
    for kind in ("internship_request", "internship_assignment", "internship_introduction"):
        ((_, condition, under),) = shared(office, kind)
        assert (condition, under) == ("to_render", 2)
    change, assignment = (shared(office, kind) for kind in ("internship_change", "internship_assignment_change"))
    assert [(state_, under) for _, state_, under in change] == [("to_sign", 3)]
    assert [(state_, under) for _, state_, under in assignment] == [("to_sign", 3)]
    signer = {row.kind: row.position_id for row in office.all(select(letters))}
    assert signer["internship_change"] == signer["internship_request"]
    assert signer["internship_assignment_change"] == signer["internship_assignment"]
    (row,) = office.all(select(letters).where(letters.c.kind == "internship_change"))
    office.sign(row.id, "secretary")
    for case in together.cases.values():
        assert happened(office, case)[-1] == "letter_signed"
    assert found(office) == []


def test_when_all_are_cancelled_their_letters_are_void(office: World) -> None:
    together = gathered(office).until("introduce")
    outcome = together.act("cancel", "verifier", {"reason": "Instansi penerima terbakar."})
    assert len(outcome.moved) == 3
    assert shared(office, "internship_change") == []
    for row in office.all(select(letters).where(letters.c.kind == "internship_cancellation")):
        office.sign(row.id, signer_of(office, row.id))
    for kind in ("internship_request", "internship_assignment", "internship_introduction"):
        ((_, condition, _),) = shared(office, kind)
        assert condition == "void"
    assert found(office) == []


def signer_of(world: World, letter_id: str) -> str:
    """Who is to sign a letter."""
    (task,) = world.all(select(tasks).where(tasks.c.letter_id == letter_id))
    return next(name for name, person in world.ids.items() if person == task.assignee_id)


def test_a_substitute_takes_the_place_with_all_guards_and_the_host_is_told(office: World) -> None:
    together = gathered(office).until("introduce")
    successor = {"successor": nip_of_person(office, "clerk_5"), "reason": "Yang bersangkutan sakit."}
    office.fire(together.cases["clerk_1"], "replace", "hospital_head", successor)
    assert state(office, together.cases["clerk_1"]) == "withdrawn"
    heir = in_cohort(office, together.id)[0]
    assert heir == last_payload(office, together.cases["clerk_1"])["successor"]
    assert state(office, heir) == "assigned"
    assert happened(office, heir) == ["succeeded"]
    assert {each["rule"] for each in last_payload(office, heir)["decisions"]} >= {"internship.enough_people_stay"}
    ((_, condition, under),) = shared(office, "internship_replacement")
    assert (condition, under) == ("to_sign", 4)
    ((_, condition, under),) = shared(office, "internship_assignment")
    assert (condition, under) == ("to_render", 3)
    (row,) = office.all(select(letters).where(letters.c.kind == "internship_replacement"))
    assert msgspec.json.decode(row.body)["successor"]["name"] == "Clerk 5"
    office.sign(row.id, "secretary")
    assert found(office) == []


def test_a_list_with_a_name_twice_opens_nothing(office: World) -> None:
    with pytest.raises(InvalidForm, match="tidak satu pun dibuka") as refused:
        gathered(office, "clerk_1", "clerk_2", "clerk_1")
    assert "sudah disebut pada baris 1" in refused.value.fields[0].says


def test_a_person_named_by_nip_and_by_id_is_one_person(office: World) -> None:
    make_officer(office, OFFICER)
    members = (Member(nip_of_person(office, "clerk_1")), Member(office.ids["clerk_1"]))
    roster = Roster(office.engine.registry.process("internship"), "Magang administrasi", COMMON, members)
    with pytest.raises(InvalidForm) as refused:
        office.database.write(office.engine.open_cohort, office.actor(OFFICER), roster, office.at)
    assert "sudah disebut pada baris 1" in refused.value.fields[0].says


def test_an_answer_on_paper_is_recorded_for_all_with_both_names(office: World) -> None:
    together = gathered(office).until("request_host")
    scan = office.file("verifier", "balasan.pdf")
    guide = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
    outcome = together.act("confirm", "verifier", guide, recorded={**LETTER, "scan": scan})
    assert outcome.stayed == ()
    told = last_payload(office, together.cases["clerk_2"])
    assert told["actor"]["role"] == "recorder"
    assert told["recorded"]["for"] == "host"
    assert told["incoming"]["agenda"] == "1/2026"
    assert found(office) == []
    with pytest.raises(NotNow):
        office.fire(together.cases["clerk_2"], "confirm", "contact", guide)


def test_a_substitute_takes_over_the_money_that_was_bound_also_where_nothing_is_free(office: World) -> None:
    costly: dict[str, Any] = {"funding": "agency_budget", "estimate": 5_000_000}
    together = gathered(office, "clerk_1", "clerk_2", **costly).until("introduce")
    assert "available" not in balances(office)
    successor = {"successor": nip_of_person(office, "clerk_5"), "reason": "Yang bersangkutan sakit."}
    office.fire(together.cases["clerk_1"], "replace", "hospital_head", successor)
    assert balances(office) == {"committed": 10_000_000}
    assert found(office) == []


def test_the_budget_is_bound_in_the_order_of_the_list_until_it_is_used_up(office: World) -> None:
    costly: dict[str, Any] = {"funding": "agency_budget", "estimate": 4_000_000}
    together = gathered(office, **costly).until("verify")
    outcome = together.act("request_host", "secretary")
    assert [moved.case_id for moved in outcome.moved] == [together.cases["clerk_1"], together.cases["clerk_2"]]
    assert "tersedia Rp2.000.000" in outcome.stayed[0].detail
    assert found(office) == []


def test_whoever_goes_along_already_replaces_nobody(office: World) -> None:
    """Also where their own case is still a draft that holds no days."""
    together = gathered(office, "clerk_1", "clerk_2", "clerk_3")
    together.each("submit", who=("clerk_1", "clerk_2"))
    together.act("endorse", "hospital_head", without=(together.cases["clerk_3"],))
    also = {"successor": nip_of_person(office, "clerk_3"), "reason": "Yang bersangkutan sakit."}
    with pytest.raises(Refused, match="sudah mempunyai berkas dalam rombongan ini"):
        office.fire(together.cases["clerk_1"], "replace", "hospital_head", also)
    office.fire(together.cases["clerk_3"], "withdraw", "clerk_3")
    office.fire(together.cases["clerk_1"], "replace", "hospital_head", also)
    assert len(in_cohort(office, together.id)) == 3
    assert found(office) == []
