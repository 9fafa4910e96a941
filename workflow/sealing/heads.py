"""The heads of the log as anybody may read them: how far it goes, under which root, signed by which keys."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, func, select

from workflow.errors import NotFound, Problem
from workflow.sealing.keys import log_keys
from workflow.sealing.tree import Tree
from workflow.tables import log_heads


class NotSealedYet(Problem):
    """Nothing of it is in the log so far."""

    status, type, title = 409, "not-sealed-yet", "Belum disegel"


class LogHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head: so many leaves under this root (hexadecimal), signed at this instant; ``checkpoint``: the note itself (C2SP).

    ``previous``: how many leaves the head before it had; null for the first. ``keys``: all keys that heads of this log were
    signed with, as C2SP's verifier keys, the newest first.
    """

    origin: str
    size: int
    root: str
    at: datetime
    checkpoint: str
    previous: int | None
    keys: tuple[str, ...]


class LogConsistency(msgspec.Struct, frozen=True, kw_only=True):
    """Two heads, and the hashes (hexadecimal) which show that the earlier one begins the later one (RFC 9162, 2.1.4)."""

    earlier: LogHead
    later: LogHead
    path: tuple[str, ...]


def head(conn: Connection, size: int | None = None) -> LogHead:
    """The newest head, or the one over so many leaves. Raises NotFound, NotSealedYet."""
    row = _row(conn, size)
    before = select(func.max(log_heads.c.size)).where(log_heads.c.size < row.size)
    return LogHead(
        origin=row.note.partition("\n")[0],
        size=row.size,
        root=row.root.hex(),
        at=row.at,
        checkpoint=row.note,
        previous=conn.execute(before).scalar_one(),
        keys=tuple(map(str, log_keys(conn))),
    )


def consistency(conn: Connection, earlier: int, later: int | None = None) -> LogConsistency:
    """What shows that one head begins another, the newest where none is said. Raises NotFound, NotSealedYet, Problem."""
    first, last = head(conn, earlier), head(conn, later)
    if first.size > last.size:
        raise Problem(
            f"Kepala log yang lebih dahulu ({first.size}) tidak boleh lebih besar daripada yang kemudian ({last.size})."
        )
    path = Tree(conn).consistency(first.size, last.size)
    return LogConsistency(earlier=first, later=last, path=tuple(each.hex() for each in path))


def _row(conn: Connection, size: int | None) -> Row[int, bytes, str, datetime]:
    query = select(log_heads.c.size, log_heads.c.root, log_heads.c.note, log_heads.c.at)
    query = query.order_by(log_heads.c.size.desc()).limit(1) if size is None else query.where(log_heads.c.size == size)
    found = conn.execute(query).one_or_none()
    if found is not None:
        return found
    if size is None:
        raise NotSealedYet("Log belum pernah disegel. Jalankan server, atau: jenjang log seal")
    raise NotFound(f"Tidak ada kepala log dengan {size} daun.")
