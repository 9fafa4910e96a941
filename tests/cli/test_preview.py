"""``jenjang preview``: what issuing would give, before there is anything to issue."""

from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner

from api.command_line import main
from tests.workflow.letters.samples import LETTERS
from workflow.letters.layout import template_names
from workflow.letters.profile import SHIPPED_PROFILE, load_profile
from workflow.letters.specimen import known, specimen
from workflow.letters.types import TYPES

AT = LETTERS[0].letter.signed_at


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JENJANG_DATABASE", f"sqlite:///{tmp_path / 'tidak-ada.db'}")


def ran(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["preview", *words])
    assert done.exit_code == code, done.output
    return done.output


def test_a_letter_can_be_seen_before_there_is_a_database(tmp_path: Path) -> None:
    assert ran("internship_recall") == "internship_recall.pdf\n"
    with pikepdf.open(tmp_path / "internship_recall.pdf") as document:
        assert len(document.Root.AcroForm.Fields) == 1


def test_each_profile_prints_on_its_own_paper(tmp_path: Path) -> None:
    for profile, height in (("kemuning", 842), ("samudra", 935)):
        ran("surat_tugas", "--profile", profile, "--out", f"{profile}.pdf")
        with pikepdf.open(tmp_path / f"{profile}.pdf") as document:
            assert round(float(document.pages[0].mediabox[3])) == height


def test_pictures_of_the_pages_come_along(tmp_path: Path) -> None:
    ran("internship_return", "--png")
    assert [file.name for file in tmp_path.glob("*.png")] == ["internship_return-1.png"]


def test_a_letter_that_nobody_knows_is_answered_with_those_there_are() -> None:
    said = ran("surat_cinta", code=1)
    assert 'Surat "surat_cinta" tidak dikenal.' in said
    assert "surat_tugas" in said
    assert "internship_request" in said


@pytest.mark.parametrize("name", ["../../../etc/passwd", "../surat_tugas", "/etc/hostname"])
def test_a_name_is_no_path(name: str) -> None:
    assert "tidak dikenal" in ran(name, code=1)


def test_every_letter_of_a_process_has_its_sample() -> None:
    own = {name.removesuffix(".html") for name in template_names()}
    assert own == set(known())


@pytest.mark.parametrize("name", known())
def test_every_sample_fits_its_template(name: str) -> None:
    assert AT is not None
    written = specimen(name, load_profile(SHIPPED_PROFILE), AT)
    assert written.frame.test_key
    assert written.frame.kind == name
    assert name in TYPES or written.template == f"{name}.html"
