"""The life of an internship, from the request to the credited hours, as everyone in it meets it."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from tests import circumstances
from tests.stages import AFTER, FIRST, GUIDE, LAST, REPORT, SCORES
from tests.witness import (
    balances,
    body,
    credited,
    due,
    form,
    frame,
    happened,
    hears,
    last_payload,
    letters_of,
    occupied,
    recorded,
    state,
    waiting,
)
from tests.world import REQUEST, World
from workflow.effects import run_due
from workflow.letters.bodies import internship as bodies
from workflow.tables import effects, files


def test_an_internship_from_request_to_credited_hours(office: World) -> None:
    """A nurse goes to the provincial hospital for two weeks, and nothing goes wrong."""
    case = office.open("nurse")
    _a_draft_grows(office, case)
    _the_superiors_agree(office, case)
    _the_host_is_asked(office, case)
    _the_nurse_is_sent(office, case)
    _days_are_logged_and_confirmed(office, case)
    _it_is_reported_and_assessed(office, case)
    _it_is_completed(office, case)
    assert happened(office, case) == [
        "opened", "save", "save", "submit", "endorse", "forward", "verify", "request_host", "confirm", "assign",
        "introduce", "start", *["log_day"] * 12, "confirm_days", "confirm_days", "finish", "report", "assess", "complete",
        "letter_signed",
    ]  # fmt: skip


def _a_draft_grows(office: World, case: str) -> None:
    """In any order, a field cleared again on the way."""
    assert waiting(office, case) == {"nurse": "save submit withdraw"}
    office.fire(case, "save", "nurse", {"host": REQUEST["host"], "section": REQUEST["section"]})
    office.fire(case, "save", "nurse", {"starts_on": "2026-04-06", "ends_on": "2026-04-17", "section": ""})
    assert set(form(office, case)) == {"host", "starts_on", "ends_on"}
    assert occupied(office, case) is None


def _the_superiors_agree(office: World, case: str) -> None:
    """Two working days for the one, three for the other; the head's consent makes the days count as absence."""
    hear = hears(office, case)
    office.fire(case, "submit", "nurse", REQUEST)
    assert state(office, case) == "supervisor_review"
    assert waiting(office, case) == {"nursing_head": "endorse return reject"}
    assert due(office, case) == date(2026, 3, 4)
    assert occupied(office, case) == ("held", FIRST, LAST)
    assert hear.says("nursing_head") == [
        "Magang antarinstansi: berkas berstatus “Menunggu persetujuan atasan langsung” menunggu tindakan Anda."
    ]

    office.fire(case, "endorse", "nursing_head", {"note": "Setuju; dinas sudah diatur."})
    assert last_payload(office, case)["given"] == {"note": "Setuju; dinas sudah diatur."}
    assert waiting(office, case) == {"hospital_head": "forward return reject"}
    assert due(office, case) == date(2026, 3, 5)

    office.fire(case, "forward", "hospital_head")
    (proposal,) = letters_of(office, case)
    assert (proposal.kind, proposal.number) == ("internship_proposal", "800.1.4.1/001/RSUD/2026")
    assert proposal.signed_by == office.ids["hospital_head"]
    assert occupied(office, case) == ("absent", FIRST, LAST)
    assert waiting(office, case) == dict.fromkeys(("verifier", "second_verifier"), "verify return reject attest")


def _the_host_is_asked(office: World, case: str) -> None:
    """The personnel agency says what pays; the secretary asks in the regent's name, and only then it is reserved."""
    office.fire(case, "verify", "second_verifier", {"budget_line": office.budget_line})
    assert form(office, case)["budget_line"] == office.budget_line
    assert waiting(office, case) == {"secretary": "reject request_host send_back"}
    assert balances(office) == {"available": 10_000_000}
    office.fire(case, "request_host", "secretary")
    (request,) = letters_of(office, case, "internship_request")
    assert frame(request)["signatures"][0]["lines"] == ["a.n. BUPATI KEMUNING", "SEKRETARIS DAERAH,"]
    assert frame(request)["addressee"] == ["Pimpinan Rumah Sakit Provinsi Contoh"]
    assert request.number == "800.1.4.1/001/SETDA/2026"
    assert balances(office) == {"available": 6_000_000, "reserved": 4_000_000}
    assert waiting(office, case) == {"contact": "confirm propose_changes decline"}

    office.fire(case, "confirm", "contact", {**GUIDE, "reply_number": "445/9/RSPROV/2026", "reply_on": "2026-03-02"})
    assert recorded(office, case, "host_reply")[0].written_by == office.ids["contact"]
    assert waiting(office, case) == {"hospital_head": "assign"}


