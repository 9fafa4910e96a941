"""What is tried in one transaction and undone: the rows of a table need one office, and leave nothing behind for each other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Connection

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
