"""What is not there and what is not for one's eyes is answered alike: neither status nor words tell which it is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.house import House
from workflow.references import reference_of

NONE = "01990000-0000-7000-8000-000000000000"
CHANGING = {"If-Match": '"1"', "Idempotency-Key": "sekali"}

ON_A_CASE: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/cases/{}", {}),
    ("GET", "/api/cases/{}/history", {}),
    ("GET", "/api/cases/{}/actions", {}),
    ("POST", "/api/cases/{}/actions/endorse", {"json": {}, "headers": CHANGING}),
    ("POST", "/api/cases/{}/actions/endorse", {"json": {}, "headers": {**CHANGING, "If-Match": '"99"'}}),
    ("POST", "/api/cases/{}/actions/terbang", {"json": {"form": {"x": 1}}, "headers": CHANGING}),
    ("POST", "/api/cases/{}/actions/endorse/preview", {"json": {}}),
    ("POST", "/api/cases/{}/actions/terbang/preview", {"json": {"form": {"x": 1}}}),
    ("GET", "/api/cases/{}/who-can/endorse", {}),
    ("GET", "/api/cases/{}/who-can/terbang?on=2020-01-01", {}),
    (
        "POST",
        "/api/cases/{}/moves",
        {"json": {"role": "supervisor", "person": NONE, "reason": "Sedang sakit"}, "headers": CHANGING},
    ),
    ("POST", "/api/cases/{}/hold", {"json": {"reason": "Perkara"}, "headers": CHANGING}),
    ("POST", "/api/cases/{}/hold/end", {"json": {"reason": "Selesai"}, "headers": CHANGING}),
]
ON_A_LETTER: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/letters/{}", {}),
    ("GET", "/api/letters/{}.pdf", {}),
    ("GET", "/api/letters/{}/pdf", {}),
    ("POST", "/api/letters/{}/sign", {"headers": {"Idempotency-Key": "sekali"}}),
]


def plain(answer: httpx.Response) -> str:
    """What is answered, but for the number of the request, which is another each time."""
    return answer.text.replace(answer.headers["x-request-id"], "…")


def alike(house: House, who: str, method: str, path: str, hidden: str, more: dict[str, Any]) -> None:
    """Assert that what is hidden is answered as what is not there."""
    answers = [house.ask(who, method, path.format(each), **more) for each in (hidden, NONE)]
    assert [answer.status_code for answer in answers] == [404, 404], [answer.text for answer in answers]
    said = [
        plain(answer).replace(each, "…").replace(reference_of(each), "…")
        for answer, each in zip(answers, (hidden, NONE), strict=True)
    ]
    assert said[0] == said[1]


@pytest.mark.parametrize(("method", "path", "more"), ON_A_CASE)
def test_a_case_that_is_not_ones_own_is_as_if_it_were_not_there(
    house: House, method: str, path: str, more: dict[str, Any]
) -> None:
    case = house.road("submit")
    for who in ("stranger", "contact"):
        alike(house, who, method, path, case, more)


def test_a_letter_that_is_not_ones_own_is_as_if_it_were_not_there(house: House) -> None:
    case = house.road("confirm")
    letters = house.read("verifier", f"/api/cases/{case}")["letters"]
    (proposal,) = [letter["id"] for letter in letters if letter["kind"] == "internship_proposal"]
    for method, path, more in ON_A_LETTER:
        alike(house, "stranger", method, path, proposal, more)
        # The host sees the case, and of its letters only those addressed to it.
        alike(house, "contact", method, path, proposal, more)


def test_a_file_that_is_not_ones_own_is_as_if_it_were_not_there(house: House) -> None:
    file = house.upload("nurse")
    alike(house, "stranger", "GET", "/api/files/{}", file, {})
    case = house.open("stranger")
    answers = [plain(house.act("stranger", case, "save", {"attachments": [each]})) for each in (file, NONE)]
    assert answers[0].replace(file, "…") == answers[1].replace(NONE, "…")


def test_a_host_whom_a_case_has_left_learns_no_more_of_it(house: House) -> None:
    case = house.road("request_host")
    house.done("contact", case, "decline", {"reason": "Ruang sedang direnovasi."})
    house.done("nurse", case, "change_host", {"host": "unit:DISKOMINFO", "section": "Pusat data"})
    for trigger in ("confirm", "terbang", "reject"):
        act = house.act("contact", case, trigger, {}, version=99)
        trial = house.ask("contact", "POST", f"/api/cases/{case}/actions/{trigger}/preview", json={})
        assert {act.status_code, trial.status_code} == {409}
        assert {act.json()["detail"], trial.json()["detail"]} == {
            "Tidak lagi pada instansi Anda; tidak ada tindakan lagi di sini."
        }
        assert "version" not in act.json()
