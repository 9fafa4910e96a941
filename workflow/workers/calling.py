"""Calls for a worker, within a transaction: one execution of Procrastinate's own SQL function, kept or undone with the rest.

It is called by its name, as the library cannot be used on a connection of ours. On SQLite there are no workers, and nothing
is called: the server looks at the rows itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

#: Have one effect run; have what is left of bulk acts run. Procrastinate's names of tasks.
RUN_EFFECT, RUN_BULK = "run_effect", "run_bulk"

#: Queues: what is made, what goes out, and what people wait to see done in bulk.
LETTERS, OUTGOING, BULK = "letters", "outgoing", "bulk"


def call_for_effects(conn: Connection, queue: str, effect_ids: Iterable[str]) -> None:
    """Call for a job of each effect."""
    _call(conn, queue, RUN_EFFECT, [{"effect_id": effect_id} for effect_id in effect_ids])


def call_for_bulk(conn: Connection) -> None:
    """Call for somebody who runs what is left of bulk acts: one at a time, as people take turns."""
    _call(conn, BULK, RUN_BULK, [{}], alone=RUN_BULK)


def _call(conn: Connection, queue: str, task: str, orders: Iterable[Mapping[str, str]], *, alone: str = "") -> None:
    written = [json.dumps(order) for order in orders]
    if written and conn.dialect.name == "postgresql":
        conn.execute(_CALL, {"queue": queue, "task": task, "alone": alone or None, "orders": written})


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
    return len(conn.execute(_TAKE_OVER, {"patience": patience}).all())


#: Effects that are called for anew in one go.
AT_ONCE: Final = 1000

_CALL = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(:queue, :task, 0, :alone, NULL, CAST(orders AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1)) FROM unnest(CAST(:orders AS text[])) AS orders"
)

_CALL_EFFECTS = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(queue, 'run_effect', 0, NULL, NULL, args, NULL)"
    "::procrastinate_job_to_defer_v1)) FROM ("
    " SELECT CASE kind WHEN 'render' THEN 'letters' ELSE 'outgoing' END AS queue,"
    " jsonb_build_object('effect_id', id) AS args FROM effects"
    " WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= :at AND kind = ANY(:kinds)"
    " AND (claimed_until IS NULL OR claimed_until <= :at)"
    " AND NOT EXISTS (SELECT FROM procrastinate_jobs AS job WHERE job.task_name = 'run_effect'"
    " AND job.status IN ('todo', 'doing') AND job.args->>'effect_id' = effects.id)"
    " ORDER BY due_at, id LIMIT :most) AS owed HAVING count(*) > 0"
)

# Heartbeats are written and read by the clock of the database.
_TAKE_OVER = text(
    "WITH left_behind AS MATERIALIZED (SELECT job.id FROM procrastinate_jobs AS job WHERE job.status = 'doing'"
    " AND NOT EXISTS (SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id"
    " AND worker.last_heartbeat >= now() - make_interval(secs => :patience)) FOR UPDATE OF job SKIP LOCKED)"
    " SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM left_behind"
)

_CALL_BULK = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('bulk', 'run_bulk', 0, 'run_bulk', NULL, CAST('{}' AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1]) WHERE EXISTS (SELECT FROM bulk_acts WHERE ended_at IS NULL)"
    " AND NOT EXISTS (SELECT FROM procrastinate_jobs AS job WHERE job.task_name = 'run_bulk'"
    " AND job.status IN ('todo', 'doing'))"
)
