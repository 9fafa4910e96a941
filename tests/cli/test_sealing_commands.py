"""``jenjang log``, ``prove``, ``verify proof`` and ``export-log`` as a person types them."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, select, text

from tests.cli.conftest import Run, Typed
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.office import Office
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.sealing.heads import consistency
from workflow.tables import cases, people


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


def test_what_is_not_sealed_yet_is_not_counted_as_proven(office: Typed, case: str, tmp_path: Path) -> None:
    office("log", "seal")
    with closing(Database.open(office.address)) as database:
        engine = Engine(Registry.discover(), database.read(Office.load))
        query = select(people.c.id).where(people.c.name == "Kirana Maheswari")
        nurse = Actor(database.read(lambda conn: conn.execute(query).scalar_one()), "Kirana")
        at = datetime(2026, 3, 2, 4, tzinfo=UTC)
        opened = database.read(lambda conn: conn.execute(select(cases.c.id)).scalar_one())
        database.write(engine.fire, opened, "withdraw", nurse, {}, at)
    file = tmp_path / "bukti.json"
    assert "2 peristiwa, 1 di antaranya belum disegel" in office("prove", case, "--to", file).stdout
    checked = office("verify", "proof", file).stdout
    assert f"[BENAR] Berkas {case}: 1 peristiwa tidak diubah sejak disegel." in checked
    assert "1 peristiwa terakhir belum disegel" in checked


@pytest.mark.parametrize(
    "changes", [{"at": "0001-01-01T00:00:00+14:00"}, {"at": "9999-12-31T23:59:59-14:00"}], ids=["early", "late"]
)
def test_an_instant_beyond_the_calendar_is_refused(
    office: Typed, case: str, tmp_path: Path, changes: dict[str, str]
) -> None:
    office("log", "seal")
    file = tmp_path / "bukti.json"
    office("prove", case, "--to", file)
    proof = json.loads(file.read_text())
    file.write_text(json.dumps({**proof, "events": [{**proof["events"][0], **changes}]}))
    refused = office("verify", "proof", file)
    assert refused.exit_code == 1
    assert "[TIDAK] Waktu peristiwa nomor 1 tidak dapat dibaca." in refused.stdout


@pytest.fixture
def kept(office: Typed, case: str, tmp_path: Path) -> Path:
    """A head that an inspector kept before something else was recorded and sealed."""
    assert case
    office("log", "seal")
    file = tmp_path / "kepala.txt"
    file.write_text(office("log", "head").stdout)
    opened(office, "Bonaventura Seran")
    assert "1 peristiwa disegel." in office("log", "seal").stdout
    return file


def opened(office: Typed, name: str) -> None:
    """One more case, by somebody."""
    with closing(Database.open(office.address)) as database:
        engine = Engine(Registry.discover(), database.read(Office.load))
        query = select(people.c.id).where(people.c.name == name)
        nurse = database.read(lambda conn: conn.execute(query).scalar_one())
        database.write(engine.open, "internship", Actor(nurse, name), {}, datetime(2026, 3, 2, 4, tzinfo=UTC))


def changed(office: Typed, *statements: str) -> None:
    """The database, as somebody changed it behind the program's back."""
    with closing(Database.open(office.address)) as database:
        for statement in statements:
            database.write(Connection.execute, text(statement))


def test_a_log_that_goes_on_from_a_head_that_was_kept_is_told_so(office: Typed, kept: Path) -> None:
    result = office("verify", "head", kept)
    assert result.exit_code == 0, result.output
    assert (
        "melanjutkan kepala yang disimpan: 1 peristiwa yang dicakupnya tidak diubah, dan 1 ditambahkan" in result.stdout
    )
    kept.write_bytes(kept.read_bytes().replace(b"\n", b"\r\n"))
    assert office("verify", "head", kept).exit_code == 0, "an editor has written other ends of lines"


def test_a_log_that_was_written_anew_is_found_out_by_a_head_that_was_kept(office: Typed, kept: Path) -> None:
    changed(office, "UPDATE log SET leaf = zeroblob(32) WHERE position = 0", "DELETE FROM log_heads")
    opened(office, "Kirana Maheswari")
    assert "3 daun" in office("log", "seal").stdout, "sealed anew, by the log's own key"
    result = office("verify", "head", kept)
    assert result.exit_code == 1
    assert "[TIDAK] Log ini TIDAK melanjutkan kepala yang disimpan" in result.stdout


def test_a_log_that_lost_its_end_is_found_out_by_a_head_that_was_kept(office: Typed, kept: Path) -> None:
    earlier = kept.read_text()
    kept.write_text(office("log", "head").stdout)
    changed(office, "DELETE FROM log_heads WHERE size = 2", "DELETE FROM log WHERE position = 1")
    result = office("verify", "head", kept)
    assert result.exit_code == 1
    assert "Log ini hanya 1 daun, sedangkan kepala yang disimpan mencakup 2" in result.stdout
    assert earlier == office("log", "head").stdout


def test_a_head_that_was_kept_is_checked_without_the_database(
    office: Typed, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = office("log", "head", "--key").stdout.strip()
    with closing(Database.open(office.address)) as database:
        told = msgspec.json.encode(database.read(consistency, 1))
    saved = tmp_path / "lanjutan.json"
    saved.write_bytes(told)
    monkeypatch.setenv("JENJANG_DATABASE", f"sqlite:///{tmp_path / 'tidak-ada.db'}")
    asked = ("verify", "head", kept, "--with", saved, "--key", key)
    assert office(*asked).exit_code == 0
    other = json.loads(told)
    other["path"][0] = "00" * 32
    saved.write_text(json.dumps(other))
    assert "TIDAK melanjutkan" in office(*asked).stdout
    saved.write_text("{}")
    assert "[TIDAK] Berkas ini bukan jawaban" in office(*asked).stdout
    kept.write_text(kept.read_text().replace("\n1\n", "\n2\n"))
    saved.write_bytes(told)
    assert "[TIDAK] Tanda tangan pada kepala log tidak cocok" in office(*asked).stdout


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
