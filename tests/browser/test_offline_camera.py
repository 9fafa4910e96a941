"""The camera and the photo of the page that checks letters from disk: a printed letter held before them, in a real browser.

Chromium on Linux has no reader of QR codes, so the page is given zxing under the name of the reader that telephones have.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Protocol

import pytest
import zxingcpp
from PIL import Image, ImageFilter
from playwright.sync_api import Page, Playwright, sync_playwright

from api.verify_pages import offline_page
from tests.proofs import SITE, Proven, proven
from workflow.proof.qr import drawn

#: What a camera of today gives at the least, and as how many dots to the inch it sees a paper that is held close to it.
WIDTH, HEIGHT, DPI = 1280, 960, 300

#: The browser's own reader as the standard describes it: what it sees goes to a real one, outside of the page.
READER = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return %s; }
  async detect(seen) {
    const canvas = document.createElement("canvas");
    canvas.width = seen.videoWidth || seen.width; canvas.height = seen.videoHeight || seen.height;
    if (!canvas.width) throw new DOMException("nothing to see", "InvalidStateError");
    canvas.getContext("2d").drawImage(seen, 0, 0);
    return (await window.decoded(canvas.toDataURL("image/png"))).map(rawValue => ({ rawValue }));
  }
};
"""
FORMATS = '["aztec", "qr_code"]'


class Film(Protocol):
    def __call__(self, pictures: list[Image.Image], *, formats: str | None = FORMATS) -> Page: ...


@pytest.fixture(scope="module")
def letter() -> Proven:
    """Sealed before playwright keeps an event loop in this thread: pyHanko has its own."""
    return proven()


