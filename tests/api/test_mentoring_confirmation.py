"""Only the mentee of a meeting confirms it: by HTTP alone, with several cases at once, many at once, and by command."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.command_line import main
from tests.api.house import House
from tests.mentoring import PROPOSAL, meeting

MEETING = datetime(2026, 3, 10, tzinfo=UTC).date()
CHOSEN = {"numbers": [1]}


def pair(house: House, mentee: str, superior: str, assigner: str) -> str:
    """A pair whose mentor has logged a meeting."""
    answer = house.ask(
        mentee,
        "POST",
        "/api/cases",
        json={"process": "mentoring", "form": {}},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 201, answer.text
    case = str(answer.json()["id"])
    house.done(mentee, case, "propose", {**PROPOSAL, "mentor": house.sample.ids["second_nurse"]})
    house.done(superior, case, "endorse")
    house.done("second_nurse", case, "consent")
    house.done(assigner, case, "approve")
    return case


@pytest.fixture
def pairs(house: House) -> tuple[str, str]:
    """The nurse's and that of the head of nursing, with the same mentor; each has a meeting that awaits its own mentee."""
    own, other = (
        pair(house, "nurse", "nursing_head", "director"),
        pair(house, "nursing_head", "director", "director"),
    )
    house.clock.set(datetime(2026, 3, 11, 3, tzinfo=UTC))
    for case in (own, other):
        house.done("second_nurse", case, "log_session", meeting(MEETING))
    return own, other


def statuses(house: House, case: str) -> list[str]:
    """Of each meeting of a case."""
    entries = house.read("second_nurse", f"/api/cases/{case}")["entries"]
    return [entry["status"] for entry in entries if entry["kind"] == "session"]


def versions(house: House, *cases: str) -> dict[str, int]:
    """The cases as the mentor sees them now."""
    return {case: house.read("second_nurse", f"/api/cases/{case}")["version"] for case in cases}


def test_nobody_confirms_for_another_mentee_over_http(house: House, pairs: tuple[str, str]) -> None:
    own, other = pairs
    seen = versions(house, own, other)
    assert house.act("nurse", other, "confirm_session", CHOSEN, version=seen[other]).status_code == 404
    assert house.act("second_nurse", own, "confirm_session", CHOSEN, version=seen[own]).status_code == 403
    body = {"cases": seen, "form": CHOSEN}
    headers = {"Idempotency-Key": "bersama"}
    together = house.ask("nurse", "POST", "/api/actions/confirm_session", json=body, headers=headers)
    assert together.status_code == 404
    many: dict[str, Any] = {"trigger": "confirm_session", **body}
    ordered = house.ask("nurse", "POST", "/api/bulk", json=many, headers={"Idempotency-Key": "massal"})
    assert ordered.status_code in (404, 422), ordered.text
    assert (statuses(house, own), statuses(house, other)) == (["written"], ["written"])
    house.done("nurse", own, "confirm_session", CHOSEN)
    assert (statuses(house, own), statuses(house, other)) == (["confirmed"], ["written"])


@pytest.mark.parametrize("command", ["start", "together", "preview"])
def test_nobody_confirms_for_another_mentee_by_command(
    house: House, pairs: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    own, other = pairs
    monkeypatch.setenv("JENJANG_DATABASE", house.address)
    form = tmp_path / "isian.json"
    form.write_text(json.dumps(CHOSEN), "utf-8")
    nurse = house.sample.ids["nurse"]
    typed = ["bulk", command, "confirm_session", "--form", str(form), "--task", other, "--by", nurse]
    result = CliRunner().invoke(main, typed)
    assert result.exit_code == 1, result.output
    assert "tidak ada" in result.output.lower(), "whoever may not see a case is not told that it exists"
    assert (statuses(house, own), statuses(house, other)) == (["written"], ["written"])
    mine = CliRunner().invoke(main, [own if each == other else each for each in typed])
    assert mine.exit_code == 0, mine.output
    # What is started is done by the server's runner, which stands still here.
    assert statuses(house, own) == ["confirmed" if command == "together" else "written"]
