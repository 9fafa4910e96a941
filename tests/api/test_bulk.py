"""Many at once over HTTP: chosen, tried, ordered, run by the runner behind the answer, looked at and cancelled."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx
import pytest

from tests.api.house import REQUEST, House, Sample, served
from workflow.bulk.running import run_due
from workflow.engine.engine import Engine
from workflow.readiness import load_office
from workflow.registry import Registry


def submitted(house: House) -> list[str]:
    """Two requests that await the head of nursing."""
    several = []
    for who in ("nurse", "second_nurse"):
        case = house.open(who)
        house.done(who, case, "submit", REQUEST)
        several.append(case)
    return several


def choose(house: House, who: str = "nursing_head", **wanted: Any) -> Any:
    response = house.ask(who, "POST", "/api/bulk/choices", json=wanted)
    assert response.status_code == 200, response.text
    return response.json()


def order(
    house: House, cases: dict[str, int], who: str = "nursing_head", key: str | None = None, **more: Any
) -> httpx.Response:
    body = {"trigger": "endorse", "cases": cases, **more}
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return house.ask(who, "POST", "/api/bulk", json=body, headers=headers)


def run(house: House) -> int:
    """What a runner would do."""
    database = house.with_database()
    engine = Engine(Registry.discover(), database.read(load_office, None))
    decided = run_due(database, engine, house.clock.now)
    database.close()
    return decided


def test_tasks_are_chosen_tried_ordered_and_each_is_told(house: House) -> None:
    several = submitted(house)
    chosen = choose(house, process="internship", state="supervisor_review")
    versions = {line["case_id"]: line["version"] for line in chosen["items"]}
    assert sorted(versions) == sorted(several)
    assert "endorse" in [offer["trigger"] for offer in chosen["offers"]]
    body = {"trigger": "endorse", "cases": versions}
    tried = house.ask("nursing_head", "POST", "/api/bulk/preview", json=body)
    assert (tried.status_code, tried.json()["allowed"]) == (200, 2), tried.text
    response = order(house, versions, key="once")
    assert response.status_code == 201, response.text
    where = response.headers["location"]
    assert house.read("nursing_head", where)["progress"]["left"] == 2
    assert {house.read("nurse", f"/api/cases/{several[0]}")["state"]} == {"supervisor_review"}
    assert run(house) == 2
    page = house.read("nursing_head", where)
    assert page["progress"]["done"] == 2
    assert [line["state"] for line in page["items"]] == ["agency_review"] * 2
    assert [line["reference"] for line in page["items"]] == [line["reference"] for line in chosen["items"]]
    again = order(house, versions, key="once")
    assert (again.json()["repeated"], again.headers["location"]) == (True, where)
    assert [line["id"] for line in house.read("nursing_head", "/api/bulk")["items"]] == [page["progress"]["id"]]


def test_cases_are_named_by_their_numbers_too(house: House) -> None:
    submitted(house)
    numbers = {line["reference"]: line["version"] for line in choose(house)["items"]}
    assert order(house, numbers).status_code == 201
    assert run(house) == 2


def test_what_is_left_is_cancelled_by_whoever_ordered_it_alone(house: House) -> None:
    submitted(house)
    where = order(house, {line["case_id"]: line["version"] for line in choose(house)["items"]}).headers["location"]
    for who in ("director", "verifier", "contact", "stranger"):
        assert house.get(who, where).status_code == 404
        assert house.ask(who, "POST", f"{where}/cancel").status_code == 404
        assert house.read(who, "/api/bulk")["items"] == []
    cancelled = house.ask("nursing_head", "POST", f"{where}/cancel")
    assert (cancelled.status_code, cancelled.json()["cancelled"]) == (200, 2)
    assert run(house) == 0


def test_what_is_not_theirs_is_answered_like_what_does_not_exist(house: House) -> None:
    several = submitted(house)
    nowhere = "01990000-0000-7000-8000-000000000000"
    for case in (several[0], nowhere):
        for path, body in (
            ("/api/bulk", {"trigger": "endorse", "cases": {case: 2}}),
            ("/api/bulk/preview", {"trigger": "endorse", "cases": {case: 2}}),
            ("/api/bulk/choices", {"tasks": [case]}),
        ):
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            answer = house.ask("stranger", "POST", path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), (path, answer.text)


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({"trigger": "endorse", "cases": {"x": 1}}, None, 400),
        ({"trigger": "endorse", "cases": {}}, "k", 400),
        ({"trigger": "endorse", "cases": {str(n): 1 for n in range(1001)}}, "k", 400),
        ({"cases": {"x": 1}}, "k", 400),
        ({"trigger": "endorse", "cases": {"x": "satu"}}, "k", 400),
        ({"trigger": "endorse", "cases": {"x": 1}, "version": 1}, "k", 400),
    ],
)
def test_what_is_asked_badly_is_told_so(quiet: House, body: dict[str, Any], key: str | None, status: int) -> None:
    headers = {"Idempotency-Key": key} if key else {}
    answer = quiet.ask("nursing_head", "POST", "/api/bulk", json=body, headers=headers)
    assert answer.status_code == status, answer.text


def test_a_step_that_is_not_open_for_all_and_a_wrong_form_are_refused_whole(house: House) -> None:
    submitted(house)
    versions = {line["case_id"]: line["version"] for line in choose(house)["items"]}
    assert order(house, versions, trigger="verify").json()["type"] == "/problems/not-now"
    assert order(house, versions, trigger="reject").json()["type"] == "/problems/invalid-form"
    assert house.read("nursing_head", "/api/bulk")["items"] == []


def test_the_server_runs_what_was_ordered_also_before_it_was_started(sample: Sample, address: str) -> None:
    with served(sample, address) as house:
        several = submitted(house)
        versions = {line["case_id"]: line["version"] for line in choose(house)["items"]}
        where = order(house, versions).headers["location"]
    with served(sample, address, runner=True) as house:
        progress = house.read("nursing_head", where)["progress"]
        for _ in range(200):
            if not progress["left"]:
                break
            time.sleep(0.05)
            progress = house.read("nursing_head", where)["progress"]
        assert (progress["done"], progress["refused"]) == (2, 0)
        assert house.read("nurse", f"/api/cases/{several[0]}")["state"] == "agency_review"
