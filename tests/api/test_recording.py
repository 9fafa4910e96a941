"""Answers on paper over HTTP: put on record with their scan, told with both names, kept in the book, copied to the host."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.api.house import MONDAY, PDF, House
from tests.api.test_auditing import with_auditors
from tests.api.together import GUIDE, LETTER, Party, gathered
from workflow.auditing.assignments import give_assignment
from workflow.office import Office
from workflow.people import issue_key
from workflow.people.guides import register_guide
from workflow.references import reference_of
from workflow.telling.explain import explain

SAID = "Dicatat oleh"
BY_PAPER = (
    "atas nama Rumah Sakit Umum Pusat Telaga Biru menurut surat Nomor 445/120/RSUP-TELAGA/2026 tanggal 2 Maret 2026 "
    "(agenda 1/2026), ditandatangani dr. Wulan Iskandar, Sp.PD., Wakil Direktur."
)


def recorded(together: Party, who: str = "verifier", **more: Any) -> dict[str, Any]:
    """The letter with a scan that somebody handed in just now."""
    sent = together.ask(who, "POST", "/api/files", files={"file": ("balasan.pdf", PDF)})
    assert sent.status_code == 201, sent.text
    return {**LETTER, "scan": sent.json()["id"], **more}


@pytest.fixture
def answered(house: House) -> tuple[Party, dict[str, Any]]:
    """A cohort of two whose host answered on paper, as the verifier put it on record; and that paper."""
    together = gathered(house, 2).until("request_host")
    paper = recorded(together)
    outcome = together.done("verifier", "actions/confirm", form=GUIDE, recorded=paper)
    assert [line["state"] for line in outcome["moved"]] == ["accepted", "accepted"]
    return together, paper


def test_what_was_recorded_says_by_whom_for_whom_and_by_which_letter(
    house: House, answered: tuple[Party, dict[str, Any]]
) -> None:
    together, _ = answered
    for who in (together.nips[1], "verifier", "contact"):
        event = together.read(who, f"/api/cases/{together.cases[1]}/history")["events"][-1]
        assert event["type"] == "confirm"
        assert event["recorded"]["says"].startswith(SAID)
        assert event["recorded"]["says"].endswith(BY_PAPER)
        assert (event["recorded"]["channel_title"], event["recorded"]["agenda"]) == ("WhatsApp", "1/2026")
    assert together.read("contact", f"/api/cases/{together.cases[1]}/history")["events"][-1]["decisions"] == []
    database = house.with_database()
    registry = house.client.app.state.desk.registry  # type: ignore[attr-defined]
    told = database.read(lambda conn: explain(conn, Office.load(conn), registry, together.cases[1]))
    database.close()
    assert BY_PAPER in told
    assert "Rombongan: Magang intensif (2 orang)" in told


def test_the_scan_is_for_whoever_sees_a_case_from_inside_and_for_the_host_it_was_recorded_for(
    answered: tuple[Party, dict[str, Any]],
) -> None:
    together, paper = answered
    address = f"/api/files/{paper['scan']}"
    for who in ("verifier", "officer", *together.nips, "director", "contact"):
        assert together.ask(who, "GET", address).content == PDF, who
    for who in ("other_contact", "stranger", "other_officer"):
        assert together.ask(who, "GET", address).status_code == 404, who


def test_a_guide_of_the_same_host_who_is_not_appointed_cannot_fetch_the_scan(
    house: House, answered: tuple[Party, dict[str, Any]]
) -> None:
    together, paper = answered
    database = house.with_database()
    guide = database.write(register_guide, "RSUP-TELAGA", "Ns. Bimo", "Perawat", "bimo@rsup-telaga.example", MONDAY)
    together.keys["guide"] = database.write(issue_key, guide.id, "uji", "read", MONDAY)
    database.close()
    assert together.ask("guide", "GET", f"/api/files/{paper['scan']}").status_code == 404


def test_the_book_of_incoming_letters_is_for_those_who_keep_it(answered: tuple[Party, dict[str, Any]]) -> None:
    together, paper = answered
    for who in ("verifier", "administrator", "officer"):
        (line,) = together.read(who, "/api/incoming?year=2026")["items"]
        assert (line["agenda"], line["number"], line["channel_title"]) == ("1/2026", LETTER["number"], "WhatsApp")
        assert line["sender_name"] == "Rumah Sakit Umum Pusat Telaga Biru"
        assert line["recorded_by"]
        assert {case["case_id"] for case in line["cases"]} == set(together.cases)
        assert {case["scan"] for case in line["cases"]} == {paper["scan"]}
    assert together.read("other_officer", "/api/incoming")["items"] == []
    assert together.read("verifier", "/api/incoming?year=2025")["items"] == []
    for who in ("nurse", "contact", "stranger", "director"):
        assert together.ask(who, "GET", "/api/incoming").status_code == 403, who
    assert together.ask("verifier", "GET", "/api/incoming?after=x").status_code == 400


def test_an_auditor_reads_the_book_within_an_assignment_only(house: House) -> None:
    house = with_auditors(house)
    together = gathered(house, 1).until("request_host")
    together.done("verifier", "actions/confirm", form=GUIDE, recorded=recorded(together))
    assert house.get("auditor", "/api/incoming").status_code == 403
    assert house.read("auditor", "/api/cohorts")["items"] == []
    database = house.with_database()
    asked = (house.sample.ids["auditor"], "700/1", MONDAY.date(), "Magang", MONDAY.date(), date(2026, 5, 31))
    database.write(give_assignment, *asked, None, MONDAY)
    database.close()
    (line,) = house.read("auditor", "/api/incoming")["items"]
    assert [case["case_id"] for case in line["cases"]] == list(together.cases)
    assert [case["case_id"] for case in house.read("auditor", f"/api/cohorts/{together.id}")["cases"]] == list(
        together.cases
    )
    looked = house.read("verifier", f"/api/cases/{together.cases[0]}/views")["items"]
    assert "rombongan" in {line["what_title"] for line in looked}


def test_one_case_is_recorded_by_the_units_personnel_officer_too_and_by_nobody_else(house: House) -> None:
    together = gathered(house, 1).until("request_host")
    (case,) = together.cases
    offered = {line["trigger"]: line for line in together.read("officer", f"/api/cases/{case}/actions")["actions"]}
    assert offered["confirm"]["recorded_by_you"] is True
    assert offered["confirm"]["yours"] is False
    assert "signer_name" in offered["confirm"]["records"]["properties"]
    assert not any(
        line["recorded_by_you"] for line in together.read("director", f"/api/cases/{case}/actions")["actions"]
    )
    version = together.read("officer", f"/api/cases/{case}")["version"]

    def record(who: str, paper: dict[str, Any], key: str) -> Any:
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key}
        sent = {"form": GUIDE, "recorded": paper}
        return together.ask(who, "POST", f"/api/cases/{case}/actions/confirm", json=sent, headers=headers)

    assert record("director", recorded(together, "director"), "a").status_code == 403
    assert record("other_officer", recorded(together, "other_officer"), "b").status_code == 404
    assert record("officer", recorded(together), "c").status_code == 422  # the scan is another's
    tried = together.ask(
        "officer",
        "POST",
        f"/api/cases/{case}/actions/confirm/preview",
        json={"form": GUIDE, "recorded": recorded(together, "officer", received_on="2026-03-09")},
    ).json()
    assert tried["obstacles"][0]["fields"][0]["field"] == "recorded.received_on"
    paper = recorded(together, "officer")
    assert record("officer", paper, "d").status_code == 200
    assert record("officer", paper, "d").json()["repeated"] is True


def test_a_paper_without_its_scan_is_refused_and_each_case_says_so(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    response = together.act("verifier", "actions/confirm", acknowledge=[], form=GUIDE, recorded=LETTER)
    assert response.status_code == 422
    assert [line["fields"][0]["field"] for line in response.json()["cases"]] == ["recorded.scan"] * 2
    image = together.ask("verifier", "POST", "/api/files", files={"file": ("surat.docx", PDF)})
    assert image.json()["media_type"] == "application/pdf"  # the content decides


def test_the_host_answers_per_name_on_paper_too(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    first, second = together.cases
    each = {
        first: {"trigger": "confirm", "form": GUIDE},
        second: {"trigger": "decline", "form": {"reason": "Ruang magang penuh."}},
    }
    outcome = together.done("verifier", "answers", each=each, recorded=recorded(together))
    assert [line["state"] for line in outcome["moved"]] == ["accepted", "host_unavailable"]
    (line,) = together.read("verifier", "/api/incoming")["items"]
    assert {case["case_id"] for case in line["cases"]} == {first, second}


def test_whoever_drops_out_is_taken_off_the_letter_and_their_page_says_so(
    house: House, answered: tuple[Party, dict[str, Any]]
) -> None:
    together, _ = answered
    together.done("director", "actions/assign")
    house.done("verifier", together.cases[0], "cancel", {"reason": "Sakit dan perlu dirawat."})
    page = together.read("verifier", f"/api/cases/{together.cases[0]}")
    letters = {line["kind"]: line for line in page["letters"]}
    assert "dikeluarkan dari surat ini dengan surat perubahan" in letters["internship_request"]["taken_off"]
    assert letters["internship_request"]["cases"] == 1
    other = together.read("verifier", f"/api/cases/{together.cases[1]}")
    assert [line["taken_off"] for line in other["letters"] if line["kind"] == "internship_request"] == [None]


def test_a_substitute_and_whom_they_replace_know_of_each_other_only_as_far_as_they_may_see(
    house: House, answered: tuple[Party, dict[str, Any]]
) -> None:
    together, _ = answered
    successor = {"successor": "199601092022022001", "reason": "Yang bersangkutan sakit."}
    house.done("director", together.cases[0], "replace", successor)
    page = together.read("verifier", f"/api/cases/{together.cases[0]}")
    heir = page["successor"]["case_id"]
    assert page["successor"]["subject"] == "Ns. Eunike Tobing, S.Kep."
    begun = together.read("verifier", f"/api/cases/{heir}")
    assert begun["predecessor"] == {
        "case_id": together.cases[0],
        "reference": reference_of(together.cases[0]),
        "subject": "Ns. Kirana Maheswari, S.Kep.",
    }
    assert begun["way"][0]["by"] == "Menggantikan peserta lain"
    events = together.read("verifier", f"/api/cases/{heir}/history")["events"]
    assert events[0]["title"] == "Menggantikan peserta lain"
    own = together.read(together.nips[0], f"/api/cases/{together.cases[0]}")
    assert own["successor"] is None
    assert "Eunike" not in json.dumps([own["cohorts"], own["subject"]])
    listed = together.read("verifier", f"/api/cohorts/{together.id}")["cases"]
    assert [line["case_id"] for line in listed] == [heir, together.cases[1]]
