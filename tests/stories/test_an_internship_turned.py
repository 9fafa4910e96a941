"""An internship that leaves the straight road: prepared or answered by others, longer, elsewhere, later, with somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import circumstances
from tests.cohorts import gathered, in_cohort, nip_of_person
from tests.stages import AFTER, DAY, FIRST, GUIDE, LAST, REPORT, SCORES
from tests.turns import (
    EMAIL,
    OFFICER,
    OTHER_OFFICER,
    asked_by,
    extension,
    found,
    limit_places,
    make_guide,
    make_officers,
    paper,
    retyped,
)
from tests.witness import (
    balances,
    body,
    credited,
    form,
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
from tests.world import REQUEST, World
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, Refused
from workflow.tables import deadlines, incoming, incoming_cases, tasks

Standing = Callable[[str], tuple[World, str]]
BECAUSE = {"reason": "Keadaan di lapangan berubah."}
GUIDED = {**GUIDE, "account": EMAIL}


@pytest.fixture
def standing_at(standing_at: Standing) -> Standing:
    """A stage, in an office where two units have a personnel officer."""

    def opened(stage: str) -> tuple[World, str]:
        world, case = standing_at(stage)
        make_officers(world)
        return world, case

    return opened


# --- Asked for by someone else ---------------------------------------------------------------------------------------


def test_what_the_personnel_officer_prepares_counts_once_the_participant_submits_it(standing_at: Standing) -> None:
    world, _ = standing_at("office")
    nip = nip_of_person(world, "nurse")
    opened = world.database.write(
        world.engine.open, "internship", world.actor(OFFICER), {"section": "IGD"}, world.at, person=nip
    )
    case = opened.case_id
    world.fire(case, "save", OFFICER, REQUEST)
    assert waiting(world, case) == {"nurse": "save submit withdraw"}
    assert occupied(world, case) is None
    with refused(world, case, NotYours):
        world.fire(case, "submit", OFFICER)
    with refused(world, case, NotYours):
        world.fire(case, "withdraw", OFFICER)
    for who in ("second_nurse", OTHER_OFFICER):
        with refused(world, case, NotFound):
            world.fire(case, "submit", who)
    world.fire(case, "submit", "nurse")
    assert state(world, case) == "supervisor_review"
    assert found(world) == []


def test_the_officer_of_another_unit_can_prepare_nothing(standing_at: Standing) -> None:
    world, _ = standing_at("office")
    with pytest.raises(NotYours):
        world.database.write(
            world.engine.open,
            "internship",
            world.actor(OTHER_OFFICER),
            {},
            world.at,
            person=nip_of_person(world, "nurse"),
        )


# --- Recorded for the host -------------------------------------------------------------------------------------------


def test_an_answer_by_whatsapp_is_put_on_record_and_the_host_is_told(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    hear = hears(world, case)
    world.fire(case, "confirm", OFFICER, GUIDE, recorded=paper(world, OFFICER))
    assert state(world, case) == "accepted"
    assert recorded(world, case, "host_reply")[0].written_by == world.ids[OFFICER]
    (says,) = hear.says("contact")
    assert says == (
        "Magang antarinstansi: “Nyatakan bersedia” dicatat oleh clerk_9 atas nama instansi Anda menurut surat Nomor "
        "445/120/RSPROV/2026 tanggal 2 Maret 2026. Bila tidak sesuai, ajukan keberatan pada berkas ini."
    )
    assert found(world) == []


def test_a_letter_that_answers_two_cases_enters_the_book_once_though_two_officers_record_it(
    standing_at: Standing,
) -> None:
    world, first = standing_at("awaiting_host")
    second = world.road("request_host", "second_nurse")
    world.fire(first, "confirm", "verifier", GUIDE, recorded=paper(world, "verifier"))
    world.fire(second, "confirm", OFFICER, GUIDE, recorded=paper(world, OFFICER))
    (row,) = world.all(select(incoming))
    assert (row.number, row.register_year, row.register_number) == ("445/120/RSPROV/2026", 2026, 1)
    assert {tie.case_id for tie in world.all(select(incoming_cases))} == {first, second}
    assert [last_payload(world, case)["incoming"]["agenda"] for case in (first, second)] == ["1/2026", "1/2026"]
    assert found(world) == []


@pytest.mark.parametrize("upheld", [True, False])
def test_a_host_contests_what_was_recorded_for_it_and_a_verifier_answers(standing_at: Standing, upheld: bool) -> None:
    world, case = standing_at("awaiting_host")
    world.fire(case, "confirm", OFFICER, GUIDE, recorded=paper(world, OFFICER))
    hear = hears(world, case)
    world.fire(case, "contest", "contact", {"reason": "Kami tidak pernah menyatakan bersedia."})
    assert waiting(world, case) == {
        "hospital_head": "assign",
        **dict.fromkeys(("verifier", "second_verifier"), "settle"),
    }
    assert hear.who == {"verifier", "second_verifier"}
    with refused(world, case, Refused, rules={"no_contest_is_open"}) as refusal:
        world.fire(case, "assign", "hospital_head")
    assert refusal.says == ["Instansi penerima berkeberatan: Kami tidak pernah menyatakan bersedia."]
    world.fire(case, "settle", "verifier", {"upheld": upheld, "reason": "Suratnya sudah diperiksa."})
    if upheld:
        assert waiting(world, case) == {"contact": "confirm propose_changes decline"}
        world.fire(case, "confirm", "contact", GUIDE)
    assert waiting(world, case) == {"hospital_head": "assign"}
    world.fire(case, "assign", "hospital_head")
    assert found(world) == []


def test_a_host_that_answered_by_its_link_is_not_overruled_by_a_letter_which_is_kept_beside_it(
    standing_at: Standing,
) -> None:
    world, case = standing_at("awaiting_host")
    world.fire(case, "confirm", "contact", GUIDE)
    with refused(world, case, NotNow):
        world.fire(case, "decline", "verifier", BECAUSE, recorded=paper(world, "verifier"))
    says = {"reason": "Surat yang datang kemudian menyatakan ruangan penuh."}
    world.fire(case, "inform", "verifier", says, recorded=paper(world, "verifier"))
    assert state(world, case) == "accepted"
    (kept,) = recorded(world, case, "information")
    assert "ruangan penuh" in kept.data
    assert last_payload(world, case)["incoming"]["agenda"] == "1/2026"
    assert found(world) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scan": ""}, "recorded.scan"),
        ({"received_on": "2026-03-03"}, "recorded.received_on"),
        ({"dated_on": "2026-03-03"}, "recorded.dated_on"),
        ({"number": " "}, "recorded.number"),
        ({"signer_name": ""}, "recorded.signer_name"),
        ({"channel": "telephone"}, "recorded.channel"),
    ],
)
def test_a_paper_that_cannot_have_come_in_is_refused(
    standing_at: Standing, changes: dict[str, Any], field: str
) -> None:
    world, case = standing_at("awaiting_host")
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "confirm", "verifier", GUIDE, recorded=paper(world, "verifier", **changes))
    assert [fault.field for fault in refusal.problem.fields] == [field]
    assert world.all(select(incoming)) == []


def test_a_document_of_a_word_processor_is_no_scan(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    scan = retyped(world, world.file("verifier", "balasan.docx"), docx)
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "confirm", "verifier", GUIDE, recorded=paper(world, "verifier", scan=scan))
    assert [fault.field for fault in refusal.problem.fields] == ["recorded.scan"]


def test_a_scan_of_somebody_else_is_no_scan(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    theirs = world.file("stranger", "balasan.pdf")
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "confirm", "verifier", GUIDE, recorded=paper(world, "verifier", scan=theirs))
    assert [fault.field for fault in refusal.problem.fields] == ["recorded.scan"]


def test_a_number_that_is_in_the_book_with_another_date_is_refused(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    world.fire(case, "confirm", "verifier", GUIDE, recorded=paper(world, "verifier"))
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "inform", OFFICER, BECAUSE, recorded=paper(world, OFFICER, dated_on="2026-03-01"))
    (fault,) = refusal.problem.fields
    assert fault.field == "recorded.dated_on"
    assert "agenda 1/2026" in fault.says


def test_a_paper_logbook_bears_no_number_and_its_days_are_confirmed_from_one_scan(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.fire(case, "log_day", "nurse", {**DAY, "worked_on": FIRST.isoformat()})
    logbook = {"channel": "logbook", "number": "", "dated_on": "2026-04-06", "received_on": "2026-04-06"}
    days = {"from_on": "2026-04-06", "until_on": "2026-04-06"}
    world.fire(case, "confirm_days", OFFICER, days, recorded=paper(world, OFFICER, **logbook))
    assert [row.status for row in recorded(world, case, "logbook")] == ["confirmed"]
    assert found(world) == []


@pytest.mark.parametrize(
    ("who", "why"),
    [(OTHER_OFFICER, NotFound), ("nurse", NotYours), ("contact", NotYours), ("hospital_head", NotYours)],
)
def test_only_verifiers_and_the_units_own_officer_record_for_a_host(
    standing_at: Standing, who: str, why: type[NotYours | NotFound]
) -> None:
    world, case = standing_at("awaiting_host")
    with refused(world, case, why):
        world.fire(case, "confirm", who, GUIDE, recorded=paper(world, who))


def test_a_participant_who_is_the_units_officer_records_nothing_of_their_own(standing_at: Standing) -> None:
    world, _ = standing_at("office")
    case = world.open(OFFICER)
    for trigger, who, given in world.straight(OFFICER)[:5]:
        world.fire(case, trigger, "hospital_head" if trigger == "endorse" else who, given)
    with refused(world, case, NotYours):
        world.fire(case, "confirm", OFFICER, GUIDE, recorded=paper(world, OFFICER))


@pytest.mark.parametrize(
    ("stage", "trigger"), [("accepted", "assign"), ("accepted", "contest"), ("ongoing", "log_day")]
)
def test_what_is_not_the_hosts_to_say_or_its_own_to_contest_is_recorded_by_nobody(
    standing_at: Standing, stage: str, trigger: str
) -> None:
    world, case = standing_at(stage)
    with refused(world, case, NotYours) as refusal:
        world.fire(case, trigger, "verifier", BECAUSE, recorded=paper(world, "verifier"))
    assert refusal.problem.says.endswith("tidak dapat dicatat atas nama pihak lain.")


def assessment(world: World, who: str) -> dict[str, Any]:
    """The host's marks with its certificate."""
    certificate = {"certificate_number": "445/17/2026", "certificate_on": "2026-04-17"}
    return {**SCORES, **certificate, "certificate_file": world.file(who)}


