"""The QR code on a printed letter is read by another's reader: from paper as it comes out of a copier, not only from a screen."""

from __future__ import annotations

import base64
import subprocess
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
import segno
import zxingcpp
from PIL import Image, ImageFilter

from tests.proofs import Proven, proven
from tests.workflow.proof.test_statement import SITE, STATEMENT, new_key
from workflow.proof.qr import MODULES, WIDTH, drawn
from workflow.proof.statement import check, stated

DPI = 200


@pytest.fixture(scope="module")
def letter() -> Proven:
    return proven()


@pytest.fixture(scope="module")
def page(letter: Proven, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    folder = tmp_path_factory.mktemp("page")
    (folder / "surat.pdf").write_bytes(letter.pdf)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", "-png", folder / "surat.pdf", folder / "surat"], check=True)
    (image,) = (Image.open(file).convert("L") for file in sorted(Path(folder).glob("*.png"))[:1])
    return image


@pytest.mark.parametrize("degrees", [0, 3, -7, 90, 178])
@pytest.mark.parametrize("blur", [0.0, 0.8, 1.2])
def test_a_printed_code_is_read_at_200_dpi_blurred_and_askew(
    page: Image.Image, letter: Proven, degrees: float, blur: float
) -> None:
    seen = page.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    (code,) = zxingcpp.read_barcodes(seen.filter(ImageFilter.GaussianBlur(blur)))
    assert code.text == letter.text
    assert check(code.text, letter.published.by_id).statement.number


def test_a_code_is_found_when_a_stamp_covers_part_of_it(page: Image.Image, letter: Proven) -> None:
    (code,) = zxingcpp.read_barcodes(page)
    corner = code.position.bottom_right
    stamped = page.copy()
    stamped.paste(90, (corner.x - 45, corner.y - 45, corner.x, corner.y))
    (code,) = zxingcpp.read_barcodes(stamped)
    assert code.text == letter.text


def test_on_paper_no_module_is_smaller_than_a_telephone_reads(page: Image.Image) -> None:
    (code,) = zxingcpp.read_barcodes(page)
    corners = code.position.top_left, code.position.top_right
    wide = ((corners[0].x - corners[1].x) ** 2 + (corners[0].y - corners[1].y) ** 2) ** 0.5 / DPI * 25.4
    modules = segno.make_qr(code.text, error="m").symbol_size(border=0)[0]
    assert wide / modules >= 0.34  # measured on pixels of 0.13 mm
    assert WIDTH / MODULES >= 0.35
    assert 30 <= WIDTH <= 35


@pytest.mark.parametrize("long", ["X" * 400, "Ä" * 400])
def test_the_longest_statement_still_fits(long: str) -> None:
    key, keys = new_key()
    said = msgspec.structs.replace(STATEMENT, number=long, kind=long, post=long, name=long, subject=long)
    text = stated(said, key, SITE)
    picture = Image.open(BytesIO(base64.b64decode(drawn(text).partition(",")[2])))
    assert picture.size[0] <= MODULES
    (code,) = zxingcpp.read_barcodes(picture.convert("L").resize((picture.size[0] * 4,) * 2, Image.Resampling.NEAREST))
    assert check(code.text, keys).key.id == key.id


def test_what_no_code_can_hold_in_readable_size_is_refused() -> None:
    with pytest.raises(ValueError, match="too fine to read"):
        drawn("A" * 1500)


def test_the_same_text_gives_the_same_picture() -> None:
    assert drawn("HTTPS://X/VERIFY/ABCDEFGH23/AAAA") == drawn("HTTPS://X/VERIFY/ABCDEFGH23/AAAA")
