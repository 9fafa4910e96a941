"""Rounds of mentoring over HTTP: answered by everyone, run by BKPSDM, unknown to whoever belongs to a partner."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.house import House
from tests.api.test_unseen import alike
from tests.matching import INTENSIVE, LAW, NURSING, ROUND


def opened(house: House) -> str:
    """A round of the verifier; answers its address."""
    response = house.ask("verifier", "POST", "/api/rounds", json=ROUND, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert response.status_code == 201, response.text
    return str(response.headers["location"])


def answer(house: House, who: str, address: str, side: str, *fields: str, **more: Any) -> httpx.Response:
    return house.ask(who, "POST", f"{address}/answers", json={"side": side, "fields": fields, **more})


@pytest.fixture
def round_at(house: House) -> str:
    """A round with two mentors and two mentees."""
    found = opened(house)
    for response in (
        answer(house, "nursing_head", found, "offer", NURSING, INTENSIVE, capacity=2),
        answer(house, "informatics_head", found, "offer", LAW, capacity=1),
        answer(house, "second_nurse", found, "wish", NURSING),
        answer(house, "stranger", found, "wish", LAW),
    ):
        assert response.status_code == 200, response.text
    return found


def test_a_round_runs_from_its_opening_to_its_cases(house: House, round_at: str) -> None:
    proposed = house.ask("verifier", "POST", f"{round_at}/proposals")
    assert proposed.status_code == 201, proposed.text
    page = proposed.json()
    assert page["number"] == 1
    assert page["points"] == sum(pair["points"] for pair in page["pairs"])
    sheet = house.get("verifier", f"{round_at}/proposal/xlsx")
    assert sheet.content.startswith(b"PK")
    assert sheet.headers["content-type"].startswith("application/vnd.openxml")
    early = house.ask("verifier", "POST", f"{round_at}/publish", json={"proposal": 1})
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-now")
    house.clock.set(datetime(2026, 3, 23, 2, 0, tzinfo=UTC))
    done = [house.ask("verifier", "POST", f"{round_at}/publish", json={"proposal": 1}).json() for _ in range(2)]
    assert done[0] == done[1]
    assert done[0]["opened"] + len(done[0]["not_opened"]) == len(page["pairs"])
    assert house.read("verifier", round_at)["state"] == "published"


def test_only_the_agency_sees_what_is_proposed_and_changes_it(house: House, round_at: str) -> None:
    house.ask("verifier", "POST", f"{round_at}/proposals")
    bond = {"mentor": house.sample.ids["nursing_head"], "mentee": house.sample.ids["stranger"], "bond": "pin"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/proposal", {}),
        ("GET", "/proposal/xlsx", {}),
        ("POST", "/proposals", {}),
        ("POST", "/bonds", {"json": {**bond, "reason": "Kebutuhan dinas."}}),
        ("POST", "/publish", {"json": {"proposal": 1}}),
        ("POST", "/close", {"json": {"reason": "Sudah selesai."}}),
    ]
    for who in ("nurse", "nursing_head", "agency_chief", "administrator"):
        for method, path, more in asked:
            response = house.ask(who, method, f"{round_at}{path}", **more)
            assert (response.status_code, response.json()["type"]) == (403, "/problems/not-yours"), (who, path)
        assert house.read(who, round_at)["running"] is None
    refused = house.ask("nurse", "POST", "/api/rounds", json=ROUND, headers={"Idempotency-Key": "sekali"})
    assert refused.status_code == 403


def test_whoever_belongs_to_a_partner_is_answered_as_if_there_were_no_round(house: House, round_at: str) -> None:
    round_id = round_at.rpartition("/")[2]
    side = {"side": "wish", "fields": [LAW]}
    for method, path, more in (
        ("GET", "/api/rounds/{}", {}),
        ("GET", "/api/rounds/{}/answers", {}),
        ("GET", "/api/rounds/{}/proposal", {}),
        ("GET", "/api/rounds/{}/proposal/xlsx", {}),
        ("POST", "/api/rounds/{}/answers", {"json": side}),
        ("POST", "/api/rounds/{}/withdrawals", {"json": {"side": "wish", "reason": "Tidak jadi."}}),
        ("POST", "/api/rounds/{}/proposals", {}),
        ("POST", "/api/rounds/{}/publish", {"json": {"proposal": 1}}),
        ("POST", "/api/rounds/{}/close", {"json": {"reason": "Sudah selesai."}}),
        (
            "POST",
            "/api/rounds/{}/answers/list",
            {"files": {"file": ("a.csv", b"NIP,TUJUAN\n")}, "data": {"side": "wish"}},
        ),
    ):
        alike(house, "contact", method, path, round_id, more)
    assert house.read("contact", "/api/rounds") == {"items": [], "may_open": False}


def test_a_list_is_handed_in_as_a_file_and_told_row_by_row(house: House, round_at: str) -> None:
    sent = {"files": {"file": ("daftar.csv", b"NIP;TUJUAN\n12345;Sihir\n")}, "data": {"side": "wish"}}
    response = house.ask("verifier", "POST", f"{round_at}/answers/list", **sent)
    assert response.status_code == 422
    assert [fault["says"][:7] for fault in response.json()["fields"]] == ["Baris 2"]


def test_an_answer_for_somebody_who_is_not_ones_own_is_refused(house: House, round_at: str) -> None:
    response = answer(house, "nurse", round_at, "wish", LAW, person=house.sample.ids["stranger"])
    assert response.status_code == 422
    assert "bukan pegawai yang boleh Anda isikan" in response.json()["fields"][0]["says"]
    assert len(house.read("nurse", f"{round_at}/answers")["items"]) == 0
    assert len(house.read("verifier", f"{round_at}/answers")["items"]) == 4
