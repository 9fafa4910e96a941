"""What a transition owes the world, as rows of its own transaction: they are the truth, whatever runs them.

Each is run at least once and is idempotent; retried with backoff, parked after a number of attempts with its error, and shown.
Messages wait until mail exists.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from workflow.database import Database
from workflow.ids import new_id
from workflow.office import Office
from workflow.tables import effects

RENDER, MESSAGE = "render", "message"

#: Kinds that something runs; the others are rows to be shown as waiting.
RUN = (RENDER,)

#: Minutes to wait after each failed attempt; after the last one the effect is parked.
BACKOFF = (1, 5, 15, 60, 240)


def owe(
    conn: Connection, kind: str, case_id: str | None, subject_id: str, payload: dict[str, Any], at: datetime
) -> str:
    """Write down an effect, due at once. ``subject_id``: the letter to render, or the person to tell."""
    effect_id = new_id(at)
    conn.execute(
        insert(effects).values(
            id=effect_id,
            kind=kind,
            case_id=case_id,
            subject_id=subject_id,
            payload=json.dumps(payload),
            due_at=at,
            attempts=0,
        )
    )
    return effect_id


def tell(conn: Connection, case_id: str, people: dict[str, str], at: datetime) -> None:
    """Owe each person a message: who, and what it says."""
    rows = [
        {
            "id": new_id(at),
            "kind": MESSAGE,
            "case_id": case_id,
            "subject_id": person,
            "payload": json.dumps({"says": says}),
            "due_at": at,
            "attempts": 0,
        }
        for person, says in sorted(people.items())
    ]
    if rows:
        conn.execute(_NEW, rows)


def due(conn: Connection, at: datetime, limit: int = 100) -> list[tuple[str, str, str]]:
    """Effects that can be run now: id, kind and subject."""
    query = (
        select(effects.c.id, effects.c.kind, effects.c.subject_id)
        .where(
            effects.c.done_at.is_(None), effects.c.parked_at.is_(None), effects.c.due_at <= at, effects.c.kind.in_(RUN)
        )
        .order_by(effects.c.due_at, effects.c.id)
        .limit(limit)
    )
    return [(row.id, row.kind, row.subject_id) for row in conn.execute(query)]


def run_due(database: Database, office: Office, at: datetime, limit: int = 100) -> int:
    """Run what is due, each in a unit of its own. Answers how many were done; a failure is written down and tried again later."""
    from workflow.letters.rendering import render  # noqa: PLC0415 - loads what is only needed where letters are made

    done = 0
    for effect_id, _, letter_id in database.read(due, at, limit):
        try:
            render(database, office, letter_id, at)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is written down with the effect, and shown
            database.write(_failed, effect_id, f"{type(error).__name__}: {error}", at)
        else:
            database.write(_done, effect_id, at)
            done += 1
    return done


def _done(conn: Connection, effect_id: str, at: datetime) -> None:
    conn.execute(update(effects).where(effects.c.id == effect_id).values(done_at=at, error=None))


def _failed(conn: Connection, effect_id: str, error: str, at: datetime) -> None:
    attempts = int(conn.execute(select(effects.c.attempts).where(effects.c.id == effect_id)).scalar_one()) + 1
    parked = attempts > len(BACKOFF)
    conn.execute(
        update(effects)
        .where(effects.c.id == effect_id)
        .values(
            attempts=attempts,
            error=error[:2000],
            parked_at=at if parked else None,
            due_at=at if parked else at + timedelta(minutes=BACKOFF[attempts - 1]),
        )
    )


def owed_by(conn: Connection, case_id: str, letter_ids: list[str]) -> list[dict[str, Any]]:
    """The effects of a case and its letters, for its page: what is done, waiting, or parked with which error."""
    query = (
        select(effects)
        .where(or_(effects.c.case_id == case_id, effects.c.subject_id.in_(letter_ids)))
        .order_by(effects.c.due_at, effects.c.id)
    )
    return [
        {
            "kind": row.kind,
            "subject_id": row.subject_id,
            "state": "done" if row.done_at else "parked" if row.parked_at else "waiting",
            "label": "selesai" if row.done_at else "gagal, perlu diperiksa" if row.parked_at else _WAITING[row.kind],
            "attempts": row.attempts,
            "error": row.error,
        }
        for row in conn.execute(query)
    ]


#: What people call an effect that waits.
_WAITING = {RENDER: "menunggu dibuat", MESSAGE: "menunggu kirim"}
_NEW = insert(effects)
