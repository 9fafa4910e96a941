"""Who acts in an internship when it is not the usual one: hosts inside, heads who go, people who are late, away or gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests import circumstances
from tests.stages import FIRST, GUIDE, LAST, REPORT, SCORES
from tests.witness import (
    body,
    credited,
    frame,
    hears,
    last_payload,
    letters_of,
    refused,
    state,
    waiting,
)
from tests.world import REQUEST, World
from workflow.errors import NotFound, NotYours

Standing = Callable[[str], tuple[World, str]]
INSIDE: dict[str, Any] = {
    "host": "unit:DINKES",
    "section": "Bidang Pelayanan Kesehatan",
    "funding": "none",
    "estimate": 0,
}
BECAUSE = {"reason": "Ada tugas yang mendesak."}


def approved(world: World, **changes: Any) -> str:
    """A nurse's request that the superiors and a verifier have agreed to."""
    case = world.submitted("nurse", **changes)
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "forward", "hospital_head")
    world.fire(case, "verify", "verifier")
    return case


# --- A host inside the regency ---------------------------------------------------------------------------------------


def test_a_host_inside_is_asked_by_the_personnel_agency_and_answered_for_by_its_head(office: World) -> None:
    """No agreement is needed, and the certificate comes from here, signed by the head of the host."""
    case = approved(office, **INSIDE)
    assert waiting(office, case) == {"agency_chief": "reject request_host send_back"}
    office.fire(case, "request_host", "agency_chief")
    (request,) = letters_of(office, case, "internship_request")
    assert frame(request)["signatures"][0]["lines"] == [
        "KEPALA BADAN KEPEGAWAIAN DAN PENGEMBANGAN SUMBER DAYA MANUSIA,"
    ]
    assert frame(request)["addressee"] == ["Kepala Dinas Kesehatan"]
    assert waiting(office, case) == {"health_head": "confirm propose_changes decline"}
    _carried_out_at_the_health_office(office, case)
    (own,) = letters_of(office, case, "internship_host_certificate")
    assert (own.state, own.number) == ("to_render", "800.1.4.1/001/DINKES/2026")
    assert own.signed_by == office.ids["health_head"]
    office.fire(case, "complete", "verifier", {"without_cost": True})
    (certificate,) = letters_of(office, case, "internship_credit_certificate")
    assert body(certificate)["host_certificate"]["number"] == own.number
    assert credited(office, "nurse") == [(20, "C11")]


def _carried_out_at_the_health_office(office: World, case: str) -> None:
    office.fire(case, "confirm", "health_head", GUIDE)
    office.fire(case, "assign", "hospital_head")
    office.fire(case, "introduce", "agency_chief")
    office.go_to(FIRST)
    office.fire(case, "start", "health_head")
    office.go_to(LAST)
    for trigger, who, form in office.straight():
        if trigger in ("log_day", "confirm_days"):
            office.fire(case, trigger, {"contact": "health_head"}.get(who, who), form)
    office.fire(case, "finish", "health_head")
    office.fire(case, "report", "nurse", REPORT)
    office.fire(case, "assess", "health_head", SCORES)


def test_one_post_that_signed_request_and_introduction_takes_both_back_in_one_letter(office: World) -> None:
    case = approved(office, **INSIDE)
    office.fire(case, "request_host", "agency_chief")
    office.fire(case, "confirm", "health_head", GUIDE)
    office.fire(case, "assign", "hospital_head")
    office.fire(case, "introduce", "agency_chief")
    office.fire(case, "cancel", "verifier", BECAUSE)
    cancelled = [
        [each["kind"] for each in body(row)["cancels"]] for row in letters_of(office, case, "internship_cancellation")
    ]
    assert sorted(cancelled) == [["surat pengantar", "surat permohonan magang"], ["surat tugas"]]


def test_whoever_heads_the_host_does_not_also_ask_it_introduce_to_it_or_certify_for_it(office: World) -> None:
    """The personnel agency itself is the host: its head answers, and what falls to that head passes to the secretary."""
    case = approved(office, **{**INSIDE, "host": "unit:BKPSDM"})
    assert waiting(office, case) == {"secretary": "reject request_host send_back"}
    office.fire(case, "request_host", "secretary")
    assert waiting(office, case) == {"agency_chief": "confirm propose_changes decline"}
    office.fire(case, "confirm", "agency_chief", GUIDE)
    office.fire(case, "assign", "hospital_head")
    with refused(office, case, NotYours):
        office.fire(case, "introduce", "agency_chief")
    office.fire(case, "introduce", "secretary")
    assert last_payload(office, case)["actor"]["in_place"] is True


