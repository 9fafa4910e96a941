"""Who gets in: a key on every route but the public ones, good for what is asked, for as long as it lasts."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import select, update

from api.app import create_app
from api.clock import DemoClock
from api.security import HEADERS, OTHER_SECRET, PUBLIC, SMALL, scope_needed
from tests.api.house import MONDAY, SECRET, House
from workflow.people import issue_key, leave, revoke_key
from workflow.tables import api_keys

#: What each route is sent so that nothing but the key can be wrong.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/cases"): {"json": {"process": "internship"}},
    ("POST", "/api/me/calendar"): {},
    ("POST", "/api/me/calendar/revoke"): {},
    ("POST", "/api/me/mail"): {"json": {"how": "daily"}},
    ("POST", "/api/actions/{trigger}"): {"json": {"cases": {"x": 1}}},
    ("POST", "/api/actions/{trigger}/preview"): {"json": {"cases": {"x": 1}}},
    ("POST", "/api/bulk/choices"): {"json": {}},
    ("POST", "/api/bulk/preview"): {"json": {"trigger": "endorse", "cases": {"x": 1}}},
    ("POST", "/api/bulk"): {"json": {"trigger": "endorse", "cases": {"x": 1}}},
    ("POST", "/api/bulk/{bulk_id}/cancel"): {},
    ("POST", "/api/cases/{case_id}/actions/{trigger}"): {"json": {}, "headers": {"If-Match": '"1"'}},
    ("POST", "/api/cases/{case_id}/actions/{trigger}/preview"): {"json": {}},
    ("POST", "/api/cases/{case_id}/actions/{trigger}/letters"): {"json": {}},
    ("POST", "/api/cases/{case_id}/links"): {"json": {"person": "x"}},
    ("POST", "/api/cases/{case_id}/links/forward"): {
        "json": {"name": "Ayunda", "post": "Diklat", "email": "a@b.example"}
    },
    ("POST", "/api/cases/{case_id}/links/{link_id}/revoke"): {"json": {"reason": "Keliru alamat."}},
    ("POST", "/api/cases/{case_id}/links/{link_id}/share"): {"json": {"channel": "copied"}},
    ("POST", "/api/budgets/reconcile"): {"files": {"file": ("a.csv", b"NOMOR SP2D")}},
    ("POST", "/api/budgets/reconcile/{kind}"): {"files": {"file": ("a.csv", b"NOMOR SP2D")}},
    ("POST", "/api/files"): {"files": {"file": ("a.pdf", b"%PDF-1.7")}},
    ("POST", "/api/letters/{letter_id}/sign"): {},
    ("POST", "/api/letters/{letter_id}/acts/{act}"): {"json": {}},
    ("POST", "/api/letters/sign"): {"json": {"letters": ["x"]}},
    ("POST", "/api/letters/initial"): {"json": {"letters": ["x"]}},
    ("POST", "/api/cohorts"): {"json": {"process": "internship", "title": "Magang"}},
    ("POST", "/api/cohorts/list"): {
        "data": {"process": "internship", "title": "Magang"},
        "files": {"file": ("daftar.csv", b"NIP")},
    },
    ("POST", "/api/cohorts/{cohort_id}/actions/{trigger}"): {"json": {}, "headers": {"If-Match": '"1"'}},
    ("POST", "/api/cohorts/{cohort_id}/actions/{trigger}/preview"): {"json": {}},
    ("POST", "/api/cohorts/{cohort_id}/answers"): {"json": {"each": {}}, "headers": {"If-Match": '"1"'}},
    ("POST", "/api/cohorts/{cohort_id}/answers/preview"): {"json": {"each": {}}},
    ("POST", "/api/partners/{partner_id}/contact"): {"json": {"name": "Ratri Puspita"}},
    ("POST", "/api/budgets/close"): {"json": {"year": 2026}},
    ("POST", "/api/imports"): {"data": {"kind": "people"}, "files": {"file": ("a.csv", b"NIP")}},
    ("POST", "/api/imports/{import_id}/try"): {},
    ("POST", "/api/imports/{import_id}/apply"): {"json": {}},
    ("POST", "/api/keys"): {"json": {"label": "Uji", "scopes": ["read"], "until_on": "2026-03-06"}},
    ("POST", "/api/keys/{key_id}/revoke"): {},
    ("POST", "/api/webhooks"): {
        "json": {"owner": "SIMPEG", "address": "https://simpeg.example/", "events": ["case.opened"]}
    },
    ("POST", "/api/webhooks/{webhook_id}/rotate"): {},
    ("POST", "/api/webhooks/{webhook_id}/enable"): {},
    ("POST", "/api/webhooks/{webhook_id}/end"): {},
    ("POST", "/api/groups/{group}/members"): {"json": {"person": "x"}},
    ("POST", "/api/groups/{group}/members/remove"): {"json": {"person": "x"}},
    ("POST", "/api/people/{person_id}/account/invitation"): {},
    ("POST", "/api/people/{person_id}/account/code"): {},
    ("POST", "/api/people/{person_id}/account/sessions/end"): {},
    ("POST", "/api/people/{person_id}/account/factor/reset"): {},
    ("POST", "/api/mandates"): {
        "json": {
            "kind": "Plh.",
            "post": "BKPSDM",
            "receiver": "x",
            "from_on": "2026-03-02",
            "until_on": "2026-03-06",
            "basis_number": "800/1",
            "basis_on": "2026-03-01",
        }
    },
    ("POST", "/api/absences"): {"json": {"from_on": "2026-03-02", "until_on": "2026-03-06", "reason": "Cuti tahunan"}},
    ("POST", "/api/absences/{absence_id}/end"): {"json": {}},
    ("POST", "/api/mandates/{mandate_id}/accept"): {},
    ("POST", "/api/mandates/{mandate_id}/refuse"): {"json": {"reason": "Sedang dinas luar"}},
    ("POST", "/api/mandates/{mandate_id}/revoke"): {"json": {"reason": "Sudah kembali"}},
    ("POST", "/api/cases/{case_id}/reminders/{role}"): {"json": {"channel": "copied"}},
    ("POST", "/api/deliveries/retry"): {},
    ("POST", "/api/deliveries/{delivery_id}/retry"): {},
    ("POST", "/api/deliveries/{delivery_id}/delivered"): {"json": {"how": "Diantar langsung"}},
    ("POST", "/api/cases/{case_id}/reminders"): {"json": {"role": "supervisor"}},
    ("POST", "/api/cases/{case_id}/moves"): {
        "json": {"role": "verifier", "person": "x", "reason": "Sedang cuti"},
        "headers": {"If-Match": '"1"'},
    },
    ("POST", "/api/cases/{case_id}/hold"): {"json": {"reason": "Perkara"}, "headers": {"If-Match": '"1"'}},
    ("POST", "/api/cases/{case_id}/hold/end"): {"json": {"reason": "Selesai"}, "headers": {"If-Match": '"1"'}},
    ("POST", "/api/rounds"): {
        "json": {
            "title": "Putaran I",
            "fields": ["Keperawatan"],
            "offers_until": "2026-03-06",
            "wishes_until": "2026-03-09",
            "starts_on": "2026-04-01",
            "ends_on": "2026-06-30",
            "meetings": "Dua kali sebulan",
        }
    },
    ("POST", "/api/rounds/{round_id}/answers"): {"json": {"side": "offer", "fields": ["Keperawatan"]}},
    ("POST", "/api/rounds/{round_id}/answers/list"): {
        "data": {"side": "wish"},
        "files": {"file": ("daftar.csv", b"NIP")},
    },
    ("POST", "/api/rounds/{round_id}/withdrawals"): {"json": {"side": "offer", "reason": "Pindah tugas"}},
    ("POST", "/api/rounds/{round_id}/bonds"): {
        "json": {"mentor": "x", "mentee": "y", "bond": "pin", "reason": "Sudah sepakat"}
    },
    ("POST", "/api/rounds/{round_id}/proposals"): {},
    ("POST", "/api/rounds/{round_id}/publish"): {"json": {"proposal": 1}},
    ("POST", "/api/rounds/{round_id}/close"): {"json": {"reason": "Sudah selesai"}},
}


def filled(path: str) -> str:
    """A path with the parts that must be something particular; the rest may stay as it is."""
    return path.replace("{year}", "2026").replace("{act}", "sign")


def routes(app: Litestar) -> list[tuple[str, str]]:
    """Every method and path that answers, but OPTIONS, which only names the methods."""
    return sorted(
        (method, route.path_format)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    )


def handlers(app: Litestar) -> list[HTTPRouteHandler]:
    """What answers to a key."""
    return [
        handler
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format not in PUBLIC | OTHER_SECRET
        if route.path_format.startswith("/api/")
        for handler in route.route_handlers
        if "OPTIONS" not in handler.http_methods
    ]


def guarded(app: Litestar) -> list[tuple[str, str]]:
    """What answers to a key; pages answer to a session, and are walked in tests/pages."""
    return [(method, path) for method, path in routes(app) if path.startswith("/api/") and path not in PUBLIC]


def test_every_public_route_exists(house: House) -> None:
    assert {path for _, path in routes(house.client.app)} >= PUBLIC  # type: ignore[attr-defined]


def test_every_other_route_turns_a_stranger_away(house: House) -> None:
    for method, path in guarded(house.client.app):  # type: ignore[attr-defined]
        response = house.client.request(method, filled(path))
        assert response.status_code == 401, (method, path)
        assert response.json()["type"] == "/problems/unauthenticated"
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_every_other_route_turns_an_unknown_key_away(house: House) -> None:
    for method, path in guarded(house.client.app):  # type: ignore[attr-defined]
        sent = BODIES[method, path] if method == "POST" else {}
        headers = {"Authorization": f"Bearer jj_{'x' * 43}", "Idempotency-Key": "a", **sent.get("headers", {})}
        response = house.client.request(method, filled(path), **{**sent, "headers": headers})
        assert response.status_code == 401, (method, path, response.text)


def test_nothing_of_a_large_body_is_read_for_a_key_that_is_not_good_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: bytes) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr("api.reading.read_json", read)
    database = house.with_database()
    reader = database.write(issue_key, house.sample.ids["nurse"], "uji", "read", MONDAY)
    database.close()
    body = b'{"process": "internship", "form": {"goal": "' + b"x" * SMALL + b'"}}'
    more = {"Idempotency-Key": "a", "Content-Type": "application/json"}
    for key, status in ((f"jj_{'x' * 43}", 401), (reader, 403)):
        headers = {"Authorization": f"Bearer {key}", **more}
        assert house.client.post("/api/cases", content=body, headers=headers).status_code == status
        # Of what does not say how long it is nobody can know.
        assert house.client.post("/api/cases", content=iter([b"{}"]), headers=headers).status_code == status


def test_a_large_body_is_read_for_a_key_that_is_good_for_it(house: House) -> None:
    for scope in ("act", "read", "letters"):
        assert scope in {scope_needed(handler) for handler in handlers(house.client.app)}  # type: ignore[attr-defined]
    form = {"goal": "x" * SMALL}
    headers = {"Idempotency-Key": "a"}
    response = house.ask("nurse", "POST", "/api/cases", json={"process": "internship", "form": form}, headers=headers)
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-form")


def test_the_demo_clock_is_there_only_for_the_demo(address: str) -> None:
    assert ("POST", "/demo/clock") not in routes(create_app(address))
    assert ("POST", "/demo/clock") in routes(create_app(address, clock=DemoClock(MONDAY, SECRET)))


def test_a_key_in_a_cookie_or_in_the_address_counts_for_nothing(house: House) -> None:
    key = house.sample.keys["nurse"]
    assert house.client.get("/api/me", headers={"Cookie": f"Authorization=Bearer {key}; key={key}"}).status_code == 401
    assert house.client.get("/api/me", params={"key": key, "Authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer jj_", "Basic abc", "jj_" + "x" * 43, "Bearer jj_" + "ü" * 43])
def test_a_header_of_another_form_is_no_key(quiet: House, header: str) -> None:
    response = quiet.client.get("/api/me", headers=[(b"Authorization", header.encode())])
    assert response.status_code == 401
    assert "Bearer jj_" in response.json()["detail"]


def test_a_revoked_key_says_so(house: House) -> None:
    database = house.with_database()
    database.write(revoke_key, house.sample.keys["nurse"], MONDAY)
    database.close()
    response = house.get("nurse", "/api/me")
    assert response.status_code == 401
    assert "dicabut" in response.json()["detail"]


def test_an_expired_key_says_so(house: House) -> None:
    database = house.with_database()
    key = database.write(issue_key, house.sample.ids["nurse"], "sehari", "read", MONDAY, MONDAY + timedelta(days=1))
    database.close()
    headers = {"Authorization": f"Bearer {key}"}
    assert house.client.get("/api/me", headers=headers).status_code == 200
    house.clock.set(MONDAY + timedelta(days=1, seconds=1))
    response = house.client.get("/api/me", headers=headers)
    assert response.status_code == 401
    assert "berakhir" in response.json()["detail"]


def test_a_person_who_has_left_has_no_key_any_more(house: House) -> None:
    database = house.with_database()
    database.write(leave, house.sample.ids["nurse"], date(2026, 3, 2))
    database.close()
    response = house.get("nurse", "/api/me")
    assert response.status_code == 401
    assert "tercatat keluar sejak 2 Maret 2026" in response.json()["detail"]


def test_each_operation_needs_the_scope_that_its_description_names(house: House) -> None:
    scopes = {"read", "act", "letters", "import"}
    covering = {"import": {"import", "act"}}  # whoever may act may import
    database = house.with_database()
    lacking = {
        scope: database.write(
            issue_key, house.sample.ids["nurse"], "uji", scopes - covering.get(scope, {scope}), MONDAY
        )
        for scope in scopes
    }
    database.close()
    description = house.client.get("/schema/openapi.json").json()
    asked = 0
    for path, item in description["paths"].items():
        for method, operation in item.items():
            for needed in operation.get("security", []):
                (scope,) = needed["key"]
                sent = BODIES[method.upper(), path] if method == "post" else {}
                headers = {
                    "Authorization": f"Bearer {lacking[scope]}",
                    "Idempotency-Key": "a",
                    **sent.get("headers", {}),
                }
                response = house.client.request(method, filled(path), **{**sent, "headers": headers})
                assert response.status_code == 403, (method, path, response.text)
                assert response.json()["type"] == "/problems/out-of-scope"
                assert f"“{scope}”" in response.json()["detail"]
                asked += 1
    assert asked == len(guarded(house.client.app))  # type: ignore[attr-defined]


def test_every_answer_says_how_little_a_browser_may_do_with_it(house: House) -> None:
    for path in ("/api/me", "/health", "/nothing", "/api/docs", "/schema/openapi.json"):
        headers = house.get("nurse", path).headers
        assert headers.keys() >= {name.lower() for name in HEADERS}
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
    assert house.get("nurse", "/api/me").headers["cache-control"] == "no-store"


def test_the_day_on_which_a_key_was_last_used_is_remembered(house: House) -> None:
    used_on = select(api_keys.c.last_used_on).where(api_keys.c.person_id == house.sample.ids["nurse"])
    database = house.with_database()
    house.get("nurse", "/api/me")
    noted_by = time.monotonic() + 5
    while database.read(lambda conn: conn.execute(used_on).scalar_one()) is None and time.monotonic() < noted_by:
        time.sleep(0.01)  # the answer does not wait for it
    assert database.read(lambda conn: conn.execute(used_on).scalar_one()) == date(2026, 3, 2)
    database.write(lambda conn: conn.execute(update(api_keys).values(last_used_on=date(2026, 3, 1))))
    house.open("nurse")
    assert database.read(lambda conn: conn.execute(used_on).scalar_one()) == date(2026, 3, 2)
    database.close()
