"""kill -9 between any two statements of every kind of unit that the stories come to; ``make crash`` runs it.

It stands where units are written. Of each kind of unit the first is begun again and again in children of this process, each
of which kills itself before the next statement, and before the commit: afterwards the database is what it was. One more dies
after its commit: asked again with the same key, the step is not taken a second time. Then the story goes on undisturbed.

A kind is what is done, to a case of which process in which state: ``fire internship/agency_review forward``. What has been
tried is noted in a folder, so that several processes share the work and a run that was stopped goes on.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec
from sqlalchemy import Connection, bindparam, event, select, text
from sqlalchemy import Engine as SqlEngine

from tests import compiled  # noqa: F401 - at work once it is imported
from tests.offices import Stored, all_stored, put_back
from tests.witness import broken
from workflow.budgets.faults import imbalances
from workflow.database import Database
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import Problem
from workflow.postgresql import PostgresqlDatabase
from workflow.sqlite import SqliteDatabase
from workflow.tables import cases, cohorts, letters

#: Where a child dies, in place of the number of a statement.
BEFORE_COMMIT, AFTER_COMMIT = -1, -2
#: How a child ends that is not killed: well, with the unit refused, and with something broken.
_WELL, _REFUSED, _BROKEN = 0, 3, 4
#: Seconds for PostgreSQL to notice that a client has died.
_PATIENCE: Final = 30.0

Unit = Callable[..., Any]


class _Undone(Exception):
    """A unit is run, and not kept."""


class Left(AssertionError):
    """A unit that was killed has left something behind, or was taken twice."""


@dataclass
class Killing:
    """Kills units of each kind once. ``stride``: of PostgreSQL's statements, every how many; ``only``: kinds that match."""

    folder: Path
    stride: int = 1
    only: str = ""
    #: ``time.monotonic()`` after which no further kind is begun.
    until: float = float("inf")

    def kinds(self) -> dict[str, int]:
        """What has been killed, and how often."""
        found = {}
        for file in filter(Path.is_file, self.folder.glob("*/*")):
            points, _, kind = file.read_text().partition(" ")
            if kind:
                found[kind] = int(points)
        return found

    @contextmanager
    def striking(self) -> Iterator[None]:
        """While units are written."""
        whole = {each: each.write for each in (SqliteDatabase, PostgresqlDatabase)}

        def struck(write: Unit) -> Unit:
            def instead(database: Database, work: Unit, *args: Any, **kwargs: Any) -> Any:
                # A fork takes along only the thread that forks.
                if threading.current_thread() is threading.main_thread():
                    self._strike(database, work, args, kwargs)
                return write(database, work, *args, **kwargs)

            return instead

        for database, write in whole.items():
            database.write = struck(write)  # type: ignore[method-assign]
        try:
            yield
        finally:
            for database, write in whole.items():
                database.write = write  # type: ignore[method-assign]

    def _strike(self, database: Database, work: Unit, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if time.monotonic() > self.until or (named := _name(work)) is None:
            return
        kind = database.dialect + " " + database.read(_kind, named, args, kwargs)
        note = self.folder / database.dialect / sha256(kind.encode()).hexdigest()
        if note.exists() or not re.search(self.only, kind):
            return
        victim = (_SqliteVictim if database.dialect == "sqlite" else _PostgresqlVictim)(database, note)
        asked = (
            _takes_key(named) and THE_SYSTEM not in args
        )  # the system asks without keys: what it does it finds undone
        with_key = {**kwargs, "key": kwargs.get("key") or f"kunci {note.name}"} if asked else kwargs

        def unit(conn: Connection) -> Any:
            return work(conn, *args, **with_key)

        whole = victim.count(unit)
        if not whole:
            return  # refused, as a story may want it to be
        note.parent.mkdir(parents=True, exist_ok=True)
        try:
            note.touch(exist_ok=False)
        except FileExistsError:
            return  # another process has just begun with it
        stride = self.stride if database.dialect == "postgresql" else 1
        first = 1 + int(note.name, 16) % min(stride, whole)
        points = (*range(first, whole + 1, stride), BEFORE_COMMIT)
        faults = _faults(database)  # a test may have made some of its own
        with victim.prepared():
            for point in points:
                victim.kill(unit, point, kind)
            victim.check_untouched(kind)
            victim.kill(unit, AFTER_COMMIT, kind)
            if asked:
                victim.repeat(unit, kind, faults)
        note.write_text(f"{len(points) + 1} {kind}")


# --- What is killed --------------------------------------------------------------------------------------------------


class _Victim(ABC):
    """Children of this process that run a unit on a database."""

    def __init__(self, database: Database, note: Path) -> None:
        self._database, self._note = database, note
        self._before: Stored = database.read(all_stored)

    def count(self, unit: Unit) -> int:
        """The statements of a unit; 0 where it is refused. Undone, but children find compiled and loaded what it takes."""
        begun = 0

        def before(*_: Any) -> None:
            nonlocal begun
            begun += 1

        def undone(conn: Connection) -> NoReturn:
            unit(conn)
            raise _Undone

        event.listen(SqlEngine, "before_cursor_execute", before)
        try:
            _WRITE[self._database.dialect](self._database, undone)
        except _Undone:
            return begun
        except Exception:  # noqa: BLE001 - as it was asked: the story will see
            return 0
        finally:
            event.remove(SqlEngine, "before_cursor_execute", before)
        raise AssertionError("it was kept")

    def kill(self, unit: Unit, point: int, kind: str) -> None:
        ended, statements = _child(partial(self._run, unit, point))
        if ended != -signal.SIGKILL or (point > 0 and statements != point):
            raise Left(f"{kind}, killed at {point}: ended with {ended} after {statements} statements")

    def repeat(self, unit: Unit, kind: str, faults: list[Any]) -> None:
        """The same request once more, by a client that got no answer."""
        ended, _ = _child(partial(self._repeat, unit, faults))
        if ended != _WELL:
            raise Left(f"{kind}: killed after its commit and asked again, it was done twice or something is broken")

    def check_untouched(self, kind: str) -> None:
        if self._stored() != self._before:
            raise Left(f"{kind}: killed in the middle, it has left something behind")

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """While it is killed; afterwards it is as it was."""
        yield

    @abstractmethod
    def _stored(self) -> Stored:
        """All that is stored."""

    @abstractmethod
    def _address(self) -> str:
        """Where the unit runs; in the child."""

    def _run(self, unit: Unit, die: int, told: int) -> int:
        """In the child: each statement is told to the parent before it runs."""
        database = Database.open(self._address())
        begun = 0

        @event.listens_for(SqlEngine, "before_cursor_execute")
        def _before(*_: Any) -> None:
            nonlocal begun
            begun += 1
            os.write(told, b".")
            if begun == die:
                _die()

        @event.listens_for(SqlEngine, "commit")
        def _commit(*_: Any) -> None:
            if die == BEFORE_COMMIT:
                _die()

        try:
            _WRITE[database.dialect](database, unit)
        except Problem:
            return _REFUSED
        if die == AFTER_COMMIT:
            _die()
        return _BROKEN

    def _repeat(self, unit: Unit, faults: list[Any], _told: int) -> int:
        database = Database.open(self._address())
        before = database.read(all_stored)
        outcome = _WRITE[database.dialect](database, unit)
        found = _faults(database)
        if outcome.repeated and database.read(all_stored) == before and found == faults:
            return _WELL
        sys.stderr.write(f"{outcome} {found}\n")
        return _BROKEN


class _SqliteVictim(_Victim):
    """On a copy of the file: what lies there after a kill is recovered from its WAL, as after the power went out."""

    def __init__(self, database: Database, note: Path) -> None:
        super().__init__(database, note)
        assert isinstance(database, SqliteDatabase)
        self._file = database._file
        self._copy = _quick() / f"jenjang-{note.name}-{os.getpid()}" / "copy.db"

    @contextmanager
    def prepared(self) -> Iterator[None]:
        try:
            yield
        finally:
            shutil.rmtree(self._copy.parent, ignore_errors=True)

    def _address(self) -> str:
        # Copied by the child: whoever closes a file lets go of all locks that its process has on it (POSIX).
        if not self._copy.exists():
            self._copy.parent.mkdir(parents=True)
            for end in ("-wal", ""):
                beside = self._file.with_name(self._file.name + end)
                if beside.exists():
                    shutil.copyfile(beside, self._copy.with_name(self._copy.name + end))
        return f"sqlite:///{self._copy}"

    def _stored(self) -> Stored:
        with closing(Database.open(f"sqlite:///{self._copy}")) as database:
            return database.read(all_stored)


class _PostgresqlVictim(_Victim):
    """On the database itself, which is put back in the end."""

    @contextmanager
    def prepared(self) -> Iterator[None]:
        last = self._database.read(lambda conn: conn.execute(_LAST_JOB).scalar_one())
        try:
            yield
        finally:
            self._wait()
            self._database.reshape(put_back, self._before)
            self._database.reshape(lambda conn: conn.execute(_FORGET_JOBS, {"last": last}))

    def _address(self) -> str:
        assert isinstance(self._database, PostgresqlDatabase)
        url = self._database._blocking.url.update_query_dict({"application_name": "victim"})
        return url.render_as_string(hide_password=False)

    def _stored(self) -> Stored:
        self._wait()
        return self._database.read(all_stored)

    def _wait(self) -> None:
        """Until the server has noticed that those who were killed are gone, and undone what they had begun."""
        until = time.monotonic() + _PATIENCE
        while self._database.read(lambda conn: conn.execute(_VICTIMS).scalar_one()):
            if time.monotonic() > until:
                raise Left("PostgreSQL still serves somebody who was killed")
            time.sleep(0.01)


_VICTIMS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'victim'"
)
_LAST_JOB = text("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
_FORGET_JOBS = text("DELETE FROM procrastinate_jobs WHERE id > :last")
#: As it is while nobody strikes.
_WRITE: Final[dict[str, Unit]] = {"sqlite": SqliteDatabase.write, "postgresql": PostgresqlDatabase.write}


def _faults(database: Database) -> list[Any]:
    """What is wrong with the chain or with the books."""
    return [*broken(database), *database.read(imbalances)]


def _quick() -> Path:
    """Where files are written to memory alone, if there is such a folder."""
    memory = Path("/dev/shm")  # noqa: S108 - the names are digests
    return memory if memory.is_dir() else Path(tempfile.gettempdir())


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit("unreachable")


def _child(work: Callable[[int], int]) -> tuple[int, int]:
    """Run in a child. Answers its exit code, or minus the signal that ended it, and the statements that it told of."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that threads do not come along, which is meant
        child = os.fork()
    if child == 0:
        code = _BROKEN
        try:
            os.close(read)
            code = work(write)
        except BaseException:  # noqa: BLE001 - a child must not go on as the test
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(write)
    statements = 0
    while chunk := os.read(read, 4096):
        statements += len(chunk)
    os.close(read)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), statements


# --- Of which kind a unit is -------------------------------------------------------------------------------------------


def _name(work: Unit) -> Unit | None:
    """The function that a unit is made of; None where it is a test's own."""
    while isinstance(work, partial):
        work = work.func
    return work if getattr(work, "__module__", "").startswith("workflow.") else None


def _takes_key(work: Unit) -> bool:
    return work.__name__ in ("fire", "letter") and hasattr(work, "__self__")


def _kind(conn: Connection, work: Unit, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    said = [work.__qualname__.removeprefix("Engine.")]
    if not hasattr(work, "__self__"):
        said[0] = f"{work.__module__.removeprefix('workflow.')}.{said[0]}"
    for each in args:
        if isinstance(each, str) and re.fullmatch(r"[a-z_]{1,40}", each):
            said.append(each)
        elif isinstance(each, str) and (found := conn.execute(_KNOWN, {"id": each}).first()):
            said.append("/".join(filter(None, found)))
        elif isinstance(each, msgspec.Struct):
            said.append(getattr(each, "trigger", None) or type(each).__name__)
    said += [f"with {name}" for name in ("then", "recorded", "trial") if kwargs.get(name)]
    return " ".join(said)


def _of(table: Any, *columns: Any) -> Any:
    return select(*columns).where(table.c.id == bindparam("id"))


_KNOWN = _of(cases, cases.c.process, cases.c.state).union_all(
    _of(letters, letters.c.kind, letters.c.state), _of(cohorts, cohorts.c.process, text("'rombongan'"))
)
