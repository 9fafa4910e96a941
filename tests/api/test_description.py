"""The description of the API and the page made from it: complete, true, and without anything from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types
from openapi_spec_validator import validate

from api import wording
from tests.api.house import REQUEST, House


@pytest.fixture(scope="module")
def description(quiet: House) -> dict[str, Any]:
    response = quiet.client.get("/schema/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_the_description_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    validate(description)


def test_the_description_covers_the_api_and_the_state_of_the_service_and_nothing_else(
    description: dict[str, Any],
) -> None:
    assert set(description["paths"]) == {
        "/health",
        "/ready",
        "/api/me",
        "/api/tasks",
        "/api/tasks/counts",
        "/api/awaited",
        "/api/processes",
        "/api/processes/{name}",
        "/api/processes/{name}/procedure",
        "/api/cases",
        "/api/cases/{case_id}",
        "/api/cases/{case_id}/history",
        "/api/cases/{case_id}/actions",
        "/api/cases/{case_id}/draft",
        "/api/openings",
        "/api/colleagues",
        "/api/actions/{trigger}",
        "/api/actions/{trigger}/preview",
        "/api/cases/{case_id}/actions/{trigger}",
        "/api/cases/{case_id}/actions/{trigger}/preview",
        "/api/cases/{case_id}/actions/{trigger}/letters",
        "/api/cases/{case_id}/links",
        "/api/cases/{case_id}/links/forward",
        "/api/receipts/{event_id}",
        "/api/receipts/{event_id}/pdf",
        "/api/cases/{case_id}/links/{link_id}/revoke",
        "/api/cases/{case_id}/links/{link_id}/share",
        "/api/cases/{case_id}/views",
        "/api/cases/{case_id}/archive.zip",
        "/api/cases/{case_id}/proof",
        "/api/processes/{name}/log",
        "/api/audit",
        "/api/audit/looks",
        "/api/cases/{case_id}/file",
        "/api/audit/trail",
        "/api/audit/sample",
        "/api/audit/questions",
        "/api/cases/{case_id}/report",
        "/api/cases/{case_id}/report/xlsx",
        "/api/reports/{period}",
        "/api/reports/{period}/xlsx",
        "/api/cohorts",
        "/api/cohorts/list",
        "/api/cohorts/{cohort_id}",
        "/api/cohorts/{cohort_id}/actions",
        "/api/cohorts/{cohort_id}/actions/{trigger}",
        "/api/cohorts/{cohort_id}/actions/{trigger}/preview",
        "/api/cohorts/{cohort_id}/answers",
        "/api/cohorts/{cohort_id}/answers/preview",
        "/api/partners",
        "/api/partners/{partner_id}",
        "/api/partners/{partner_id}/contact",
        "/api/budgets/close",
        "/api/imports",
        "/api/imports/{import_id}",
        "/api/imports/{import_id}/try",
        "/api/imports/{import_id}/apply",
        "/api/keys",
        "/api/keys/{key_id}/revoke",
        "/api/webhooks",
        "/api/webhooks/{webhook_id}/rotate",
        "/api/webhooks/{webhook_id}/enable",
        "/api/webhooks/{webhook_id}/end",
        "/api/groups",
        "/api/groups/{group}",
        "/api/groups/{group}/members",
        "/api/groups/{group}/members/remove",
        "/api/people",
        "/api/people/{person_id}",
        "/api/people/{person_id}/account",
        "/api/people/{person_id}/account/invitation",
        "/api/people/{person_id}/account/code",
        "/api/people/{person_id}/account/sessions/end",
        "/api/people/{person_id}/account/factor/reset",
        "/api/absences",
        "/api/absences/{absence_id}/end",
        "/api/mandates",
        "/api/mandates/{mandate_id}",
        "/api/mandates/{mandate_id}/accept",
        "/api/mandates/{mandate_id}/refuse",
        "/api/mandates/{mandate_id}/revoke",
        "/api/cases/{case_id}/who-can/{trigger}",
        "/api/cases/{case_id}/moves",
        "/api/cases/{case_id}/hold",
        "/api/cases/{case_id}/hold/end",
        "/api/cases/{case_id}/reminders",
        "/api/cases/{case_id}/reminders/{role}",
        "/api/unit-desk",
        "/api/programme",
        "/api/deliveries",
        "/api/deliveries/retry",
        "/api/deliveries/{delivery_id}/retry",
        "/api/deliveries/{delivery_id}/delivered",
        "/api/bulk",
        "/api/bulk/choices",
        "/api/bulk/preview",
        "/api/bulk/{bulk_id}",
        "/api/bulk/{bulk_id}/cancel",
        "/api/rounds",
        "/api/rounds/{round_id}",
        "/api/rounds/{round_id}/answers",
        "/api/rounds/{round_id}/answers/list",
        "/api/rounds/{round_id}/withdrawals",
        "/api/rounds/{round_id}/bonds",
        "/api/rounds/{round_id}/proposals",
        "/api/rounds/{round_id}/proposal",
        "/api/rounds/{round_id}/proposal/xlsx",
        "/api/rounds/{round_id}/publish",
        "/api/rounds/{round_id}/close",
        "/api/me/awards",
        "/api/awards/candidates",
        "/api/awards/candidates/{file_type}",
        "/api/awards/fairness",
        "/api/awards/fairness/{file_type}",
        "/api/awards/record",
        "/api/awards/record/{file_type}",
        "/api/awards/rounds/{round_id}/payments",
        "/api/awards/rounds/{round_id}/payments/{file_type}",
        "/api/budgets",
        "/api/budgets/reconcile",
        "/api/budgets/reconcile/{kind}",
        "/api/budgets/{kind}",
        "/api/hours",
        "/api/hours/{kind}",
        "/api/me/hours",
        "/api/me/hours/reach",
        "/api/me/mentoring",
        "/api/me/mentoring/{case_id}",
        "/api/me/calendar",
        "/api/me/calendar/revoke",
        "/api/me/mail",
        "/api/people/{person_id}/hours",
        "/api/people/{person_id}/hours/{kind}",
        "/api/units/{unit_id}/hours",
        "/api/units/{unit_id}/hours/{kind}",
        "/api/incoming",
        "/api/registers",
        "/api/registers/{code}/{year}",
        "/api/files",
        "/api/files/{file_id}",
        "/api/letters/{letter_id}",
        "/api/letters/{letter_id}.pdf",
        "/api/letters/{letter_id}/sign",
        "/api/letters/{letter_id}/preview",
        "/api/letters/{letter_id}/acts/{act}",
        "/api/letters/sign",
        "/api/letters/initial",
        "/api/letters/results/{key}",
        "/api/letters",
    }


def test_every_operation_has_an_id_a_tag_a_summary_a_key_and_its_problems(description: dict[str, Any]) -> None:
    seen = set()
    tags = {tag["name"] for tag in description["tags"]}
    for method, path, operation in operations(description):
        assert operation["operationId"] not in seen
        seen.add(operation["operationId"])
        assert set(operation["tags"]) <= tags
        assert operation["summary"]
        if path.startswith("/api"):
            assert operation["security"]
            assert {"401", "403", "503"} <= operation["responses"].keys()
        else:
            assert "security" not in operation
        for status, response in operation["responses"].items():
            if int(status) >= 400 and path.startswith("/api"):
                assert list(response["content"]) == ["application/problem+json"], (method, path, status)


def test_what_writes_may_find_the_disk_full_and_what_reads_may_not(description: dict[str, Any]) -> None:
    full = {operation["operationId"] for *_, operation in operations(description) if "507" in operation["responses"]}
    assert full == {
        *("openCase", "takeAction", "takeActionOnSeveral", "uploadFile", "signLetter"),
        *("actOnLetter", "signLetters", "initialLetters"),
        *("openCohort", "openCohortFromList", "takeCohortAction", "answerCohort"),
        *("openRound", "answerRound", "answerRoundFromList", "withdrawRoundAnswer", "bindPair", "proposePairs"),
        *("publishProposal", "closeRound"),
        *("orderBulkAct", "cancelBulkAct"),
        *("proposeMandate", "acceptMandate", "refuseMandate", "revokeMandate", "moveTask"),
        *("holdCase", "endHold"),
        *("recordAbsence", "endAbsence"),
        *("setPartnerContact", "closeBudgetYear"),
        *("tryImport", "tryImportAgain", "applyImport"),
        *("issueKey", "revokeKey", "addGroupMember", "removeGroupMember"),
        *("inviteToAccount", "printAccountCode", "endAccountSessions", "resetSecondFactor"),
        *("issueLink", "shareLink", "revokeLink", "forwardLink", "remind", "noteSending"),
        *("makeMyCalendarAddress", "revokeMyCalendarAddress", "chooseMyMail"),
        *("retryDelivery", "retryDeliveries", "markDelivered"),
        *("addWebhook", "rotateWebhookSecret", "enableWebhook", "endWebhook"),
        # What is tried with several at once is carried out and undone.
        *("previewCohortAction", "previewAnswers", "previewActionOnSeveral", "previewLettersOfAction"),
    }


def test_an_attestation_names_its_structures_so_that_clients_can_be_generated(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    items = {
        choice["properties"]["fact"]["const"]: choice["properties"]["value"].get("items")
        for choice in schemas["AttestationForm"]["oneOf"]
    }
    assert items["sanctions"] == {"$ref": "#/components/schemas/SanctionOnRecord"}
    assert items["agreements"] == {"$ref": "#/components/schemas/AgreementOnRecord"}
    assert {"SanctionOnRecord", "AgreementOnRecord"} <= schemas.keys()


def test_what_changes_a_case_requires_its_headers(description: dict[str, Any]) -> None:
    for _, path, operation in operations(description):
        required = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header" and p["required"]}
        if operation["operationId"] in ("takeAction", "takeCohortAction", "answerCohort"):
            assert required == {"If-Match", "Idempotency-Key"}
        elif operation["operationId"] in (
            *("openCase", "openCohort", "openCohortFromList", "takeActionOnSeveral", "openRound"),
            "orderBulkAct",
            *("proposeMandate", "recordAbsence"),
            *("signLetter", "signLetters", "initialLetters", "actOnLetter"),
        ):
            assert required == {"Idempotency-Key"}
        elif operation["operationId"] in ("moveTask", "holdCase", "endHold"):
            assert required == {"If-Match"}
        else:
            assert required == set(), path


def test_every_wording_names_something_that_is_there(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert set(wording.SCHEMAS) <= schemas.keys()
    for name in wording.FIELDS:
        schema, _, field = name.partition(".")
        assert field in schemas[schema]["properties"], name
    assert set(wording.EXAMPLES) <= {operation["operationId"] for *_, operation in operations(description)}


def test_every_example_is_what_its_operation_takes(description: dict[str, Any]) -> None:
    for *_, operation in operations(description):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "example" in content:
                check(description, content["schema"], content["example"])


def check(description: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": description["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_what_is_answered_is_as_described(house: House, description: dict[str, Any]) -> None:
    case = house.road("introduce")
    draft = house.open()
    letter = house.read("nurse", f"/api/cases/{case}")["letters"][0]["id"]
    asked: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("nurse", "GET", "/api/me", "/api/me", {}),
        ("nurse", "GET", "/api/tasks", "/api/tasks", {}),
        ("nurse", "GET", "/api/cases", "/api/cases", {}),
        ("nurse", "GET", "/api/processes", "/api/processes", {}),
        ("nurse", "GET", "/api/processes/{name}", "/api/processes/internship", {}),
        ("nurse", "GET", "/api/processes/{name}/procedure", "/api/processes/internship/procedure", {}),
        ("verifier", "GET", "/api/cases/{case_id}", f"/api/cases/{case}", {}),
        ("contact", "GET", "/api/cases/{case_id}", f"/api/cases/{case}", {}),
        ("verifier", "GET", "/api/cases/{case_id}/history", f"/api/cases/{case}/history", {}),
        ("nurse", "GET", "/api/cases/{case_id}/actions", f"/api/cases/{draft}/actions", {}),
        ("nurse", "GET", "/api/cases/{case_id}/actions", f"/api/cases/{case}/actions", {}),
        ("nurse", "GET", "/api/letters/{letter_id}", f"/api/letters/{letter}", {}),
        ("nurse", "GET", "/api/letters/{letter_id}.pdf", f"/api/letters/{letter}.pdf", {}),
        ("nurse", "GET", "/api/cases/{case_id}", "/api/cases/none", {}),
        ("nurse", "POST", "/api/cases", "/api/cases", {"json": {"process": "internship"}}),
        ("nurse", "POST", "/api/cases", "/api/cases", {"json": {"process": "internship", "form": {"host": 5}}}),
        (
            "nurse",
            "POST",
            "/api/cases/{case_id}/actions/{trigger}/preview",
            f"/api/cases/{draft}/actions/submit/preview",
            {"json": {"form": REQUEST}},
        ),
        (
            "nurse",
            "POST",
            "/api/cases/{case_id}/actions/{trigger}/letters",
            f"/api/cases/{draft}/actions/submit/letters",
            {"json": {"form": REQUEST}},
        ),
        (
            "nurse",
            "POST",
            "/api/cases/{case_id}/actions/{trigger}",
            f"/api/cases/{draft}/actions/submit",
            {"json": {"form": {**REQUEST, "starts_on": "2026-01-01"}}, "headers": {"If-Match": '"1"'}},
        ),
    ]
    for who, method, path, address, more in asked:
        headers = {"Idempotency-Key": address + str(more.get("json")).replace(" ", "")[:100], **more.pop("headers", {})}
        response = house.ask(who, method, address, headers=headers, **more)
        described = description["paths"][path][method.lower()]["responses"][str(response.status_code)]
        kind = response.headers["content-type"]
        check(description, described["content"][kind]["schema"], response.json())
    assert house.client.get("/health").json() == {"status": "ok"}


class References(HTMLParser):
    """Everything that a page refers to, and every id it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "action", "srcset", "poster"):
                self.found.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            assert name != "style", "an inline style, which the policy forbids"
            assert not name.startswith("on"), "an inline script, which the policy forbids"


