"""The PDF of letters, looked at with other people's tools: validators, text extraction, geometry."""

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import msgspec
import page
import pikepdf
import pytest

from tests.workflow.letters.agencies import printing
from tests.workflow.letters.geometry import MILLIMETRE, nobody_signs_alone, nothing_overlaps, read
from tests.workflow.letters.samples import ALL, LETTERS, PROFILE, SIGNED_AT, Sample
from workflow.letters.layout import LetterError, html
from workflow.letters.pdf import ATTACHMENT, missing_system_parts, pdf, unprintable

OUR_FONTS = {"Naskah", "Naskah-Bold"}


_made: dict[str, bytes] = {}


def made(sample: Sample) -> bytes:
    """A letter as it was made last; it is made where it has not been."""
    return _made.get(sample.name) or made_anew(sample)


def made_anew(sample: Sample) -> bytes:
    """A letter made now."""
    _made[sample.name] = printing(sample).pdf()
    return _made[sample.name]


def write(folder: Path, data: bytes) -> Path:
    file = folder / "surat.pdf"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_a_letter_is_a_sound_pdf(sample: Sample, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        file = write(tmp_path, made_anew(sample))
    assert caplog.messages == []  # WeasyPrint only logs what it could not do
    for profile in ("3a", "ua1"):
        assert [found.rule_id for found in page.validate_pdf(str(file), profile=profile).failures] == []
    subprocess.run(["qpdf", "--check", file], check=True, capture_output=True)
    with pikepdf.open(file) as document:
        holds_what_an_archive_needs(document, sample)
    nothing_overlaps(file)
    nobody_signs_alone(file, PROFILE.electronic.says)
    text = "".join(read(file, "-raw").split())
    assert all("".join(person.name.split()) in text for person in sample.body.participants)


def holds_what_an_archive_needs(document: pikepdf.Pdf, sample: Sample) -> None:
    root = document.Root
    assert str(root.Lang) == "id"
    assert bool(root.MarkInfo.Marked)
    assert root.OutputIntents[0].S == "/GTS_PDFA1"
    attached = root.AF[0]
    assert (str(attached.AFRelationship), str(attached.F)) == ("/Data", ATTACHMENT)
    assert json.loads(attached.EF.F.read_bytes()) == json.loads(msgspec.json.encode(sample.body))
    metadata = root.Metadata.read_raw_bytes().decode()  # uncompressed, for whoever searches an archive
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfuaid:part="1"' in metadata
    assert str(document.docinfo["/CreationDate"]).startswith("D:20260312031500")
    assert str(document.docinfo["/Author"]) == sample.letter.issued_by
    assert fonts(document) <= OUR_FONTS


def fonts(document: pikepdf.Pdf) -> set[str]:
    """Embedded fonts by name, without the tag of the subset."""
    descriptors = [thing for thing in document.objects if getattr(thing, "get", None) and is_font(thing)]
    assert all({"/FontFile2", "/FontFile3"} & set(thing.keys()) for thing in descriptors)
    return {str(thing.FontName).lstrip("/").partition("+")[2] for thing in descriptors}


def is_font(thing: pikepdf.Object) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"


def test_a_name_with_an_apostrophe_is_read_as_it_is_written(tmp_path: Path) -> None:
    sample = next(sample for sample in ALL if sample.name == "internship_proposal_unplanned")
    text = read(write(tmp_path, made(sample)), "-layout")
    assert re.search(r"Nama\s+:\s+Yusuf D'Costa, A\.Md\.Kep\.", text)
    assert re.search(r"NI PPPK\s+:\s+19940817 202221 1 007", text)


def test_the_same_letter_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    here = [hashlib.sha256(made_anew(sample)).hexdigest() for sample in (LETTERS[1], LETTERS[0], LETTERS[1])]
    assert here[0] == here[2]
    program = (
        "import hashlib; from tests.workflow.letters.test_pdf import LETTERS, made; "
        "print(*(hashlib.sha256(made(LETTERS[i])).hexdigest() for i in (1, 0)))"
    )
    elsewhere = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Jayapura",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    said = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=elsewhere, cwd=tmp_path
    )
    assert said.stdout.split() == here[:2]


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "../../pyproject.toml", "http://127.0.0.1:9/x.svg", "..%2f..%2fpyproject.toml"]
)
def test_a_letter_reads_nothing_outside_the_templates(address: str) -> None:
    with pytest.raises(LetterError, match="hanya boleh memakai berkas dari folder templates"):
        pdf(f'<html lang="id"><title>x</title><img alt="x" src="{address}">', body_json=b"{}", at=SIGNED_AT)


@pytest.mark.parametrize(
    "written",
    [
        "<style>@import url(file:///etc/hostname);</style>",
        "<style>p { background: url(http://127.0.0.1:9/x.png) }</style>",
        "<style>@font-face { font-family: x; src: url(../../pyproject.toml) } p { font-family: x }</style>",
        '<link rel="stylesheet" href="../../../etc/hostname">',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<object data="file:///etc/hostname">x</object>',
        '<embed src="ftp://127.0.0.1:9/x">',
    ],
)
def test_no_way_of_writing_an_address_leads_out_of_the_templates(written: str) -> None:
    with pytest.raises(LetterError, match="hanya boleh memakai berkas dari folder templates"):
        pdf(f'<html lang="id"><title>x</title>{written}<p>x', body_json=b"{}", at=SIGNED_AT)


def test_a_text_of_forty_megabytes_is_refused_before_anything_is_laid_out() -> None:
    goal = "Belajar. " * 4_500_000
    sample = LETTERS[0]
    text = html(sample.template, sample.letter, msgspec.structs.replace(sample.body, goal=goal), PROFILE)
    with pytest.raises(LetterError, match="Surat terlalu panjang: paling banyak 250 halaman"):
        pdf(text, body_json=b"{}", at=SIGNED_AT)


