"""The revisions make the tables that the program expects, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text, update
from sqlalchemy.exc import IntegrityError

from workflow.database import Database
from workflow.migrations import (
    ForeignDatabase,
    NewerDatabase,
    UnknownRevision,
    WouldLose,
    configuration,
    current_revision,
    go_back,
    head_revision,
    migrate,
    needs_migration,
    revisions,
)
from workflow.tables import compatibility, metadata
from workflow.workers.schema import PREFIX


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url)) as database:
        yield database


def _set_revision(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


A_UNIT = "INSERT INTO units (id, name) VALUES ('CONTOH', 'Dinas Contoh')"


def _tables(connection: Connection) -> list[str]:
    return sorted(inspect(connection).get_table_names())


def _shape(tables: MetaData) -> dict[str, tuple[object, ...]]:
    """What Alembic does not compare."""
    return {
        table.name: (
            [column.name for column in table.primary_key],
            sorted(
                (sorted(reference.column_keys), reference.referred_table.name)
                for reference in table.foreign_key_constraints
            ),
            {column.name: column.nullable for column in table.columns},
        )
        for table in tables.sorted_tables
    }


def test_a_new_database_is_brought_to_where_the_program_stands(database: Database) -> None:
    assert current_revision(database) is None
    assert needs_migration(database)
    assert migrate(database) == list(revisions())
    assert current_revision(database) == head_revision()
    assert not needs_migration(database)


@pytest.mark.parametrize("before", revisions()[:-1])
def test_an_earlier_database_is_brought_there_with_what_it_holds(database: Database, before: str) -> None:
    database.reshape(lambda connection: command.upgrade(configuration(connection), before))
    database.write(lambda connection: connection.execute(text(A_UNIT)))
    assert migrate(database) == [each for each in revisions() if each > before]
    database.read(lambda connection: command.check(configuration(connection)))
    assert database.read(lambda connection: connection.scalar(text("SELECT name FROM units"))) == "Dinas Contoh"


@pytest.mark.parametrize("before", revisions()[:-1])
def test_it_goes_back_where_nothing_is_lost_and_forwards_again(database: Database, before: str) -> None:
    database.reshape(lambda connection: command.upgrade(configuration(connection), before))
    stood = database.read(_tables)
    migrate(database)
    database.write(lambda connection: connection.execute(text(A_UNIT)))
    assert go_back(database, before) == [each for each in revisions() if each > before]
    assert (current_revision(database), database.read(_tables)) == (before, stood)
    assert migrate(database)
    assert database.read(lambda connection: connection.scalar(text("SELECT name FROM units"))) == "Dinas Contoh"


def test_it_does_not_go_back_where_something_would_be_lost(database: Database) -> None:
    migrate(database)
    head = "INSERT INTO log_heads (size, root, note, at) VALUES (0, :root, 'catatan', '2026-03-02T00:00:00.000000Z')"
    database.write(lambda connection: connection.execute(text(head), {"root": b"0"}))
    with pytest.raises(WouldLose, match="log_heads akan hilang"):
        go_back(database, "0001")
    assert current_revision(database) == head_revision()
    with pytest.raises(UnknownRevision, match="Yang ada: 0001"):
        go_back(database, "0")


def test_a_database_that_is_up_to_date_is_left_alone(database: Database) -> None:
    migrate(database)
    assert migrate(database) == []


def test_the_revisions_make_the_tables_of_the_program(database: Database) -> None:
    migrate(database)
    # Raises with the differences: types, nullability, defaults, indexes, unique constraints, references.
    database.read(lambda connection: command.check(configuration(connection)))


def test_primary_keys_and_references_are_made_as_the_program_names_them(database: Database) -> None:
    migrate(database)
    made = MetaData()
    database.read(made.reflect)
    for name in [name for name in made.tables if name == "alembic_version" or name.startswith(PREFIX)]:
        made.remove(made.tables[name])
    # Reflected, the circle between people and positions is not marked; the program's own tables say where it is cut.
    for reference in made.tables["positions"].foreign_key_constraints:
        reference.use_alter = reference.referred_table.name == "people"
    assert _shape(made) == _shape(metadata)


def test_checks_are_made_too(database: Database) -> None:
    migrate(database)
    names = {
        check["name"]
        for table in metadata.tables
        for check in database.read(lambda connection, table: inspect(connection).get_check_constraints(table), table)
    }
    assert "ck_agency_one_row" in names


def test_references_that_close_a_circle_hold(database: Database) -> None:
    migrate(database)
    with pytest.raises(IntegrityError):
        database.write(
            lambda connection: connection.execute(
                text("INSERT INTO positions (id, title, holder_id) VALUES ('post', 'Kepala Bidang', 'nobody')")
            )
        )


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    # A view named as a table of ours makes the first revision fail somewhere in its midst.
    database.write(lambda connection: connection.execute(text("CREATE VIEW tasks AS SELECT 1 AS id")))
    with pytest.raises(Exception, match="already exists"):
        migrate(database)
    assert database.read(lambda connection: inspect(connection).get_table_names()) == []


def test_the_tables_of_another_application_are_left_alone(database: Database) -> None:
    database.write(lambda connection: connection.execute(text("CREATE TABLE pesanan (id INTEGER)")))
    with pytest.raises(ForeignDatabase, match=r"tabel aplikasi lain \(pesanan\)"):
        migrate(database)
    assert database.read(lambda connection: inspect(connection).get_table_names()) == ["pesanan"]


def test_two_processes_that_migrate_at_once_migrate_once(database_url: str) -> None:
    databases = [Database.open(database_url), Database.open(database_url)]
    together = threading.Barrier(2)
    applied: list[list[str]] = []

    def migrate_together(database: Database) -> None:
        together.wait()
        applied.append(migrate(database))

    threads = [threading.Thread(target=migrate_together, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [[], list(revisions())]
    for database in databases:
        database.close()


def test_a_program_goes_on_beside_a_later_one_that_takes_nothing_away(database: Database) -> None:
    migrate(database)
    database.write(_set_revision, "9999")
    assert not needs_migration(database)
    assert migrate(database) == []


def test_a_database_from_a_later_program_is_not_touched(database: Database) -> None:
    migrate(database)
    database.write(_set_revision, "9999")
    database.write(lambda connection: connection.execute(update(compatibility).values(oldest="9998")))
    with pytest.raises(NewerDatabase, match="Pasang versi program yang lebih baru"):
        needs_migration(database)


def test_the_files_and_alembic_agree_on_the_order(database: Database) -> None:
    scripts = database.read(lambda connection: ScriptDirectory.from_config(configuration(connection)))
    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(revisions()))


def test_asking_whether_to_migrate_does_not_load_alembic(sqlite_url: str) -> None:
    program = (
        "import sys\nfrom workflow.database import Database\nfrom workflow.migrations import needs_migration\n"
        "assert needs_migration(Database.open(sys.argv[1]))\nassert 'alembic' not in sys.modules\n"
        "assert 'psycopg' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, sqlite_url], check=True, env={**os.environ, "PYTHONPATH": "."})