def test_the_page_is_made_of_our_own_assets_alone(quiet: House) -> None:
    response = quiet.client.get("/api/docs")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    page = References(response.text)
    assert "script" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    for reference in page.found:
        assert reference.startswith(("#", "/")), reference
        assert not reference.startswith("//"), reference
        if reference.startswith("#"):
            assert reference[1:] in page.ids, reference
        else:
            assert quiet.client.get(reference).status_code == 200, reference
    assert "http://" not in response.text
    assert "https://" not in response.text


def test_the_style_brings_nothing_from_elsewhere_and_is_kept_for_good(quiet: House) -> None:
    (style,) = re.findall(r'href="(/api/docs/[^"]+\.css)"', quiet.client.get("/api/docs").text)
    response = quiet.client.get(style)
    assert response.headers["content-type"].startswith("text/css")
    assert "immutable" in response.headers["cache-control"]
    assert "url(" not in response.text
    assert "@import" not in response.text
    assert quiet.client.get("/api/docs/other.css").status_code == 404


def test_every_operation_and_every_problem_stands_on_the_page(quiet: House, description: dict[str, Any]) -> None:
    page = References(quiet.client.get("/api/docs").text)
    assert {operation["operationId"] for *_, operation in operations(description)} <= set(page.ids)
    assert {f"problem-{name}" for name in wording.PROBLEMS} <= set(page.ids)


def test_a_problems_type_leads_to_its_explanation(quiet: House) -> None:
    type_ = quiet.get("nurse", "/api/cases/none").json()["type"]
    response = quiet.client.get(type_, follow_redirects=False)
    assert response.status_code == 302
    assert response.headers["location"] == "/api/docs#problem-not-found"
    assert quiet.client.get("/problems/pension").status_code == 404
