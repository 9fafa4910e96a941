"""Those who look after others' cases, in a real browser: a unit's personnel officer and an auditor, with scripts and without."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Connection, select

from tests.api.house import MONDAY, PDF, SECRET, House, Sample
from tests.api.test_served import START_SECONDS, server, wait_until_alive
from tests.pages.office import OfficeAtWork, tab
from tests.pages.programme import looked_after
from tests.pages.test_browser_stories import heading, looked_at
from tests.pages.test_request_story import asked_the_rest, asked_when, asked_where
from tests.pages.test_request_story import day as typed_day
from workflow.auditing.assignments import give_assignment
from workflow.database import Database
from workflow.effects import RENDER
from workflow.tables import effects, link_shares, people, views

#: A week later: what waited for a superior for two working days is late by now.
LATER = datetime(2026, 3, 9, 2, tzinfo=UTC)
#: Whose assignment to examine has ended by then.
FORMER_AUDITOR = "Christina Maharani"
#: For whom the officer writes requests.
COLLEAGUES = ("Puspita Anjani", "Rahmadi Suryanata")
WAYS = [pytest.param(True, 390, id="telephone"), pytest.param(False, 1200, id="no-scripts")]


@dataclass
class Programme:
    """The office, by the way in which it is looked at: a request that is late, and one that waits for the host's answer."""

    office: OfficeAtWork
    late: dict[bool, str]
    asked: dict[bool, str]

    def looks(self) -> list[tuple[str, str | None]]:
        """What is on record of auditors, oldest first: what they looked at, and under which letter."""
        query = select(views.c.what, views.c.case_id).order_by(views.c.id)
        with closing(Database.open(self.office.address)) as database:
            return [(row.what, row.case_id) for row in database.read(lambda conn: conn.execute(query).all())]


@pytest.fixture(scope="module")
def programme(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programme]:
    folder = tmp_path_factory.mktemp("programme")
    address = f"sqlite:///{folder / 'jenjang.db'}"
    with looked_after(sample, folder) as house:
        with closing(house.with_database()) as database:
            former = database.write(_with_former_auditor)
            colleagues = database.read(
                lambda conn: {
                    row.name: row.id for row in conn.execute(select(people).where(people.c.name.in_(COLLEAGUES)))
                }
            )
        asked = {
            scripts: _walked(house, who, 6, "request_host")
            for scripts, who in ((True, "nurse"), (False, "second_nurse"))
        }
        late = {
            scripts: _walked(house, who, 9, "submit") for scripts, who in ((True, "nurse"), (False, "second_nurse"))
        }
        cast = house.sample
    cast = Sample(cast.path, cast.keys, {**cast.ids, **colleagues, "former_auditor": former}, cast.budget_line)
    with server(address, JENJANG_DEMO_CLOCK=LATER.isoformat(), JENJANG_DEMO_SECRET=SECRET) as (base, process):
        wait_until_alive(base, process)
        _wait_until_letters_are_made(address)
        office = OfficeAtWork(base, address, cast, time.monotonic(), "", [], "", "", LATER)
        yield Programme(office, late, asked)


def _wait_until_letters_are_made(address: str) -> None:
    """A case moves once more when its letter leaves: from here on, only those in the story move it."""
    owed = select(effects.c.id).where(effects.c.kind == RENDER, effects.c.done_at.is_(None))
    deadline = time.monotonic() + START_SECONDS
    with closing(Database.open(address)) as database:
        while database.read(lambda conn: conn.execute(owed).first()) is not None:
            assert time.monotonic() < deadline, "no letter was made"
            time.sleep(0.1)


def _walked(house: House, who: str, month: int, until: str) -> str:
    """A request for the first working week of a month, up to and including a step; answers its number."""
    first = next(number for number in range(1, 8) if date(2026, month, number).weekday() == 0)
    days = {"starts_on": f"2026-{month:02}-{first:02}", "ends_on": f"2026-{month:02}-{first + 4:02}"}
    case = house.open(who)
    for actor, trigger, form in house.steps(**days):
        house.done(who if actor == "nurse" else actor, case, trigger, form)
        if trigger == until:
            break
    return str(house.read(who, f"/api/cases/{case}")["reference"])


def _with_former_auditor(conn: Connection) -> str:
    auditor = str(conn.execute(select(people.c.id).where(people.c.name == FORMER_AUDITOR)).scalar_one())
    day = MONDAY.date()
    give_assignment(conn, auditor, "700/9/ITDA/2026", day, "Audit magang", day, date(2026, 3, 6), None, MONDAY)
    return auditor


