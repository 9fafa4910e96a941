"""A hospital answers in a real browser, on a telephone: from the link in the mail to the guide's assessment and its receipt."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from api.clock import DemoClock
from tests.accounts import CHEAP
from tests.api.house import PDF, SECRET, House, Sample, served
from tests.api.test_served import server, wait_until_alive
from tests.api.together import COMMON, party
from tests.pages.office import OfficeAtWork, tab
from tests.pages.test_layout import AXE, RULES
from workflow.accounts.safe import Safe
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.links import links
from workflow.links.opening import Opened
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import people

SHOTS = os.environ.get("SHOTS")
#: The last day of the internship that is under way.
FRIDAY = datetime(2026, 4, 10, 3, tzinfo=UTC)
#: Bytes over the wire of a page whose styles the browser has already.
LIGHT = 20_000


@dataclass
class Asked:
    """A served office, what it asks of the hospital, and who answers there."""

    office: OfficeAtWork
    house: House
    waiting: str
    under_way: str
    cohort: str
    far_away: str

    def link(self, person_id: str, case: str | None = None, cohort: str | None = None) -> str:
        """The address that the mail brings to somebody."""
        with closing(Database.open(self.office.address)) as database:
            safe = Safe.of(self.office.address)

            def issued(conn):  # type: ignore[no-untyped-def]
                engine = Engine(Registry.discover(), Office.load(conn))
                return links.issue(conn, engine, safe, Opened(person_id, case, cohort), FRIDAY)

            return f"/mitra/{links.token_of(safe, database.write(issued).id)}"

    def known_as(self, email: str) -> str:
        """The id of whoever has an address."""
        with closing(Database.open(self.office.address)) as database:
            return str(
                database.read(lambda c: c.execute(select(people.c.id).where(people.c.email == email)).scalar_one())
            )


@pytest.fixture(scope="module")
def asked(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("hospital")
    shutil.copy(sample.path, folder / "jenjang.db")
    address = f"sqlite:///{folder / 'jenjang.db'}"
    with served(sample, address, passwords=CHEAP) as house:
        prepared = _prepared(house)
    settings = {"JENJANG_DEMO_CLOCK": FRIDAY.isoformat(), "JENJANG_DEMO_SECRET": SECRET}
    with server(address, **settings) as (base, process):
        wait_until_alive(base, process)
        with httpx.Client(base_url=base, timeout=30) as client:
            office = OfficeAtWork(base, address, sample, time.monotonic(), "", [], "", prepared[0])
            yield Asked(office, House(client, sample, address, DemoClock(FRIDAY, SECRET)), *prepared)


def _prepared(house: House) -> tuple[str, str, str, str]:
    """A case that waits for the hospital's answer, one whose days wait to be confirmed, a cohort and another case that wait."""
    under_way = house.road("start")
    house.clock.set(FRIDAY)
    for day in range(6, 11):
        form = {"worked_on": f"2026-04-{day:02}", "hours": 7.5, "activity": "Dinas pagi", "learning": "Asuhan"}
        house.done("nurse", under_way, "log_day", form)
    waiting = _waiting(house, "second_nurse", "2026-05-18", "2026-05-22")
    far_away = _waiting(house, "nurse", "2026-08-03", "2026-08-07")
    together = party(house, 4)
    members = [{"person": nip, "form": {"section": "Instalasi Rawat Intensif"}} for nip in together.nips]
    period = {"starts_on": "2026-07-06", "ends_on": "2026-07-10"}
    made = together.open(
        {"process": "internship", "title": "Intensif", "form": {**COMMON, **period}, "members": members}
    )
    assert made.status_code == 201, made.text
    together.id = made.json()["id"]
    together.cases = tuple(line["case_id"] for line in made.json()["moved"])
    together.until("request_host")
    return waiting, under_way, together.id, far_away


def _waiting(house: House, who: str, starts_on: str, ends_on: str) -> str:
    """A case that waits for the hospital's answer."""
    case = house.open(who)
    for actor, trigger, form in house.steps(starts_on=starts_on, ends_on=ends_on):
        house.done(who if actor == "nurse" else actor, case, trigger, form)
        if trigger == "request_host":
            break
    return case


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def looked_at(page: Page, name: str) -> None:
    """Asks axe in both schemes, and whether anything runs off a small telephone."""
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        rules = RULES if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", rules)
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        if SHOTS:
            for width in (1200, 390):
                page.set_viewport_size({"width": width, "height": 844})
                page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 844})
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-320.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 390, "height": 844})


