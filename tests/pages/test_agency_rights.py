"""Who keeps the agency's people, groups and keys: nobody else sees them, and nobody gives a right to themselves."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select, update

from tests.accounts import CHEAP, Browser, code_at, give_factor
from tests.api.house import House, Sample, served
from tests.pages.people import seen, signed_in
from workflow.accounts import granting
from workflow.accounts.account import AccountEvent
from workflow.accounts.safe import Safe
from workflow.people import issue_key
from workflow.people.groups import is_member
from workflow.tables import account_events, api_keys, effects, people, sessions
from workflow.verification.accounts import look_at_accounts

NOBODY = "01990000-0000-7000-8000-000000000003"


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """``informatics_head`` keeps the budget, ``nursing_head`` the records of their unit."""
    copy = tmp_path_factory.mktemp("agency") / "jenjang.db"
    shutil.copy(sample.path, copy)
    with served(sample, f"sqlite:///{copy}", passwords=CHEAP) as house:
        with closing(house.with_database()) as database:
            database.write(granting.join, "bkpsdm.budget", sample.ids["informatics_head"], "", house.clock.now())
            database.write(granting.join, "personnel_officer", sample.ids["nursing_head"], "RSUD", house.clock.now())
        yield house


@pytest.fixture(scope="module")
def administrator(house: House) -> Browser:
    return signed_in(house, "administrator")


def read(house: House, work: Any, *more: Any) -> Any:
    with closing(house.with_database()) as database:
        return database.read(work, *more)


def log_of(house: House, who: str) -> list[tuple[str, str, str]]:
    """What the log of somebody's account tells: what, by whom, and what of it."""
    query = select(account_events).where(account_events.c.person_id == house.sample.ids[who])
    rows = read(house, lambda c: c.execute(query.order_by(account_events.c.sequence)).all())
    told = [(row.type, msgspec.json.decode(row.payload, type=AccountEvent)) for row in rows]
    return [(kind, event.by.id, event.remark) for kind, event in told]


def told(house: House, who: str) -> str:
    query = select(effects.c.payload).where(effects.c.subject_id == house.sample.ids[who])
    return " ".join(json.loads(payload)["says"] for payload in read(house, lambda c: c.execute(query).scalars().all()))


def send(browser: Browser, path: str, page: str, form: dict[str, str] | None = None) -> httpx.Response:
    return browser.send(path, form or {}, page=page)


# --- Rights ----------------------------------------------------------------------------------------------------------

OF_OFFICERS = ("/kelola/pegawai", "/kelola/pegawai/{nurse}", "/kelola/kelompok", "/kelola/kelompok/administrator")
OF_ADMINISTRATORS = ("/kelola/kunci", "/kelola/masa-simpan", "/kelola/webhook")
POSTS = (
    "/kelola/pegawai/{nurse}/undang",
    "/kelola/pegawai/{nurse}/kode",
    "/kelola/pegawai/{nurse}/sesi",
    "/kelola/pegawai/{nurse}/faktor",
    "/kelola/kelompok/administrator",
    "/kelola/kelompok/administrator/keluarkan",
)
API_READS = ("/api/people", "/api/people/{nurse}", "/api/people/{nurse}/account", "/api/groups", "/api/groups/auditor")
API_ACTS = (
    ("/api/people/{nurse}/account/invitation", None),
    ("/api/people/{nurse}/account/code", None),
    ("/api/people/{nurse}/account/sessions/end", None),
    ("/api/people/{nurse}/account/factor/reset", None),
    ("/api/groups/administrator/members", {"person": "{stranger}"}),
    ("/api/groups/administrator/members/remove", {"person": "{stranger}"}),
)


def filled(house: House, text: str) -> str:
    return text.replace("{nurse}", house.sample.ids["nurse"]).replace("{stranger}", house.sample.ids["stranger"])


@pytest.mark.parametrize("who", ["stranger", "director", "contact"])
def test_to_whoever_keeps_no_records_there_is_nothing_here(house: House, who: str) -> None:
    browser = signed_in(house, who)
    for path in (*OF_OFFICERS, *OF_ADMINISTRATORS):
        assert browser.get(filled(house, path)).status_code == 404, path
    for path in POSTS:
        form = {"person": house.sample.ids[who], "unit": ""}
        assert send(browser, filled(house, path), "/akun", form).status_code == 404, path
    for path in API_READS:
        assert house.get(who, filled(house, path)).status_code == 404, path
    assert house.get(who, "/api/keys", params={"everybody": "true"}).status_code == 404
    for path, body in API_ACTS:
        more = {"json": {"person": house.sample.ids[who]}} if body else {}
        assert house.ask(who, "POST", filled(house, path), **more).status_code == 404, path
    assert not read(house, is_member, "administrator", house.sample.ids[who])