# --- The personnel officer of a unit ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("scripts", "width"), WAYS)
def test_an_officer_writes_a_request_for_a_colleague(
    browser: Browser, programme: Programme, scripts: bool, width: int
) -> None:
    colleague, month = (COLLEAGUES[0], "10") if scripts else (COLLEAGUES[1], "11")
    with tab(browser, programme.office, "officer", width=width, scripts=scripts) as page:
        page.goto("/kepegawaian")
        page.get_by_role("link", name="Siapkan permohonan").or_(
            page.get_by_role("button", name="Siapkan permohonan")
        ).click()
        page.locator("main").get_by_role("link", name="Magang antarinstansi", exact=True).click()
        page.get_by_label("Pegawai lain").check()
        page.get_by_label("Nama atau NIP").fill(colleague)
        if scripts:
            page.get_by_role("option", name=re.compile(colleague)).click()
        else:
            page.get_by_role("button", name="Cari").click()
        expect(page.get_by_role("radio", name=re.compile(colleague))).to_be_checked()
        page.get_by_role("button", name="Mulai mengisi").click()
        expect(page.get_by_text(colleague).first).to_be_visible()
        asked_where(page, scripts=scripts)
        typed_day(page, "starts_on", ("7", month, "2026"))
        asked_when(page, month)
        asked_the_rest(page, "Draf ini sudah lengkap")
        assert page.get_by_role("button", name="Ajukan").count() == 0
        if scripts:
            looked_at(page, "isian-rekan")
    # It is the colleague who sends it: the draft is theirs to look through.
    with tab(browser, programme.office, colleague, width=width, scripts=scripts) as page:
        page.goto("/permohonan")
        page.get_by_role("link", name=re.compile("Lanjutkan: Magang antarinstansi")).click()
        if heading(page) != "Periksa jawaban Anda":
            page.get_by_role("link", name="Periksa dan kirim").click()
        page.get_by_role("button", name="Ajukan").click()
        expect(page.get_by_text("Sudah dicatat")).to_be_visible()
        assert colleague in heading(page)


@pytest.mark.parametrize(("scripts", "width"), WAYS)
def test_an_officer_records_the_answer_that_a_hospital_gave_on_paper(
    browser: Browser, programme: Programme, tmp_path: Path, scripts: bool, width: int
) -> None:
    case = programme.asked[scripts]
    with tab(browser, programme.office, "officer", width=width, scripts=scripts) as page:
        page.goto("/kepegawaian?tampil=surat")
        page.get_by_role("link", name=re.compile(f"Catat jawaban yang datang tertulis.*{case}")).click()
        page.get_by_role("link", name="Nyatakan bersedia", exact=True).click()
        page.get_by_label("Pembimbing lapangan", exact=True).fill("Ns. Ratri Puspita, S.Kep.")
        page.get_by_label("Jabatan pembimbing lapangan").fill("Kepala Ruang")
        button = page.get_by_role("button", name="Nyatakan bersedia")
        button.click()
        # What the paper says is asked for as much as what the hospital answers.
        expect(
            page.locator(".govuk-error-summary").get_by_role("link", name=re.compile("Nama penandatangan"))
        ).to_be_visible()
        if scripts:
            looked_at(page, "catat-jawaban")
            page.set_viewport_size({"width": width, "height": 844})
        _paper(page, tmp_path)
        button.click()
        expect(page.get_by_text("Sudah dicatat: Diterima instansi penerima.")).to_be_visible()
        page.get_by_role("link", name="Riwayat lengkap").click()
        expect(page.get_by_text("Dicatat oleh").first).to_be_visible()
        expect(page.get_by_text("ditandatangani dr. Wulan Iskandar").first).to_be_visible()
        scan = page.get_by_role("link", name="Lihat pindaian suratnya").get_attribute("href")
        assert page.request.get(str(scan)).body() == PDF


def _paper(page: Page, folder: Path) -> None:
    """Fills in what a letter says, with its scan."""
    page.get_by_label("WhatsApp").check()
    page.get_by_label(re.compile("^Nomor surat .opsional.")).fill("445/120/RSUP-TELAGA/2026")
    for name in ("dated_on", "received_on"):
        for part, text in (("day", "6"), ("month", "3"), ("year", "2026")):
            page.locator(f"[id='recorded.{name}-{part}']").fill(text)
    page.get_by_label("Nama penandatangan").fill("dr. Wulan Iskandar, Sp.PD.")
    page.get_by_label("Jabatan penandatangan").fill("Wakil Direktur")
    scan = folder / "balasan.pdf"
    scan.write_bytes(PDF)
    page.locator("[id='recorded.scan']").set_input_files(scan)


