"""The inbox at ten thousand and at a million cases, by what ``GET /api/tasks`` asks, narrowed or not: usual and busy person."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from tests.bench.contest import show
from tests.world import MONDAY, build
from workflow.callers import Caller
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.filters import Narrowed
from workflow.queries import _INBOX, TaskList, inbox, inbox_count

SIZES = (10_000, 1_000_000)
#: As many as ``GET /api/tasks`` gives unless asked for fewer.
PAGE = 50
#: Tasks that await the busy person and the usual one; everyone else shares the rest.
BUSY, USUAL = 4_000, 80
#: Cases for each of the others.
EACH = 8
CALLS = 200
WARM_UP = 20
#: Seconds after which a slow question is asked no more, once it has been asked so often.
BUDGET, FEWEST_CALLS = 6.0, 6
#: What ``GET /api/tasks`` can be narrowed to: all fit, none does, a few, a fifth.
FILTERS: dict[str, dict[str, Any]] = {
    "of a process": {"narrowed": Narrowed(process="internship")},
    "in no such state": {"narrowed": Narrowed(process="internship", state="verification")},
    "by a name": {"narrowed": Narrowed(search="p77")},
    "late ones": {"late": True},
}


@dataclass(frozen=True)
class Measure:
    """Milliseconds of one question at one size: p50 and p99."""

    middle: float
    tail: float


@dataclass(frozen=True)
class Filled:
    """A database with so many cases, and the engine that knows its office."""

    database: Database
    engine: Engine

    def page(self, person: str, after: str | None = None, **narrowing: Any) -> TaskList:
        """One page of what awaits somebody, as the API answers it but for the JSON. ``narrowing``: to what."""
        who = Caller("key", person, person, "staff", None, frozenset({"read"}), None)
        return self.database.read(inbox, self.engine, who, MONDAY, after=after, limit=PAGE, **narrowing)

    def rows(self, person: str) -> int:
        """The rows of the first page alone, without the lines that are made of them."""
        key = {"person": person, "due_on": date.min, "task": "", "limit": PAGE + 1}
        return self.database.read(lambda conn: len(conn.execute(_INBOX, key).all()))

    def badge(self, person: str) -> int:
        """How much awaits somebody."""
        return self.database.read(inbox_count, person)


def measure(open_fresh: Callable[[int], Database]) -> None:
    """Measure on a database of each size; the sizes take turns."""
    filled = {size: _filled(open_fresh(size), size) for size in SIZES}
    show(f"Inbox on {filled[SIZES[0]].database.dialect}: milliseconds p50 (p99), read through Database.read")
    for person in ("usual", "busy"):
        following = {size: here.page(person).next for size, here in filled.items()}
        if not all(following.values()):
            raise RuntimeError(f"{person} has no second page")
        _show(person, "first page", lambda size, person=person: filled[size].page(person))  # type: ignore[misc]
        _show(person, "its query", lambda size, person=person: filled[size].rows(person))  # type: ignore[misc]
        _show(person, "next page", lambda size, who=person, after=following: filled[size].page(who, after[size]))  # type: ignore[misc]
        _show(person, "badge", lambda size, person=person: filled[size].badge(person))  # type: ignore[misc]
        for name, narrowing in FILTERS.items():
            _show(person, name, lambda size, who=person, to=narrowing: filled[size].page(who, **to))  # type: ignore[misc]
    for here in filled.values():
        here.database.close()


def _filled(database: Database, size: int) -> Filled:
    engine = build(database).engine
    database.write(fill, size)
    return Filled(database, engine)


def _show(person: str, name: str, question: Callable[[int], object]) -> None:
    measured = _measured(question)
    growth = measured[SIZES[1]].middle / measured[SIZES[0]].middle
    figures = "   ".join(f"{size:>9,}: {it.middle:.2f} ({it.tail:.2f})" for size, it in measured.items())
    show(f"  {person:<6} {name:<16} {figures}   x {growth:.2f}")


def _measured(question: Callable[[int], object]) -> dict[int, Measure]:
    each: dict[int, list[float]] = {size: [] for size in SIZES}
    beginning = time.perf_counter()
    for call in range(CALLS + WARM_UP):
        if call >= FEWEST_CALLS and time.perf_counter() - beginning > BUDGET:
            break
        for size in SIZES:
            began = time.perf_counter()
            question(size)
            each[size].append((time.perf_counter() - began) * 1000)
    counted = {size: times[WARM_UP:] if len(times) > 2 * WARM_UP else times[1:] for size, times in each.items()}
    cuts = {size: statistics.quantiles(times, n=100, method="inclusive") for size, times in counted.items()}
    return {size: Measure(cut[49], cut[98]) for size, cut in cuts.items()}


def fill(connection: Connection, size: int) -> None:
    """So many cases, each awaiting one person, spread over the days; written by the database itself."""
    numbers = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) ",
        "postgresql": "WITH n(i) AS (SELECT generate_series(1, :size)) ",
    }[connection.dialect.name]
    day = {
        "sqlite": "date('2026-01-01', '+' || (i * 7919 % 300) || ' days')",
        "postgresql": "date '2026-01-01' + (i * 7919::bigint % 300)::integer",
    }[connection.dialect.name]
    somebody = f"'p' || (i % {max(size // EACH, 2)})"
    # Every second case is the busy person's until there are enough, so that their rows lie among those of others.
    assignee = (
        f"CASE WHEN i % 2 = 0 AND i <= {2 * BUSY} THEN 'busy' "
        f"WHEN i % 2 = 1 AND i <= {2 * USUAL} THEN 'usual' ELSE {somebody} END"
    )
    at = "'2026-01-05T01:00:00.000000Z'" if connection.dialect.name == "sqlite" else "timestamptz '2026-01-05 01:00Z'"
    new_people = "INSERT INTO people (id, kind, name)"
    new_cases = (
        "INSERT INTO cases (id, reference, process, process_version, fingerprint, state, version, form, subject_id, opened_at, "
        "entered_on)"
    )
    new_tasks = "INSERT INTO tasks (id, case_id, role, assignee_id, triggers, due_on, opened_at, escalated)"
    of_case = f"'c' || i, 'c' || i, 'internship', 1, '', 'supervisor_review', 1, '{{}}', {somebody}, {at}, {day}"
    of_task = f"'t' || i, 'c' || i, 'supervisor', {assignee}, 'endorse return reject', {day}, {at}, 1 = 0"
    for statement in (
        f"{numbers} {new_people} SELECT DISTINCT {somebody}, 'staff', 'Pegawai ' || {somebody} FROM n",  # noqa: S608 # all of it is ours
        f"{new_people} SELECT 'busy', 'staff', 'Sibuk' WHERE :size > 0",
        f"{new_people} SELECT 'usual', 'staff', 'Biasa' WHERE :size > 0",
        f"{numbers} {new_cases} SELECT {of_case} FROM n",  # noqa: S608 # as above
        f"{numbers} {new_tasks} SELECT {of_task} FROM n",  # noqa: S608 # as above
    ):
        connection.execute(text(statement), {"size": size})
    connection.execute(text("ANALYZE"))
