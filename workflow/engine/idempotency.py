"""The same key of the same account is answered as the first time; only committed answers are kept, for thirty days."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, bindparam, delete, select, update

from workflow.database import insert_or, lock
from workflow.engine.judging import Actor
from workflow.errors import KeyReused
from workflow.tables import idempotency

KEPT_DAYS = 30


def seen(conn: Connection, actor: Actor, key: str | None, request: list[Any]) -> str | None:
    """The answer that was given for this key; None for a new one. Raises KeyReused where it came with another request."""
    if key is None or actor.person_id is None:
        return None
    # Two requests with one key at the same moment: the second waits, and finds the first one's answer.
    lock(conn, f"key:{actor.person_id}:{key}")
    row = conn.execute(_SEEN, {"account": actor.person_id, "key": key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != digest(request):
        raise _reused(key)
    return str(row.answer)


def _reused(key: str) -> KeyReused:
    return KeyReused(f"Kunci “{key}” sudah dipakai untuk permintaan lain. Pakailah kunci baru untuk setiap permintaan.")


def keep(conn: Connection, actor: Actor, key: str | None, request: list[Any], answer: bytes, at: datetime) -> None:
    """Keep an answer with the change that it answers for. Raises KeyReused where the key has been used for another."""
    if key is None or actor.person_id is None:
        return
    row = {
        "account_id": actor.person_id,
        "key": key,
        "request_hash": digest(request),
        "answer": answer.decode(),
        "at": at,
    }
    if conn.execute(_keep(conn.dialect.name), row).one_or_none() is None:
        raise _reused(key)  # at this very moment, or ``seen`` was not asked


def replace(conn: Connection, actor: Actor, key: str | None, answer: bytes) -> None:
    """Put more of an answer in the place of the part that was kept of it; for what is done in several units."""
    conn.execute(
        update(idempotency)
        .where(idempotency.c.account_id == actor.person_id, idempotency.c.key == key)
        .values(answer=answer.decode())
    )


def kept(conn: Connection, actor: Actor, key: str) -> str | None:
    """The answer that is kept under a key of an account, whatever was asked; None where there is none."""
    row = conn.execute(_SEEN, {"account": actor.person_id, "key": key}).one_or_none()
    return str(row.answer) if row else None


def forget_old(conn: Connection, at: datetime) -> int:
    """Drop answers older than they are kept for; the daily sweep calls it."""
    return conn.execute(delete(idempotency).where(idempotency.c.at < at - timedelta(days=KEPT_DAYS))).rowcount


def digest(request: list[Any]) -> str:
    """What makes two requests the same: their content, whatever the order of its keys."""
    return hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()


_SEEN = select(idempotency.c.request_hash, idempotency.c.answer).where(
    idempotency.c.account_id == bindparam("account"), idempotency.c.key == bindparam("key")
)


@cache
def _keep(dialect: str) -> Executable:
    return insert_or(dialect, idempotency).on_conflict_do_nothing().returning(idempotency.c.key)
