"""People at work in a real browser, on the server as it runs: a supervisor, an employee, an official, and every page."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.accounts import GOOD, code_at
from tests.api.house import REQUEST, Sample
from tests.pages.office import OfficeAtWork, at_work, tab
from tests.pages.test_layout import AXE, RULES

SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def office(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeAtWork]:
    """One office for all stories: each is about another case in it."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(sample.path, folder / "jenjang.db")
    with at_work(sample, f"sqlite:///{folder / 'jenjang.db'}", folder) as office:
        yield office


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def sign_in(page: Page, office: OfficeAtWork, who: str, factor: str = "") -> None:
    page.goto("/")
    page.get_by_label("NIP, alamat surel, atau nama lengkap").fill(office.nip(who))
    page.get_by_label("Kata sandi", exact=True).fill(GOOD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    if factor:
        page.get_by_label("Kode").fill(factor)
        page.get_by_role("button", name="Lanjut").click()


def begun(page: Page) -> str:
    """A draft of one's own; answers its address."""
    page.goto("/permohonan/internship")
    page.get_by_role("button", name="Mulai").click()
    page.goto(re.sub(r"/isian/([^/]+).*", r"/berkas/\1", page.url))
    return page.url


def fill_in(page: Page, starts_on: tuple[str, str, str], ends_on: tuple[str, str, str]) -> None:
    for name in ("section", "competency", "goal", "plan_item"):
        page.locator(f"#{name}").fill(REQUEST[name])
    page.locator("#host").select_option(REQUEST["host"])
    page.get_by_label("Tanpa biaya", exact=False).first.check()
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        for part, typed in zip(("day", "month", "year"), day, strict=True):
            page.locator(f"#{field}-{part}").fill(typed)


#: Pages as they are shown to one of the cast: who, whether with their second factor, and where.
PAGES = {
    "tugas": ("nursing_head", True, "/"),
    "ditunggu": ("nurse", True, "/?tampil=ditunggu"),
    "berkas": ("nurse", True, "/berkas"),
    "berkas-satu": ("nurse", True, "/berkas/{case}"),
    "riwayat": ("nurse", True, "/berkas/{case}/riwayat"),
    "ajukan": ("nurse", True, "/permohonan"),
    "permohonan": ("nurse", True, "/permohonan/internship"),
    "surat": ("secretary", True, "/surat/{letter}"),
    "akun": ("nurse", True, "/akun"),
    "faktor-kedua-baru": ("secretary", False, "/masuk/faktor-kedua"),
    "faktor-kedua": ("nursing_head", False, "/masuk/faktor-kedua"),
    "masuk": ("", True, "/masuk"),
    "aktivasi": ("", True, "/aktivasi"),
    "aktivasi-sandi": ("", True, "/aktivasi/{code}"),
    "lupa-sandi": ("", True, "/lupa-sandi"),
    "peran": ("", True, "/peran"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_small_telephone(
    browser: Browser, office: OfficeAtWork, name: str
) -> None:
    who, second_factor, path = PAGES[name]
    code = office.activation_code("stranger") if "{code}" in path else ""
    with tab(browser, office, who, second_factor=second_factor) as page:
        page.goto(path.format(case=office.case, letter=office.letter, code=code))
        looked_at(page, name)


def test_a_step_with_faults_is_accessible_and_fits_a_small_telephone(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "nurse") as page:
        page.goto(f"{begun(page)}/submit")
        page.locator("#starts_on-day").fill("bulan depan")
        page.get_by_role("button", name="Ajukan").click()
        assert page.locator(".govuk-error-summary").count() == 1
        looked_at(page, "langkah")


def looked_at(page: Page, name: str) -> None:
    """Asks axe in both schemes, and whether anything runs off the page."""
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        asked = RULES if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}  # what else could differ
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", asked)
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        if SHOTS:
            for width in (1200, 390):
                page.set_viewport_size({"width": width, "height": 844})
                page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 844})
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-320-dark.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@dataclass
class Taps:
    """What somebody touches on a telephone, counted."""

    page: Page
    number: int = 0

    def on(self, place: Locator) -> None:
        place.click()
        self.number += 1


@pytest.mark.parametrize(("scripts", "month"), [(True, "Juni 2026"), (False, "Juli 2026")], ids=["scripts", "none"])
def test_a_supervisor_decides_three_requests_on_a_telephone_in_seven_taps(
    browser: Browser, office: OfficeAtWork, scripts: bool, month: str
) -> None:
    factor = code_at(office.factor, office.now()) if scripts else office.recovery.pop()
    with tab(browser, office, width=390, scripts=scripts) as page:
        sign_in(page, office, "nursing_head", factor)
        assert heading(page) == "Tugas Anda"
        main, taps = page.locator("main"), Taps(page)
        # Of one: what is asked for, and one button.
        taps.on(main.get_by_role("listitem").filter(has_text=month).get_by_role("link").first)
        assert main.get_by_text(month).first.is_visible()
        taps.on(page.get_by_role("button", name="Setujui", exact=True))
        assert main.get_by_text("Sekarang menunggu dr. Galuh Candrakirana").is_visible()
        # Another goes back with a reason; the next is offered at once.
        taps.on(page.get_by_role("link", name="Berikutnya:"))
        taps.on(page.get_by_role("button", name="Kembalikan untuk perbaikan"))
        page.get_by_label("Yang harus diperbaiki").fill("Sebutkan ruangan yang dituju.")
        taps.on(page.get_by_role("button", name="Kembalikan untuk perbaikan"))
        assert main.get_by_text("Sudah dicatat: Draf.").is_visible()
        # And the grounds are there for whoever asks.
        taps.on(page.get_by_role("link", name="Berikutnya:"))
        page.get_by_role("link", name="Riwayat lengkap").click()
        page.locator("summary", has_text="Alasan dan dasar hukumnya").first.click()
        assert page.get_by_text("PerLAN 10/2018").first.is_visible()
        page.go_back()
        taps.on(page.get_by_role("button", name="Setujui", exact=True))
        assert main.get_by_text("Sudah dicatat").is_visible()
        assert taps.number == 7


