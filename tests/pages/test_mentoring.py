"""A mentor logs what was met for, the mentee answers; on pages alone, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.accounts import Browser
from tests.api.house import House, Sample
from tests.pages.mentors import a_pair, logged
from tests.pages.people import hidden, seen, signed_in

MET = {
    "met_on-day": "25",
    "met_on-month": "Maret",
    "met_on-year": "2026",
    "met_from": "13.00",
    "met_until": "",
    "minutes": "90",
    "medium": "phone",
    "place": "Telepon",
    "topic": "Terapi cairan",
    "result": "Mentee dapat menghitung kebutuhan cairan.",
}


@pytest.fixture(scope="module")
def at_work(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    with a_pair(sample, tmp_path_factory.mktemp("mentoring")) as (house, case):
        logged(house, case)
        yield house, case


@pytest.fixture(scope="module")
def house(at_work: tuple[House, str]) -> House:
    return at_work[0]


@pytest.fixture(scope="module")
def case(at_work: tuple[House, str]) -> str:
    return at_work[1]


@pytest.fixture(scope="module")
def mentor(house: House) -> Browser:
    return signed_in(house, "second_nurse")


@pytest.fixture(scope="module")
def mentee(house: House) -> Browser:
    return signed_in(house, "nurse")


def meetings(house: House, case: str) -> list[tuple[str, str]]:
    """Topic and status of each, the latest first."""
    found = house.read("nurse", f"/api/me/mentoring/{case}")["meetings"]
    return [(line["topic"], line["status"]) for line in found]


def send(browser: Browser, path: str, form: dict[str, object], **kept: str) -> tuple[int, str, str]:
    """Fill in the form of a page; answers status, words, and where it leads."""
    shown = browser.get(path)
    unseen = {**hidden(shown), **kept}
    answer = browser.send(path, {**unseen, **form}, page=path)
    return answer.status_code, seen(answer), answer.headers.get("location", "")


def test_both_see_their_pair_with_its_progress_and_what_is_next(mentor: Browser, mentee: Browser, case: str) -> None:
    for browser, role, other in ((mentor, "Anda mentor", "Kirana"), (mentee, "Anda mentee", "Bonaventura")):
        page = seen(browser.get("/mentoring"))
        assert role in page
        assert other in page
        assert "Mampu memberi asuhan keperawatan intensif" in page
        assert "pertemuan dikonfirmasi" in page
        assert "Menunggu Anda:" in page
    assert "Catat pertemuan" in seen(mentor.get("/mentoring"))
    assert "Catat pertemuan" not in seen(mentee.get("/mentoring"))
    assert f'href="/mentoring/{case}"' in mentee.get("/mentoring").text


def test_who_has_no_pair_is_told_how_to_ask_for_a_mentor(house: House) -> None:
    page = signed_in(house, "stranger").get("/mentoring")
    assert "belum menjadi mentor atau mentee" in seen(page)
    assert 'href="/permohonan/mentoring"' in page.text


def test_to_a_stranger_there_is_no_pair_and_a_superior_is_told_whose_page_it_is(house: House, case: str) -> None:
    stranger, superior = signed_in(house, "stranger"), signed_in(house, "nursing_head")
    for path in (f"/mentoring/{case}", f"/mentoring/{case}/sesi"):
        assert stranger.get(path).status_code == 404
        assert superior.get(path).status_code == 403
    assert "hanya untuk mentor dan mentee" in seen(superior.get(f"/mentoring/{case}"))


def test_the_form_begins_today_where_the_two_met_last(mentor: Browser, case: str) -> None:
    page = mentor.get(f"/mentoring/{case}/sesi").text
    assert re.search(r'name="met_on-day"[^>]* value="26"', page)
    assert re.search(r'name="place"[^>]* value="Ruang Rapat Keperawatan"', page)
    assert re.search(r'value="in_person" checked', page)


def test_a_mentee_logs_nothing(mentee: Browser, house: House, case: str) -> None:
    page = mentee.get(f"/mentoring/{case}/sesi")
    assert "bukan oleh Anda" in seen(page)
    before = meetings(house, case)
    status, _, _ = send(mentee, f"/mentoring/{case}", {"do": "konfirmasi", "numbers": "99"})
    assert status == 422
    sent = mentee.send(f"/mentoring/{case}/sesi", {**MET, "key": "mentee"}, page="/mentoring")
    assert sent.status_code in (403, 422)
    assert meetings(house, case) == before


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(mentor: Browser, case: str) -> None:
    status, words, _ = send(mentor, f"/mentoring/{case}/sesi", {**MET, "met_from": "", "result": ""})
    assert status == 422
    assert "Isi tanggal dan jam mulai pertemuan" in words
    path = f"/mentoring/{case}/sesi"
    answer = mentor.send(path, {**hidden(mentor.get(path)), **MET, "result": ""}, page=path)
    assert 'href="#result"' in answer.text
    assert re.search(r'id="topic"[^>]*>\s*Terapi cairan', answer.text)
    assert re.search(r'name="met_from"[^>]* value="13.00"', answer.text)


def test_a_rule_that_is_against_it_says_why_and_what_to_do(mentor: Browser, case: str) -> None:
    status, words, _ = send(mentor, f"/mentoring/{case}/sesi", {**MET, "met_on-day": "27"})
    assert status == 422
    assert "Pertemuan yang dicatat belum selesai." in words
    assert "Catatlah setelah pertemuan selesai" in words


def test_a_meeting_is_logged_once_however_often_its_form_is_sent(mentor: Browser, house: House, case: str) -> None:
    path = f"/mentoring/{case}/sesi"
    shown = mentor.get(path)
    first, again = (mentor.send(path, {**hidden(shown), **MET}, page=path) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"] == f"/mentoring/{case}?dicatat=1"
    assert [topic for topic, _ in meetings(house, case)].count("Terapi cairan") == 1
    page = house.read("nurse", f"/api/me/mentoring/{case}")["meetings"][0]
    assert (page["starts_at"], page["ends_at"]) == ("2026-03-25T13:00:00+07:00", "2026-03-25T14:30:00+07:00")
    other = mentor.send(path, {**hidden(shown), **MET, "topic": "Yang lain sama sekali"}, page=path)
    assert other.status_code == 422
    assert "sudah diterima" in seen(other)
    assert "Perbaiki catatannya" in seen(other)


def test_a_form_that_waited_while_the_mentee_answered_is_taken_all_the_same(
    mentor: Browser, mentee: Browser, house: House, case: str
) -> None:
    path = f"/mentoring/{case}/sesi"
    shown = mentor.get(path)
    send(mentee, f"/mentoring/{case}", {"do": "konfirmasi", "numbers": "1"})
    form = {**MET, "met_on-day": "23", "topic": "Sesudah menunggu"}
    first, again = (mentor.send(path, {**hidden(shown), **form}, page=path) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert [topic for topic, _ in meetings(house, case)].count("Sesudah menunggu") == 1


def test_the_mentee_confirms_several_at_once_and_disputes_with_a_reason(
    mentor: Browser, mentee: Browser, house: House, case: str
) -> None:
    path = f"/mentoring/{case}"
    status, words, _ = send(mentee, path, {"do": "sanggah", "numbers": "3", "reason": ""})
    assert status == 422
    assert "Apa yang tidak benar?" in words
    status, _, where = send(mentee, path, {"do": "sanggah", "numbers": "3", "reason": "Serah terima itu tanggal 23."})
    assert (status, where) == (303, f"{path}?disanggah=1")
    assert "Serah terima dinas" in seen(mentor.get(path))
    assert "Disanggah" in seen(mentor.get(path))
    assert "Sanggahan mentee: Serah terima itu tanggal 23." in seen(mentor.get(path))
    (correct,) = re.findall(r'href="(/berkas/[^"]+/correct_session\?catatan=session-3)"', mentor.get(path).text)
    corrected = mentor.get(correct).text  # what was logged stands in the form already
    assert "Serah terima dinas" in corrected
    assert re.search(r'name="number"[^>]*value="3"', corrected)
    assert "Belum dapat dilakukan" not in corrected
    open_now = [
        line["number"] for line in house.read("nurse", f"/api/me/mentoring{path[10:]}")["meetings"] if line["open"]
    ]
    status, _, where = send(mentee, path, {"do": "konfirmasi", "numbers": [str(each) for each in open_now]})
    assert (status, where) == (303, f"{path}?dikonfirmasi=1")
    assert {status for _, status in meetings(house, case)} == {"confirmed"}


def test_an_answer_to_a_page_that_is_no_longer_true_keeps_what_was_chosen(
    mentor: Browser, mentee: Browser, house: House, case: str
) -> None:
    path = f"/mentoring/{case}"
    send(mentor, f"{path}/sesi", {**MET, "met_on-day": "20", "topic": "Kedaluwarsa"})
    version = hidden(mentee.get(path))["version"]
    send(mentor, f"{path}/sesi", {**MET, "met_on-day": "19", "topic": "Yang menyusul"})
    number = max(line["number"] for line in house.read("nurse", f"/api/me{path}")["meetings"]) - 1
    status, words, _ = send(mentee, path, {"do": "konfirmasi", "numbers": str(number)}, version=version)
    assert status == 409
    assert "Pilihan Anda masih ada di bawah" in words
    assert ("Kedaluwarsa", "written") in meetings(house, case)
