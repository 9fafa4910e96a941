"""A worker: what is owed, bulk acts, and the hour's upkeep, as Procrastinate's tasks over the same units as everywhere.

A job says which row to look at and no more. Backoff, parking and what became of it stand in the row; so a job is done once the
row has been looked at, and every minute whatever is due without a job is called for anew. Jobs of a worker that died are taken
over within ten seconds after its heartbeat has been missing for three beats.
"""

from __future__ import annotations

import asyncio
import logging
import select as polling
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import Connection, Row, select

from workflow import effects, spans, tally
from workflow.backlog import HEARTBEAT, MISSED
from workflow.bulk.running import run_due as run_bulk_acts
from workflow.database import Database, DatabaseUnavailable
from workflow.engine.engine import Engine
from workflow.ids import instant_of
from workflow.mail.digest import owe_digests
from workflow.mail.post import Post
from workflow.sealing.sealer import seal
from workflow.tables import effects as table
from workflow.upkeep import forget, sweep_of_the_day
from workflow.webhooks.sending import Hooks
from workflow.workers import calling

log = logging.getLogger("jenjang")

#: What is worked at here. A queue of a later version is left to its workers.
QUEUES: Final = (calling.LETTERS, calling.OUTGOING, calling.BULK, "upkeep")
#: Jobs that one worker has in hand at once.
CONCURRENCY: Final = 4
#: Seconds between two looks for what dead workers had in hand.
TAKE_OVER: Final = 10.0
#: Seconds that a job which is being done has to end after the worker was told to stop.
PATIENCE: Final = 30.0
#: How far the clocks of machines may be apart. What was owed at once and has not been put off since is run by any clock.
SKEW: Final = timedelta(minutes=1)
_TO_THE_MILLISECOND: Final = timedelta(milliseconds=1)
#: The version of UUID that ``new_id`` makes; what is owed once only for each letter and person is named by both instead.
_MADE_FOR_AN_INSTANT: Final = 7
#: What a job does that lost its database: it is begun again, for a minute. The rows say how far it came.
WHILE_IT_IS_AWAY: Final = RetryStrategy(max_attempts=20, wait=3, retry_exceptions={DatabaseUnavailable})
#: Seconds after which a worker whose database went away looks for it again.
PAUSE: Final = 2.0
#: Seconds after which a connection that nobody used is asked whether it is alive.
_IDLE: Final = 5.0
#: Seconds between two sums of what effects came to.
TALLIED_EVERY: Final = 30.0


@dataclass(frozen=True)
class Bench:
    """What a worker works with. ``engine`` loads the agency; ``post``: without it mail waits; ``sweeps``: of itself, each day.

    ``hooks``: how other systems are told; without it they wait to be.
    """

    database: Database
    engine: Callable[[Connection], Engine]
    now: Callable[[], datetime]
    post: Post | None = None
    sweeps: bool = True
    hooks: Hooks | None = None


class Worker:
    """One worker on a PostgreSQL database, until it is told to stop."""

    def __init__(self, bench: Bench, *, concurrency: int = CONCURRENCY, heartbeat: float = HEARTBEAT) -> None:
        self._bench, self._concurrency, self._heartbeat = bench, concurrency, heartbeat
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no further job; what is in hand is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stopped. Where the database goes away it waits for it."""
        tallying = asyncio.create_task(self._tally(), name="jenjang-tally")
        while not self._stopping.is_set():
            try:
                await self._work()
            except (ConnectorException, OperationalError, PoolTimeout, DatabaseUnavailable) as gone:
                log.warning("workers wait for the database: %s", type(gone).__name__)
            with suppress(TimeoutError):  # also where Procrastinate gave up by itself
                await asyncio.wait_for(self._stopping.wait(), PAUSE)
        await tallying
        with suppress(DatabaseUnavailable):  # what was in hand when the others were added
            await asyncio.to_thread(tally.keep, self._bench.database)

    async def _tally(self) -> None:
        """Add what effects came to here to the database's sums, now and then and at the end."""
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TALLIED_EVERY)
            with suppress(DatabaseUnavailable):  # it is kept here until it can be added
                await asyncio.to_thread(tally.keep, self._bench.database)

    async def _work(self) -> None:
        app = application(self._bench, self._stopping.is_set, self._concurrency)
        async with app.open_async():
            await asyncio.to_thread(_minute, self._bench)  # what was left while there was no worker
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=list(QUEUES),
                    concurrency=self._concurrency,
                    delete_jobs="always",  # the rows tell what became of it
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=PATIENCE,
                    update_heartbeat_interval=self._heartbeat,
                    stalled_worker_timeout=MISSED * self._heartbeat,
                    worker_middleware=[_noted],
                ),
                name="jenjang-worker",
            )
            taking_over = asyncio.create_task(_keep_taking_over(self._bench.database, self._heartbeat))
            stopped = asyncio.create_task(self._stopping.wait())
            try:
                await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopped.cancel()
                taking_over.cancel()
                working.cancel()  # Procrastinate's way to be told to stop: what is in hand is finished first
                with suppress(asyncio.CancelledError):
                    await working


