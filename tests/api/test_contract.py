"""The service as it is served, asked whatever its document allows: no fault, and no answer that the document does not describe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from tests.api.house import House, Sample
from tests.api.test_served import house_at

#: Of each operation; more where somebody means to look longer.
EXAMPLES: Final = int(os.environ.get("CONTRACT_EXAMPLES", "8"))

#: Who asks: people with much, little and no part in what there is.
ASKING: Final = ("nurse", "verifier", "administrator", "secretary", "contact")

load_all_checks()
PROMISES: Final = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("contract")
    shutil.copy(sample.path, folder / "jenjang.db")
    with house_at(sample, f"sqlite:///{folder / 'jenjang.db'}") as (house, _):
        yield house


@pytest.fixture(scope="module")
def known(house: House) -> dict[str, list[str]]:
    """Names of what there is, by the part of an address: what is made up would find nothing."""
    paper = house.upload("nurse", "undangan.pdf")
    case = house.road("request_host", attachments=[paper])
    page = house.read("nurse", f"/api/cases/{case}")
    return {
        "case_id": [case, page["reference"]],
        "letter_id": [each["id"] for each in page["letters"]],
        "file_id": [paper],
        "trigger": ["submit", "endorse", "confirm", "reject", "withdraw"],
        "name": ["internship", "mentoring"],
        "act": ["sign", "void", "initial"],
        "period": ["2026", "2026-Q1", "2026-03"],
        "year": ["2026"],
        "person_id": [house.sample.ids["nurse"]],
    }


def test_no_request_finds_a_fault_or_an_answer_that_is_not_described(house: House, known: dict[str, list[str]]) -> None:
    document = schemathesis.openapi.from_dict(house.client.get("/schema/openapi.json").json())
    faults: dict[tuple[str, str], str] = {}
    asked = 0
    for found in document.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr] # one that cannot be read fails here
        if operation.path.startswith("/api/"):
            asked += asked_at_random(operation, house, known, faults)
    assert [f"{label}: {fault}\n{how}" for (label, fault), how in faults.items()] == []
    assert asked > 80 * EXAMPLES


def asked_at_random(
    operation: Any, house: House, known: dict[str, list[str]], faults: dict[tuple[str, str], str]
) -> int:
    """Asks for an operation in as many ways, and notes what each fault is and how it came; answers how often it asked."""
    asked = 0

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(), st.sampled_from(ASKING), st.data())
    def ask(case: Any, who: str, data: st.DataObject) -> None:
        nonlocal asked
        asked += 1
        for part in case.path_parameters or {}:
            if part in known and data.draw(st.booleans()):
                case.path_parameters[part] = data.draw(st.sampled_from(known[part]))
        headers = {"Authorization": f"Bearer {house.sample.keys[who]}"}
        answer = case.call(base_url=str(house.client.base_url), headers=headers)
        try:
            case.validate_response(answer, checks=PROMISES)
        except BaseExceptionGroup as group:
            for fault in group.exceptions:
                faults.setdefault((operation.label, f"{type(fault).__name__} {fault}"), f"{who}: {answer.text[:300]}")

    ask()
    return asked
