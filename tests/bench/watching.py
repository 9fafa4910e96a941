"""Looked at now and then while a service runs: the memory of its processes, and how long what is owed has waited."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, func, select

from workflow.database import Database
from workflow.effects import MAILED, RUN
from workflow.tables import effects

#: Seconds between two looks.
PAUSE = 1.0
_MB = 1024.0


def proportional_memory(session: int) -> float:
    """Megabytes (PSS) of all processes of a session; what they share is counted once."""
    total = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(file.read_text().rpartition(")")[2].split()[3]) == session:
                total += next(
                    int(line.split()[1])
                    for line in file.with_name("smaps_rollup").read_text().splitlines()
                    if line.startswith("Pss:")
                )
        except (OSError, StopIteration):  # it has just ended
            continue
    return total / _MB


@dataclass
class Watch:
    """Looks while a block runs. ``sessions``: of each process with all that it started, by name; ``since``: when the first of the
    effects that are looked at came due; ``now``: by the clock of the service."""

    database: Database
    sessions: Callable[[], Mapping[str, int]]
    since: datetime
    now: Callable[[], datetime]
    memory: dict[str, list[float]] = field(default_factory=dict)
    #: Seconds that the oldest letter, and the oldest message, has waited at most; how many waited at most.
    oldest: dict[str, float] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def by_fifths(self, name: str) -> list[float]:
        """Megabytes in each fifth of the time, on average: what is kept for good shows in the last as in the first."""
        seen = self.memory[name]
        fifth = max(len(seen) // 5, 1)
        return [statistics.mean(seen[first : first + fifth] or seen[-1:]) for first in range(0, 5 * fifth, fifth)]

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            for name, session in self.sessions().items():
                self.memory.setdefault(name, []).append(proportional_memory(session))
            for what, kinds in (("letters", RUN), ("mail", MAILED)):
                number, first = self.database.read(_owed, kinds, self.now(), self.since)
                waited = (self.now() - first).total_seconds() if first else 0.0
                self.oldest[what] = max(self.oldest.get(what, 0.0), waited)
                self.most[what] = max(self.most.get(what, 0), number)


def settled(database: Database, now: Callable[[], datetime], kinds: tuple[str, ...], within: float) -> float:
    """Wait until nothing of some kinds is due any more. Answers the seconds that it took. Raises TimeoutError."""
    began = time.monotonic()
    while left := database.read(_owed, kinds, now())[0]:
        if time.monotonic() - began > within:
            raise TimeoutError(f"{left} effects ({', '.join(kinds)}) are still owed after {within:.0f} seconds")
        time.sleep(PAUSE / 2)
    return time.monotonic() - began


def _owed(
    conn: Connection, kinds: tuple[str, ...], now: datetime, since: datetime | None = None
) -> tuple[int, datetime | None]:
    """How many are due, of those that came due since an instant, and when the first of them did."""
    waiting = (effects.c.done_at.is_(None), effects.c.parked_at.is_(None), effects.c.due_at <= now)
    which = (*waiting, effects.c.kind.in_(kinds), *(() if since is None else (effects.c.due_at >= since,)))
    row = conn.execute(select(func.count(), func.min(effects.c.due_at)).where(*which)).one()
    return int(row[0]), row[1]
