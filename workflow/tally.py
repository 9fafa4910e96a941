"""What is counted as it happens: steps, by this process alone; effects, over every process, by way of the database.

Whoever runs effects may answer no requests, so what became of them is summed in a table now and then, and read from there.
Steps are counted before their commit: one that a lost connection undid and that was run again counts twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from sqlalchemy import Connection, bindparam, select

from workflow.database import Database, insert_or
from workflow.spans import span
from workflow.tables import effect_tallies, effects

log = logging.getLogger("jenjang")

DONE: Final = "done"

#: Process, step and outcome.
Step = tuple[str, str, str]
#: Kind and outcome of an effect.
Ran = tuple[str, str]

_steps: Counter[Step] = Counter()
_ran: Counter[Ran] = Counter()
_milliseconds: Counter[Ran] = Counter()
_lock: Final = threading.Lock()
_counts: ContextVar[bool] = ContextVar("counts", default=True)


def count_step(process: str, trigger: str, outcome: str, number: int = 1) -> None:
    """Count steps that were taken (``DONE``), or refused, by the kind of problem."""
    if _counts.get():
        with _lock:
            _steps[process, trigger, outcome] += number


def steps() -> Mapping[Step, int]:
    """The steps of this process."""
    with _lock:
        return dict(_steps)


@contextmanager
def uncounted() -> Iterator[None]:
    """What is tried in this block and undone counts as nothing."""
    token = _counts.set(False)
    try:
        yield
    finally:
        _counts.reset(token)


@contextmanager
def running(database: Database, effect_id: str, kind: str) -> Iterator[None]:
    """An effect is run in this block: what became of it is counted, a line in the log, and a span."""
    began = time.monotonic()
    with span(f"effect {kind}", "consumer", {"jenjang.effect.kind": kind}) as noting:
        try:
            yield
        finally:
            took = round((time.monotonic() - began) * 1000)
            outcome = database.read(_outcome, effect_id)
            noting.tell({"jenjang.effect.outcome": outcome}, failed=outcome != DONE)
            with _lock:
                _ran[kind, outcome] += 1
                _milliseconds[kind, outcome] += took
            told = {"effect": effect_id, "kind": kind, "outcome": outcome, "milliseconds": took}
            log.info("effect", extra={"told": told})


def ran(conn: Connection) -> Mapping[Ran, tuple[int, int]]:
    """How many effects came to what, and how many milliseconds they took: over every process, and here so far."""
    rows = conn.execute(select(effect_tallies))
    found = {(row.kind, row.outcome): (int(row.number), int(row.milliseconds)) for row in rows}
    with _lock:
        for key, number in _ran.items():
            known = found.get(key, (0, 0))
            found[key] = (known[0] + number, known[1] + _milliseconds[key])
    return found


def keep(database: Database) -> None:
    """Add what was counted here since the last time to the database's sums."""
    with _lock:
        numbers, took = dict(_ran), dict(_milliseconds)
    if not numbers:
        return
    database.write(_add, numbers, took)
    with _lock:
        _ran.subtract(numbers)
        _milliseconds.subtract(took)
        for key in [key for key, number in _ran.items() if not number]:
            del _ran[key], _milliseconds[key]


def _add(conn: Connection, numbers: Mapping[Ran, int], took: Mapping[Ran, int]) -> None:
    for kind, outcome in sorted(numbers):  # in one order, so that two processes do not wait for each other
        values = {"number": numbers[kind, outcome], "milliseconds": took[kind, outcome]}
        adding = insert_or(conn.dialect.name, effect_tallies).values(kind=kind, outcome=outcome, **values)
        sums = {name: effect_tallies.c[name] + value for name, value in values.items()}
        conn.execute(
            adding.on_conflict_do_update(index_elements=[effect_tallies.c.kind, effect_tallies.c.outcome], set_=sums)
        )


def _outcome(conn: Connection, effect_id: str) -> str:
    row = conn.execute(_BECAME, {"id": effect_id}).one_or_none()
    if row is None or row.done_at is not None:
        return DONE
    return "parked" if row.parked_at is not None else "failed"


_BECAME: Final = select(effects.c.done_at, effects.c.parked_at).where(effects.c.id == bindparam("id"))
