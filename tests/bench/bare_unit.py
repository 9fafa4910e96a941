"""The bare unit: load a case, check, move, update with a version check, insert an event, insert a job, commit.

On the same tables and with the same connections: through our database layer, and as fast as the driver can.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)

from tests.bench.contest import Contender, ratio, show, show_rates, show_ratio, take_turns
from tests.bench.serving import peer_unit
from workflow.database import Database
from workflow.tables import Instant

CASES = 64
FORM = '{"days": 90}'
NEXT = {"drafted": "review", "review": "drafted"}
TAKES = {"drafted": ("move", "submit"), "review": ("move", "give_back")}

metadata = MetaData()
cases = Table(
    "bench_cases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("state", String(50), nullable=False),
    Column("version", Integer, nullable=False),
    Column("form", Text, nullable=False),
)
events = Table(
    "bench_events",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("bench_cases.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("type", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("payload", Text, nullable=False),
    UniqueConstraint("case_id", "sequence"),
)
jobs = Table(
    "bench_jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("bench_cases.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("open_jobs", "done_at", "due_at"),
)

_LOAD = select(cases.c.state, cases.c.version, cases.c.form).where(cases.c.id == bindparam("case_id"))
_MOVE = (
    update(cases)
    .where(cases.c.id == bindparam("case_id"), cases.c.version == bindparam("seen"))
    .values(state=bindparam("new_state"), version=bindparam("new_version"))
)
_EVENT = insert(events)
_JOB = insert(jobs)


def prepare(connection: Connection) -> None:
    """Make the tables and the cases."""
    metadata.create_all(connection)
    rows = [{"id": f"case-{number}", "state": "drafted", "version": 0, "form": FORM} for number in range(CASES)]
    connection.execute(insert(cases), rows)


def unit(connection: Connection, case_id: str, trigger: str = "move", seen: int | None = None) -> tuple[str, int]:
    """The bare unit in SQLAlchemy Core; answers the new state and version. ``seen``: the version that somebody acts on."""
    at = datetime.now(UTC)
    state, version, form = connection.execute(_LOAD, {"case_id": case_id}).one()
    if trigger not in TAKES[state] or seen not in (None, version):
        raise RuntimeError("no such step from here")
    _check(form)
    moved = {"case_id": case_id, "seen": version, "new_state": NEXT[state], "new_version": version + 1}
    if connection.execute(_MOVE, moved).rowcount != 1:
        raise RuntimeError("somebody else was faster")
    event = {
        "id": str(uuid4()),
        "case_id": case_id,
        "sequence": version + 1,
        "type": trigger,
        "at": at,
        "payload": FORM,
    }
    connection.execute(_EVENT, event)
    connection.execute(_JOB, {"id": str(uuid4()), "case_id": case_id, "kind": "message", "due_at": at})
    return NEXT[state], version + 1


def raw_unit(connection: sqlite3.Connection, case_id: str) -> None:
    """The bare unit as fast as the standard library does it."""
    at = datetime.now(UTC).isoformat()
    connection.execute("BEGIN IMMEDIATE")
    found = connection.execute("SELECT state, version, form FROM bench_cases WHERE id = ?", (case_id,)).fetchone()
    state, version, form = found
    _check(form)
    moved = connection.execute(
        "UPDATE bench_cases SET state = ?, version = ? WHERE id = ? AND version = ?",
        (NEXT[state], version + 1, case_id, version),
    )
    if moved.rowcount != 1:
        raise RuntimeError("somebody else was faster")
    connection.execute(
        "INSERT INTO bench_events VALUES (?, ?, ?, ?, ?, ?)",
        (str(uuid4()), case_id, version + 1, "move", at, FORM),
    )
    connection.execute("INSERT INTO bench_jobs VALUES (?, ?, ?, ?, NULL)", (str(uuid4()), case_id, "message", at))
    connection.execute("COMMIT")


def _check(form: str) -> None:
    if not 1 <= msgspec.json.decode(form)["days"] <= 365:
        raise RuntimeError("the period is not permitted")


class Awaited:
    """Units awaited by so many tasks at once on an event loop that is kept between turns, as a server keeps it."""

    def __init__(self, database: Database, tasks: int) -> None:
        self._database = database
        self._tasks = tasks
        self._runner = asyncio.Runner()

    def turn(self, count: int) -> float:
        return self._runner.run(self._turn(count))

    async def _turn(self, count: int) -> float:
        left = iter(range(count))

        async def keep_firing(case_id: str) -> None:
            for _ in left:
                await self._database.run(unit, case_id)

        began = time.perf_counter()
        await asyncio.gather(*[keep_firing(f"case-{number}") for number in range(self._tasks)])
        return count / (time.perf_counter() - began)

    def close(self) -> None:
        self._runner.run(self._database.aclose())
        self._runner.close()


def _timed(fire: Callable[[str], object], count: int) -> float:
    began = time.perf_counter()
    for number in range(count):
        fire(f"case-{number % CASES}")
    return count / (time.perf_counter() - began)


def on_sqlite(folder: Path) -> None:
    """Our layer against sqlite3 itself."""
    ours, theirs = folder / "ours.db", folder / "theirs.db"
    for path in (ours, theirs):
        database = Database.open(f"sqlite:///{path}")
        database.write(prepare)
        database.close()
    raw = sqlite3.connect(theirs, isolation_level=None)
    for setting in ("synchronous=NORMAL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {setting}")
    blocking = Database.open(f"sqlite:///{ours}")
    alone, together = Awaited(Database.open(blocking.address), 1), Awaited(Database.open(blocking.address), 16)
    rates = take_turns(
        {
            "sqlite3": lambda count: _timed(lambda case_id: raw_unit(raw, case_id), count),
            "Database.write, Core in the caller's thread": lambda count: _timed(
                lambda case_id: blocking.write(unit, case_id), count
            ),
            "Database.run, awaited one after the other": alone.turn,
            "Database.run, 16 at once": together.turn,
        },
        1000,
    )
    show("Bare unit on SQLite")
    show_rates(rates)
    for ours_name in list(rates)[1:]:
        show(f"  {ours_name} / sqlite3: {ratio(rates, ours_name, 'sqlite3'):.0%}")
    alone.close()
    together.close()
    blocking.close()
    raw.close()


def on_postgresql(ours: str, djangos: str) -> None:
    """Our layer against asyncpg and Django, eight connections each. ``djangos``: a database of its own."""
    database = Database.open(ours)
    database.write(prepare)
    awaited = Awaited(database, 8)
    with peer_unit("asyncpg_unit.py", ours) as asyncpg, peer_unit("django_unit.py", djangos) as django:
        contenders = {
            "asyncpg": asyncpg,
            "Django + django-fsm-2": django,
            "Database.run, 8 at once": Contender(awaited.turn),
            "Database.write, one connection": Contender(
                lambda count: _timed(lambda case_id: database.write(unit, case_id), count)
            ),
        }
        rates = take_turns(contenders, 500)
    show("Bare unit on PostgreSQL")
    show_rates(rates)
    for peer in ("asyncpg", "Django + django-fsm-2"):
        show_ratio(rates, contenders, "Database.run, 8 at once", peer)
    awaited.close()
