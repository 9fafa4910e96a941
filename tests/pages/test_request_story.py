"""A request written by an employee in a real browser: on a telephone and wide, with and without scripts, in light and dark."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.house import Sample
from tests.pages.office import OfficeAtWork, at_work, tab
from tests.pages.test_browser_stories import heading, looked_at

GOAL = "Menerapkan asuhan keperawatan intensif di RSUD."


@pytest.fixture(scope="module")
def office(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeAtWork]:
    folder = tmp_path_factory.mktemp("request-office")
    shutil.copy(sample.path, folder / "jenjang.db")
    with at_work(sample, f"sqlite:///{folder / 'jenjang.db'}", folder) as office:
        yield office


def begun(page: Page, title: str) -> str:
    """A draft, from the menu on; answers its address."""
    page.goto("/")
    if (opens := page.locator("summary", has_text="Menu")).is_visible():  # on a telephone
        opens.click()
    page.get_by_role("link", name="Ajukan", exact=True).click()
    page.locator("main").get_by_role("link", name=title, exact=True).click()
    page.get_by_role("button", name="Mulai mengisi").click()
    return page.url.rpartition("/")[0]


def day(page: Page, name: str, typed: tuple[str, str, str]) -> None:
    for part, text in zip(("day", "month", "year"), typed, strict=True):
        page.locator(f"#{name}-{part}").fill(text)


def on(page: Page) -> None:
    page.get_by_role("button", name="Simpan dan lanjut").click()


@pytest.mark.parametrize(
    ("scripts", "who", "month"), [(True, "nurse", "12"), (False, "stranger", "10")], ids=["scripts", "none"]
)
def test_an_employee_writes_a_request_on_a_telephone_leaves_comes_back_and_sends_it(
    browser: Browser, office: OfficeAtWork, scripts: bool, who: str, month: str
) -> None:
    with tab(browser, office, who, width=390, scripts=scripts) as page:
        address = begun(page, "Magang antarinstansi")
        asked_where(page, scripts=scripts)
        assert heading(page) == "Waktu"
        day(page, "starts_on", ("7", month, "2026"))
        page.get_by_role("button", name="Simpan, lanjutkan nanti").click()
    with tab(browser, office, who, width=390, scripts=scripts) as page:  # the next day, with what the server kept
        page.goto("/permohonan")
        page.locator(f"a[href='{address.removeprefix(office.base)}']").click()
        asked_when(page, month)
        asked_the_rest(page)
        if scripts:
            looked_at(page, "isian-periksa")
            page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("link", name="Ubah Tujuan").click()
        page.locator("#goal").fill(f"{GOAL} Melatih rekan.")
        on(page)
        assert heading(page) == "Periksa jawaban Anda"
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        button = page.get_by_role("button", name="Ajukan")
        button.dblclick() if scripts else button.click()
        expect(page.get_by_text("Sudah dicatat")).to_be_visible()
        assert len(sent) == 1
        page.go_back()
        page.wait_for_load_state()
        page.reload()
        assert "/berkas/" in page.url


def asked_where(page: Page, *, scripts: bool) -> None:
    assert heading(page) == "Tempat magang"
    if scripts:
        page.get_by_label("Saring daftar").fill("sakit telaga")
        expect(page.get_by_text("1 pilihan cocok")).to_be_visible()
        assert page.locator("#host").input_value() == "partner:RSUP-TELAGA"
    else:
        page.locator("#host").select_option("partner:RSUP-TELAGA")
    page.get_by_label("Bagian yang dituju").fill("Instalasi Rawat Intensif")
    on(page)


def asked_when(page: Page, month: str) -> None:
    assert heading(page) == "Waktu"
    assert page.locator("#starts_on-day").input_value() == "7"
    day(page, "ends_on", ("32", month, "2026"))
    on(page)
    assert page.title().startswith("Kesalahan: ")
    day(page, "ends_on", ("11", month, "2026"))
    on(page)


def asked_the_rest(page: Page, says: str = "Permohonan ini dapat dikirim") -> None:
    for name, typed in (("competency", "Keperawatan intensif"), ("goal", GOAL), ("plan_item", "Butir 12")):
        page.locator(f"#{name}").fill(typed)
    on(page)
    assert heading(page) == "Biaya magang"
    page.get_by_label("Tanpa biaya").check()
    on(page)
    expect(page.locator("h1")).to_have_text("Lampiran")
    on(page)
    expect(page.locator("h1")).to_have_text("Periksa jawaban Anda")
    assert heading(page) == "Periksa jawaban Anda"
    expect(page.get_by_text(says)).to_be_visible()


def test_a_mentor_is_found_by_keyboard_in_a_list_that_opens(browser: Browser, office: OfficeAtWork) -> None:
    with tab(browser, office, "second_nurse", width=390) as page:
        begun(page, "Mentoring")
        field = page.get_by_role("combobox", name="Nama atau NIP")
        field.press_sequentially("sriyatun")
        option = page.get_by_role("option", name=re.compile("Sriyatun Danuningrat"))
        expect(option).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("1 pegawai cocok.")
        looked_at(page, "mentor-daftar")
        field.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        field.press("Enter")
        expect(page.get_by_role("radio", name=re.compile("Sriyatun Danuningrat"))).to_be_checked()
        on(page)
        assert heading(page) == "Yang hendak dipelajari"


@pytest.mark.parametrize("broken", ["finding", "pages"])
def test_a_script_that_fails_to_load_leaves_a_page_that_works(
    browser: Browser, office: OfficeAtWork, broken: str
) -> None:
    with tab(browser, office, "second_nurse", width=390) as page:

        def gone(route: Route) -> None:
            route.fulfill(status=404, body="") if f"/{broken}." in route.request.url else route.continue_()

        page.route("**/static/*.js", gone)
        begun(page, "Mentoring")
        page.get_by_label("Nama atau NIP").fill("sriyatun")
        if broken == "finding":
            page.get_by_role("button", name="Cari").click()
            page.get_by_role("radio", name=re.compile("Sriyatun")).check()
        else:
            page.get_by_role("option", name=re.compile("Sriyatun")).click()
        on(page)
        assert heading(page) == "Yang hendak dipelajari"


def test_each_page_of_a_request_is_accessible_and_fits_a_small_telephone(
    browser: Browser, office: OfficeAtWork
) -> None:
    with tab(browser, office, "nurse") as page:
        address = begun(page, "Magang antarinstansi")
        looked_at(page, "isian-tempat")
        on(page)
        looked_at(page, "isian-kesalahan")
        page.goto(f"{address}/lampiran")
        looked_at(page, "isian-lampiran")
        page.goto("/permohonan")
        looked_at(page, "ajukan")
    with tab(browser, office, "nursing_head") as page:
        page.goto("/permohonan/mentoring")
        page.get_by_label("Pegawai lain").check()
        looked_at(page, "permohonan-untuk-lain")
