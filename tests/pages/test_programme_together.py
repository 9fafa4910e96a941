"""Cohorts, rounds and the trail on pages: for whom they are, one way through each, and one thing that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.accounts import Browser, nip_of
from tests.api.house import House, Sample
from tests.api.together import gathered
from tests.pages.people import hidden, seen, signed_in
from tests.pages.programme import looked_after

ROUND = {
    "title": "Putaran mentoring I",
    "fields": "Keperawatan\r\nAdministrasi",
    "offers_until": "2026-03-06",
    "wishes_until": "2026-03-09",
    "starts_on": "2026-04-01",
    "ends_on": "2026-06-30",
    "meetings": "Dua kali sebulan",
}
NOWHERE = "01990000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with looked_after(sample, tmp_path_factory.mktemp("together")) as house:
        yield house


def nip(house: House, who: str) -> str:
    with closing(house.with_database()) as database:
        return str(database.read(nip_of, house.sample.ids[who]))


def opened(browser: Browser, names: str) -> httpx.Response:
    page = browser.get("/rombongan/buka")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    form = {"_csrf_token": token[1], **hidden(page), "process": "internship", "title": "Magang ICU gelombang I"}
    return browser.client.post("/rombongan/buka", data=form, files={"list": ("daftar.csv", names.encode(), "text/csv")})


@pytest.fixture(scope="module")
def cohort(house: House) -> str:
    listed = "NIP\n" + "\n".join(nip(house, who) for who in ("nurse", "second_nurse")) + "\n"
    answer = opened(signed_in(house, "officer"), listed)
    assert answer.status_code == 303, seen(answer)
    return answer.headers["location"].partition("?")[0]


def test_a_cohort_is_opened_from_a_list_and_filled_in_for_one_name_alone(house: House, cohort: str) -> None:
    officer = signed_in(house, "officer")
    page = officer.get(cohort)
    assert "Peserta (2)" in seen(page)
    assert "Simpan draf" in seen(page)
    assert "Magang ICU gelombang I" in seen(officer.get("/rombongan"))
    form = officer.get(f"{cohort}/save")
    names = re.findall(r'name="names" value="([^"]+)"', form.text)
    sent = officer.send(f"{cohort}/save", {**hidden(form), "names": names[0], "section": "ICU"}, page=f"{cohort}/save")
    assert sent.status_code == 303, seen(sent)
    assert seen(officer.get(cohort)).count(": ICU") == 1
    nobody = officer.send(f"{cohort}/save", {**hidden(officer.get(f"{cohort}/save")), "section": "ICU"}, page=cohort)
    assert "Pilih setidaknya satu nama" in seen(nobody)


def test_a_list_with_a_number_that_nobody_has_opens_no_case_and_says_which_line(house: House) -> None:
    answer = opened(signed_in(house, "officer"), "NIP\n199999999999999999\n")
    assert answer.status_code == 422
    assert "baris 2" in seen(answer).lower()


def test_a_scan_that_is_not_taken_costs_nothing_that_was_typed_for_the_cohort(house: House) -> None:
    together = gathered(house, 2, beyond=3).until("request_host")
    verifier, path = signed_in(house, "verifier"), f"/rombongan/{together.id}/confirm"
    page = verifier.get(path)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    form = {**hidden(page), "_csrf_token": token[1], "names": list(together.cases), "record": "1"}
    form |= {"surat.signer_name": "dr. Wulan Iskandar", "field_supervisor": "Ns. Ratri Puspita"}
    answer = verifier.client.post(path, data=form, files={"surat.scan-new": ("jawaban.exe", b"MZ\x90\x00")})
    assert answer.status_code == 422
    assert "dr. Wulan Iskandar" in answer.text
    assert "Ns. Ratri Puspita" in answer.text


@pytest.mark.parametrize("path", ["", "/save"])
def test_a_stranger_does_not_learn_of_a_cohort(house: House, cohort: str, path: str) -> None:
    stranger = signed_in(house, "stranger")
    there, nowhere = (stranger.get(f"{each}{path}") for each in (cohort, f"/rombongan/{NOWHERE}"))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert "Magang ICU" not in there.text


def test_a_round_is_opened_answered_proposed_and_closed_by_whoever_runs_it(house: House) -> None:
    verifier = signed_in(house, "verifier")
    answer = verifier.send("/putaran/buka", ROUND, page="/putaran/buka")
    assert answer.status_code == 303, seen(answer)
    path = answer.headers["location"]
    head, nurse = signed_in(house, "nursing_head"), signed_in(house, "nurse")
    assert "Menjalankan putaran" not in seen(nurse.get(path))
    assert nurse.send(f"{path}/hitung", {}, page="/akun").status_code == 403
    assert nurse.get(f"{path}/usulan").status_code == 403
    offer = {"side": "offer", "fields": "Keperawatan", "capacity": "2"}
    wish = {"side": "wish", "fields": "Keperawatan", "capacity": ""}
    assert head.send(f"{path}/jawaban", offer, page=path).status_code == 303
    assert nurse.send(f"{path}/jawaban", wish, page=path).status_code == 303
    without = nurse.send(f"{path}/jawaban", {"side": "wish"}, page=path)
    assert "Pilih setidaknya satu bidang" in seen(without)
    proposed = verifier.send(f"{path}/hitung", {}, page=path)
    assert proposed.status_code == 303, seen(proposed)
    assert "Usulan pasangan nomor 1" in seen(verifier.get(proposed.headers["location"]))
    assert verifier.send(f"{path}/tutup", {"reason": "Putaran dibatalkan."}, page=path).status_code == 303
    assert "Ditutup" in seen(verifier.get("/putaran"))


def test_a_round_is_opened_by_bkpsdm_alone(house: House) -> None:
    answer = signed_in(house, "nurse").send("/putaran/buka", ROUND, page="/putaran/buka")
    assert answer.status_code == 403


@pytest.mark.parametrize("who", ["nurse", "officer", "contact"])
def test_the_trail_is_for_those_who_examine(house: House, who: str) -> None:
    assert signed_in(house, who).get("/kelola/jejak").status_code == 403
    assert house.get(who, "/api/audit/trail").status_code == 403


def test_the_trail_is_searched_by_case_person_period_and_kind_page_by_page(house: House) -> None:
    case = house.road("endorse")
    reference = house.read("nurse", f"/api/cases/{case}")["reference"]
    auditor = signed_in(house, "auditor")
    assert "Setujui (endorse)" in seen(auditor.get(f"/kelola/jejak?berkas={reference}"))
    assert "Setujui (endorse)" not in seen(auditor.get(f"/kelola/jejak?berkas={reference}&langkah=submit"))
    number = nip(house, "nursing_head")
    by_person = seen(auditor.get(f"/kelola/jejak?pegawai={number}&langkah=endorse&dari=2026-03-02&sampai=2026-03-02"))
    assert reference in by_person
    assert "Tidak ada peristiwa" in seen(auditor.get("/kelola/jejak?dari=2026-02-01&sampai=2026-02-03"))
    assert "31 hari" in seen(auditor.get("/kelola/jejak?dari=2026-01-01&sampai=2026-03-02"))
    found, after = [], None
    for _ in range(9):
        asked = {"case": reference, "limit": 1, **({"after": after} if after else {})}
        page = house.read("auditor", "/api/audit/trail", params=asked)
        found += [line["number"] for line in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == [3, 2, 1]
