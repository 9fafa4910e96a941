"""A mentor on a telephone whose line breaks off, and a mentee who answers; every page of theirs in light and dark."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import Connection

from tests.api.house import SECRET, Sample
from tests.api.test_served import server, wait_until_alive
from tests.pages.mentors import NOON, a_pair, logged
from tests.pages.office import OfficeAtWork, tab
from tests.pages.test_browser_stories import looked_at
from workflow.database import Database
from workflow.tables import entries


@dataclass
class PairAtWork(OfficeAtWork):
    """The same office some weeks later, with a pair in it; ``case`` is its number."""

    def now(self) -> datetime:
        return NOON + timedelta(seconds=time.monotonic() - self.began)

    def topics(self) -> list[str]:
        """What every meeting on record was about."""
        with closing(Database.open(self.address)) as database:
            return [row.data.split('"topic":"')[1].split('"')[0] for row in database.read(_meetings)]


def _meetings(conn: Connection) -> Sequence[Any]:
    return conn.execute(entries.select().where(entries.c.kind == "session").order_by(entries.c.number)).all()


@pytest.fixture(scope="module")
def office(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PairAtWork]:
    folder = tmp_path_factory.mktemp("pair")
    with a_pair(sample, folder) as (house, case):
        logged(house, case)
        house.done("nurse", case, "confirm_session", {"numbers": [1]})
    address, began = f"sqlite:///{folder / 'jenjang.db'}", time.monotonic()
    settings = {"JENJANG_DEMO_CLOCK": NOON.isoformat(), "JENJANG_DEMO_SECRET": SECRET}
    with server(address, **settings) as (base, process):
        wait_until_alive(base, process)
        yield PairAtWork(base, address, sample, began, "", [], "", case)


def fill_in(page: Page, topic: str, begin: str = "09:00", day: str = "25") -> None:
    page.locator("#met_on-day").fill(day)
    page.locator("#met_from").fill(begin)
    page.locator("#minutes").fill("60")
    page.get_by_label("Topik").fill(topic)
    page.get_by_label("Hasil").fill("Mentee dapat menjelaskannya kembali.")


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(localStorage)")
    return found


def test_a_meeting_that_was_logged_without_a_line_is_sent_once_when_it_is_back(
    browser: Browser, office: PairAtWork
) -> None:
    topic = "Menghitung “tetes” infus Jum’at"
    with tab(browser, office, "second_nurse", width=390) as page:
        page.goto("/mentoring")
        page.get_by_role("button", name="Catat pertemuan").click()
        fill_in(page, topic)
        page.context.set_offline(True)
        page.get_by_role("button", name="Catat pertemuan").click()
        expect(page.get_by_text("Tersimpan di peramban ini, belum terkirim.")).to_be_visible()
        assert len(kept(page)) == 1
        assert office.topics().count(topic) == 0
        page.context.set_offline(False)
        expect(page.get_by_text("Pertemuan sudah dicatat")).to_be_visible()
        assert kept(page) == []
    assert office.topics().count(topic) == 1


def test_an_answer_that_is_lost_on_its_way_makes_no_second_meeting(browser: Browser, office: PairAtWork) -> None:
    topic = "Jawaban yang hilang"

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    with tab(browser, office, "second_nurse", width=390) as page:
        page.goto(f"/mentoring/{office.case}/sesi")
        fill_in(page, topic, "10:15")
        page.route("**/sesi", lose)
        page.get_by_role("button", name="Catat pertemuan").click()
        expect(page.get_by_text("belum terkirim")).to_be_visible()
        assert office.topics().count(topic) == 1
        page.unroute("**/sesi")
        page.get_by_role("button", name="Kirim sekarang").click()
        expect(page.get_by_text("Pertemuan sudah dicatat")).to_be_visible()
    assert office.topics().count(topic) == 1


def test_what_is_typed_outlasts_the_page_and_the_session_and_goes_with_signing_out(
    browser: Browser, office: PairAtWork
) -> None:
    topic = "Sesi berakhir di tengah jalan"
    with tab(browser, office, "second_nurse", width=390) as page:
        page.goto(f"/mentoring/{office.case}/sesi")
        fill_in(page, topic, "11:30")
        page.evaluate("localStorage.setItem('jenjang:sesi:orang-lain:AAAA-AAAA', '{}')")
        page.goto("/mentoring")
        expect(page.get_by_text("belum terkirim")).to_be_visible()
        assert len(kept(page)) == 1, "what another left here is gone"
        page.get_by_role("link", name=office.case, exact=True).click()
        expect(page.get_by_label("Topik")).to_have_value(topic)
        office.end_sessions("second_nurse")
        page.get_by_role("button", name="Catat pertemuan").click()
        expect(page.get_by_text("Sesi Anda sudah berakhir.")).to_be_visible()
        assert (
            page.get_by_role("link", name="Masuk lagi").get_attribute("href")
            == f"/masuk?ke=/mentoring/{office.case}/sesi"
        )
        page.context.add_cookies([{"name": "jenjang", "value": office.signed_in("second_nurse"), "url": office.base}])
        page.goto(f"/mentoring/{office.case}/sesi")
        expect(page.get_by_text("Pertemuan sudah dicatat")).to_be_visible()
        assert office.topics().count(topic) == 1
        page.goto(f"/mentoring/{office.case}/sesi")
        fill_in(page, "Tidak jadi")
        assert len(kept(page)) == 1
        # Whoever comes after them on the same machine finds nothing.
        page.get_by_role("button", name="Keluar").click()
        expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
        assert kept(page) == []


def test_what_a_rule_has_against_it_is_shown_in_place_and_can_be_mended(browser: Browser, office: PairAtWork) -> None:
    topic = "Pukul yang keliru"
    with tab(browser, office, "second_nurse", width=390) as page:
        page.goto(f"/mentoring/{office.case}/sesi")
        fill_in(page, topic, "", "24")
        page.get_by_role("button", name="Catat pertemuan").click()
        expect(page.locator(".govuk-error-summary")).to_be_focused()
        looked_at(page, "sesi-keliru")
        page.locator("#met_from").fill("14:00")
        page.get_by_role("button", name="Catat pertemuan").click()
        expect(page.get_by_text("Pertemuan sudah dicatat")).to_be_visible()
    assert office.topics().count(topic) == 1


def test_without_scripts_a_mentor_logs_and_the_mentee_answers_in_two_taps(browser: Browser, office: PairAtWork) -> None:
    with tab(browser, office, "second_nurse", width=390, scripts=False) as page:
        page.goto(f"/mentoring/{office.case}/sesi")
        fill_in(page, "Tanpa skrip", "07:00", "23")
        page.get_by_role("button", name="Catat pertemuan").click()
        assert page.get_by_text("Pertemuan sudah dicatat").is_visible()
    with tab(browser, office, "nurse", width=320, scripts=False) as page:
        page.goto("/mentoring")
        page.get_by_role("button", name="Jawab").click()
        page.get_by_role("button", name="Konfirmasi yang dipilih").click()
        assert page.get_by_text("sudah dikonfirmasi").is_visible()
        assert page.get_by_text("Menunggu jawaban Anda").count() == 0


PAGES = {
    "mentoring-mentor": ("second_nurse", "/mentoring"),
    "mentoring-kosong": ("stranger", "/mentoring"),
    "pasangan-mentor": ("second_nurse", "/mentoring/{case}"),
    "sesi": ("second_nurse", "/mentoring/{case}/sesi"),
    "kalender": ("nurse", "/kalender"),
    "jp": ("nurse", "/jam-pelajaran"),
    "jp-unit": ("director", "/jam-pelajaran/unit/RSUD"),
    "jp-instansi": ("verifier", "/jam-pelajaran/instansi"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_small_telephone(
    browser: Browser, office: PairAtWork, name: str
) -> None:
    who, path = PAGES[name]
    with tab(browser, office, who) as page:
        page.goto(path.format(case=office.case))
        looked_at(page, name)


def test_pages_with_something_to_answer_are_accessible_too(browser: Browser, office: PairAtWork) -> None:
    with tab(browser, office, "second_nurse") as page:
        page.goto(f"/mentoring/{office.case}/sesi")
        fill_in(page, "Untuk dijawab", "16:00", "19")
        page.get_by_role("button", name="Catat pertemuan").click()
        expect(page.get_by_text("Pertemuan sudah dicatat")).to_be_visible()
    with tab(browser, office, "nurse") as page:
        page.goto("/mentoring")
        looked_at(page, "mentoring-mentee")
        page.goto(f"/mentoring/{office.case}")
        looked_at(page, "pasangan-mentee")
        page.goto("/kalender")
        page.get_by_role("button", name="Buat alamat kalender").click()
        expect(page.get_by_text("sudah dibuat")).to_be_visible()
        looked_at(page, "kalender-alamat")
