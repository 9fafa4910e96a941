"""awards by command: candidates, reach, fairness, what is paid and recorded; printed or as a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.awards import award_round, handed_over, nomination, paid
from tests.cli.conftest import Typed
from tests.cli.test_knowing_commands import stamp
from tests.world import World, build
from workflow.database import Database
from workflow.references import reference_of
from workflow.tables import views


@pytest.fixture
def told(fresh: Typed) -> tuple[Typed, World, str]:
    """A database with a round in which the nurse was given an award, her people, and the round's number."""
    database = Database.open(fresh.address)
    world: World = build(database)
    found = award_round(world)
    written = [("decree", "regent", {}), ("payment", "verifier", paid()), ("hand_over", "verifier", handed_over())]
    nomination(world, "nurse", "regional", "awarded", of_round=found, told=written)
    database.close()
    stamp(fresh)
    return fresh, world, reference_of(found)


def test_candidates_and_reach_are_printed(told: tuple[Typed, World, str]) -> None:
    office, world, _ = told
    listed = office("awards", "candidates", "--kind", "satyalancana_10", "--unit", "RSUD").stdout
    assert "Satyalancana Karya Satya X Tahun: 0 memenuhi syarat, 16 perlu dilengkapi datanya" in listed
    assert "Tanggal pengangkatan CPNS calon belum diketahui (PP 35/2010 Pasal 22)." in listed
    within = office("awards", "reach", world.ids["nurse"]).stdout
    assert within.startswith("Penghargaan yang dapat dicapai: Nurse")
    assert "sekurang-kurangnya 20 JP" in within


def test_figures_are_printed_whole_and_as_all_staff_see_them(told: tuple[Typed, World, str]) -> None:
    office, _, _ = told
    assert "Dinas Kesehatan" in office("awards", "fairness", "--year", "2026").stdout
    shown = office("awards", "fairness", "--year", "2026", "--open").stdout
    assert "..." in shown
    assert "Penerima lebih dari satu penghargaan: 0 orang." in shown


def test_the_list_to_pay_is_for_somebody_who_may_see_it_and_put_on_record(told: tuple[Typed, World, str]) -> None:
    office, world, number = told
    assert office("awards", "payments", number).exit_code == 2, "for whom must be said"
    refused = office("awards", "payments", number, "--for", world.ids["nurse"])
    assert refused.exit_code == 1
    assert "0012345678" not in refused.output
    listed = office("awards", "payments", number, "--for", world.ids["treasurer"]).stdout
    assert "0012345678" in listed
    assert re.search(r" \d\.\d{3}\.\d{3} ", listed), "rupiah are read by their dots"
    database = Database.open(office.address)
    looks = database.read(lambda conn: [row.viewer_id for row in conn.execute(select(views))])
    database.close()
    assert looks == [world.ids["treasurer"]]


def test_the_record_is_written_in_columns_of_one_s_own(told: tuple[Typed, World, str], tmp_path: Path) -> None:
    office, _, _ = told
    layout, file = tmp_path / "lain.toml", tmp_path / "riwayat.csv"
    layout.write_text(
        'title = "Lain"\ndates = "yyyy-mm-dd"\ncolumns = [{ heading = "SERAH", value = "handed_on" }]', "utf-8"
    )
    assert (
        f"ditulis ke {file}." in office("awards", "record", "--year", "2026", "--layout", layout, "--to", file).stdout
    )
    assert file.read_text("utf-8-sig").split() == ["SERAH", "2026-03-25"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_awards_are_written_where_it_is_asked_for(told: tuple[Typed, World, str], tmp_path: Path, ending: str) -> None:
    office, world, number = told
    for typed in (
        ("candidates",),
        ("reach", world.ids["nurse"]),
        ("fairness", "--year", "2026"),
        ("payments", number, "--for", world.ids["verifier"]),
        ("record", "--year", "2026"),
    ):
        file = tmp_path / f"{typed[0]}.{ending}"
        assert f"ditulis ke {file}." in office("awards", *typed, "--to", file).stdout
        assert file.stat().st_size > 100


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (("fairness", "--year", "99999"), 2, "di luar 1945 sampai 2100"),
        (("candidates", "--to", "calon.pdf"), 2, "pakai .csv atau .xlsx"),
        (("candidates", "--kind", "lain"), 1, "yang ada: satyalancana_10"),
        (("reach", "tidak-ada"), 1, "tidak"),
        (("record", "--layout", "tidak-ada.toml"), 1, "tidak-ada.toml"),
        (("fairness", "--year", "2010"), 0, "Pemerataan penghargaan 2010"),
    ],
)
def test_what_was_mistyped_is_said(
    told: tuple[Typed, World, str], typed: tuple[str, ...], code: int, says: str
) -> None:
    result = told[0]("awards", *typed)
    assert result.exit_code == code, result.output
    assert says in result.output
