"""The straight road over HTTP, from request to letter."""

from __future__ import annotations

from tests.api.conftest import House


def test_an_internship_runs_from_request_to_completion(house: House) -> None:
    case = house.road("complete")
    page = house.read("nurse", f"/api/cases/{case}")
    assert page["state"] == "completed"