def test_a_verifier_sees_people_and_groups_and_changes_neither_accounts_nor_members(house: House) -> None:
    browser = signed_in(house, "verifier")
    for path in OF_OFFICERS:
        assert browser.get(filled(house, path)).status_code == 200, path
    assert browser.get("/kelola/kunci").status_code == 404
    assert "Kirim tautan aktivasi" not in browser.get(filled(house, "/kelola/pegawai/{nurse}")).text
    for path, body in API_ACTS:
        more = {"json": {"person": house.sample.ids["stranger"]}} if body else {}
        answer = house.ask("verifier", "POST", filled(house, path), **more)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours"), path
    for path in POSTS[:4]:
        assert send(browser, filled(house, path), "/akun").status_code == 403, path


def test_of_the_nip_whoever_keeps_the_budget_sees_four_digits(house: House) -> None:
    (line,) = house.read("informatics_head", "/api/people", params={"words": "Kirana Maheswari"})["items"]
    assert re.fullmatch("•{14}[0-9]{4}", line["nip"])
    (whole,) = house.read("verifier", "/api/people", params={"words": "Kirana Maheswari"})["items"]
    assert re.fullmatch("[0-9]{8} [0-9]{6} [12] [0-9]{3}", whole["nip"])


def test_a_personnel_officer_sees_the_people_of_their_own_unit_alone(house: House) -> None:
    own = house.read("nursing_head", "/api/people")
    assert {line["unit_id"] for line in own["items"]} == {"RSUD"}
    assert [unit["id"] for unit in own["units"]] == ["RSUD"]
    assert house.get("nursing_head", f"/api/people/{house.sample.ids['stranger']}").status_code == 404
    assert house.read("nursing_head", "/api/people", params={"words": "Arga Wirabhumi"})["items"] == []


def test_a_place_in_the_list_of_people_that_is_not_theirs_to_see_is_told_as_such(house: House) -> None:
    for who, after in (("administrator", "kemarin"), ("nursing_head", house.sample.ids["stranger"])):
        answer = house.get(who, "/api/people", params={"after": after})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")


def test_people_are_found_by_name_post_and_whole_nip_and_listed_page_by_page(
    house: House, administrator: Browser
) -> None:
    assert "Kirana Maheswari" in seen(administrator.get("/kelola/pegawai?cari=maheswari+KIRANA"))
    assert "Tidak ada pegawai yang cocok" in seen(administrator.get("/kelola/pegawai?cari=%25"))
    first = house.read("administrator", "/api/people")
    second = house.read("administrator", "/api/people", params={"after": first["next"]})
    names = [line["name"] for line in (*first["items"], *second["items"])]
    assert len(names) > 50
    assert len({line["id"] for line in (*first["items"], *second["items"])}) == len(names)
    nip = house.read("administrator", f"/api/people/{house.sample.ids['nurse']}")["person"]["nip"].replace(" ", "")
    assert [line["id"] for line in house.read("administrator", "/api/people", params={"words": nip})["items"]] == [
        house.sample.ids["nurse"]
    ]


# --- Groups ----------------------------------------------------------------------------------------------------------


def test_an_administrator_adds_and_takes_out_a_member_and_the_log_and_the_member_are_told(
    house: House, administrator: Browser
) -> None:
    path, person = "/kelola/kelompok/register_clerk", house.sample.ids["second_nurse"]
    assert send(administrator, path, path, {"person": person}).status_code == 303
    assert read(house, is_member, "register_clerk", person)
    assert "Bonaventura Seran" in seen(administrator.get(path))
    assert send(administrator, f"{path}/keluarkan", path, {"person": person}).status_code == 303
    assert not read(house, is_member, "register_clerk", person)
    by = house.sample.ids["administrator"]
    assert log_of(house, "second_nurse")[-2:] == [
        ("group_joined", by, "Petugas buku agenda"),
        ("group_left", by, "Petugas buku agenda"),
    ]
    assert "menambahkan Anda ke kelompok Petugas buku agenda" in told(house, "second_nurse")
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    looked = read(house, lambda c: [*look_at_accounts(c, desk.registry, desk.office.policies)])
    assert set(looked) == {None}


