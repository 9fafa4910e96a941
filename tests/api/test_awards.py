"""Awards over HTTP: one's own reach, candidates, figures, lists; to whom they are not for, there is nothing there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.api.house import House
from tests.awards import award_round, nomination, paid
from tests.world import World
from workflow.tables import views


@pytest.fixture
def awarded(house: House) -> tuple[House, str]:
    """The office with a round in which the nurse was given an award that is paid."""
    database = house.with_database()
    ids = {**house.sample.ids, "hospital_head": house.sample.ids["director"]}
    world = World(database, None, ids, house.sample.budget_line)  # type: ignore[arg-type] # nobody acts in it
    found = award_round(world)
    nomination(world, "nurse", "regional", "decreed", of_round=found, told=[("payment", "verifier", paid())])
    database.close()
    return house, found


def test_everybody_sees_what_is_within_reach(quiet: House) -> None:
    found = quiet.read("nurse", "/api/me/awards")
    assert found["person_id"] == quiet.sample.ids["nurse"]
    assert len(found["kinds"]) == 5
    assert all(reason["by"] for kind in found["kinds"] for reason in kind["missing"])
    assert quiet.get("contact", "/api/me/awards").status_code == 404


@pytest.mark.parametrize(
    "path", ["candidates", "candidates/csv", "candidates/xlsx", "record", "record/csv", "record/xlsx"]
)
def test_lists_are_for_who_keeps_awards(quiet: House, path: str) -> None:
    for who in ("verifier", "agency_chief"):
        assert quiet.get(who, f"/api/awards/{path}").status_code == 200
    for who in ("nurse", "director", "secretary", "stranger", "administrator", "contact"):
        assert quiet.get(who, f"/api/awards/{path}").status_code == 404


def test_candidates_can_be_of_one_kind_and_one_unit(quiet: House) -> None:
    found = quiet.read("verifier", "/api/awards/candidates?kind=satyalancana_10&unit=RSUD")
    assert [each["kind"] for each in found["kinds"]] == ["satyalancana_10"]
    assert {line["unit_id"] for line in found["kinds"][0]["candidates"]} <= {"RSUD"}
    assert quiet.get("verifier", "/api/awards/candidates?kind=lain").status_code == 404


def test_figures_are_open_to_staff_without_names(quiet: House) -> None:
    full, shown = (quiet.read(who, "/api/awards/fairness") for who in ("verifier", "nurse"))
    whole, told = ([line["staff"] for table in found["tables"] for line in table["lines"]] for found in (full, shown))
    assert any(0 < staff < 5 for staff in whole)
    assert all(staff is None or staff == 0 or staff >= 5 for staff in told)
    assert quiet.get("contact", "/api/awards/fairness").status_code == 404
    assert quiet.get("nurse", "/api/awards/fairness/csv").content.startswith(b"\xef\xbb\xbf")


def test_the_list_to_pay_is_for_who_verifies_and_each_look_is_on_record(awarded: tuple[House, str]) -> None:
    house, found = awarded
    listed = house.read("verifier", f"/api/awards/rounds/{found}/payments")
    assert listed["lines"][0]["account"] == "0012345678"
    response = house.get("verifier", f"/api/awards/rounds/{found}/payments/xlsx")
    assert (response.status_code, response.content[:2]) == (200, b"PK")
    for who in ("nurse", "director", "agency_chief", "secretary", "administrator", "contact"):
        assert house.get(who, f"/api/awards/rounds/{found}/payments").status_code == 404
        assert house.get(who, f"/api/awards/rounds/{found}/payments/csv").status_code == 404
    database = house.with_database()
    looks = database.read(lambda conn: [(row.what, row.viewer_id) for row in conn.execute(select(views))])
    database.close()
    assert looks == [("seen_payments", house.sample.ids["verifier"])] * 2


@pytest.mark.parametrize("path", ["candidates/pdf", "fairness/docx", "record?year=1", "fairness?year=99999"])
def test_what_there_is_not_is_not_found(quiet: House, path: str) -> None:
    assert quiet.get("verifier", f"/api/awards/{path}").status_code == 404
