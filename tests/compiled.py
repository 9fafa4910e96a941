"""SQL that is compiled once in a process, whatever databases it is said to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

#: Of each kind of dialect the first that was connected, and all that was compiled for it.
_spoken: dict[type[Any], tuple[Any, LRUCache[Any, Any]]] = {}


@event.listens_for(Engine, "engine_connect")
def _compile_every_statement_once(conn: Connection) -> None:
    """Each test may open a database of its own: without this, most of its time would go into compiling the same SQL again."""
    found = _spoken.setdefault(type(conn.engine.dialect), (conn.engine.dialect, LRUCache(10_000)))
    conn.dialect = conn.engine.dialect = found[0]
    conn.engine._compiled_cache = found[1]
