"""The import commands: what they print, what they write, and with which code they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PROFILE, SAMPLE, Run, Typed

HEADINGS = (SAMPLE / "pegawai.csv").read_text(encoding="utf-8").splitlines()[0]
ROWS = (SAMPLE / "pegawai.csv").read_text(encoding="utf-8").splitlines()[1:]


def people_file(folder: Path, *rows: str) -> Path:
    """An export with these rows under the sample's headings."""
    path = folder / "pegawai.csv"
    path.write_text("\n".join((HEADINGS, *rows)) + "\n", encoding="utf-8")
    return path


WRONG = ROWS[0].replace("IV/d", "V/z")


def test_json_is_the_only_thing_on_standard_output(fresh: Typed) -> None:
    result = fresh("import-people", SAMPLE / "pegawai.csv", "--json")
    assert json.loads(result.stdout) == {"rows": len(ROWS), "accepted": len(ROWS), "rejected": []}
    assert result.exit_code == 0


def test_json_names_row_column_value_and_reason_and_ends_with_one(fresh: Typed, tmp_path: Path) -> None:
    result = fresh("import-people", people_file(tmp_path, WRONG, *ROWS[1:3]), "--json")
    report = json.loads(result.stdout)
    assert set(report) == {"rows", "accepted", "rejected"}
    assert (report["rows"], report["accepted"]) == (3, 2)
    (rejected,) = report["rejected"]
    assert set(rejected) == {"row", "column", "value", "reason"}
    assert rejected["row"] == 2
    assert rejected["column"] == "GOLONGAN"
    assert rejected["value"] == "V/z"
    assert result.exit_code == 1


def test_nothing_is_written_when_a_row_is_rejected(fresh: Typed, tmp_path: Path) -> None:
    path = people_file(tmp_path, WRONG, *ROWS[1:3])
    result = fresh("import-people", path)
    assert result.exit_code == 1
    assert "Tidak ada yang ditulis" in result.stdout
    assert fresh("people", "show", ROWS[1].split(",")[0]).exit_code == 1


def test_sound_rows_are_written_where_the_rejected_ones_are_skipped(fresh: Typed, tmp_path: Path) -> None:
    result = fresh("import-people", people_file(tmp_path, WRONG, *ROWS[1:3]), "--skip-rejected")
    assert result.exit_code == 1
    assert "2 baru" in result.stdout
    assert fresh("people", "show", ROWS[1].split(",")[0]).exit_code == 0


def test_a_trial_run_leaves_no_database_behind(fresh: Typed) -> None:
    result = fresh("import-people", SAMPLE / "pegawai.csv", "--dry-run")
    assert result.exit_code == 0
    assert "Hanya diperiksa" in result.stdout
    assert not fresh.path.exists()


def test_a_trial_run_on_a_database_that_exists_changes_nothing(office: Typed, tmp_path: Path) -> None:
    before = office("people", "show", ROWS[1].split(",")[0]).stdout
    changed = ROWS[1].replace("Asisten Administrasi Umum", "Asisten Umum")
    assert office("import-people", people_file(tmp_path, ROWS[0], changed), "--dry-run").exit_code == 0
    assert office("people", "show", ROWS[1].split(",")[0]).stdout == before


def test_someone_missing_from_the_new_file_is_reported_and_stays(office: Typed, tmp_path: Path) -> None:
    result = office("import-people", people_file(tmp_path, *ROWS[:-1]))
    nip = ROWS[-1].split(",")[0]
    assert f"({nip})" in result.stdout
    assert "jenjang people leave NIP --on TANGGAL" in result.stdout
    assert "tugasnya tetap sampai dicatat keluar" in office("people", "show", nip).stdout


def test_unknown_headings_are_named_and_ignored(fresh: Typed, tmp_path: Path) -> None:
    path = tmp_path / "pegawai.csv"
    path.write_text(f"{HEADINGS},CATATAN BEBAS\n{ROWS[0]},apa saja\n", encoding="utf-8")
    result = fresh("import-people", path)
    assert result.exit_code == 0
    assert "CATATAN BEBAS" in result.stdout


def test_a_file_that_is_no_table_is_refused_with_its_name(fresh: Typed, tmp_path: Path) -> None:
    path = tmp_path / "pegawai.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    result = fresh("import-people", path)
    assert result.exit_code == 1
    assert "pegawai.csv" in result.stderr
    assert "Traceback" not in result.output


def test_importing_people_fills_groups_and_the_line_to_the_regent(office: Typed) -> None:
    listed = office("groups", "list").stdout
    assert "(belum ada anggota)" not in listed
    assert "Bupati Kemuning" in office("people", "show", ROWS[0].split(",")[0]).stdout


@pytest.mark.parametrize(
    ("command", "file"),
    [("import-partners", "mitra.csv"), ("import-agreements", "kerja-sama.csv"), ("import-budgets", "anggaran.csv")],
)
def test_importing_again_changes_nothing(command: str, file: str, office: Typed) -> None:
    result = office(command, SAMPLE / file)
    assert result.exit_code == 0
    assert "0 baru, 0 berubah" in result.stdout


def test_agreements_with_unknown_partners_are_rejected(fresh: Typed) -> None:
    result = fresh("import-agreements", SAMPLE / "kerja-sama.csv", "--json")
    assert result.exit_code == 1
    assert {each["column"] for each in json.loads(result.stdout)["rejected"]} == {"KODE MITRA"}


def test_an_office_is_set_up_on_postgresql_by_the_same_commands(
    run: Run, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_DATABASE", postgresql_url)
    assert run("import-people", SAMPLE / "pegawai.csv", "--dry-run").exit_code == 0
    for command in (
        ("migrate",),
        ("agency", "set", PROFILE),
        ("import-people", SAMPLE / "pegawai.csv"),
        ("import-partners", SAMPLE / "mitra.csv"),
        ("import-agreements", SAMPLE / "kerja-sama.csv"),
        ("import-budgets", SAMPLE / "anggaran.csv"),
        ("check",),
        ("verify",),
        ("sweep",),
    ):
        result = run(*command)
        assert result.exit_code == 0, result.output
