"""PostgreSQL through psycopg 3: units from asyncio go to a few threads, each with a connection.

Measured, a whole transition takes two thirds of the processor time that it takes on psycopg's connections for asyncio: at
each statement those register a socket with the loop, switch greenlets and wait for another turn of it.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from urllib.parse import quote, urlencode

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from workflow.database import Database, DatabaseBusy, DatabaseFull, DatabaseUnavailable, unreachable, whole

P = ParamSpec("P")
T = TypeVar("T")

#: Threads that write for the event loop, and as many that read: who waits for a lock must not hold up the inbox. More of
#: them do not do more work on two cores; they only wait for each other.
_THREADS = 4
#: Connections of either kind beside those, for units that block the thread they are called in: commands, effects, the sweep.
_OTHERS = 2
#: Runs of one unit at most, where others got in its way.
_RUNS = 5

_IN_EACH_OTHERS_WAY = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_BUSY = {"53300", "55P03"}  # too_many_connections, lock_not_available
_FULL = {"53100"}  # disk_full

# A network that swallows what is sent ends no connection, and left to itself neither side notices for hours. Both ask after
# each other on an idle connection, and give up what has not been acknowledged for 20 seconds: sooner than the three beats
# after which a worker is given up, so that what its transaction kept to itself is free by then. On a socket of this machine none
# of it applies. Whoever says otherwise in the address is heeded.
_NOTICED = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "20000"}
_NOTICED_THERE = [f"-c {'' if name.startswith('tcp_') else 'tcp_'}{name}={value}" for name, value in _NOTICED.items()]
# A client whose machine answers, but which stands still itself in the middle of a change.
_NOTICED_THERE.append("-c idle_in_transaction_session_timeout=300000")

# Set when a connection is made, as setting and resetting them at each checkout costs a tenth of a unit.
_WRITING = r"-c default_transaction_isolation=read\ committed"
_READING = r"-c default_transaction_isolation=repeatable\ read -c default_transaction_read_only=on"


class _Awaited:
    """A unit that a task of an event loop waits for."""

    def __init__(self, unit: Callable[[], Any]) -> None:
        self._unit = unit
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[Any] = self._loop.create_future()

    def run(self) -> None:
        """Run the unit here, unless nobody waits for it any more, and wake who does."""
        if self.done.cancelled():
            return
        try:
            tell = partial(self._tell, self._unit(), None)
        except BaseException as error:  # noqa: BLE001 # raised again where the unit is awaited
            tell = partial(self._tell, None, error)
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            self._loop.call_soon_threadsafe(tell)

    def _tell(self, result: Any, error: BaseException | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(result)
        else:
            self.done.set_exception(error)


class _Threads:
    """A few threads that run units for event loops, in the order in which they were asked."""

    def __init__(self, name: str, address: str) -> None:
        self._name, self._address = name, address
        self._waiting: queue.SimpleQueue[_Awaited | None] = queue.SimpleQueue()
        self._started: list[threading.Thread] = []
        self._changing = threading.Lock()
        self._closed = False

    async def run(self, unit: Callable[[], T]) -> T:
        """What a unit answers, or raises. Raises RuntimeError once they have ended."""
        awaited = _Awaited(unit)
        with self._changing:  # or it might be put behind the end of them, and be waited for for ever
            if self._closed:
                raise _has_been_closed(self._address)
            self._start()
            self._waiting.put(awaited)
        result: T = await awaited.done
        return result

    def _start(self) -> None:
        if not self._started:
            names = [f"{self._name}-{number}" for number in range(_THREADS)]
            self._started = [threading.Thread(target=self._keep_running, name=name, daemon=True) for name in names]
            for thread in self._started:
                thread.start()

    def _keep_running(self) -> None:
        while (awaited := self._waiting.get()) is not None:
            awaited.run()

    def close(self) -> None:
        """Finish what waits, and end; nothing is run any more."""
        with self._changing:
            self._closed = True
            for _ in self._started:
                self._waiting.put(None)
        for thread in self._started:
            thread.join()
        self._started.clear()


def _has_been_closed(address: str) -> RuntimeError:
    return RuntimeError(f"the database {address} has been closed")


def _noticing(url: URL) -> URL:
    """The address, with what makes both sides notice that the other is gone."""
    asked = {name: value for name, value in _NOTICED.items() if name not in url.query}
    return url.update_query_dict({**asked, "options": " ".join([*_NOTICED_THERE, _options(url)]).strip()})


def _conninfo(url: URL) -> str:
    """As libpq reads it, to which ``+`` is no space."""
    without = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    return f"{without}?{urlencode(url.query, doseq=True, quote_via=quote)}"


def _options(url: URL) -> str:
    given = url.query.get("options", ())
    return given if isinstance(given, str) else " ".join(given)


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
            result = whole(connection, self._work)
            self.finished = True
        return result


class PostgresqlDatabase(Database):
    """A PostgreSQL database. A unit that met a deadlock, or whose connection died before its commit, is run again."""

    dialect = "postgresql"

    def __init__(self, url: URL, patience: float) -> None:
        self.address = url.render_as_string()
        url = _noticing(url)
        self.conninfo = _conninfo(url)
        self._patience = patience
        self._blocking, self._blocking_reads = self._engine(url, _WRITING), self._engine(url, _READING)
        self._writers = _Threads("jenjang-writer", self.address)
        self._readers = _Threads("jenjang-reader", self.address)
        self._closed = False

    def _engine(self, url: URL, settings: str) -> Engine:
        # In UTC, so that an instant reads the same on both databases. Compiled, a query over few rows takes longer than it runs.
        # What is read some rows at a time is read to its end, and planned so.
        options = [
            _options(url),
            "-c timezone=UTC",
            "-c jit=off",
            "-c cursor_tuple_fraction=1",
            f"-c lock_timeout={int(self._patience * 1000)}",
            settings,
        ]
        return create_engine(
            url,
            poolclass=QueuePool,
            pool_size=_THREADS + _OTHERS,
            max_overflow=0,
            pool_timeout=self._patience,
            hide_parameters=True,  # what people are called must not reach a log with a fault
            connect_args={"options": " ".join(options), "connect_timeout": max(2, int(self._patience))},
        )

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._block(self._blocking, work, *args, **kwargs)

    reshape = write

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._block(self._blocking_reads, work, *args, **kwargs)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._writers.run(partial(self.write, work, *args, **kwargs))

    async def look(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.run(partial(self.read, work, *args, **kwargs))

    def close(self) -> None:
        self._writers.close()
        self._readers.close()
        self._closed = True  # not before: what waited was still run
        self._blocking.dispose()
        self._blocking_reads.dispose()

    async def aclose(self) -> None:
        await asyncio.to_thread(self.close)

    def _block(
        self, engine: Engine, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._closed:
            raise _has_been_closed(self.address)
        run = _Run(lambda connection: work(connection, *args, **kwargs))
        while True:
            try:
                with engine.connect() as connection:
                    return run(connection)
            except (DBAPIError, NoConnectionFree) as error:
                time.sleep(self._pause_before_another(run, error))

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