def test_every_page_of_a_link_is_accessible_in_light_and_dark_and_fits_a_small_telephone(
    browser: Browser, asked: Asked
) -> None:
    contact = asked.office.sample.ids["contact"]
    top, of_cohort = asked.link(contact, asked.waiting), asked.link(contact, cohort=asked.cohort)
    with tab(browser, asked.office, width=390) as page:
        for name, path in {
            "mitra": top,
            "mitra-bersedia": f"{top}/langkah/confirm",
            "mitra-usul": f"{top}/langkah/propose_changes",
            "mitra-hari": f"{asked.link(contact, asked.under_way)}/langkah/confirm_days",
            "mitra-rombongan": of_cohort,
            "mitra-teruskan": f"{top}/teruskan",
            "mitra-kode": "/mitra",
            "mitra-tidak-dikenal": "/mitra/tidak-ada",
        }.items():
            page.goto(path)
            looked_at(page, name)


def test_a_hospital_confirms_from_its_mail_without_scripts_and_keeps_a_receipt(browser: Browser, asked: Asked) -> None:
    top = asked.link(asked.office.sample.ids["contact"], asked.waiting)
    with tab(browser, asked.office, width=390, scripts=False) as page:
        weighed: list[int] = []
        page.on("response", lambda got: weighed.append(len(got.body())) if "/mitra/" in got.url and got.ok else None)
        page.goto(top)
        assert "Bonaventura Seran" in heading(page)
        assert page.get_by_text("memohon kesediaan").is_visible()
        page.get_by_role("link", name="Nyatakan bersedia", exact=True).click()
        page.get_by_label("Pembimbing lapangan", exact=True).fill("Ns. Ratri Puspita, S.Kep.")
        page.get_by_role("button", name="Nyatakan bersedia").click()
        assert page.title().startswith("Kesalahan: ")
        assert page.get_by_label("Pembimbing lapangan", exact=True).input_value() == "Ns. Ratri Puspita, S.Kep."
        page.get_by_label("Jabatan pembimbing lapangan").fill("Kepala Ruang")
        page.get_by_role("button", name="Nyatakan bersedia").click()
        assert heading(page) == "Sudah tercatat"
        receipt = page.get_by_role("link", name="Unduh tanda terima").or_(
            page.get_by_role("button", name="Unduh tanda terima (PDF)")
        )
        assert page.request.get(str(receipt.get_attribute("href"))).body().startswith(b"%PDF-")
        page.get_by_role("link", name="Kembali ke berkas").click()
        assert page.get_by_text("Diterima instansi penerima").first.is_visible()
        page.goto(f"{top}/langkah/decline")
        assert heading(page) == "Tindakan ini tidak tersedia lagi"
        assert page.get_by_text("dr. Respati Danurwendo").first.is_visible()
        assert weighed
        assert max(weighed) <= LIGHT


#: A telephone far from any town: bytes a second, and milliseconds to and fro.
SLOW = {"offline": False, "downloadThroughput": 250_000 // 8, "uploadThroughput": 50_000 // 8, "latency": 800}
#: Bytes over the wire at most of the first page that somebody opens, with all that it is drawn with.
FIRST = 80_000


@dataclass
class Wire:
    """What comes over the wire to a tab, in bytes with their headers, whoever asked for it."""

    page: Page
    came: int = 0

    def __post_init__(self) -> None:
        wire = self.page.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SLOW)
        wire.on("Network.loadingFinished", lambda done: self.add(int(done["encodedDataLength"])))

    def add(self, length: int) -> None:
        self.came += length

    def of(self, path: str) -> int:
        """The bytes of opening a page, and what else it asks for."""
        self.came = 0
        self.page.goto(path, wait_until="networkidle")
        return self.came


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_the_page_of_a_link_is_light_on_2g_all_the_more_where_its_styles_are_kept(
    browser: Browser, asked: Asked, scripts: bool
) -> None:
    top = asked.link(asked.office.sample.ids["contact"], asked.far_away)
    with tab(browser, asked.office, width=390, scripts=scripts) as page:
        wire = Wire(page)
        assert wire.of(top) <= FIRST
        assert 0 < wire.of(top) <= LIGHT