def test_a_new_head_of_the_host_inherits_what_it_is_asked(office: World) -> None:
    case = approved(office, **INSIDE)
    office.fire(case, "request_host", "agency_chief")
    circumstances.succeeded(office, "health_head", "stranger")
    office.sweep()
    assert waiting(office, case) == {"stranger": "confirm propose_changes decline"}
    with refused(office, case, NotYours):
        office.fire(case, "confirm", "health_head", GUIDE)
    office.fire(case, "confirm", "stranger", GUIDE)


# --- A head who goes -------------------------------------------------------------------------------------------------


def test_a_head_is_endorsed_forwarded_and_assigned_by_the_secretary(office: World) -> None:
    """Where the role would fall to the participant it climbs; one person gives steps in a row in one act."""
    case = office.submitted("hospital_head")
    assert waiting(office, case) == {"secretary": "endorse return reject"}
    office.fire(case, "endorse", "secretary", then=[office.then("forward")])
    (proposal,) = letters_of(office, case, "internship_proposal")
    assert (proposal.signed_title, proposal.register) == ("Sekretaris Daerah", "SETDA")
    office.fire(case, "verify", "verifier", {"budget_line": office.budget_line})
    office.fire(case, "request_host", "secretary")
    office.fire(case, "confirm", "contact", GUIDE)
    assert waiting(office, case) == {"secretary": "assign"}
    with refused(office, case, NotYours):
        office.fire(case, "assign", "hospital_head")
    office.fire(case, "assign", "secretary")
    (assignment,) = letters_of(office, case, "internship_assignment")
    assert frame(assignment)["signatures"][0]["lines"] == ["SEKRETARIS DAERAH,"]


def test_the_head_of_the_personnel_agency_is_introduced_and_certified_by_the_secretary(office: World) -> None:
    case = office.submitted("agency_chief")
    office.fire(case, "endorse", "secretary", then=[office.then("forward")])
    office.fire(case, "verify", "verifier", {"budget_line": office.budget_line})
    office.fire(case, "request_host", "secretary")
    office.fire(case, "confirm", "contact", GUIDE)
    office.fire(case, "assign", "secretary")
    assert waiting(office, case)["secretary"] == "introduce"


def test_the_secretary_is_sent_by_the_regent(office: World) -> None:
    case = office.submitted("secretary")
    assert waiting(office, case) == {"regent": "endorse return reject"}
    office.fire(case, "endorse", "regent", then=[office.then("forward")])
    office.fire(case, "verify", "verifier", {"budget_line": office.budget_line})
    office.fire(case, "request_host", "regent")
    (request,) = letters_of(office, case, "internship_request")
    (block,) = frame(request)["signatures"]
    assert (block["lines"], block["nip"]) == (["BUPATI KEMUNING,"], None)
    office.fire(case, "confirm", "contact", GUIDE)
    assert waiting(office, case) == {"regent": "assign"}


def test_a_verifier_does_not_verify_their_own_internship(office: World) -> None:
    case = office.submitted("verifier")
    office.fire(case, "endorse", "agency_chief", then=[office.then("forward")])
    assert set(waiting(office, case)) == {"second_verifier"}
    with refused(office, case, NotYours):
        office.fire(case, "verify", "verifier", {"budget_line": office.budget_line})


def test_where_no_other_verifier_is_left_the_head_of_the_personnel_agency_verifies(office: World) -> None:
    circumstances.left_group(office, "second_verifier")
    case = office.submitted("verifier")
    office.fire(case, "endorse", "agency_chief", then=[office.then("forward")])
    assert waiting(office, case) == {"agency_chief": "verify return reject attest"}
    office.fire(case, "verify", "agency_chief", {"budget_line": office.budget_line})
    assert state(office, case) == "awaiting_signature"


# --- Late, away, gone ------------------------------------------------------------------------------------------------


def test_a_superior_who_is_late_is_reminded_then_the_one_above_may_act_and_silence_approves_nothing(
    standing_at: Standing,
) -> None:
    world, case = standing_at("supervisor_review")
    hear = hears(world, case)
    world.go_to(date(2026, 3, 3))
    world.sweep()
    assert hear.who == {"nursing_head"}
    world.go_to(date(2026, 3, 5))
    world.sweep()
    assert hear.who == {"nursing_head", "hospital_head"}
    assert waiting(world, case) == dict.fromkeys(("nursing_head", "hospital_head"), "endorse return reject")
    world.go_to(date(2026, 4, 1))
    world.sweep()
    assert state(world, case) == "supervisor_review"
    world.fire(case, "endorse", "hospital_head")
    assert last_payload(world, case)["actor"]["in_place"] is True
    assert waiting(world, case) == {"hospital_head": "forward return reject"}


