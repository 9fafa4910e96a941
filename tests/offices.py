"""The office of ``world.py``, built once a session on each database, and as new for every test that asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, make_url, select, text

from tests.world import World, build
from workflow.database import PATIENCE, Database
from workflow.registry import Registry
from workflow.tables import metadata

Rows = tuple[tuple[Table, list[dict[str, Any]]], ...]


@dataclass(frozen=True)
class PreparedOffice:
    """An office that is put back as it was for every test: much faster than another database, whose statements would all
    have to be compiled again.
    """

    world: World
    url: str
    rows: Rows

    def as_new(self) -> World:
        """The world as it was built, whatever was done in it before."""
        self.world.database.reshape(_put_back, self.rows)
        return World(self.world.database, self.world.engine, self.world.ids, self.world.budget_line)


@contextmanager
def prepared(url: str, registry: Registry) -> Iterator[PreparedOffice]:
    """Build an office in an empty database, and remember every row."""
    database = Database.open(url)
    try:
        world = build(database, registry)
        yield PreparedOffice(world, url, database.read(_every_row))
    finally:
        database.close()


def _every_row(conn: Connection) -> Rows:
    return tuple(
        (table, [dict(row) for row in conn.execute(select(table)).mappings()]) for table in metadata.tables.values()
    )


def _put_back(conn: Connection, rows: Rows) -> None:
    if conn.dialect.name == "postgresql":  # references go in circles; on SQLite a reshape does not heed them
        conn.execute(text("SET LOCAL session_replication_role = replica"))
    for table, stood in rows:
        conn.execute(delete(table))
        if stood:
            conn.execute(insert(table), stood)


@contextmanager
def opened(url: str, original: World, patience: float = PATIENCE) -> Iterator[World]:
    """The world of a database that holds the same people under the same ids: a copy, or the same one opened once more."""
    database = Database.open(url, patience=patience)
    try:
        yield World(database, original.engine, original.ids, original.budget_line)
    finally:
        database.close()


@contextmanager
def sqlite_copy(office: PreparedOffice, path: Path, patience: float = PATIENCE) -> Iterator[World]:
    """The office as it was built, in a file of its own that does not exist yet."""
    office.as_new()
    office.world.database.write(lambda conn: None)
    source = Path(str(make_url(office.url).database))
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{source}{suffix}", f"{path}{suffix}")
    with opened(f"sqlite:///{path}", office.world, patience) as world:
        yield world