def application(bench: Bench, stopped: Callable[[], bool], concurrency: int = CONCURRENCY) -> App:
    """Procrastinate's application with our tasks, on the bench's database; not opened yet."""
    database = bench.database
    connector = PsycopgConnector(
        pool_factory=_pool,
        conninfo=database.conninfo,
        min_size=1,
        max_size=concurrency + 3,
    )
    app = App(connector=connector, periodic_defaults={"max_delay": 60})

    @app.task(name=calling.RUN_EFFECTS, pass_context=True, retry=WHILE_IT_IS_AWAY)
    async def run_effects(context: JobContext, *, effect_ids: list[str], traceparent: str = "") -> None:
        del traceparent  # for whoever traces
        await asyncio.to_thread(run_owed, bench, effect_ids, stopped, begun_before=context.job.attempts > 0)

    @app.task(name=calling.RUN_BULK, retry=WHILE_IT_IS_AWAY)
    async def run_bulk() -> None:
        await asyncio.to_thread(_run_bulk, bench, stopped)

    @app.periodic(cron="* * * * *")
    @app.task(name="minute", queue="upkeep", lock="minute")
    async def minute(timestamp: int) -> None:
        del timestamp  # by the bench's own clock
        await asyncio.to_thread(_minute, bench)

    @app.periodic(cron="* * * * *")
    @app.task(name="seal", queue="upkeep", lock="seal")
    async def seal_the_log(timestamp: int) -> None:
        del timestamp
        await asyncio.to_thread(seal, bench.database, bench.now(), stopped=stopped)

    @app.periodic(cron="7 * * * *")
    @app.task(name="hour", queue="upkeep", lock="hour")
    async def hour(timestamp: int) -> None:
        del timestamp
        await asyncio.to_thread(_hour, bench, stopped)

    return app


async def _noted(run: Callable[[], Awaitable[Any]], context: JobContext, _: object) -> Any:
    """Do a job as a piece of work that traces tell of, within the one that called for it."""
    job = context.job
    told = {"messaging.system": "procrastinate", "messaging.destination.name": job.queue, "jenjang.job": job.task_name}
    with spans.span(f"job {job.task_name}", "consumer", told, str(job.task_kwargs.get(calling.TRACE) or "")):
        return await run()


def _pool(**settings: Any) -> AsyncConnectionPool:
    """What Procrastinate asks is one statement each, so that none needs a transaction around it.

    It also has every connection asked at each use whether it is alive, which costs as much as the use.
    """
    return AsyncConnectionPool(**{**settings, "check": _checking(), "configure": _configure})


async def _configure(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)


def _checking() -> Callable[[AsyncConnection], Awaitable[None]]:
    """Ask a connection whether it is alive where something has come on it unasked, or where it was not used for a while.

    The first is so when the server takes leave; a network that swallows everything takes none.
    """
    used: WeakKeyDictionary[AsyncConnection, float] = WeakKeyDictionary()

    async def check(connection: AsyncConnection) -> None:
        unasked = polling.poll()
        unasked.register(connection.fileno(), polling.POLLIN)
        before, used[connection] = used.get(connection), monotonic()
        if unasked.poll(0) or before is None or used[connection] - before > _IDLE:
            await AsyncConnectionPool.check_connection(connection)

    return check


