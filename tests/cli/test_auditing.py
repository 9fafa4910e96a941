"""``jenjang audit`` as a person types it."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from tests.cli.conftest import Typed
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.office import Office
from workflow.people import members
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import people

TERMS = ("--letter", "700/12/ITDA/2026", "--letter-on", "2026-03-02", "--about", "Pemeriksaan magang")
DAYS = ("--from", "2026-03-02", "--until", "2035-12-31")


@pytest.fixture
def auditor(office: Typed) -> str:
    """The NIP of one of the sample's auditors."""

    def look(conn: Connection) -> str:
        return str(conn.execute(select(people.c.nip).where(people.c.id == members(conn, "auditor")[0])).scalar_one())

    database = Database.open(office.address)
    nip = database.read(look)
    database.close()
    return nip


@pytest.fixture
def case(office: Typed) -> str:
    """A case that a nurse has opened."""
    database = Database.open(office.address)
    engine = Engine(Registry.discover(), database.read(Office.load))
    nurse = database.read(
        lambda conn: conn.execute(select(people.c.id).where(people.c.name == "Kirana Maheswari")).scalar_one()
    )
    opened = database.write(engine.open, "internship", Actor(nurse, "Kirana"), {}, datetime(2026, 3, 2, 3, tzinfo=UTC))
    database.close()
    return str(opened.case_id)


def assigned(office: Typed, auditor: str) -> str:
    result = office("audit", "assign", auditor, *TERMS, *DAYS)
    assert result.exit_code == 0, result.output
    return str(re.findall(r"id (\S+)", result.stdout)[0])


def test_an_assignment_is_given_listed_and_revoked(office: Typed, auditor: str) -> None:
    assert office("audit", "list").stdout.strip() == "Tidak ada."
    given = assigned(office, auditor)
    assert "700/12/ITDA/2026 tanggal 2 Maret 2026: Pemeriksaan magang" in office("audit", "list").stdout
    revoked = office("audit", "revoke", given, "--on", "2026-03-03")
    assert "dicabut sejak 3 Maret 2026" in revoked.stdout
    assert office("audit", "list").stdout.strip() == "Tidak ada."
    assert "dicabut sejak 3 Maret 2026" in office("audit", "list", "--all").stdout


def test_somebody_who_is_no_auditor_is_given_none_and_told_the_way(office: Typed) -> None:
    result = office("audit", "assign", "197009021996022001", *TERMS, *DAYS)
    assert result.exit_code == 1
    assert "jenjang groups add auditor 197009021996022001" in result.stderr


def test_an_assignment_that_nobody_knows_is_said_so(office: Typed) -> None:
    for command in (("revoke", "x"), ("views", "x"), ("sample", "--seed", "x", "--size", "1", "--for", "x")):
        result = office("audit", *command)
        assert result.exit_code == 1
        assert "jenjang audit list" in result.stderr


def test_a_size_that_is_no_number_is_said_so(office: Typed) -> None:
    result = office("audit", "sample", "--seed", "x", "--size", "banyak")
    assert result.exit_code == 2
    assert "'banyak' bukan bilangan bulat" in result.stderr


def test_what_is_handed_to_an_auditor_is_on_record(office: Typed, auditor: str, case: str, tmp_path: Path) -> None:
    given = assigned(office, auditor)
    assert office("audit", "views", given).stdout.strip() == "Belum ada yang dilihat."
    assert office("audit", "archive", case, "--to", tmp_path / "a.zip", "--for", given).exit_code == 0
    assert office("audit", "sample", "--seed", "x", "--size", "1", "--for", given).exit_code == 0
    assert office("audit", "ask", "--for", given).exit_code == 0
    told = office("audit", "views", given).stdout
    assert reference_of(case) in told
    for what in ("arsip ZIP berkas", "sampel", "daftar hal yang perlu ditanyakan"):
        assert what in told


def test_a_sample_says_how_to_draw_it_again(office: Typed, case: str) -> None:
    told = office("audit", "sample", "--seed", "700/12", "--size", "3", "--from", "2026-03-01").stdout
    assert reference_of(case) in told
    assert "Populasi: 1 berkas" in told
    assert "SHA-256" in told
    drawn = json.loads(office("audit", "sample", "--seed", "700/12", "--size", "3", "--json").stdout)
    assert [line["id"] for line in drawn["chosen"]] == [case]
    assert "Tidak ada berkas" in office("audit", "sample", "--seed", "x", "--size", "1", "--until", "2026-03-01").stdout


def test_an_archive_is_written_whole_and_never_over_another_file(office: Typed, case: str, tmp_path: Path) -> None:
    first, second = tmp_path / "satu.zip", tmp_path / "dua.zip"
    assert office("audit", "archive", case, "--to", first).exit_code == 0
    assert office("audit", "archive", case, "--to", second).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as opened:
        assert opened.testzip() is None
    again = office("audit", "archive", case, "--to", first)
    assert again.exit_code == 1
    assert "sudah ada" in again.stderr


def test_an_archive_of_a_case_that_is_not_there_leaves_nothing_behind(office: Typed, tmp_path: Path) -> None:
    result = office("audit", "archive", "tiada", "--to", tmp_path / "tiada.zip")
    assert result.exit_code == 1
    assert "tidak ada" in result.stderr
    assert not list(tmp_path.glob("tiada*"))


def test_with_nothing_to_ask_about_it_says_so(office: Typed, case: str) -> None:
    assert case
    result = office("audit", "ask", "--from", "2026-01-01", "--until", "2026-12-31")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Tidak ada yang perlu ditanyakan" in result.stderr
    assert office("audit", "ask", "--kind", "gosip").exit_code == 2
