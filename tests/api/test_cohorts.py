"""Cohorts over HTTP: opened from what was typed or from a list, moved together, seen by each as far as it concerns them."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from tests.api.house import MONDAY, House
from tests.api.test_letters import render
from tests.api.together import COMMON, GUIDE, Party, gathered, party
from workflow.people import issue_key
from workflow.people.guides import register_guide
from workflow.references import reference_of

SECTION = {"section": "Instalasi Rawat Intensif"}


def body(*nips: str, **more: object) -> dict[str, object]:
    """What opens a cohort of these."""
    members = [{"person": nip, "form": SECTION} for nip in nips]
    return {"process": "internship", "title": "Magang intensif", "form": COMMON, "members": members, **more}


def problems(response: httpx.Response) -> list[str]:
    """What is wrong, field by field."""
    assert response.status_code == 422, response.text
    return [fault["says"] for fault in response.json()["fields"]]


# --- Opening ---------------------------------------------------------------------------------------------------------


def test_a_personnel_officer_opens_a_cohort_of_five_which_each_confirms_alone(house: House) -> None:
    together = gathered(house)
    page = together.read("officer", f"/api/cohorts/{together.id}")
    assert page["title"] == "Magang intensif"
    assert [line["subject"]["nip"].replace(" ", "") for line in page["cases"]] == list(together.nips)
    assert {line["state"] for line in page["cases"]} == {"drafted"}
    assert [line["name"] for line in page["cases"][0]["own"]] == ["section"]
    assert {line["name"] for line in page["form"]} == COMMON.keys()
    together.submitted()
    assert {line["state"] for line in together.read("officer", f"/api/cohorts/{together.id}")["cases"]} == {
        "supervisor_review"
    }


def test_a_case_is_opened_for_a_colleague_by_their_personnel_officer_alone(house: House) -> None:
    together = party(house, 1)
    sent = {"process": "internship", "person": together.nips[0], "form": SECTION}
    for who, status in (("officer", 201), ("other_officer", 403), ("second_nurse", 403)):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        response = together.ask(who, "POST", "/api/cases", json=sent, headers=headers)
        assert response.status_code == status, response.text
    unknown = together.ask(
        "officer", "POST", "/api/cases", json={**sent, "person": "199901012024011001"}, headers={"Idempotency-Key": "x"}
    )
    assert unknown.status_code == 403
    assert unknown.json()["type"] == "/problems/not-yours"


def test_the_same_person_twice_is_refused_also_where_one_is_named_by_id(house: House) -> None:
    together = party(house, 2)
    person = house.sample.ids["nurse"]
    (says,) = problems(together.open(body(together.nips[0], together.nips[1], person)))
    assert "sudah disebut pada baris 1" in says
    assert house.read("verifier", "/api/cohorts")["items"] == []


def test_a_hundred_and_one_are_too_many_and_a_body_of_two_megabytes_is_not_read(house: House) -> None:
    together = party(house, 1)
    many = [f"{number:018}" for number in range(101)]
    assert any("1 sampai 100 orang" in says for says in problems(together.open(body(*many))))
    huge = {**body(together.nips[0]), "title": "x" * 2 * 1024 * 1024}
    assert together.open(huge).status_code == 413
    assert together.open(body(*many, title="x" * 201)).status_code == 400
    assert together.open(body()).status_code == 422


def test_what_is_wrong_with_members_names_each_field(house: House) -> None:
    together = party(house, 2)
    wrong = body(together.nips[0])
    wrong["members"] = [
        {"person": together.nips[0], "form": {"estimate": "banyak"}},
        {"person": together.nips[1], "form": {"host": "partner:UNIV-TB"}},
    ]
    response = together.open(wrong)
    assert response.json()["fields"][0]["field"] == "members[0].form.estimate"
    wrong["members"] = [{"person": together.nips[1], "form": {"host": "partner:UNIV-TB"}}]
    assert "sama bagi seluruh rombongan" in problems(together.open(wrong))[0]


def test_people_of_another_unit_are_opened_by_their_own_officer_alone(house: House) -> None:
    together = party(house, 2)
    response = together.open(body(*together.nips), who="other_officer")
    assert len(problems(response)) == 2
    assert all("tidak dapat membuka" in says for says in problems(response))
    assert together.open(body(*together.nips), who="contact").status_code == 422


def from_list(together: Party, content: bytes, name: str = "daftar.csv", form: str | None = None) -> httpx.Response:
    """Open a cohort from a list."""
    data = {"process": "internship", "title": "Dari daftar", "form": json.dumps(COMMON) if form is None else form}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    files = {"file": (name, content)}
    return together.ask("officer", "POST", "/api/cohorts/list", data=data, files=files, headers=headers)


def test_a_list_opens_a_cohort_with_columns_by_label_or_name(house: House) -> None:
    together = party(house, 3)
    rows = [f"'{nip};ICU {number};{'Tanpa biaya' if number else ''}" for number, nip in enumerate(together.nips)]
    response = from_list(together, "\n".join(("NIP;Bagian yang dituju;funding", *rows)).encode())
    assert response.status_code == 201, response.text
    page = together.read("officer", response.headers["location"])
    assert [line["own"][0]["shown"] for line in page["cases"]] == ["ICU 0", "ICU 1", "ICU 2"]


@pytest.mark.parametrize("who", ["nurse", "contact"])
def test_of_whoever_opens_cases_for_nobody_else_no_list_is_read(house: House, who: str) -> None:
    data, headers = {"process": "internship", "title": "Dari daftar"}, {"Idempotency-Key": "k"}
    files = {"file": ("daftar.xlsx", b"%PDF-1.7 bukan tabel")}
    answer = house.ask(who, "POST", "/api/cohorts/list", data=data, files=files, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours")
    paper = house.upload(who)
    asked = {"process": "internship", "title": "Dari berkas", "form": {}, "file": paper}
    assert house.ask(who, "POST", "/api/cohorts", json=asked, headers=headers).status_code == 403


def test_a_list_is_refused_with_line_and_column_and_opens_nothing(house: House) -> None:
    together = party(house, 2)
    first, second = together.nips
    says = problems(
        from_list(together, f"NIP,estimate,WARNA\n{first},lima juta,biru\n{second},1,\n{second},1,\n".encode())
    )
    assert any(each.startswith("Baris 2, kolom ESTIMATE") for each in says)
    assert any(each.startswith("Baris 3, kolom NIP") and "baris 4" in each for each in says)
    assert any("“WARNA” tidak dikenal" in each for each in says)
    unknown = problems(from_list(together, f"NIP\n{first}\n198501012010012001\n".encode()))
    assert unknown[0].startswith("Baris 3 (198501012010012001):")
    assert from_list(together, b"%PDF-1.7 bukan tabel").json()["type"] == "/problems/unreadable-sheet"
    assert from_list(together, f"NIP\n{first}\n".encode(), form="[1]").status_code == 400
    assert from_list(together, f"NIP\n{first}\n".encode(), form="{").status_code == 400
    assert house.read("verifier", "/api/cohorts")["items"] == []


def workbook(*rows: tuple[str, ...]) -> bytes:
    """A small XLSX workbook of texts."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) + "</row>" for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    offices = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="r1" Type="{offices}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{offices}"><sheets>'
        '<sheet name="Daftar" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="r1" Type="{offices}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return target.getvalue()


