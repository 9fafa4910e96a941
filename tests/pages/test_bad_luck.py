"""Bad input and bad luck while a request is written: nothing is lost, nothing is done twice, nobody is left without a way on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import update

from api.pages.directions import isolated
from tests.accounts import CHEAP, Browser
from tests.api.house import PDF, House, Sample, served
from tests.pages.people import hidden, seen, signed_in, take
from tests.pages.test_requests import DAYS, GOAL, PARTS, PLACE, draft, filled, with_file
from workflow.accounts.sessions import end_all
from workflow.tables import cases, people

RIGHT_TO_LEFT = "محمد عبد الرحمن"
ODD = [
    "Ma'ruf Nu'man O'Brien",
    "<script>alert(1)</script> & “kutip”",
    "Naïve façade, 5 ≥ 3",
]
#: What no letter of ours can print.
UNPRINTABLE = [f"Bimbingan {RIGHT_TO_LEFT}, 3 dari 9", "Belajar 👩🏽‍⚕️ bersama", "Kalimat\u202e terbalik"]


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("bad-luck") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def nurse(house: House) -> Browser:
    return signed_in(house, "nurse")


# --- Bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ODD)
def test_whatever_signs_somebody_writes_come_back_as_they_were(nurse: Browser, text: str) -> None:
    address = filled(nurse, {"tujuan": {**GOAL, "goal": text}})
    shown = nurse.get(f"{address}/tujuan")
    assert "<script>alert" not in shown.text
    area = re.search(r'<textarea[^>]*id="goal"[^>]*>\n?(.*?)</textarea>', shown.text, re.DOTALL)
    assert area
    assert "<bdi>" not in area[1]
    assert seen(nurse.get(f"{address}/periksa")).count(" ".join(text.split())) == 1


@pytest.mark.parametrize("text", UNPRINTABLE)
def test_signs_that_no_letter_can_print_are_named_beside_the_field_and_the_text_stays(
    nurse: Browser, text: str
) -> None:
    answer = take(nurse, f"{draft(nurse)}/tujuan", {**GOAL, "goal": text})
    assert answer.status_code == 422
    assert "Hapus tanda itu, atau tulis dengan huruf Latin." in seen(answer)
    assert f"\n{text}</textarea>" in answer.text


def test_ten_thousand_signs_are_refused_beside_the_field_and_not_lost(nurse: Browser) -> None:
    address = draft(nurse)
    long = "Asuhan keperawatan. " * 500
    answer = take(nurse, f"{address}/tujuan", {**GOAL, "goal": long})
    assert answer.status_code == 422
    assert 'href="#goal"' in answer.text
    assert long.strip() in answer.text
    assert "2.000" in seen(answer) or "2000" in seen(answer)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("surat.pdf", b"MZ\x90\x00program", "bukan PDF"),
        ("surat.pdf.exe", b"\x7fELF", "bukan PDF"),
        ("kosong.pdf", b"", "bukan PDF"),
        ("besar.pdf", PDF + b" " * (11 * 1024 * 1024), "Kecilkan"),
    ],
)
def test_a_file_that_is_not_taken_is_named_beside_its_field_and_the_rest_stays(
    nurse: Browser, name: str, content: bytes, says: str
) -> None:
    address = draft(nurse)
    kept = with_file(nurse, f"{address}/lampiran", "attachments", "undangan.pdf", PDF)
    assert kept.status_code == 303
    shown = nurse.get(f"{address}/lampiran")
    (paper,) = re.findall(r'name="attachments" type="checkbox" value="([^"]+)"', shown.text)
    answer = with_file(nurse, f"{address}/lampiran", "attachments", name, content, {"attachments": paper})
    assert answer.status_code == 422
    assert says in seen(answer)
    assert 'href="#attachments"' in answer.text
    assert "undangan.pdf" in seen(answer)


def test_an_upload_of_forty_megabytes_is_refused_with_the_limit_and_the_way_back(nurse: Browser) -> None:
    address = draft(nurse)
    answer = with_file(nurse, f"{address}/lampiran", "attachments", "film.pdf", PDF + b" " * (40 * 1024 * 1024))
    assert answer.status_code == 413
    assert "paling besar 10 MB" in seen(answer)
    assert f'href="{address}"' in answer.text


def test_words_from_right_to_left_stand_apart_and_nothing_else_is_touched() -> None:
    page = (
        f'<title>{RIGHT_TO_LEFT}</title><h1 title="{RIGHT_TO_LEFT}">{RIGHT_TO_LEFT}, 3 dari 9</h1>'
        f"<textarea>{RIGHT_TO_LEFT}</textarea><option>{RIGHT_TO_LEFT}</option><p>محمد, علي</p>"
    )
    assert isolated(page) == page.replace(f">{RIGHT_TO_LEFT},", f"><bdi>{RIGHT_TO_LEFT}</bdi>,").replace(
        "<p>محمد, علي", "<p><bdi>محمد</bdi>, <bdi>علي</bdi>"
    )
    assert isolated("<p>Kirana</p>") == "<p>Kirana</p>"


def test_a_name_from_right_to_left_is_set_apart_wherever_it_is_shown(house: House) -> None:
    second = house.sample.ids["second_nurse"]
    with closing(house.with_database()) as database:
        database.write(
            lambda c: c.execute(update(people).where(people.c.id == second).values(name=RIGHT_TO_LEFT)).close()
        )
    browser = signed_in(house, "second_nurse")
    assert f"<bdi>{RIGHT_TO_LEFT}</bdi>" in browser.get("/permohonan").text
    found = browser.get(f"/cari/pegawai?kata={RIGHT_TO_LEFT}").json()
    assert len(found["items"]) == 1


# --- Bad luck --------------------------------------------------------------------------------------------------------


def test_two_tabs_do_not_write_over_each_other_unseen(nurse: Browser) -> None:
    address = draft(nurse)
    shown = nurse.get(f"{address}/tempat")
    assert take(nurse, f"{address}/tempat", PLACE).status_code == 303
    late = take(nurse, f"{address}/tempat", {**PLACE, "section": "Poli Jantung"}, shown=shown)
    assert late.status_code == 409
    told = seen(late)
    assert "Draf ini sudah berubah" in told
    assert "Yang tersimpan sekarang" in told
    assert "Instalasi Rawat Intensif" in told
    assert 'value="Poli Jantung"' in late.text
    again = nurse.send(
        f"{address}/tempat", {**hidden(late), **PLACE, "section": "Poli Jantung"}, page=f"{address}/tempat"
    )
    assert again.status_code == 303
    assert "Poli Jantung" in seen(nurse.get(f"{address}/periksa"))


def test_a_part_that_is_sent_twice_is_recorded_once(nurse: Browser, house: House) -> None:
    address = draft(nurse)
    shown = nurse.get(f"{address}/tempat")
    first, second = (take(nurse, f"{address}/tempat", PLACE, shown=shown) for _ in range(2))
    assert (first.status_code, first.headers["location"]) == (second.status_code, second.headers["location"])
    saved = house.read("nurse", f"/api/cases/{address.rpartition('/')[2]}/history")["events"]
    assert len([event for event in saved if event["type"] == "save"]) == 1


def test_an_old_page_from_the_back_button_with_other_words_is_no_dead_end(nurse: Browser) -> None:
    address = draft(nurse)
    shown = nurse.get(f"{address}/tempat")
    take(nurse, f"{address}/tempat", PLACE, shown=shown)
    old = take(nurse, f"{address}/tempat", {**PLACE, "section": "Poli Jantung"}, shown=shown)
    assert hidden(old)["key"] != hidden(shown)["key"]
    again = nurse.send(
        f"{address}/tempat", {**hidden(old), **PLACE, "section": "Poli Jantung"}, page=f"{address}/tempat"
    )
    assert again.status_code == 303


def test_sent_twice_it_is_one_request_and_going_back_leads_to_it(nurse: Browser, house: House) -> None:
    address = filled(nurse, {**PARTS, "waktu": {**DAYS, "starts_on-month": "5", "ends_on-month": "5"}})
    home = address.replace("/isian/", "/berkas/")
    shown = nurse.get(f"{address}/periksa")
    answers = [nurse.send(f"{address}/periksa", hidden(shown), page="/akun") for _ in range(2)]
    assert [answer.headers["location"].partition("?")[0] for answer in answers] == [home, home]
    events = house.read("nurse", f"/api/cases/{home.rpartition('/')[2]}/history")["events"]
    assert len([event for event in events if event["type"] == "submit"]) == 1
    assert nurse.get(f"{address}/periksa").headers["location"] == home
    typed = nurse.send(f"{address}/tempat", {**hidden(shown), "section": "Terlambat diketik"}, page="/akun")
    assert typed.status_code == 409
    assert "Terlambat diketik" in seen(typed)


def test_sending_a_draft_that_changed_meanwhile_shows_it_anew_and_sends_nothing(nurse: Browser) -> None:
    address = filled(nurse)
    shown = nurse.get(f"{address}/periksa")
    take(nurse, f"{address}/tempat", {**PLACE, "section": "Poli Jantung"})
    late = take(nurse, f"{address}/periksa", {}, shown=shown)
    assert late.status_code == 409
    assert "Belum ada yang terkirim" in seen(late)
    assert "Poli Jantung" in seen(late)


def test_what_was_typed_outlasts_a_session_that_ends_and_is_kept_once_somebody_is_back(house: House) -> None:
    browser = signed_in(house, "stranger")
    address = draft(browser)
    shown = browser.get(f"{address}/tujuan")
    with closing(house.with_database()) as database:
        database.write(end_all, house.sample.ids["stranger"], house.clock.now())
    ended = browser.send(f"{address}/tujuan", {**hidden(shown), **GOAL}, page="/masuk")
    assert ended.status_code == 401
    assert GOAL["goal"] in ended.text
    kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', ended.text))
    again = signed_in(house, "stranger")
    sent = again.send(f"{address}/tujuan", {name: kept[name] for name in kept if name[0] != "_"}, page="/akun")
    assert sent.status_code == 303, seen(sent)
    assert GOAL["goal"] in again.get(f"{address}/tujuan").text


def test_the_address_of_a_draft_opened_on_another_device_leads_through_the_door_back_to_it(
    house: House, nurse: Browser
) -> None:
    address = filled(nurse, {"tempat": PLACE})
    other = Browser.on(house.client)
    door = other.get(f"{address}/waktu")
    assert door.status_code == 303
    assert door.headers["location"] == f"/masuk?ke={address.replace('/', '%2F')}%2Fwaktu"
    assert "Waktu" in seen(signed_in(house, "nurse").get(f"{address}/waktu"))


def test_a_draft_of_an_older_version_of_its_process_is_still_written_and_sent(nurse: Browser, house: House) -> None:
    address = filled(nurse, {**PARTS, "waktu": {**DAYS, "starts_on-month": "6", "ends_on-month": "6"}})
    shown = nurse.get(f"{address}/tujuan")
    older = {"process_version": 0, "fingerprint": "0" * 64}
    with closing(house.with_database()) as database:
        database.write(
            lambda c: c.execute(
                update(cases).where(cases.c.reference == address.rpartition("/")[2]).values(older)
            ).close()
        )
    gone = take(nurse, f"{address}/tujuan", {**GOAL, "a_field_of_then": "x"}, shown=shown)
    assert gone.status_code == 303, seen(gone)
    sent = take(nurse, f"{address}/periksa", {})
    assert sent.status_code == 303, seen(sent)
