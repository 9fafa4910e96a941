"""Acting over HTTP: what may be done, doing it once, and every way in which it may be refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from tests.api.house import PDF, REQUEST, House
from workflow.people import leave
from workflow.tables import people


def found(house: House, who: str, case: str) -> dict[str, Any]:
    """The steps from the present state, by trigger."""
    listed = house.read(who, f"/api/cases/{case}/actions")["actions"]
    return {action["trigger"]: action for action in listed}


def test_every_step_from_a_state_says_whether_it_may_be_taken_and_if_not_why(house: House) -> None:
    case = house.road("submit")
    for_head, for_nurse = found(house, "nursing_head", case), found(house, "nurse", case)
    assert for_head.keys() == for_nurse.keys()
    assert for_head["endorse"]["allowed"] is for_head["endorse"]["ready"] is True
    assert for_head["endorse"]["obstacles"] == []
    assert for_nurse["endorse"]["yours"] is for_nurse["endorse"]["allowed"] is False
    (obstacle,) = for_nurse["endorse"]["obstacles"]
    assert obstacle["problem"] == "not-yours"
    assert obstacle["detail"] == "“Setujui” dilakukan oleh atasan langsung."
    assert for_nurse["withdraw"]["allowed"] is True
    assert for_head["endorse"]["leads_to"] == [
        {"state": "agency_review", "title": "Menunggu persetujuan kepala perangkat daerah"}
    ]


def test_a_step_with_fields_still_to_fill_in_is_allowed_and_names_them(house: House) -> None:
    case = house.open("nurse", {"section": "IGD", "plan_item": "Butir 12"})
    submit = found(house, "nurse", case)["submit"]
    assert (submit["allowed"], submit["ready"]) == (True, False)
    needs = {need["name"]: need["label"] for need in submit["needs"]}
    assert needs["host"] == "Instansi penerima"
    assert "section" not in needs


def test_a_step_comes_with_the_schema_of_its_form_in_indonesian(house: House) -> None:
    case = house.open("nurse")
    actions = found(house, "nurse", case)
    takes = actions["submit"]["takes"]
    assert takes["title"] == "Ajukan"
    assert takes["properties"]["starts_on"] == {"title": "Tanggal mulai", "type": "string", "format": "date"}
    assert takes["properties"]["attachments"]["items"]["format"] == "file-id"
    assert takes["additionalProperties"] is False
    assert "host" in takes["required"]
    assert actions["save"]["takes"]["required"] == []
    hosts = {choice["value"]: choice["title"] for choice in actions["submit"]["choices"]["host"]}
    assert hosts["partner:RSUP-TELAGA"] == "Rumah Sakit Umum Pusat Telaga Biru"
    assert "unit:DISKOMINFO" in hosts
    assert "unit:RSUD" not in hosts


def test_a_verifier_chooses_among_the_budget_lines_of_the_year(house: House) -> None:
    case = house.road("forward", funding="agency_budget", estimate=2_000_000)
    actions = found(house, "verifier", case)
    lines = {choice["value"]: choice["title"] for choice in actions["verify"]["choices"]["budget_line"]}
    assert lines[house.sample.budget_line].startswith("Badan Kepegawaian")
    assert next(iter(lines.values())).startswith("Rumah Sakit Umum Daerah Kemuning: ")
    facts = {choice["value"]: choice["title"] for choice in actions["attest"]["choices"]["fact"]}
    assert facts["sanctions"] == "Hukuman disiplin tercatat"
    house.done("verifier", case, "verify", {"budget_line": house.sample.budget_line})
    house.done("secretary", case, "request_host")
    history = house.read("verifier", f"/api/cases/{case}/history")["events"]
    assert any("Rp2.000.000" in said for said in history[-1]["posted"])


def test_an_act_answers_the_new_state_and_version(house: House) -> None:
    case = house.open()
    response = house.act("nurse", case, "submit", REQUEST)
    assert response.status_code == 200
    assert response.headers["etag"] == '"2"'
    done = response.json()
    assert (done["state"], done["version"], done["repeated"]) == ("supervisor_review", 2, False)
    assert done["state_title"] == "Menunggu persetujuan atasan langsung"
    assert len(done["events"]) == 1


def test_a_refusal_gives_every_reason_with_its_law_and_the_way_out(house: House) -> None:
    case = house.open()
    response = house.act("nurse", case, "submit", {**REQUEST, "starts_on": "2026-02-01", "ends_on": "2027-03-01"})
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/problems/refused"
    assert problem["status"] == 422
    refused = [reason for reason in problem["reasons"] if reason["grade"] == "refused"]
    assert len(refused) == 2
    assert all(reason["by"] and reason["remedy"] and reason["rule"] for reason in refused)
    assert problem["detail"] == f"{refused[0]['says']} {refused[0]['remedy']}"
    assert house.read("nurse", f"/api/cases/{case}")["version"] == 1


def test_a_warning_must_be_acknowledged(house: House) -> None:
    case = house.open()
    form = {**REQUEST, "ends_on": "2026-08-31"}
    response = house.act("nurse", case, "submit", form, acknowledge=())
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/problems/not-acknowledged"
    assert "internship.period_is_allowed" in problem["acknowledge"]
    warned = next(reason for reason in problem["reasons"] if reason["grade"] == "warned")
    assert problem["detail"].startswith(warned["says"])
    assert problem["detail"].endswith("sudah diketahui, lalu kirim kembali.")
    trial = house.ask("nurse", "POST", f"/api/cases/{case}/actions/submit/preview", json={"form": form}).json()
    assert (trial["allowed"], trial["ready"]) == (True, False)
    assert set(trial["acknowledge"]) == set(problem["acknowledge"])
    assert house.act("nurse", case, "submit", form, acknowledge=tuple(problem["acknowledge"])).status_code == 200


def test_what_the_records_do_not_know_is_attested_and_never_read_as_a_no(house: House) -> None:
    database = house.with_database()
    nurse = people.c.id == house.sample.ids["nurse"]
    database.write(lambda conn: conn.execute(update(people).where(nurse).values(status=None)))
    database.close()
    case = house.open()
    response = house.act("nurse", case, "submit", REQUEST)
    assert response.status_code == 422
    assert "unknown" in {reason["grade"] for reason in response.json()["reasons"]}
    document = house.upload("verifier", "sk.pdf")
    form = {"fact": "status", "value": "Aktif", "document": document, "says": "Menurut SK terakhir."}
    house.done("verifier", case, "attest", form)
    house.done("nurse", case, "submit", REQUEST)


def test_a_stale_version_is_refused_and_names_who_was_faster(house: House) -> None:
    case = house.road("submit")
    house.done("nursing_head", case, "return", {"to_mend": "Sebutkan pembimbingnya."})
    response = house.act("nursing_head", case, "endorse", {}, version=2)
    assert response.status_code == 409
    problem = response.json()
    assert problem["type"] == "/problems/out-of-date"
    assert problem["version"] == 3
    assert "Sriyatun Danuningrat" in problem["detail"]


@pytest.mark.parametrize("seen", [None, "*"])
def test_an_act_must_say_which_version_it_was_decided_on(quiet: House, seen: str | None) -> None:
    headers = {"Idempotency-Key": "a"} | ({} if seen is None else {"If-Match": seen})
    response = quiet.ask("nurse", "POST", "/api/cases/x/actions/submit", json={}, headers=headers)
    assert response.status_code == 428
    assert response.json()["type"] == "/problems/version-required"


@pytest.mark.parametrize("seen", ["7", '"tujuh"', '"1", "2"', '"-1"', '"' + "9" * 30 + '"'])
def test_a_version_that_is_none_is_refused(quiet: House, seen: str) -> None:
    headers = {"Idempotency-Key": "a", "If-Match": seen}
    response = quiet.ask("nurse", "POST", "/api/cases/x/actions/submit", json={}, headers=headers)
    assert response.status_code == 400


def test_a_version_made_weak_by_a_proxy_is_the_same_version(house: House) -> None:
    case = house.open()
    headers = {"Idempotency-Key": "a", "If-Match": 'W/"1"'}
    response = house.ask("nurse", "POST", f"/api/cases/{case}/actions/save", json={"form": {}}, headers=headers)
    assert response.status_code == 200


def test_an_act_needs_an_idempotency_key(quiet: House) -> None:
    headers = {"If-Match": '"1"'}
    response = quiet.ask("nurse", "POST", "/api/cases/x/actions/submit", json={}, headers=headers)
    assert response.status_code == 400
    assert response.json()["type"] == "/problems/idempotency-key-required"


def test_the_same_key_acts_once(house: House) -> None:
    case = house.open()
    first = house.act("nurse", case, "submit", REQUEST, version=1, key="sekali")
    again = house.act("nurse", case, "submit", REQUEST, version=1, key="sekali")
    assert again.status_code == 200
    assert again.json() == {**first.json(), "repeated": True}
    assert house.read("nurse", f"/api/cases/{case}")["version"] == 2
    other = house.act("nurse", case, "withdraw", {}, version=2, key="sekali")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")


def test_a_refused_act_keeps_no_key(house: House) -> None:
    case = house.open()
    assert house.act("nurse", case, "submit", {}, key="lagi").status_code == 422
    assert house.act("nurse", case, "submit", REQUEST, key="lagi").status_code == 200


def test_an_unknown_trigger_and_one_of_another_state_are_told_apart(house: House) -> None:
    case = house.open()
    unknown = house.act("nurse", case, "terbang", {}, acknowledge=())
    assert (unknown.status_code, unknown.json()["type"]) == (409, "/problems/not-now")
    assert "tidak dikenal" in unknown.json()["detail"]
    elsewhere = house.act("nurse", case, "endorse", {}, acknowledge=())
    assert elsewhere.status_code == 409
    assert "Status berkas “Draf”" in elsewhere.json()["detail"]


def test_a_closed_case_takes_no_step(house: House) -> None:
    case = house.open()
    house.done("nurse", case, "withdraw", {})
    response = house.act("nurse", case, "submit", REQUEST, acknowledge=())
    assert response.status_code == 409
    assert "sudah ditutup" in response.json()["detail"]
    assert house.read("nurse", f"/api/cases/{case}/actions")["actions"] == []


def test_a_step_of_somebody_else_is_refused(house: House) -> None:
    case = house.road("submit")
    response = house.act("nurse", case, "endorse", {})
    assert (response.status_code, response.json()["type"]) == (403, "/problems/not-yours")


def test_unknown_and_wrong_fields_are_named_with_their_labels(house: House) -> None:
    case = house.road("submit")
    response = house.act("nursing_head", case, "return", {"to_mend": 5, "alasan": "x"})
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/problems/invalid-form"
    assert {fault["label"] for fault in problem["fields"]} == {"Yang harus diperbaiki", "alasan"}


def test_a_file_of_somebody_else_cannot_be_used(house: House) -> None:
    file = house.upload("stranger", "milik-lain.pdf", PDF)
    case = house.open()
    response = house.act("nurse", case, "submit", {**REQUEST, "attachments": [file]})
    assert response.status_code == 422
    (fault,) = response.json()["fields"]
    assert (fault["field"], fault["label"]) == ("attachments[0]", "Lampiran butir 1")
    assert fault["says"].startswith(f"Lampiran butir 1: berkas {file} tidak ada, atau bukan unggahan Anda.")


def test_steps_in_a_row_are_one_act_and_recorded_as_each(house: House) -> None:
    case = house.open()
    then = ({"trigger": "submit", "form": {}, "acknowledge": []},)
    done = house.done("nurse", case, "save", REQUEST, then=then)
    assert done["state"] == "supervisor_review"
    assert len(done["events"]) == 2
    assert [e["type"] for e in house.read("nurse", f"/api/cases/{case}/history")["events"]] == [
        "opened",
        "save",
        "submit",
    ]


def test_steps_in_a_row_are_taken_all_or_not_at_all(house: House) -> None:
    case = house.open()
    then = ({"trigger": "submit", "form": {"starts_on": "2026-02-01"}, "acknowledge": []},)
    response = house.act("nurse", case, "save", REQUEST, then=then)
    assert response.status_code == 422
    assert response.json()["step"] == "submit"
    page = house.read("nurse", f"/api/cases/{case}")
    assert (page["version"], page["form"]) == (1, [])


def test_a_preview_agrees_with_the_act_and_writes_nothing(house: House) -> None:
    case = house.open()
    trial = house.ask("nurse", "POST", f"/api/cases/{case}/actions/submit/preview", json={"form": REQUEST})
    assert trial.status_code == 200
    assert trial.json()["ready"] is True
    assert trial.json()["leads_to"] == [{"state": "supervisor_review", "title": "Menunggu persetujuan atasan langsung"}]
    assert all(reason["by"] for reason in trial.json()["reasons"])
    page = house.read("nurse", f"/api/cases/{case}")
    assert (page["version"], page["form"]) == (1, [])
    bad = house.ask("nurse", "POST", f"/api/cases/{case}/actions/submit/preview", json={"form": {"host": 3}}).json()
    assert bad["ready"] is False
    assert bad["obstacles"][0]["fields"]
    gone = house.ask("nurse", "POST", f"/api/cases/{case}/actions/endorse/preview", json={})
    assert (gone.status_code, gone.json()["type"]) == (409, "/problems/not-now")


def test_of_two_who_act_at_once_one_wins_and_the_other_learns_who(house: House) -> None:
    case = house.road("forward")
    version = house.read("verifier", f"/api/cases/{case}")["version"]
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(house.act, who, case, "verify", {}, acknowledge=(), version=version)
            for who in ("verifier", "second_verifier")
        ]
        answers = sorted((answer.result() for answer in both), key=lambda r: r.status_code)
    won, lost = answers
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json()["type"] == "/problems/out-of-date"
    assert lost.json()["version"] == version + 1
    assert "sudah diubah oleh" in lost.json()["detail"]


def test_the_task_of_a_head_who_left_climbs(house: House) -> None:
    case = house.road("submit")
    database = house.with_database()
    database.write(leave, house.sample.ids["nursing_head"], date(2026, 3, 2))
    database.close()
    assert house.get("nursing_head", f"/api/cases/{case}").status_code == 401
    assert house.act("director", case, "endorse", {}).status_code == 200


def test_a_start_before_its_day_and_its_letter_is_refused_with_both_reasons_and_their_law(house: House) -> None:
    case = house.road("assign")
    problem = house.act("nurse", case, "start").json()
    assert problem["type"] == "/problems/refused"
    refused = [reason for reason in problem["reasons"] if reason["grade"] == "refused"]
    assert [reason["says"].split()[0] for reason in refused] == ["Surat", "Kegiatan"]
    assert all(reason["by"] and reason["remedy"] for reason in refused)
    assert problem["detail"] == "Surat pengantar belum ditandatangani. Tunggu surat pengantar terbit."
    lines = house.read("nurse", f"/api/cases/{case}/actions")["actions"]
    (start,) = (line for line in lines if line["trigger"] == "start")
    assert [reason["says"] for reason in start["reasons"]] == [reason["says"] for reason in problem["reasons"]]
    assert [obstacle["detail"] for obstacle in start["obstacles"]] == [problem["detail"]]


@pytest.mark.parametrize("host", ["RSUP-TELAGA", "mitra:RSUP-TELAGA", "partner:"])
def test_a_host_in_the_wrong_shape_is_told_which_shape_it_should_have(house: House, host: str) -> None:
    case = house.open()
    (fault,) = house.act("nurse", case, "submit", {**REQUEST, "host": host}).json()["fields"]
    assert fault["says"] == "Instansi penerima: pilih dari daftar: partner:KODE atau unit:KODE."