def test_a_workbook_that_was_handed_in_opens_a_cohort_for_whoever_handed_it_in(house: House) -> None:
    together = party(house, 2)
    rows = [("NIP", "SECTION"), *((nip, "Instalasi Gizi") for nip in together.nips)]
    sent = together.ask("officer", "POST", "/api/files", files={"file": ("daftar.xlsx", workbook(*rows))})
    assert sent.status_code == 201, sent.text
    asked = {"process": "internship", "title": "Dari lembar kerja", "form": COMMON, "file": sent.json()["id"]}
    assert "bukan unggahan Anda" in problems(together.open(asked, who="other_officer"))[0]
    assert together.open({**asked, "members": [{"person": together.nips[0]}]}).status_code == 400
    response = together.open(asked)
    assert response.status_code == 201, response.text
    assert len(response.json()["moved"]) == 2


# --- Moving ----------------------------------------------------------------------------------------------------------


def test_who_may_go_goes_and_the_others_are_named_with_every_reason_and_citation(house: House) -> None:
    together = gathered(house).submitted()
    together.done("nursing_head", "actions/endorse")
    tried = together.ask("director", "POST", f"/api/cohorts/{together.id}/actions/forward/preview", json={}).json()
    outcome = together.done("director", "actions/forward")
    moved = [line["case_id"] for line in outcome["moved"]]
    assert moved == list(together.cases[:2])
    assert [line["case_id"] for line in tried["moved"]] == moved
    assert (tried["tried"], tried["letters"]) == (True, [])
    assert [line["case_id"] for line in outcome["stayed"]] == list(together.cases[2:])
    for line in outcome["stayed"]:
        refused = [reason for reason in line["reasons"] if reason["grade"] == "refused"]
        assert (line["problem"], line["trigger"]) == ("refused", "forward")
        assert "tetap bertugas" in line["detail"]
        assert refused[0]["by"]
    assert len(outcome["letters"]) == 1


