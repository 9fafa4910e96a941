"""Partners, budgets, authority lent and days away, on the pages of BKPSDM: seen by those whose task it is, and changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from tests.accounts import CHEAP, Browser, nip_of
from tests.api.house import House, Sample, served
from tests.pages.people import seen, signed_in
from workflow.accounts.granting import join
from workflow.tables import people

PARTNER = "/kelola/mitra/RSUP-TELAGA"


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    copy = tmp_path_factory.mktemp("pages") / "jenjang.db"
    shutil.copy(sample.path, copy)
    with served(sample, f"sqlite:///{copy}", passwords=CHEAP) as house:
        with closing(house.with_database()) as database:
            database.write(join, "bkpsdm.budget", sample.ids["informatics_head"], "", house.clock.now())
        yield house


@pytest.fixture(scope="module")
def verifier(house: House) -> Browser:
    return signed_in(house, "verifier")


def nip(house: House, who: str) -> str:
    with closing(house.with_database()) as database:
        return database.read(nip_of, house.sample.ids[who])


# --- Partners and budgets --------------------------------------------------------------------------------------------


def test_partners_are_for_bkpsdm_alone_and_a_contact_for_those_who_verify(house: House) -> None:
    form = {"name": "Orang Lain", "post": "", "email": ""}
    for who in ("stranger", "nursing_head", "contact"):
        browser = signed_in(house, who)
        assert browser.get("/kelola/mitra").status_code == 404
        assert browser.get(PARTNER).status_code == 404
        assert browser.send(f"{PARTNER}/narahubung", form, page="/akun").status_code == 404
        assert house.get(who, "/api/partners").status_code == 404
        assert house.ask(who, "POST", "/api/partners/RSUP-TELAGA/contact", json=form).status_code == 404
    budget = signed_in(house, "informatics_head")
    assert budget.get(PARTNER).status_code == 200
    assert budget.send(f"{PARTNER}/narahubung", form, page="/akun").status_code == 403


def test_the_partner_whose_agreement_ends_first_stands_first(house: House, verifier: Browser) -> None:
    items = house.read("verifier", "/api/partners")["items"]
    urgent = [each for each in items if each["state"] in ("ending", "over")]
    assert [each["id"] for each in items][: len(urgent)] == [each["id"] for each in urgent]
    assert items[0]["name"] in seen(verifier.get("/kelola/mitra"))


def test_a_contact_gets_another_post_and_another_name_is_another_person(house: House, verifier: Browser) -> None:
    contact = house.sample.ids["contact"]
    form = {"name": "dr. Respati Danurwendo, Sp.PD.", "post": "Direktur Utama", "email": "respati@rsup-telaga.example"}
    assert verifier.send(f"{PARTNER}/narahubung", form, page=PARTNER).status_code == 303
    query = select(people).where(people.c.partner_id == "RSUP-TELAGA").order_by(people.c.id)
    with closing(house.with_database()) as database:
        (same,) = database.read(lambda c: c.execute(query).all())
        assert (same.id, same.post, same.email) == (contact, "Direktur Utama", "respati@rsup-telaga.example")
        wrong = verifier.send(f"{PARTNER}/narahubung", {**form, "email": "bukan alamat"}, page=PARTNER)
        assert (wrong.status_code, 'value="bukan alamat"' in wrong.text) == (422, True)
        other = {"name": "dr. Anindita Prabaswara", "post": "Wakil Direktur", "email": "anindita@rsup-telaga.example"}
        assert verifier.send(f"{PARTNER}/narahubung", other, page=PARTNER).status_code == 303
        assert house.get("contact", "/api/me").status_code == 401
        new = [row for row in database.read(lambda c: c.execute(query).all()) if row.left_on is None]
    assert [row.name for row in new] == ["dr. Anindita Prabaswara"]


def test_the_years_budget_is_seen_by_officers_and_closed_by_one_who_keeps_it(house: House, verifier: Browser) -> None:
    assert signed_in(house, "stranger").get("/kelola/anggaran").status_code == 404
    page = verifier.get("/kelola/anggaran")
    assert page.status_code == 200
    assert "Tutup tahun" not in seen(page)
    assert house.ask("verifier", "POST", "/api/budgets/close", json={"year": 2026}).status_code == 403
    assert house.ask("stranger", "POST", "/api/budgets/close", json={"year": 2026}).status_code == 404
    budget = signed_in(house, "informatics_head")
    early = budget.send("/kelola/anggaran/tutup", {"year": "2027"}, page="/akun")
    assert early.status_code in (404, 409)
    done = budget.send("/kelola/anggaran/tutup", {"year": "2026"}, page="/kelola/anggaran?tahun=2026")
    assert done.status_code == 303
    assert "Ditutup oleh" in seen(budget.get("/kelola/anggaran?tahun=2026"))
    assert house.ask("informatics_head", "POST", "/api/budgets/close", json={"year": 2026}).status_code == 409


# --- Authority lent, and days away -----------------------------------------------------------------------------------


def test_a_mandate_is_proposed_accepted_and_ended_on_pages_and_is_nothing_to_others(house: House) -> None:
    director, receiver, stranger = (signed_in(house, who) for who in ("director", "nursing_head", "stranger"))
    form = {
        "kind": "plh",
        "post": nip(house, "director"),
        "receiver": nip(house, "nursing_head"),
        "from_on": "2026-03-02",
        "until_on": "2026-03-06",
        "basis_number": "800/12/RSUD/2026",
        "basis_on": "2026-03-01",
        "processes": "internship",
        "letters": "internship_assignment",
    }
    list_ = "/kelola/pelimpahan"
    shown = director.get(list_)
    assert "Surat tugas" in seen(shown)
    assert 'name="units"' not in shown.text  # units are told to members of groups
    assert 'name="units"' in signed_in(house, "verifier").get(list_).text
    wrong = director.send(list_, {**form, "until_on": "2026-03-01"}, page=list_)
    assert wrong.status_code == 422
    assert "800/12/RSUD/2026" in wrong.text
    done = director.send(list_, form, page=list_)
    assert done.status_code == 303, seen(done)
    path = done.headers["location"]
    assert stranger.get(path).status_code == 404
    assert stranger.send(f"{path}/terima", {}, page="/akun").status_code == 404
    assert director.send(f"{path}/terima", {}, page=list_).status_code == 403
    assert receiver.send(f"{path}/tolak", {"reason": ""}, page=path).status_code == 422
    assert receiver.send(f"{path}/terima", {}, page=path).status_code == 303
    assert "Diterima" in seen(receiver.get(path))
    narrowed = seen(receiver.get(path))
    assert "Proses Magang antarinstansi" in narrowed
    assert "Perangkat daerah semua" in narrowed
    assert "internship" not in narrowed
    assert director.send(f"{path}/cabut", {"reason": "Sudah kembali bertugas"}, page=path).status_code == 303
    assert "Sudah kembali bertugas" in seen(director.get(path))


def test_days_away_are_recorded_and_ended_by_those_whose_they_are(house: House, verifier: Browser) -> None:
    page, nurse = "/kelola/ketidakhadiran", signed_in(house, "nurse")
    form = {"from_on": "2026-03-02", "until_on": "2026-03-06", "reason": "Cuti tahunan"}
    wrong = nurse.send(page, {**form, "until_on": "2026-02-27"}, page=page)
    assert wrong.status_code == 422
    assert nurse.send(page, {**form, "person": nip(house, "director")}, page=page).status_code == 403
    assert nurse.send(page, form, page=page).status_code == 303
    (line,) = house.read("nurse", "/api/absences")["items"]
    assert signed_in(house, "stranger").send(f"{page}/{line['id']}/akhiri", {}, page="/akun").status_code == 404
    assert "Cuti tahunan" in seen(verifier.get(page))
    assert verifier.send(f"{page}/{line['id']}/akhiri", {}, page=page).status_code == 303
    assert house.read("nurse", "/api/absences")["items"] == []