def _the_nurse_is_sent(office: World, case: str) -> None:
    """Assigned by the own head, introduced by the head of the personnel agency."""
    office.fire(case, "assign", "hospital_head")
    assert balances(office) == {"available": 6_000_000, "committed": 4_000_000}
    assert waiting(office, case) == {"agency_chief": "introduce", "contact": "start", "nurse": "start"}
    assert due(office, case) == FIRST
    office.fire(case, "introduce", "agency_chief")
    assert waiting(office, case) == {"contact": "start", "nurse": "start"}


def _days_are_logged_and_confirmed(office: World, case: str) -> None:
    """Night shifts and Sundays count; a day can be corrected until the host has confirmed it."""
    office.go_to(FIRST)
    office.fire(case, "start", "nurse")
    assert waiting(office, case) == {
        "contact": "confirm_days finish hand_back",
        "nurse": "log_day",
    }
    for day in (FIRST + timedelta(days=n) for n in range(12)):
        if day.weekday() != 5:
            office.go_to(day)
            office.fire(case, "log_day", "nurse", {"worked_on": f"{day}", "hours": 10.5, "activity": "Dinas malam"})
    office.fire(case, "log_day", "nurse", {"worked_on": "2026-04-06", "hours": 7, "activity": "Dinas pagi"})
    assert [row.status for row in recorded(office, case, "logbook")] == ["corrected", *["written"] * 11]
    office.fire(case, "confirm_days", "contact", {"until_on": "2026-04-12"})
    office.fire(case, "confirm_days", "contact", {"numbers": [7, 8, 9, 10, 11]})
    assert [row.status for row in recorded(office, case, "logbook")] == ["corrected", *["confirmed"] * 11]


def _it_is_reported_and_assessed(office: World, case: str) -> None:
    """The system notices once that the last day is over; then the participant reports and the host assesses."""
    office.go_to(AFTER)
    swept = office.sweep()
    assert (swept.fired, swept.held_up) == (1, [])
    assert state(office, case) == "reporting"
    assert office.sweep().fired == 0
    assert waiting(office, case) == {"nurse": "log_day report"}

    report = office.file("nurse", "laporan.pdf")
    office.fire(case, "report", "nurse", {**REPORT, "report_file": report})
    assert office.all(select(files.c.case_id).where(files.c.id == report))[0].case_id == case
    assert waiting(office, case) == {"contact": "confirm_days assess"}

    paper = {"certificate_number": "445/17/RSPROV/2026", "certificate_on": "2026-04-20"}
    office.fire(case, "assess", "contact", {**SCORES, **paper, "certificate_file": office.file("contact")})
    assert letters_of(office, case, "internship_host_certificate") == []
    assert waiting(office, case) == dict.fromkeys(("verifier", "second_verifier"), "complete return close_unmet")


def _it_is_completed(office: World, case: str) -> None:
    """What it cost is spent, the rest released, the hours credited, and one certificate laid before its signer."""
    hear = hears(office, case)
    office.fire(case, "complete", "verifier", {"cost": 3_500_000, "proofs": [office.file("verifier")]})
    assert state(office, case) == "completed"
    assert balances(office) == {"available": 6_500_000, "spent": 3_500_000}
    assert credited(office, "nurse") == [(20, "C11")]
    assert occupied(office, case) is None
    assert hear.who == {"nurse", "nursing_head"}
    (certificate,) = letters_of(office, case, "internship_credit_certificate")
    assert (certificate.state, certificate.number) == ("to_sign", None)
    assert waiting(office, case) == {"agency_chief": "sign internship_credit_certificate"}
    office.sign(certificate.id, "agency_chief")
    assert waiting(office, case) == {}


