"""The page that checks letters from disk, in a real browser with the network off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.verify_pages import offline_page
from tests.proofs import SITE, Proven, new_key, proven
from workflow.proof.keys import Published

AGENCY = "Pemerintah Kabupaten Kemuning"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's own Chromium. Letters are sealed before: playwright keeps an event loop in this thread, and so does pyHanko."""
    proven(), proven(is_test=True), proven(signatories=2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def opened(browser: Browser, folder: Path, published: Published, *, cryptography: bool = True) -> Page:
    """The page from disk on a telephone; anything that it asks of a network, or complains of, fails the test."""
    file = folder / "pemeriksa-surat.html"
    file.write_bytes(offline_page(AGENCY, SITE, published, date(2026, 3, 2)))
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="id-ID", offline=True).new_page()
    if not cryptography:
        page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    page.on("console", lambda message: _fail(message.text))
    page.on("pageerror", lambda error: _fail(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "blob:")) else _fail(request.url))
    page.goto(file.as_uri())
    return page


def _fail(says: str) -> None:
    pytest.fail(says)


def said_of_text(page: Page, text: str) -> tuple[str, str]:
    page.evaluate("document.getElementById('answer').replaceChildren()")
    page.fill("#text", text)
    page.click("#check")
    return answer(page)


def said_of_file(page: Page, content: bytes) -> tuple[str, str]:
    page.evaluate("document.getElementById('answer').replaceChildren()")
    page.set_input_files("#file", {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": content})
    return answer(page)


def answer(page: Page) -> tuple[str, str]:
    """Title and everything that was said."""
    page.wait_for_selector("#answer .verdict")
    return page.inner_text("#answer h2"), page.inner_text("#answer")


@pytest.fixture(scope="module")
def letter() -> Proven:
    return proven()


@pytest.fixture(scope="module")
def page(browser: Browser, letter: Proven, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return opened(browser, tmp_path_factory.mktemp("page"), letter.published)


def test_the_text_of_a_genuine_qr_code_is_told_with_what_it_states(page: Page, letter: Proven) -> None:
    title, says = said_of_text(page, letter.text)
    assert title == "KODE QR ASLI"
    for stated in ("800.1.4.1/021/DINKES/2026", "12 Maret 2026", "Siti Azhari, A.Md.", "Kepala Dinas Kesehatan"):
        assert stated in says
    assert "UJI" not in says


def test_lower_case_and_line_breaks_do_no_harm(page: Page, letter: Proven) -> None:
    assert said_of_text(page, letter.text.lower()[:80] + "\n" + letter.text[80:])[0] == "KODE QR ASLI"


def test_one_altered_sign_anywhere_is_found(page: Page, letter: Proven) -> None:
    text = letter.text
    changed = [text[:at] + ("B" if sign != "B" else "C") + text[at + 1 :] for at, sign in enumerate(text)]
    for altered in changed[:: len(changed) // 40]:
        assert said_of_text(page, altered)[0] == "TIDAK TERBUKTI ASLI"
    for altered in (changed[0], changed[45], changed[-1]):
        assert said_of_text(page, altered)[0] == "TIDAK TERBUKTI ASLI"


@pytest.mark.parametrize("text", ["", "halo", "HTTPS://X/VERIFY/ABCDEFGH23/AAAA", "<img src=x onerror=alert(1)>"])
def test_what_is_no_statement_is_refused_in_plain_words(page: Page, text: str) -> None:
    title, says = said_of_text(page, text)
    assert title == "TIDAK TERBUKTI ASLI"
    assert "kode QR" in says


def test_a_sealed_letter_is_whole_and_one_byte_more_or_other_is_not(page: Page, letter: Proven) -> None:
    title, says = said_of_file(page, letter.pdf)
    assert title == "BERKAS ASLI DAN UTUH", says
    assert "Siti Azhari" in says
    for place in (200, len(letter.unsealed) // 2, len(letter.unsealed) - 400, len(letter.pdf) - 20):
        altered = bytearray(letter.pdf)
        altered[place] ^= 1
        assert said_of_file(page, bytes(altered))[0] != "BERKAS ASLI DAN UTUH", place
    assert said_of_file(page, letter.pdf + b"\n")[0] == "BERKAS TIDAK UTUH"


def test_both_signatures_of_a_letter_by_two_are_told_and_neither_can_be_taken_off(
    browser: Browser, tmp_path: Path
) -> None:
    by_two = proven(signatories=2)
    page = opened(browser, tmp_path, by_two.published)
    title, says = said_of_file(page, by_two.pdf)
    assert title == "BERKAS ASLI DAN UTUH", says
    assert says.count("utuh.") == 2
    within_the_second = len(by_two.pdf) - 2000
    altered = by_two.pdf[:within_the_second] + b"!" + by_two.pdf[within_the_second + 1 :]
    assert said_of_file(page, altered)[0] == "BERKAS TIDAK UTUH"


def test_a_letter_without_a_signature_cannot_be_told_to_be_whole(page: Page, letter: Proven) -> None:
    title, says = said_of_file(page, letter.unsealed)
    assert title == "BERKAS TIDAK UTUH"
    assert "tidak memuat tanda tangan elektronik" in says


def test_a_statement_of_one_letter_put_into_another_does_not_fit(page: Page, letter: Proven) -> None:
    # The same length, so that nothing else in the file moves.
    foreign = letter.unsealed.replace(b"/EmbeddedFile", b"/EmbeddedFald")
    assert said_of_file(page, foreign)[0] == "BERKAS TIDAK UTUH"


@pytest.mark.parametrize("content", [b"", b"halo", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_letter_is_refused_in_plain_words(page: Page, content: bytes) -> None:
    assert said_of_file(page, content)[0] == "TIDAK TERBUKTI ASLI"


def test_a_key_for_trying_things_out_is_told(browser: Browser, tmp_path: Path) -> None:
    tried = proven(is_test=True)
    page = opened(browser, tmp_path, tried.published)
    assert "kunci UJI" in said_of_text(page, tried.text)[1]
    title, says = said_of_file(page, tried.pdf)
    assert title == "BERKAS ASLI DAN UTUH"
    assert "kunci UJI" in says


def test_a_browser_that_gives_a_saved_file_no_cryptography_checks_the_statement_all_the_same(
    browser: Browser, letter: Proven, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, letter.published, cryptography=False)
    assert page.evaluate("crypto.subtle") is None
    assert said_of_text(page, letter.text)[0] == "KODE QR ASLI"
    for place in (12, 45, 60, 300, len(letter.text) - 1):
        altered = letter.text[:place] + ("B" if letter.text[place] != "B" else "C") + letter.text[place + 1 :]
        assert said_of_text(page, altered)[0] == "TIDAK TERBUKTI ASLI"
    title, says = said_of_file(page, letter.pdf)
    assert title == "BELUM DAPAT DIPASTIKAN"
    assert "Pernyataan dan data surat cocok" in says


def test_keys_of_another_agency_do_not_vouch(browser: Browser, letter: Proven, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, Published((new_key()[1],)))
    title, says = said_of_text(page, letter.text)
    assert title == "TIDAK TERBUKTI ASLI"
    assert "tidak termasuk kunci" in says


def test_nothing_of_the_agency_s_name_can_leave_its_place() -> None:
    made = offline_page("</script><script>alert(1)</script>", SITE, Published(), date(2026, 3, 2)).decode()
    assert made.count("<script") == 2