def test_whoever_recorded_an_answer_does_not_complete_the_case_but_a_colleague_does(standing_at: Standing) -> None:
    world, case = standing_at("host_assessment")
    world.fire(case, "assess", "verifier", assessment(world, "verifier"), recorded=paper(world, "verifier"))
    assert waiting(world, case) == {"second_verifier": "complete return close_unmet"}
    for trigger, given in (("complete", {"without_cost": True}), ("close_unmet", {"without_cost": True, **BECAUSE})):
        with refused(world, case, NotYours):
            world.fire(case, trigger, "verifier", given)
    world.fire(case, "contest", "contact", BECAUSE)
    with refused(world, case, NotYours):
        world.fire(case, "settle", "verifier", {"upheld": False, **BECAUSE})
    world.fire(case, "settle", "second_verifier", {"upheld": False, **BECAUSE})
    world.fire(case, "complete", "second_verifier", {"without_cost": True})
    assert credited(world, "nurse")
    assert found(world) == []


def test_where_the_only_verifier_recorded_the_answer_the_head_of_the_personnel_unit_completes(
    standing_at: Standing,
) -> None:
    world, case = standing_at("host_assessment")
    circumstances.left_group(world, "second_verifier")
    world.fire(case, "assess", "verifier", assessment(world, "verifier"), recorded=paper(world, "verifier"))
    assert waiting(world, case) == {"agency_chief": "complete return close_unmet"}
    world.fire(case, "complete", "agency_chief", {"without_cost": True})
    assert state(world, case) == "completed"
    assert found(world) == []


