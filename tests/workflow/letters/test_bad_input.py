"""What people type, and what a template or profile may be made to ask for: refused in words, or harmless. Never a broken letter."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from io import BytesIO
from pathlib import Path

import msgspec
import page
import pikepdf
import pytest

from tests.workflow.letters.samples import ALL, PROFILE, SIGNED_AT, Sample
from workflow.letters import layout
from workflow.letters.emblem import EmblemError, emblem
from workflow.letters.layout import LetterError, html, missing_names
from workflow.letters.parts import LetterFrame, ParticipantLine
from workflow.letters.pdf import pdf
from workflow.letters.pool import Pool
from workflow.letters.profile import TEMPLATES

REQUEST = next(sample for sample in ALL if sample.name == "internship_request")
SHELL = '<html lang="id"><head><title>Surat</title></head><body>{}</body></html>'


def named(name: str) -> Sample:
    """The request of somebody who is called so."""
    person = msgspec.structs.replace(REQUEST.body.participants[0], name=name)
    return Sample(
        REQUEST.name, REQUEST.template, REQUEST.letter, msgspec.structs.replace(REQUEST.body, participants=(person,))
    )


def made(sample: Sample, frame: LetterFrame | None = None) -> bytes:
    text = html(sample.template, frame or sample.letter, sample.body, PROFILE)
    return pdf(text, body_json=msgspec.json.encode(sample.body), at=SIGNED_AT)


def shown(content: bytes, folder: Path) -> str:
    file = folder / "surat.pdf"
    file.write_bytes(content)
    said = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True)
    return said.stdout


def is_sound(content: bytes, folder: Path) -> bool:
    file = folder / "sound.pdf"
    file.write_bytes(content)
    return all(page.validate_pdf(str(file), profile=profile).is_compliant for profile in ("3a", "ua1"))


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script> Budi",
        '<img src="file:///etc/passwd"> Budi',
        "</td></tr></table><h1>Batal</h1> Budi",
        "</title></head><body><style>p { display: none }</style> Budi",
        "&lt;b&gt; Budi &amp; Ani",
        "{{ letter.number }} {% raw %} Budi",
        '" onload="x" Budi',
        "Budi </head> </body> </html>",
    ],
)
def test_markup_in_a_name_is_printed_as_it_was_typed(name: str, tmp_path: Path) -> None:
    content = made(named(name))
    words = "".join(shown(content, tmp_path).split())
    assert "".join(name.split()) in words
    assert "Demikiandisampaikan" in words
    with pikepdf.open(BytesIO(content)) as document:
        assert json.loads(document.Root.AF[0].EF.F.read_bytes())["participants"][0]["name"] == name
    assert is_sound(content, tmp_path)


@pytest.mark.parametrize("field", ["number", "subject", "title", "attachment"])
def test_markup_in_the_frame_of_a_letter_is_printed_as_it_was_typed(field: str, tmp_path: Path) -> None:
    odd = "</title><p>X<&\"'"
    content = made(REQUEST, msgspec.structs.replace(REQUEST.letter, **{field: odd}))
    assert is_sound(content, tmp_path)
    if field in ("number", "subject"):
        assert odd in shown(content, tmp_path)


@pytest.mark.parametrize(
    ("sign", "called"),
    [
        ("\u202e", "U+202E"),  # turns what follows around: "gnp.exe"
        ("\u2066", "U+2066"),
        ("\u200b", "U+200B"),  # no width: two names look alike
        ("\u200d", "U+200D"),
        ("\ufeff", "U+FEFF"),
        ("\u0000", "U+0000"),
        ("\u0007", "U+0007"),
        ("\u001b", "U+001B"),
        ("\u007f", "U+007F"),
        ("\u0085", "U+0085"),
        ("\u2028", "U+2028"),
        ("\ud800", "U+D800"),
        ("\ue000", "U+E000"),  # whatever a font likes
        ("\U000e0041", "U+E0041"),  # unseen
        ("\N{GRINNING FACE}", "U+1F600"),
        ("\N{HEBREW LETTER ALEF}", "U+05D0"),
        ("\N{ARABIC LETTER ALEF}", "U+0627"),
        ("漢", "U+6F22"),
    ],
)
def test_a_sign_that_cannot_be_seen_or_drawn_is_refused_by_its_name(sign: str, called: str) -> None:
    with pytest.raises(LetterError, match=re.escape(called)) as refused:
        pdf(SHELL.format(f"<p>Budi{sign}Ani</p>"), body_json=b"{}", at=SIGNED_AT)
    assert refused.value.__cause__ is None


def test_a_word_without_end_stays_on_the_page(tmp_path: Path) -> None:
    content = made(named("Panjang" * 60))
    assert is_sound(content, tmp_path)
    with pikepdf.open(BytesIO(content)) as document:
        width = float(document.pages[0].mediabox[2])
    (tmp_path / "long.pdf").write_bytes(content)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", tmp_path / "long.pdf", "-"], check=True, capture_output=True, text=True
    )
    assert all(float(right) < width for right in re.findall(r'<word .*?xMax="([\d.]+)"', boxes.stdout))


def test_an_empty_name_is_a_sound_letter(tmp_path: Path) -> None:
    assert is_sound(made(named("")), tmp_path)


@pytest.mark.parametrize(
    "markup",
    [
        '<img alt="x" src="file:///etc/hostname">',
        '<img alt="x" src="FILE:///etc/hostname">',
        '<img alt="x" src="../../pyproject.toml">',
        '<img alt="x" src="..%2f..%2fpyproject.toml">',
        '<img alt="x" src="%2e%2e/%2e%2e/pyproject.toml">',
        '<img alt="x" src="//127.0.0.1:9/x.png">',
        '<img alt="x" src="http://127.0.0.1:9/x.png">',
        '<img alt="x" src="ftp://127.0.0.1:9/x.png">',
        '<img alt="x" src="gopher://127.0.0.1:9/x">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<style>@import url("file:///etc/hostname");</style>',
        '<style>@font-face { font-family: X; src: url("file:///etc/hostname") } p { font-family: X }</style><p>x',
        '<style>p { background: url("http://127.0.0.1:9/x.png") }</style><p>x',
        '<p style="background: url(/etc/hostname)">x',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<a rel="attachment" href="file:///etc/hostname">x</a>',
        '<object data="file:///etc/hostname" type="image/png">x</object>',
        '<embed src="file:///etc/hostname" type="image/png">',
    ],
)
def test_a_template_reaches_nothing_beyond_its_folder(markup: str) -> None:
    with pytest.raises(LetterError, match="hanya boleh memakai berkas dari folder templates"):
        pdf(SHELL.format(markup), body_json=b"{}", at=SIGNED_AT)


def picture(kind: str, content: bytes) -> str:
    return f'<img alt="x" src="data:{kind};base64,{base64.b64encode(content).decode()}">'


@pytest.mark.parametrize(
    "inner",
    [
        '<image href="file:///etc/hostname" width="9" height="9"/>',
        '<image href="http://127.0.0.1:9/x.png" width="9" height="9"/>',
        '<use href="file:///etc/hostname#x"/>',
    ],
)
def test_a_drawing_that_names_another_reaches_nothing_beyond_the_templates(inner: str) -> None:
    """Either the letter is refused, or it goes on without what the drawing asks for."""
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inner}</svg>'
    plain = pdf(SHELL.format("<p>x"), body_json=b"{}", at=SIGNED_AT)
    for markup in (drawing, picture("image/svg+xml", drawing.encode())):
        try:
            letter = pdf(SHELL.format(f"<p>x{markup}"), body_json=b"{}", at=SIGNED_AT)
        except LetterError:
            continue
        assert len(letter) < len(plain) + 1500


def test_a_picture_that_declares_entities_puts_nothing_of_this_machine_into_a_letter(tmp_path: Path) -> None:
    asks = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>'
    try:
        letter = pdf(SHELL.format(picture("image/svg+xml", asks)), body_json=b"{}", at=SIGNED_AT)
    except LetterError:
        return
    assert "root" not in shown(letter, tmp_path)


PNG_OF_NO_END = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x7f\xff\xff\xff" * 2 + b"\x08\x02\x00\x00\x00\x00\x00\x00\x00"
)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("png", b"%PDF-1.7 not a picture"),
        ("png", b""),
        ("png", b"GIF89a"),
        ("png", PNG_OF_NO_END),
        ("svg+xml", b"<html><body>not a drawing</body></html>"),
        ("svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>'),
        (
            "svg+xml",
            b'<svg xmlns="http://www.w3.org/2000/svg"><style>@import url(http://127.0.0.1:9/x.css);</style></svg>',
        ),
        (
            "svg+xml",
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&e;</svg>',
        ),
        ("svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><g></svg>'),
    ],
)
def test_an_emblem_that_is_no_picture_or_more_than_one_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(EmblemError):
        emblem(f"data:image/{kind};base64,{base64.b64encode(content).decode()}", None)


@pytest.mark.parametrize(
    "name", ["../kemuning.svg", "/etc/hostname", "kemuning.svg\0.png", "tidak-ada.svg", "surat.exe"]
)
def test_an_emblem_lies_beside_its_profile(name: str) -> None:
    with pytest.raises(EmblemError):
        emblem(name, TEMPLATES / "profiles")


def test_a_list_that_fills_two_hundred_pages_is_made() -> None:
    pages = '<p style="break-before: page">Halaman' * 200
    content = pdf(SHELL.format(pages), body_json=b"{}", at=SIGNED_AT)
    with pikepdf.open(BytesIO(content)) as document:
        assert len(document.pages) in (200, 201)


def test_a_body_of_five_megabytes_is_refused_at_once() -> None:
    with pytest.raises(LetterError, match="terlalu panjang"):
        pdf(SHELL.format("<p>Tujuan. " * 600_000), body_json=b"{}", at=SIGNED_AT)
    with pytest.raises(LetterError, match="terlalu panjang"):
        pdf(SHELL.format("<p>x"), body_json=b"[" + b"1," * 2_600_000 + b"1]", at=SIGNED_AT)
    person = REQUEST.body.participants[0]
    many = tuple(ParticipantLine(**msgspec.structs.asdict(person)) for _ in range(12_000))
    body = msgspec.structs.replace(REQUEST.body, participants=many)
    with pytest.raises(LetterError, match="terlalu panjang"):
        made(Sample(REQUEST.name, REQUEST.template, REQUEST.letter, body))


def test_elements_nested_without_end_are_refused_by_the_pool_and_the_next_letter_made() -> None:
    with Pool() as pool:
        with pytest.raises(LetterError):
            pool.pressed(SHELL.format("<div>" * 3_000 + "x"), body_json=b"{}", at=SIGNED_AT)
        assert pool.pressed(SHELL.format("<p>Surat"), body_json=b"{}", at=SIGNED_AT).startswith(b"%PDF")


def forget_templates() -> None:
    for kept in (layout._environment, layout._sources, layout._asked, layout.template_sha256):
        kept.cache_clear()


def test_a_template_that_names_an_unknown_field_is_found_before_any_letter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for file in layout.LETTERS.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    broken = tmp_path / "internship_request.html"
    broken.write_text(broken.read_text("utf-8").replace("body.section", "body.sektion"), "utf-8")
    forget_templates()
    monkeypatch.setattr(layout, "LETTERS", tmp_path)
    try:
        assert missing_names("internship_request.html", type(REQUEST.body)) == ("body.sektion",)
    finally:
        monkeypatch.undo()
        forget_templates()
