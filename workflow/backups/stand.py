"""What a database holds, in figures by which two can be compared: rows and digests of tables, ends of chains, numbers, sums.

A table's digest is the SHA-256 of its rows in the order of their key, each as a line of JSON: its values in the order of the
columns' names. Values are as SQLite stores them, and PostgreSQL is asked to say them likewise: instants as
``2026-01-31T05:00:00.000000Z``, days as ``2026-01-31``, yes and no as 1 and 0, texts (also JSON) as they lie there, bytes in
base64. Tables are read as the database describes them, so that one of another revision can be told as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import Boolean, Date, DateTime, LargeBinary, String

from workflow.migrations import UNFINISHED
from workflow.workers.schema import PREFIX

#: The table that says where the tables stand; it is no part of what an office keeps.
REVISIONS = "alembic_version"

#: Rows fetched at a time; fewer where files lie in them, so that memory stays flat.
_ROWS, _ROWS_WITH_FILES = 500, 4

#: The books whose postings must add up, by what is added up.
_BOOKS = {"postings": "amount", "hour_postings": "hours"}


class TableStand(Struct, frozen=True):
    """How many rows a table has, and the digest of them."""

    rows: int
    sha256: str


class Stand(Struct, frozen=True, kw_only=True):
    """What a database holds.

    ``chains``: by table, the digest of where each of its chains ends. ``registers``: the last number of each register and year.
    ``sums``: by book and account, what was posted.
    """

    revision: str
    tables: dict[str, TableStand]
    chains: dict[str, str]
    registers: dict[str, int]
    sums: dict[str, int]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True)
class Described:
    """A table as the database describes it: its columns by name, its key, and whether files lie in it."""

    name: str
    columns: tuple[ReflectedColumn, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, sorted."""
        return tuple(column["name"] for column in self.columns)

    @property
    def fetched(self) -> int:
        """How many of its rows are fetched at a time."""
        has_files = any(isinstance(column["type"], LargeBinary) for column in self.columns)
        return _ROWS_WITH_FILES if has_files else _ROWS


def tables_of(conn: Connection) -> list[Described]:
    """The tables that an office keeps, by name."""
    inspector = inspect(conn)
    found = []
    for name in sorted(set(inspector.get_table_names()) - {REVISIONS, UNFINISHED}):
        if name.startswith(PREFIX):  # jobs of the workers' library: the rows of what is owed call for them anew
            continue
        columns = tuple(sorted(inspector.get_columns(name), key=lambda column: column["name"]))
        key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
        found.append(Described(name, columns, key or tuple(column["name"] for column in columns)))
    return found


def stand_of(conn: Connection) -> Stand:
    """What the database holds at the moment of this unit."""
    tables = tables_of(conn)
    by_name = {table.name: table for table in tables}
    return Stand(
        revision=str(conn.scalar(text(f"SELECT version_num FROM {REVISIONS}")) or ""),  # noqa: S608 - our own
        tables={table.name: _digest(conn, table, table.names) for table in tables},
        chains=dict(_chains(conn, tables)),
        registers=_registers(conn) if "registers" in by_name else {},
        sums={
            account: total for book in _BOOKS if book in by_name for account, total in _sums(conn, book, _BOOKS[book])
        },
    )


def differences(told: Stand, found: Stand) -> list[str]:
    """Where a database differs from what is told of it, for people; the rows and digests say most, so the rest only adds."""
    says = [
        f"Tabel {name}: {_rows(found.tables.get(name))}, seharusnya {_rows(told.tables.get(name))}."
        if _rows(found.tables.get(name)) != _rows(told.tables.get(name))
        else f"Tabel {name}: isinya tidak sama dengan yang dicatat."
        for name in sorted(told.tables.keys() | found.tables.keys())
        if found.tables.get(name) != told.tables.get(name)
    ]
    if told.revision != found.revision:
        says.append(f"Revisi tabel {found.revision or 'tidak ada'}, seharusnya {told.revision}.")
    for what, one, other in (
        ("Ujung rantai peristiwa", told.chains, found.chains),
        ("Nomor terakhir buku agenda", told.registers, found.registers),
        ("Jumlah pembukuan", told.sums, found.sums),
    ):
        says += [f"{what} {name} berbeda dari yang dicatat." for name in _differing(one, other)]
    return says


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _rows(table: TableStand | None) -> str:
    return "tidak ada" if table is None else f"{table.rows} baris"


# --- Reading ---------------------------------------------------------------------------------------------------------


def rows_of(conn: Connection, table: Described, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table in the order of its key, each value as SQLite stores it."""
    types = {column["name"]: column["type"] for column in table.columns}
    asked = ", ".join(_as_stored(conn.dialect.name, name, types[name]) for name in names)
    order = ", ".join(_in_order(conn.dialect.name, name, types[name]) for name in table.key)
    query = text(f'SELECT {asked} FROM "{table.name}" ORDER BY {order}')  # noqa: S608 - names that the database itself gave
    for row in conn.execute(query, execution_options={"yield_per": table.fetched}):
        yield tuple(row)


def _as_stored(dialect: str, name: str, kind: Any) -> str:
    if dialect == "sqlite":
        return f'"{name}"'
    # Colons are doubled, or they would name a parameter.
    if isinstance(kind, DateTime):
        return f'to_char("{name}" AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"\')'
    if isinstance(kind, Date):
        return f"to_char(\"{name}\", 'YYYY-MM-DD')"
    return f'CAST("{name}" AS integer)' if isinstance(kind, Boolean) else f'"{name}"'


def _in_order(dialect: str, name: str, kind: Any) -> str:
    """By code point on both."""
    return f'"{name}" COLLATE "C"' if dialect == "postgresql" and isinstance(kind, String) else f'"{name}"'


_ENCODER = msgspec.json.Encoder()


def _digest(conn: Connection, table: Described, names: Sequence[str]) -> TableStand:
    digest, count = sha256(), 0
    for row in rows_of(conn, table, names):
        digest.update(_ENCODER.encode(row))
        digest.update(b"\n")
        count += 1
    return TableStand(count, digest.hexdigest())


def _chains(conn: Connection, tables: Sequence[Described]) -> Iterator[tuple[str, str]]:
    """Of each table whose rows keep the end of a chain: who they are, how many events, the hash of the last."""
    for table in tables:
        counted = {"version", "events"} & set(table.names)
        if counted and "head" in table.names:
            yield table.name, _digest(conn, table, (*table.key, *sorted(counted), "head")).sha256


def _registers(conn: Connection) -> dict[str, int]:
    rows = conn.execute(text("SELECT register, year, last_number FROM registers ORDER BY register, year"))
    return {f"{row.register} {row.year}": row.last_number for row in rows}


def _sums(conn: Connection, book: str, what: str) -> Iterator[tuple[str, int]]:
    query = text(f"SELECT account, SUM({what}) AS total FROM {book} GROUP BY account ORDER BY account")  # noqa: S608 - our own
    for row in conn.execute(query):
        yield f"{book}.{row.account}", int(row.total)