# --- Longer, elsewhere, later, under somebody else -------------------------------------------------------------------


def test_an_extension_is_asked_consented_and_ordered(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    asked_by("nurse", extension_cost=1_000_000)(world, case)
    assert waiting(world, case)["hospital_head"] == "extend decline_extension"
    assert "consent_extension" in waiting(world, case)["contact"]
    world.fire(case, "consent_extension", "contact")
    assert "consent_extension" not in waiting(world, case)["contact"]
    hear = hears(world, case)
    world.fire(case, "extend", "hospital_head")
    assert hear.who == {"nurse", "contact", "nursing_head"}
    assert occupied(world, case) == ("absent", FIRST, date(2026, 4, 24))
    assert form(world, case)["estimate"] == 5_000_000
    assert balances(world) == {"available": 5_000_000, "committed": 5_000_000}
    rungs = world.all(select(deadlines).where(deadlines.c.case_id == case))
    assert [(row.kind, row.falls_on) for row in rungs] == [("fire", date(2026, 4, 25))]
    assert "hospital_head" not in waiting(world, case)
    (letter,) = letters_of(world, case, "internship_extension")
    assert (body(letter)["ended_before"], body(letter)["ends_on"]) == ("2026-04-17", "2026-04-24")
    assert letter.number
    world.go_to(AFTER)
    assert world.sweep().fired == 0
    world.go_to(date(2026, 4, 25))
    assert world.sweep().fired == 1
    assert state(world, case) == "reporting"
    assert found(world) == []


def test_a_second_extension_is_counted_from_the_first_day(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    for until in ("2026-04-24", "2026-05-01"):
        asked_by("contact", until)(world, case)
        world.fire(case, "extend", "hospital_head")
    first, second = letters_of(world, case, "internship_extension")
    assert (body(first)["ended_before"], body(second)["ended_before"]) == ("2026-04-17", "2026-04-24")
    assert occupied(world, case) == ("absent", FIRST, date(2026, 5, 1))
    assert found(world) == []


def test_an_extension_that_is_declined_can_be_asked_for_anew(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    asked_by("nurse")(world, case)
    world.fire(case, "decline_extension", "hospital_head", BECAUSE)
    assert "hospital_head" not in waiting(world, case)
    with refused(world, case, NotNow):
        world.fire(case, "extend", "hospital_head")
    asked_by("contact")(world, case)
    world.fire(case, "extend", "hospital_head")
    assert found(world) == []


@pytest.mark.parametrize(
    ("day", "until", "says"),
    [
        (AFTER, "2026-04-24", "Magang berakhir 17 April 2026."),
        (FIRST, "2027-04-06", "Seluruhnya menjadi 366 hari; paling lama 365 hari."),
    ],
)
def test_an_extension_asked_after_the_end_or_beyond_a_year_is_refused(
    standing_at: Standing, day: date, until: str, says: str
) -> None:
    world, case = standing_at("ongoing")
    world.go_to(day)
    with refused(world, case, Refused, rules={"extension_is_asked_in_time"}) as refusal:
        world.fire(case, "request_extension", "nurse", extension(until))
    assert refusal.says == [says]


def test_a_guide_confirms_days_and_assesses_and_does_nothing_else(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    make_guide(world)
    with refused(world, case, NotFound):
        world.fire(case, "confirm_days", "guide", {"numbers": [1]})
    world.fire(case, "appoint_guide", "contact", GUIDED)
    assert waiting(world, case)["guide"] == "confirm_days"
    world.go_to(LAST)
    for day in (FIRST + timedelta(days=n) for n in range(12)):
        world.fire(case, "log_day", "nurse", {**DAY, "worked_on": day.isoformat()})
    for trigger, given in (
        ("finish", {}),
        ("inform", BECAUSE),
        ("request_extension", extension()),
        ("move_section", {"section": "Instalasi Bedah", **BECAUSE}),
        ("appoint_guide", GUIDE),
        ("hand_back", {}),
    ):
        with refused(world, case, NotYours):
            world.fire(case, trigger, "guide", given)
    world.fire(case, "confirm_days", "guide", {"from_on": "2026-04-06", "until_on": "2026-04-17"})
    world.fire(case, "finish", "contact")
    world.fire(case, "report", "nurse", REPORT)
    assert waiting(world, case)["guide"] == "confirm_days assess"
    world.fire(case, "assess", "guide", assessment(world, "guide"))
    world.fire(case, "complete", "verifier", {"without_cost": True})
    assert credited(world, "nurse")
    assert found(world) == []


def test_a_guide_who_is_replaced_answers_for_nothing_any_more(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    make_guide(world)
    make_guide(world, "second_guide", "sari@rsprov.example")
    world.fire(case, "appoint_guide", "contact", GUIDED)
    world.fire(case, "log_day", "nurse", {**DAY, "worked_on": FIRST.isoformat()})
    world.fire(case, "appoint_guide", "contact", {**GUIDE, "account": "sari@rsprov.example"})
    assert "guide" not in waiting(world, case)
    with refused(world, case, NotFound):
        world.fire(case, "confirm_days", "guide", {"numbers": [1]})
    world.fire(case, "confirm_days", "second_guide", {"numbers": [1]})
    world.fire(case, "appoint_guide", "contact", GUIDE)
    assert "second_guide" not in waiting(world, case)
    assert found(world) == []


def test_somebody_of_another_institution_cannot_be_made_the_guide(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    make_guide(world, partner="RSUNIV")
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "appoint_guide", "contact", GUIDED)
    assert "tidak dikenal pada Rumah Sakit Provinsi Contoh" in refusal.problem.fields[0].says


def test_a_section_that_is_full_takes_nobody_more_until_a_place_is_free(standing_at: Standing) -> None:
    world, _ = standing_at("office")
    limit_places(world, 1)
    world.submitted("nurse")
    second = world.open("second_nurse")
    with refused(world, second, Refused, rules={"host_has_a_place"}) as refusal:
        world.fire(second, "submit", "second_nurse", REQUEST)
    assert refusal.says == [
        "Instalasi Rawat Intensif menerima paling banyak 1 peserta sekaligus; 1 tempat sudah terisi pada jangka waktu itu."
    ]
    world.fire(second, "submit", "second_nurse", {**REQUEST, "starts_on": "2026-04-20", "ends_on": "2026-04-24"})
    third = world.open("third_nurse")
    world.fire(third, "submit", "third_nurse", {**REQUEST, "section": "Instalasi Bedah"})
    assert found(world) == []


def test_a_participant_moves_to_another_section_and_the_place_is_free_again(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    limit_places(world, 1)
    limit_places(world, 1, "Instalasi Bedah")
    hear = hears(world, case)
    world.fire(case, "move_section", "contact", {"section": "Instalasi Bedah", **BECAUSE})
    assert form(world, case)["section"] == "Instalasi Bedah"
    assert hear.who == {"nurse", "nursing_head"}
    later = world.submitted("second_nurse", starts_on="2026-04-13", ends_on="2026-04-17")
    assert state(world, later) == "supervisor_review"
    with refused(world, case, Refused, rules={"host_has_a_place"}):
        world.fire(case, "move_section", "contact", {"section": "Instalasi Rawat Intensif", **BECAUSE})
    assert found(world) == []


def test_a_late_start_is_on_record_and_the_days_missed_still_count_as_planned(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 8))
    world.fire(case, "start_late", "contact", {"started_on": "2026-04-08", **BECAUSE})
    assert len(recorded(world, case, "late_start")) == 1
    assert occupied(world, case) == ("absent", FIRST, LAST)
    assert "start_late" not in waiting(world, case)["contact"]
    with refused(world, case, Refused, rules={"late_start_is_within_the_period"}):
        world.fire(case, "start_late", "contact", {"started_on": "2026-04-09", **BECAUSE})
    assert found(world) == []


def test_a_host_gives_somebody_back_with_its_own_letter(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 9))
    hear = hears(world, case)
    letter = {"return_number": "445/21/2026", "return_on": "2026-04-09", "return_file": world.file("contact")}
    end = {"cause": "misconduct", "reason": "Melanggar tata tertib.", "last_day": "2026-04-08"}
    world.fire(case, "hand_back", "contact", {**end, **letter})
    assert state(world, case) == "reporting"
    assert hear.who == {"nurse", "hospital_head"}
    assert occupied(world, case) == ("absent", FIRST, date(2026, 4, 8))
    assert letters_of(world, case, "internship_return") == []
    assert found(world) == []


# --- Somebody else goes ----------------------------------------------------------------------------------------------


def substitute(world: World, who: str) -> dict[str, Any]:
    return {"successor": nip_of_person(world, who), "reason": "Yang bersangkutan sakit."}


@pytest.mark.parametrize(
    ("who", "rule"), [("fourth_nurse", "enough_people_stay"), ("administrator", "substitute_is_of_the_same_unit")]
)
def test_a_substitute_who_may_not_go_changes_nothing(standing_at: Standing, who: str, rule: str) -> None:
    world, case = standing_at("assigned")
    if rule == "enough_people_stay":
        circumstances.away(world, "second_nurse", "third_nurse", from_on=FIRST, until_on=LAST)
    money = balances(world)
    with refused(world, case, Refused, rules={rule}):
        world.fire(case, "replace", "hospital_head", substitute(world, who))
    assert balances(world) == money
    assert found(world) == []


@pytest.mark.parametrize("who", ["nurse", "contact"])
def test_a_substitute_is_another_person_in_service(standing_at: Standing, who: str) -> None:
    world, case = standing_at("assigned")
    form_ = {"successor": world.ids[who], "reason": "Yang bersangkutan sakit."}
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "replace", "hospital_head", form_)
    assert [fault.field for fault in refusal.problem.fields] == ["successor"]


def test_the_successor_of_one_goes_on_to_credited_hours_with_what_was_promised(standing_at: Standing) -> None:
    world, case = standing_at("introduced")
    hear = hears(world, case)
    world.fire(case, "replace", "hospital_head", substitute(world, "second_nurse"))
    assert hear.who == {"nurse", "contact", "nursing_head"}
    heir = str(last_payload(world, case)["successor"])
    assert (occupied(world, case), waiting(world, case)) == (None, {"secretary": "sign internship_replacement"})
    assert (state(world, heir), occupied(world, heir)) == ("assigned", ("absent", FIRST, LAST))
    assert balances(world) == {"available": 6_000_000, "committed": 4_000_000}
    sign_all(world)
    world.go_to(FIRST)
    to_the_end(world, heir, "second_nurse")
    assert credited(world, "second_nurse")
    assert credited(world, "nurse") == []
    assert happened(world, heir)[0] == "succeeded"
    assert found(world) == []


def test_after_a_substitution_the_cohort_goes_on_together_to_credited_hours(office: World) -> None:
    together = gathered(office).until("introduce")
    office.fire(together.cases["clerk_1"], "replace", "hospital_head", substitute(office, "clerk_5"))
    (heir,) = set(in_cohort(office, together.id)) - set(together.cases.values())
    sign_all(office)
    del together.cases["clerk_1"]
    together.cases["clerk_5"] = heir
    office.go_to(FIRST)
    outcome = together.act("start", "contact")
    assert (len(outcome.moved), outcome.stayed) == (3, ())
    office.go_to(LAST)
    for day in (FIRST + timedelta(days=n) for n in range(12)):
        together.each("log_day", {**DAY, "worked_on": day.isoformat()})
    together.act("confirm_days", "contact", {"from_on": "2026-04-06", "until_on": "2026-04-17"})
    together.act("finish", "contact")
    together.each("report", REPORT)
    together.act("assess", "contact", assessment(office, "contact"))
    outcome = together.act("complete", "verifier", {"without_cost": True})
    assert {moved.state for moved in outcome.moved} == {"completed"}
    for who in together.cases:
        assert credited(office, who)
    assert credited(office, "clerk_1") == []
    assert found(office) == []


def sign_all(world: World) -> None:
    """Whoever is to sign a letter that waits does so."""
    for task in world.all(select(tasks).where(tasks.c.letter_id.is_not(None))):
        who = next(name for name, person in world.ids.items() if person == task.assignee_id)
        world.sign(task.letter_id, who)


def to_the_end(world: World, case: str, who: str) -> None:
    """The rest of the straight road, from the first day on."""
    world.fire(case, "start", "contact")
    world.go_to(LAST)
    steps = world.straight(who)
    for trigger, actor, given in steps[[trigger for trigger, *_ in steps].index("finish") :]:
        world.fire(case, trigger, actor, given() if callable(given) else given)


def test_whoever_answers_for_the_money_chooses_the_line_of_a_longer_period(office: World) -> None:
    """What cost the agency nothing so far is extended at a cost: the head waits for the line, and cannot choose one."""
    case = office.road("forward", funding="none", estimate=0)
    for trigger, who in (("verify", "verifier"), ("request_host", "secretary")):
        office.fire(case, trigger, who)
    office.fire(case, "confirm", "contact", GUIDE)
    for trigger, who in (("assign", "hospital_head"), ("introduce", "agency_chief")):
        office.fire(case, trigger, who)
    office.go_to(FIRST)
    office.fire(case, "start", "nurse")
    asked_by("contact", extension_cost=1_000_000)(office, case)
    with pytest.raises(Refused, match="Mata anggaran belum dipilih"):
        office.fire(case, "extend", "hospital_head")
    with pytest.raises(InvalidForm):
        office.fire(case, "extend", "hospital_head", {"budget_line": office.budget_line})
    with pytest.raises(NotYours):
        office.fire(case, "choose_line", "hospital_head", {"budget_line": office.budget_line})
    office.fire(case, "choose_line", "verifier", {"budget_line": office.budget_line})
    office.fire(case, "extend", "hospital_head")
    assert balances(office)["committed"] == 1_000_000
    assert found(office) == []
