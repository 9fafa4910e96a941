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


@pytest.mark.parametrize(
    ("command", "file", "says"),
    [
        ("import-partners", "mitra.csv", "Mitra yang tidak ada lagi tetap tercatat"),
        ("import-agreements", "kerja-sama.csv", "berlaku sampai tanggal akhirnya"),
        ("import-budgets", "anggaran.csv", "tetap tercatat beserta pagunya"),
    ],
)
def test_what_is_missing_is_spoken_of_as_what_it_is(
    command: str, file: str, says: str, office: Typed, tmp_path: Path
) -> None:
    path = tmp_path / file
    path.write_text((SAMPLE / file).read_text(encoding="utf-8").strip().rpartition("\n")[0], encoding="utf-8")
    result = office(command, path)
    assert "Tidak ada lagi dalam berkas ini" in result.stdout
    assert says in result.stdout
    assert "people leave" not in result.stdout
    assert "pegawai" not in result.stdout


def unreadable(folder: Path, kind: str) -> Path:
    """A file of this kind, out of which no table can be read."""
    path = folder / f"{kind}.csv"
    contents = {"empty": b"", "unknown headings": b"a,b\n1,2\n", "broken archive": b"PK\x03\x04 rusak"}
    if kind == "folder":
        path.mkdir()
    elif kind in contents:
        path.write_bytes(contents[kind])
    return path


@pytest.mark.parametrize("kind", ["empty", "unknown headings", "broken archive", "folder", "absent"])
@pytest.mark.parametrize("command", ["import-people", "import-partners", "import-agreements", "import-budgets"])
def test_json_is_printed_for_a_file_that_is_no_table_too(command: str, kind: str, fresh: Typed, tmp_path: Path) -> None:
    result = fresh(command, unreadable(tmp_path, kind), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["rows"], report["accepted"]) == (0, 0)
    (rejected,) = report["rejected"]
    assert (rejected["row"], rejected["column"], rejected["value"]) == (1, "", "")
    assert rejected["reason"].startswith(("Berkas", "Baris", "Tidak terbaca"))
    assert rejected["reason"].endswith(".")
    assert rejected["reason"] in result.stderr


def test_a_folder_in_place_of_a_file_is_a_slip_of_typing(fresh: Typed, tmp_path: Path) -> None:
    result = fresh("import-people", unreadable(tmp_path, "folder"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "adalah folder" in result.stderr
    assert "Bantuan: jenjang import-people --help" in result.stderr


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
