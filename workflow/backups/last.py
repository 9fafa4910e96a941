"""When the office was last backed up: written into its own database by whoever backed it up, so that every server can say it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, or_, select

from workflow.database import insert_or
from workflow.tables import upkeep

BACKUP: Final = "backup"
#: How far the clocks of two machines may be apart. What is noted of a later hour was noted by a clock that ran ahead.
SKEW: Final = timedelta(minutes=5)


def note(conn: Connection, at: datetime, on: date, now: datetime) -> None:
    """The office of this hour, of this day there, lies in a backup; noted ``now``.

    An earlier hour that is noted later changes nothing, unless what stands there has not come yet.
    """
    row = {"taken_on": on, "taken_until": at, "done_at": at}
    noting = insert_or(conn.dialect.name, upkeep).values(duty=BACKUP, **row)
    conn.execute(
        noting.on_conflict_do_update(
            index_elements=[upkeep.c.duty],
            set_=row,
            where=or_(upkeep.c.done_at < noting.excluded.done_at, upkeep.c.done_at > now + SKEW),
        )
    )


def last(conn: Connection, at: datetime) -> datetime | None:
    """The hour of the last backup; None where none was noted, or one of an hour that has not come yet: nobody knows then."""
    found: datetime | None = conn.execute(select(upkeep.c.done_at).where(upkeep.c.duty == BACKUP)).scalar_one_or_none()
    return None if found is None or found > at + SKEW else found


def age(conn: Connection, at: datetime) -> timedelta | None:
    """How old the last backup is; None where nobody knows."""
    made = last(conn, at)
    return None if made is None else max(at - made, timedelta())
