"""An office with something in it to be backed up: a whole internship, letters, sessions, files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, insert

from tests.world import World, build
from workflow.backups.stand import Stand, stand_of
from workflow.database import Database
from workflow.migrations import migrate
from workflow.registry import Registry
from workflow.tables import attempts, idempotency, imports, sessions
from workflow.workers.schema import remove

#: What files really are: every byte there is.
BYTES = bytes(range(256)) * 64


def furnish(url: str) -> World:
    """Migrate an empty database and lead an internship to its end in it; the world is closed."""
    with closing(Database.open(url)) as database:
        migrate(database)
        database.reshape(remove)  # which the office puts there itself
        world = build(database, Registry.discover())
        world.road("complete")
        database.write(_further, world)
        return world


def _further(conn: Connection, world: World) -> None:
    """Rows that no internship leaves, of every kind of column: null, yes and no, bytes, text that needs care."""
    nurse, at = world.ids["nurse"], world.at
    conn.execute(
        insert(sessions).values(
            id="session", hash="a" * 64, person_id=nurse, means="password", device="Peramban \\N \t – “uji”", created_at=at,
            seen_at=at, idle_minutes=60, expires_at=at,
        )
    )  # fmt: skip
    conn.execute(
        insert(idempotency).values(
            account_id=nurse, key="kunci", request_hash="b" * 64, answer='{"a": "é\\u0000"}', at=at
        )
    )
    conn.execute(insert(attempts).values(key="c" * 64, number=3, last_at=at, wait_until=at))
    for number, content in enumerate((None, b"", BYTES)):
        conn.execute(
            insert(imports).values(
                id=f"import-{number}", kind="people", name="pegawai.csv", sha256="d" * 64, content=content, uploaded_by=nurse,
                uploaded_at=at, report="{}", digest="e" * 64, tried_at=at, skipped_rejected=[None, False, True][number],
                size=len(content or b""),
            )
        )  # fmt: skip


def holds(url: str) -> Stand:
    """What a database holds now."""
    with closing(Database.open(url)) as database:
        return database.read(stand_of)


def nothing_else_in(folder: Path, *names: str) -> bool:
    """Whether only files of these names lie in a folder, hidden ones counted."""
    return sorted(each.name for each in folder.iterdir()) == sorted(names)
