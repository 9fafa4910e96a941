"""Letters as a stack, before whoever initials, numbers and signs them: what they see, do at once, and are told afterwards."""

from __future__ import annotations

import re
import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, insert, select

from tests.accounts import CHEAP, Browser, code_at, give_factor
from tests.api.house import PDF, House, Sample, served
from tests.pages.letters_waiting import initialled, waiting, with_paraf
from tests.pages.people import seen, signed_in
from workflow.database import Database
from workflow.tables import group_members, letters, tasks

NUMBER = 3


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("letters") / "jenjang.db"
    shutil.copy(sample.path, path)
    with closing(Database.open(f"sqlite:///{path}")) as database:
        database.write(with_paraf)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def prepared(house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path, Path]:
    """Letters that wait to be initialled; the database with them as they are, and with all of them initialled."""
    folder = tmp_path_factory.mktemp("kept")
    found = waiting(house, NUMBER)
    kept(house, folder / "to-initial.db")
    initialled(house, found)
    kept(house, folder / "to-sign.db")
    return found, folder / "to-initial.db", folder / "to-sign.db"


def kept(house: House, path: Path, *, back: bool = False) -> None:
    """Keep the database of a house, or put it back as it was kept."""
    own = sqlite3.connect(house.address.removeprefix("sqlite:///"), timeout=20)
    with closing(own), closing(sqlite3.connect(path)) as copy:
        copy.backup(own) if back else own.backup(copy)


@pytest.fixture
def to_initial(house: House, prepared: tuple[list[str], Path, Path]) -> list[str]:
    kept(house, prepared[1], back=True)
    return prepared[0]


@pytest.fixture
def to_sign(house: House, prepared: tuple[list[str], Path, Path]) -> list[str]:
    kept(house, prepared[2], back=True)
    return prepared[0]


