"""A partner's contact sees names, period, section, the state, own answers and letters addressed to it, and nothing else."""

from __future__ import annotations

import json

from sqlalchemy import insert

from tests.api.house import House
from workflow.tables import sanctions

#: Of the nurse and the request; none may reach a partner.
NIP = "199409122019022001"


def seen_by(house: House, who: str, case: str) -> str:
    """Everything that the API tells somebody about a case, in one text."""
    page = house.read(who, f"/api/cases/{case}")
    letters = [house.read(who, f"/api/letters/{letter['id']}") for letter in page["letters"]]
    rest = [house.read(who, f"/api/cases/{case}{path}") for path in ("/history", "/actions")]
    return json.dumps([page, letters, *rest, house.read(who, "/api/tasks"), house.read(who, "/api/cases")])


def test_a_contact_knows_of_a_case_from_the_request_on(house: House) -> None:
    before = house.road("verify")
    assert house.get("contact", f"/api/cases/{before}").status_code == 404
    assert house.read("contact", "/api/cases")["items"] == []
    house.done("secretary", before, "request_host")
    assert house.get("contact", f"/api/cases/{before}").status_code == 200
    assert [line["id"] for line in house.read("contact", "/api/cases")["items"]] == [before]
    assert house.get("other_contact", f"/api/cases/{before}").status_code == 404


def test_a_contact_sees_names_period_section_and_state(house: House) -> None:
    page = house.read("contact", f"/api/cases/{house.road('request_host')}")
    assert page["outside"] is True
    assert page["subject"]["name"] == "Ns. Kirana Maheswari, S.Kep."
    assert page["period"] == {"starts_on": "2026-04-06", "ends_on": "2026-04-10", "ended_on": None}
    assert {line["name"] for line in page["form"]} == {"host", "section", "starts_on", "ends_on"}
    assert page["state_title"] == "Menunggu balasan instansi penerima"
    assert [wait["role"] for wait in page["waits_for"]] == ["host"]
    assert [letter["kind"] for letter in page["letters"]] == ["internship_request"]


def test_a_contact_never_sees_facts_reasons_or_a_nip(house: House) -> None:
    case = house.road("confirm")
    told = seen_by(house, "contact", case)
    assert NIP not in told.replace(" ", "")
    for withheld in ("Baik", "internship.participant", "sanctions", "whole_unit", "Butir 12", 'posted": ["', "nursing"):
        assert withheld not in told, withheld
    page = house.read("contact", f"/api/cases/{case}")
    assert page["way"] == page["owed"] == []
    assert page["subject"]["nip"] is None


def test_a_contact_reads_its_own_answers_and_acts(house: House) -> None:
    case = house.road("confirm")
    (entry,) = house.read("contact", f"/api/cases/{case}")["entries"]
    assert entry["title"] == "Kesediaan instansi penerima"
    (event,) = house.read("contact", f"/api/cases/{case}/history")["events"]
    assert event["type"] == "confirm"
    assert event["decisions"] == event["posted"] == []


def test_a_contact_finds_only_its_own_actions(house: House) -> None:
    case = house.road("request_host")
    actions = house.read("contact", f"/api/cases/{case}/actions")["actions"]
    assert {action["trigger"] for action in actions} == {"confirm", "propose_changes", "decline", "inform"}
    assert all(action["yours"] for action in actions)


def test_a_contact_reads_the_days_that_it_must_confirm(house: House) -> None:
    case = house.road("log_day")
    assert {entry["kind"] for entry in house.read("contact", f"/api/cases/{case}")["entries"]} == {
        "host_reply",
        "logbook",
    }


def test_a_contact_is_told_why_it_cannot_act_where_that_is_its_own_affair(house: House) -> None:
    case = house.road("introduce")
    response = house.act("contact", case, "start", {})
    assert response.status_code == 422
    assert "6 April 2026" in response.json()["detail"]


def test_a_refusal_to_a_contact_holds_nothing_about_the_participant(house: House) -> None:
    case = house.road("request_host")
    for trigger in ("verify", "accept_changes", "request_host", "forward", "submit", "confirm_days"):
        response = house.act("contact", case, trigger, {}, acknowledge=())
        assert response.status_code in (403, 409)
        assert response.json()["reasons"] == []


def test_a_sanction_never_reaches_a_contact(house: House) -> None:
    case = house.road("confirm")
    row = {"id": "s" * 36, "person_id": house.sample.ids["nurse"], "level": "sedang"}
    database = house.with_database()
    database.write(lambda conn: conn.execute(insert(sanctions).values(row)))
    database.close()
    assert "hukuman" not in seen_by(house, "contact", case).lower()


def test_a_host_that_was_given_up_learns_no_more(house: House) -> None:
    case = house.road("request_host")
    house.done("contact", case, "decline", {"reason": "Ruang sedang direnovasi."})
    other = {"host": "partner:NUSALINK", "section": "Divisi data"}
    house.done("nurse", case, "change_host", other)
    page = house.read("contact", f"/api/cases/{case}")
    assert page["state_title"] == "Tidak lagi pada instansi Anda"
    assert (page["state"], page["period"], page["form"], page["waits_for"]) == ("", None, [], [])
    assert [letter["kind"] for letter in page["letters"]] == ["internship_request"]
    assert house.read("contact", f"/api/cases/{case}/actions")["actions"] == []
    (line,) = house.read("contact", "/api/cases")["items"]
    assert (line["state"], line["state_title"]) == ("", "Tidak lagi pada instansi Anda")
    assert "Nusalink" not in seen_by(house, "contact", case)


def test_a_head_who_is_only_the_host_sees_as_little(house: House) -> None:
    case = house.open()
    for who, trigger, form in house.steps(host="unit:DISKOMINFO", section="Bidang Aplikasi Informatika")[:4]:
        house.done(who, case, trigger, form)
    signer = next(
        wait for wait in house.read("verifier", f"/api/cases/{case}")["waits_for"] if wait["role"] == "signatory"
    )
    assert signer["person"]["id"] == house.sample.ids["agency_chief"]
    house.done("agency_chief", case, "request_host")
    page = house.read("informatics_head", f"/api/cases/{case}")
    assert page["outside"] is True
    assert page["subject"]["nip"] is None
    assert [letter["kind"] for letter in page["letters"]] == ["internship_request"]
    actions = {
        action["trigger"]: action for action in house.read("informatics_head", f"/api/cases/{case}/actions")["actions"]
    }
    assert actions["confirm"]["allowed"] is True
    assert "verify" not in actions