def test_who_is_not_known_is_said_and_what_was_typed_stays(administrator: Browser) -> None:
    path = "/kelola/kelompok/auditor"
    answer = send(administrator, path, path, {"person": "tidak.ada@kemuning.example"})
    assert answer.status_code == 404
    assert "Tidak ada orang dengan alamat surel" in seen(answer)
    assert 'value="tidak.ada@kemuning.example"' in answer.text


def test_nobody_adds_themselves_and_the_last_administrator_stays(house: House) -> None:
    own = house.sample.ids["administrator"]
    answer = house.ask("administrator", "POST", "/api/groups/bkpsdm.verifier/members", json={"person": own})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours")
    while True:
        members = house.read("administrator", "/api/groups/administrator")["members"]
        others = [member["person_id"] for member in members if member["person_id"] != own]
        path, body = "/api/groups/administrator/members/remove", {"person": (others or [own])[0]}
        answer = house.ask("administrator", "POST", path, json=body)
        if not others:
            break
        assert answer.status_code == 200
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-now")
    assert read(house, is_member, "administrator", own)


# --- Accounts --------------------------------------------------------------------------------------------------------


def test_an_administrator_invites_prints_a_code_and_the_person_is_told(house: House, administrator: Browser) -> None:
    page = filled(house, "/kelola/pegawai/{nurse}")
    assert send(administrator, f"{page}/undang", page).status_code == 303
    assert "Undangan dibuat" in seen(administrator.get(f"{page}?selesai=diundang"))
    answer = send(administrator, f"{page}/kode", page)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", seen(answer))
    assert answer.status_code == 200
    assert code
    assert code[0] not in administrator.get(page).text
    assert Browser.on(house.client).get(f"/aktivasi/{code[0]}").status_code == 200
    assert "mencetak kode aktivasi akun Anda" in told(house, "nurse")
    assert log_of(house, "nurse")[-1][:2] == ("invited", house.sample.ids["administrator"])


def test_without_an_address_nobody_is_invited_and_the_page_says_so(house: House, administrator: Browser) -> None:
    person = house.sample.ids["secretary"]
    with closing(house.with_database()) as database:
        database.write(lambda c: c.execute(update(people).where(people.c.id == person).values(email=None)).close())
    page = f"/kelola/pegawai/{person}"
    answer = send(administrator, f"{page}/undang", page)
    assert answer.status_code == 422
    assert "Alamat surel" in seen(answer)
    assert "kode" in seen(answer)


def test_a_lost_second_factor_is_taken_away_with_every_session_and_never_ones_own(
    house: House, administrator: Browser
) -> None:
    director = signed_in(house, "director")
    with closing(house.with_database()) as database:
        database.write(give_factor, Safe.of(house.address), house.sample.ids["director"], house.clock.now())
    page = f"/kelola/pegawai/{house.sample.ids['director']}"
    assert director.get("/akun").status_code == 200
    assert send(administrator, f"{page}/faktor", page).status_code == 303
    assert director.get("/akun").status_code == 303
    assert log_of(house, "director")[-2][:2] == ("factor_removed", house.sample.ids["administrator"])
    own = f"/kelola/pegawai/{house.sample.ids['administrator']}"
    for act in ("faktor", "kode", "sesi"):
        assert send(administrator, f"{own}/{act}", own).status_code == 403
    assert send(administrator, f"/kelola/pegawai/{NOBODY}/kode", own).status_code == 404


# --- Keys ------------------------------------------------------------------------------------------------------------

UNTIL = {"until_on-day": "30", "until_on-month": "3", "until_on-year": "2026"}


def test_a_key_of_ones_own_is_shown_once_works_and_ends_at_once_when_revoked(house: House) -> None:
    nurse = signed_in(house, "nurse")
    answer = send(nurse, "/akun/kunci", "/akun/kunci", {"label": "Absensi", "scopes": "read", **UNTIL})
    key = re.search(r"jj_[\w-]{43}", answer.text)
    assert key, seen(answer)
    headers = {"Authorization": f"Bearer {key[0]}"}
    assert house.client.get("/api/me", headers=headers).json()["scopes"] == ["read"]
    page = nurse.get("/akun/kunci")
    assert key[0] not in page.text
    (path,) = re.findall(r'action="(/akun/kunci/[^"]+/cabut)"', page.text)[:1]
    assert send(signed_in(house, "second_nurse"), path, "/akun").status_code == 404
    assert house.client.get("/api/me", headers=headers).status_code == 200
    assert send(nurse, path, "/akun/kunci").status_code == 303
    assert house.client.get("/api/me", headers=headers).status_code == 401
    assert [kind for kind, *_ in log_of(house, "nurse")][-2:] == ["key_issued", "key_revoked"]