def run_owed(bench: Bench, effect_ids: list[str], stopped: Callable[[], bool], *, begun_before: bool) -> None:
    """Run the effects of one job. ``begun_before``: by a worker that is gone, or that lost the database in the middle of it.

    Raises what went wrong with the first of those that said nothing of it themselves, when all have had their turn.
    """
    found, engine = bench.database.read(_owed, bench, effect_ids)
    faults: list[Exception] = []
    for effect in found:
        if stopped():
            return  # the rest is called for anew by another worker, within a minute
        try:
            _run_effect(bench, engine, effect, effect.claimed_until if begun_before else None)
        except DatabaseUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 # raised below: others must not wait for one
            faults.append(fault)
    if faults:
        raise faults[0]


def _run_effect(bench: Bench, engine: Engine, effect: Row[Any], left_behind: datetime | None) -> None:
    at = bench.now()
    if at < effect.due_at and _is_due_by_another_clock(effect, at):
        at = effect.due_at  # by the clock that wrote it, which is ahead of ours, or ran ahead until it was set right
    if effect.kind in effects.RUN:
        effects.run(bench.database, engine.office, effect.id, at)
    elif effect.kind in effects.CALLED and bench.hooks is not None:
        bench.hooks.run(bench.database, engine.office, effect.id, at, left_behind=left_behind)
    elif effect.kind in effects.MAILED and bench.post is not None:
        bench.post.run(bench.database, engine.office, effect.id, at, left_behind=left_behind)
    # What a later version owes is left to its own workers.


def _is_due_by_another_clock(effect: Row[Any], at: datetime) -> bool:
    """Whether it was due when it was owed, and has not been put off since, as far as can be known.

    The first pause is as long as clocks may be apart: what was tried waits for its time by ours.
    """
    if effect.attempts:
        return False
    if effect.due_at <= at + SKEW or UUID(effect.id).version != _MADE_FOR_AN_INSTANT:
        return True
    return bool(effect.due_at - instant_of(effect.id) < _TO_THE_MILLISECOND)


def _owed(conn: Connection, bench: Bench, effect_ids: list[str]) -> tuple[list[Row[Any]], Engine]:
    """Their kinds, and when they are due, oldest first; whether one is still owed is asked by whoever runs it."""
    columns = (table.c.id, table.c.kind, table.c.due_at, table.c.attempts, table.c.claimed_until)
    wanted = select(*columns).where(table.c.id.in_(effect_ids)).order_by(table.c.due_at, table.c.id)
    return list(conn.execute(wanted)), bench.engine(conn)


def _run_bulk(bench: Bench, stopped: Callable[[], bool]) -> None:
    run_bulk_acts(bench.database, bench.database.read(bench.engine), bench.now, stopped=stopped)


async def _keep_taking_over(database: Database, heartbeat: float) -> None:
    """Call again for what dead workers had in hand. No job of its own, which would wait for them and could die with them."""
    while True:
        await asyncio.sleep(TAKE_OVER)
        with suppress(DatabaseUnavailable):
            await asyncio.to_thread(database.write, calling.take_over, MISSED * heartbeat)


def _minute(bench: Bench) -> None:
    """Call for what is due and has no job."""
    database = bench.database
    engine = database.read(bench.engine)
    if bench.post is not None:
        owe_digests(database, engine.office, bench.now())
    called = effects.CALLED if bench.hooks is not None else ()
    kinds = (*effects.RUN, *called, *(effects.MAILED if bench.post is not None else ()))
    database.write(calling.call_anew, bench.now(), kinds)


def _hour(bench: Bench, stopped: Callable[[], bool]) -> None:
    bench.database.write(forget, bench.now())
    if not bench.sweeps:
        return
    swept = sweep_of_the_day(bench.database, bench.database.read(bench.engine), bench.now, stopped=stopped)
    if swept and swept.held_up:  # why stands with each deadline; it may name people, and a log names nobody
        log.info("held up: %d", len(swept.held_up))