def form_of(page: httpx.Response) -> dict[str, list[str]]:
    """All that the page's own form would send unseen."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text):
        found.setdefault(name, []).append(value)
    return found


def confirm(browser: Browser, place: str, chosen: Sequence[str]) -> httpx.Response:
    """The page on which a choice is confirmed."""
    page = browser.get(f"{place}?{'&'.join(f'surat={each}' for each in chosen)}")
    assert page.status_code == 200, seen(page)
    return page


def send(browser: Browser, place: str, page: httpx.Response, **typed: str) -> httpx.Response:
    return browser.client.post(place, data={**form_of(page), **typed})


def act(browser: Browser, letter: str, name: str, **typed: str) -> httpx.Response:
    """Do something on the page of a letter, as it is shown now."""
    page = browser.get(f"/surat/{letter}")
    hidden = {key: values[0] for key, values in form_of(page).items() if key in ("_csrf_token", "version")}
    return browser.client.post(f"/surat/{letter}/{name}", data={**hidden, "key": str(uuid.uuid4()), **typed})


def test_a_stack_says_of_each_letter_who_where_when_what_it_costs_and_who_has_had_it_in_hand(
    house: House, to_sign: list[str]
) -> None:
    told = seen(signed_in(house, "secretary").get("/surat"))
    assert told.count("Kirana Maheswari") >= len(to_sign)
    assert "Di mana Instalasi Rawat Intensif, Rumah Sakit Umum Pusat Telaga Biru" in told
    assert "4 Mei 2026 sampai dengan 8 Mei 2026" in told
    assert "Biaya tanpa biaya" in told
    assert "✓ Paraf: Dra. Widuri Puspaningtyas, M.Si., Kepala Badan Kepegawaian" in told
    assert "Telaahan dan dasar hukum" in told
    assert f"Semua ({len(to_sign)})" not in told, "so few are seen at a glance"
    assert f"Semua ({len(to_sign)})" in seen(signed_in(house, "secretary").get("/surat?untuk=sign"))


def test_a_stack_is_narrowed_by_its_address_and_an_unknown_filter_is_refused(house: House, to_sign: list[str]) -> None:
    secretary = signed_in(house, "secretary")
    assert seen(secretary.get("/surat?untuk=sign&jenis=internship")).count("Lihat konsep") == len(to_sign)
    assert "Tidak ada surat yang cocok" in seen(secretary.get("/surat?untuk=initial"))
    assert secretary.get("/surat?untuk=makan").status_code == 400
    assert secretary.get("/surat?jenis=tidak-ada").status_code == 404
    assert secretary.get("/surat?sesudah=kemarin").status_code == 400


def test_a_stack_is_paged_and_holds_each_letter_once(house: House, to_sign: list[str]) -> None:
    found: list[str] = []
    after = ""
    while True:
        page = house.read("secretary", f"/api/letters?limit=2{after}")
        found += [item["letter"]["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(found) == sorted(to_sign)


def test_nobody_finds_on_their_stack_what_waits_for_somebody_else(house: House, to_sign: list[str]) -> None:
    for who in ("nurse", "stranger", "agency_chief", "contact"):
        told = seen(signed_in(house, who).get("/surat"))
        assert "Tidak ada surat yang menunggu Anda" in told, who
        page = confirm(signed_in(house, who), "/surat/tanda-tangan", to_sign)
        assert "Instalasi Rawat Intensif" not in seen(page)
        assert "Tidak ada surat yang dapat diproses" in seen(page)


def test_several_are_signed_at_once_and_what_became_of_each_is_told(house: House, to_sign: list[str]) -> None:
    secretary = signed_in(house, "secretary")
    page = confirm(secretary, "/surat/tanda-tangan", to_sign)
    assert "Tanda tangani 3 surat" in seen(page)
    sent = send(secretary, "/surat/tanda-tangan", page)
    assert sent.status_code == 303, seen(sent)
    told = seen(secretary.get(sent.headers["location"]))
    assert "3 surat ditandatangani" in told
    assert "Tidak ada surat yang menunggu Anda" in seen(secretary.get("/surat"))
    again = send(secretary, "/surat/tanda-tangan", page)
    assert again.headers["location"] == sent.headers["location"]
    assert "3 surat ditandatangani" in seen(secretary.get(again.headers["location"]))
    with closing(house.with_database()) as database:
        numbers = database.read(lambda c: c.execute(select(letters.c.register_number).where(letters.c.id.in_(to_sign)))
                                .scalars().all())  # fmt: skip
    assert len(set(numbers)) == NUMBER


def test_a_draft_that_changed_since_it_was_seen_is_not_signed_stays_and_says_why(
    house: House, to_sign: list[str]
) -> None:
    secretary = signed_in(house, "secretary")
    page = confirm(secretary, "/surat/tanda-tangan", to_sign)
    assert act(secretary, to_sign[1], "correct", **{"teks-subject": "Permohonan tempat magang"}).status_code == 303
    sent = send(secretary, "/surat/tanda-tangan", page)
    told = seen(secretary.get(sent.headers["location"]))
    assert "2 dari 3 surat ditandatangani" in told
    assert "sudah berubah sejak Anda membukanya" in told
    assert seen(secretary.get("/surat")).count("Lihat konsep") == 1
    again = re.search(r'href="(/surat/tanda-tangan\?surat=[^"]+)"', secretary.get(sent.headers["location"]).text)
    assert again
    page = secretary.get(again[1])
    assert "3 surat" not in seen(page)
    assert "1 surat ditandatangani" in seen(
        secretary.get(send(secretary, "/surat/tanda-tangan", page).headers["location"])
    )


def test_what_came_of_letters_is_told_to_whoever_acted_alone(house: House, to_sign: list[str]) -> None:
    secretary = signed_in(house, "secretary")
    sent = send(secretary, "/surat/tanda-tangan", confirm(secretary, "/surat/tanda-tangan", to_sign[:1]))
    for who in ("agency_chief", "stranger"):
        assert signed_in(house, who).get(sent.headers["location"]).status_code == 404
    assert secretary.get("/surat/hasil/tanda-tangan-lain").status_code == 404


def test_letters_of_others_are_not_signed_and_not_told_of(house: House, to_sign: list[str]) -> None:
    stranger = signed_in(house, "stranger")
    token = form_of(stranger.get("/akun"))["_csrf_token"]
    sent = stranger.client.post("/surat/tanda-tangan", data={"_csrf_token": token, "surat": to_sign, "key": "k"})
    told = seen(stranger.get(sent.headers["location"]))
    assert "0 dari 3 surat ditandatangani" in told
    assert told.count("Surat yang tidak ditemukan") == NUMBER
    assert seen(signed_in(house, "secretary").get("/surat")).count("Lihat konsep") == NUMBER


def test_several_are_initialled_at_once_without_any_secret(house: House, to_initial: list[str]) -> None:
    chief = signed_in(house, "agency_chief")
    assert "Semua (3) Paraf (3)" in seen(chief.get("/surat?untuk=initial"))
    page = confirm(chief, "/surat/paraf", to_initial)
    sent = send(chief, "/surat/paraf", page)
    assert "3 surat diparaf" in seen(chief.get(sent.headers["location"]))
    assert seen(signed_in(house, "secretary").get("/surat")).count("✓ Paraf") == NUMBER


def test_nothing_chosen_is_told_and_a_letter_to_initial_is_not_signed(house: House, to_initial: list[str]) -> None:
    chief = signed_in(house, "agency_chief")
    page = confirm(chief, "/surat/tanda-tangan", to_initial)
    assert "Tidak ikut" in seen(page)
    assert seen(page).count("menunggu paraf.") == NUMBER
    token = form_of(chief.get("/akun"))["_csrf_token"]
    empty = chief.client.post("/surat/paraf", data={"_csrf_token": token})
    assert (empty.status_code, "Pilih sekurang-kurangnya satu surat." in seen(empty)) == (422, True)


def test_whoever_signs_gives_their_second_factor_again_where_the_last_was_long_ago(
    house: House, to_sign: list[str]
) -> None:
    secretary = signed_in(house, "secretary")
    desk, who = house.client.app.state.desk, house.sample.ids["secretary"]  # type: ignore[attr-defined] # the test client's
    with closing(house.with_database()) as database:
        factor, _ = database.write(give_factor, desk.safe, who, house.clock.now())
    assert "Kode faktor kedua" not in seen(confirm(secretary, "/surat/tanda-tangan", to_sign))
    house.clock.set(house.clock.now() + timedelta(minutes=16))
    page = confirm(secretary, "/surat/tanda-tangan", to_sign)
    assert 'autocomplete="off"' in page.text
    without = send(secretary, "/surat/tanda-tangan", page)
    assert (without.status_code, "Masukkan kode faktor kedua." in seen(without)) == (422, True)
    wrong = send(secretary, "/surat/tanda-tangan", page, code="000000")
    assert (wrong.status_code, "Kode tidak cocok" in seen(wrong)) == (422, True)
    assert "000000" not in wrong.text
    alone = act(secretary, to_sign[0], "sign", code="111111")
    assert (alone.status_code, "Kode tidak cocok" in seen(alone), "111111" in alone.text) == (422, True, False)
    code = code_at(factor, house.clock.now())
    sent = send(secretary, "/surat/tanda-tangan", page, code=code)
    assert sent.status_code == 303, seen(sent)
    assert send(secretary, "/surat/tanda-tangan", page, code=code).headers["location"] == sent.headers["location"]
    assert "3 surat ditandatangani" in seen(secretary.get(sent.headers["location"]))


def test_a_draft_is_corrected_and_the_difference_stays_on_record(house: House, to_initial: list[str]) -> None:
    chief, letter = signed_in(house, "agency_chief"), to_initial[0]
    goal = "Menerapkan asuhan keperawatan intensif.\r\nDan mengajarkannya."
    typed = {"teks-goal": goal, "teks-copies": "Direktur RSUD\r\n\r\nInspektur"}
    assert act(chief, letter, "correct", **typed).status_code == 303
    told = seen(chief.get(f"/surat/{letter}"))
    assert "Tujuan: “Menerapkan asuhan keperawatan intensif di RSUD.” menjadi" in told
    assert "Tembusan Direktur RSUD; Inspektur" in told
    nothing = act(chief, letter, "correct", **typed, more="")
    assert (nothing.status_code, "Tidak ada yang berubah" in seen(nothing)) == (422, True)
    wrong = act(chief, letter, "correct", **{"teks-subject": "", "teks-goal": "Tujuan yang lain."})
    assert wrong.status_code == 422
    assert "Tujuan yang lain." in wrong.text
    both = act(chief, letter, "initial", **{"teks-subject": "Permohonan tempat"})
    assert both.status_code == 303
    assert "Hal Permohonan tempat" in seen(chief.get(f"/surat/{letter}"))


def test_a_letter_is_sent_back_with_a_note_and_goes_its_way_again(house: House, to_sign: list[str]) -> None:
    secretary, verifier, letter = signed_in(house, "secretary"), signed_in(house, "verifier"), to_sign[0]
    silent = act(secretary, letter, "send_back")
    assert (silent.status_code, "Catatan perbaikan wajib diisi" in seen(silent)) == (422, True)
    assert act(secretary, letter, "send_back", note="Lengkapi tembusannya.").status_code == 303
    late = act(secretary, letter, "send_back", note="Juga tanggalnya.")
    assert late.status_code in (403, 409), seen(late)
    assert "Yang Anda ketik tidak terkirim: Juga tanggalnya." in seen(late)
    told = seen(verifier.get("/surat"))
    assert "Perbaikan" in told
    assert "Catatan perbaikan: Lengkapi tembusannya." in seen(verifier.get(f"/surat/{letter}"))
    assert act(verifier, letter, "resubmit").status_code == 303


def test_a_letter_is_signed_on_paper_and_its_scan_handed_in(house: House, to_sign: list[str]) -> None:
    secretary, letter = signed_in(house, "secretary"), to_sign[0]
    assert act(secretary, letter, "by_hand").status_code == 303
    page = secretary.get(f"/surat/{letter}")
    assert "Serahkan pindaian" in seen(page)
    assert "Pindaian (1)" in seen(secretary.get("/surat?untuk=hand_in"))
    hidden = {"_csrf_token": form_of(page)["_csrf_token"][0], "key": "scan"}
    address = f"/surat/{letter}/hand_in"
    for files, says in (({}, "Pilih berkas pindaian."), ({"scan-new": ("a.pdf", b"MZ\x90program")}, "")):
        refused = secretary.client.post(address, data=hidden, files=files or None)
        assert refused.status_code in (415, 422), seen(refused)
        assert says in seen(refused)
    scan = {"scan-new": ("surat.pdf", PDF)}
    stranger = signed_in(house, "stranger")
    theirs = {"_csrf_token": form_of(stranger.get("/akun"))["_csrf_token"][0]}
    assert stranger.client.post(address, data=theirs, files=scan).status_code == 404
    done = secretary.client.post(address, data=hidden, files=scan)
    assert done.status_code == 303, seen(done)
    told = seen(secretary.get(done.headers["location"]))
    assert "tanda tangan basah" in told
    assert "Unduh pindaian" in told
    assert secretary.get(f"/surat/{letter}/pdf").content == PDF


def test_a_keeper_of_the_registers_finds_on_paper_letters_and_may_print_one(house: House, to_sign: list[str]) -> None:
    membership = {"person_id": house.sample.ids["informatics_head"], "group_name": "register_clerk", "unit_id": ""}
    with closing(house.with_database()) as database:
        database.write(lambda c: c.execute(insert(group_members).values(membership)).close())
    clerk = signed_in(house, "informatics_head")
    assert ">Surat<" in clerk.get("/surat").text
    assert act(clerk, to_sign[0], "by_hand").status_code == 303
    assert "Pindaian (1)" in seen(clerk.get("/surat?untuk=hand_in"))


def test_what_cannot_be_done_is_told_with_why(house: House, to_sign: list[str]) -> None:
    nurse = signed_in(house, "nurse")
    told = seen(nurse.get(f"/surat/{to_sign[0]}"))
    assert "Yang tidak dapat Anda lakukan sekarang, dan sebabnya" in told
    assert "Surat permohonan magang ini menunggu Sekretaris Daerah." in told
    refused = act(nurse, to_sign[0], "sign")
    assert refused.status_code == 409
    assert "Surat permohonan magang ini menunggu Sekretaris Daerah." in seen(refused)


@pytest.mark.parametrize("name", ["initial", "correct", "resubmit", "send_back", "number", "insert", "by_hand", "void"])
def test_no_act_is_open_to_a_stranger_nor_tells_that_a_letter_is_there(
    house: House, to_sign: list[str], name: str
) -> None:
    stranger = signed_in(house, "stranger")
    token = form_of(stranger.get("/akun"))["_csrf_token"]
    for letter in (to_sign[0], "01990000-0000-7000-8000-000000000000"):
        answer = stranger.client.post(f"/surat/{letter}/{name}", data={"_csrf_token": token, "key": "k"})
        assert answer.status_code == 404


def test_a_signed_letter_says_how_it_is_verified_and_once_void_that_it_is(house: House, to_sign: list[str]) -> None:
    secretary, letter = signed_in(house, "secretary"), to_sign[0]
    assert act(secretary, letter, "sign").status_code == 303
    page = secretary.get(f"/surat/{letter}")
    code = house.read("secretary", f"/api/letters/{letter}")["code"]
    assert f'href="/verify/{code}"' in page.text
    refused = act(secretary, letter, "void", reason="Salah alamat.")
    assert (refused.status_code, "ditunggu jawabannya" in seen(refused)) == (422, True)

    def voided(conn: Connection) -> None:
        conn.execute(letters.update().where(letters.c.id == letter).values(state="void", void_reason="Salah alamat."))
        conn.execute(tasks.delete().where(tasks.c.letter_id == letter))

    with closing(house.with_database()) as database:
        database.write(voided)
    assert "Surat ini tidak berlaku lagi. Alasan: Salah alamat." in seen(secretary.get(f"/surat/{letter}"))


def test_a_letter_that_somebody_corrects_meanwhile_is_not_signed_on_its_own_page_either(
    house: House, to_sign: list[str]
) -> None:
    secretary, letter = signed_in(house, "secretary"), to_sign[2]
    page = secretary.get(f"/surat/{letter}")
    assert act(secretary, letter, "correct", **{"teks-subject": "Permohonan lain"}).status_code == 303
    form = {name: form_of(page)[name][0] for name in ("_csrf_token", "version", "key")}
    late = secretary.client.post(f"/surat/{letter}/sign", data=form)
    assert late.status_code == 409
    assert "sudah berubah sejak Anda membukanya" in seen(late)
    assert "Terakhir: Konsep surat dikoreksi, Dr. Bramantyo Kertapati" in seen(late)
