"""Backing up, checking, restoring and moving by command, as a timer or an administrator types it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.backups import holds, nothing_else_in
from tests.cli.conftest import Run, Typed
from workflow.backups.last import last
from workflow.database import Database


def test_a_backup_is_made_checked_and_restored(office: Typed, tmp_path: Path) -> None:
    before = holds(office.address)
    made = office("backup", "--to", tmp_path / "cadangan", "--keep", "3")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("Cadangan tersimpan: ")
    assert "Keadaan 20" in made.stdout
    assert "tidak terenkripsi dan memuat data pribadi" in made.stderr
    assert f"Kunci rahasia ({(tmp_path / 'keys').resolve()}) tidak termasuk." in made.stderr
    (file,) = (tmp_path / "cadangan").iterdir()

    checked = office("backup", "check", file)
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.rstrip().endswith("Sama dengan manifesnya.")
    assert "Rantai peristiwa: " in checked.stdout

    refused = office("restore", file, "--to", office.address)
    assert refused.exit_code == 1
    assert "sudah ada isinya dan tidak ditimpa" in refused.stderr
    target = f"sqlite:///{tmp_path / 'baru' / 'kantor.db'}"
    restored = office("restore", file, "--to", target)
    assert restored.exit_code == 0, restored.output
    assert "Kembalikan juga folder kunci rahasia" in restored.stderr
    assert holds(target) == before


def test_that_the_office_was_backed_up_is_noted_in_it_once_the_file_is_there(office: Typed, tmp_path: Path) -> None:
    def noted() -> datetime | None:
        with closing(Database.open(office.address)) as database:
            return database.read(last, datetime.now(UTC))

    (tmp_path / "terpakai.tar").touch()
    assert office("backup", "--to", tmp_path / "terpakai.tar").exit_code == 1
    assert noted() is None
    began = datetime.now(UTC).replace(microsecond=0)
    assert office("backup", "--to", tmp_path / "a.tar").exit_code == 0
    found = noted()
    assert found is not None
    assert began <= found <= datetime.now(UTC)


def test_an_encrypted_backup_brings_the_keys_back(office: Typed, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "accounts.key").write_bytes(b"rahasia")
    made = office("backup", "key", tmp_path / "kunci.txt")
    assert made.exit_code == 0
    assert (tmp_path / "kunci.txt").stat().st_mode & 0o777 == 0o600
    (tmp_path / "kunci.pub").write_text(made.stdout)
    assert office("backup", "key", tmp_path / "kunci.txt").exit_code == 1

    assert "hanya disertakan dalam cadangan terenkripsi" in office("backup", "--with-keys").stderr
    file = tmp_path / "a.tar.age"
    assert office("backup", "--to", file, "--key", tmp_path / "kunci.pub", "--with-keys").exit_code == 0
    target = f"sqlite:///{tmp_path / 'baru.db'}"
    assert "Sebutkan berkas kunci rahasianya dengan --key" in office("restore", file, "--to", target).stderr
    refused = office("restore", file, "--to", target, "--key", tmp_path / "kunci.txt", "--keys-to", keys)
    assert "kunci tidak ditimpa" in refused.stderr
    back = tmp_path / "kunci-kembali"
    restored = office("restore", file, "--to", target, "--key", tmp_path / "kunci.txt", "--keys-to", back)
    assert restored.exit_code == 0, restored.output
    assert (back / "accounts.key").read_bytes() == b"rahasia"
    assert (back / "accounts.key").stat().st_mode & 0o777 == 0o600


def test_a_damaged_backup_is_told_in_a_sentence(office: Typed, tmp_path: Path) -> None:
    office("backup", "--to", tmp_path / "a.tar")
    content = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(content[:-4000])
    for command in (
        ("backup", "check", tmp_path / "a.tar"),
        ("restore", tmp_path / "a.tar", "--to", f"sqlite:///{tmp_path}/b.db"),
    ):
        told = office(*command)
        assert (told.exit_code, told.stdout) == (1, "")
        assert "terpotong" in told.stderr
    assert not (tmp_path / "b.db").exists()


def test_an_office_that_does_not_hold_is_restored_only_where_that_is_asked_for(office: Typed, tmp_path: Path) -> None:
    with closing(sqlite3.connect(office.path)) as intruder:
        intruder.execute("UPDATE positions SET holder_id = NULL WHERE holder_id IS NOT NULL")
        intruder.commit()
    office("backup", "--to", tmp_path / "a.tar")
    assert office("backup", "check", tmp_path / "a.tar").exit_code == 1
    target = tmp_path / "b.db"
    refused = office("restore", tmp_path / "a.tar", "--to", f"sqlite:///{target}")
    assert refused.exit_code == 1
    assert "TIDAK SESUAI" in refused.stdout
    assert "--even-so" in refused.stderr
    assert not target.exists()
    assert office("restore", tmp_path / "a.tar", "--to", f"sqlite:///{target}", "--even-so").exit_code == 0
    assert target.exists()


def test_where_there_is_no_database_nothing_is_backed_up(fresh: Typed, tmp_path: Path) -> None:
    told = fresh("backup", "--to", tmp_path / "cadangan")
    assert told.exit_code == 1
    assert "belum ada" in told.stderr
    assert nothing_else_in(tmp_path)


def test_an_office_moves_to_postgresql_and_back(
    office: Typed, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = office("move", "--from", office.address, "--to", postgresql_url)
    assert moved.exit_code == 0, moved.output
    assert "sidik setiap tabel sama" in moved.stdout
    back = f"sqlite:///{tmp_path / 'kembali.db'}"
    assert office("move", "--from", postgresql_url, "--to", back).exit_code == 0
    assert holds(back) == holds(office.address)
    monkeypatch.setenv("JENJANG_DATABASE", postgresql_url)
    assert office("backup", "--to", tmp_path / "pg.tar").exit_code == 0
    told = office("backup", "check", tmp_path / "pg.tar")
    assert told.exit_code == 1
    assert "sebutkan basis data kosong dengan --to" in told.stderr


def test_a_source_that_is_not_there_is_not_made(run: Run, tmp_path: Path) -> None:
    told = run("move", "--from", f"sqlite:///{tmp_path / 'tidak-ada.db'}", "--to", "postgresql+psycopg:///tujuan")
    assert told.exit_code == 1
    assert nothing_else_in(tmp_path)
