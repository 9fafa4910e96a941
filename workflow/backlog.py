"""How far behind the work is that is owed: what waits, since when, what has failed, and whether anybody is there to do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, select, text

from workflow.tables import Instant, effects

#: Seconds between two heartbeats of a worker, unless it is told otherwise.
HEARTBEAT: Final = 10.0
#: Heartbeats that a worker may miss before it is taken for dead.
MISSED: Final = 3
#: How long what is due may wait before that is said.
LONG: Final = timedelta(minutes=15)


class Backlog(NamedTuple):
    """What is owed of one kind. ``due``: could be done now; ``retried``: of those to come, how many have failed before."""

    kind: str
    due: int
    retried: int
    parked: int
    #: Seconds for which the one waits that has been due longest; 0 where none is.
    oldest: float


def backlog(conn: Connection, at: datetime) -> list[Backlog]:
    """What is owed, by kind; what is done stands in it no more."""
    rows = conn.execute(_OWED, {"at": at}).all()
    return [
        Backlog(row.kind, row.due, row.retried, row.parked, (at - row.oldest).total_seconds() if row.oldest else 0.0)
        for row in rows
    ]


def workers(conn: Connection, heartbeat: float = HEARTBEAT) -> int | None:
    """How many workers live that beat every so many seconds; None on SQLite, which has none."""
    if conn.dialect.name != "postgresql":
        return None
    return int(conn.execute(_WORKERS, {"alive": MISSED * heartbeat}).scalar_one())


def _counted(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


_open = effects.c.parked_at.is_(None)
_is_due = and_(_open, effects.c.due_at <= bindparam("at", type_=Instant))
_OWED: Final = (
    select(
        effects.c.kind,
        _counted(_is_due).label("due"),
        _counted(and_(_open, effects.c.attempts > 0)).label("retried"),
        _counted(effects.c.parked_at.is_not(None)).label("parked"),
        func.min(case((_is_due, effects.c.due_at))).label("oldest"),
    )
    .where(effects.c.done_at.is_(None))
    .group_by(effects.c.kind)
    .order_by(effects.c.kind)
)
_WORKERS: Final = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :alive)"
)
