"""Cases over HTTP: opened, listed, read, their history."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from policies.parameters import Policies
from tests.api.house import REQUEST, House
from tests.world import MONDAY
from workflow.audit import erase
from workflow.people import By, Terms, Today, accept_mandate, propose_mandate
from workflow.references import reference_of
from workflow.tables import cases, events, positions


def opened(house: House, who: str = "nurse", **body: Any) -> Any:
    return house.ask(who, "POST", "/api/cases", json=body, headers={"Idempotency-Key": "kunci-1"})


def test_opening_a_case_answers_where_it_is_and_its_version(house: House) -> None:
    response = opened(house, process="internship", form={"section": "IGD"})
    assert response.status_code == 201
    done = response.json()
    assert response.headers["location"] == f"/api/cases/{done['id']}"
    assert response.headers["etag"] == '"1"'
    assert (done["state"], done["state_title"], done["repeated"]) == ("drafted", "Draf", False)
    page = house.get("nurse", response.headers["location"])
    assert page.headers["etag"] == '"1"'
    assert page.json()["form"] == [{"name": "section", "label": "Bagian yang dituju", "value": "IGD", "shown": "IGD"}]


def test_the_same_key_opens_one_case(house: House) -> None:
    first, second = (opened(house, process="internship") for _ in range(2))
    assert second.status_code == 201
    assert second.json() == {**first.json(), "repeated": True}
    assert len(house.read("nurse", "/api/cases")["items"]) == 1


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    opened(house, process="internship")
    response = opened(house, process="internship", form={"section": "IGD"})
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/key-reused"


def test_the_same_key_of_another_person_is_another_key(house: House) -> None:
    first = opened(house, process="internship").json()
    second = opened(house, "second_nurse", process="internship").json()
    assert first["id"] != second["id"]


@pytest.mark.parametrize("key", [None, "", "ada spasi", "x" * 201, "ü"])
def test_opening_needs_an_idempotency_key(quiet: House, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode()}
    response = quiet.ask("nurse", "POST", "/api/cases", json={"process": "internship"}, headers=headers)
    assert response.status_code == 400
    assert response.json()["type"] == "/problems/idempotency-key-required"


def test_an_unknown_process_is_named_with_those_there_are(house: House) -> None:
    response = opened(house, process="pension")
    assert response.status_code == 404
    assert "internship" in response.json()["detail"]


def test_every_wrong_field_is_named_at_once(house: House) -> None:
    response = opened(house, process="internship", form={"starts_on": "kemarin", "estimate": -1, "seksi": "IGD"})
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/problems/invalid-form"
    assert {fault["field"] for fault in problem["fields"]} == {"starts_on", "estimate", "seksi"}
    assert {"field", "label", "says"} == problem["fields"][0].keys()


def test_a_contact_opens_nothing(house: House) -> None:
    response = opened(house, "contact", process="internship")
    assert response.status_code == 403
    assert response.json()["type"] == "/problems/not-yours"


def test_a_case_of_another_unit_is_not_there(house: House) -> None:
    case = house.road("submit")
    number, nobodys = reference_of(case), "019c0000-0000-7000-8000-000000000001"
    for name, told in ((case, number), (number, number), (nobodys, reference_of(nobodys))):
        for path in (f"/api/cases/{name}", f"/api/cases/{name}/history", f"/api/cases/{name}/actions"):
            response = house.get("stranger", path)
            assert response.status_code == 404
            assert response.json()["detail"] == f"Berkas {told} tidak ada, atau bukan untuk Anda lihat."
    # Whether the number is one of ours makes no difference to what a stranger reads.
    free = house.get("stranger", f"/api/cases/{reference_of(nobodys)}").json()
    theirs = house.get("stranger", f"/api/cases/{number}").json()
    own = {"detail": "", "request_id": ""}
    assert free | own == theirs | own
    assert house.act("stranger", case, "endorse", {}, version=2).status_code == 404
    assert house.read("stranger", "/api/cases")["items"] == []
    assert house.get("nurse", "/api/cases/tidak-ada").status_code == 404


def test_a_case_is_read_and_moved_by_its_number(house: House) -> None:
    case = house.road("submit")
    number = house.read("nurse", f"/api/cases/{case}")["reference"]
    spoken = number.lower().replace("-", "")
    for path in ("", "/history", "/actions"):
        by_id, by_number = (house.read("nurse", f"/api/cases/{name}{path}") for name in (case, spoken))
        assert by_number == by_id
        assert by_number["reference"] == number
    assert {line["reference"] for line in house.read("nurse", "/api/cases")["items"]} == {number}
    assert {line["reference"] for line in house.read("nursing_head", "/api/tasks")["items"]} == {number}
    done = house.act("nursing_head", number, "endorse", {}, version=2).json()
    assert (done["id"], done["reference"], done["state_awaits"]) == (case, number, "")


def test_those_who_may_see_a_case_find_it_in_their_list(house: House) -> None:
    case = house.road("submit")
    for who in ("nurse", "nursing_head", "director", "verifier", "administrator", "secretary"):
        assert [line["id"] for line in house.read(who, "/api/cases")["items"]] == [case], who
        assert house.get(who, f"/api/cases/{case}").status_code == 200, who


def test_a_list_is_read_page_by_page_newest_first_without_gap_or_repeat(house: House) -> None:
    made = [house.open("nurse") for _ in range(7)]
    found: list[str] = []
    after: dict[str, str] = {}
    for _ in itertools.count():
        page = house.read("nurse", "/api/cases", params={"limit": "3", **after})
        found += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(found) == sorted(made)
    assert found == sorted(found, reverse=True)


def test_a_list_is_filtered_by_process_and_state(house: House) -> None:
    draft, submitted = house.open("nurse"), house.road("submit")
    assert [c["id"] for c in house.read("nurse", "/api/cases?state=drafted")["items"]] == [draft]
    assert [c["id"] for c in house.read("nurse", "/api/cases?state=supervisor_review")["items"]] == [submitted]
    assert len(house.read("nurse", "/api/cases?process=internship")["items"]) == 2
    assert house.get("nurse", "/api/cases?process=pension").status_code == 404


def test_an_inbox_is_read_page_by_page_most_urgent_first(house: House) -> None:
    for _ in range(5):
        house.open("nurse")
    first = house.read("nurse", "/api/tasks?limit=3")
    second = house.read("nurse", f"/api/tasks?limit=3&after={first['next']}")
    tasks = first["items"] + second["items"]
    assert len({task["id"] for task in tasks}) == 5
    assert second["next"] is None
    assert [task["due_on"] for task in tasks] == sorted(task["due_on"] for task in tasks)
    assert house.read("nurse", "/api/me")["tasks"] == 5


def test_a_task_names_the_case_the_state_and_what_can_be_done(house: House) -> None:
    case = house.road("submit")
    (task,) = house.read("nursing_head", "/api/tasks")["items"]
    assert task["case_id"] == case
    assert task["subject"] == "Ns. Kirana Maheswari, S.Kep."
    assert task["state_title"] == "Menunggu persetujuan atasan langsung"
    assert {"trigger": "endorse", "title": "Setujui"} in task["actions"]
    assert task["overdue"] is False


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=banyak", "after=kemarin"])
def test_a_page_that_cannot_be_is_refused(quiet: House, query: str) -> None:
    response = quiet.get("nurse", f"/api/tasks?{query}")
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


def test_a_case_says_who_it_waits_for_and_counts_the_days(house: House) -> None:
    page = house.read("nurse", f"/api/cases/{house.road('submit')}")
    (wait,) = page["waits_for"]
    assert wait["role_title"] == "Atasan langsung"
    assert wait["person"]["post"] == "Kepala Bidang Keperawatan"
    deadline = page["deadline"]
    assert deadline["due_on"] == wait["due_on"]
    days = [day["number"] for day in deadline["days"] if day["counted"]]
    assert deadline["says"].startswith(f"{days[-1]} hari kerja sejak Senin, 2 Maret 2026")
    assert deadline["provisional"] is False
    assert all(day["why"] for day in deadline["days"] if not day["counted"] or day["number"] == 0)


def test_a_case_tells_the_way_it_came(house: House) -> None:
    page = house.read("nurse", f"/api/cases/{house.road('forward')}")
    way = [(step["state"], step["by"], step["now"]) for step in page["way"]]
    assert way == [
        ("drafted", "Dibuka", False),
        ("supervisor_review", "Ajukan", False),
        ("agency_review", "Setujui", False),
        ("verification", "Teruskan ke BKPSDM", True),
    ]
    assert page["subject"]["nip"] == "19940912 201902 2 001"
    assert {line["name"]: line["shown"] for line in page["form"]}["host"] == "Rumah Sakit Umum Pusat Telaga Biru"
    assert {(owed["kind"], owed["label"]) for owed in page["owed"]} == {
        ("message", "menunggu kirim"),
        ("render", "menunggu dibuat"),
    }
    (letter,) = page["letters"]
    assert letter["title"] == "Surat usulan"


def test_a_history_gives_who_in_which_capacity_and_on_what_grounds(house: House) -> None:
    case = house.road("endorse")
    happened = house.read("verifier", f"/api/cases/{case}/history")["events"]
    assert [event["title"] for event in happened] == ["Berkas dibuka", "Ajukan", "Setujui"]
    submitted, endorsed = happened[1:]
    assert endorsed["actor"]["name"].startswith("Ns. Sriyatun Danuningrat") or "Sriyatun" in endorsed["actor"]["name"]
    assert endorsed["actor"]["role_title"] == "Atasan langsung"
    assert endorsed["actor"]["capacity"] == "Kepala Bidang Keperawatan"
    assert endorsed["given"] == [{"name": "note", "label": "Catatan", "value": "Setuju.", "shown": "Setuju."}]
    period = next(d for d in submitted["decisions"] if d["rule"] == "internship.period_is_allowed")
    assert period["used"][0] == {
        "parameter": "internship.longest_days",
        "value": 365,
        "since": "2014-01-15",
        "by": "UU 5/2014 Pasal 70 ayat (5)",
    }
    assert all(reason["by"] for reason in period["reasons"])


def test_an_event_that_was_erased_is_still_told_of(house: House) -> None:
    case = house.road("endorse")
    database = house.with_database()
    query = select(events.c.id).where(events.c.case_id == case, events.c.sequence == 2)
    clerk = {"id": "clerk", "name": "Petugas Arsip"}
    database.write(lambda conn: erase(conn, conn.execute(query).scalar_one(), by=clerk, basis="UU 27/2022", at=MONDAY))
    database.close()
    erased = house.read("nurse", f"/api/cases/{case}/history")["events"][1]
    assert erased["erased"] is True
    assert erased["title"] == "Ajukan"
    assert erased["actor"] is None
    assert erased["given"] == erased["decisions"] == []


def test_reading_changes_nothing(house: House) -> None:
    case = house.road("submit")
    for path in ("", "/history", "/actions"):
        house.read("nurse", f"/api/cases/{case}{path}")
    database = house.with_database()
    assert database.read(lambda conn: conn.execute(select(cases.c.version).where(cases.c.id == case)).scalar_one()) == 2
    database.close()


def test_a_process_is_described_with_its_steps_and_the_schema_of_its_form(house: House) -> None:
    titles = {line["name"]: line["title"] for line in house.read("contact", "/api/processes")["items"]}
    assert titles["internship"] == "Magang antarinstansi"
    page = house.read("contact", "/api/processes/internship")
    assert page["form"]["properties"]["section"]["title"] == "Bagian yang dituju"
    assert set(page["form"]["required"]) <= REQUEST.keys()
    states = {state["name"]: state for state in page["states"]}
    assert states["supervisor_review"]["within"]["working_days"] > 0
    assert states["supervisor_review"]["within"]["by"]
    assert states["completed"]["final"] is True
    steps = {(step["trigger"], *step["sources"]): step for step in page["steps"]}
    assert steps["endorse", "supervisor_review"]["leads_to"] == [
        {"state": "agency_review", "title": "Menunggu persetujuan kepala perangkat daerah"}
    ]
    assert steps["save", "drafted"]["stays"] is True
    assert steps["save", "drafted"]["takes"]["required"] == []
    assert house.get("contact", "/api/processes/pension").status_code == 404


@pytest.mark.parametrize("address", ["/api/cases?state=bogus", "/api/cases?process=internship&state=bogus"])
def test_a_state_that_no_process_has_is_refused_with_those_there_are(quiet: House, address: str) -> None:
    response = quiet.get("nurse", address)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("Status “bogus” tidak dikenal; pilih salah satu dari drafted, ")


def test_a_history_names_the_deputy_the_holder_and_the_letter_that_lent_the_post(house: House) -> None:
    case = house.road("endorse")
    database = house.with_database()
    post = database.read(
        lambda conn: conn.execute(
            select(positions.c.id).where(positions.c.holder_id == house.sample.ids["director"])
        ).scalar_one()
    )
    day = date(2026, 3, 2)
    director, deputy = (By(house.sample.ids[name], name) for name in ("director", "nursing_head"))
    today = Today(MONDAY, day, Policies.load().on(day))
    terms = Terms("mandat", post, deputy.id, day, date(2026, 3, 9), "800/7/2026", day)
    mandate = database.write(propose_mandate, terms, director, today)
    database.write(accept_mandate, mandate, deputy, today)
    house.done("nursing_head", case, "forward")
    actor = house.read("verifier", f"/api/cases/{case}/history")["events"][-1]["actor"]
    assert "Sriyatun Danuningrat" in actor["name"]
    assert "Galuh Candrakirana" in actor["mandate"]["holder"]
    assert actor["mandate"]["kind"] == "mandat"
    assert actor["mandate"]["post"] in actor["capacity"]
    assert (actor["mandate"]["basis_number"], actor["mandate"]["basis_on"]) == ("800/7/2026", "2026-03-02")
    assert house.read("verifier", f"/api/cases/{case}/history")["events"][-2]["actor"]["mandate"] is None
