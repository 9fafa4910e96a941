"""Workers as an agency runs them: processes of ``jenjang worker`` on a database of the tests' PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from tests.world import MONDAY
from workflow.database import Database
from workflow.tables import effects

ROOT = Path(__file__).parents[1]
SECRET = "rahasia-jam-peragaan"
#: Seconds after which what was waited for will not come any more.
PATIENCE = 60
#: Seconds between heartbeats here, so that a dead worker is missed soon.
HEARTBEAT = 1


@contextmanager
def worker(address: str, folder: Path, *, within: str = "", **settings: str) -> Iterator[subprocess.Popen[str]]:
    """One worker, which has begun; told to stop at the end, and killed where it does not. ``within``: by which command."""
    environment = {
        **os.environ,
        "JENJANG_DATABASE": address,
        "JENJANG_KEYS": str(folder / "keys"),
        "JENJANG_MAIL": str(folder / "mail"),
        # Later than all that the stories do.
        "JENJANG_DEMO_CLOCK": (MONDAY + timedelta(minutes=5)).isoformat(),
        "JENJANG_DEMO_SECRET": SECRET,
        **settings,
    }
    command = [*within.split(), sys.executable, "-m", "api", "worker", "--heartbeat", str(HEARTBEAT)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            if "mengerjakan" not in (said := process.stdout.readline()):
                raise AssertionError(said + process.stdout.read())
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[str]) -> int:
    """Tell a worker to stop. Answers how it ended."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        kill(process)
        raise


def kill(process: subprocess.Popen[str]) -> None:
    """As by the power going out, with all that it had started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(found: Callable[[], bool], what: str) -> float:
    """Wait for something to be so. Answers the seconds that it took."""
    began = time.monotonic()
    while not found():
        assert time.monotonic() - began < PATIENCE, f"{what}: not after {PATIENCE} seconds"
        time.sleep(0.05)
    return time.monotonic() - began


def owed(database: Database) -> int:
    """How many effects are not done."""

    def count(conn: Connection) -> int:
        return conn.execute(select(func.count()).where(effects.c.done_at.is_(None))).scalar_one()

    return database.read(count)


def jobs(database: Database) -> int:
    """How many jobs wait or are being done, upkeep apart."""
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name <> 'upkeep'")
    return int(database.read(lambda conn: conn.execute(query).scalar_one()))
