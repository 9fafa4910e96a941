"""The inbox at ten thousand and at a million cases: first page, next page and badge, for a usual and for a busy person."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, func, select, text, tuple_

from tests.bench.contest import show
from workflow.database import Database
from workflow.migrations import migrate
from workflow.tables import cases, tasks

SIZES = (10_000, 1_000_000)
PAGE = 20
#: Tasks that await the busy person; everyone else has the few that are left over.
BUSY = 400
PEOPLE_SHARE = 8
CALLS = 400

# The smallest key there is, so that the first page goes by the same plan as the others.
FIRST = (date(1, 1, 1), "")

_PAGE = (
    select(tasks.c.id, tasks.c.due_on, tasks.c.role, tasks.c.triggers, cases.c.id, cases.c.process, cases.c.state)
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.assignee_id == bindparam("me"))
    .where(tuple_(tasks.c.due_on, tasks.c.id) > tuple_(bindparam("due_on", type_=tasks.c.due_on.type), bindparam("id")))
    .order_by(tasks.c.due_on, tasks.c.id)
    .limit(PAGE)
)
_BADGE = select(func.count()).select_from(tasks).where(tasks.c.assignee_id == bindparam("me"))


@dataclass(frozen=True)
class Measure:
    """Milliseconds of one question at one size: p50 and p99."""

    middle: float
    tail: float


def page(connection: Connection, me: str, after: tuple[date, str]) -> list[tuple[date, str]]:
    """One page of what awaits somebody; answers the keys."""
    rows = connection.execute(_PAGE, {"me": me, "due_on": after[0], "id": after[1]})
    return [(row.due_on, row.id) for row in rows]


def badge(connection: Connection, me: str) -> int:
    """How much awaits somebody."""
    return connection.execute(_BADGE, {"me": me}).scalar_one()


def measure(open_fresh: Callable[[int], Database]) -> None:
    """Measure on a database of each size; the sizes take turns."""
    databases = {size: open_fresh(size) for size in SIZES}
    for size, database in databases.items():
        migrate(database)
        database.write(fill, size)
    dialect = next(iter(databases.values())).dialect
    show(f"Inbox on {dialect}: milliseconds p50 (p99), read through Database.read")
    for person in ("usual", "busy"):
        after = {size: database.read(page, person, FIRST)[-2] for size, database in databases.items()}
        questions: dict[str, Callable[[int], object]] = {
            "first page": lambda size, person=person: databases[size].read(page, person, FIRST),  # type: ignore[misc]
            "next page": lambda size, person=person, after=after: databases[size].read(page, person, after[size]),  # type: ignore[misc]
            "badge": lambda size, person=person: databases[size].read(badge, person),  # type: ignore[misc]
        }
        for name, question in questions.items():
            measured = _measured(question)
            growth = measured[SIZES[1]].middle / measured[SIZES[0]].middle
            figures = "   ".join(f"{size:>9,}: {it.middle:.2f} ({it.tail:.2f})" for size, it in measured.items())
            show(f"  {person:<6} {name:<11} {figures}   x {growth:.2f}")
    for database in databases.values():
        database.close()


def _measured(question: Callable[[int], object]) -> dict[int, Measure]:
    each: dict[int, list[float]] = {size: [] for size in SIZES}
    for call in range(CALLS + 20):
        for size in SIZES:
            began = time.perf_counter()
            question(size)
            if call >= 20:
                each[size].append((time.perf_counter() - began) * 1000)
    cuts = {size: statistics.quantiles(times, n=100) for size, times in each.items()}
    return {size: Measure(cut[49], cut[98]) for size, cut in cuts.items()}


def fill(connection: Connection, size: int) -> None:
    """So many cases, each awaiting one person; written by the database itself."""
    numbers = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) ",
        "postgresql": "WITH n(i) AS (SELECT generate_series(1, :size)) ",
    }[connection.dialect.name]
    day = {
        "sqlite": "date('2026-01-01', '+' || (i * 7919 % 300) || ' days')",
        "postgresql": "date '2026-01-01' + (i * 7919::bigint % 300)::integer",
    }[connection.dialect.name]
    somebody = f"'p' || (i % {max(size // PEOPLE_SHARE, 2)})"
    assignee = f"CASE WHEN i <= {BUSY} THEN 'busy' WHEN i <= {BUSY + 30} THEN 'usual' ELSE {somebody} END"
    at = "'2026-01-05T01:00:00.000000Z'" if connection.dialect.name == "sqlite" else "timestamptz '2026-01-05 01:00Z'"
    new_people = "INSERT INTO people (id, kind, name)"
    new_cases = (
        "INSERT INTO cases (id, process, process_version, fingerprint, state, version, form, subject_id, opened_at, "
        "entered_on)"
    )
    new_tasks = "INSERT INTO tasks (id, case_id, role, assignee_id, triggers, due_on, opened_at, escalated)"
    of_case = f"'c' || i, 'internship', 1, '', 'supervisor_review', 1, '{{}}', {somebody}, {at}, {day}"
    of_task = f"'t' || i, 'c' || i, 'supervisor', {assignee}, 'endorse return reject', {day}, {at}, 1 = 0"
    for statement in (
        f"{numbers} {new_people} SELECT DISTINCT {somebody}, 'staff', 'Pegawai' FROM n",  # noqa: S608 # all of it is ours
        f"{new_people} SELECT 'busy', 'staff', 'Sibuk' WHERE :size > 0",
        f"{new_people} SELECT 'usual', 'staff', 'Biasa' WHERE :size > 0",
        f"{numbers} {new_cases} SELECT {of_case} FROM n",  # noqa: S608 # as above
        f"{numbers} {new_tasks} SELECT {of_task} FROM n",  # noqa: S608 # as above
    ):
        connection.execute(text(statement), {"size": size})
    connection.execute(text("ANALYZE"))
