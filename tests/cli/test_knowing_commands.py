"""check, describe, explain and verify by command."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Typed
from tests.world import World, build
from workflow.database import Database
from workflow.migrations import head_revision
from workflow.references import reference_of


@pytest.fixture
def story(fresh: Typed) -> tuple[Typed, str]:
    """A database in which an internship has gone all the way, and its case."""
    database = Database.open(fresh.address)
    world: World = build(database)
    case = world.road("complete")
    database.close()
    stamp(fresh)
    return fresh, case


def stamp(typed: Typed) -> None:
    """The tables of a world are made at once; say that they are the newest."""
    change(typed, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    change(typed, "INSERT INTO alembic_version VALUES (?)", head_revision())


def change(typed: Typed, statement: str, *values: str) -> None:
    """Meddle with a database behind the program's back."""
    connection = sqlite3.connect(typed.path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_describe_needs_no_database(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("describe", "internship", "--on", "2026-03-02")
    golden = Path(__file__).parents[1] / "golden" / "describe" / "internship.txt"
    assert result.exit_code == 0
    assert result.stdout == golden.read_text(encoding="utf-8")
    assert not list(tmp_path.iterdir())


def test_describe_is_the_same_however_narrow_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = run("describe", "internship", "--on", "2026-03-02").stdout
    monkeypatch.setenv("COLUMNS", "20")
    assert run("describe", "internship", "--on", "2026-03-02").stdout == wide


def test_the_diagram_is_mermaid_and_nothing_else(run: Run) -> None:
    assert run("describe", "internship", "--mermaid").stdout.startswith("stateDiagram-v2\n")


def test_a_process_that_does_not_exist_is_answered_with_those_that_do(run: Run) -> None:
    result = run("describe", "mutasi")
    assert result.exit_code == 1
    assert "internship" in result.stderr


def test_check_finds_a_sound_office_sound(office: Typed) -> None:
    result = office("check")
    assert result.exit_code == 0
    assert "SALAH" not in result.stdout


def test_check_without_a_database_looks_at_the_program_alone(fresh: Typed) -> None:
    result = fresh("check")
    assert result.exit_code == 0
    assert "[perhatian] Basis data" in result.stdout
    assert not fresh.path.exists()


def test_check_names_a_malformed_policy_file_with_its_key(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "internship.toml").write_text('[longest_days]\nsays = "x"\nunit = "hari"\n', encoding="utf-8")
    monkeypatch.setenv("JENJANG_POLICIES", str(tmp_path))
    result = office("check")
    assert result.exit_code == 1
    assert "[SALAH] Ketentuan" in result.stdout
    assert "internship.toml" in result.stdout
    assert "longest_days" in result.stdout


@pytest.mark.parametrize(
    ("name", "unit", "row", "says"),
    [
        ("supervisor_days", "hari kerja", "from = 2020-01-01, repealed = true", "dicabut dengan Praktik daerah"),
        ("supervisor_days", "hari kerja", "from = 2099-01-01, value = 2", "belum ada ketentuannya"),
        ("longest_days", "hari", "from = 2099-01-01, value = 2", "belum ada ketentuannya"),
        ("credit_when_recalled", "JP", "from = 2099-01-01, value = 0", "belum ada ketentuannya"),
        ("asks_host_outside", "pejabat", 'from = 2020-01-01, value = "sekda"', "'sekda', yang tidak dikenal"),
        ("asks_host_outside", "pejabat", 'from = 2020-01-01, value = "signatory"', "'signatory', yang tidak dikenal"),
        (
            "asks_host_inside",
            "pejabat",
            'from = 2020-01-01, value = "verifier"',
            "yang dikenal: personnel_head, secretary",
        ),
    ],
)
def test_check_names_what_a_process_asks_of_the_law_in_vain(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, unit: str, row: str, says: str
) -> None:
    text = f'[{name}]\nsays = "x"\nunit = "{unit}"\nsince = [{{ {row}, by = "Praktik daerah" }}]'
    (tmp_path / "internship.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("JENJANG_POLICIES", str(tmp_path))
    result = office("check")
    assert result.exit_code == 1
    (wrong,) = [line for line in result.stdout.splitlines() if line.startswith("[SALAH]")]
    assert f"internship.{name}" in wrong
    assert says in wrong
    assert str(tmp_path / "internship.toml") in wrong


def test_check_says_what_an_own_folder_replaces_and_what_in_it_is_not_read(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ketentuan"
    folder.mkdir()
    row = '{ from = 2020-01-01, value = 90, by = "Praktik daerah" }'
    text = f'[longest_days]\nsays = "x"\nunit = "hari"\nsince = [{row}]'
    (folder / "internship.toml").write_text(text, encoding="utf-8")
    (folder / "credit.toml.txt").write_text("", encoding="utf-8")
    monkeypatch.setenv("JENJANG_POLICIES", str(folder))
    result = office("check")
    assert result.exit_code == 0
    assert "dibaca internship.toml; ketentuan yang diganti: internship.longest_days." in result.stdout
    assert "[perhatian] Ketentuan: " in result.stdout
    assert "credit.toml.txt tidak dibaca" in result.stdout


@pytest.mark.parametrize("post", ["regent", "agency_head", "secretary"])
def test_check_accepts_officials_that_there_are(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, post: str
) -> None:
    row = f'from = 2020-01-01, value = "{post}", by = "Praktik daerah"'
    text = f'[asks_host_inside]\nsays = "x"\nunit = "pejabat"\nsince = [{{ {row} }}]'
    (tmp_path / "internship.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("JENJANG_POLICIES", str(tmp_path))
    assert office("check").exit_code == 0


def test_check_names_stored_cases_in_a_state_that_does_not_exist(story: tuple[Typed, str]) -> None:
    typed, _ = story
    change(typed, "UPDATE cases SET state = 'pending'")
    result = typed("check")
    assert result.exit_code == 1
    assert "'pending'" in result.stdout


def test_check_says_when_cases_began_under_another_definition(story: tuple[Typed, str]) -> None:
    typed, _ = story
    change(typed, "UPDATE cases SET fingerprint = 'x'")
    result = typed("check")
    assert result.exit_code == 0
    assert "susunan proses yang lebih lama" in result.stdout


def test_explain_tells_the_whole_story(story: tuple[Typed, str]) -> None:
    typed, case = story
    result = typed("explain", case)
    assert result.exit_code == 0
    assert "Surat usulan Nomor" in result.stdout
    assert "20 JP dicatat" in result.stdout


def test_a_case_that_does_not_exist_is_said_so(office: Typed) -> None:
    result = office("explain", "0")
    assert result.exit_code == 1
    assert "Berkas 0 tidak ada" in result.stderr


def test_verify_finds_nothing_where_nothing_was_touched(story: tuple[Typed, str]) -> None:
    typed, _ = story
    result = typed("verify")
    assert result.exit_code == 0
    assert "Semua yang diperiksa sesuai." in result.stdout


def test_verify_names_the_first_event_that_was_touched(story: tuple[Typed, str]) -> None:
    typed, case = story
    change(typed, "UPDATE events SET payload = replace(payload, 'Setuju', 'Tolak') WHERE sequence = 3")
    result = typed("verify")
    assert result.exit_code == 1
    first = next(line for line in result.stdout.splitlines() if line.startswith("  - "))
    assert f"berkas {reference_of(case)}, peristiwa nomor 3" in first


def test_verify_names_a_row_that_was_touched_with_its_case_and_the_event_that_told_it(story: tuple[Typed, str]) -> None:
    typed, case = story
    change(typed, "UPDATE hour_postings SET says = 'Lain.'")
    result = typed("verify")
    assert result.exit_code == 1
    (said,) = [line for line in result.stdout.splitlines() if line.startswith("  - ")]
    assert said.startswith(f"  - berkas {reference_of(case)}, peristiwa nomor ")
    assert said.endswith(": Mutasi 20 JP tidak lagi sama dengan yang dicatat.")


def test_verify_looks_at_one_part_alone(story: tuple[Typed, str]) -> None:
    typed, _ = story
    change(typed, "UPDATE registers SET last_number = last_number + 1")
    assert typed("verify", "chain", "decisions").exit_code == 0
    assert typed("verify", "numbers").exit_code == 1


def test_sweep_runs_what_is_due_and_makes_the_letters(story: tuple[Typed, str]) -> None:
    typed, _ = story
    assert "menunggu" in typed("effects", "list").stdout
    result = typed("sweep")
    assert result.exit_code == 0
    assert "tindak lanjut dijalankan" in result.stdout
    assert "buat PDF surat" not in typed("effects", "list").stdout


def test_nobody_is_named_while_somebody_else_may_act(fresh: Typed) -> None:
    database = Database.open(fresh.address)
    world = build(database)
    case = world.road("forward")
    database.close()
    stamp(fresh)
    refused = fresh("appoint", case, "verifier", world.ids["stranger"], "--by", world.ids["administrator"])
    assert refused.exit_code == 1
    assert "Masih ada yang berwenang sebagai Verifikator BKPSDM" in refused.stderr


def test_a_task_is_moved_by_command_and_who_can_tells_of_it(fresh: Typed) -> None:
    database = Database.open(fresh.address)
    world = build(database)
    case = world.road("forward")
    database.close()
    stamp(fresh)
    before = fresh("who-can", case, "verify").stdout
    assert "- Verifier sebagai Verifikator BKPSDM: anggota Verifikator BKPSDM." in before
    terms = ("appoint", case, "verifier", world.ids["second_verifier"], "--by", world.ids["administrator"])
    unreasoned = fresh(*terms)
    assert (unreasoned.exit_code, "Sebutkan alasan" in unreasoned.stderr) == (1, True)
    assert fresh(*terms, "--reason", "Verifikator sedang pelatihan").exit_code == 0
    after = fresh("who-can", case, "verify").stdout
    assert "Verifier, Verifikator BKPSDM: tugasnya dipindahkan administrator kepada orang lain." in after
    assert "Alasan: Verifikator sedang pelatihan." in fresh("explain", case).stdout


def test_an_administrator_names_somebody_where_nobody_is_left(fresh: Typed) -> None:
    database = Database.open(fresh.address)
    world = build(database)
    case = world.road("forward")
    database.close()
    stamp(fresh)
    change(fresh, "DELETE FROM group_members WHERE group_name = 'bkpsdm.verifier'")
    change(fresh, "UPDATE positions SET holder_id = NULL WHERE unit_id <> 'RSUD' OR unit_id IS NULL")
    refused = fresh("appoint", case, "verifier", world.ids["stranger"], "--by", world.ids["clerk_1"])
    assert refused.exit_code == 1
    assert "Hanya administrator" in refused.stderr
    named = fresh("appoint", case, "verifier", world.ids["stranger"], "--by", world.ids["administrator"])
    assert named.exit_code == 0, named.output
    assert "Stranger sebagai Verifikator BKPSDM" in fresh("explain", case).stdout
