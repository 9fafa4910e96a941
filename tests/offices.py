"""The office of ``world.py``, built once a session on each database, and as new for every test that asks for one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, Table, make_url, select, update

from tests.world import MONDAY, World, build
from workflow.database import PATIENCE, Database
from workflow.people import (
    By,
    Terms,
    Today,
    accept_mandate,
    leave,
    note_holders,
    propose_mandate,
    record_absence,
    revoke_mandate,
)
from workflow.registry import Registry
from workflow.tables import effects, metadata, positions, tasks

#: Of each table, in the order of ``metadata``, its rows as the database itself says them.
Stored = tuple[Any, ...]


def all_stored(conn: Connection) -> Stored:
    """All that is stored, past SQLAlchemy: every test asks for it, and an office has some fifty tables."""
    if conn.dialect.name == "postgresql":
        row = conn.exec_driver_sql(_EVERY_ROW_AS_JSON).one()
        return tuple(row)
    driver = conn.connection.driver_connection
    assert driver is not None
    return tuple(tuple(driver.execute(f'SELECT * FROM "{name}"')) for name in metadata.tables)  # noqa: S608 # our own


def _as_json(table: Table) -> str:
    key = ", ".join(f'stored."{column.name}"' for column in table.primary_key)
    return f'(SELECT json_agg(stored ORDER BY {key})::text FROM "{table.name}" stored)'  # noqa: S608 # our own


_EVERY_ROW_AS_JSON = "SELECT " + ", ".join(map(_as_json, metadata.tables.values()))


def put_back(conn: Connection, stored: Stored) -> None:
    """Make the database what it was when all that was stored was read. For ``Database.reshape``: references wait."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(_from_json(stored), execution_options={"no_parameters": True})
        return
    driver = conn.connection.driver_connection
    assert driver is not None
    for name, stood in zip(metadata.tables, stored, strict=True):
        driver.execute(f'DELETE FROM "{name}"')  # noqa: S608 # our own
        if stood:
            places = ", ".join("?" * len(stood[0]))
            driver.executemany(f'INSERT INTO "{name}" VALUES ({places})', stood)  # noqa: S608 # our own


def _from_json(stored: Stored) -> str:
    """One round for all tables. References go in circles; on SQLite a reshape does not heed them."""
    statements = ["SET LOCAL session_replication_role = replica"]
    for name, stood in zip(metadata.tables, stored, strict=True):
        statements.append(f'DELETE FROM "{name}"')  # noqa: S608 # our own
        if stood:
            literal = stood.replace("'", "''")
            rows = f"json_populate_recordset(NULL::\"{name}\", '{literal}')"
            statements.append(f'INSERT INTO "{name}" SELECT * FROM {rows}')  # noqa: S608 # our own
    return "; ".join(statements)


class Roads:
    """Where roads lead from an office in which nothing has been done yet: each is walked once, then put back as it ended."""

    def __init__(self, start: World, stored: Stored) -> None:
        self._start, self._stored = start, stored
        self._ends: dict[object, tuple[str, World, Stored]] = {}

    def walked(self, world: World, road: object, walk: Callable[[], str]) -> str:
        """What a walk answers, the world being at its end. Where anything has been done before, it is walked afresh."""
        if not self._is_untouched(world):
            return walk()
        if road not in self._ends:
            case = walk()
            self._ends[road] = case, replace(world, log=list(world.log)), world.database.read(all_stored)
            return case
        case, end, stored = self._ends[road]
        world.database.reshape(put_back, stored)
        world.at, world.keys, world.log = end.at, end.keys, list(end.log)
        return case

    def _is_untouched(self, world: World) -> bool:
        start = self._start
        same = (world.at, world.keys, world.log, world.ids) == (start.at, start.keys, start.log, start.ids)
        return same and world.engine is start.engine and world.database.read(all_stored) == self._stored


@dataclass(frozen=True)
class PreparedOffice:
    """An office that is put back as it was for every test.

    Much faster than a database for each, whose statements would all have to be compiled again.
    """

    world: World = field(repr=False)
    url: str
    stored: Stored = field(repr=False)
    #: The file as it was when nothing had been done yet, on SQLite.
    image: bytes = field(default=b"", repr=False)
    roads: Roads = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roads", Roads(replace(self.world, log=[]), self.stored))

    def as_new(self) -> World:
        """The world as it was built, whatever was done in it before."""
        self.world.database.reshape(put_back, self.stored)
        return replace(self.world, log=[], roads=self.roads)

    def as_it_is(self, world: World) -> PreparedOffice:
        """The office at the moment at which a world of it has arrived: to be put back to that moment."""
        return PreparedOffice(replace(world), self.url, world.database.read(all_stored), self.image)


