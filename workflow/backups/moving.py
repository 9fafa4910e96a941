"""Moving an office from SQLite to PostgreSQL, or back: all of it in one transaction of the target, or nothing.

Tables are made as the program's migrations make them and filled in portions, so that memory stays flat. References go in circles
(a post names its holder, a person their superior's post), so they wait: on PostgreSQL they are taken away and made anew once
all rows are there, on SQLite they are checked at the end. Then both databases are told in the same words and compared, and
the target is checked against itself; only then it commits. A move that is broken off leaves the target as empty as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.schema import AddConstraint, DropConstraint, ForeignKeyConstraint

from policies.parameters import Policies
from workflow.backups.errors import BackupError, Damaged, NotEmpty
from workflow.backups.restoring import checked_whole, require_empty
from workflow.backups.stand import Described, Stand, differences, rows_of, stand_of, tables_of
from workflow.database import Database, serve_lock
from workflow.migrations import migrate_within, needs_migration
from workflow.tables import metadata, unsealed
from workflow.verification import Checked

_POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Moved:
    """What was moved, and what ``jenjang verify`` found in the target."""

    stand: Stand
    checked: tuple[Checked, ...]


def move(
    source: str, target: str, policies: Policies, *, even_so: bool = False, tell: Callable[[str], None] = lambda _: None
) -> Moved:
    """Copy an office into an empty database of the other kind. ``tell`` is called with the name of each table.

    ``even_so``: also where the check finds faults. Raises BackupError, ServedElsewhere, DatabaseUnavailable.
    """
    if make_url(source).get_backend_name() == make_url(target).get_backend_name():
        raise BackupError(
            "Pemindahan adalah dari SQLite ke PostgreSQL atau sebaliknya. Di antara yang sejenis, pakai `jenjang backup` dan "
            "`jenjang restore`."
        )
    with ExitStack() as held:
        for address in (source, target):
            held.enter_context(serve_lock(address))
        us = f"jenjang-move-{uuid4().hex[:12]}"
        from_, to = (held.enter_context(closing(Database.open(_named(address, us)))) for address in (source, target))
        if needs_migration(from_):
            raise BackupError(
                f"Basis data {from_.address} belum sesuai dengan program ini. Jalankan dahulu: jenjang migrate"
            )
        for database in (from_, to):
            database.read(_require_nobody_else, us)
        return from_.read(lambda conn: to.reshape(_filled, conn, policies, even_so, tell))


def _named(address: str, application: str) -> str:
    """The address, on PostgreSQL under a name by which our own sessions are known."""
    url = make_url(address)
    if url.get_backend_name() == _POSTGRESQL:
        url = url.update_query_dict({"application_name": application})
    return url.render_as_string(hide_password=False)


def _require_nobody_else(conn: Connection, us: str) -> None:
    """Raises BackupError where somebody else is at work in a database of PostgreSQL; on SQLite the lock has told."""
    if conn.dialect.name != _POSTGRESQL:
        return
    others = list(conn.execute(_OTHERS, {"us": us}).scalars())
    if others:
        raise BackupError(
            f"Basis data {conn.engine.url.render_as_string()} sedang dipakai sambungan lain (proses {', '.join(others[:5])}). "
            "Hentikan server, pekerja, dan perintah lain, lalu ulangi."
        )


_OTHERS = text(
    "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND application_name <> :us ORDER BY pid"
)


def _filled(
    target: Connection, source: Connection, policies: Policies, even_so: bool, tell: Callable[[str], None]
) -> Moved:
    if target.dialect.name == _POSTGRESQL:
        require_empty(target)
    elif found := inspect(target).get_table_names():
        raise NotEmpty(f"Basis data tujuan sudah ada isinya ({found[0]}, …). Sebutkan nama yang belum ada dengan --to.")
    migrate_within(target)
    references = _references() if target.dialect.name == _POSTGRESQL else []
    for reference in references:
        target.execute(DropConstraint(reference))
    made = {table.name: table for table in tables_of(target)}
    for table in sorted(tables_of(source), key=lambda table: table.name == unsealed.name):
        tell(table.name)
        if table.name not in made or table.names != made[table.name].names:
            raise BackupError(
                f"Tabel {table.name} pada sumber tidak dikenal program ini, jadi tidak dapat dipindahkan."
            )
        # What the migrations put there, and what the database itself noted as events came.
        target.execute(text(f'DELETE FROM "{table.name}"'))  # noqa: S608 - a name that the database itself gave
        _copy(source, target, table)
    for reference in references:
        target.execute(AddConstraint(reference))
    stand = stand_of(source)
    if says := differences(stand, stand_of(target)):
        raise Damaged("Yang dipindahkan berbeda dari sumbernya:\n- " + "\n- ".join(says[:20]))
    checked = tuple(checked_whole(target, policies))
    if not even_so and (wrong := [each.says for part in checked for each in part.findings if each.fails]):
        raise BackupError(
            "Isi yang dipindahkan sama dengan sumbernya, tetapi pemeriksaannya menemukan yang tidak sesuai, jadi tidak "
            "disimpan:\n- "
            + "\n- ".join(wrong[:20])
            + "\nPeriksa sumbernya dengan `jenjang verify`, atau pindahkan apa adanya dengan --even-so."
        )
    return Moved(stand, checked)


def _references() -> list[ForeignKeyConstraint]:
    return [reference for table in metadata.tables.values() for reference in table.foreign_key_constraints]


# --- Rows ------------------------------------------------------------------------------------------------------------


def _copy(source: Connection, target: Connection, table: Described) -> None:
    """Rows go as the source says them: PostgreSQL reads instants, days, and yes and no from the texts that SQLite keeps."""
    rows = rows_of(source, table, table.names)
    names = ", ".join(f'"{name}"' for name in table.names)
    driver: Any = target.connection.driver_connection
    if target.dialect.name == _POSTGRESQL:
        with driver.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(table.names))
    insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608 - names that the database itself gave
    for portion in _portions(rows, table.fetched):
        cast("sqlite3.Connection", driver).executemany(insert, portion)


def _portions(rows: Iterator[tuple[Any, ...]], most: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    while portion := list(islice(rows, most)):
        yield portion
