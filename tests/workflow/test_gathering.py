"""Writes that wait for each other go out together, and whoever reads finds them all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, create_engine, event, insert, select, update

from workflow.engine.gathering import EVERY_ROW, Gathered
from workflow.errors import OutOfDate
from workflow.tables import agency, metadata, places

NEW = insert(places)
MORE = update(places).where(places.c.host == bindparam("of_host")).values(number=bindparam("so_many"))
EVERY = MORE.execution_options(**{EVERY_ROW: True})


@pytest.fixture
def conn() -> Iterator[Connection]:
    """A connection to a database in memory."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def sent(conn: Connection) -> list[str]:
    """The statements that reached the database, each by its first word."""
    words: list[str] = []
    event.listen(conn, "before_cursor_execute", lambda *said: words.append(said[2].split()[0]))
    return words


def place(host: str) -> dict[str, Any]:
    return {"host": host, "section": "Rawat", "number": 1}


def test_rows_of_one_statement_go_out_together_in_the_order_of_the_statements(
    conn: Connection, sent: list[str]
) -> None:
    gathered = Gathered(conn)
    for host in "abc":
        gathered.execute(NEW, place(host))
        gathered.execute(MORE, {"of_host": host, "so_many": 4})
    assert sent == []
    gathered.flush()
    assert sent == ["INSERT", "UPDATE"]
    assert set(conn.execute(select(places.c.number)).scalars()) == {4}


def test_whoever_reads_what_waits_finds_it(conn: Connection, sent: list[str]) -> None:
    gathered = Gathered(conn)
    gathered.execute(NEW, place("a"))
    assert gathered.execute(select(agency.c.id)).all() == []
    assert sent == ["SELECT"]
    assert gathered.execute(select(places.c.host)).scalars().all() == ["a"]
    assert sent == ["SELECT", "INSERT", "SELECT"]


def test_an_update_that_must_find_every_row_says_so_when_it_does_not(conn: Connection) -> None:
    gathered = Gathered(conn)
    gathered.execute(NEW, place("a"))
    gathered.execute(EVERY, {"of_host": "a", "so_many": 2})
    gathered.execute(EVERY, {"of_host": "nobody", "so_many": 2})
    with pytest.raises(OutOfDate):
        gathered.flush()
