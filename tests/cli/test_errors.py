"""What goes wrong is said in one message on standard error, without a traceback, in a real process too."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from api.command_line import explanation
from tests.cli.conftest import PROFILE, SAMPLE, Run, Typed

COMMAND = [sys.executable, "-m", "api"]


def typed_in_a_process(*args: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")}
    return subprocess.run(
        [*COMMAND, *map(str, args)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [("groups", "list"), ("verify",), ("explain", "x"), ("serve",), ("sweep",)])
def test_a_database_that_is_not_there_is_said_so_and_not_made(command: tuple[str, ...], fresh: Typed) -> None:
    result = fresh(*command)
    assert result.exit_code == 1
    assert "belum ada" in result.stderr
    assert "jenjang migrate" in result.stderr
    assert not fresh.path.exists()


def test_a_database_behind_the_program_is_said_so(office: Typed) -> None:
    with sqlite3.connect(office.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE compatibility SET oldest = '9998'")
    result = office("groups", "list")
    assert result.exit_code == 1
    assert "revisi 9999" in result.stderr


def test_an_address_that_is_none_is_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_DATABASE", "jenjang.db")
    result = run("migrate")
    assert result.exit_code == 1
    assert "JENJANG_DATABASE" in result.stderr


def test_a_file_that_is_no_database_is_explained(fresh: Typed) -> None:
    fresh.path.write_bytes(b"bukan basis data" * 100)
    result = fresh("groups", "list")
    assert result.exit_code == 1
    assert "tidak dapat dibuka" in result.stderr
    assert "Traceback" not in result.output


FOREIGN = ("CREATE TABLE people (x)", "CREATE TABLE pesanan (x)")


@pytest.mark.parametrize(
    "made",
    [
        FOREIGN,
        (*FOREIGN, "CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('ae1027a6acf')"),
        (*FOREIGN, "CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('0001')"),
    ],
    ids=["plain", "with Alembic", "numbered as ours"],
)
@pytest.mark.parametrize(
    "command",
    [("migrate",), ("verify",), ("explain", "x"), ("serve",), ("import-people", SAMPLE / "pegawai.csv", "--dry-run")],
    ids=lambda command: command[0],
)
def test_a_database_of_another_application_is_left_alone(
    fresh: Typed, command: tuple[str, ...], made: tuple[str, ...]
) -> None:
    with sqlite3.connect(fresh.path) as connection:
        for statement in made:
            connection.execute(statement)
    result = fresh(*command)
    assert result.exit_code == 1
    assert "bukan milik Jenjang: di dalamnya sudah ada tabel aplikasi lain (people, pesanan)" in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    with sqlite3.connect(fresh.path) as connection:
        assert "cases" not in {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def test_check_names_a_database_that_cannot_be_used(fresh: Typed) -> None:
    fresh.path.write_bytes(b"bukan basis data" * 100)
    result = fresh("check")
    assert result.exit_code == 1
    assert "[baik] Proses" in result.stdout
    assert "[SALAH] Basis data" in result.stdout
    assert "bukan basis data SQLite" in result.stdout


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://andi:rahasia@127.0.0.1:1/x", "tidak ada server PostgreSQL yang menjawab"),
        ("postgresql://andi:rahasia@127.0.0.1:satu/x", "bukan alamat SQLAlchemy, seperti sqlite:///jenjang.db"),
        ("mysql://andi:rahasia@127.0.0.1/x", "yang didukung hanya"),
        ("sqlite://", "yang didukung hanya"),
        ("sqlite:///kantor.db?mode=ro", "yang didukung hanya"),
        ("sqlite:////tidak/ada/kantor.db", "berkas atau foldernya tidak ada"),
        ("sqlite:////tmp", "tidak boleh dibuka"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JENJANG_DATABASE", address)
    result = run("migrate")
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert "rahasia" not in result.output
    assert not list(tmp_path.iterdir())


def test_what_the_system_refuses_is_said_in_indonesian() -> None:
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "surat.pdf")
    assert explanation(error).startswith("surat.pdf: ruang penyimpanan penuh.")


def test_a_policies_folder_that_is_not_there_is_explained(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_POLICIES", "/tidak/ada")
    result = office("sweep")
    assert result.exit_code == 1
    assert "JENJANG_POLICIES" in result.stderr


def test_an_office_that_is_not_set_up_says_how_to_do_it(fresh: Typed) -> None:
    fresh("migrate")
    result = fresh("serve")
    assert result.exit_code == 1
    assert "jenjang agency set" in result.stderr


def test_something_unforeseen_has_no_traceback_unless_asked_for(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(office.path) as connection:
        connection.execute("DROP TABLE group_members")
    result = office("groups", "list")
    assert result.exit_code == 1
    assert "JENJANG_DEBUG=1" in result.stderr
    assert "Traceback" not in result.output
    monkeypatch.setenv("JENJANG_DEBUG", "1")
    with pytest.raises(Exception, match="group_members"):
        office("groups", "list")


def test_a_whole_import_in_a_process_of_its_own(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'kantor.db'}"
    made = typed_in_a_process("agency", "set", PROFILE, JENJANG_DATABASE=address)
    assert made.returncode == 0, made.stderr
    result = typed_in_a_process("import-people", SAMPLE / "pegawai.csv", "--json", JENJANG_DATABASE=address)
    assert json.loads(result.stdout)["rejected"] == []
    assert result.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kantor.db"]


def test_an_error_in_a_process_of_its_own_ends_with_one_and_says_it_once() -> None:
    result = typed_in_a_process("describe", "mutasi")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_output_that_nobody_reads_to_its_end_is_no_error() -> None:
    process = subprocess.Popen([*COMMAND, "describe", "internship"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(30)
    assert b"Traceback" not in said
