"""Standing in over HTTP: proposed, accepted, used, ended; who may act; and a task that is moved."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from tests.api.house import House
from workflow.tables import positions

TERMS: dict[str, Any] = {
    "kind": "mandat",
    "from_on": "2026-03-02",
    "until_on": "2026-12-31",
    "basis_number": "800/7/2026",
    "basis_on": "2026-03-02",
}


def proposed(house: House, by: str = "director", to: str = "second_nurse", key: str = "m1", **changes: Any) -> Any:
    """Somebody lends the post of the director."""
    post = house.read("director", "/api/me")["posts"][0]["id"]
    body = {**TERMS, "post": post, "receiver": house.sample.ids[to], **changes}
    return house.ask(by, "POST", "/api/mandates", json=body, headers={"Idempotency-Key": key})


def answered(house: House, who: str, mandate: str, act: str, **body: Any) -> Any:
    more = {"json": body} if body else {}
    return house.ask(who, "POST", f"/api/mandates/{mandate}/{act}", **more)


def test_a_mandate_is_proposed_accepted_used_and_revoked(house: House) -> None:
    case = house.road("endorse")
    done = proposed(house)
    assert done.status_code == 201, done.text
    mandate = done.json()["id"]
    assert done.json()["state"] == "proposed"
    assert proposed(house).json()["id"] == mandate
    assert house.get("second_nurse", f"/api/cases/{case}").status_code == 404
    accepted = answered(house, "second_nurse", mandate, "accept")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert [line["id"] for line in house.read("second_nurse", "/api/mandates")["items"]] == [mandate]
    assert case in str(house.read("second_nurse", "/api/tasks"))
    version = house.read("second_nurse", f"/api/cases/{case}")["version"]
    revoked = answered(house, "director", mandate, "revoke", reason="Kembali bertugas")
    assert revoked.json()["state"] == "revoked"
    late = house.act("second_nurse", case, "forward", version=version)
    assert late.status_code == 403, late.text
    assert "dicabut sejak 2 Maret 2026" in late.json()["detail"]
    page = house.read("director", f"/api/mandates/{mandate}")
    assert [event["type"] for event in page["events"]] == ["proposed", "accepted", "revoked"]


def test_a_new_holder_sees_and_ends_what_their_predecessor_delegated(house: House) -> None:
    mandate = proposed(house, kind="delegasi").json()["id"]
    answered(house, "second_nurse", mandate, "accept")
    assert house.get("nursing_head", f"/api/mandates/{mandate}").status_code == 404
    post, new = house.read("director", "/api/me")["posts"][0]["id"], house.sample.ids["nursing_head"]
    database = house.with_database()
    database.write(lambda conn: conn.execute(update(positions).where(positions.c.id == post).values(holder_id=new)))
    database.close()
    assert [line["id"] for line in house.read("nursing_head", "/api/mandates")["items"]] == [mandate]
    revoked = answered(house, "nursing_head", mandate, "revoke", reason="Pejabat baru mengurusnya sendiri")
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")


def test_a_refusal_needs_its_reason(house: House) -> None:
    mandate = proposed(house).json()["id"]
    assert answered(house, "second_nurse", mandate, "refuse", reason="-").status_code == 400
    refused = answered(house, "second_nurse", mandate, "refuse", reason="Sedang cuti")
    assert refused.json()["state"] == "refused"
    assert answered(house, "second_nurse", mandate, "accept").status_code == 409


@pytest.mark.parametrize("act", ["accept", "refuse", "revoke"])
def test_a_mandate_of_others_is_as_if_it_were_not_there(house: House, act: str) -> None:
    mandate = proposed(house).json()["id"]
    body = {} if act == "accept" else {"reason": "Tidak perlu"}
    for who in ("stranger", "contact"):
        hidden = answered(house, who, mandate, act, **body)
        missing = answered(house, who, "01990000-0000-7000-8000-000000000000", act, **body)
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert house.get(who, f"/api/mandates/{mandate}").status_code == 404
        assert house.read(who, "/api/mandates")["items"] == []


@pytest.mark.parametrize(
    ("by", "changes", "status", "says"),
    [
        ("stranger", {}, 403, "dilimpahkan oleh pemangkunya"),
        ("contact", {}, 403, "instansi sendiri"),
        ("director", {"processes": ["magang"]}, 404, "tidak dikenal"),
        ("director", {"letters": ["surat_cinta"]}, 422, "Periksa isian"),
        ("director", {"until_on": "2026-03-01"}, 422, "tidak dapat berakhir"),
    ],
)
def test_what_cannot_be_lent_is_refused(house: House, by: str, changes: dict[str, Any], status: int, says: str) -> None:
    answer = proposed(house, by, **changes)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text


def test_who_may_act_is_told_to_whoever_sees_the_case_and_not_to_a_partner(house: House) -> None:
    case = house.road("endorse")
    found = house.read("nurse", f"/api/cases/{case}/who-can/forward")
    assert [line["person_id"] for line in found["able"]] == [house.sample.ids["director"]]
    later = house.read("nurse", f"/api/cases/{case}/who-can/forward?on=2026-06-01")
    assert later["on"] == "2026-06-01"
    assert house.get("nurse", f"/api/cases/{case}/who-can/terbang").status_code == 409
    assert house.get("nurse", f"/api/cases/{case}/who-can/forward?on=besok").status_code == 400


def test_an_administrator_moves_a_task_once_and_not_to_themselves(house: House) -> None:
    case = house.road("forward")
    version = house.read("administrator", f"/api/cases/{case}")["version"]
    body = {"role": "verifier", "person": house.sample.ids["second_verifier"], "reason": "Sedang pelatihan"}
    seen = {"If-Match": f'"{version}"'}
    for who in ("verifier", "nurse"):
        assert house.ask(who, "POST", f"/api/cases/{case}/moves", json=body, headers=seen).status_code == 403
        unknown = {**body, "person": "nobody@contoh.example"}
        told = house.ask(who, "POST", f"/api/cases/{case}/moves", json=unknown, headers=seen)
        assert (told.status_code, "Hanya administrator" in told.text) == (403, True)
    own = {**body, "person": house.sample.ids["administrator"]}
    assert house.ask("administrator", "POST", f"/api/cases/{case}/moves", json=own, headers=seen).status_code == 403
    assert house.ask("administrator", "POST", f"/api/cases/{case}/moves", json=body).status_code == 428
    done = house.ask("administrator", "POST", f"/api/cases/{case}/moves", json=body, headers=seen)
    assert done.status_code == 200, done.text
    again = house.ask("administrator", "POST", f"/api/cases/{case}/moves", json=body, headers=seen)
    assert again.status_code == 409
    history = house.read("administrator", f"/api/cases/{case}/history")["events"]
    assert history[-1]["title"] == "Tugas dipindahkan administrator"
