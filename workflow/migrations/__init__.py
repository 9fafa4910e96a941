"""The history of the tables: forwards, and backwards as long as nothing is lost by it; else restore the backup made before.

Revisions are numbered; the file with the highest number in ``versions/`` is where the program stands. After a change
to ``workflow/tables/``, ``python -m workflow.migrations "what changed"`` writes the next one, to be read before it
is kept. A revision that takes nothing away says which older programs may go on beside it (``oldest_program``), so that servers
can be replaced one after the other: migrate first, then replace.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, Table, delete, insert, inspect, select, text

from workflow.database import Database, DatabaseUnavailable, lock
from workflow.tables import compatibility
from workflow.tables.log import put_triggers
from workflow.workers.schema import PREFIX

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"
#: A table of this name lies in a database that is being restored, or whose restoring was broken off.
UNFINISHED = "unfinished_restore"
#: What is written anew by a migration or when it is next needed, so that nothing is lost with it.
OWN_AFFAIR = ("alembic_version", "compatibility", "upkeep", "unsealed", "key_marks")


class NewerDatabase(DatabaseUnavailable):
    """The tables were made by a later version of the program."""

    type, title = "database-newer", "Basis data lebih baru daripada program"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"Basis data ini pada revisi {revision}, sedangkan program hanya mengenal sampai revisi {head_revision()}. "
            "Pasang versi program yang lebih baru, atau pulihkan cadangan dari sebelum pembaruan."
        )


class ForeignDatabase(DatabaseUnavailable):
    """The tables are those of another application."""

    type, title = "database-foreign", "Basis data milik aplikasi lain"

    def __init__(self, address: str, tables: list[str]) -> None:
        shown = ", ".join(tables[:3]) + (", …" if len(tables) > 3 else "")
        super().__init__(
            f"Basis data {address} bukan milik Jenjang: di dalamnya sudah ada tabel aplikasi lain ({shown}). "
            "Sebutkan basis data yang lain, atau yang masih kosong, dengan JENJANG_DATABASE."
        )


class UnknownRevision(DatabaseUnavailable):
    """There is no such revision of the tables."""

    status, type, title = 404, "no-such-revision", "Revisi tidak dikenal"

    def __init__(self, revision: str) -> None:
        super().__init__(f"Revisi {revision} tidak dikenal. Yang ada: {', '.join(revisions())}.")


class WouldLose(DatabaseUnavailable):
    """Going back would lose data."""

    status, type, title = 409, "would-lose", "Revisi tidak dapat dimundurkan"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Basis data tidak dapat dimundurkan ke revisi itu: isi {what} akan hilang. Tidak ada yang berubah. Pulihkan cadangan "
            "dari sebelum pembaruan, atau tetap pada revisi ini."
        )


class UnfinishedRestore(DatabaseUnavailable):
    """A backup is being restored into the database, or that was broken off."""

    type, title = "restore-unfinished", "Pemulihan basis data belum selesai"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Pemulihan cadangan ke basis data {address} belum selesai, atau terputus di tengah, sehingga isinya belum dapat "
            "dipakai. Bila tidak sedang berjalan, ulangi `jenjang restore`; pemulihan dimulai dari awal."
        )


def revisions() -> tuple[str, ...]:
    """All revisions that the program knows, oldest first."""
    return tuple(sorted(path.stem.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py")))


def head_revision() -> str:
    """Where the program stands."""
    return revisions()[-1]


def current_revision(database: Database) -> str | None:
    """Where the database stands; None before its first migration."""
    return database.read(_revision)


def needs_migration(database: Database) -> bool:
    """Whether the database is behind the program.

    Raises ``NewerDatabase`` where it is ahead, ``ForeignDatabase``, ``UnfinishedRestore``.
    """
    current, strangers, oldest = database.read(_stand)
    if strangers:
        raise ForeignDatabase(database.address, strangers)
    if current is not None and current not in revisions():
        if oldest is None or oldest > head_revision():
            raise NewerDatabase(current)
        return False  # made by a later program, beside which this one may go on
    return current != head_revision()


def migrate(database: Database) -> list[str]:
    """Bring the tables to where the program stands, all in one transaction; answers the revisions that were applied."""
    return database.reshape(_migrate) if needs_migration(database) else []


def go_back(database: Database, revision: str) -> list[str]:
    """Take the tables back to an earlier revision; answers those that were undone. Raises UnknownRevision, WouldLose."""
    if revision not in revisions():
        raise UnknownRevision(revision)
    return database.reshape(_go_back, revision)


def migrate_within(connection: Connection) -> None:
    """Make the tables of an empty database, in the unit of the caller."""
    _migrate(connection)


def configuration(connection: Connection) -> Config:
    """Alembic's settings for one connection; there is no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415 # a server that has nothing to migrate starts without Alembic

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _stand(connection: Connection) -> tuple[str | None, list[str], str | None]:
    """The revision, the tables there are where they are not ours, and the oldest revision whose program may work with them.

    They are ours where revisions are numbered and there are cases.
    """
    revision = _revision(connection)
    tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    if UNFINISHED in tables:
        raise UnfinishedRestore(connection.engine.url.render_as_string())
    ours = "cases" in tables and revision is not None and revision.isdecimal() if tables else revision is None
    said = compatibility.name in tables
    oldest: str | None = connection.scalar(select(compatibility.c.oldest)) if said else None
    return revision, [] if ours else tables or ["alembic_version"], oldest