def test_many_are_chosen_and_approved_together_on_a_telephone(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "nursing_head", width=390) as page:
        page.goto("/?cari=Bonaventura")
        boxes = page.get_by_role("checkbox")
        assert page.get_by_role("button", name="Tindak yang dipilih").is_hidden()
        for place in range(2):
            boxes.nth(place).check()
        page.get_by_role("button", name="Tindak yang dipilih").click()
        assert heading(page) == "Setujui: 2 berkas"
        looked_at(page, "pilihan")
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("button", name="Setujui: 2 berkas").click()
        assert page.get_by_text("sudah dicatat bagi 2 berkas").is_visible()
        looked_at(page, "pilihan-hasil")


def test_of_two_tabs_the_slower_one_is_told_who_decided_and_keeps_what_was_typed(
    browser: Browser, office: OfficeAtWork
) -> None:
    with tab(browser, office, "director") as page:
        page.goto("/")
        page.locator("main").get_by_role("link", name="Kirana").first.click()
        assert page.get_by_role("region", name="Isi konsep Surat usulan").is_visible()
        looked_at(page, "putusan")
        other = page.context.new_page()
        other.goto(f"{page.url}/return")
        other.get_by_label("Yang harus diperbaiki").fill("Cantumkan jadwal jaga.")
        page.get_by_role("button", name="Teruskan ke BKPSDM").dblclick()
        expect(page.get_by_text("Sudah dicatat: Dalam verifikasi.")).to_be_visible()
        other.get_by_role("button", name="Kembalikan untuk perbaikan").click()
        assert heading(other) == "Tindakan ini tidak tersedia lagi"
        assert other.get_by_text("oleh dr. Galuh Candrakirana").first.is_visible()
        assert other.get_by_text("Cantumkan jadwal jaga.").is_visible()
        page.go_back()
        page.wait_for_load_state()
        assert page.get_by_role("button", name="Teruskan ke BKPSDM").count() == 0


def test_an_employee_is_led_to_what_is_wrong_and_sends_once(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "nurse") as page:
        case = begun(page)
        page.goto(f"{case}/submit")
        fill_in(page, ("3", "Agustus", "2026"), ("31", "2", "2026"))
        page.get_by_role("button", name="Ajukan").click()
        assert page.title().startswith("Kesalahan: ")
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
        page.locator(".govuk-error-summary a", has_text="selesai").click()
        assert page.evaluate("document.activeElement.id") == "ends_on-day"
        assert page.locator("#starts_on-month").input_value() == "8"
        for part, typed in (("day", "7"), ("month", "8"), ("year", "2026")):
            page.locator(f"#ends_on-{part}").fill(typed)
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        page.get_by_role("button", name="Ajukan").dblclick()
        expect(page.get_by_text("Sudah dicatat")).to_be_visible()
        assert len(sent) == 1
        page.go_back()
        page.wait_for_load_state()
        assert heading(page) == "Tindakan ini tidak tersedia lagi"
        page.goto(f"{case}/riwayat")
        assert page.get_by_role("heading", name="Ajukan").count() == 1


def test_what_was_typed_outlasts_a_session_that_ends_meanwhile(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "second_nurse") as page:
        case = begun(page)
        page.goto(f"{case}/save")
        page.locator("#section").fill("Instalasi Rawat Intensif “Anggrek”")
        office.end_sessions("second_nurse")
        page.get_by_role("button", name="Simpan draf").click()
        assert heading(page) == "Sesi berakhir"
        page.context.add_cookies([{"name": "jenjang", "value": office.signed_in("second_nurse"), "url": office.base}])
        page.get_by_role("button", name="Kirim ulang").click()
        assert page.get_by_text("Instalasi Rawat Intensif “Anggrek”").is_visible()


def test_an_official_looks_at_a_draft_and_signs_it(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "secretary") as page:
        page.goto("/")
        page.locator(f"main a[href='/surat/{office.letter}']").first.click()
        draft = page.get_by_role("link", name="Lihat konsep (PDF)").or_(
            page.get_by_role("button", name="Lihat konsep (PDF)")
        )
        pdf = page.request.get(str(draft.get_attribute("href")))
        assert pdf.body().startswith(b"%PDF-")
        page.get_by_role("button", name="Tanda tangani", exact=True).click()
        assert page.get_by_text("Surat sudah ditandatangani.").is_visible()
        page.goto("/")
        assert page.get_by_text("Tidak ada yang menunggu Anda").is_visible()


def test_in_the_demo_anybody_may_be_anybody_of_the_story(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office) as page:
        page.goto("/masuk")
        page.get_by_role("link", name="dalam peragaan").click()
        page.get_by_role("button", name="Masuk sebagai Nursing_Head").click()
        assert heading(page) == "Tugas Anda"
        assert page.get_by_text("Anda sedang melihat sebagai").is_visible()
        page.get_by_role("link", name="Ganti orang").click()
        page.get_by_role("button", name="Masuk sebagai Nurse").click()
        assert "Kirana Maheswari" in page.locator(".app-demo").inner_text()
