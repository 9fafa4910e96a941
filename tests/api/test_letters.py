"""Letters over HTTP: read, signed, fetched as PDF once they are made."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from tests.api.house import House
from workflow.effects import run_due
from workflow.office import Office
from workflow.tables import effects
from workflow.tables import letters as letters_table
from workflow.views import actions


def letters(house: House, who: str, case: str) -> dict[str, dict[str, Any]]:
    return {letter["kind"]: letter for letter in house.read(who, f"/api/cases/{case}")["letters"]}


def render(house: House) -> int:
    """What the runner would do."""
    database = house.with_database()
    done = run_due(database, database.read(Office.load), house.clock.now() + timedelta(seconds=1))
    database.close()
    return done


def test_a_letter_is_being_prepared_until_its_effect_has_run_and_is_then_the_same_for_ever(house: House) -> None:
    case = house.road("forward")
    letter = letters(house, "nurse", case)["internship_proposal"]
    address = f"/api/letters/{letter['id']}.pdf"
    waiting = house.get("nurse", address)
    assert waiting.status_code == 409
    assert waiting.json()["type"] == "/problems/letter-being-prepared"
    assert "sedang disiapkan" in waiting.json()["detail"]
    assert int(waiting.headers["retry-after"]) > 0
    assert render(house) == 1
    pdf = house.get("nurse", address)
    assert pdf.status_code == 200
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert "800.1.4.1-001-RSUD-2026.pdf" in pdf.headers["content-disposition"]
    assert house.get("nurse", f"/api/letters/{letter['id']}/pdf").content == pdf.content
    page = house.read("nurse", f"/api/letters/{letter['id']}")
    assert page["sha256"] == hashlib.sha256(pdf.content).hexdigest()
    assert page["size"] == len(pdf.content)
    assert page["letter"]["state_title"] == "Ditandatangani"
    assert render(house) == 0


def test_a_letter_says_its_number_its_signatory_and_what_is_in_it(house: House) -> None:
    case = house.road("forward")
    letter = letters(house, "nurse", case)["internship_proposal"]
    page = house.read("verifier", f"/api/letters/{letter['id']}")
    assert page["letter"]["number"] == "800.1.4.1/001/RSUD/2026"
    assert page["letter"]["signed_as"] == "Direktur Rumah Sakit Umum Daerah Kemuning"
    assert page["case_ids"] == [case]
    assert page["body"]["competency"] == "Keperawatan intensif"
    assert page["yours_to_sign"] is False
    assert page["addressee"] == ["Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"]


def test_a_letter_whose_making_failed_says_so(house: House) -> None:
    case = house.road("forward")
    letter = letters(house, "nurse", case)["internship_proposal"]
    database = house.with_database()
    database.write(lambda conn: conn.execute(update(effects).values(parked_at=house.clock.now(), error="huruf hilang")))
    database.close()
    response = house.get("nurse", f"/api/letters/{letter['id']}.pdf")
    assert response.status_code == 409
    assert "gagal dibuat" in response.json()["detail"]
    assert "retry-after" not in response.headers


def test_a_letter_of_a_case_that_is_not_yours_is_not_there(house: House) -> None:
    case = house.road("forward")
    letter = letters(house, "nurse", case)["internship_proposal"]
    for who in ("stranger", "contact"):
        for end in ("", ".pdf", "/pdf"):
            response = house.get(who, f"/api/letters/{letter['id']}{end}")
            assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")
    assert house.get("nurse", "/api/letters/tidak-ada.pdf").status_code == 404


def test_a_letter_that_another_must_sign_is_their_task_and_is_numbered_when_they_do(house: House) -> None:
    case = house.road("complete")
    certificate = letters(house, "nurse", case)["internship_credit_certificate"]
    assert (certificate["state"], certificate["number"]) == ("to_sign", None)
    address = f"/api/letters/{certificate['id']}"
    unsigned = house.get("nurse", f"{address}.pdf")
    assert (unsigned.status_code, unsigned.json()["type"]) == (409, "/problems/letter-not-signed")
    (task,) = [task for task in house.read("agency_chief", "/api/tasks")["items"] if task["letter_id"]]
    assert task["letter_title"] == "Surat keterangan JP"
    assert task["actions"] == [{"trigger": "sign", "title": "Tanda tangani surat"}]
    assert house.read("agency_chief", address)["yours_to_sign"] is True

    assert house.ask("agency_chief", "POST", f"{address}/sign").json()["type"] == "/problems/idempotency-key-required"
    once = {"Idempotency-Key": "sekali"}
    refused = house.ask("verifier", "POST", f"{address}/sign", headers=once)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-yours")
    signed = house.ask("agency_chief", "POST", f"{address}/sign", headers=once)
    assert signed.status_code == 200
    assert signed.headers["etag"] == f'"{signed.json()["version"]}"'
    again = house.ask("agency_chief", "POST", f"{address}/sign", headers=once)
    assert again.json() == {**signed.json(), "repeated": True}
    twice = house.ask("agency_chief", "POST", f"{address}/sign", headers={"Idempotency-Key": "dua"})
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/not-now")
    page = house.read("nurse", address)
    assert page["letter"]["number"]
    assert page["letter"]["state"] == "to_render"
    assert [t for t in house.read("agency_chief", "/api/tasks")["items"] if t["letter_id"]] == []


def test_a_host_reads_the_letters_addressed_to_it_without_their_parts(house: House) -> None:
    case = house.road("introduce")
    mine = letters(house, "contact", case)
    assert mine.keys() == {"internship_request", "internship_introduction"}
    page = house.read("contact", f"/api/letters/{mine['internship_request']['id']}")
    assert page["body"] is None
    assert page["addressee"] == ["Pimpinan Rumah Sakit Umum Pusat Telaga Biru"]
    render(house)
    pdf = house.get("contact", f"/api/letters/{mine['internship_request']['id']}.pdf")
    assert pdf.content.startswith(b"%PDF-")


def test_a_host_reads_the_cancellation_of_its_letters_once_signed(house: House) -> None:
    case = house.road("assign")
    house.done("verifier", case, "cancel", {"reason": "Kebutuhan dinas mendadak."})
    cancellations = [
        letter
        for letter in house.read("verifier", f"/api/cases/{case}")["letters"]
        if letter["kind"] == "internship_cancellation"
    ]
    assert len(cancellations) == 2
    assert "internship_cancellation" not in letters(house, "contact", case)
    for letter in cancellations:
        for who in ("secretary", "director"):
            house.ask(who, "POST", f"/api/letters/{letter['id']}/sign", headers={"Idempotency-Key": letter["id"]})
    seen = house.read("contact", f"/api/cases/{case}")["letters"]
    assert [letter["kind"] for letter in seen].count("internship_cancellation") == 1
    assert {letter["state"] for letter in seen if letter["kind"] == "internship_request"} == {"void"}


def send(house: House, who: str, path: str, body: dict[str, Any]) -> httpx.Response:
    """Do something, for the first time."""
    return house.ask(who, "POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})


def on_its_way(house: House) -> str:
    """A certificate that awaits its signature."""
    case = house.road("complete")
    return str(letters(house, "verifier", case)["internship_credit_certificate"]["id"])


def test_a_draft_is_seen_as_it_would_be_issued(house: House) -> None:
    letter = on_its_way(house)
    draft = house.get("agency_chief", f"/api/letters/{letter}/preview")
    assert (draft.status_code, draft.headers["content-type"]) == (200, "application/pdf")
    assert draft.content.startswith(b"%PDF-")
    assert house.get("stranger", f"/api/letters/{letter}/preview").status_code == 404


def test_a_letter_is_corrected_sent_back_and_signed_and_its_page_says_by_whom(house: House) -> None:
    letter = on_its_way(house)
    page = house.read("agency_chief", f"/api/letters/{letter}")
    assert page["acts"] == ["sign", "correct", "send_back", "by_hand"]
    assert "subject" in page["correctable"]
    assert [(step["kind"], step["state"]) for step in page["route"]] == [("sign", "waiting")]
    corrected = send(
        house,
        "agency_chief",
        f"/api/letters/{letter}/acts/correct",
        {"changes": {"subject": "Keterangan magang"}, "version": page["version"]},
    )
    assert corrected.status_code == 200
    stale = send(house, "agency_chief", f"/api/letters/{letter}/acts/sign", {"version": page["version"]})
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/out-of-date")
    assert send(house, "agency_chief", f"/api/letters/{letter}/acts/sign", {}).status_code == 200
    page = house.read("agency_chief", f"/api/letters/{letter}")
    assert (page["subject"], page["acts"]) == ("Keterangan magang", ["void"])
    assert [(step["state"], step["by"]) for step in page["route"]] == [("done", "Dra. Widuri Puspaningtyas, M.Si.")]
    assert len(page["code"]) == 10


def test_acts_on_letters_are_denied_with_what_is_known_of_them(house: House) -> None:
    letter = on_its_way(house)
    assert send(house, "stranger", f"/api/letters/{letter}/acts/sign", {}).status_code == 404
    assert send(house, "nurse", f"/api/letters/{letter}/acts/sign", {}).status_code == 403
    for act, body, status in (
        ("seal", {}, 404),
        ("freeze", {}, 404),
        ("void", {}, 422),
        ("sign", {"colour": 1}, 422),
        ("send_back", {"note": 7}, 422),
        ("resubmit", {}, 409),
        ("insert", {"after": 1}, 422),
        ("insert", {"after": "satu", "reason": "Terlewat."}, 422),
        ("insert", {"after": 1, "reason": "Terlewat."}, 403),
    ):
        assert send(house, "agency_chief", f"/api/letters/{letter}/acts/{act}", body).status_code == status, act


def test_many_letters_are_signed_with_one_act_and_each_answers_by_itself(house: House) -> None:
    letter = on_its_way(house)
    signed = send(house, "agency_chief", "/api/letters/sign", {"letters": [letter]})
    assert signed.json() == {"letters": [{"letter_id": letter, "problem": "", "detail": ""}]}
    again = send(house, "agency_chief", "/api/letters/sign", {"letters": [letter]}).json()["letters"]
    assert [line["problem"] for line in again] == ["not-now"]
    unseen = send(house, "stranger", "/api/letters/sign", {"letters": [letter]})
    assert [line["problem"] for line in unseen.json()["letters"]] == ["not-found"]


def test_a_letter_that_is_not_there_holds_up_no_other(house: House) -> None:
    letter = on_its_way(house)
    answer = send(house, "agency_chief", "/api/letters/sign", {"letters": ["tidak-ada", letter]})
    assert answer.status_code == 200
    assert [(line["letter_id"], line["problem"]) for line in answer.json()["letters"]] == [
        ("tidak-ada", "not-found"),
        (letter, ""),
    ]


def test_a_draft_that_cannot_be_laid_out_says_why(house: House) -> None:
    letter = on_its_way(house)
    database = house.with_database()
    stored = database.read(lambda conn: conn.execute(select(letters_table).where(letters_table.c.id == letter)).one())
    frame = {**json.loads(stored.frame), "place": "Kemuning 漢"}
    changed = update(letters_table).where(letters_table.c.id == letter).values(frame=json.dumps(frame))
    database.write(lambda conn: conn.execute(changed))
    database.close()
    answer = house.get("agency_chief", f"/api/letters/{letter}/preview")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (422, "letter-cannot-be-made")
    assert "U+6F22" in answer.json()["detail"]


def test_a_scan_that_is_a_picture_is_served_as_one_under_the_letter_s_number(house: House) -> None:
    case = house.road("complete")
    letter = str(letters(house, "verifier", case)["internship_request"]["id"])
    scan = house.upload("agency_chief", "IMG_0001.png", b"\x89PNG\r\n\x1a\n")
    database = house.with_database()
    database.write(
        lambda conn: conn.execute(update(letters_table).where(letters_table.c.id == letter).values(scan_id=scan))
    )
    number = database.read(
        lambda conn: conn.execute(select(letters_table.c.number).where(letters_table.c.id == letter)).scalar_one()
    )
    database.close()
    answer = house.get("verifier", f"/api/letters/{letter}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert f"{number.replace('/', '-')}.png" in answer.headers["content-disposition"]


def test_whoever_has_no_account_to_sign_with_is_told_so(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = on_its_way(house)
    (tmp_path / "kunci").mkdir()
    (tmp_path / "signing.toml").write_text('[signer]\nkind = "pkcs12"\nfolder = "kunci"\n')
    monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "signing.toml"))
    plain = actions.may_sign
    monkeypatch.setattr(actions, "may_sign", lambda *asked: replace(plain(*asked), needs_secret=True))
    answer = send(house, "agency_chief", "/api/letters/sign", {"letters": [letter], "secret": "Rahasia"})
    assert [line["problem"] for line in answer.json()["letters"]] == ["signing-failed"]
    assert "jenjang signing account" in answer.json()["letters"][0]["detail"]
