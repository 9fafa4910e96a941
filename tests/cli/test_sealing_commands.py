"""``jenjang log``, ``prove``, ``verify proof`` and ``export-log`` as a person types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.cli.conftest import Run, Typed
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.office import Office
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import people


@pytest.fixture
def case(office: Typed) -> str:
    """A case that a nurse has opened."""
    database = Database.open(office.address)
    engine = Engine(Registry.discover(), database.read(Office.load))
    query = select(people.c.id).where(people.c.name == "Kirana Maheswari")
    nurse = database.read(lambda conn: conn.execute(query).scalar_one())
    opened = database.write(engine.open, "internship", Actor(nurse, "Kirana"), {}, datetime(2026, 3, 2, 3, tzinfo=UTC))
    database.close()
    return reference_of(opened.case_id)


def test_a_case_is_sealed_proven_and_checked_without_the_database(
    office: Typed, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "jenjang log seal" in office("log", "head").stderr
    sealed = office("log", "seal")
    assert sealed.exit_code == 0, sealed.output
    assert "1 peristiwa disegel." in sealed.stdout
    key = office("log", "head", "--key").stdout.strip()
    assert office("log", "head").stdout.startswith(key.partition("+")[0])
    file = tmp_path / "bukti.json"
    assert "1 peristiwa." in office("prove", case, "--to", file).stdout
    assert "sudah ada" in office("prove", case, "--to", file).stderr
    assert office("verify", "proof", file).exit_code == 0
    assert "1 diperiksa, sesuai" in office("verify", "log").stdout
    # From here on there is no database.
    monkeypatch.setenv("JENJANG_DATABASE", f"sqlite:///{tmp_path / 'tidak-ada.db'}")
    saved = tmp_path / "kunci.txt"
    saved.write_text(f"{key}\n")
    for named in (key, str(saved)):
        checked = office("verify", "proof", file, "--key", named)
        assert checked.exit_code == 0
        assert f"[BENAR] Berkas {case}: 1 peristiwa tidak diubah sejak disegel." in checked.stdout
    proof = json.loads(file.read_text())
    proof["events"][0]["type"] = "submit"
    file.write_text(json.dumps(proof))
    refused = office("verify", "proof", file, "--key", key)
    assert refused.exit_code == 1
    assert "[TIDAK] Catatan peristiwa nomor 1" in refused.stdout


def test_another_key_does_not_prove_it(office: Typed, case: str, tmp_path: Path) -> None:
    office("log", "seal")
    file = tmp_path / "bukti.json"
    office("prove", case, "--to", file)
    other = office("log", "rotate").stdout.split()[3]
    assert office("verify", "proof", file, "--key", other).exit_code == 1
    assert office("verify", "proof", file).exit_code == 0
    assert office("verify", "proof", file, "--key", "a+b").exit_code == 1


def test_what_waits_for_longer_than_an_hour_is_told(office: Typed, case: str) -> None:
    office("log", "seal")
    assert office("verify", "log").exit_code == 0
    database = Database.open(office.address)
    engine = Engine(Registry.discover(), database.read(Office.load))
    query = select(people.c.id).where(people.c.name == "Bonaventura Seran")
    nurse = database.read(lambda conn: conn.execute(query).scalar_one())
    database.write(engine.open, "internship", Actor(nurse, "Bona"), {}, datetime(2026, 3, 2, 4, tzinfo=UTC))
    database.close()
    late = office("verify", "log")
    assert late.exit_code == 1
    assert "1 peristiwa menunggu disegel lebih dari satu jam" in late.stdout
    assert case


def test_the_log_of_a_process_is_written_once_and_whole(office: Typed, case: str, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    asked = ("export-log", "--process", "internship", "--format", "csv", "--to", file)
    assert "byte" in office(*asked).stdout
    assert case in file.read_text()
    assert "sudah ada" in office(*asked).stderr
    named = tmp_path / "nama.csv"
    assert office(*asked[:-1], named, "--names").exit_code == 0
    assert "Kirana Maheswari" in named.read_text()
    assert "Kirana Maheswari" not in file.read_text()
    empty = tmp_path / "kosong.csv"
    assert office(*asked[:-1], empty, "--from", "2030-01-01").exit_code == 0
    assert len(empty.read_text().splitlines()) == 1
    assert "Proses 'tidak-ada'" in office("export-log", "--process", "tidak-ada", "--to", tmp_path / "x").stderr
    assert list(tmp_path.glob("*.sebagian")) == []


def test_what_is_no_proof_is_said_so(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bukti.json"
    file.write_text("{}")
    result = run("verify", "proof", file, "--key", "a+b+c")
    assert result.exit_code == 1
    assert "[TIDAK] Berkas ini bukan bukti" in result.stdout