def _migrate(connection: Connection) -> list[str]:
    from alembic import command  # noqa: PLC0415 # as above

    lock(connection, "migrations")
    # Another process may have been faster while this one waited.
    before = _revision(connection)
    command.upgrade(configuration(connection), "head")
    _note_oldest(connection)
    put_triggers(connection)
    return [revision for revision in revisions() if before is None or revision > before]


def _note_oldest(connection: Connection) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 # as above

    if not inspect(connection).has_table(compatibility.name):
        return  # the first tables did not have it
    script = ScriptDirectory.from_config(configuration(connection)).get_revision(str(_revision(connection)))
    connection.execute(delete(compatibility))
    connection.execute(insert(compatibility).values(id=1, oldest=script.module.oldest_program))


def _go_back(connection: Connection, revision: str) -> list[str]:
    from alembic import command  # noqa: PLC0415 # as above

    lock(connection, "migrations")
    before, had = _revision(connection), _inventory(connection)
    undone = [each for each in revisions() if before is not None and revision < each <= before]
    attempt = connection.begin_nested()
    command.downgrade(configuration(connection), revision)
    left = _inventory(connection)
    attempt.rollback()
    for table, columns in had.items():
        if table not in OWN_AFFAIR and (lost := _lost(connection, table, columns, left.get(table))):
            raise WouldLose(lost)
    command.downgrade(configuration(connection), revision)
    _note_oldest(connection)
    return undone


def _inventory(connection: Connection) -> dict[str, frozenset[str]]:
    """The columns of every table."""
    seen = inspect(connection)
    return {
        name: frozenset(column["name"] for column in seen.get_columns(name))
        for name in seen.get_table_names()
        if not name.startswith(PREFIX)
    }


def _lost(connection: Connection, name: str, columns: frozenset[str], left: frozenset[str] | None) -> str:
    """What of a table would be lost, where only some of its columns are left, or none; empty where there is nothing in it."""
    found = Table(name, MetaData(), *(Column(each) for each in columns))
    if left is None:
        return name if connection.execute(select(1).select_from(found).limit(1)).first() else ""
    gone = sorted(columns - left)
    filled = [each for each in gone if connection.execute(select(1).where(found.c[each].is_not(None)).limit(1)).first()]
    return f"{name}.{filled[0]}" if filled else ""
