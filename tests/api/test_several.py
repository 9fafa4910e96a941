"""One act on several cases over HTTP: all of them or none, each at the version that was seen, once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.house import House


def ask(house: House, who: str, body: dict[str, Any], *, key: str | None = "k1", trigger: str = "withdraw") -> Any:
    """Take a step with several cases."""
    headers = {"Idempotency-Key": key} if key else {}
    return house.ask(who, "POST", f"/api/actions/{trigger}", json=body, headers=headers)


def states(house: House, *cases: str) -> set[str]:
    return {house.read("nurse", f"/api/cases/{case}")["state"] for case in cases}


def test_one_act_moves_all_of_them_and_once(house: House) -> None:
    first, second = house.open(), house.open()
    body = {"cases": {first: 1, second: 1}, "form": {"note": "Salah buka"}}
    answer = ask(house, "nurse", body)
    assert answer.status_code == 200, answer.text
    assert [(line["id"], line["version"]) for line in answer.json()["items"]] == [(first, 2), (second, 2)]
    assert states(house, first, second) == {"withdrawn"}
    again = ask(house, "nurse", body)
    assert again.json() == answer.json() | {"repeated": True}
    other = ask(house, "nurse", {**body, "form": {}})
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (422, "key-reused")


def test_none_is_moved_where_one_has_changed_since_it_was_seen(house: House) -> None:
    first, second = house.open(), house.open()
    answer = ask(house, "nurse", {"cases": {first: 1, second: 7}})
    assert (answer.status_code, answer.json()["case"]) == (409, second)
    assert states(house, first, second) == {"drafted"}


def test_a_case_that_is_not_theirs_to_know_of_is_not_there(house: House) -> None:
    own, other = house.open(), house.open("second_nurse")
    answer = ask(house, "nurse", {"cases": {own: 1, other: 1}})
    missing = ask(house, "nurse", {"cases": {own: 1, "01990000-0000-7000-8000-000000000000": 1}}, key="k2")
    assert answer.status_code == missing.status_code == 404
    assert states(house, own) == {"drafted"}


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({"cases": {"x": 1}}, None, 400),
        ({"cases": {}}, "k1", 400),
        ({}, "k1", 400),
        ({"cases": ["x"]}, "k1", 400),
        ({"cases": {"x": 1}, "versions": {}}, "k1", 400),
    ],
)
def test_what_is_asked_badly_is_told_so(house: House, body: dict[str, Any], key: str | None, status: int) -> None:
    answer = ask(house, "nurse", body, key=key)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_it_is_tried_without_being_done(house: House) -> None:
    first, second = house.open(), house.open()
    body = {"cases": {first: 1, second: 7}}
    tried = house.ask("nurse", "POST", "/api/actions/withdraw/preview", json=body)
    assert tried.status_code == 200, tried.text
    stands = [[each["problem"] for each in line["obstacles"]] for line in tried.json()["items"]]
    assert (stands, tried.json()["ready"]) == ([[], ["out-of-date"]], False)
    assert tried.json()["items"][1]["case_id"] == second
    fit = house.ask("nurse", "POST", "/api/actions/withdraw/preview", json={"cases": {first: 1, second: 1}})
    assert fit.json()["ready"]
    assert states(house, first, second) == {"drafted"}
    hidden = house.ask("second_nurse", "POST", "/api/actions/withdraw/preview", json={"cases": {first: 1}})
    assert hidden.status_code == 404
