"""Runs effects and deadlines inside the serving process.

Where several serve one PostgreSQL each of them does; the rows say what has been done, so that nothing comes out twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from api.desk import Desk
from workflow.effects import run_due
from workflow.errors import Problem
from workflow.sweep import sweep

#: Seconds after which effects are looked for although nothing was changed here: a command may have left some, or a retry is due.
PAUSE = 5.0

log = logging.getLogger("jenjang")


@asynccontextmanager
async def running(desk: Desk, *, sweeps: bool) -> AsyncIterator[None]:
    """Keeps a runner going; at the end it finishes what it is at. ``sweeps``: deadlines too, once each day of the agency."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_run(desk, stopping, sweeps=sweeps), name="jenjang-runner")
    try:
        yield
    finally:
        stopping.set()
        desk.changed.set()
        await task


async def _run(desk: Desk, stopping: asyncio.Event, *, sweeps: bool) -> None:
    swept_on: date | None = None
    while not stopping.is_set():
        desk.changed.clear()
        on = await _attempt(_today, desk)
        if sweeps and on is not None and on != swept_on and await _attempt(_sweep, desk):
            swept_on = on
        if on is not None:
            await _attempt(_effects, desk)
        try:
            await asyncio.wait_for(desk.changed.wait(), PAUSE)
        except TimeoutError:
            continue


async def _attempt(work: Callable[..., Any], desk: Desk) -> Any:
    """Do something in a thread. What goes wrong is logged, and tried again at the next turn."""
    try:
        return await asyncio.to_thread(work, desk)
    except Problem as problem:  # no agency yet, the database is busy: it will pass, and needs no traceback
        log.warning("effects wait: %s", problem.says)
    except Exception:
        log.exception("effects wait")
    return None


def _today(desk: Desk) -> date:
    return desk.database.read(desk.engine).office.day(desk.clock.now())


def _sweep(desk: Desk) -> bool:
    swept = sweep(desk.database, desk.database.read(desk.engine), desk.clock.now())
    for note in swept.held_up:
        log.info("held up: %s", note)
    return True


def _effects(desk: Desk) -> int:
    office = desk.database.read(desk.engine).office
    done = 0
    while some := run_due(desk.database, office, desk.clock.now()):
        done += some
    return done
