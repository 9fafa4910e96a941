"""The frame and every part of pages, in a real browser: wide and narrow, light and dark, with and without scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from litestar.testing import TestClient
from playwright.sync_api import Browser, Page, Route

from tests.pages.sample import application

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SITE = "https://jenjang.example"
#: Where screenshots are left for somebody to look at, if they are wanted.
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Any]]:
    with TestClient(application(), base_url=SITE) as client:
        yield client


@contextmanager
def opened(
    browser: Browser,
    client: TestClient[Any],
    path: str,
    *,
    width: int = 1200,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> Iterator[Page]:
    """A page as a browser shows it; whatever it complains of, or asks of elsewhere, fails the test."""
    complaints: list[str] = []

    def answer(route: Route) -> None:
        if not route.request.url.startswith(SITE):
            complaints.append(route.request.url)
            return route.abort()
        found = client.get(route.request.url.removeprefix(SITE))
        headers = {name: value for name, value in found.headers.items() if name != "content-encoding"}
        return route.fulfill(status=found.status_code, headers=headers, body=found.content)

    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="id-ID", java_script_enabled=scripts
    )
    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(SITE + path)
    if scripts:
        page.evaluate("document.fonts.ready")
    yield page
    context.close()
    assert [said for said in complaints if "status of 422" not in said] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/formulir", "/berkas/1"])
def test_every_part_is_accessible_and_nothing_runs_off_the_page_at_any_width(
    browser: Browser, client: TestClient[Any], path: str, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, client, path, scheme=scheme) as page:
        for width in (1200, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{path.rpartition('/')[2]}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(AXE)
        found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def test_a_page_says_on_top_what_is_wrong_and_leads_there(browser: Browser, client: TestClient[Any]) -> None:
    with opened(browser, client, "/formulir", width=390) as page:
        assert page.title() == "Kesalahan: Ajukan mentoring – Jenjang, Pemerintah Kabupaten Kemuning"
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
        for fault in ("Tanggal selesai", "Cara bertemu", "Pindaian surat"):
            page.locator(".govuk-error-summary a", has_text=fault).click()
            assert fault in page.evaluate("document.activeElement.closest('.govuk-form-group--error').textContent")


def test_without_scripts_nothing_is_hidden_that_is_needed(browser: Browser, client: TestClient[Any]) -> None:
    with opened(browser, client, "/formulir", width=320, scripts=False) as page:
        menu = page.get_by_role("navigation", name="Menu utama")
        assert menu.locator("a:visible").count() == 2
        menu.get_by_text("Menu", exact=True).click()
        assert menu.locator("a:visible").count() == 6
        shown = page.locator("form[action='/formulir'] :is(input, select, textarea, button):visible")
        hidden = page.locator("form[action='/formulir'] :is(input, select, textarea, button):not(:visible)")
        assert shown.count() > 20
        assert {part.get_attribute("type") for part in hidden.all()} == {"hidden", "button"}
        page.get_by_role("textbox", name="Kata sandi").fill("rahasia")
    with opened(browser, client, "/berkas/1", scripts=False) as page:
        page.get_by_text("Mengapa belum dapat disetujui").click()
        assert page.get_by_text("Mentor membina 3 dari paling banyak 3 mentee.").is_visible()


def test_a_form_is_sent_once_however_often_its_button_is_pressed(browser: Browser, client: TestClient[Any]) -> None:
    with opened(browser, client, "/berkas/1") as page:
        page.evaluate(
            """() => { window.sent = 0; addEventListener("submit", event => { sent += 1; event.preventDefault(); }); }"""
        )
        page.get_by_role("button", name="Setujui").dblclick()
        page.get_by_role("button", name="Setujui").click()
        assert page.evaluate("sent") == 1


def test_the_way_to_the_content_comes_first_and_goes_there(browser: Browser, client: TestClient[Any]) -> None:
    with opened(browser, client, "/umum") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Langsung ke isi"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "isi"
        assert page.get_by_role("navigation", name="Menu utama").count() == 0


def test_paper_is_white_and_shows_what_was_folded_away(browser: Browser, client: TestClient[Any]) -> None:
    with opened(browser, client, "/berkas/1", scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.querySelector('main')).color") == "rgb(0, 0, 0)"
        assert not page.get_by_role("button", name="Setujui").is_visible()
        assert page.get_by_text("Mentor membina 3 dari paling banyak 3 mentee.").is_visible()


def test_a_page_allows_nothing_from_elsewhere(client: TestClient[Any]) -> None:
    found = client.get("/umum")
    policy = found.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert found.headers["cache-control"] == "no-store"
    assert "<!doctype html>" in found.text
