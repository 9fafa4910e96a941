"""SQLite: a file in WAL, one writer, any number of readers.

Units that wait at the same moment share one commit, each within its own savepoint; measured, that doubles what 16
connections get through. Connections are kept and transactions begun on the driver: half the cost of a pool's checkout.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from workflow.database import Database, DatabaseBusy, DatabaseFull, DatabaseReadOnly, is_read_only, unreachable, whole

P = ParamSpec("P")
T = TypeVar("T")

#: Units in one commit at most, so that the first does not wait long for the last.
_TOGETHER = 16
#: Threads that read for the event loop. More than the cores are no use; a slow report must not hold up the inbox.
_READERS = 4
#: Seconds between two tries where SQLite itself does not wait.
_PAUSE = 0.01

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNREACHABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
}


class _Unit:
    """A unit of work that waits for the writer, and what came of it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None


class SqliteDatabase(Database):
    """A SQLite file. ``run`` goes to the writer's thread, ``write`` takes its turn with it in the caller's."""

    dialect = "sqlite"

    def __init__(self, url: URL, patience: float) -> None:
        self.address = url.render_as_string()
        self._patience = patience
        self._file = Path(str(url.database))
        self._engine = create_engine(
            url,
            hide_parameters=True,  # what people are called must not reach a log with a fault
            poolclass=NullPool,
            # No isolation level: the driver begins nothing by itself, so BEGIN IMMEDIATE below is the only one.
            connect_args={
                "isolation_level": None,
                "check_same_thread": False,
                "timeout": patience,
                "cached_statements": 512,
            },
        )
        self._turn = threading.Lock()
        self._turn_of: int | None = None
        self._writer: Connection | None = None
        self._waiting: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._idle_readers: deque[Connection] = deque()
        self._unchanging = create_engine(
            "sqlite://", creator=self._open_unchanging, hide_parameters=True, poolclass=NullPool
        )
        self._reading: ThreadPoolExecutor | None = None
        self._closed = False

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._own_turn() as connection, self._transaction(connection, "BEGIN IMMEDIATE"):
            return whole(connection, work, *args, **kwargs)

    def reshape(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._own_turn() as connection:
            driver = _driver(connection)
            driver.execute("PRAGMA foreign_keys=OFF")  # without effect inside a transaction
            try:
                with self._transaction(connection, "BEGIN IMMEDIATE"):
                    result = whole(connection, work, *args, **kwargs)
                    _check_references(driver)
                    return result
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            connection = self._idle_readers.pop()
        except IndexError:
            connection = self._connect(query_only=True)
        try:
            with self._transaction(connection, "BEGIN"):
                return work(connection, *args, **kwargs)
        finally:
            if connection.engine is self._unchanging:
                connection.close()  # somebody else may be able to write, and begin to
            else:
                self._idle_readers.append(connection)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._open_for_asyncio()
        unit = _Unit(lambda connection: work(connection, *args, **kwargs))
        self._waiting.put(unit)
        await unit.done
        if unit.error is not None:
            try:
                raise unit.error
            finally:
                unit.error = None  # or the traceback would hold itself
        return unit.result  # type: ignore[no-any-return] # it is what work returned

    async def look(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._open_for_asyncio()
        call = partial(self.read, work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._reading, call)

    def close(self) -> None:
        self._closed = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        if self._reading is not None:
            self._reading.shutdown()
        while self._idle_readers:
            self._idle_readers.pop().close()
        # The writer last: it may empty the WAL into the file, a reader may not.
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    async def aclose(self) -> None:
        await asyncio.to_thread(self.close)

    # --- Connections and transactions --------------------------------------------------------------------------------

    def _connect(self, *, query_only: bool) -> Connection:
        if self._closed:
            raise RuntimeError(f"the database {self.address} has been closed")
        if query_only and is_read_only(self._file) and not self._file.with_name(f"{self._file.name}-wal").exists():
            return self._unchanging.connect()
        with self._explained():
            connection = self._engine.connect()
            try:
                driver = _driver(connection)
                self._write_ahead(driver)
                for setting in ("synchronous=NORMAL", "foreign_keys=ON"):
                    driver.execute(f"PRAGMA {setting}").close()
                if query_only:
                    driver.execute("PRAGMA query_only=ON")
            except BaseException as error:
                connection.close()
                if query_only and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_DIRECTORY:
                    return self._unchanging.connect()
                raise
        return connection

    def _write_ahead(self, driver: sqlite3.Connection) -> None:
        """Have the file keep a WAL. Of two that first open a new file at once, SQLite refuses one without any waiting."""
        until = monotonic() + self._patience
        while True:
            try:
                driver.execute("PRAGMA journal_mode=WAL").close()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                    raise
                sleep(_PAUSE)
            else:
                return

    def _open_unchanging(self) -> sqlite3.Connection:
        """A file that nobody has open, where no WAL can be put beside it or none should be left: read as it lies there."""
        address = f"file:{quote(str(self._file.resolve()))}?immutable=1"
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _own_turn(self) -> Iterator[Connection]:
        """The writer's connection, for this thread alone."""
        me = threading.get_ident()
        if self._turn_of == me:
            raise RuntimeError("a unit of work cannot start another: call the function with the same connection")
        with self._turn:
            self._turn_of = me
            try:
                if self._writer is None:
                    self._writer = self._connect(query_only=False)
                yield self._writer
            finally:
                self._turn_of = None

    @contextmanager
    def _transaction(self, connection: Connection, begin: str) -> Iterator[None]:
        with self._explained(writing=begin != "BEGIN"):
            _driver(connection).execute(begin)
            with connection.begin():
                yield

    @contextmanager
    def _explained(self, *, writing: bool = True) -> Iterator[None]:
        """``writing``: what only reads and yet tries to write is a fault of ours, not of the file."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            original = error.orig if isinstance(error, DBAPIError) else error
            extended = getattr(original, "sqlite_errorcode", None) or 0
            code = extended & 0xFF
            if code in _BUSY:
                raise DatabaseBusy(self._patience) from error
            # The index of the WAL could not grow either: also a full disk.
            if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
                raise DatabaseFull from error
            if code == sqlite3.SQLITE_READONLY and writing:
                raise DatabaseReadOnly(self.address) from error
            if code in _UNREACHABLE:
                raise unreachable(self.address, str(original)) from error
            raise

    # --- The writer's thread -----------------------------------------------------------------------------------------

    def _open_for_asyncio(self) -> None:
        if self._closed:
            raise RuntimeError(f"the database {self.address} has been closed")
        if self._thread is None:
            self._reading = ThreadPoolExecutor(_READERS, thread_name_prefix="jenjang-reader")
            self._thread = threading.Thread(target=self._keep_writing, name="jenjang-writer", daemon=True)
            self._thread.start()

    def _keep_writing(self) -> None:
        closing = False
        while not closing:
            first = self._waiting.get()
            units = [] if first is None else [first]
            closing = first is None
            while not closing and len(units) < _TOGETHER:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    closing = True
                else:
                    units.append(following)
            self._write_all([unit for unit in units if not unit.done.cancelled()])
            _answer(units)

    def _write_all(self, units: list[_Unit]) -> None:
        if len(units) > 1 and self._wrote_together(units):
            return
        for unit in units:
            unit.error = None
            try:
                unit.result = self.write(unit.work)
            except BaseException as error:  # noqa: BLE001 # raised again where the unit is awaited
                unit.error = error

    def _wrote_together(self, units: list[_Unit]) -> bool:
        """Whether one commit kept them all; if not, nothing was kept and each must be run by itself."""
        try:
            with self._own_turn() as connection, self._transaction(connection, "BEGIN IMMEDIATE"):
                for unit in units:
                    self._within_savepoint(connection, unit)
        except DatabaseBusy:
            for unit in units:  # each by itself would only wait as long again
                unit.error = DatabaseBusy(self._patience)
        except BaseException:  # noqa: BLE001 # whatever it was, each unit learns its own answer when it is run by itself
            return False
        return True

    def _within_savepoint(self, connection: Connection, unit: _Unit) -> None:
        driver = _driver(connection)
        driver.execute("SAVEPOINT unit")
        try:
            with self._explained():
                unit.result = whole(connection, unit.work)
        except BaseException as error:
            if not driver.in_transaction:
                raise  # SQLite has undone the whole transaction, as it may when the disk is full
            unit.error = error
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")
        if connection.in_nested_transaction():
            raise RuntimeError("a unit of work left a savepoint of its own open")


def _answer(units: list[_Unit]) -> None:
    for loop in {unit.loop for unit in units}:
        try:
            loop.call_soon_threadsafe(_wake, [unit for unit in units if unit.loop is loop])
        except RuntimeError:  # the loop has been closed: nobody waits any more
            continue


def _wake(units: list[_Unit]) -> None:
    for unit in units:
        if not unit.done.done():
            unit.done.set_result(None)


def _check_references(driver: sqlite3.Connection) -> None:
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        table, row, target, _ = broken[0]
        raise RuntimeError(f"{len(broken)} references would lead nowhere, first {table} row {row} to {target}")


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"not a connection to SQLite: {driver!r}")
    return driver
