"""``jenjang verify`` over a log of two hundred thousand events: seconds for a million, and that memory does not grow with them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from tests.bench.big_office import fill
from tests.bench.contest import show
from tests.bench.serving import ROOT
from workflow.database import Database
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import events
from workflow.verification import verify

#: Cases; each has some five events.
SIZES = (10_000, 40_000)
#: Seconds that one verification may take.
PATIENCE = 900


def measure(address_of: Callable[[int], str]) -> None:
    """Verify a smaller and a larger log, each in a process of its own, whose memory is looked at."""
    found, dialect = {}, ""
    for size in SIZES:
        address = address_of(size)
        database = Database.open(address)
        fill(database, size)
        dialect = database.dialect
        database.close()
        found[size] = _verified(address)
    show(f"Verification on {dialect}")
    for size, told in found.items():
        rate = told["events"] / told["seconds"]
        show(
            f"  {size:>7,} cases, {told['events']:>8,.0f} events: {rate:>8,.0f} events/s, {1e6 / rate:.0f} s for a million, "
            f"peak memory {told['peak']:.0f} MB"
        )
    smaller, larger = (found[size] for size in SIZES)
    show(f"  four times the log: memory x {larger['peak'] / smaller['peak']:.2f}")


def _verified(address: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.verify", address]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _verify(address: str) -> dict[str, float]:
    database = Database.open(address)
    policies = database.read(Office.load).policies
    count = database.read(lambda conn: conn.execute(select(func.count()).select_from(events)).scalar_one())
    began = time.perf_counter()
    database.read(lambda conn: list(verify(conn, Registry.discover(), policies)))
    seconds = time.perf_counter() - began
    return {"events": count, "seconds": seconds, "peak": _peak()}


def _peak() -> float:
    """Megabytes that this process has had at most."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(json.dumps(_verify(sys.argv[1])))  # noqa: T201 # for the process that started it
