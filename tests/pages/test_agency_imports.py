"""Imports by hand: what was tried is what is applied, by those whose task it is, and never over data that has changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256

import httpx
import pytest
from sqlalchemy import select, update

from tests.accounts import CHEAP, Browser
from tests.api.house import SAMPLE, House, Sample, served
from tests.pages.people import seen, signed_in
from workflow.accounts.granting import join
from workflow.tables import imports, partners, people

STAFF = (SAMPLE / "pegawai.csv").read_text()
PARTNERS = (SAMPLE / "mitra.csv").read_text()


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    copy = tmp_path_factory.mktemp("imports") / "jenjang.db"
    shutil.copy(sample.path, copy)
    with served(sample, f"sqlite:///{copy}", passwords=CHEAP) as house:
        with closing(house.with_database()) as database:
            database.write(join, "bkpsdm.budget", sample.ids["informatics_head"], "", house.clock.now())
        yield house


@pytest.fixture(scope="module")
def administrator(house: House) -> Browser:
    return signed_in(house, "administrator")


def hand_in(browser: Browser, kind: str, content: str | bytes, name: str = "data.csv") -> httpx.Response:
    token = re.search(r'name="_csrf_token" value="([^"]+)"', browser.get("/akun").text)
    assert token
    sent = content.encode() if isinstance(content, str) else content
    data = {"_csrf_token": token[1], "kind": kind}
    return browser.client.post("/kelola/impor", data=data, files={"file": (name, sent)})


def tried(browser: Browser, kind: str, content: str | bytes) -> str:
    answer = hand_in(browser, kind, content)
    assert answer.status_code == 303, seen(answer)
    return answer.headers["location"]


def post_of(house: House, who: str) -> str:
    query = select(people.c.post).where(people.c.id == house.sample.ids[who])
    with closing(house.with_database()) as database:
        return str(database.read(lambda c: c.execute(query).scalar_one()))


def test_what_was_tried_is_written_only_once_it_is_applied_and_by_whom_is_kept(
    house: House, administrator: Browser
) -> None:
    content = PARTNERS.replace("Rumah Sakit Umum Pusat Tela", "Rumah Sakit Pusat Rekaan Tela")
    assert content != PARTNERS
    path = tried(administrator, "partners", content)
    page = seen(administrator.get(path))
    assert "Berubah 1" in page
    assert sha256(content.encode()).hexdigest() in page
    query = select(partners.c.name).where(partners.c.id == "RSUP-TELAGA")
    with closing(house.with_database()) as database:
        before = database.read(lambda c: c.execute(query).scalar_one())
        assert "Pusat Rekaan" not in before
        assert administrator.send(f"{path}/terapkan", {}, page=path).status_code == 303
        assert "Pusat Rekaan" in database.read(lambda c: c.execute(query).scalar_one())
        row = database.read(lambda c: c.execute(select(imports).order_by(imports.c.id.desc()).limit(1)).one())
    assert (row.applied_by, row.content) == (house.sample.ids["administrator"], None)
    again = administrator.send(f"{path}/terapkan", {}, page="/akun")
    assert (again.status_code, "sudah diterapkan" in seen(again)) == (409, True)


def test_what_is_wrong_stands_in_a_table_and_nothing_is_written_unless_asked_for(
    house: House, administrator: Browser
) -> None:
    wrong = STAFF.replace("196804171994031001,", "19680417,", 1).replace(",Perawat ", ",Perawat Rekaan ")
    before = post_of(house, "nurse")
    path = tried(administrator, "people", wrong)
    page = administrator.get(path)
    assert re.search(r'<th scope="row"[^>]*>2</th>\s*<td[^>]*>NIP</td>\s*<td[^>]*>19680417</td>', page.text)
    refused = administrator.send(f"{path}/terapkan", {}, page=path)
    assert (refused.status_code, "Perbaiki berkasnya" in seen(refused)) == (409, True)
    assert post_of(house, "nurse") == before
    mended = tried(administrator, "people", STAFF)
    assert "Yang perlu diperbaiki" not in seen(administrator.get(mended))


def test_data_that_changed_since_the_trial_stops_it_and_shows_the_new_findings(
    house: House, administrator: Browser
) -> None:
    path = tried(administrator, "agreements", (SAMPLE / "kerja-sama.csv").read_text())
    people_path = tried(administrator, "people", STAFF)
    with closing(house.with_database()) as database:
        changed = update(people).where(people.c.id == house.sample.ids["nurse"]).values(email="lain@kemuning.example")
        database.write(lambda c: c.execute(changed).close())
    stale = administrator.send(f"{people_path}/terapkan", {}, page=people_path)
    assert (stale.status_code, "Data sudah berubah" in seen(stale)) == (409, True)
    with closing(house.with_database()) as database:
        query = select(people.c.email).where(people.c.id == house.sample.ids["nurse"])
        assert database.read(lambda c: c.execute(query).scalar_one()) == "lain@kemuning.example"
    assert administrator.send(f"{people_path}/terapkan", {}, page=people_path).status_code == 303
    assert administrator.get(path).status_code == 200


def test_each_kind_is_tried_without_writing(house: House, administrator: Browser) -> None:
    for kind, name in (("agreements", "kerja-sama.csv"), ("budgets", "anggaran.csv")):
        assert "Sel ditolak 0" in seen(administrator.get(tried(administrator, kind, (SAMPLE / name).read_bytes())))
    places = "MITRA ATAU UNIT,BAGIAN,JUMLAH TEMPAT\n"
    assert hand_in(administrator, "places", places).status_code in (303, 422)
    assert house.get("administrator", "/api/imports").status_code == 200


def test_what_is_no_table_or_too_large_or_of_no_kind_is_said_beside_its_field(administrator: Browser) -> None:
    for kind, content, says in (
        ("people", b"%PDF-1.7 bukan tabel", "bukan CSV atau XLSX"),
        ("people", b"MZ\x90\x00\x03\x00", "bukan teks"),
        ("people", b"x" * (10 * 1024 * 1024 + 1), "lebih besar daripada 10 MB"),
        ("salaries", b"NIP\n", "Pilih salah satu dari"),
    ):
        answer = hand_in(administrator, kind, content)
        assert (answer.status_code, says in seen(answer)) == (422, True), seen(answer)
    assert hand_in(administrator, "people", b"x" * (11 * 1024 * 1024)).status_code == 413


def test_each_kind_belongs_to_those_whose_task_it_is(house: House) -> None:
    for who, kinds in (
        ("administrator", {"people", "partners", "agreements", "places", "budgets"}),
        ("verifier", {"partners", "agreements", "places"}),
        ("informatics_head", {"budgets"}),
    ):
        assert {each["kind"] for each in house.read(who, "/api/imports")["kinds"]} == kinds
    sent = {"data": {"kind": "people"}, "files": {"file": ("pegawai.csv", STAFF.encode())}}
    assert house.ask("verifier", "POST", "/api/imports", **sent).status_code == 422
    made = house.ask("administrator", "POST", "/api/imports", **sent)
    assert made.status_code == 201
    path = f"/api/imports/{made.json()['id']}"
    for who in ("verifier", "informatics_head", "stranger", "contact"):
        assert house.get(who, path).status_code == 404, who
        assert house.ask(who, "POST", f"{path}/apply", json={}).status_code == 404, who
        assert house.ask(who, "POST", f"{path}/try").status_code == 404, who
    for who in ("stranger", "nursing_head", "contact"):
        assert house.ask(who, "POST", "/api/imports", **sent).status_code == 404, who
        assert hand_in(signed_in(house, who), "people", STAFF).status_code == 404, who
        assert signed_in(house, who).get("/kelola/impor").status_code == 404, who
    assert house.ask("administrator", "POST", f"{path}/apply", json={}).json()["state"] == "applied"