@contextmanager
def prepared(url: str, registry: Registry) -> Iterator[PreparedOffice]:
    """Build an office in an empty database, and remember every row."""
    database = Database.open(url)
    world = build(database, registry)
    stored = database.read(all_stored)
    database.close()
    # Read while nobody has it open: closing a file lets go of every lock that this process has on it (POSIX).
    image = Path(str(make_url(url).database)).read_bytes() if database.dialect == "sqlite" else b""
    with opened(url, world) as world:
        yield PreparedOffice(world, url, stored, image)


@contextmanager
def opened(url: str, original: World, patience: float = PATIENCE) -> Iterator[World]:
    """The world of a database that holds the same people under the same ids: a copy, or the same one opened once more."""
    database = Database.open(url, patience=patience)
    try:
        yield replace(original, database=database, log=[], roads=None)
    finally:
        database.close()


@contextmanager
def sqlite_copy(office: PreparedOffice, path: Path, patience: float = PATIENCE) -> Iterator[World]:
    """The office in a file of its own that does not exist yet."""
    path.write_bytes(office.image)
    with opened(f"sqlite:///{path}", office.world, patience) as world:
        world.database.reshape(put_back, office.stored)
        yield world


# --- What happens to an office ---------------------------------------------------------------------------------------

TODAY = MONDAY.date()
DAY = timedelta(days=1)
LONG = date(2026, 12, 31)


def change(world: World, *statements: Executable) -> None:
    """Change the tables, as an import or an officer would."""

    def work(conn: Connection) -> None:
        for statement in statements:
            conn.execute(statement)
        note_holders(conn, world.engine.office.day(world.at), "Uji", at=world.at)

    world.database.write(work)


def post_of(world: World, holder: str) -> str:
    """The post that somebody holds."""
    ((found,),) = world.all(select(positions.c.id).where(positions.c.holder_id == world.ids[holder]))
    return str(found)


def hold(world: World, post: str, holder: str) -> None:
    """Somebody else holds a post from now on."""
    change(world, update(positions).where(positions.c.id == post).values(holder_id=world.ids[holder]))


def lend(
    world: World,
    kind: str,
    post: str,
    receiver: str,
    *,
    from_on: date = TODAY,
    until_on: date = LONG,
    **scopes: str,
) -> str:
    """Lend the authority of a post: recorded by the personnel agency, and accepted, before it begins."""
    mandate = propose(world, kind, post, receiver, from_on=from_on, until_on=until_on, **scopes)
    accept(world, mandate, receiver, on=min(from_on, world.engine.office.day(world.at)))
    return mandate


def propose(
    world: World,
    kind: str,
    post: str,
    receiver: str,
    *,
    by: str = "administrator",
    from_on: date = TODAY,
    until_on: date = LONG,
    **scopes: str,
) -> str:
    """A mandate that waits for the word of its receiver; by the personnel agency, or by whoever lends it."""
    on = min(from_on, world.engine.office.day(world.at))
    terms = Terms(kind, post, world.ids[receiver], from_on, until_on, "800/1/SP/2026", on, **scopes)
    by = "verifier" if by == receiver == "administrator" else by
    return world.database.write(propose_mandate, terms, By(world.ids[by], by), moment(world, on))


def accept(world: World, mandate: str, receiver: str, on: date | None = None) -> None:
    """The one who is to stand in accepts."""
    world.database.write(accept_mandate, mandate, By(world.ids[receiver], receiver), moment(world, on))


def revoke(world: World, mandate: str, on: date, by: str = "administrator") -> None:
    """A mandate ends from a day on."""
    world.database.write(revoke_mandate, mandate, on, By(world.ids[by], by), moment(world))


def moment(world: World, on: date | None = None) -> Today:
    """The present moment of a world; or another day, at the same hour."""
    day = on or world.engine.office.day(world.at)
    return Today(world.at, day, world.engine.office.policies.on(day))


def away(world: World, who: str, from_on: date = TODAY, until_on: date = LONG) -> None:
    """Send somebody on leave."""
    world.database.write(record_absence, world.ids[who], from_on, until_on, "Cuti besar", at=world.at)


def gone(world: World, *who: str, on: date = TODAY) -> None:
    """Somebody leaves the service."""
    for name in who:
        world.database.write(leave, world.ids[name], on, today=TODAY)


def names(world: World) -> dict[str, str]:
    """Who each person is, by id."""
    return {person: name for name, person in world.ids.items()}


def waiting(world: World, case: str) -> dict[str, str]:
    """Who has a task on a case, and what may be done with it; letters apart."""
    rows = world.all(select(tasks).where(tasks.c.case_id == case, tasks.c.letter_id.is_(None)))
    return {names(world)[row.assignee_id]: row.triggers for row in rows}


def messages(world: World, case: str | None) -> dict[str, list[str]]:
    """What each person was told about a case, or about none, oldest first."""
    found: dict[str, list[str]] = {}
    query = select(effects).where(effects.c.case_id == case, effects.c.kind == "message").order_by(effects.c.id)
    for row in world.all(query):
        found.setdefault(names(world)[row.subject_id], []).append(json.loads(row.payload)["says"])
    return found
