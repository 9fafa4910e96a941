"""Runs effects and deadlines inside the serving process.

On SQLite it looks at the rows itself. Mail goes its own way beside them, so that a mail server that dawdles holds up no letter;
so do bulk acts, which may be long. On PostgreSQL it is a worker as any other; several may serve one database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from typing import Any

from api.desk import Desk
from workflow import tally
from workflow.backlog import HEARTBEAT
from workflow.bulk.running import run_due as run_bulk
from workflow.effects import run_due
from workflow.errors import Problem
from workflow.mail.post import Post
from workflow.sealing.sealer import seal
from workflow.upkeep import forget, sweep_of_the_day
from workflow.webhooks.sending import Hooks

#: Seconds after which effects are looked for although nothing was changed here: a command may have left some, or a retry is due.
PAUSE = 5.0

#: Seconds between two heads of the log, where something has happened.
SEALS_EVERY = 60.0

#: Seconds between two sums of what effects came to.
TALLIED_EVERY = 30.0

log = logging.getLogger("jenjang")

Work = Callable[[Desk], Any]


@asynccontextmanager
async def running(
    desk: Desk,
    *,
    sweeps: bool,
    post: Post | None = None,
    hooks: Hooks | None = None,
    heartbeat: float = HEARTBEAT,
) -> AsyncIterator[None]:
    """Keeps a runner going; at the end it finishes what it is at. ``sweeps``: deadlines too, once each day of the agency.

    ``post``: mail too; without it what is to be mailed waits. ``hooks``: other systems are told too. ``heartbeat``: seconds
    between two, where this is a worker.
    """
    if desk.database.dialect == "postgresql":
        async with _a_worker(desk, sweeps=sweeps, post=post, hooks=hooks, heartbeat=heartbeat):
            yield
        return
    stopping = asyncio.Event()
    running_ = _run(desk, stopping, _beside(stopping, post, hooks), sweeps=sweeps)
    task = asyncio.create_task(running_, name="jenjang-runner")
    try:
        yield
    finally:
        stopping.set()
        desk.changed.set()
        await task


@asynccontextmanager
async def _a_worker(
    desk: Desk, *, sweeps: bool, post: Post | None, hooks: Hooks | None, heartbeat: float
) -> AsyncIterator[None]:
    from workflow.workers.working import Bench, Worker  # noqa: PLC0415 - loads what only PostgreSQL has

    worker = Worker(Bench(desk.database, desk.engine, desk.clock.now, post, sweeps, hooks), heartbeat=heartbeat)
    task = asyncio.create_task(worker.run(), name="jenjang-worker")
    try:
        yield
    finally:
        worker.stop()
        await task


def _beside(stopping: asyncio.Event, post: Post | None, hooks: Hooks | None) -> list[_Beside]:
    """What goes its own way."""
    found = [
        _Beside("jenjang-bulk", partial(_bulk, stopping=stopping)),
        _Beside("jenjang-tally", _tally, every=TALLIED_EVERY),
    ]
    if post is not None:
        found.append(_Beside("jenjang-mail", partial(_mail, post=post, stopping=stopping)))
    if hooks is not None:
        found.append(_Beside("jenjang-webhooks", partial(_webhooks, hooks=hooks, stopping=stopping)))
    return found


async def _run(desk: Desk, stopping: asyncio.Event, beside: list[_Beside], *, sweeps: bool) -> None:
    swept_on: date | None = None
    said: dict[Work, str] = {}
    keeps = False  # whether what is done is kept: where it is not, no letter need be made at every turn
    sweep, seals = partial(_sweep, stopping=stopping), partial(_seal, stopping=stopping)
    beside = [*beside, _Beside("jenjang-seal", seals, every=SEALS_EVERY)]
    while not stopping.is_set():
        desk.changed.clear()
        on = await _attempt(_today, desk, said)
        keeps = on is not None and ((keeps and not said) or bool(await _attempt(_forget, desk, said)))
        if sweeps and keeps and on != swept_on and await _attempt(sweep, desk, said):
            swept_on = on
        if keeps:
            await _attempt(_effects, desk, said)
        for each in beside if keeps else ():
            each.go_on(desk, said)
        try:
            await asyncio.wait_for(desk.changed.wait(), PAUSE)
        except TimeoutError:
            continue
    for each in beside:
        await each.ended()
    if keeps:
        await _attempt(seals, desk, said)  # what was done last should not wait for the next start
        await _attempt(_tally, desk, said)


class _Beside:
    """Work that goes its own way beside the turns, one of its kind at a time. ``every``: seconds between two of them."""

    def __init__(self, name: str, work: Work, *, every: float = 0.0) -> None:
        self._name, self._work, self._every = name, work, every
        self._task: asyncio.Task[Any] | None = None
        self._clock = asyncio.get_running_loop().time
        self._due_at = self._clock() + every

    def go_on(self, desk: Desk, said: dict[Work, str]) -> None:
        """Do it again, unless it is under way or not due."""
        if self._clock() >= self._due_at and (self._task is None or self._task.done()):
            self._due_at = self._clock() + self._every
            self._task = asyncio.create_task(_attempt(self._work, desk, said), name=self._name)

    async def ended(self) -> None:
        """Wait for it."""
        if self._task is not None:
            await self._task


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
    desk.database.write(forget, desk.clock.now())
    return True


def _sweep(desk: Desk, stopping: asyncio.Event) -> bool:
    engine = desk.database.read(desk.engine)
    swept = sweep_of_the_day(desk.database, engine, desk.clock.now, stopped=stopping.is_set)
    if swept and swept.held_up:  # why stands with each deadline; it may name people, and a log names nobody
        log.info("held up: %d", len(swept.held_up))
    return True


def _mail(desk: Desk, post: Post, stopping: asyncio.Event) -> int:
    office = desk.database.read(desk.engine).office
    done = 0
    while some := post.run_due(desk.database, office, desk.clock.now(), stopped=stopping.is_set):
        done += some
    return done


def _webhooks(desk: Desk, hooks: Hooks, stopping: asyncio.Event) -> int:
    office = desk.database.read(desk.engine).office
    return hooks.run_due(desk.database, office, desk.clock.now(), stopped=stopping.is_set)


def _tally(desk: Desk) -> None:
    tally.keep(desk.database)


def _bulk(desk: Desk, stopping: asyncio.Event) -> int:
    engine = desk.database.read(desk.engine)
    return run_bulk(desk.database, engine, desk.clock.now, stopped=stopping.is_set)


def _seal(desk: Desk, stopping: asyncio.Event) -> int:
    return seal(desk.database, desk.clock.now(), stopped=stopping.is_set)


def _effects(desk: Desk) -> int:
    office = desk.database.read(desk.engine).office
    done = 0
    while some := run_due(desk.database, office, desk.clock.now()):
        done += some
    return done
