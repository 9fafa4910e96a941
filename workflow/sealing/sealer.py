"""Putting what was recorded into the log, in batches, and signing its head."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from workflow.database import Database, lock
from workflow.sealing.checkpoint import LogKey
from workflow.sealing.keys import signing_key
from workflow.sealing.merkle import STRIDE, leaf_hash
from workflow.sealing.tree import Tree
from workflow.tables import log, log_heads, log_nodes, unsealed

#: Events in one transaction: some 100 ms on SQLite, during which nobody else writes there.
BATCH: Final = 2000

_LOCK: Final = "log"


def seal(database: Database, at: datetime, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Put all events that wait into the log, and sign a head over it. Answers how many there were. Raises MissingLogKey.

    Each batch is a transaction that takes its events from those that wait: of two sealers one waits for the other, an event is
    in the log once, and what was left by a crash is taken up by the next. ``stopped``: whether to end after a batch.
    """
    sealed = 0
    while done := database.write(append):
        sealed += done
        if stopped():
            break
    if database.read(_needs_head):
        database.write(_sign, signing_key(database, at), at)
    return sealed


def entry_of(recorded: str) -> bytes:
    """The entry of an event by its hash: the 32 bytes that it stands for. What is no hash was never written by us, and is told."""
    try:
        return bytes.fromhex(recorded)
    except ValueError:
        return recorded.encode()


def append(conn: Connection, most: int = BATCH) -> int:
    """Put the oldest events that wait into the log, and the nodes that they make full beside it. Answers how many."""
    lock(conn, _LOCK)
    # Ids sort by instant; what has not committed yet is not there, and comes with a later batch.
    waiting = sorted(conn.execute(_TAKE, {"most": most}).all())
    if not waiting:
        return 0
    # An event that somebody removed and put there again: it has its place already, and whether it is the same is verified.
    known = set(conn.execute(_KNOWN, {"ids": [event_id for event_id, _, _ in waiting]}).scalars())
    tree = Tree(conn)
    growing = tree.growing(tree.size)
    leaves, nodes = [], []
    for event_id, chain, recorded in waiting:
        if event_id in known:
            continue
        leaf, position = leaf_hash(entry_of(recorded)), growing.size
        leaves.append({"position": position, "event_id": event_id, "chain": chain, "leaf": leaf})
        for level, node in growing.add(leaf):
            nodes.append({"level": level, "place": (growing.size >> STRIDE * level) - 1, "hash": node})
    if leaves:
        conn.execute(_APPEND, leaves)
    if nodes:
        conn.execute(_KEEP, nodes)
    return len(waiting)


def _needs_head(conn: Connection) -> bool:
    signed: int = conn.execute(_HEAD).scalar_one()
    return Tree(conn).size > signed


def _sign(conn: Connection, key: LogKey, at: datetime) -> None:
    lock(conn, _LOCK)
    if not _needs_head(conn):
        return  # another sealer was faster
    tree = Tree(conn)
    size = tree.size
    root = tree.root(size)
    conn.execute(insert(log_heads).values(size=size, root=root, note=key.sign(size, root), at=at))


_OLDEST = select(unsealed.c.event_id).order_by(unsealed.c.event_id).limit(bindparam("most")).scalar_subquery()
_TAKE = (
    delete(unsealed)
    .where(unsealed.c.event_id.in_(_OLDEST))
    .returning(unsealed.c.event_id, unsealed.c.chain, unsealed.c.hash)
)
_KNOWN = select(log.c.event_id).where(log.c.event_id.in_(bindparam("ids", expanding=True)))
_APPEND, _KEEP = insert(log), insert(log_nodes)
_HEAD = select(func.coalesce(func.max(log_heads.c.size), 0))
