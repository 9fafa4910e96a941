"""PostgreSQL through psycopg 3: units from asyncio on its own connections, blocking units on one more."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from workflow.database import Database, DatabaseBusy, DatabaseFull, DatabaseUnavailable, unreachable

P = ParamSpec("P")
T = TypeVar("T")

#: More connections than these did not do more work (measured on two cores).
_CONNECTIONS = 8
#: Runs of one unit at most, where others got in its way.
_RUNS = 5

_IN_EACH_OTHERS_WAY = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_BUSY = {"53300", "55P03"}  # too_many_connections, lock_not_available
_FULL = {"53100"}  # disk_full
_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class _Run(Generic[T]):
    """A unit in its transaction: how often it was begun, and whether it has come to its commit."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self._work = work
        self.times = 0
        self.finished = False

    def __call__(self, connection: Connection) -> T:
        self.times += 1
        self.finished = False
        with connection.begin():
            result = self._work(connection)
            self.finished = True
        return result


class PostgresqlDatabase(Database):
    """A PostgreSQL database. A unit that met a deadlock, or whose connection died before its commit, is run again."""

    dialect = "postgresql"

    def __init__(self, url: URL, patience: float) -> None:
        self.address = url.render_as_string()
        self._patience = patience
        given = url.query.get("options", ())
        options = [given] if isinstance(given, str) else list(given)
        # In UTC, so that an instant reads the same on both databases.
        settings = f"-c timezone=UTC -c lock_timeout={int(patience * 1000)}"
        self._url = url
        self._arguments: dict[str, Any] = {
            "isolation_level": "READ COMMITTED",
            "connect_args": {"options": " ".join([*options, settings]), "connect_timeout": max(2, int(patience))},
            "pool_timeout": patience,
            "max_overflow": 0,
        }

    @cached_property
    def _blocking(self) -> Engine:
        return create_engine(self._url, poolclass=QueuePool, pool_size=2, hide_parameters=True, **self._arguments)

    @cached_property
    def _blocking_reads(self) -> Engine:
        return self._blocking.execution_options(**_READING)

    @cached_property
    def _awaited(self) -> AsyncEngine:
        return create_async_engine(self._url, pool_size=_CONNECTIONS, hide_parameters=True, **self._arguments)

    @cached_property
    def _awaited_reads(self) -> AsyncEngine:
        return self._awaited.execution_options(**_READING)

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._block(self._blocking, work, *args, **kwargs)

    reshape = write

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._block(self._blocking_reads, work, *args, **kwargs)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._await(self._awaited, work, *args, **kwargs)

    async def look(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._await(self._awaited_reads, work, *args, **kwargs)

    def close(self) -> None:
        if "_blocking" in self.__dict__:
            self._blocking.dispose()
        if "_awaited" in self.__dict__:
            self._awaited.sync_engine.dispose(close=False)

    async def aclose(self) -> None:
        if "_awaited" in self.__dict__:
            await self._awaited.dispose()
        self.close()

    def _block(
        self, engine: Engine, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        run = _Run(lambda connection: work(connection, *args, **kwargs))
        while True:
            try:
                with engine.connect() as connection:
                    return run(connection)
            except (DBAPIError, NoConnectionFree) as error:
                time.sleep(self._pause_before_another(run, error))

    async def _await(
        self, engine: AsyncEngine, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        run = _Run(lambda connection: work(connection, *args, **kwargs))
        while True:
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(run)
            except (DBAPIError, NoConnectionFree) as error:
                await asyncio.sleep(self._pause_before_another(run, error))

    def _pause_before_another(self, run: _Run[T], error: DBAPIError | NoConnectionFree) -> float:
        """Seconds to wait before the unit is run again; raises where another run is no use or not safe."""
        if isinstance(error, NoConnectionFree):
            raise DatabaseBusy(self._patience) from error
        state = getattr(error.orig, "sqlstate", None)
        if state in _IN_EACH_OTHERS_WAY:
            if run.times < _RUNS:
                return secrets.SystemRandom().uniform(0, 0.01 * 2**run.times)
            raise DatabaseBusy(self._patience) from error
        # Whether a commit arrived before the connection died cannot be known, so a finished unit is not run again.
        if error.connection_invalidated and not run.finished and run.times < _RUNS:
            return 0.0
        if state in _BUSY:
            raise DatabaseBusy(self._patience) from error
        if state in _FULL:
            raise DatabaseFull from error
        if run.finished and error.connection_invalidated:
            raise DatabaseUnavailable(
                "Sambungan ke basis data terputus ketika perubahan disimpan, sehingga belum pasti apakah perubahan itu "
                "tersimpan. Periksa lebih dahulu sebelum mengulangi."
            ) from error
        if error.connection_invalidated or (state is None and isinstance(error, OperationalError)):
            raise unreachable(self.address, str(error.orig)) from error
        raise error
