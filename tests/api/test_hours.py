"""The book of hours over HTTP: one's own, those below, a unit's, all; to everybody else there is nothing there."""

from __future__ import annotations

import pytest

from tests.api.house import House


def of(house: House, who: str) -> str:
    """Where somebody's hours are."""
    return f"/api/people/{house.sample.ids[who]}/hours"


def completed(house: House) -> str:
    """The nurse's internship, with its hours on the books."""
    return house.road("complete")


def test_everybody_sees_their_own_hours_and_where_each_comes_from(house: House) -> None:
    case = completed(house)
    found = house.read("nurse", "/api/me/hours")
    assert (found["hours"], found["measure"], found["is_ceiling"]) == (20, 20, False)
    (line,) = found["lines"]
    assert (line["case_id"], line["hours"], line["by"]) == (case, 20, "PerLAN 10/2018 Lampiran")
    assert house.read("nurse", f"/api/cases/{line['case_id']}")["id"] == case
    assert found["prospects"][0]["by"] == ["PP 11/2017 Pasal 203 ayat (4)"]
    assert house.read("nurse", "/api/me/hours?year=2025")["hours"] == 0


@pytest.mark.parametrize("who", ["nurse", "nursing_head", "director", "secretary", "verifier", "agency_chief"])
def test_hours_of_a_person_are_for_them_their_superiors_and_who_compiles(house: House, who: str) -> None:
    completed(house)
    found = house.read(who, of(house, "nurse"))
    assert (found["hours"], len(found["lines"])) == (20, 1)


@pytest.mark.parametrize("who", ["second_nurse", "stranger", "contact", "informatics_head", "administrator"])
def test_to_everybody_else_there_are_no_hours(house: House, who: str) -> None:
    completed(house)
    hidden = house.get(who, of(house, "nurse"))
    absent = house.get(who, "/api/people/tidak-ada/hours")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"] == absent.json()["detail"]
    for kind in ("csv", "xlsx", "pdf"):
        assert house.get(who, f"{of(house, 'nurse')}/{kind}").status_code == 404


def test_a_partner_has_no_hours(house: House) -> None:
    assert house.get("contact", "/api/me/hours").status_code == 404


@pytest.mark.parametrize("who", ["director", "secretary", "verifier"])
def test_a_unit_is_for_its_head_those_above_and_who_compiles(house: House, who: str) -> None:
    completed(house)
    unit = house.read("nurse", "/api/me/hours")["unit"]
    found = house.read(who, "/api/units/RSUD/hours")
    assert (found["unit"], found["total"]["hours"]) == (unit, 20)
    assert found["staff"][0]["hours"] == 0, "those who have nothing yet come first"
    assert found["staff"][-1]["person_id"] == house.sample.ids["nurse"]


@pytest.mark.parametrize("who", ["nurse", "stranger", "contact", "informatics_head"])
def test_a_unit_is_not_there_for_others(house: House, who: str) -> None:
    hidden, absent = (house.get(who, f"/api/units/{unit}/hours") for unit in ("RSUD", "TIDAKADA"))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"] == absent.json()["detail"]


def test_the_whole_agency_is_for_who_compiles_and_receives(house: House) -> None:
    completed(house)
    found = house.read("verifier", "/api/hours")
    assert found["total"]["hours"] == sum(unit["tally"]["hours"] for unit in found["units"]) == 20
    assert house.get("director", "/api/hours").status_code == 404
    assert house.get("nurse", "/api/hours").status_code == 404


@pytest.mark.parametrize(
    ("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")], ids=["csv", "xlsx", "pdf"]
)
def test_hours_come_as_files(house: House, kind: str, begins: bytes) -> None:
    completed(house)
    for path in (of(house, "nurse"), "/api/units/RSUD/hours", "/api/hours"):
        response = house.get("verifier", f"{path}/{kind}")
        assert response.status_code == 200, response.text
        assert response.content.startswith(begins)
        assert "Buku JP 2026" in response.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/api/hours/docx", "/api/hours?year=99999", "/api/me/hours?year=0"])
def test_what_there_is_not_is_not_found(house: House, path: str) -> None:
    assert house.get("verifier", path).status_code == 404
