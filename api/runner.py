"""Runs effects and deadlines inside the serving process.

Mail goes its own way beside them, so that a mail server that dawdles holds up no letter; so do bulk acts, which may be long.
Where several serve one PostgreSQL each of them does; the rows say what has been done, so that nothing comes out twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from typing import Any

from api.desk import Desk
from workflow.accounts.attempts import forget_old as forget_guesses
from workflow.accounts.identity import forget_old as forget_flows
from workflow.accounts.sessions import forget_old as forget_sessions
from workflow.bulk.running import run_due as run_bulk
from workflow.database import Connection
from workflow.effects import run_due
from workflow.engine.idempotency import forget_old
from workflow.engine.sweep import sweep
from workflow.errors import Problem
from workflow.mail.post import Post

#: Seconds after which effects are looked for although nothing was changed here: a command may have left some, or a retry is due.
PAUSE = 5.0

log = logging.getLogger("jenjang")

Work = Callable[[Desk], Any]


@asynccontextmanager
async def running(desk: Desk, *, sweeps: bool, post: Post | None = None) -> AsyncIterator[None]:
    """Keeps a runner going; at the end it finishes what it is at. ``sweeps``: deadlines too, once each day of the agency.

    ``post``: mail too; without it what is to be mailed waits.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_run(desk, stopping, sweeps=sweeps, post=post), name="jenjang-runner")
    try:
        yield
    finally:
        stopping.set()
        desk.changed.set()
        await task


async def _run(desk: Desk, stopping: asyncio.Event, *, sweeps: bool, post: Post | None) -> None:
    swept_on: date | None = None
    said: dict[Work, str] = {}
    keeps = False  # whether what is done is kept: where it is not, no letter need be made at every turn
    mailing: asyncio.Task[Any] | None = None
    mails = None if post is None else partial(_mail, post=post, stopping=stopping)
    acting: asyncio.Task[Any] | None = None
    acts = partial(_bulk, stopping=stopping)
    while not stopping.is_set():
        desk.changed.clear()
        on = await _attempt(_today, desk, said)
        keeps = on is not None and ((keeps and not said) or bool(await _attempt(_forget, desk, said)))
        if sweeps and keeps and on != swept_on and await _attempt(_sweep, desk, said):
            swept_on = on
        if keeps:
            await _attempt(_effects, desk, said)
        if keeps and mails is not None and (mailing is None or mailing.done()):
            mailing = asyncio.create_task(_attempt(mails, desk, said), name="jenjang-mail")
        if keeps and (acting is None or acting.done()):
            acting = asyncio.create_task(_attempt(acts, desk, said), name="jenjang-bulk")
        try:
            await asyncio.wait_for(desk.changed.wait(), PAUSE)
        except TimeoutError:
            continue
    for beside in (mailing, acting):
        if beside is not None:
            await beside


async def _attempt(work: Work, desk: Desk, said: dict[Work, str]) -> Any:
    """Do something in a thread. What goes wrong is logged, and tried again at the next turn. ``said``: what has been logged."""
    try:
        result = await asyncio.to_thread(work, desk)
    except Problem as problem:  # no agency yet, a file that cannot be written: it may last, so it is said once
        if said.get(work) != problem.says:
            log.warning("effects wait: %s", problem.says)
        said[work] = problem.says
    except Exception:
        log.exception("effects wait")
    else:
        said.pop(work, None)
        return result
    return None


def _today(desk: Desk) -> date:
    return desk.database.read(desk.engine).office.day(desk.clock.now())


def _forget(desk: Desk) -> bool:
    """The least that has to be written: what may be forgotten. SQLite tells only then that a file cannot be written."""
    desk.database.write(_forget_all, desk.clock.now())
    return True


def _forget_all(conn: Connection, at: datetime) -> None:
    for forget in (forget_old, forget_guesses, forget_sessions, forget_flows):
        forget(conn, at)


def _sweep(desk: Desk) -> bool:
    swept = sweep(desk.database, desk.database.read(desk.engine), desk.clock.now())
    for note in swept.held_up:
        log.info("held up: %s", note)
    return True


def _mail(desk: Desk, post: Post, stopping: asyncio.Event) -> int:
    office = desk.database.read(desk.engine).office
    done = 0
    while some := post.run_due(desk.database, office, desk.clock.now(), stopped=stopping.is_set):
        done += some
    return done


def _bulk(desk: Desk, stopping: asyncio.Event) -> int:
    engine = desk.database.read(desk.engine)
    return run_bulk(desk.database, engine, desk.clock.now, stopped=stopping.is_set)


def _effects(desk: Desk) -> int:
    office = desk.database.read(desk.engine).office
    done = 0
    while some := run_due(desk.database, office, desk.clock.now()):
        done += some
    return done
