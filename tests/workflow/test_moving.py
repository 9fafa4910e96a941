"""Moving an office between SQLite and PostgreSQL: every row arrives as it was, or none does."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, insert, make_url, text, update

from policies.parameters import Policies
from tests.backups import furnish, holds
from tests.postgresql import Cluster
from tests.world import MONDAY
from workflow.backups.errors import BackupError, NotEmpty
from workflow.backups.moving import move
from workflow.backups.stand import rows_of, tables_of
from workflow.database import Database, ServedElsewhere, serve_lock
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.migrations import needs_migration
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import cases, metadata, people, units

POLICIES = Policies.load()
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An office with an internship from draft to credited hours, to be moved from here."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('asal') / 'kantor.db'}"
        furnish(address)
        yield address
        return
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.database() as address:
        furnish(address)
        yield address


@pytest.fixture
def target(source: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the other kind."""
    if source.startswith("sqlite"):
        found: str = request.getfixturevalue("postgresql_url")
        return found
    return f"sqlite:///{tmp_path / 'tujuan.db'}"


def _all_rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    with closing(Database.open(url)) as database:
        return database.read(
            lambda conn: {each.name: list(rows_of(conn, each, each.names)) for each in tables_of(conn)}
        )


def _tables(url: str) -> list[str]:
    with closing(Database.open(url)) as database:
        return database.read(lambda conn: [each.name for each in tables_of(conn)])


def test_every_row_of_every_table_arrives_as_it_was(source: str, target: str) -> None:
    before = _all_rows(source)
    told: list[str] = []
    moved = move(source, target, POLICIES, tell=told.append)
    assert _all_rows(target) == before == _all_rows(source)
    assert holds(target) == holds(source) == moved.stand
    assert set(told) == set(before) == set(metadata.tables)
    assert not any(finding.fails for part in moved.checked for finding in part.findings)
    # Nothing that was looked at was an empty table alone.
    assert all(
        before[name] for name in ("events", "files", "letters", "sessions", "idempotency", "unsealed", "imports")
    )


def test_an_office_goes_on_where_it_was_moved_to(source: str, target: str) -> None:
    move(source, target, POLICIES)
    with closing(Database.open(target)) as database:
        assert not needs_migration(database)
        engine = Engine(Registry.discover(), database.read(Office.load))
        nurse = database.read(lambda conn: str(conn.scalar(text("SELECT id FROM people WHERE name = 'Second Nurse'"))))
        opened = database.write(engine.open, "internship", Actor(nurse, "Second Nurse"), {}, MONDAY)
        written = database.read(
            lambda conn: conn.scalar(text("SELECT count(*) FROM unsealed WHERE chain = 'events'")),
        )
        total = database.read(lambda conn: conn.scalar(text("SELECT count(*) FROM events")))
    assert opened.case_id
    assert written == total


def test_references_hold_again_where_the_office_was_moved_to(source: str, target: str) -> None:
    move(source, target, POLICIES)
    with closing(Database.open(target)) as database, pytest.raises(Exception, match=r"(?i)foreign key"):
        database.write(
            lambda conn: conn.execute(insert(people).values(id="x", kind="staff", name="X", unit_id="TIDAK ADA"))
        )


def test_there_and_back_is_the_same_office(
    source: str, target: str, tmp_path: Path, postgresql_cluster: Cluster
) -> None:
    move(source, target, POLICIES)
    with postgresql_cluster.database() as another:
        back = f"sqlite:///{tmp_path / 'kembali.db'}" if source.startswith("sqlite") else another
        move(target, back, POLICIES)
        assert holds(back) == holds(source)


def test_a_target_that_holds_something_is_left_alone(source: str, target: str) -> None:
    with closing(Database.open(target)) as database:
        database.write(lambda conn: conn.execute(text("CREATE TABLE resep (bahan TEXT)")))
    with pytest.raises(NotEmpty):
        move(source, target, POLICIES)
    assert _tables(target) == ["resep"]


def test_an_office_that_is_served_is_not_moved(source: str, target: str) -> None:
    if source.startswith("sqlite"):
        with serve_lock(source), pytest.raises(ServedElsewhere):
            move(source, target, POLICIES)
        return
    url = make_url(source)
    with (
        psycopg.connect(host=str(url.query["host"]), dbname=url.database, user=url.username),
        pytest.raises(BackupError, match="sedang dipakai sambungan lain"),
    ):
        move(source, target, POLICIES)
    assert not Path(str(make_url(target).database)).exists() or _tables(target) == []


def test_what_does_not_hold_is_not_moved_unless_it_is_asked_for(source: str, target: str) -> None:
    with closing(Database.open(source)) as database:
        state = database.read(lambda conn: conn.scalar(text("SELECT state FROM cases")))
        database.write(lambda conn: conn.execute(update(cases).values(state="drafted")))
    try:
        with pytest.raises(BackupError, match="tidak sesuai"):
            move(source, target, POLICIES)
        assert _tables(target) == []
        move(source, target, POLICIES, even_so=True)
        assert holds(target) == holds(source)
    finally:
        with closing(Database.open(source)) as database:
            database.write(lambda conn: conn.execute(update(cases).values(state=state)))


def test_two_of_a_kind_are_not_moved_but_backed_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="jenjang backup"):
        move(f"sqlite:///{tmp_path / 'a.db'}", f"sqlite:///{tmp_path / 'b.db'}", POLICIES)


def test_many_rows_go_through_a_memory_that_stays_flat(source: str, target: str) -> None:
    """A hundred files of a megabyte are copied by a process that may not hold half of them."""
    many, size = 100, 1_000_000
    with closing(Database.open(source)) as database:
        database.write(_fill_with_files, many, size)
    try:
        process = subprocess.run(
            [sys.executable, "-c", _MEASURED, source, target],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
        assert int(process.stdout) < many * size // 2
        assert holds(target) == holds(source)
    finally:
        with closing(Database.open(source)) as database:
            database.write(lambda conn: conn.execute(text("DELETE FROM imports WHERE kind = 'budgets'")))


_MEASURED = """
import resource, sys
from policies.parameters import Policies
from workflow.backups import moving
policies = Policies.load()
first = None
def tell(name):
    global first
    first = first or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
moving.move(sys.argv[1], sys.argv[2], policies, tell=tell)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first) * 1024)
"""


def _fill_with_files(conn: Connection, many: int, size: int) -> None:
    query = (
        "INSERT INTO imports (id, kind, name, sha256, content, uploaded_by, uploaded_at, report, digest, tried_at, size) "
        "SELECT :id, 'budgets', name, sha256, :content, uploaded_by, uploaded_at, report, digest, tried_at, size "
        "FROM imports WHERE id = 'import-0'"
    )
    for number in range(many):
        conn.execute(text(query), {"id": f"large-{number}", "content": bytes([number]) * size})


_KILLED = """
import os, signal, sys
from policies.parameters import Policies
from workflow.backups import moving
def tell(name):
    if name == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "checking":
    moving.checked_whole = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
moving.move(sys.argv[1], sys.argv[2], Policies.load(), tell=tell)
"""


@pytest.mark.parametrize("where", [cases.name, units.name, "checking"])
def test_a_move_that_was_killed_leaves_the_target_empty_and_can_be_done_again(
    where: str, source: str, target: str
) -> None:
    process = subprocess.run([sys.executable, "-c", _KILLED, source, target, where], cwd=ROOT, timeout=60, check=False)
    assert process.returncode == -signal.SIGKILL
    assert _tables(target) == []
    move(source, target, POLICIES)
    assert holds(target) == holds(source)
