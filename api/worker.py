"""``jenjang worker``: does what is owed behind the servers of one PostgreSQL, until told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import ExitStack, closing

from api import logs
from api.clock import DemoClock
from api.commands.errors import CannotRun
from api.desk import Desk
from api.memory import share_heaps
from api.settings import (
    are_traces_sent,
    clock,
    database_address,
    letter_workers,
    logs_as_json,
    policies_folder,
    post,
    webhook_networks,
)
from workflow.database import Database
from workflow.letters.pool import Pool, in_use
from workflow.registry import Registry
from workflow.signatures.closed import close_up
from workflow.spans import traced
from workflow.webhooks.sending import Hooks


def work(concurrency: int, heartbeat: float, began: Callable[[str], None]) -> None:
    """Work until told to stop by SIGTERM or SIGINT; what is in hand is finished. ``began`` hears of the database.

    Raises CannotRun.
    """
    address = database_address()
    if address.startswith("sqlite"):
        raise CannotRun(
            "jenjang worker hanya untuk PostgreSQL: dengan SQLite, jenjang serve mengerjakan sendiri tindak lanjutnya."
        )
    share_heaps()
    if logs_as_json():
        logs.set_up()
    close_up()
    with ExitStack() as stack:
        if are_traces_sent():
            from api.telemetry import traces  # noqa: PLC0415 - loads what only tracing needs

            stack.enter_context(traces())
        database = stack.enter_context(closing(traced(Database.open(address))))
        desk = Desk(database, Registry.discover(), clock(), policies_folder())
        stack.enter_context(in_use(Pool(letter_workers())))
        asyncio.run(_until_stopped(desk, concurrency, heartbeat, began))


async def _until_stopped(desk: Desk, concurrency: int, heartbeat: float, began: Callable[[str], None]) -> None:
    from workflow.workers.working import Bench, Worker  # noqa: PLC0415 - loads what only PostgreSQL has

    sweeps = not isinstance(desk.clock, DemoClock)
    hooks = Hooks(desk.safe, webhook_networks())
    bench = Bench(desk.database, desk.engine, desk.clock.now, post(desk.registry), sweeps, hooks)
    worker = Worker(bench, concurrency=concurrency, heartbeat=heartbeat)
    for wish in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(wish, worker.stop)
    began(desk.database.address)
    await worker.run()
