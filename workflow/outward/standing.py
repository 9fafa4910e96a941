"""Where everything stands that was ever sent: batch by batch, and which rows wait for an answer or were refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from policies.civil_service import full_name
from workflow.tables import outward_records, people


@dataclass(frozen=True)
class SentBatch:
    """One batch. ``repeated``: rows without an answer that went again in a later batch."""

    system: str
    id: str
    sent_at: datetime
    rows: int
    recorded: int
    refused: int
    waiting: int
    repeated: int


@dataclass(frozen=True)
class OpenRow:
    """A row whose activity is not recorded. ``reason``: why it was refused; empty where it waits for an answer."""

    batch: str
    number: int
    name: str
    nip: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """Everything that was sent, and what of it is still open, oldest first."""

    batches: tuple[SentBatch, ...]
    open: tuple[OpenRow, ...]


#: The case, the person, and the system.
_Activity = tuple[str, str, str]


def _activity(row: Row[Any]) -> _Activity:
    return row.case_id, row.person_id, row.system


def standing(conn: Connection) -> Standing:
    """How everything stands that was sent to any system."""
    rows = list(conn.execute(_QUERY))
    latest = {_activity(row): row.attempt for row in rows}
    done = {_activity(row) for row in rows if row.status == "recorded"}
    by_batch: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_batch[row.batch_id].append(row)
    return Standing(
        tuple(_batch(batch_id, each, latest) for batch_id, each in by_batch.items()),
        tuple(_open(row) for row in rows if _activity(row) not in done and row.attempt == latest[_activity(row)]),
    )


def _batch(batch_id: str, rows: list[Row[Any]], latest: dict[_Activity, int]) -> SentBatch:
    counts = Counter(
        "repeated" if row.status == "sent" and row.attempt < latest[_activity(row)] else row.status for row in rows
    )
    return SentBatch(
        system=rows[0].system,
        id=batch_id,
        sent_at=rows[0].sent_at,
        rows=len(rows),
        recorded=counts["recorded"],
        refused=counts["refused"],
        waiting=counts["sent"],
        repeated=counts["repeated"],
    )


def _open(row: Row[Any]) -> OpenRow:
    name = full_name(row.front_title or "", row.name or "", row.back_title or "")
    return OpenRow(row.batch_id, row.row_number, name, row.nip or "", row.reason or "")


#: In order of attempts, so that the last one of an activity is the latest.
_QUERY: Any = (
    select(outward_records, people.c.name, people.c.front_title, people.c.back_title, people.c.nip)
    .join_from(outward_records, people, people.c.id == outward_records.c.person_id)
    .order_by(outward_records.c.sent_at, outward_records.c.batch_id, outward_records.c.row_number)
)
