"""A partner's contact with a key: hands their link on, and takes the receipts of their answers; and who finds partners by name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.house import House

GUIDE = {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"}
COLLEAGUE = {"name": "dr. Ayunda Prameswari", "post": "Kepala Diklat", "email": "ayunda@rsup-telaga.example"}


@pytest.fixture
def asked(house: House) -> str:
    """A case that waits for the host's answer; the host has a link."""
    case = house.road("request_host")
    made = house.ask("verifier", "POST", f"/api/cases/{case}/links", json={"person": house.sample.ids["contact"]})
    assert made.status_code == 201, made.text
    return case


def forwarded(house: House, case: str, who: str = "contact", **changes: Any) -> httpx.Response:
    return house.ask(who, "POST", f"/api/cases/{case}/links/forward", json={**COLLEAGUE, **changes})


def test_a_contact_hands_their_link_on_and_it_is_good_no_more(house: House, asked: str) -> None:
    answer = forwarded(house, asked)
    assert (answer.status_code, answer.json()) == (200, {"email": COLLEAGUE["email"]})
    states = {line["person"]: line["state"] for line in house.read("verifier", f"/api/cases/{asked}/links")["items"]}
    assert states == {"dr. Respati Danurwendo, Sp.PD.": "forwarded", COLLEAGUE["name"]: "open"}
    assert forwarded(house, asked).status_code == 404


def test_a_link_is_handed_on_by_whoever_holds_it_alone(house: House, asked: str) -> None:
    for who in ("other_contact", "verifier", "nurse", "administrator"):
        assert forwarded(house, asked, who).status_code == 404, who
    wrong = forwarded(house, asked, email="ayunda")
    assert (wrong.status_code, [each["field"] for each in wrong.json()["fields"]]) == (422, ["email"])
    (line,) = house.read("verifier", f"/api/cases/{asked}/links")["items"]
    assert line["state"] == "open"


def test_a_contact_has_a_sealed_receipt_of_what_they_answered_and_nobody_else_has(house: House, asked: str) -> None:
    (event,) = house.done("contact", asked, "confirm", GUIDE)["events"]
    told = house.read("contact", f"/api/receipts/{event}")
    assert (told["answer"], told["reference"]) == (
        "Nyatakan bersedia",
        house.read("nurse", f"/api/cases/{asked}")["reference"],
    )
    assert ["Pembimbing lapangan", GUIDE["field_supervisor"]] in told["given"]
    file = house.get("contact", f"/api/receipts/{event}/pdf")
    assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    assert file.content.startswith(b"%PDF-")
    assert "attachment" in file.headers["content-disposition"]
    for who in ("other_contact", "nurse", "verifier"):
        for path in (f"/api/receipts/{event}", f"/api/receipts/{event}/pdf"):
            assert house.get(who, path).status_code == 404, (who, path)
    assert house.get("contact", "/api/receipts/tidak-ada").status_code == 404


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("nusalink", ["NUSALINK"]),
        ("RSUP-TELAGA", ["RSUP-TELAGA"]),
        ("respati danur", ["RSUP-TELAGA"]),
        ("tak ada", []),
    ],
)
def test_partners_are_found_by_name_code_or_contact(quiet: House, search: str, found: list[str]) -> None:
    items = quiet.read("verifier", "/api/partners", params={"search": search})["items"]
    assert [each["id"] for each in items] == found
