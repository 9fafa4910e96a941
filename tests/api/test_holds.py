"""A legal hold over the API: by an administrator who has seen the case as it is, on record, once."""

from __future__ import annotations

from tests.api.house import House


def test_an_administrator_holds_a_case_and_ends_that_again(house: House) -> None:
    case = house.road("endorse")
    version = house.read("administrator", f"/api/cases/{case}")["version"]
    path, body, seen = f"/api/cases/{case}/hold", {"reason": "Diminta Inspektorat"}, {"If-Match": f'"{version}"'}
    for who in ("verifier", "nurse", "nursing_head"):
        assert house.ask(who, "POST", path, json=body, headers=seen).status_code in (403, 404)
    assert house.ask("administrator", "POST", path, json=body).status_code == 428
    assert house.ask("administrator", "POST", path, json={"reason": ""}, headers=seen).status_code == 400
    assert house.ask("administrator", "POST", path, json=body, headers={"If-Match": '"99"'}).status_code == 409

    done = house.ask("administrator", "POST", path, json=body, headers=seen)
    assert (done.status_code, done.json()["held"], done.json()["version"]) == (200, True, version + 1)
    assert house.ask("administrator", "POST", path, json=body, headers=seen).status_code == 409
    now = {"If-Match": done.headers["ETag"]}
    assert house.ask("administrator", "POST", path, json=body, headers=now).json()["type"] == "/problems/not-now"
    ended = house.ask("administrator", "POST", f"{path}/end", json={"reason": "Pemeriksaan selesai"}, headers=now)
    assert (ended.status_code, ended.json()["held"]) == (200, False)
    told = [line["title"] for line in house.read("administrator", f"/api/cases/{case}/history")["events"]]
    assert told[-2:] == ["Penghapusan ditahan", "Penahanan penghapusan diakhiri"]