def test_a_letter_of_too_many_pages_is_refused() -> None:
    pages = '<p style="break-after: page">x' * 251
    with pytest.raises(LetterError, match="Surat terlalu panjang"):
        pdf(f'<html lang="id"><title>x</title>{pages}', body_json=b"{}", at=SIGNED_AT)


def test_a_second_reader_of_tags_finds_no_fault(tmp_path: Path) -> None:
    outloud = shutil.which("outloud", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if outloud is None:
        pytest.skip("outloud is not installed")
    samples = (LETTERS[1], LETTERS[3], ALL[-1])
    files = [tmp_path / f"{sample.name}.pdf" for sample in samples]
    for file, sample in zip(files, samples, strict=True):
        file.write_bytes(made(sample))
    subprocess.run([outloud, *files, "--fail-on", "error"], check=True, capture_output=True)


def test_a_letter_may_show_what_lies_in_the_templates() -> None:
    text = '<html lang="id"><title>x</title><img alt="x" src="../profiles/kemuning.svg">'
    assert pdf(text, body_json=b"{}", at=SIGNED_AT, title="Lambang").startswith(b"%PDF-1.7")


def test_a_sign_that_our_fonts_lack_is_named() -> None:
    assert unprintable("Yusuf D'Costa, Ñañez – S.Kep.") == ""
    with pytest.raises(LetterError, match=re.escape('"漢" (U+6F22)')):
        pdf('<html lang="id"><title>漢</title><p>漢', body_json=b"{}", at=SIGNED_AT)


@pytest.mark.parametrize("family", ["Naskah", "Naskah Serif"])
def test_letters_stay_apart_so_that_words_can_be_searched(family: str, tmp_path: Path) -> None:
    text = (
        f'<html lang="id"><title>x</title><style>html {{ font-family: "{family}" }}</style><p>konfirmasi efisien flora'
    )
    file = write(tmp_path, pdf(text, body_json=b"{}", at=SIGNED_AT))
    assert read(file).split() == ["konfirmasi", "efisien", "flora"]


def test_no_stream_ends_in_what_a_strict_reader_takes_for_the_end_of_a_line(tmp_path: Path) -> None:
    texts = (b'{"n":"%s"}' % (b"y" * length) for length in range(999))
    body = next(text for text in texts if zlib.compress(text).endswith(b"\r"))
    data = pdf('<html lang="id"><title>x</title><p>Surat', body_json=body, at=SIGNED_AT, title="Surat")
    assert b"\r\nendstream" not in data
    file = write(tmp_path, data)
    assert page.validate_pdf(str(file), profile="3a").is_compliant
    assert page.validate_pdf(str(file), profile="ua1").is_compliant
    with pikepdf.open(file) as document:
        assert document.Root.AF[0].EF.F.read_bytes() == body
    usual = pdf('<html lang="id"><title>x</title><p>Surat', body_json=b"{}", at=SIGNED_AT, title="Surat")
    assert read(file) == read(write(tmp_path, usual))


def test_every_header_of_a_table_says_what_it_heads(tmp_path: Path) -> None:
    sample = next(sample for sample in ALL if sample.name == "internship_request_of_forty")
    with pikepdf.open(write(tmp_path, made(sample))) as document:
        headers = [thing for thing in document.objects if is_header(thing)]
        scopes = Counter(str(header.A.Scope) for header in headers)
    assert scopes == {"/Row": 4 + 5 + 2, "/Column": 5 * 2}  # the table goes over two pages, each with its own


def is_header(thing: pikepdf.Object) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/TH"


def test_accents_typed_apart_are_joined() -> None:
    decomposed = "Jose\N{COMBINING ACUTE ACCENT}"
    assert pdf(f'<html lang="id"><title>x</title><p>{decomposed}', body_json=b"{}", at=SIGNED_AT)


def test_an_instant_without_a_zone_cannot_date_a_letter() -> None:
    with pytest.raises(ValueError, match="aware"):
        pdf("<p>x", body_json=b"{}", at=datetime(2026, 3, 12))  # noqa: DTZ001 - that is the mistake


def test_a_serif_letter_on_folio_paper_is_sound_too(tmp_path: Path) -> None:
    style = msgspec.structs.replace(PROFILE.page_style, paper="F4", font="serif", font_size=12)
    profile = msgspec.structs.replace(PROFILE, page_style=style)
    sample = LETTERS[2]
    text = html(sample.template, sample.letter, sample.body, profile)
    file = write(tmp_path, pdf(text, body_json=b"{}", at=SIGNED_AT))
    assert page.validate_pdf(str(file), profile="3a").is_compliant
    with pikepdf.open(file) as document:
        assert fonts(document) == {"Naskah-Serif", "Naskah-Serif-Bold"}
        assert [round(float(side) / MILLIMETRE) for side in document.pages[0].mediabox] == [0, 0, 215, 330]
    nothing_overlaps(file)


def test_the_system_has_what_letters_need() -> None:
    assert missing_system_parts() == []


def test_weasyprint_waits_for_the_first_letter() -> None:
    program = (
        "import sys, importlib, pathlib\n"
        "for name in ('words', 'numbering', 'parts', 'bodies', 'profile', 'complaints', 'layout', 'pdf'):\n"
        "    importlib.import_module('workflow.letters.' + name)\n"
        "print(sorted({'weasyprint', 'fontTools', 'babel', 'num2words', 'litestar'} & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3]
    )
    assert said.stdout.strip() == "[]"
