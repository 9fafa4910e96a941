"""report by command: running figures, a signed report, the spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.cli.test_knowing_commands import stamp
from tests.reporting import AFTER_SECOND, REMARKS, reported
from tests.world import World, build
from workflow.database import Database


@pytest.fixture
def told(fresh: Typed) -> tuple[Typed, str]:
    """A database with an internship that was completed and a report of its quarter, and the report's case."""
    database = Database.open(fresh.address)
    world: World = build(database)
    world.road("complete")
    world.go_to(AFTER_SECOND)
    case = reported(world, quarter=2)
    database.close()
    stamp(fresh)
    return fresh, case


@pytest.mark.parametrize("typed", ["2026-2", "2026-T2", "2026Q2", "2026-TW2"])
def test_the_running_figures_of_a_quarter(told: tuple[Typed, str], typed: str) -> None:
    result = told[0]("report", typed)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Laporan pengembangan kompetensi triwulan II tahun 2026 (angka berjalan, dihitung ")
    assert "Magang/praktik kerja (C11): Magang antarinstansi  1        20" in result.stdout
    assert "Tidak ada koreksi." in result.stdout


def test_a_year_is_reported_whole(told: tuple[Typed, str]) -> None:
    assert "kompetensi tahun 2026 (" in told[0]("report", "2026").stdout


def test_a_signed_report_is_shown_with_its_remarks(told: tuple[Typed, str]) -> None:
    office, case = told
    result = office("report", "show", case)
    assert result.exit_code == 0, result.output
    assert "sebagaimana ditandatangani pada 1 Juli 2026" in result.stdout
    assert REMARKS["obstacles"] in result.stdout


def test_a_spreadsheet_is_written_where_it_is_asked_for(told: tuple[Typed, str], tmp_path: Path) -> None:
    office, case = told
    for typed in (("2026",), ("show", case)):
        file = tmp_path / f"{typed[0]}.xlsx"
        result = office("report", *typed, "--xlsx", file)
        assert f"ditulis ke {file}" in result.stdout
        assert file.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("report", "2026-5"), "bukan triwulan atau tahun"),
        (("report", "1999"), "bukan triwulan atau tahun"),
        (("report", "show"), "report show BERKAS"),
        (("report", "2026", "x"), "report show BERKAS"),
        (("report",), "belum diisi"),
    ],
)
def test_what_was_mistyped_is_answered_with_the_way_out(typed: tuple[str, ...], says: str, fresh: Typed) -> None:
    result = fresh(*typed)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_case_that_is_no_report_is_not_shown(told: tuple[Typed, str]) -> None:
    result = told[0]("report", "show", "0190-tidak-ada")
    assert result.exit_code == 1
    assert "tidak ada" in result.stderr