def test_over_2g_an_answer_arrives_once_however_often_the_button_is_pressed(browser: Browser, asked: Asked) -> None:
    with tab(browser, asked.office, width=390) as page:
        page.set_default_timeout(60_000)
        Wire(page)
        page.goto(asked.link(asked.office.sample.ids["contact"], asked.far_away))
        page.get_by_role("link", name="Nyatakan bersedia", exact=True).click()
        page.get_by_label("Pembimbing lapangan", exact=True).fill("Ns. Ratri Puspita, S.Kep.")
        page.get_by_label("Jabatan pembimbing lapangan").fill("Kepala Ruang")
        page.get_by_role("button", name="Nyatakan bersedia").dblclick()
        expect(page.locator("h1")).to_have_text("Sudah tercatat", timeout=60_000)
    assert asked.house.read("contact", f"/api/cases/{asked.far_away}")["state"] == "accepted"


def assess(page: Page, paper: Path) -> None:
    """Fills in the assessment, with the hospital's own certificate."""
    page.locator("[id='scores[0].aspect']").fill("Kedisiplinan")
    page.locator("[id='scores[0].score']").fill("90")
    page.get_by_label("Nomor surat keterangan").fill("445/17/RSUP-TELAGA/2026")
    for part, typed in (("day", "10"), ("month", "April"), ("year", "2026")):
        page.locator(f"#certificate_on-{part}").fill(typed)
    paper.write_bytes(PDF)
    page.locator("#certificate_file").set_input_files(paper)


def test_a_guide_named_by_the_hospital_confirms_the_days_and_assesses(
    browser: Browser, asked: Asked, tmp_path: Path
) -> None:
    contact, case = asked.office.sample.ids["contact"], asked.under_way
    with tab(browser, asked.office, width=390) as page:
        page.goto(asked.link(contact, case))
        page.get_by_text("Hal lain yang dapat Anda lakukan").click()
        page.get_by_role("link", name="Tunjuk pembimbing lapangan").click()
        page.get_by_label("Pembimbing lapangan", exact=True).fill("Ns. Ratri Puspita, S.Kep.")
        page.get_by_label("Jabatan pembimbing lapangan").fill("Kepala Ruang")
        page.get_by_label("Alamat surel").fill("ratri@rsup-telaga.example")
        page.get_by_role("button", name="Tunjuk pembimbing lapangan").click()
        expect(page.locator("h1")).to_have_text("Sudah tercatat")
        looked_at(page, "mitra-tanda-terima")
    with tab(browser, asked.office, width=390) as page:
        top = asked.link(asked.known_as("ratri@rsup-telaga.example"), case)
        page.goto(top)
        page.get_by_role("link", name="Konfirmasi catatan harian", exact=True).click()
        page.get_by_label("10 April 2026").uncheck()
        page.get_by_role("button", name="Konfirmasi pekan ini").click()
        expect(page.locator("h1")).to_have_text("Sudah tercatat")
        page.get_by_role("link", name="Kembali ke berkas").click()
        page.get_by_role("link", name="Konfirmasi catatan harian", exact=True).click()
        assert page.get_by_role("checkbox").count() == 1
        page.get_by_role("button", name="Konfirmasi pekan ini").click()
        expect(page.locator("h1")).to_have_text("Sudah tercatat")
        asked.house.done("contact", case, "finish")
        asked.house.done("nurse", case, "report", {"summary": "Laporan akhir magang di instalasi rawat intensif."})
        page.goto(top)
        assert page.get_by_text("memohon penilaian Anda").is_visible()
        page.get_by_role("link", name="Nilai peserta", exact=True).click()
        assess(page, tmp_path / "keterangan.pdf")
        page.get_by_role("button", name="Nilai peserta").click()
        expect(page.locator("h1")).to_have_text("Sudah tercatat")
        page.get_by_role("link", name="Kembali ke berkas").click()
        assert page.get_by_text(re.compile("tidak ada yang perlu Anda jawab")).is_visible()
        looked_at(page, "mitra-selesai")
    assert asked.house.read("verifier", f"/api/cases/{case}")["state"] == "final_verification"
