"""Cohorts, rounds and the trail on pages: for whom they are, one way through each, and one thing that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.accounts import Browser, nip_of
from tests.api.house import PDF, House, Sample
from tests.api.together import COMMON, gathered, party
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
    form |= {"recorded.signer_name": "dr. Wulan Iskandar", "field_supervisor": "Ns. Ratri Puspita"}
    answer = verifier.client.post(path, data=form, files={"recorded.scan-new": ("jawaban.exe", b"MZ\x90\x00")})
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


def told_kinds(page: httpx.Response) -> list[str]:
    """What happened, as the trail lists it."""
    return re.findall(r'data-heading="Peristiwa">([^<]+)<', page.text)


def test_the_trail_is_searched_by_case_person_period_and_kind_page_by_page(house: House) -> None:
    case = house.road("endorse")
    reference = house.read("nurse", f"/api/cases/{case}")["reference"]
    auditor = signed_in(house, "auditor")
    kinds = [told_kinds(auditor.get(f"/kelola/jejak?berkas={reference}{more}")) for more in ("", "&langkah=submit")]
    assert kinds == [["Setujui", "Ajukan", "Berkas dibuka"], ["Ajukan"]]
    assert re.search(r'<option value="endorse">[^<]*Setujui', auditor.get("/kelola/jejak").text)
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


def test_an_officer_answers_a_round_for_a_colleague_whom_they_find_by_name(house: House) -> None:
    opened_round = signed_in(house, "verifier").send(
        "/putaran/buka", {**ROUND, "title": "Putaran II"}, page="/putaran/buka"
    )
    path, officer = opened_round.headers["location"], signed_in(house, "officer")
    seeking = {"side": "wish", "fields": "Keperawatan", "person": "", "person-cari": "bonaventura", "cari": "person"}
    found = officer.send(f"{path}/jawaban", seeking, page=path)
    assert found.status_code == 200
    colleague = re.search(r'name="person" type="radio" value="([^"]+)" checked', found.text)
    assert colleague
    assert colleague[1] == house.sample.ids["second_nurse"]
    sent = {**seeking, "person": colleague[1], "cari": ""}
    sent.pop("cari")
    assert officer.send(f"{path}/jawaban", sent, page=path).status_code == 303
    assert "Bonaventura Seran" in seen(officer.get(path))
    assert "Bonaventura Seran" in seen(signed_in(house, "second_nurse").get(path))
    assert "Bagi siapa" not in seen(signed_in(house, "nurse").get(path))
    # Another unit's officer answers for nobody of this one.
    other = signed_in(house, "other_officer").send(f"{path}/jawaban", sent, page=path)
    assert other.status_code == 422
    withdrawn = {"side": "wish", "person": colleague[1], "reason": "Ia pindah tugas."}
    assert officer.send(f"{path}/tarik", withdrawn, page=path).status_code == 303


def test_a_pair_is_forbidden_from_the_list_by_whoever_runs_the_round_alone(house: House) -> None:
    verifier = signed_in(house, "verifier")
    path = verifier.send("/putaran/buka", {**ROUND, "title": "Putaran III"}, page="/putaran/buka").headers["location"]
    for who, side, capacity in (("nursing_head", "offer", "1"), ("nurse", "wish", "")):
        answer = {"side": side, "fields": "Keperawatan", "capacity": capacity}
        assert signed_in(house, who).send(f"{path}/jawaban", answer, page=path).status_code == 303
    ids = house.sample.ids
    pair = {
        "mentor": ids["nursing_head"],
        "mentee": ids["nurse"],
        "bond": "forbid",
        "reason": "Sudah berpasangan tahun lalu.",
    }
    assert f'<option value="{ids["nurse"]}"' in verifier.get(path).text
    assert signed_in(house, "officer").send(f"{path}/pasangan", pair, page=path).status_code == 403
    without = verifier.send(f"{path}/pasangan", {**pair, "reason": ""}, page=path)
    assert without.status_code == 422
    assert "Alasan belum diisi" in seen(without)
    assert verifier.send(f"{path}/pasangan", pair, page=path).status_code == 303
    assert "dilarang oleh" in seen(verifier.get(path))
    proposed = verifier.send(f"{path}/hitung", {}, page=path)
    assert "Tidak ada pasangan yang dapat diusulkan" in seen(verifier.get(proposed.headers["location"]))


def test_a_paper_that_says_yes_to_one_and_no_to_another_is_recorded_in_one_act(house: House) -> None:
    together = party(house, 2, beyond=1)
    members = [{"person": nip, "form": {"section": "Instalasi Rawat Intensif"}} for nip in together.nips]
    period = {"starts_on": "2026-07-06", "ends_on": "2026-07-10"}
    opening = {"process": "internship", "title": "Juli", "form": {**COMMON, **period}, "members": members}
    made = together.open(opening).json()
    together.id, together.cases = made["id"], tuple(line["case_id"] for line in made["moved"])
    together.until("request_host")
    verifier, path = signed_in(house, "verifier"), f"/rombongan/{together.id}/jawaban"
    page = verifier.get(path)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    yes, no = together.cases
    form = {**hidden(page), "_csrf_token": token[1], "record": "1"}
    nothing = verifier.client.post(path, data=form)
    assert (nothing.status_code, "setidaknya satu nama" in seen(nothing)) == (422, True)
    form |= {f"jawab-{yes}": "confirm", f"jawab-{no}": "decline", "decline.reason": "Ruangan sedang penuh."}
    form |= {"confirm.field_supervisor": "Ns. Ratri Puspita", "confirm.field_supervisor_post": "Kepala Ruang"}
    without = verifier.client.post(path, data=form)
    assert without.status_code == 422
    assert "Nama penandatangan belum diisi" in seen(without)
    assert f'id="{yes}-confirm" name="jawab-{yes}" value="confirm" checked' in without.text
    form |= {"recorded.channel": "letter", "recorded.number": "445/120"}
    for name in ("dated_on", "received_on"):
        form |= {f"recorded.{name}-day": "2", f"recorded.{name}-month": "3", f"recorded.{name}-year": "2026"}
    form |= {"recorded.signer_name": "dr. Wulan Iskandar", "recorded.signer_post": "Wakil Direktur"}
    done = verifier.client.post(path, data=form, files={"recorded.scan-new": ("balasan.pdf", PDF)})
    assert done.status_code == 303, seen(done)
    states = [together.read("verifier", f"/api/cases/{case}")["state"] for case in (yes, no)]
    assert states[0] == "accepted"
    assert states[1] != "accepted"
    for case in (yes, no):
        told = together.read("verifier", f"/api/cases/{case}/history")["events"][-1]
        assert told["recorded"]["signer_name"] == "dr. Wulan Iskandar"


def test_names_are_answered_by_those_who_see_the_cohort_alone(house: House, cohort: str) -> None:
    stranger = signed_in(house, "stranger")
    there, nowhere = (stranger.get(f"{each}/jawaban") for each in (cohort, f"/rombongan/{NOWHERE}"))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert stranger.send(f"{cohort}/jawaban", {"version": "1"}, page="/akun").status_code == 404
