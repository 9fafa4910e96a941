"""Spans of a trace: what was worked at within what, and for how long. Nothing is noted unless somebody traces (``api.telemetry``).

A span says what kind of work it was, never with what: no address, no parameter, no name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from functools import partial
from typing import Any, Concatenate, Final, Literal, ParamSpec, Protocol, TypeAlias, TypeVar

from workflow.database import Connection, Database

P = ParamSpec("P")
T = TypeVar("T")

#: Answering somebody, running what was owed, asking another program, or none of these.
Kind: TypeAlias = Literal["server", "consumer", "client", "internal"]
Told: TypeAlias = Mapping[str, str | int]


class Span(Protocol):
    """A piece of work that is under way."""

    def named(self, name: str) -> None:
        """Call it otherwise than it was called at first."""

    def tell(self, told: Told, *, failed: bool = False) -> None:
        """Say more of it. ``failed``: for a fault of ours."""


class Tracing(Protocol):
    """Whoever notes spans."""

    def span(self, name: str, kind: Kind, told: Told, within: str) -> AbstractContextManager[Span]:
        """See ``span``."""

    def here(self) -> str:
        """See ``here``."""


class _Untold:
    """Nobody notes it."""

    def named(self, name: str) -> None:
        pass

    def tell(self, told: Told, *, failed: bool = False) -> None:
        pass


_UNTOLD: Final = _Untold()
_tracing: Tracing | None = None


def trace_with(tracing: Tracing | None) -> None:
    """Have the spans of this process noted, or no more."""
    global _tracing  # noqa: PLW0603 - of one process there is one trace, as there is one log
    _tracing = tracing


def span(
    name: str, kind: Kind = "internal", told: Told | None = None, within: str = ""
) -> AbstractContextManager[Span]:
    """The block is one piece of work. ``within``: the ``traceparent`` of work elsewhere to which it belongs."""
    return _tracing.span(name, kind, told or {}, within) if _tracing is not None else nullcontext(_UNTOLD)


def here() -> str:
    """The ``traceparent`` (W3C Trace Context) of the work that is under way here; empty where nobody traces."""
    return _tracing.here() if _tracing is not None else ""


def traced(database: Database) -> Database:
    """The database with a span for each unit of work; the same one where nobody traces."""
    return _Traced(database) if _tracing is not None else database


class _Traced(Database):
    """A database whose units are told of: which function, whether it wrote, how long it took with its waiting."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect, self.address, self.conninfo = database.dialect, database.address, database.conninfo

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._unit("write", work):
            return self._database.write(work, *args, **kwargs)

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._unit("read", work):
            return self._database.read(work, *args, **kwargs)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._unit("write", work):
            context = copy_context()  # the unit runs in another thread, and what it calls for belongs to this trace
            return await self._database.run(lambda conn: context.run(work, conn, *args, **kwargs))

    async def look(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._unit("read", work):
            return await self._database.look(work, *args, **kwargs)

    def reshape(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._unit("write", work):
            return self._database.reshape(work, *args, **kwargs)

    def close(self) -> None:
        self._database.close()

    async def aclose(self) -> None:
        await self._database.aclose()

    def _unit(self, operation: str, work: Callable[..., object]) -> AbstractContextManager[Span]:
        function = _named(work)
        told = {"db.system.name": self.dialect, "db.operation.name": operation, "code.function.name": function}
        return span(f"{operation} {function}", "client", told)


def _named(work: Callable[..., Any]) -> str:
    """Which function a unit is; never what it was given."""
    while isinstance(work, partial):
        work = work.func
    return f"{work.__module__}.{getattr(work, '__qualname__', type(work).__qualname__)}"
