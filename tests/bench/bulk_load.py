"""Writing millions of rows in minutes: past the engine, references unchecked, the indexes made once at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from sqlalchemy import Connection, Index, Table, text

from workflow.database import Database
from workflow.engine.evidence import as_written
from workflow.tables import metadata

#: Rows by table; each row names its columns, those of one table the same ones.
Rows: TypeAlias = dict[Table, list[dict[str, Any]]]


def schema_digest() -> str:
    """What tells one shape of all tables from another."""
    shape = [
        (table.name, [(column.name, str(column.type)) for column in table.columns]) for table in metadata.sorted_tables
    ]
    indexes = [
        sorted(f"{index.name}{list(index.columns.keys())}" for index in table.indexes)
        for table in metadata.sorted_tables
    ]
    return sha256(repr((shape, indexes)).encode()).hexdigest()[:12]


@contextmanager
def loading(database: Database) -> Iterator[Callable[[Rows], None]]:
    """Take the indexes away, give what writes rows, and make the indexes again."""
    indexes = [index for table in metadata.sorted_tables for index in table.indexes if not index.unique]
    database.write(_each, indexes, "drop")
    yield (
        lambda rows: database.reshape(_load, rows) if database.dialect == "postgresql" else database.write(_load, rows)
    )
    database.write(_each, indexes, "create")
    database.write(lambda conn: conn.execute(text("ANALYZE")))


def _each(conn: Connection, indexes: list[Index], what: str) -> None:
    for index in indexes:
        getattr(index, what)(conn)


def _load(conn: Connection, rows: Rows) -> None:
    # The tables in the order of their references, as SQLite checks those at once.
    for table in metadata.sorted_tables:
        if table in rows:
            _LOADS[conn.dialect.name](conn, table, rows[table])


def _on_sqlite(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    columns = _columns(rows)
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({_named(columns)}) VALUES ({marks})"  # noqa: S608 # all of it is ours
    driver: Any = conn.connection.driver_connection
    driver.executemany(statement, [tuple(_plain(row.get(name)) for name in columns) for row in rows])


def _on_postgresql(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    columns = _columns(rows)
    conn.execute(text("SET LOCAL session_replication_role = replica"))  # no look at each reference of each row
    driver: Any = conn.connection.driver_connection
    with driver.cursor().copy(f"COPY {table.name} ({_named(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in columns])


_LOADS = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    """The names that any of the rows has: an issue of letters adds some to a few."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _named(columns: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _plain(value: Any) -> Any:
    return as_written(value) if isinstance(value, datetime | date) else value


def copy(source: Database, target: Database) -> None:
    """Copy every row of a filled SQLite database into an empty one on PostgreSQL that has the same tables."""
    with loading(target):
        source.read(lambda here: target.write(lambda there: _copy(here, there)))


def _copy(here: Connection, there: Connection) -> None:
    read: Any = here.connection.driver_connection
    write: Any = there.connection.driver_connection
    there.execute(text("SET LOCAL session_replication_role = replica"))
    for table in metadata.sorted_tables:
        columns = _named([column.name for column in table.columns])
        with write.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as into:
            # What SQLite keeps as text and numbers, PostgreSQL reads as days, instants and booleans.
            for row in read.execute(f"SELECT {columns} FROM {table.name}"):  # noqa: S608 # all of it is ours
                into.write_row(row)
