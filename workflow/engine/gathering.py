"""Writes of several cases that go out together: one statement with many rows instead of one each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Executable, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase

from workflow.errors import OutOfDate

#: The mark of an update of which each row must be found.
EVERY_ROW = "every_row"

Rows = Sequence[Mapping[str, Any]]


class _Waiting:
    """What a write answers while it waits: as many rows as it was given."""

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount


class Gathered:
    """Stands for a connection while several cases are concluded: keeps writes back until ``flush``.

    Rows of one statement go out together, statements in the order in which each came first. A read of a table that has writes
    waiting sends these first, so that everything is found as it would be without.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._waiting: dict[Executable, list[Mapping[str, Any]]] = {}
        self._tables: set[Table] = set()

    @property
    def dialect(self) -> Any:
        """The dialect of the connection."""
        return self._conn.dialect

    @property
    def info(self) -> Any:
        """What is kept with the connection."""
        return self._conn.info

    def execute(self, statement: Executable, rows: Rows | Mapping[str, Any] | None = None) -> Any:
        """Keep a write back, or read."""
        if rows is not None and isinstance(statement, UpdateBase) and not statement._returning:  # noqa: SLF001 - says whether it answers rows
            listed = [rows] if isinstance(rows, Mapping) else list(rows)
            self._waiting.setdefault(statement, []).extend(listed)
            self._tables.add(cast("Table", statement.table))
            return _Waiting(len(listed))
        if self._tables and not (isinstance(statement, Select) and self._tables.isdisjoint(_read_by(statement))):
            self.flush()
        return self._conn.execute(statement, rows)

    def flush(self) -> None:
        """Send what waits. Raises OutOfDate where a row that must be there is not."""
        waiting, self._waiting, self._tables = self._waiting, {}, set()
        for statement, rows in waiting.items():
            done = self._conn.execute(statement, rows)
            if statement.get_execution_options().get(EVERY_ROW) and done.rowcount != len(rows):
                raise OutOfDate("Berkas baru saja diubah orang lain. Muat ulang, lalu periksa kembali.")


@lru_cache(maxsize=512)
def _read_by(statement: Select[Any]) -> set[Table]:
    """The tables that a statement reads."""
    return {element for element in visitors.iterate(statement) if isinstance(element, Table)}