@pytest.mark.parametrize(("scripts", "width"), WAYS)
def test_an_officer_sees_whose_superior_is_late_reminds_them_and_takes_the_text_for_whatsapp(
    browser: Browser, programme: Programme, scripts: bool, width: int
) -> None:
    case, office = programme.late[scripts], programme.office
    with tab(browser, office, "officer", width=width, scripts=scripts) as page:
        page.goto("/kepegawaian")
        page.get_by_role("navigation", name="Saringan").get_by_role("link", name=re.compile("Lewat tenggat")).click()
        card = page.get_by_role("listitem").filter(has=page.get_by_role("heading")).filter(has_text=case)
        expect(card.get_by_text("Menunggu Ns. Sriyatun Danuningrat")).to_be_visible()
        expect(card.get_by_text("Lewat tenggat")).to_be_visible()
        card.get_by_role("button", name=re.compile("^Ingatkan")).click()
        expect(page.get_by_text("Pengingat dikirim.")).to_be_visible()
        expect(card.get_by_text(re.compile(r"Sriyatun.* diingatkan oleh .*\(.*\), 9 Maret 2026"))).to_be_visible()
        if scripts:
            looked_at(page, "kepegawaian")
            page.set_viewport_size({"width": width, "height": 844})
        card.get_by_role("button", name=re.compile("^Kirim lewat WhatsApp")).click()
        text = page.locator("textarea").input_value()
        link = page.get_by_role("link", name="Buka di WhatsApp")
        assert unquote(str(link.get_attribute("href"))) == f"https://wa.me/?text={text}"
        assert case in text
        assert office.nip("nurse" if scripts else "second_nurse") not in text
        if scripts:
            looked_at(page, "teks-pengingat")
        page.goto("/kepegawaian?tampil=terlambat")
        expect(card.get_by_text(re.compile(r"\(WhatsApp\), 9 Maret 2026"))).to_be_visible()
    with closing(Database.open(office.address)) as database:
        kept = database.read(lambda conn: conn.execute(select(link_shares).order_by(link_shares.c.at)).all())
    mine = [row for row in kept if row.by == office.sample.ids["officer"]][-2:]
    assert [row.channel for row in mine] == ["mail", "whatsapp"]
    assert {row.person_id for row in mine} == {office.sample.ids["nursing_head"]}


# --- An auditor of the Inspektorat ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scripts", "width"), WAYS)
def test_an_auditor_draws_a_sample_opens_a_case_in_order_of_time_and_its_people_see_who_looked(
    browser: Browser, programme: Programme, scripts: bool, width: int
) -> None:
    before = len(programme.looks())
    with tab(browser, programme.office, "auditor", width=width, scripts=scripts) as page:
        page.goto("/pemeriksaan")
        expect(page.get_by_text("Surat tugas Nomor 700/12/ITDA/2026")).to_be_visible()
        page.get_by_label("Benih undian").fill("9 Maret 2026")
        page.get_by_label("Banyaknya berkas").fill("3")
        page.get_by_role("button", name="Ambil sampel").click()
        drawn = page.locator("ol.app-cards").get_by_role("heading").all_inner_texts()
        assert [line[0] for line in drawn] == ["1", "2", "3"]
        if scripts:
            looked_at(page, "sampel")
            page.set_viewport_size({"width": width, "height": 844})
        page.reload()  # whoever draws again with the same seed has the same sample
        assert page.locator("ol.app-cards").get_by_role("heading").all_inner_texts() == drawn
        page.locator("ol.app-cards").get_by_role("link").first.click()
        case = page.url.rpartition("/")[2]
        told = page.locator(".app-file__item h2").all_inner_texts()
        assert [line.partition(".")[0] for line in told] == [str(number + 1) for number in range(len(told))]
        assert told[0] == "1. Berkas dibuka"
        if scripts:
            looked_at(page, "berkas-urut-waktu")
    kept = programme.looks()[before:]
    assert [what for what, _ in kept] == ["draw_sample", "draw_sample", "case_file"]
    with tab(browser, programme.office, "officer", width=width, scripts=scripts) as page:
        page.goto(f"/pemeriksaan/berkas/{case}/akses")
        expect(page.get_by_text("Harimurti Adiwangsa").first).to_be_visible()
        expect(page.get_by_text("surat tugas 700/12/ITDA/2026").first).to_be_visible()


@pytest.mark.parametrize(("scripts", "width"), WAYS)
def test_an_auditor_is_told_what_to_ask_about_and_that_the_look_is_on_record(
    browser: Browser, programme: Programme, scripts: bool, width: int
) -> None:
    before = len(programme.looks())
    with tab(browser, programme.office, "auditor", width=width, scripts=scripts) as page:
        page.goto("/pemeriksaan")
        page.get_by_role("link", name="Hal-hal yang perlu ditanyakan").click()
        assert heading(page) == "Hal yang perlu ditanyakan"
        page.get_by_role("button", name="Tampilkan").click()
        assert page.locator(".govuk-error-summary").count() == 0
        if scripts:
            looked_at(page, "pertanyaan")
        page.goto("/pemeriksaan/catatan")
        expect(page.get_by_text("daftar hal yang perlu ditanyakan").first).to_be_visible()
    assert [what for what, _ in programme.looks()[before:]] == ["may_ask", "may_ask"]


def test_outside_the_days_of_an_assignment_a_case_is_not_there_and_nothing_is_looked_at(
    browser: Browser, programme: Programme
) -> None:
    before = programme.looks()
    with tab(browser, programme.office, "former_auditor", width=390) as page:
        for case in (programme.late[True], "AAAA-AAAA"):
            for path in (f"/pemeriksaan/berkas/{case}", f"/berkas/{case}", f"/pemeriksaan/berkas/{case}/arsip"):
                answer = page.goto(path)
                assert answer is not None
                assert answer.status == 404, path
        assert page.get_by_text("Ns. Kirana").count() == 0
    assert programme.looks() == before
