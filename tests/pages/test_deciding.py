"""Deciding on pages: the lists of an inbox, the case with its letter in view, many at once, and what somebody too late is told."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator

import httpx
import pytest

from tests.accounts import CHEAP, Browser
from tests.api.house import MONDAY, REQUEST, House, Sample, served
from tests.pages.people import hidden, seen, signed_in


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One office for all: each test is about cases of its own months."""
    path = tmp_path_factory.mktemp("deciding") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def nurse(house: House) -> Browser:
    return signed_in(house, "nurse")


@pytest.fixture(scope="module")
def head(house: House) -> Browser:
    return signed_in(house, "nursing_head")


@pytest.fixture(scope="module")
def director(house: House) -> Browser:
    return signed_in(house, "director")


def asked(house: House, who: str, month: int, until: str = "submit", **changes: str) -> str:
    """A request for the first working week of a month; answers its number."""
    first = next(day for day in range(1, 8) if (MONDAY.replace(month=month, day=day)).weekday() == 0)
    days = {"starts_on": f"2026-{month:02}-{first:02}", "ends_on": f"2026-{month:02}-{first + 4:02}"}
    case = house.open(who)
    for actor, trigger, form in ((who, "submit", {**REQUEST, **days, **changes}), ("nursing_head", "endorse", {})):
        house.done(actor, case, trigger, form)
        if trigger == until:
            break
    return str(house.read(who, f"/api/cases/{case}")["reference"])


def sent(browser: Browser, page: str, action: str, **form: str) -> httpx.Response:
    """Press the button of a page's own form."""
    shown = browser.get(page)
    return browser.send(action, {**hidden(shown), **form}, page=page)


def together(page: httpx.Response, trigger: str, versions: list[str]) -> dict[str, str | list[str]]:
    """The form of a step with several, at the versions that were seen."""
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    return {"_csrf_token": token[1], "langkah": trigger, "key": f"bersama-{trigger}", "dilihat": versions}


def test_what_waits_is_decided_on_the_case_itself_and_leads_to_what_waits_next(house: House, head: Browser) -> None:
    first, second = asked(house, "nurse", 6), asked(house, "second_nurse", 6)
    page = head.get(f"/berkas/{first}")
    assert "1 s.d. 5 Juni 2026" in seen(page)
    assert f'action="/berkas/{first}/endorse"' in page.text
    done = sent(head, f"/berkas/{first}", f"/berkas/{first}/endorse")
    assert done.status_code == 303
    told = head.get(done.headers["location"])
    assert "Sekarang menunggu dr. Galuh Candrakirana" in seen(told)
    assert "Berikutnya: Ns. Bonaventura Seran" in seen(told)
    assert f'href="/berkas/{second}"' in told.text


def test_the_applicant_reads_whom_it_waits_for_now_and_what_usually_follows(house: House, nurse: Browser) -> None:
    case = asked(house, "nurse", 7, until="endorse")
    told = seen(nurse.get(f"/berkas/{case}"))
    assert re.search(
        r"Menunggu dr\. Galuh Candrakirana, Sp\.A\., M\.Kes\. \(kepala perangkat daerah\), paling lambat", told
    )
    assert "Biasanya berikutnya: Dalam verifikasi" in told
    assert "langkah lagi sampai “Selesai”" in told


def test_the_letter_that_a_step_issues_is_read_before_it_is_taken_and_nothing_is_kept(
    house: House, director: Browser
) -> None:
    case = asked(house, "nurse", 8, until="endorse")
    before = house.read("director", f"/api/cases/{case}")
    page = director.get(f"/berkas/{case}")
    assert "Surat usulan terbit dengan langkah ini, ditandatangani Direktur Rumah Sakit Umum Daerah" in seen(page)
    assert "(belum bernomor)" in seen(page)
    assert "dengan hormat kami usulkan pegawai berikut" in seen(page)
    assert page.text.count("<main") == page.text.count("<h1") == 1
    assert house.read("director", f"/api/cases/{case}") == before
    assert before["letters"] == []


def test_the_text_of_a_letter_ahead_is_escaped(house: House, director: Browser) -> None:
    case = asked(house, "nurse", 9, until="endorse", goal="Menguasai <script>alert(1)</script> ventilasi.")
    page = director.get(f"/berkas/{case}").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") > 1


def test_letters_ahead_are_told_to_nobody_who_may_not_take_the_step(house: House) -> None:
    case = asked(house, "nurse", 10, until="endorse")
    path = f"/api/cases/{case}/actions/forward/letters"
    assert [each["title"] for each in house.ask("director", "POST", path, json={}).json()["items"]] == ["Surat usulan"]
    assert house.ask("nurse", "POST", path, json={}).status_code == 403
    assert house.ask("stranger", "POST", path, json={}).status_code == 404