def test_where_nobody_can_be_moved_it_is_a_problem_that_names_each(house: House) -> None:
    together = gathered(house, 2).submitted()
    response = together.act("verifier", "actions/verify")
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "/problems/not-now"
    assert [line["case_id"] for line in problem["cases"]] == list(together.cases)
    assert all(line["subject"] and line["detail"] for line in problem["cases"])


def test_what_is_offered_is_counted_and_says_for_each_why_not(house: House) -> None:
    together = gathered(house, 2)
    assert [line["trigger"] for line in together.read("officer", f"/api/cohorts/{together.id}/actions")["actions"]] == [
        "save"
    ]
    together.until("request_host")
    found = together.read("contact", f"/api/cohorts/{together.id}/actions")
    offered = {line["trigger"]: line for line in found["actions"]}
    assert offered.keys() == {"confirm", "propose_changes", "decline", "inform"}
    assert offered["confirm"]["allowed"] == 2
    assert offered["propose_changes"]["allowed"] == 0
    assert {need["name"] for need in offered["confirm"]["cases"][0]["needs"]} == GUIDE.keys()
    assert not offered["confirm"]["recorded_by_you"]
    found = together.read("verifier", f"/api/cohorts/{together.id}/actions")
    offered = {line["trigger"]: line for line in found["actions"]}
    assert offered["confirm"]["recorded_by_you"]
    assert offered["confirm"]["allowed"] == 2
    assert "scan" in offered["confirm"]["records"]["required"]


