"""When the office was last backed up: written into its own database by whoever backed it up, so that every server can say it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from workflow.database import insert_or
from workflow.tables import upkeep

BACKUP: Final = "backup"


def note(conn: Connection, at: datetime, on: date) -> None:
    """The office of this hour, of this day there, lies in a backup. An earlier hour that is noted later changes nothing."""
    row = {"taken_on": on, "taken_until": at, "done_at": at}
    noting = insert_or(conn.dialect.name, upkeep).values(duty=BACKUP, **row)
    conn.execute(
        noting.on_conflict_do_update(
            index_elements=[upkeep.c.duty], set_=row, where=upkeep.c.done_at < noting.excluded.done_at
        )
    )


def last(conn: Connection) -> datetime | None:
    """The hour of the last backup; None where none was noted."""
    found: datetime | None = conn.execute(select(upkeep.c.done_at).where(upkeep.c.duty == BACKUP)).scalar_one_or_none()
    return found


def age(conn: Connection, at: datetime) -> timedelta | None:
    """How old the last backup is; None where none was noted."""
    made = last(conn)
    return None if made is None else max(at - made, timedelta())
