"""``jenjang budgets``: what an officer types at the end of a year, and what they are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from tests.cli.conftest import Run, Typed
from tests.money import budget_line, set_ceiling
from tests.offices import sqlite_copy
from tests.stages import Stages
from tests.world import World
from workflow.migrations import head_revision
from workflow.references import reference_of
from workflow.tables import budgets, closed_years, people


@pytest.fixture
def assigned(stages: Stages, fresh: Typed) -> Iterator[tuple[World, str]]:
    """An internship that has been assigned: four million are bound on the line of 2026."""
    office, case = stages["assigned"]
    with sqlite_copy(office, fresh.path) as world:
        world.database.write(_as_migrated)
        yield world, case


def _as_migrated(conn: Connection) -> None:
    """Stages are made of the tables alone: say that these are the newest ones."""
    conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    conn.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head_revision()})


def nip(world: World, who: str) -> str:
    ((found,),) = world.all(select(people.c.nip).where(people.c.id == world.ids[who]))
    return str(found)


def test_without_an_officer_the_open_promises_are_listed_and_nothing_is_closed(
    assigned: tuple[World, str], run: Run
) -> None:
    world, case = assigned
    answer = run("budgets", "close", "2026")
    assert answer.exit_code == 0
    assert f"  {reference_of(case)}  Nurse" in answer.stdout
    assert "diikat  Rp4.000.000,00" in answer.stdout
    assert "--release BERKAS" in answer.stdout
    assert world.all(select(closed_years)) == []


def test_each_promise_is_decided_by_a_named_officer_and_then_the_year_is_closed(
    assigned: tuple[World, str], run: Run
) -> None:
    world, case = assigned
    line, number = budget_line(world, 2027), reference_of(case)
    answer = run("budgets", "close", "2026", "--by", nip(world, "treasurer"), "--carry", f"{number}={line}")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == f"Berkas {number}: dialihkan ke tahun 2027.\nTahun anggaran 2026 ditutup oleh Treasurer.\n"
    assert "sudah ditutup oleh Treasurer" in run("budgets", "close", "2026").stdout
    assert "sudah ditutup oleh Treasurer" in run("budgets", "list", "2026").stdout


def test_what_could_not_be_decided_is_told_and_the_year_stays_open(assigned: tuple[World, str], run: Run) -> None:
    world, case = assigned
    line = budget_line(world, 2027, 1)
    answer = run("budgets", "close", "2026", "--by", nip(world, "treasurer"), "--carry", f"{case}={line}")
    assert answer.exit_code == 1
    assert f"Berkas {reference_of(case)}: Dibebankan Rp4.000.000,00; tersedia Rp1,00" in answer.stdout
    assert "Tahun ini belum ditutup." in answer.stdout
    assert world.all(select(closed_years)) == []


def test_whoever_is_no_budget_officer_is_told_so_and_decides_nothing(assigned: tuple[World, str], run: Run) -> None:
    world, case = assigned
    answer = run("budgets", "close", "2026", "--by", nip(world, "verifier"), "--release", case)
    assert answer.exit_code == 1
    assert "bukan anggotanya" in answer.stderr
    assert reference_of(case) in run("budgets", "close", "2026").stdout


def test_a_decision_without_an_officer_is_refused(assigned: tuple[World, str], run: Run) -> None:
    _, case = assigned
    answer = run("budgets", "close", "2026", "--release", case)
    assert answer.exit_code == 1
    assert "tambahkan --by NIP" in answer.stderr


def test_a_deficit_is_listed_with_its_promises_and_decided(assigned: tuple[World, str], run: Run) -> None:
    world, case = assigned
    assert run("budgets", "deficit").stdout == "Tidak ada pagu yang kurang dari janjinya.\n"
    set_ceiling(world, world.budget_line, 3_000_000)
    shown = run("budgets", "deficit", "2026").stdout
    assert "KURANG Rp1.000.000,00" in shown
    number = reference_of(case)
    assert re.search(rf"{number}  Nurse +Rumah Sakit Umum Daerah Kemuning +Ditugaskan +diikat +Rp4\.000\.000,00", shown)
    officer = nip(world, "treasurer")
    because = ("--reason", "Efisiensi belanja.", "--by", officer)
    answer = run("budgets", "release", number, "--year", "2026", "--remains", "3.000.000", *because)
    assert (answer.exit_code, answer.stdout) == (0, f"Janji tahun 2026 pada berkas {number} kini Rp3.000.000,00.\n")
    assert run("budgets", "deficit").stdout == "Tidak ada pagu yang kurang dari janjinya.\n"


def test_what_awaits_is_funded_from_the_next_years_line(assigned: tuple[World, str], run: Run) -> None:
    world, case = assigned
    officer = nip(world, "treasurer")
    run("budgets", "close", "2026", "--by", officer, "--carry", case)
    assert "menunggu DPA" in run("budgets", "close", "2027").stdout
    number = reference_of(case)
    answer = run("budgets", "fund", number, budget_line(world, 2027), "--by", officer)
    assert (answer.exit_code, answer.stdout) == (0, f"Bagian berkas {number} yang menunggu DPA kini didanai.\n")


def test_a_year_stays_open_where_a_decision_named_a_case_that_is_none(assigned: tuple[World, str], run: Run) -> None:
    world, case = assigned
    officer = nip(world, "treasurer")
    decided = run("budgets", "close", "2026", "--by", officer, "--release", case, "--carry", "tiada")
    assert decided.exit_code == 1
    assert decided.stdout.splitlines() == [
        f"Berkas {reference_of(case)}: dilepas.",
        "Berkas tiada: Berkas tiada tidak ada, atau bukan untuk Anda lihat.",
        "Tidak ada janji tahun 2026 yang terbuka. Tutuplah dengan: jenjang budgets close 2026 --by NIP",
    ]
    assert world.all(select(closed_years)) == []
    assert run("budgets", "close", "2026", "--by", officer).stdout == "Tahun anggaran 2026 ditutup oleh Treasurer.\n"


@pytest.mark.parametrize(("typed", "says"), [("26", "bukan tahun anggaran"), ("besok", "bukan tahun anggaran")])
def test_a_year_that_is_none_is_mistyped(run: Run, typed: str, says: str) -> None:
    answer = run("budgets", "close", typed)
    assert answer.exit_code == 2
    assert says in answer.stderr


# --- What is left, and the treasury ----------------------------------------------------------------------------------


def test_what_is_left_is_told_with_each_promise_and_what_can_be_decided(assigned: tuple[World, str], run: Run) -> None:
    _, case = assigned
    answer = run("budgets", "left", "--year", "2026")
    assert answer.exit_code == 0, answer.output
    assert "Mata anggaran:" in answer.stdout
    assert re.search(rf"{reference_of(case)}  Nurse .* Ditugaskan .*lepaskan atau alihkan", answer.stdout)
    assert "Mutasi:" not in answer.stdout
    assert re.search(r"Diikat +dicadangkan +diikat +Rp4\.000\.000,00", run("budgets", "left", "--movements").stdout)
    none = run("budgets", "left", "--year", "2026", "--unit", "DINKES")
    assert none.stdout == "Tidak ada mata anggaran tahun 2026 yang dimaksud.\n"


def test_what_is_left_is_written_as_a_file_by_its_ending(assigned: tuple[World, str], run: Run, tmp_path: Path) -> None:
    for name, begins in (("sisa.csv", b"\xef\xbb\xbf"), ("sisa.xlsx", b"PK")):
        answer = run("budgets", "left", "--year", "2026", "--to", tmp_path / name)
        assert answer.stdout == f"Sisa anggaran 2026 ditulis ke {tmp_path / name}.\n"
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert run("budgets", "left", "--to", tmp_path / "sisa.doc").exit_code == 2
    assert assigned


def test_the_treasurys_list_is_compared_and_the_answer_written_to_be_sent_back(
    assigned: tuple[World, str], run: Run, tmp_path: Path
) -> None:
    world, _ = assigned
    ((code,),) = world.all(select(budgets.c.account_code).where(budgets.c.id == world.budget_line))
    payments = tmp_path / "sp2d.csv"
    head = "NOMOR SP2D,TANGGAL,KODE REKENING,PENERIMA,JUMLAH\n"
    payments.write_text(f"{head}7,02-03-2026,{code},Nurse,4000000\n8,02-03-2026,5.1.01,Orang Lain,1\n")
    answer = run("budgets", "reconcile", payments, "--year", "2026")
    assert answer.exit_code == 1, answer.output
    assert "Dibayarkan kas daerah, tetapi belum ada berkas yang mencatatnya." in answer.stdout
    assert answer.stdout.endswith("Tahun 2026: belum dibukukan di sini 1, bukan mata anggaran kita 1.\n")
    back = tmp_path / "hasil.xlsx"
    run("budgets", "reconcile", payments, "--year", "2026", "--to", back)
    assert back.read_bytes().startswith(b"PK")
    payments.write_text(f"{head}8,02-03-2026,5.1.01,Orang Lain,1\n")
    assert run("budgets", "reconcile", payments, "--year", "2026").exit_code == 0


def test_a_list_that_is_no_table_is_said_to_be_none(assigned: tuple[World, str], run: Run, tmp_path: Path) -> None:
    payments = tmp_path / "sp2d.csv"
    payments.write_bytes(b"%PDF-1.7")
    answer = run("budgets", "reconcile", payments)
    assert (answer.exit_code, "bukan CSV atau XLSX" in answer.stderr) == (1, True)
    assert assigned