def test_the_letters_of_an_internship_are_made_once_and_say_what_happened(office: World) -> None:
    case = office.road("complete")
    (certificate,) = letters_of(office, case, "internship_credit_certificate")
    office.sign(certificate.id, "agency_chief")
    assert run_due(office.database, office.engine.office, office.at) == 5
    assert run_due(office.database, office.engine.office, office.at) == 0
    made = letters_of(office, case)
    assert [(row.kind, row.state, row.register, row.register_number) for row in made] == [
        ("internship_proposal", "signed", "RSUD", 1),
        ("internship_request", "signed", "SETDA", 1),
        ("internship_assignment", "signed", "RSUD", 2),
        ("internship_introduction", "signed", "BKPSDM", 1),
        ("internship_credit_certificate", "signed", "BKPSDM", 2),
    ]
    for row in made:
        (file,) = office.all(select(files).where(files.c.id == row.file_id))
        assert file.content.startswith(b"%PDF-1.7")
        assert file.sha256 == sha256(file.content).hexdigest()
        assert file.case_id == case
    assert office.all(select(effects.c.id).where(effects.c.error.is_not(None))) == []
    _certificate_says_what_happened(body(letters_of(office, case, "internship_credit_certificate")[0]))
    _assignment_rests_on_the_request(body(letters_of(office, case, "internship_assignment")[0]))


def _certificate_says_what_happened(said: dict[str, Any]) -> None:
    assert said["hours"] == 20
    assert (said["attended_days"], said["planned_days"]) == (10, 11)
    assert said["score"] == "87.5"
    assert said["host_certificate"]["number"] == "445/17/RSPROV/2026"
    assert said["participants"][0]["name"] == "Nurse"
    assert (said["starts_on"], said["ends_on"], said["ended_on"]) == ("2026-04-06", "2026-04-17", None)
    assert said["waived_reason"] is None


def _assignment_rests_on_the_request(said: dict[str, Any]) -> None:
    assert [letter["kind"] for letter in said["earlier"]] == ["surat permohonan magang", "surat usulan"]
    assert said["field_supervisor"] == {"name": GUIDE["field_supervisor"], "post": GUIDE["field_supervisor_post"]}
    assert said["cost_source"] == "anggaran Fasilitasi magang – Belanja perjalanan dinas (2026)"
    assert set(said) == set(bodies.InternshipAssignment.__struct_fields__)


def test_an_internship_abroad_counts_for_more(office: World) -> None:
    circumstances.lies_in(office, "Malaysia")
    case = office.road("complete")
    assert credited(office, "nurse") == [(24, "C11")]
    assert body(letters_of(office, case, "internship_credit_certificate")[0])["hours"] == 24


def test_an_internship_without_cost_touches_no_budget(office: World) -> None:
    case = office.open("nurse")
    for trigger, who, given in office.straight(funding="none", estimate=0):
        if trigger in ("start", "finish"):
            office.go_to(FIRST if trigger == "start" else LAST)
        answer = {"verify": {}, "complete": {"without_cost": True}}.get(trigger, given)
        office.fire(case, trigger, who, answer() if callable(answer) else answer)
    assert state(office, case) == "completed"
    assert balances(office) == {"available": 10_000_000}
    (assignment,) = letters_of(office, case, "internship_assignment")
    assert body(assignment)["cost_source"] == "tanpa biaya"


def test_two_steps_that_fall_to_one_person_are_given_in_one_act_and_recorded_as_each(office: World) -> None:
    """A clerk's direct superior is the director, who is also the head of the unit."""
    case = office.submitted("clerk_1")
    outcome = office.fire(case, "endorse", "hospital_head", {"note": "Setuju."}, then=[office.then("forward")])
    assert (outcome.state, len(outcome.events), len(outcome.letters)) == ("verification", 2, 1)
    assert happened(office, case)[-2:] == ["endorse", "forward"]