def test_the_lists_of_an_inbox_say_how_much_is_in_each_and_filters_stay_in_the_address(
    house: House, head: Browser, nurse: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = asked(house, "nurse", 11)
    asked(house, "second_nurse", 11)
    counts = house.read("nursing_head", "/api/tasks/counts")
    page = head.get("/")
    assert f"{counts['waiting']} Menunggu Anda" in seen(page)
    assert f"{house.read('nurse', '/api/tasks/counts')['awaited']} Ditunggu dari orang lain" in seen(nurse.get("/"))
    found = seen(head.get(f"/?cari={case}"))
    assert found.count("2 s.d. 6 November 2026") == 1
    assert "Bonaventura" not in found
    assert "Kirana" not in seen(head.get("/?cari=bonaventura+seran")).split("Saring")[1]
    assert "Tidak ada yang sesuai" in seen(head.get("/?proses=mentoring"))
    narrowed = head.get("/?proses=internship&status=supervisor_review")
    assert case in narrowed.text
    assert '<option value="supervisor_review" selected>' in narrowed.text
    monkeypatch.setattr("api.pages.inbox._A_PAGE", 1)
    page = head.get("/?proses=internship&status=supervisor_review")
    following = re.search(r'href="(/\?[^"]+sesudah=[^"]+)" rel="next"', page.text)
    assert following
    assert "status=supervisor_review" in following[1]
    assert shown_cases(head.get(html.unescape(following[1]))) != shown_cases(page)


def shown_cases(page: httpx.Response) -> list[str]:
    """The cases that a list links to."""
    return re.findall(r'href="/berkas/([^"/]+)" aria', page.text)


def test_what_others_owe_is_told_with_who_since_when_and_until_when(house: House, nurse: Browser) -> None:
    case = asked(house, "nurse", 12)
    told = seen(nurse.get("/?tampil=ditunggu"))
    assert f"{case} Menunggu Ns. Sriyatun Danuningrat, S.Kep., M.Kep. (atasan langsung) sejak 2 Maret 2026" in told
    listed = house.read("nurse", f"/api/awaited?search={case}")["items"]
    assert [line["reference"] for line in listed] == [case]
    assert house.read("second_nurse", f"/api/awaited?search={case}")["items"] == []
    assert house.read("stranger", "/api/awaited")["items"] == []
    # Whoever leads somebody waits with them, until it is their own turn.
    assert case not in [line["reference"] for line in house.read("nursing_head", "/api/awaited")["items"]]
    house.done("nursing_head", case, "endorse", {})
    assert case in [line["reference"] for line in house.read("nursing_head", "/api/awaited")["items"]]


def test_an_unknown_step_is_not_there_and_a_known_one_is_gone_with_who_took_it(house: House, head: Browser) -> None:
    case = asked(house, "second_nurse", 7, until="endorse")
    assert head.get(f"/berkas/{case}/terbang").status_code == 404
    gone = head.get(f"/berkas/{case}/endorse")
    assert gone.status_code == 409
    assert "“Setujui” oleh Ns. Sriyatun Danuningrat" in seen(gone)


def test_several_are_taken_together_once_and_each_says_where_it_is_now(house: House, head: Browser) -> None:
    cases = [asked(house, "second_nurse", month) for month in (8, 9)]
    chosen = "&".join(f"berkas={case}" for case in cases)
    page = head.get(f"/pilihan?{chosen}")
    assert "Setujui: 2 berkas" in seen(page)
    assert seen(page).count("Dapat") >= 2
    data = together(page, "endorse", re.findall(r'name="dilihat" value="([^"]+)"', page.text))
    done = head.client.post("/pilihan", data=data)
    assert done.status_code == 303, seen(done)
    told = seen(head.get(done.headers["location"]))
    assert "“Setujui” sudah dicatat bagi 2 berkas." in told
    assert told.count("Menunggu dr. Galuh Candrakirana") == 2
    again = head.client.post("/pilihan", data=data)
    assert again.status_code == 303
    assert "Tidak ada yang dilakukan lagi" in seen(head.get(again.headers["location"]))


def test_what_stands_in_the_way_of_one_is_told_and_then_none_is_taken(
    house: House, head: Browser, director: Browser
) -> None:
    cases = [asked(house, who, 5) for who in ("nurse", "second_nurse")]
    assert head.get(f"/pilihan?berkas={cases[0]}&berkas=AAAA-AAAA").status_code == 404
    assert director.get(f"/pilihan?berkas={cases[0]}").status_code == 404
    page = head.get(f"/pilihan?langkah=reject&berkas={cases[0]}&berkas={cases[1]}")
    data = together(page, "reject", [f"{cases[0]}:2", f"{cases[1]}:1"])
    refused = head.client.post("/pilihan", data={**data, "reason": "Belum perlu."})
    assert refused.status_code == 409, seen(refused)
    assert "Tidak ada satu pun yang dicatat" in seen(refused)
    assert {house.read("nurse", f"/api/cases/{cases[0]}")["state"]} == {"supervisor_review"}


def test_the_list_of_cases_is_narrowed_by_state_unit_name_and_number(house: House, nurse: Browser) -> None:
    case = asked(house, "nurse", 4)
    assert case in nurse.get("/berkas?status=berjalan").text
    assert case not in nurse.get("/berkas?status=selesai").text
    assert case in nurse.get("/berkas?proses=internship&status=supervisor_review").text
    assert case not in nurse.get("/berkas?unit=BKPSDM").text
    by_name = house.read("nursing_head", "/api/cases?search=kirana%20mahes")["items"]
    assert {line["subject"] for line in by_name} == {"Ns. Kirana Maheswari, S.Kep."}
    assert house.get("nurse", "/api/cases?state=terbang").status_code == 400
