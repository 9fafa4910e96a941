"""What the host answers, what is made of it, and how an accepted internship is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests import circumstances
from tests.stages import FIRST, GUIDE, LAST, OFFER
from tests.witness import (
    balances,
    body,
    due,
    form,
    frame,
    happened,
    hears,
    last_payload,
    letters_of,
    occupied,
    recorded,
    refused,
    state,
    waiting,
)
from tests.world import World
from workflow.errors import NotFound, NotNow, Refused

Standing = Callable[[str], tuple[World, str]]
BECAUSE = {"reason": "Ruang magang penuh sampai bulan Juni."}
ELSEWHERE = {"host": "partner:RSUNIV", "section": "Instalasi Gawat Darurat"}

# --- The host proposes changes ---------------------------------------------------------------------------------------


def test_other_dates_and_a_fee_need_the_consent_of_the_head_first(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    assert waiting(world, case) == {
        "hospital_head": "consent_changes",
        **dict.fromkeys(("verifier", "second_verifier"), "accept_changes decline_changes attest"),
    }
    with refused(world, case, Refused, rules={"head_consents_where_needed"}):
        world.fire(case, "accept_changes", "verifier")
    world.fire(case, "consent_changes", "hospital_head", {"note": "Dinas sudah diatur."})
    assert state(world, case) == "host_proposal"
    assert "hospital_head" not in waiting(world, case)
    hear = hears(world, case)
    world.fire(case, "accept_changes", "verifier")
    assert state(world, case) == "accepted"
    assert hear.who == {"contact", "nurse", "hospital_head"}
    asked = form(world, case)
    assert (asked["starts_on"], asked["ends_on"], asked["estimate"]) == ("2026-04-13", "2026-04-24", 4_500_000)
    assert balances(world) == {"available": 5_500_000, "reserved": 4_500_000}
    assert occupied(world, case) == ("absent", date(2026, 4, 13), date(2026, 4, 24))


def test_an_offer_of_the_dates_that_were_asked_for_is_no_change(standing_at: Standing) -> None:
    """Nothing else in it: the host simply accepts. With a condition: only that is judged, and nobody's consent is needed."""
    world, case = standing_at("awaiting_host")
    same = {**GUIDE, "new_starts_on": "2026-04-06", "new_ends_on": "2026-04-17", "fee": 0}
    with refused(world, case, Refused, rules={"the_offer_says_what_changes"}):
        world.fire(case, "propose_changes", "contact", same)
    world.fire(case, "propose_changes", "contact", {**same, "conditions": "Sudah divaksinasi hepatitis B."})
    assert set(waiting(world, case)) == {"verifier", "second_verifier"}
    world.fire(case, "accept_changes", "verifier")
    assert (form(world, case)["starts_on"], form(world, case)["ends_on"]) == ("2026-04-06", "2026-04-17")


