"""The history of the tables, forwards only: to go back, restore the backup that was made before.

Revisions are numbered; the file with the highest number in ``versions/`` is where the program stands. After a change
to ``workflow/tables/``, ``python -m workflow.migrations "what changed"`` writes the next one, to be read before it
is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from workflow.database import Database, DatabaseUnavailable, lock

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"


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
    """Whether the database is behind the program. Raises ``NewerDatabase`` where it is ahead, ``ForeignDatabase``."""
    current, strangers = database.read(_stand)
    if strangers:
        raise ForeignDatabase(database.address, strangers)
    if current is not None and current not in revisions():
        raise NewerDatabase(current)
    return current != head_revision()


def migrate(database: Database) -> list[str]:
    """Bring the tables to where the program stands, all in one transaction; answers the revisions that were applied."""
    return database.reshape(_migrate) if needs_migration(database) else []


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


def _stand(connection: Connection) -> tuple[str | None, list[str]]:
    """The revision, and the tables there are where they are not ours: we number revisions, and always have cases."""
    revision = _revision(connection)
    tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    ours = "cases" in tables and revision is not None and revision.isdecimal() if tables else revision is None
    return revision, [] if ours else tables or ["alembic_version"]


def _migrate(connection: Connection) -> list[str]:
    from alembic import command  # noqa: PLC0415 # as above

    lock(connection, "migrations")
    # Another process may have been faster while this one waited.
    before = _revision(connection)
    command.upgrade(configuration(connection), "head")
    return [revision for revision in revisions() if before is None or revision > before]