def test_each_participant_fetches_the_letter_that_all_share_and_sees_no_other_case(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    render(house)
    (letter,) = {
        line["id"]
        for line in together.read("verifier", f"/api/cases/{together.cases[0]}")["letters"]
        if line["kind"] == "internship_request"
    }
    for nip, case in zip(together.nips, together.cases, strict=True):
        page = together.read(nip, f"/api/letters/{letter}")
        assert page["case_ids"] == [case]
        assert page["letter"]["cases"] == 1
        pdf = together.ask(nip, "GET", f"/api/letters/{letter}.pdf")
        assert pdf.content.startswith(b"%PDF-")
        cohort = together.read(nip, f"/api/cohorts/{together.id}")
        assert [line["case_id"] for line in cohort["cases"]] == [case]
        (line,) = together.read(nip, "/api/cohorts")["items"]
        assert line["cases"] == 1
        assert together.read(nip, f"/api/cases/{case}")["cohorts"] == [
            {"id": together.id, "title": "Magang intensif", "cases": 1}
        ]
    assert together.read("verifier", f"/api/letters/{letter}")["letter"]["cases"] == 2
    assert together.ask("stranger", "GET", f"/api/letters/{letter}").status_code == 404


def test_the_host_answers_per_name_in_one_act(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    first, second = together.cases
    each = {
        first: {"trigger": "confirm", "form": GUIDE},
        second: {"trigger": "decline", "form": {"reason": "Ruang magang penuh."}},
    }
    tried = together.ask("contact", "POST", f"/api/cohorts/{together.id}/answers/preview", json={"each": each})
    assert [line["state"] for line in tried.json()["moved"]] == ["accepted", "host_unavailable"]
    assert together.read("verifier", f"/api/cases/{first}")["state"] == "awaiting_host"
    outcome = together.done("contact", "answers", each=each)
    assert [line["state"] for line in outcome["moved"]] == ["accepted", "host_unavailable"]
    assert outcome["stayed"] == []
    assert together.act("contact", "answers", each={}).status_code == 409


def test_the_same_act_twice_happens_once_and_a_stale_etag_is_refused(house: House) -> None:
    together = gathered(house, 2).submitted()
    seen = together.version("nursing_head")
    first = together.act("nursing_head", "actions/endorse", version=seen, key="sekali", acknowledge=[])
    again = together.act("nursing_head", "actions/endorse", version=seen, key="sekali", acknowledge=[])
    assert first.status_code == again.status_code == 200
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert first.json()["moved"] == again.json()["moved"]
    assert first.headers["etag"] == again.headers["etag"]
    other = together.act("nursing_head", "actions/reject", version=seen, key="sekali", acknowledge=[])
    assert other.json()["type"] == "/problems/key-reused"
    stale = together.act("director", "actions/forward", version=seen, acknowledge=[])
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/out-of-date")
    assert stale.json()["version"] == together.version("director")
    opened = [together.open(body(together.nips[0]), key="buka") for _ in range(2)]
    assert opened[0].json()["id"] == opened[1].json()["id"]
    assert [each.json()["repeated"] for each in opened] == [False, True]


def test_the_headers_are_required(house: House) -> None:
    together = gathered(house, 1)
    path = f"/api/cohorts/{together.id}/actions/endorse"
    assert together.ask("nursing_head", "POST", path, json={}, headers={"Idempotency-Key": "a"}).status_code == 428
    assert together.ask("nursing_head", "POST", path, json={}, headers={"If-Match": '"1"'}).status_code == 400
    assert together.ask("officer", "POST", "/api/cohorts", json=body(*together.nips)).status_code == 400


def test_of_two_at_once_one_is_told_that_the_cohort_has_changed(house: House) -> None:
    together = gathered(house, 2).submitted()
    seen = together.version("nursing_head")

    def endorse(key: str) -> int:
        return together.act("nursing_head", "actions/endorse", version=seen, key=key, acknowledge=[]).status_code

    with ThreadPoolExecutor(2) as several:
        assert sorted(several.map(endorse, ("satu", "dua"))) == [200, 409]


# --- Who sees what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "other_contact", "other_officer", "contact"])
def test_whoever_has_no_case_in_it_learns_nothing_of_a_cohort(house: House, who: str) -> None:
    together = gathered(house, 2).submitted()  # the contact is not asked yet
    path = f"/api/cohorts/{together.id}"
    assert together.read(who, "/api/cohorts")["items"] == []
    missing = together.ask(who, "GET", "/api/cohorts/none").json()["detail"].replace("none", together.id)
    tries = [
        together.ask(who, "GET", path),
        together.ask(who, "GET", f"{path}/actions"),
        together.ask(who, "POST", f"{path}/actions/endorse/preview", json={}),
        together.ask(who, "POST", f"{path}/answers/preview", json={"each": {together.cases[0]: {}}}),
        together.act(who, "actions/endorse", version=1, acknowledge=[]),
        together.act(who, "actions/no_such_step", version=1, acknowledge=[]),
        together.act(who, "answers", version=1, acknowledge=[], each={together.cases[0]: {"trigger": "confirm"}}),
    ]
    for response in tries:
        assert response.status_code == 404
        assert response.json()["detail"] == missing


def test_a_case_that_is_hidden_is_neither_counted_nor_named_nor_moved(house: House) -> None:
    together = gathered(house, 3)
    nip, own = together.nips[0], together.cases[0]
    text = json.dumps(
        [
            together.read(nip, path)
            for path in ("/api/cohorts", f"/api/cohorts/{together.id}", f"/api/cohorts/{together.id}/actions")
        ]
    )
    for hidden in (*together.cases[1:], "Bonaventura", "Puspita"):
        assert hidden not in text
    outcome = together.done(nip, "actions/submit", form=SECTION)
    assert [line["case_id"] for line in outcome["moved"]] == [own]
    assert outcome["stayed"] == []
    # A case of the cohort that one may not see and one that does not exist are told apart by nothing.
    words = []
    for other in (together.cases[1], str(uuid.uuid4()), house.open("second_nurse")):
        response = together.act(nip, "actions/withdraw", acknowledge=[], each={other: {"trigger": "withdraw"}})
        assert response.status_code == 422
        words.append(response.json()["detail"].replace(reference_of(other), "X"))
    assert len(set(words)) == 1


def test_a_contact_sees_names_period_and_section_and_no_grounds_also_in_a_refusal(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    page = together.read("contact", f"/api/cohorts/{together.id}")
    assert page["outside"]
    assert page["title"] == "Magang antarinstansi"
    assert {line["name"] for line in page["form"]} == {"host", "starts_on", "ends_on"}
    assert [line["subject"]["nip"] for line in page["cases"]] == [None, None]
    assert [line["name"] for line in page["cases"][0]["own"]] == ["section"]
    start = together.act("contact", "actions/start", acknowledge=[])
    assert start.status_code == 409
    refused = together.act(
        "contact", "actions/propose_changes", acknowledge=[], form={**GUIDE, "conditions": ""}
    ).json()
    text = json.dumps([page, together.read("contact", f"/api/cohorts/{together.id}/actions"), refused])
    for withheld in (*together.nips, "Butir 12", "tetap bertugas", "Baik", "internship.participant"):
        assert withheld not in text
    assert len(refused["cases"]) == 2


def test_another_agencys_cases_cannot_be_smuggled_into_an_act(house: House) -> None:
    together = gathered(house, 1).until("request_host")
    other = house.open("second_nurse")
    each = {other: {"trigger": "confirm", "form": GUIDE}}
    response = together.act("contact", "answers", acknowledge=[], each=each)
    assert response.status_code == 422
    assert reference_of(other) in response.json()["detail"]
    assert "Bonaventura" not in response.text
    without = together.act("contact", "actions/confirm", acknowledge=[], form=GUIDE, without=[other])
    assert without.status_code == 422


def test_a_case_of_a_cohort_is_named_by_its_number(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    shown = together.read("contact", f"/api/cohorts/{together.id}")["cases"]
    first, second = (line["reference"] for line in shown)
    assert [first, second] == [reference_of(case) for case in together.cases]
    twice = together.act("contact", "actions/confirm", form=GUIDE, each={first: {}, together.cases[0]: {}})
    assert "disebut dua kali" in twice.json()["detail"]
    each = {second.replace("-", ""): {"trigger": "decline", "form": {"reason": "Ruang penuh."}}}
    done = together.done("contact", "actions/confirm", form=GUIDE, each=each, without=[first.lower()])
    assert [(line["reference"], line["state"]) for line in done["moved"]] == [(second, "host_unavailable")]


def test_the_list_of_cohorts_is_paged(house: House) -> None:
    together = party(house, 1)
    ids = [together.open(body(*together.nips)).json()["id"] for _ in range(3)]
    first = together.read("officer", "/api/cohorts?limit=2")
    assert [line["id"] for line in first["items"]] == ids[:0:-1]
    rest = together.read("officer", f"/api/cohorts?limit=2&after={first['next']}")
    assert [line["id"] for line in rest["items"]] == ids[:1]
    assert rest["next"] is None
    assert together.ask("officer", "GET", "/api/cohorts?after=%25").status_code == 400


def test_a_guide_sees_the_cases_that_they_are_appointed_on_for_as_long_as_that_lasts(house: House) -> None:
    together = gathered(house, 2).until("request_host")
    database = house.with_database()
    keys = []
    for name in ("ratri", "bimo"):
        mail = f"{name}@rsup-telaga.example"
        guide = database.write(
            register_guide, "rsup-telaga", f"Ns. {name.title()} Puspita", "Kepala Ruang", mail, MONDAY
        )
        keys.append(database.write(issue_key, guide.id, "uji", "read act letters", MONDAY))
    database.close()
    together.keys |= {"ratri": keys[0], "bimo": keys[1]}
    together.done("contact", "actions/confirm", form=GUIDE)
    first, second = together.cases
    path = f"/api/cases/{first}"

    def appoint(name: str) -> None:
        form = {**GUIDE, "account": f"{name}@rsup-telaga.example"}
        response = house.act("contact", first, "appoint_guide", form)
        assert response.status_code == 200, response.text

    assert together.ask("ratri", "GET", path).status_code == 404
    appoint("ratri")
    for step, who in (("assign", "director"), ("introduce", "agency_chief")):
        together.done(who, f"actions/{step}")
    house.clock.set(datetime(2026, 4, 6, 3, tzinfo=UTC))
    assert together.done("contact", "actions/start")["stayed"] == []
    page = together.read("ratri", path)
    assert page["outside"]
    assert page["subject"]["nip"] is None
    assert together.ask("ratri", "GET", f"/api/cases/{second}").status_code == 404
    offered = together.read("ratri", f"{path}/actions")["actions"]
    assert {line["trigger"] for line in offered if line["yours"]} == {"confirm_days"}
    appoint("bimo")
    assert together.ask("ratri", "GET", path).status_code == 404
    assert together.read("ratri", "/api/cases")["items"] == []
    assert together.ask("bimo", "GET", path).status_code == 200


def test_the_head_of_a_unit_that_is_host_sees_what_any_host_sees(house: House) -> None:
    together = party(house, 2)
    common = {**COMMON, "host": "unit:DISKOMINFO"}
    response = together.open(body(*together.nips, form=common))
    assert response.status_code == 201, response.text
    together.id = response.json()["id"]
    together.cases = tuple(line["case_id"] for line in response.json()["moved"])
    together.submitted()
    for who, step in (("nursing_head", "endorse"), ("director", "forward"), ("verifier", "verify")):
        together.done(who, f"actions/{step}")
    waits = together.read("verifier", f"/api/cohorts/{together.id}")["cases"][0]["waits_for"]
    database = house.with_database()
    together.keys["signatory"] = database.write(issue_key, waits[0]["person"]["id"], "uji", "read act letters", MONDAY)
    together.done("signatory", "actions/request_host")
    waits = together.read("verifier", f"/api/cohorts/{together.id}")["cases"][0]["waits_for"]
    (host,) = {wait["person"]["id"] for wait in waits if wait["role"] == "host"}
    together.keys["head"] = database.write(issue_key, host, "uji", "read act letters", MONDAY)
    database.close()
    (line,) = together.read("head", "/api/cohorts")["items"]
    page = together.read("head", f"/api/cohorts/{together.id}")
    assert (line["title"], page["title"], page["outside"]) == (*["Magang antarinstansi"] * 2, True)
    assert [each["subject"]["nip"] for each in page["cases"]] == [None, None]
    assert {field["name"] for field in page["form"]} == {"host", "starts_on", "ends_on"}
    outcome = together.done("head", "actions/confirm", form=GUIDE)
    assert len(outcome["moved"]) == 2