@pytest.mark.parametrize(
    ("stage", "above"),
    [("agency_review", "secretary"), ("awaiting_signature", "regent"), ("accepted", "secretary")],
)
def test_whoever_is_late_with_a_signature_is_joined_by_the_one_above(
    standing_at: Standing, stage: str, above: str
) -> None:
    world, case = standing_at(stage)
    before = set(waiting(world, case))
    world.go_to(date(2026, 3, 9))
    world.sweep()
    assert set(waiting(world, case)) == before | {above}


def test_verifiers_who_are_late_are_shown_to_their_head_who_does_not_verify_in_their_place(
    standing_at: Standing,
) -> None:
    world, case = standing_at("verification")
    hear = hears(world, case)
    world.go_to(date(2026, 3, 9))
    world.sweep()
    assert "agency_chief" in hear.who
    assert set(waiting(world, case)) == {"verifier", "second_verifier"}
    with refused(world, case, NotYours):
        world.fire(case, "verify", "agency_chief", {"budget_line": world.budget_line})


def test_a_stand_in_signs_for_a_head_on_leave_and_both_names_are_on_record(standing_at: Standing) -> None:
    world, case = standing_at("agency_review")
    days = {"from_on": date(2026, 3, 2), "until_on": date(2026, 3, 6)}
    circumstances.away(world, "hospital_head", **days)
    circumstances.stands_in(world, "fourth_nurse", instead_of="hospital_head", kind="plh", **days)
    world.sweep()
    assert waiting(world, case) == {"fourth_nurse": "forward return reject"}
    world.fire(case, "forward", "fourth_nurse")
    actor = last_payload(world, case)["actor"]
    assert (actor["mandate"]["kind"], actor["mandate"]["for"]) == ("plh", "Direktur Rumah Sakit Umum Daerah")
    (proposal,) = letters_of(world, case, "internship_proposal")
    assert frame(proposal)["signatures"][0]["lines"] == ["Plh. DIREKTUR RUMAH SAKIT UMUM DAERAH,"]
    assert frame(proposal)["signatures"][0]["name"] == "Fourth Nurse"


def test_a_stand_in_has_nothing_to_sign_before_the_first_and_after_the_last_day(standing_at: Standing) -> None:
    world, case = standing_at("agency_review")
    days = {"from_on": date(2026, 3, 3), "until_on": date(2026, 3, 3)}
    circumstances.stands_in(world, "fourth_nurse", instead_of="hospital_head", kind="plh", **days)
    for day, allowed in ((date(2026, 3, 2), False), (date(2026, 3, 3), True), (date(2026, 3, 4), False)):
        world.go_to(day)
        world.sweep()
        assert ("fourth_nurse" in waiting(world, case)) is allowed, day


def test_a_head_on_leave_without_a_stand_in_is_joined_by_the_secretary(standing_at: Standing) -> None:
    world, case = standing_at("agency_review")
    circumstances.away(world, "hospital_head", from_on=date(2026, 3, 2), until_on=date(2026, 3, 6))
    world.sweep()
    assert set(waiting(world, case)) == {"hospital_head", "secretary"}


def test_the_tasks_of_one_who_left_pass_to_the_one_above(standing_at: Standing) -> None:
    world, case = standing_at("supervisor_review")
    circumstances.alter(world, "nursing_head", left_on=date(2026, 3, 2))
    world.sweep()
    assert waiting(world, case) == {"hospital_head": "endorse return reject"}


def test_a_new_superior_inherits_the_request(standing_at: Standing) -> None:
    world, case = standing_at("supervisor_review")
    circumstances.succeeded(world, "nursing_head", "fourth_nurse")
    world.sweep()
    world.fire(case, "endorse", "fourth_nurse")
    assert state(world, case) == "agency_review"


# --- Who sees it -----------------------------------------------------------------------------------------------------


def test_only_those_whom_it_concerns_see_an_internship(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    sees = {}
    for who in world.ids:
        try:
            world.preview(case, "withdraw", who)
        except NotFound:
            continue
        sees[who] = True
    assert set(sees) == {
        "nurse", "nursing_head", "hospital_head", "secretary", "regent", "verifier", "second_verifier",
        "treasurer", "administrator", "contact",
    }  # fmt: skip


def test_nobody_opens_an_internship_but_staff_for_themselves(office: World) -> None:
    for who in ("contact", "regent"):
        with pytest.raises(NotYours):
            office.open(who, REQUEST)
    circumstances.alter(office, "nurse", left_on=date(2026, 3, 1))
    with pytest.raises(NotYours):
        office.open("nurse", REQUEST)
