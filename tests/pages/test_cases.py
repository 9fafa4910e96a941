"""A request through the pages alone, as people with a browser and no scripts take it: what they see, fill in and are told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.accounts import CHEAP, Browser
from tests.api.house import PDF, REQUEST, House, Sample, served
from tests.pages.people import begun, hidden, seen, signed_in, take

FORM = {
    **{name: str(value) for name, value in REQUEST.items()},
    "starts_on-day": "6",
    "starts_on-month": "April",
    "starts_on-year": "2026",
    "ends_on-day": "10",
    "ends_on-month": "4",
    "ends_on-year": "2026",
    "funding": "none",
}
del FORM["starts_on"], FORM["ends_on"]

People = Callable[[str], Browser]


@pytest.fixture
def house(sample: Sample, tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture
def people(house: House) -> People:
    """The browser of one of the cast, who has signed in."""
    return lambda who: signed_in(house, who)


def test_a_request_is_begun_filled_in_and_approved_on_pages_alone(people: People) -> None:
    nurse, head = people("nurse"), people("nursing_head")
    case = begun(nurse)
    draft = seen(nurse.get(case))
    assert "Lanjutkan mengisi" in draft
    assert "“Ajukan” belum dapat dilakukan" not in draft
    sent = take(nurse, f"{case}/submit", FORM)
    assert sent.status_code == 303, seen(sent)
    after = seen(nurse.get(sent.headers["location"]))
    assert "Sudah dicatat" in after
    assert "6 s.d. 10 April 2026" in after
    waiting = seen(head.get("/"))
    assert "Ns. Kirana Maheswari" in waiting
    assert "Magang antarinstansi" in waiting
    approved = take(head, f"{case}/endorse", {"note": "Setuju."})
    assert approved.status_code == 303
    assert "Tidak ada yang menunggu Anda" in seen(head.get("/"))
    told = seen(nurse.get(f"{case}/riwayat"))
    assert "Alasan dan dasar hukumnya" in told
    assert "Sriyatun" in told


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(people: People) -> None:
    nurse = people("nurse")
    case = begun(nurse)
    answer = take(nurse, f"{case}/submit", {**FORM, "starts_on-month": "bulan depan", "goal": "x"})
    assert answer.status_code == 422
    assert "<title>Kesalahan: " in answer.text
    assert 'href="#starts_on-day"' in answer.text
    assert 'value="bulan depan"' in answer.text
    assert "Keperawatan intensif" in answer.text


def test_a_step_is_tried_before_it_is_taken(people: People) -> None:
    nurse = people("nurse")
    case = begun(nurse)
    tried = take(nurse, f"{case}/submit", {**FORM, "try": "1"})
    assert tried.status_code == 200
    assert "Dapat dikirim" in seen(tried)
    assert "Draf" in seen(nurse.get(case))


def test_why_something_cannot_be_done_is_told_with_its_article_and_the_way_out(people: People) -> None:
    nurse = people("nurse")
    told = seen(nurse.get(f"{begun(nurse)}/submit"))
    assert "Belum dapat dilakukan" in told
    assert "Butir rencana belum disebut. Jalan keluarnya:" in told
    assert "PerLAN 10/2018" in told


def test_whoever_was_slower_is_told_and_keeps_what_they_typed(people: People) -> None:
    nurse = people("nurse")
    case = begun(nurse)
    shown = nurse.get(f"{case}/save")
    assert take(nurse, f"{case}/save", {"section": "Poli Jantung"}).status_code == 303
    late = take(nurse, f"{case}/save", {"section": "Instalasi Rawat Intensif"}, shown=shown)
    assert late.status_code == 409
    assert 'value="Instalasi Rawat Intensif"' in late.text
    assert "Yang Anda ketik masih ada di bawah" in seen(late)
    assert take(nurse, f"{case}/save", hidden(late) | {"section": "Instalasi Rawat Intensif"}).status_code == 303


def test_sent_twice_it_is_done_once_and_answered_alike(people: People) -> None:
    nurse = people("nurse")
    case = begun(nurse)
    shown = nurse.get(f"{case}/save")
    first, second = (take(nurse, f"{case}/save", {"section": "ICU"}, shown=shown) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]


def test_a_step_that_somebody_has_taken_meanwhile_is_gone_and_says_what_became_of_it(people: People) -> None:
    nurse, head = people("nurse"), people("nursing_head")
    case = begun(nurse)
    take(nurse, f"{case}/submit", FORM)
    shown = head.get(f"{case}/endorse")
    take(head, f"{case}/endorse", {"note": "Setuju."})
    again = head.send(f"{case}/endorse", {**hidden(shown), "key": "lain", "note": "Terlambat."}, page=case)
    assert again.status_code == 409
    assert "Tindakan ini tidak tersedia lagi" in seen(again)
    assert "Terlambat." in seen(again)


@pytest.mark.parametrize("path", ["", "/riwayat", "/submit"])
def test_a_stranger_does_not_learn_that_a_case_exists(people: People, path: str) -> None:
    case = begun(people("nurse"))
    known, unknown = (people("stranger").get(f"{each}{path}") for each in (case, "/berkas/AAAA-AAAA"))
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert seen(known).replace(case.rpartition("/")[2], "") == seen(unknown).replace("AAAA-AAAA", "")


def test_a_paper_is_handed_in_with_the_form_and_fetched_again(people: People) -> None:
    nurse = people("nurse")
    case = begun(nurse)
    shown = nurse.get(f"{case}/save")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
    assert token
    answer = nurse.client.post(
        f"{case}/save",
        data={"_csrf_token": token[1], **hidden(shown), "section": "ICU"},
        files={"attachments-new": ("undangan.pdf", PDF, "application/pdf")},
    )
    assert answer.status_code == 303, seen(answer)
    assert "undangan.pdf" in seen(nurse.get(case))
    program = nurse.client.post(
        f"{case}/save",
        data={"_csrf_token": token[1], **hidden(nurse.get(f"{case}/save")), "section": "ICU"},
        files={"attachments-new": ("surat.pdf", b"MZ\x90program", "application/pdf")},
    )
    assert program.status_code in (415, 422)


def test_a_request_that_came_back_says_by_whom_and_what_to_mend_wherever_it_is_filled_in(
    house: House, people: People
) -> None:
    case = house.open()
    house.done("nurse", case, "submit", REQUEST)
    house.done("nursing_head", case, "return", {"to_mend": "Sebutkan siapa yang menggantikan jadwal jaga."})
    nurse = people("nurse")
    for path in (f"/berkas/{case}", f"/isian/{case}/periksa"):
        page = nurse.get(path)
        shown = seen(page if page.status_code == 200 else nurse.get(page.headers["location"]))
        assert "Dikembalikan untuk diperbaiki oleh Ns. Sriyatun Danuningrat" in shown
        assert "Sebutkan siapa yang menggantikan jadwal jaga." in shown
        assert "belum dikirim kepada siapa pun" not in shown
    for path in ("/", "/berkas"):
        listed = seen(nurse.get(path))
        assert "Dikembalikan untuk diperbaiki" in listed
        assert "Draf" not in listed.partition("Saring")[0]
    house.done("nurse", case, "submit", REQUEST)
    assert "Dikembalikan untuk diperbaiki" not in seen(people("nursing_head").get(f"/berkas/{case}"))
    for path in ("/?tampil=ditunggu", "/berkas"):
        assert "Dikembalikan untuk diperbaiki" not in seen(nurse.get(path))


def test_ones_own_case_is_called_by_its_kind_and_says_whom_it_waits_for(house: House, people: People) -> None:
    case = house.open()
    nurse = people("nurse")
    assert _called(nurse, "/") == "Magang antarinstansi"
    assert _called(nurse, "/berkas") == "Magang antarinstansi"
    house.done("nurse", case, "submit", REQUEST)
    assert _called(nurse, "/?tampil=ditunggu") == "Magang antarinstansi"
    assert "Menunggu Ns. Sriyatun Danuningrat" in seen(nurse.get("/berkas"))
    # To others it is somebody's.
    head = people("nursing_head")
    assert _called(head, "/") == _called(head, "/berkas") == "Ns. Kirana Maheswari, S.Kep."


def _called(browser: Browser, path: str) -> str:
    """What the first line of a list is called."""
    found = re.search(r'app-task__link"[^>]*>([^<]*)</a>', browser.get(path).text)
    assert found
    return found.group(1)


def test_whoever_decides_reads_what_was_warned_of_when_it_was_asked_for(house: House, people: People) -> None:
    case = house.open()
    long = {**REQUEST, "starts_on": "2026-04-06", "ends_on": "2026-07-31"}
    house.done("nurse", case, "submit", long, acknowledge=["internship.period_is_allowed"])
    shown = seen(people("nursing_head").get(f"/berkas/{case}"))
    assert "Peringatan pada langkah sebelumnya" in shown
    assert "sehingga perlu pertimbangan khusus" in shown
    assert "Peringatan pada langkah sebelumnya" not in seen(people("nurse").get(f"/berkas/{case}"))
