"""What the office needs done of itself, whoever of several servers and workers does it: forgetting, and the sweep of each day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, or_, update

from workflow.accounts.attempts import forget_old as forget_guesses
from workflow.accounts.identity import forget_old as forget_flows
from workflow.accounts.sessions import forget_old as forget_sessions
from workflow.database import Database, insert_or
from workflow.engine.engine import Engine
from workflow.engine.idempotency import forget_old as forget_answers
from workflow.engine.sweep import Swept, sweep
from workflow.retention.daily import look_for_lapsed
from workflow.tables import upkeep
from workflow.webhooks.events import forget_old as forget_messages

SWEEP: Final = "sweep"

#: How long whoever has a duty in hand is waited for: longer than the sweep of a large office takes.
IN_HAND: Final = timedelta(hours=2)


def forget(conn: Connection, at: datetime) -> None:
    """Forget what has been kept long enough: answers, guesses, sessions, sign-ins that were begun, and what systems were told."""
    for forget_old in (forget_answers, forget_guesses, forget_sessions, forget_flows, forget_messages):
        forget_old(conn, at)


def sweep_of_the_day(
    database: Database, engine: Engine, now: Callable[[], datetime], *, stopped: Callable[[], bool] = lambda: False
) -> Swept | None:
    """The sweep of this day; None where it has been made, or another makes it now.

    Whoever is told to stop leaves it to the next who asks, whoever is killed in the middle to the next who asks after ``IN_HAND``:
    a sweep may be made twice, see there.
    """
    at = now()
    on = engine.office.day(at)
    if not database.write(take, SWEEP, on, at):
        return None
    swept = sweep(database, engine, at, stopped=stopped)
    if not swept.stopped:
        look_for_lapsed(database, engine, at)
    database.write(give_back if swept.stopped else done, SWEEP, on, now())
    return swept


def take(conn: Connection, duty: str, on: date, at: datetime) -> bool:
    """Take up a duty of a day. Answers whether it was there to be taken: once a day, and again where it was left unfinished."""
    fresh = {"taken_on": on, "taken_until": at + IN_HAND, "done_at": None}
    free = or_(upkeep.c.taken_on < on, upkeep.c.done_at.is_(None) & (upkeep.c.taken_until <= at))
    adding = insert_or(conn.dialect.name, upkeep).values(duty=duty, **fresh)
    taken = adding.on_conflict_do_update(index_elements=[upkeep.c.duty], set_=fresh, where=free)
    return bool(conn.execute(taken.returning(upkeep.c.duty)).first())


def done(conn: Connection, duty: str, on: date, at: datetime) -> None:
    """A duty of a day is done."""
    conn.execute(update(upkeep).where(upkeep.c.duty == duty, upkeep.c.taken_on == on).values(done_at=at))


def give_back(conn: Connection, duty: str, on: date, at: datetime) -> None:
    """A duty of a day was begun and is left to others."""
    conn.execute(update(upkeep).where(upkeep.c.duty == duty, upkeep.c.taken_on == on).values(taken_until=at))