@pytest.fixture(scope="module")
def many_keys(house: House) -> None:
    with closing(house.with_database()) as database:
        for number in range(45):
            database.write(issue_key, house.sample.ids["nurse"], f"Absensi {number}", "read", house.clock.now())


@pytest.mark.usefixtures("many_keys")
def test_every_key_stands_on_one_page_of_the_list_the_newest_first(house: House) -> None:
    listed: list[str] = []
    following: str | None = ""
    pages = 0
    while following is not None:
        asked = {"everybody": "true", **({"after": following} if following else {})}
        page = house.get("administrator", "/api/keys", params=asked).json()
        listed += [line["id"] for line in page["items"]]
        following, pages = page["next"], pages + 1
    query = select(api_keys.c.id).order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc())
    assert listed == read(house, lambda c: list(c.execute(query).scalars()))
    assert pages == -(-len(listed) // 20) > 1


@pytest.mark.usefixtures("many_keys")
def test_the_page_of_all_keys_goes_on_where_it_ended(administrator: Browser) -> None:
    first = administrator.get("/kelola/kunci").text
    (further,) = re.findall(r'href="(/kelola/kunci\?sesudah=[^"]+)"', first)
    shown = [
        set(re.findall(r'action="/kelola/kunci/([^"]+)/cabut"', each))
        for each in (first, administrator.get(further).text)
    ]
    assert all(shown)
    assert shown[0].isdisjoint(shown[1])


@pytest.mark.usefixtures("many_keys")
def test_a_place_in_the_list_of_keys_that_was_never_handed_out_is_told_as_such(
    house: House, administrator: Browser
) -> None:
    others = read(house, lambda c: c.execute(select(api_keys.c.id).limit(1)).scalar_one())
    for who, after in (("administrator", "kemarin"), ("verifier", others)):
        asked = {"everybody": "true", "after": after} if who == "administrator" else {"after": after}
        answer = house.get(who, "/api/keys", params=asked)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")
    page = administrator.get("/kelola/kunci?sesudah=kemarin")
    assert page.status_code == 400
    assert "Penunjuk halaman tidak dikenal" in page.text


def test_a_key_asks_for_scopes_a_use_and_a_last_day_within_the_rules(house: House) -> None:
    nurse = signed_in(house, "nurse")
    answer = send(nurse, "/akun/kunci", "/akun/kunci", {"label": "Absensi", "scopes": "", **UNTIL})
    assert answer.status_code == 422
    assert "Pilih satu atau lebih dari" in seen(answer)
    assert 'value="Absensi"' in answer.text
    late = {"label": "Absensi", "scopes": ["read"], "until_on": "2027-06-01"}
    answer = house.ask("nurse", "POST", "/api/keys", json=late)
    assert (answer.status_code, "365 hari" in answer.text) == (422, True)


def test_a_key_makes_no_key_that_may_more_or_lasts_longer(house: House) -> None:
    wanted = {"label": "Kecil", "scopes": ["read", "act"], "until_on": "2026-03-10"}
    small = house.ask("nurse", "POST", "/api/keys", json=wanted).json()["key"]
    headers = {"Authorization": f"Bearer {small}"}
    more = {"label": "Besar", "scopes": ["read", "letters"], "until_on": "2026-03-10"}
    assert house.client.post("/api/keys", json=more, headers=headers).status_code == 422
    longer = {**wanted, "until_on": "2026-03-11"}
    answer = house.client.post("/api/keys", json=longer, headers=headers)
    assert (answer.status_code, "lebih lama daripada kunci itu" in answer.text) == (422, True)
    assert house.client.post("/api/keys", json=wanted, headers=headers).status_code == 201


def test_whoever_finds_an_open_session_makes_no_key_of_it_without_the_second_factor(house: House) -> None:
    desk, who = house.client.app.state.desk, house.sample.ids["secretary"]  # type: ignore[attr-defined] # the test client's
    secretary, at = signed_in(house, "secretary"), house.clock.now()
    with closing(house.with_database()) as database:
        secret, _ = database.write(give_factor, desk.safe, who, at)
        long_ago = update(sessions).where(sessions.c.person_id == who).values(second_factor_at=at - timedelta(hours=3))
        database.write(lambda c: c.execute(long_ago).close())
    form = {"label": "Menetap", "scopes": "letters", **UNTIL}
    for code in ({}, {"code": ""}, {"code": "000000"}):
        refused = send(secretary, "/akun/kunci", "/akun/kunci", {**form, **code})
        assert refused.status_code == 422, seen(refused)
        assert 'id="code-error"' in refused.text
        assert "jj_" not in refused.text
    assert read(house, lambda c: c.execute(select(api_keys.c.id).where(api_keys.c.label == "Menetap")).all()) == []
    issued = send(secretary, "/akun/kunci", "/akun/kunci", {**form, "code": code_at(secret, at)})
    assert re.search(r"jj_[\w-]{43}", issued.text), seen(issued)
    assert 'name="code"' not in secretary.get("/akun/kunci").text


def test_a_key_speaks_for_whoever_made_it_and_an_administrator_makes_none_for_another(
    house: House, administrator: Browser
) -> None:
    wanted = {"label": "X", "scopes": ["read"], "until_on": "2026-03-10"}
    for person in ("director", "contact"):
        for who in ("administrator", "nurse"):
            answer = house.ask(who, "POST", "/api/keys", json={**wanted, "person": house.sample.ids[person]})
            assert (answer.status_code, "person" in answer.text) == (400, True)
    form = {"label": "SIMPEG", "person": house.sample.ids["director"], "scopes": "read", **UNTIL}
    send(administrator, "/kelola/kunci", "/kelola/kunci", form)
    query = select(api_keys.c.person_id).where(api_keys.c.label.endswith("SIMPEG"))
    assert read(house, lambda c: c.execute(query).scalars().all()) == [house.sample.ids["administrator"]]


def test_an_administrator_gives_a_system_a_key_that_reads_and_imports_and_does_nothing_else(
    house: House, administrator: Browser
) -> None:
    with closing(house.with_database()) as database:
        database.write(granting.join, "administrator", house.sample.ids["verifier"], "", house.clock.now())
    form = {"label": "SIMPEG", **UNTIL}
    refused = send(administrator, "/kelola/kunci", "/kelola/kunci", {**form, "scopes": "act"})
    assert refused.status_code == 422
    assert "hanya membaca dan mengimpor" in seen(refused)
    issued = send(administrator, "/kelola/kunci", "/kelola/kunci", {**form, "scopes": "import"})
    key = re.search(r"jj_[\w-]{43}", issued.text)
    assert key, seen(issued)
    headers = {"Authorization": f"Bearer {key[0]}"}
    assert house.client.get("/api/me", headers=headers).status_code == 403
    sent = house.client.post(
        "/api/imports", data={"kind": "partners"}, files={"file": ("mitra.csv", b"KODE;NAMA\n")}, headers=headers
    )
    assert sent.status_code not in (401, 403)
    path = "/api/me/mail"
    assert house.client.post(path, json={"how": "daily"}, headers=headers).status_code == 403
    assert log_of(house, "administrator")[-1][0] == "key_issued"
    assert "kunci layanan “Layanan SIMPEG”" in told(house, "verifier")


def test_nobody_but_an_administrator_makes_a_key_for_a_system(house: House) -> None:
    wanted = {"label": "SIMPEG", "scopes": ["read"], "until_on": "2026-03-10", "service": True}
    answer = house.ask("nurse", "POST", "/api/keys", json=wanted)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours")


def test_whoever_has_a_key_that_acts_made_in_their_name_is_told(house: House) -> None:
    nurse = signed_in(house, "nurse")
    send(nurse, "/akun/kunci", "/akun/kunci", {"label": "Baca saja", "scopes": "read", **UNTIL})
    assert "Baca saja" not in told(house, "nurse")
    send(nurse, "/akun/kunci", "/akun/kunci", {"label": "Absensi", "scopes": "act", **UNTIL})
    assert "Kunci API “Absensi” yang dapat bertindak atas nama Anda" in told(house, "nurse")
