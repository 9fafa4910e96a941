"""hours by command: a person's, a unit's, all; printed or as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.cli.test_knowing_commands import stamp
from tests.world import World, build
from workflow.database import Database

TWENTY_TWO = """
[internship]
says = "Magang atau praktik kerja (C11)"
unit = "JP per kegiatan"
since = [{ from = 2019-01-01, value = 22, by = "PerLAN 10/2018 Lampiran" }]
"""


@pytest.fixture
def told(fresh: Typed) -> tuple[Typed, str]:
    """A database with an internship that was completed, and whose it was."""
    database = Database.open(fresh.address)
    world: World = build(database)
    world.road("complete")
    database.close()
    stamp(fresh)
    return fresh, world.ids["nurse"]


def test_a_person_s_year_is_printed_with_the_origin_of_each_figure(told: tuple[Typed, str]) -> None:
    office, nurse = told
    result = office("hours", nurse, "--year", "2026")
    assert result.exit_code == 0, result.output
    assert "20 JP dari sekurang-kurangnya 20 JP (PP 11/2017 Pasal 203 ayat (4))." in result.stdout
    assert "Magang/praktik kerja 6 April 2026 sampai 17 April 2026 dicatat dengan 20 JP" in result.stdout


def test_a_unit_and_all_are_printed(told: tuple[Typed, str]) -> None:
    office, _ = told
    unit = office("hours", "--unit", "RSUD", "--year", "2026").stdout
    assert unit.startswith("Buku JP 2026: Rumah Sakit Umum Daerah Kemuning")
    assert "1 mencapai target" in unit
    assert "seluruh perangkat daerah" in office("hours", "--all", "--year", "2026").stdout


def test_hours_are_counted_anew_by_a_law_that_was_changed_and_only_once(
    told: tuple[Typed, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, nurse = told
    assert "dihitung ulang: tidak ada yang berubah." in office("hours", "recount").stdout
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "credit.toml").write_text(TWENTY_TWO, "utf-8")
    monkeypatch.setenv("JENJANG_POLICIES", str(tmp_path / "law"))
    assert "tidak ada yang berubah" in office("hours", "recount", "--year", "2025").stdout
    first = office("hours", "recount", "--person", nurse, "--year", "2026").stdout
    assert "2026  -20 JP  Dibalik karena ketentuan berubah setelah dibukukan" in first
    assert "2026  +22 JP" in first
    assert "2 mutasi koreksi bagi 1 pegawai." in first
    assert "tidak ada yang berubah" in office("hours", "recount").stdout
    assert "22 JP dari sekurang-kurangnya 20 JP" in office("hours", nurse, "--year", "2026").stdout
    assert office("hours", "recount", "--year", "99999").exit_code == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_hours_are_written_where_it_is_asked_for(told: tuple[Typed, str], tmp_path: Path, ending: str) -> None:
    office, nurse = told
    file = tmp_path / f"jp.{ending}"
    assert f"ditulis ke {file}." in office("hours", nurse, "--year", "2026", "--to", file).stdout
    assert file.stat().st_size > 100


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ((), 2, "Sebutkan salah satu"),
        (("--all", "--unit", "RSUD"), 2, "Sebutkan salah satu"),
        (("--all", "--year", "99999"), 2, "di luar 1945 sampai 2100"),
        (("--all", "--to", "jp.docx"), 2, "pakai .csv, .xlsx, atau .pdf"),
        (("--unit", "TIDAKADA"), 1, "Unit itu tidak ada"),
        (("--all", "--year", "2016"), 1, "tidak berlaku pada 31 Desember 2016"),
    ],
)
def test_what_was_mistyped_is_said(told: tuple[Typed, str], typed: tuple[str, ...], code: int, says: str) -> None:
    result = told[0]("hours", *typed)
    assert result.exit_code == code
    assert says in result.output
