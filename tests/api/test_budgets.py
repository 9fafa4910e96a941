"""The year's budget over HTTP: for who keeps and examines it, for heads of units their own lines, for others nothing there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.house import House
from tests.api.test_auditing import assign, noted, with_auditors
from workflow.references import reference_of

HEAD = "NOMOR SP2D;TANGGAL SP2D;KODE REKENING;PENERIMA;JUMLAH"


def promised(house: House, until: str = "request_host") -> str:
    """An internship that the agency's budget pays for, on the straight road up to a step."""
    case = house.open()
    for who, trigger, form in house.steps(funding="agency_budget", estimate=4_000_000):
        if trigger in ("start", "finish"):
            house.clock.set(datetime(2026, 4, 6 if trigger == "start" else 10, 3, tzinfo=UTC))
        given = {
            "verify": lambda: {"budget_line": house.sample.budget_line},
            "complete": lambda: {"cost": 3_500_000, "proofs": [house.upload("verifier")]},
        }.get(trigger, form)
        house.done(who, case, trigger, given() if callable(given) else given)
        if trigger == until:
            return case
    raise AssertionError(until)


def compare(house: House, who: str, list_: str, path: str = "", **more: Any) -> httpx.Response:
    """Hand in the treasury's list."""
    files = {"file": ("sp2d.csv", list_.encode())}
    return house.ask(who, "POST", f"/api/budgets/reconcile{path}?year=2026", files=files, **more)


def test_what_is_left_is_shown_with_each_promise_and_movement(house: House) -> None:
    case = promised(house)
    found = house.read("verifier", "/api/budgets?year=2026")
    (promise,) = found["promises"]
    assert (promise["case_id"], promise["reference"]) == (case, reference_of(case))
    (line,) = (line for line in found["lines"] if line["id"] == promise["line_id"])
    assert line["reserved"] == promise["reserved"] > 0
    assert line["ceiling"] == line["available"] + line["reserved"]
    (moved,) = (each for each in found["movements"] if each["case_id"])
    assert (moved["case_id"], moved["step"], moved["amount"]) == (case, "request_host", promise["reserved"])
    assert house.read("verifier", f"/api/budgets?year=2026&line={line['id']}")["lines"] == [line]


def test_the_head_of_a_unit_is_shown_its_own_lines_alone(house: House) -> None:
    promised(house)
    found = house.read("director", "/api/budgets?year=2026")
    assert {line["unit_id"] for line in found["lines"]} == {"RSUD"}
    assert found["promises"] == []


@pytest.mark.parametrize("who", ["nurse", "nursing_head", "stranger", "contact"])
@pytest.mark.parametrize("path", ["", "/csv", "/xlsx", "/lain"])
def test_to_others_there_is_no_budget(house: House, who: str, path: str) -> None:
    promised(house)
    response = house.get(who, f"/api/budgets{path}?year=2026")
    assert (response.status_code, response.json()["detail"]) == (
        404,
        "Anggaran itu tidak ada, atau bukan untuk Anda lihat.",
    )


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_what_is_left_can_be_taken_as_a_file(house: House, kind: str, begins: bytes) -> None:
    response = house.get("verifier", f"/api/budgets/{kind}?year=2026")
    assert (response.status_code, response.content.startswith(begins)) == (200, True)
    assert f'filename="Sisa anggaran 2026.{kind}"' in response.headers["content-disposition"]


def test_the_treasurys_list_is_compared_with_the_books(house: House) -> None:
    promised(house, "complete")
    (line,) = (line for line in house.read("verifier", "/api/budgets?year=2026")["lines"] if line["spent"])
    row = f"7;17-04-2026;{line['account_code']};Bendahara;{line['spent']}"
    response = compare(house, "verifier", f"{HEAD}\n{row}")
    assert response.status_code == 200, response.text
    (found,) = response.json()["found"]
    assert (found["finding"], found["theirs"], found["ours"]) == ("presumed", line["spent"], line["spent"])
    answer = compare(house, "verifier", f"{HEAD}\n{row}", "/csv")
    assert "cocok tanpa nomor SP2D" in answer.content.decode()


@pytest.mark.parametrize("who", ["nurse", "director", "contact"])
def test_a_list_of_whoever_may_not_compare_is_not_even_read(house: House, who: str) -> None:
    for path in ("", "/csv"):
        assert compare(house, who, "bukan tabel", path).status_code == 404
    assert compare(house, "verifier", "bukan tabel").status_code == 422


def test_an_auditors_look_is_on_record_with_the_cases_that_it_showed(house: House) -> None:
    visited = with_auditors(house)
    case = promised(visited)
    assert visited.get("auditor", "/api/budgets?year=2026").status_code == 404
    assign(visited)
    assert len(visited.read("auditor", "/api/budgets?year=2026")["promises"]) == 1
    assert compare(visited, "auditor", f"{HEAD}\n").status_code == 200
    assert {(row.what, row.case_id) for row in noted(visited)} == {
        ("budget_left", case),
        ("budget_left", None),
        ("may_reconcile", None),
    }