@pytest.fixture(scope="module")
def paper(letter: Proven, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """The first page as it is printed."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "surat.pdf").write_bytes(letter.pdf)
    command = [
        "pdftoppm",
        "-r",
        str(DPI),
        "-gray",
        "-singlefile",
        "-png",
        str(folder / "surat.pdf"),
        str(folder / "surat"),
    ]
    subprocess.run(command, check=True)
    return Image.open(folder / "surat.png").convert("L")


@pytest.fixture(scope="module")
def playwright(letter: Proven) -> Iterator[Playwright]:  # noqa: ARG001 - sealed first
    with sync_playwright() as found:
        yield found


@pytest.fixture
def film(playwright: Playwright, letter: Proven, tmp_path: Path) -> Iterator[Film]:
    """Opens the page in a browser that reads such codes, if any, and whose camera sees these pictures one after the other."""
    complaints: list[str] = []
    with ExitStack() as opened:

        def open_before(pictures: list[Image.Image], *, formats: str | None = FORMATS) -> Page:
            arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
            if pictures:
                file = tmp_path / "kamera.y4m"
                file.write_bytes(_film(pictures))
                arguments += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
                arguments += [f"--use-file-for-fake-video-capture={file}"]
            browser = playwright.chromium.launch(executable_path=which("chromium"), args=arguments)
            opened.callback(browser.close)
            page = browser.new_context(locale="id-ID", offline=True).new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            assert not page.evaluate("'BarcodeDetector' in window")
            if formats is not None:
                page.expose_function("decoded", decoded)
                page.add_init_script(READER % formats)
            saved = tmp_path / "pemeriksa-surat.html"
            saved.write_bytes(offline_page("Pemerintah Kabupaten Kemuning", SITE, letter.published, date(2026, 3, 2)))
            page.goto(saved.as_uri())
            return page

        yield open_before
    assert complaints == []


def decoded(address: str) -> list[str]:
    """The texts of the codes in a picture, as a ``data:`` address."""
    picture = Image.open(BytesIO(base64.b64decode(address.partition(",")[2]))).convert("L")
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def _film(pictures: list[Image.Image]) -> bytes:
    """Pictures as a film of five a second, in grey (YUV4MPEG2)."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    frames = b"".join(b"FRAME\n" + picture.tobytes() + grey for picture in pictures)
    return f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420jpeg\n".encode() + frames


def before_the_camera(paper: Image.Image, *, degrees: float = 0, blur: float = 0) -> Image.Image:
    """A paper as a hand holds its code before a camera."""
    held = paper.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    (code,) = zxingcpp.read_barcodes(held)
    corners = (code.position.top_left, code.position.bottom_right)
    left = sum(each.x for each in corners) // 2 - WIDTH // 2
    top = sum(each.y for each in corners) // 2 - HEIGHT // 2
    seen = Image.new("L", (WIDTH, HEIGHT), 90)
    seen.paste(held, (-left, -top))
    return seen.filter(ImageFilter.GaussianBlur(blur))


def table() -> Image.Image:
    """What a camera sees that looks at no letter."""
    return Image.new("L", (WIDTH, HEIGHT), 90)


def said(page: Page) -> str:
    page.wait_for_selector("#answer .verdict", timeout=60_000)
    return page.inner_text("#answer h2")


def test_the_camera_reads_a_letter_that_is_held_before_it_and_goes_off(film: Film, paper: Image.Image) -> None:
    page = film([table(), table(), *[before_the_camera(paper, degrees=4, blur=1)] * 4])
    page.click("#camera")
    assert said(page) == "KODE QR ASLI"
    assert "800.1.4.1/021/DINKES/2026" in page.inner_text("#answer")
    assert page.evaluate("[video.srcObject, video.hidden]") == [None, True]
    assert page.inner_text("#camera") == "Pindai dengan kamera"


def test_a_forged_code_before_the_camera_is_refused(film: Film, letter: Proven) -> None:
    forged = letter.text[:-30] + ("A" if letter.text[-30] != "A" else "B") + letter.text[-29:]
    page = film([of_code(forged)] * 3)
    page.click("#camera")
    assert said(page) == "TIDAK TERBUKTI ASLI"


def of_code(text: str) -> Image.Image:
    """A code on a sheet, before the camera."""
    sheet = table()
    code = Image.open(BytesIO(base64.b64decode(drawn(text).partition(",")[2]))).convert("L")
    sheet.paste(code.resize((code.width * 6, code.height * 6), Image.Resampling.NEAREST), (350, 200))
    return sheet


def test_a_camera_that_sees_no_letter_says_nothing_and_can_be_put_off_and_on_again(film: Film) -> None:
    page = film([table()])
    for _ in range(3):
        page.click("#camera")
        page.wait_for_selector("#video:not([hidden])")
        assert page.inner_text("#camera") == "Hentikan kamera"
        track = page.evaluate_handle("video.srcObject.getTracks()[0]")
        page.click("#camera")
        assert page.evaluate("[video.srcObject, video.hidden]") == [None, True]
        assert track.evaluate("track => track.readyState") == "ended"
    assert page.inner_text("#camera") == "Pindai dengan kamera"
    assert page.inner_text("#answer") == ""


@pytest.mark.parametrize(
    "ends", ['look.fail(new DOMException("", "InvalidStateError"))', 'look.see([{ rawValue: "halo" }])']
)
def test_what_a_look_brings_that_was_under_way_when_the_camera_was_put_off_is_not_told(film: Film, ends: str) -> None:
    page = film([table()])
    page.evaluate(
        """() => { window.looking = new Promise(begun => {
          BarcodeDetector.prototype.detect = () => new Promise((see, fail) => { window.look = { see, fail }; begun(); });
        }); }"""
    )
    page.click("#camera")
    page.evaluate("window.looking")
    page.click("#camera")
    page.evaluate(f"async () => {{ {ends}; await new Promise(done => setTimeout(done)); }}")
    assert page.inner_text("#answer") == ""


def test_a_camera_asked_for_twice_at_once_is_opened_once(film: Film) -> None:
    page = film([table()])
    page.evaluate(
        """() => {
          const camera = navigator.mediaDevices, open = camera.getUserMedia.bind(camera);
          window.opened = [];
          camera.getUserMedia = async wish => { const stream = await open(wish); opened.push(stream); return stream; };
          document.getElementById("camera").click(); document.getElementById("camera").click();
        }"""
    )
    page.wait_for_selector("#video:not([hidden])")
    page.click("#camera")
    assert page.evaluate("opened.map(stream => stream.active)") == [False]


def test_a_camera_that_is_pulled_out_is_told(film: Film) -> None:
    page = film([table()])
    page.click("#camera")
    page.wait_for_selector("#video:not([hidden])")
    page.evaluate("video.srcObject.getTracks()[0].stop()")
    said(page)
    assert "Kamera terputus" in page.inner_text("#answer")
    assert page.inner_text("#camera") == "Pindai dengan kamera"


@pytest.mark.parametrize("formats", [None, '["aztec"]'])
def test_a_browser_that_reads_no_qr_codes_names_the_way_out_and_offers_no_dead_button(
    film: Film, letter: Proven, formats: str | None
) -> None:
    page = film([table()], formats=formats)
    assert page.locator("button:visible").all_inner_texts() == ["Periksa teks"]
    assert page.locator("input:visible").evaluate_all("shown => shown.map(each => each.id)") == ["file"]
    assert "Pindailah kode itu dengan aplikasi kamera ponsel, lalu tempelkan teksnya" in page.inner_text("main")
    page.fill("#text", letter.text)
    page.click("#check")
    assert said(page) == "KODE QR ASLI"


def test_a_browser_that_reads_qr_codes_does_not_say_that_it_cannot(film: Film) -> None:
    page = film([])
    assert page.locator("button:visible").all_inner_texts() == ["Pindai dengan kamera", "Periksa teks"]
    assert "tidak dapat membaca" not in page.inner_text("main")


def test_without_a_camera_the_page_names_the_other_ways(film: Film) -> None:
    page = film([])
    for _ in range(2):
        page.evaluate("document.getElementById('answer').replaceChildren()")
        page.click("#camera")
        said(page)
        assert "Kamera tidak dapat dipakai" in page.inner_text("#answer")
        assert "pilihlah foto, atau tempelkan teksnya" in page.inner_text("#answer")


def test_a_photo_of_the_letter_is_read_and_one_of_a_table_is_not(film: Film, paper: Image.Image) -> None:
    page = film([])
    assert _of_photo(page, before_the_camera(paper, degrees=-6, blur=1)) == "KODE QR ASLI"
    assert _of_photo(page, paper) == "KODE QR ASLI"
    assert _of_photo(page, table()) == "TIDAK TERBUKTI ASLI"
    assert "tidak terbaca" in page.inner_text("#answer")
    page.evaluate("document.getElementById('answer').replaceChildren()")
    page.set_input_files("#photo", {"name": "foto.heic", "mimeType": "image/heic", "buffer": b"halo"})
    said(page)
    assert "bukan foto yang dapat dibaca" in page.inner_text("#answer")


def _of_photo(page: Page, photo: Image.Image) -> str:
    content = BytesIO()
    photo.save(content, "JPEG", quality=85)
    page.evaluate("document.getElementById('answer').replaceChildren()")
    page.set_input_files("#photo", {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()})
    return said(page)
