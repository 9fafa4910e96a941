"""What is tried in one transaction and undone: the rows of a table need one office, and leave nothing behind for each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Connection, StaticPool, create_engine

from tests.world import World
from workflow.database import Database

P = ParamSpec("P")
T = TypeVar("T")


class Within(Database):
    """A database as one transaction sees it: each unit of work is a savepoint of that transaction."""

    def __init__(self, conn: Connection, of: Database) -> None:
        self._conn, self.dialect, self.address = conn, of.dialect, of.address

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit in a savepoint."""
        with self._conn.begin_nested():
            return work(self._conn, *args, **kwargs)

    read = reshape = write

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same."""
        return self.write(work, *args, **kwargs)

    look = run

    def close(self) -> None:
        """Whoever began the transaction ends it."""

    async def aclose(self) -> None:
        """The same."""


class InMemory(Database):
    """A database in memory, over one connection, each of whose units is a savepoint of its own."""

    dialect, address = "sqlite", "sqlite://"

    def __init__(self, image: bytes) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None)
        self.raw.deserialize(image)
        self.raw.execute("PRAGMA foreign_keys=ON")
        self.conn = create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool).connect()

    def write(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.raw.execute("SAVEPOINT unit")
        try:
            return work(self.conn, *args, **kwargs)
        except BaseException:
            self.raw.execute("ROLLBACK TO unit")
            raise
        finally:
            self.raw.execute("RELEASE unit")

    read = reshape = write

    async def run(self, *_: Any, **__: Any) -> Any:
        # The image is one connection of one thread; nothing that is served stands on it.
        raise NotImplementedError

    look = run

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        self.conn.close()
        self.raw.close()

    def image(self) -> bytes:
        """All that is stored."""
        return self.raw.serialize()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is done within never happened."""
        self.raw.execute("SAVEPOINT scene")
        try:
            yield
        finally:
            self.raw.execute("ROLLBACK TO scene")
            self.raw.execute("RELEASE scene")


class _Undone(Exception):
    """All has been tried."""


def tried(world: World, act: Callable[[World], Any]) -> None:
    """Let something happen to a world, and undo it. What fails in ``act`` fails here."""

    def unit(conn: Connection) -> None:
        act(replace(world, database=Within(conn, world.database), log=list(world.log), roads=None))
        raise _Undone

    with suppress(_Undone):
        world.database.write(unit)


class _Stands(Protocol):
    """What a test is given: a dataclass with a world."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def world(self) -> World: ...


S = TypeVar("S", bound=_Stands)


def undone(test: Callable[[S], None]) -> Callable[[S], None]:
    """A test that takes a dataclass with a ``world``, which the module's tests share: whatever it does there is undone."""

    @wraps(test)
    def within(**given: Any) -> None:
        (shared,) = given.values()
        tried(shared.world, lambda world: test(replace(shared, world=world)))

    return cast("Callable[[S], None]", within)
