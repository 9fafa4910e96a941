"""The report to the regent as a letter. ``REGENERATE=1 pytest`` of this file writes the golden file anew."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import msgspec
import page
import pytest

from tests.workflow.letters.geometry import nothing_overlaps, read
from tests.workflow.letters.report import BODY, FRAME, TEMPLATE
from tests.workflow.letters.samples import PROFILE, SIGNED_AT
from tests.workflow.letters.test_pdf import write
from workflow.letters.bodies.report import CompetencyReport
from workflow.letters.layout import html, missing_names
from workflow.letters.pdf import pdf

GOLDEN = Path(__file__).parents[2] / "golden" / "reports" / "competency_report.html"


def text_of(body: CompetencyReport = BODY) -> str:
    return html(TEMPLATE, FRAME, body, PROFILE)


_made: dict[str, bytes] = {}


def made(folder: Path, body: CompetencyReport = BODY) -> Path:
    """The letter as a file; each text is laid out once."""
    text = text_of(body)
    if text not in _made:
        _made[text] = pdf(text, body_json=msgspec.json.encode(body), at=SIGNED_AT, title="Laporan")
    return write(folder, _made[text])


def pages(file: Path) -> int:
    info = subprocess.run(["pdfinfo", file], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"Pages:\s+(\d+)", info)[1])  # type: ignore[index]


def test_it_reads_as_it_was_approved() -> None:
    text = re.sub(r'src="data:[^"]*"', 'src="data:"', text_of())
    if os.environ.get("REGENERATE"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text


def test_its_template_asks_only_for_what_it_has() -> None:
    assert missing_names(TEMPLATE, CompetencyReport) == ()


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_it_is_sound_for_archives_and_screen_readers(profile: str, tmp_path: Path) -> None:
    found = page.validate_pdf(str(made(tmp_path)), profile=profile)
    assert [failure.rule_id for failure in found.failures] == []


def test_it_fills_three_pages_at_most_and_nothing_overlaps(tmp_path: Path) -> None:
    file = made(tmp_path)
    assert pages(file) <= 3
    nothing_overlaps(file)


def test_the_secretary_is_named_below_the_regent(tmp_path: Path) -> None:
    text = read(made(tmp_path), "-layout")
    assert re.search(r"Yth\. +Bupati Kemuning\n +melalui Sekretaris Daerah\n", text)


def test_every_table_has_headings_for_its_columns_and_rows() -> None:
    tables = re.findall(r'<table class="grid figures.*?</table>', text_of(), re.DOTALL)
    assert len(tables) == len(BODY.printed_figures) + 1
    for table in tables:
        assert table.count('scope="col"') >= 2
        assert table.count('scope="row"') == table.count("<tr") - 1


def test_a_quarter_in_which_nothing_happened_says_so() -> None:
    empty = tuple(msgspec.structs.replace(section, rows=(), total=None) for section in BODY.printed_figures)
    text = text_of(msgspec.structs.replace(BODY, printed_figures=empty, printed_corrections=()))
    assert text.count("Tidak ada yang dilaporkan.") == len(empty)
    assert "Tidak ada koreksi." in text


def test_a_year_is_called_a_year() -> None:
    text = text_of(msgspec.structs.replace(BODY, quarter=0))
    assert "aparatur sipil negara tahun 2026, menurut keadaan sampai dengan 31 Desember 2026" in text


def test_what_the_head_typed_is_text() -> None:
    text = text_of(msgspec.structs.replace(BODY, obstacles="<script>x</script>\nBaris kedua."))
    assert "&lt;script&gt;x&lt;/script&gt;<br>Baris kedua." in text
