"""Calls for a worker, within a transaction: one execution of Procrastinate's own SQL function, kept or undone with the rest.

It is called by its name, as the library cannot be used on a connection of ours, and once a unit, at its end: a job costs a
worker more than what most of them have to do. On SQLite there are no workers, and nothing is called: the server looks at the
rows itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from workflow import spans
from workflow.database import before_commit

#: Have some effects run; have what is left of bulk acts run. Procrastinate's names of tasks.
RUN_EFFECTS, RUN_BULK = "run_effects", "run_bulk"

#: Queues: what is made, what goes out, and what people wait to see done in bulk.
LETTERS, OUTGOING, BULK = "letters", "outgoing", "bulk"

#: What a job's argument is called that says to which trace it belongs (W3C Trace Context).
TRACE: Final = "traceparent"

#: Effects of one job: a letter is work for a process of its own, while what goes out is mostly waited for.
_TOGETHER: Final = {LETTERS: 1, OUTGOING: 8}


@dataclass(frozen=True)
class _Order:
    """A job: which task with what. ``alone``: no second one waits beside it."""

    queue: str
    task: str
    args: Mapping[str, object]
    alone: str | None = None


def call_for_effects(conn: Connection, queue: str, effect_ids: Iterable[str]) -> None:
    """Call for effects to be run, once this unit is kept."""
    if conn.dialect.name == "postgresql":
        within = spans.here()
        before_commit(conn, _call, [_Owed(queue, effect_id, within) for effect_id in effect_ids])


def call_for_bulk(conn: Connection) -> None:
    """Call for somebody who runs what is left of bulk acts: one at a time, as people take turns."""
    if conn.dialect.name == "postgresql":
        _defer(conn, [_Order(BULK, RUN_BULK, {}, alone=RUN_BULK)])


class _Owed(NamedTuple):
    """An effect. ``within``: the trace of the work by which it is owed."""

    queue: str
    effect_id: str
    within: str


def _call(conn: Connection, owed: list[_Owed]) -> None:
    queues: dict[str, list[str]] = {}
    for each in owed:
        queues.setdefault(each.queue, []).append(each.effect_id)
    within = next((each.within for each in owed if each.within), "")
    trace = {TRACE: within} if within else {}
    _defer(
        conn,
        [
            _Order(queue, RUN_EFFECTS, {"effect_ids": effect_ids[first : first + _TOGETHER[queue]], **trace})
            for queue, effect_ids in queues.items()
            for first in range(0, len(effect_ids), _TOGETHER[queue])
        ],
    )


def _defer(conn: Connection, orders: list[_Order]) -> None:
    if orders:
        conn.execute(_CALL, {"orders": json.dumps([asdict(order) for order in orders])})


def call_anew(conn: Connection, at: datetime, kinds: Sequence[str]) -> None:
    """Call for what is due and has no job: a retry, what was owed before there were workers, what a lost job left.

    ``kinds``: of effects that can be run. At most ``AT_ONCE`` of them; the rest in a minute.
    """
    conn.execute(_CALL_EFFECTS, {"at": at, "kinds": list(kinds), "most": AT_ONCE})
    conn.execute(_CALL_BULK)


def take_over(conn: Connection, patience: float) -> int:
    """Call again for what workers had in hand that have not been heard of for ``patience`` seconds. Answers how many jobs.

    Of several who ask at once one takes over each job: it is locked while it is still in the hand of who is gone.
    """
    return len(conn.execute(_TAKE_OVER, {"patience": patience, "longest": LONGEST.total_seconds()}).all())


#: How long a job of a few effects may take: far longer than any of them does.
LONGEST: Final = timedelta(hours=1)
#: Effects that are called for anew in one go.
AT_ONCE: Final = 1000

_CALL = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(queue, task, 0, alone, NULL, args, NULL)"
    "::procrastinate_job_to_defer_v1)) FROM jsonb_to_recordset(CAST(:orders AS jsonb))"
    " AS orders(queue text, task text, alone text, args jsonb)"
)

_CALL_EFFECTS = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(queue, 'run_effects', 0, NULL, NULL, args, NULL)"
    "::procrastinate_job_to_defer_v1)) FROM ("
    " SELECT CASE kind WHEN 'render' THEN 'letters' ELSE 'outgoing' END AS queue,"
    " jsonb_build_object('effect_ids', jsonb_build_array(id)) AS args FROM effects"
    " WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= :at AND kind = ANY(:kinds)"
    " AND (claimed_until IS NULL OR claimed_until <= :at)"
    " AND NOT EXISTS (SELECT FROM procrastinate_jobs AS job, jsonb_array_elements_text(job.args->'effect_ids') AS called"
    " WHERE job.task_name = 'run_effects' AND job.status IN ('todo', 'doing') AND called = effects.id)"
    " ORDER BY due_at, id LIMIT :most) AS owed HAVING count(*) > 0"
)

# Heartbeats are written and read by the clock of the database.
_TAKE_OVER = text(
    "WITH left_behind AS MATERIALIZED (SELECT job.id FROM procrastinate_jobs AS job WHERE job.status = 'doing'"
    " AND NOT EXISTS (SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id"
    " AND worker.last_heartbeat >= now() - make_interval(secs => :patience)"
    # Or the worker lives, and could not say that the job was done.
    " AND NOT (job.task_name = 'run_effects' AND NOT EXISTS (SELECT FROM procrastinate_events AS event"
    " WHERE event.job_id = job.id AND event.type = 'started' AND event.at > now() - make_interval(secs => :longest))))"
    " FOR UPDATE OF job SKIP LOCKED)"
    " SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM left_behind"
)

_CALL_BULK = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('bulk', 'run_bulk', 0, 'run_bulk', NULL, CAST('{}' AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1]) WHERE EXISTS (SELECT FROM bulk_acts WHERE ended_at IS NULL)"
    " AND NOT EXISTS (SELECT FROM procrastinate_jobs AS job WHERE job.task_name = 'run_bulk'"
    " AND job.status IN ('todo', 'doing'))"
)