def test_one_date_that_differs_needs_the_consent_of_the_head_all_the_same(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    offer = {**GUIDE, "new_starts_on": "2026-04-06", "new_ends_on": "2026-04-16"}
    world.fire(case, "propose_changes", "contact", offer)
    with refused(world, case, Refused, rules={"head_consents_where_needed"}):
        world.fire(case, "accept_changes", "verifier")
    world.fire(case, "consent_changes", "hospital_head")
    world.fire(case, "accept_changes", "verifier")
    assert (form(world, case)["starts_on"], form(world, case)["ends_on"]) == ("2026-04-06", "2026-04-16")


def test_an_offer_accepted_too_late_is_refused_as_a_request_would_be(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    world.fire(case, "consent_changes", "hospital_head")
    world.go_to(date(2026, 4, 13))
    with refused(world, case, Refused, rules={"period_is_allowed"}):
        world.fire(case, "accept_changes", "verifier")


@pytest.mark.parametrize("section", [" instalasi  RAWAT intensif ", "Instalasi Gawat Darurat"])
def test_another_section_of_the_same_host_is_no_other_host(standing_at: Standing, section: str) -> None:
    world, case = standing_at("host_unavailable")
    same = {"host": "partner:RSPROV", "section": section}
    with refused(world, case, Refused, rules={"host_is_a_different_one"}):
        world.fire(case, "change_host", "nurse", same)


def test_conditions_alone_need_no_consent_and_stand_in_the_assignment(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    world.fire(case, "propose_changes", "contact", {**GUIDE, "conditions": "Sudah divaksinasi hepatitis B."})
    world.fire(case, "accept_changes", "second_verifier")
    world.fire(case, "assign", "hospital_head")
    (assignment,) = letters_of(world, case, "internship_assignment")
    assert body(assignment)["conditions"] == "Sudah divaksinasi hepatitis B."
    assert body(assignment)["field_supervisor"]["name"] == GUIDE["field_supervisor"]
    assert balances(world) == {"available": 6_000_000, "committed": 4_000_000}


def test_an_offer_that_is_declined_leaves_the_question_with_the_host(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    hear = hears(world, case)
    world.fire(case, "decline_changes", "verifier", {"reason": "Tanggalnya tidak dapat digeser."})
    assert state(world, case) == "awaiting_host"
    assert hear.who == {"contact"}
    assert form(world, case)["starts_on"] == "2026-04-06"
    world.fire(case, "confirm", "contact", GUIDE)
    world.fire(case, "assign", "hospital_head")
    (assignment,) = letters_of(world, case, "internship_assignment")
    assert body(assignment)["starts_on"] == "2026-04-06"


def test_the_conditions_of_an_offer_that_was_declined_do_not_stand_in_the_assignment(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    world.fire(case, "propose_changes", "contact", {**GUIDE, "conditions": "Peserta membayar asrama."})
    world.fire(case, "decline_changes", "verifier", {"reason": "Asrama tidak diperlukan."})
    world.fire(case, "confirm", "contact", {**GUIDE, "field_supervisor": "Ns. Damar Wulan"})
    world.fire(case, "assign", "hospital_head")
    (assignment,) = letters_of(world, case, "internship_assignment")
    assert body(assignment)["conditions"] is None
    assert body(assignment)["field_supervisor"]["name"] == "Ns. Damar Wulan"


def test_consent_to_one_offer_is_no_consent_to_the_next(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    world.fire(case, "consent_changes", "hospital_head")
    world.fire(case, "decline_changes", "verifier", {"reason": "Biayanya terlalu tinggi."})
    world.fire(case, "propose_changes", "contact", {**OFFER, "fee": 400_000})
    with refused(world, case, Refused, rules={"head_consents_where_needed"}):
        world.fire(case, "accept_changes", "verifier")
    world.fire(case, "consent_changes", "hospital_head")
    world.fire(case, "accept_changes", "verifier")
    assert form(world, case)["estimate"] == 4_400_000


@pytest.mark.parametrize(("funding", "estimate"), [("none", 0), ("host", 2_000_000)])
def test_a_fee_falls_to_the_budget_also_where_the_agency_was_to_pay_nothing(
    office: World, funding: str, estimate: int
) -> None:
    case = office.road("request_host", funding=funding, estimate=estimate)
    assert balances(office) == {"available": 10_000_000}
    office.fire(case, "propose_changes", "contact", {**GUIDE, "fee": 750_000})
    office.fire(case, "consent_changes", "hospital_head")
    office.fire(case, "accept_changes", "verifier", {"budget_line": office.budget_line})
    assert (form(office, case)["funding"], form(office, case)["estimate"]) == ("agency_budget", 750_000)
    assert balances(office) == {"available": 9_250_000, "reserved": 750_000}


def test_an_offer_beyond_the_agreement_is_accepted_with_an_exemption_on_record(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    world.fire(case, "consent_changes", "hospital_head")
    circumstances.agreed(world, ("Perjanjian Kerja Sama", date(2025, 1, 1), date(2026, 4, 12)))
    with refused(world, case, Refused, rules={"agreement_covers_the_period"}):
        world.fire(case, "accept_changes", "verifier")
    world.fire(case, "accept_changes", "verifier", {"exemption": "Perpanjangan sedang ditandatangani."})
    payload = last_payload(world, case)
    assert payload["given"]["exemption"] == "Perpanjangan sedang ditandatangani."
    assert payload["acknowledged"] == ["internship_host.agreement_covers_the_period"]


def test_an_offer_that_nobody_answers_is_shown_to_the_head_of_the_personnel_agency(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    hear = hears(world, case)
    assert due(world, case) == date(2026, 3, 7)
    world.go_to(date(2026, 3, 9))
    world.sweep()
    (says,) = hear.says("agency_chief")
    assert says.startswith("Magang antarinstansi: berkas berstatus “Menunggu jawaban atas usul instansi penerima”")
    assert says.endswith("sudah lewat tenggat 7 Maret 2026; mohon ditindaklanjuti.")
    assert world.preview(case, "accept_changes", "agency_chief").seat is None


# --- The host declines or keeps silent -------------------------------------------------------------------------------


def test_a_host_that_declines_leaves_the_choice_to_participant_and_verifier(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    hear = hears(world, case)
    world.fire(case, "decline", "contact", BECAUSE)
    assert state(world, case) == "host_unavailable"
    assert waiting(world, case) == {
        "nurse": "withdraw change_host",
        **dict.fromkeys(("verifier", "second_verifier"), "close attest"),
    }
    assert hear.who == {"nurse", "verifier", "second_verifier"}


def test_a_host_that_keeps_silent_is_reminded_then_the_verifier_is_told_then_the_request_lapses(
    standing_at: Standing,
) -> None:
    """Ten working days for the answer: reminded after five and ten, shown to the verifier after fifteen, over after twenty."""
    world, case = standing_at("awaiting_host")
    world.letters_are_made()
    hear = hears(world, case)
    heard: dict[date, set[str]] = {}
    for day in (date(2026, 3, 7), date(2026, 3, 13), date(2026, 3, 27), date(2026, 4, 2)):
        before = len(hear.says("contact")), len(hear.says("verifier"))
        world.go_to(day)
        world.sweep()
        after = len(hear.says("contact")), len(hear.says("verifier"))
        heard[day] = {who for who, then, now in zip(("contact", "verifier"), before, after, strict=True) if now > then}
    assert heard == {
        date(2026, 3, 7): {"contact"},
        date(2026, 3, 13): {"contact"},
        date(2026, 3, 27): {"verifier"},
        date(2026, 4, 2): {"contact", "verifier"},
    }
    assert state(world, case) == "host_unavailable"
    assert last_payload(world, case)["actor"] == {"id": None, "name": "Sistem"}


def test_an_answer_after_the_lapse_comes_too_late(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    world.letters_are_made()
    world.go_to(date(2026, 4, 2))
    world.sweep()
    with refused(world, case, NotNow):
        world.fire(case, "confirm", "contact", GUIDE)


# --- Another host ----------------------------------------------------------------------------------------------------


def test_another_host_at_the_same_time_and_cost_goes_straight_to_the_verifier(standing_at: Standing) -> None:
    world, case = standing_at("host_unavailable")
    world.fire(case, "change_host", "nurse", ELSEWHERE)
    assert state(world, case) == "verification"
    assert balances(world) == {"available": 10_000_000}
    assert form(world, case)["host"] == "partner:RSUNIV"
    circumstances.agreed(world, ("Perjanjian Kerja Sama", FIRST, LAST), partner="RSUNIV")
    world.fire(case, "verify", "verifier")
    world.fire(case, "request_host", "secretary")
    first, second = letters_of(world, case, "internship_request")
    assert frame(first)["addressee"] == ["Pimpinan Rumah Sakit Provinsi Contoh"]
    assert frame(second)["addressee"] == ["Pimpinan Rumah Sakit Universitas Contoh"]
    assert waiting(world, case) == {"other_contact": "confirm propose_changes decline"}
    world.fire(case, "confirm", "other_contact", GUIDE)
    assert state(world, case) == "accepted"


@pytest.mark.parametrize(
    "change",
    [{"starts_on": "2026-04-07"}, {"ends_on": "2026-04-18"}, {"estimate": 4_500_000}, {"funding": "host"}],
    ids=lambda change: next(iter(change)),
)
def test_another_host_at_another_time_or_cost_goes_through_the_superiors_again(
    standing_at: Standing, change: dict[str, object]
) -> None:
    world, case = standing_at("host_unavailable")
    world.fire(case, "change_host", "nurse", {**ELSEWHERE, **change})
    assert state(world, case) == "supervisor_review"
    assert balances(world) == {"available": 10_000_000}
    assert occupied(world, case) == (
        "held",
        date.fromisoformat(form(world, case)["starts_on"]),
        date.fromisoformat(form(world, case)["ends_on"]),
    )


def test_saying_again_what_stands_already_does_not_ask_the_superiors_again(standing_at: Standing) -> None:
    world, case = standing_at("host_unavailable")
    same = {"starts_on": "2026-04-06", "ends_on": "2026-04-17", "estimate": 4_000_000, "funding": "agency_budget"}
    world.fire(case, "change_host", "nurse", {**ELSEWHERE, **same})
    assert state(world, case) == "verification"


def test_the_verifier_closes_what_finds_no_host(standing_at: Standing) -> None:
    world, case = standing_at("host_unavailable")
    hear = hears(world, case)
    world.fire(case, "close", "verifier", {"reason": "Tidak ada rumah sakit lain yang bersedia."})
    assert state(world, case) == "declined"
    assert balances(world) == {"available": 10_000_000}
    assert (occupied(world, case), waiting(world, case)) == (None, {})
    assert hear.who == {"nurse"}


# --- Cancelled -------------------------------------------------------------------------------------------------------


def test_cancelled_before_the_assignment_there_is_one_letter_to_take_back(standing_at: Standing) -> None:
    world, case = standing_at("accepted")
    hear = hears(world, case)
    world.fire(case, "cancel", "verifier", {"reason": "Peserta dipromosikan."})
    assert state(world, case) == "cancelled"
    assert balances(world) == {"available": 10_000_000}
    assert occupied(world, case) is None
    assert {"contact", "nurse"} <= hear.who
    (request,) = letters_of(world, case, "internship_request")
    (cancellation,) = letters_of(world, case, "internship_cancellation")
    assert waiting(world, case) == {"secretary": "sign internship_cancellation"}
    assert [cancelled["number"] for cancelled in body(cancellation)["cancels"]] == [request.number]
    assert frame(cancellation)["addressee"] == ["Pimpinan Rumah Sakit Provinsi Contoh"]


def test_cancelled_after_the_assignment_each_post_that_signed_takes_back_its_own(standing_at: Standing) -> None:
    world, case = standing_at("introduced")
    world.fire(case, "cancel", "verifier", {"reason": "Peserta dipromosikan."})
    assert balances(world) == {"available": 10_000_000}
    assert waiting(world, case) == dict.fromkeys(
        ("secretary", "hospital_head", "agency_chief"), "sign internship_cancellation"
    )
    cancellations = {body(row)["cancels"][0]["kind"]: row for row in letters_of(world, case, "internship_cancellation")}
    assert set(cancellations) == {"surat permohonan magang", "surat tugas", "surat pengantar"}
    assert frame(cancellations["surat tugas"])["addressee"] == []
    _each_is_void_once_its_cancellation_is_signed(world, case)


def _each_is_void_once_its_cancellation_is_signed(world: World, case: str) -> None:
    kinds = ("internship_request", "internship_assignment", "internship_introduction")
    numbers = [row.number for row in letters_of(world, case, *kinds)]
    for who, kind in zip(("secretary", "hospital_head", "agency_chief"), kinds, strict=True):
        (row,) = letters_of(world, case, kind)
        assert row.state == "to_render"
        world.sign(row.cancelled_by, who)
        (row,) = letters_of(world, case, kind)
        assert row.state == "void"
    assert [row.number for row in letters_of(world, case, *kinds)] == numbers
    assert None not in numbers
    (proposal,) = letters_of(world, case, "internship_proposal")
    assert proposal.state == "to_render"
    assert waiting(world, case) == {}
    assert happened(world, case)[-4:] == ["cancel", "letter_signed", "letter_signed", "letter_signed"]


def test_a_cancellation_is_signed_by_whoever_holds_the_post_by_then(standing_at: Standing) -> None:
    world, case = standing_at("accepted")
    world.fire(case, "cancel", "verifier", {"reason": "Peserta dipromosikan."})
    (cancellation,) = letters_of(world, case, "internship_cancellation")
    circumstances.succeeded(world, "secretary", "health_head")
    world.sweep()
    assert waiting(world, case) == {"health_head": "sign internship_cancellation"}
    with refused(world, case, NotFound):
        world.sign(cancellation.id, "stranger")
    world.sign(cancellation.id, "health_head")
    (request,) = letters_of(world, case, "internship_request")
    assert request.state == "void"


def test_a_cancellation_does_not_tell_the_new_host_of_what_was_sent_to_another(standing_at: Standing) -> None:
    world, case = standing_at("host_unavailable")
    world.fire(case, "change_host", "nurse", ELSEWHERE)
    world.fire(case, "verify", "verifier", {"exemption": "Nota Kesepahaman sedang disusun."})
    world.fire(case, "request_host", "secretary")
    world.fire(case, "confirm", "other_contact", GUIDE)
    hear = hears(world, case)
    world.fire(case, "cancel", "verifier", {"reason": "Peserta dipromosikan."})
    (cancellation,) = letters_of(world, case, "internship_cancellation")
    _, second = letters_of(world, case, "internship_request")
    assert [cancelled["number"] for cancelled in body(cancellation)["cancels"]] == [second.number]
    assert frame(cancellation)["addressee"] == ["Pimpinan Rumah Sakit Universitas Contoh"]
    assert "contact" not in hear.who
    assert "other_contact" in hear.who


def test_an_offer_stays_on_record_with_everything_that_the_host_wrote(standing_at: Standing) -> None:
    world, case = standing_at("host_proposal")
    (offer,) = recorded(world, case, "host_proposal")
    assert offer.written_by == world.ids["contact"]
    assert happened(world, case)[-1] == "propose_changes"
