"""kill -9 between any two statements of every kind of unit that the stories come to; ``make crash`` runs it.

It stands where units are written. Of each kind of unit the first is begun again and again in children of this process, each
of which kills itself before the next statement, and before the commit: afterwards the database is what it was. One more dies
after its commit: asked again with the same key, the step is not taken a second time. Then the story goes on undisturbed.

A kind is what is done, to a case of which process in which state: ``fire internship/agency_review forward``; with the arrows that
it takes besides. What has been tried is noted in a folder, so that several processes share the work and a run that was stopped
goes on.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import tempfile
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import sha256
from inspect import signature
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec
from sqlalchemy import Connection, StaticPool, bindparam, create_engine, event, select, text
from sqlalchemy import Engine as SqlEngine

from tests import compiled  # noqa: F401 - at work once it is imported
from tests.accidents.following import WRITES, Following, Unit, Write, noting
from tests.offices import Stored, all_stored, put_back
from tests.witness import broken
from workflow.budgets.faults import imbalances
from workflow.database import Database
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import Problem
from workflow.postgresql import PostgresqlDatabase
from workflow.tables import cases, cohorts, letters, metadata

#: Where a child dies, in place of the number of a statement.
BEFORE_COMMIT, AFTER_COMMIT = -1, -2
#: How a child ends that is not killed: well, with the unit refused, and with something broken.
_WELL, _REFUSED, _BROKEN = 0, 3, 4
#: Seconds for PostgreSQL to notice that a client has died.
_PATIENCE: Final = 30.0


class _Undone(Exception):
    """A unit is run, and not kept."""


class Left(AssertionError):
    """A unit that was killed has left something behind, or was taken twice."""


class Killed(msgspec.Struct, frozen=True):
    """A kind of unit, how often it was killed, and the arrows that it takes."""

    kind: str
    points: int
    arrows: tuple[str, ...]


@dataclass
class Killing(Following):
    """Kills units of each kind once, on one database. ``stride``: every how many statements; ``only``: kinds that match."""

    folder: Path
    dialect: str
    stride: int = 1
    only: str = ""
    #: ``time.monotonic()`` after which no further kind is begun.
    until: float = float("inf")

    def killed(self) -> list[Killed]:
        """What has been killed."""
        notes = (file.read_bytes() for file in sorted(self.folder.glob("*/*")) if file.is_file())
        return [msgspec.json.decode(note, type=Killed) for note in notes if note]

    def meet(self, write: Write, database: Database, unit: Unit) -> Any:
        """Kill it before it is written, if it is the first of its kind."""
        if database.dialect == self.dialect and time.monotonic() < self.until:
            self._strike(_VICTIMS[self.dialect](database), unit)
        return unit.by(write, database)

    def _strike(self, victim: _Victim, unit: Unit) -> None:
        database = victim.database
        asked = _takes_key(unit)
        if asked:
            unit = replace(unit, named={**unit.named, "key": unit.named.get("key") or "kunci yang sama"})
        arrows = victim.try_out(unit)
        if arrows is None:
            return  # refused, as a story may want it to be
        kind = f"{database.dialect} {database.read(_kind, unit)}"
        kind = ": ".join((kind, *(arrow for arrow in sorted(arrows) if arrow not in kind)))
        note = self.folder / database.dialect / sha256(kind.encode()).hexdigest()
        if note.exists() or not re.search(self.only, kind):
            return
        note.parent.mkdir(parents=True, exist_ok=True)
        try:
            note.touch(exist_ok=False)
        except FileExistsError:
            return  # another process has just begun with it
        faults = _faults(database)  # a test may have made some of its own
        with victim.prepared():
            whole = victim.kill(unit, BEFORE_COMMIT, kind)
            points = range(1 + int(note.name, 16) % min(self.stride, whole or 1), whole + 1, self.stride)
            for point in points:
                victim.kill(unit, point, kind)
            victim.check_untouched(kind)
            victim.kill(unit, AFTER_COMMIT, kind)
            if asked:
                victim.repeat(unit, kind, faults)
        note.write_bytes(msgspec.json.encode(Killed(kind, len(points) + 2, tuple(sorted(arrows)))))


# --- What is killed --------------------------------------------------------------------------------------------------


class _Victim(ABC):
    """Children of this process that run a unit on a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._before: Stored = database.read(all_stored)

    def try_out(self, unit: Unit) -> set[str] | None:
        """The arrows that a unit takes; None where it is refused. Undone, but children find compiled and loaded what it takes."""
        arrows: set[str] = set()

        def undone(conn: Connection) -> NoReturn:
            with noting() as noted:
                unit(conn)
            arrows.update(noted.kept(conn))
            raise _Undone

        try:
            WRITES[type(self.database)](self.database, undone)
        except _Undone:
            return arrows
        except Exception:  # noqa: BLE001 - as it was asked: the story will see
            return None
        raise AssertionError("it was kept")

    def kill(self, unit: Unit, point: int, kind: str) -> int:
        """Answers the statements that had begun by then."""
        ended, statements = _child(partial(self._run, unit, point))
        if ended != -signal.SIGKILL or (point > 0 and statements != point):
            raise Left(f"{kind}, killed at {point}: ended with {ended} after {statements} statements")
        return statements

    def repeat(self, unit: Unit, kind: str, faults: list[Any]) -> None:
        """The same request once more, by a client that got no answer."""
        ended, _ = _child(partial(self._repeat, unit, faults))
        if ended != _WELL:
            raise Left(f"{kind}: killed after its commit and asked again, it was done twice or something is broken")

    def check_untouched(self, kind: str) -> None:
        if self._stored() != self._before:
            raise Left(f"{kind}: killed in the middle, it has left something behind")

    @abstractmethod
    def prepared(self) -> AbstractContextManager[None]:
        """While it is killed; afterwards it is as it was."""

    @abstractmethod
    def _stored(self) -> Stored:
        """All that is stored."""

    @abstractmethod
    def _address(self) -> str:
        """Where the unit runs."""

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
            WRITES[type(database)](database, unit)
        except Problem:
            return _REFUSED
        if die == AFTER_COMMIT:
            _die()
        return _BROKEN

    def _repeat(self, unit: Unit, faults: list[Any], _told: int) -> int:
        database = Database.open(self._address())
        before = database.read(all_stored)
        outcome = WRITES[type(database)](database, unit)
        found = _faults(database)
        if outcome.repeated and database.read(all_stored) == before and found == faults:
            return _WELL
        sys.stderr.write(f"{outcome} {found}\n")
        return _BROKEN


class _SqliteVictim(_Victim):
    """On a copy, row by row: what lies there after a kill is recovered from its WAL, as after the power went out."""

    @contextmanager
    def prepared(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory(prefix="jenjang-", dir=_quick()) as folder:
            self._copy = Path(folder) / "copy.db"
            self._copy.write_bytes(_no_rows())
            with closing(Database.open(self._address())) as database:
                database.reshape(put_back, self._before)
            yield

    def _address(self) -> str:
        return f"sqlite:///{self._copy}"

    def _stored(self) -> Stored:
        with closing(Database.open(self._address())) as database:
            return database.read(all_stored)


@cache
def _no_rows() -> bytes:
    """A file with all tables."""
    with sqlite3.connect(":memory:") as driver:
        with create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool).begin() as conn:
            metadata.create_all(conn)
        return driver.serialize()


class _PostgresqlVictim(_Victim):
    """On the database itself, which is put back in the end."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._last_job = self._newest_job()

    @contextmanager
    def prepared(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._wait()
            self.database.reshape(put_back, self._before)
            self.database.reshape(lambda conn: conn.execute(_FORGET_JOBS, {"last": self._last_job}))

    def check_untouched(self, kind: str) -> None:
        super().check_untouched(kind)
        if self._newest_job() != self._last_job:
            raise Left(f"{kind}: killed in the middle, it has left a job behind")

    def _address(self) -> str:
        assert isinstance(self.database, PostgresqlDatabase)
        url = self.database._blocking.url.update_query_dict({"application_name": "victim"})
        return url.render_as_string(hide_password=False)

    def _stored(self) -> Stored:
        self._wait()
        return self.database.read(all_stored)

    def _newest_job(self) -> int:
        found: int = self.database.read(lambda conn: conn.execute(_NEWEST_JOB).scalar_one())
        return found

    def _wait(self) -> None:
        """Until the server has noticed that those who were killed are gone, and undone what they had begun."""
        until = time.monotonic() + _PATIENCE
        while self.database.read(lambda conn: conn.execute(_SERVED).scalar_one()):
            if time.monotonic() > until:
                raise Left("PostgreSQL still serves somebody who was killed")
            time.sleep(0.01)


_SERVED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'victim'"
)
_NEWEST_JOB = text("SELECT coalesce(max(id), 0) FROM procrastinate_jobs")
_FORGET_JOBS = text("DELETE FROM procrastinate_jobs WHERE id > :last")


_VICTIMS: Final[dict[str, type[_Victim]]] = {"sqlite": _SqliteVictim, "postgresql": _PostgresqlVictim}


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


def _takes_key(unit: Unit) -> bool:
    """Whether a client asks for it, who may ask again; the system asks without keys: what it does it finds undone."""
    keyed = hasattr(unit.function, "__self__") and "key" in signature(unit.function).parameters
    return keyed and THE_SYSTEM not in unit.given and not unit.named.get("trial")


def _kind(conn: Connection, unit: Unit) -> str:
    work = unit.function
    said = [work.__qualname__.removeprefix("Engine.")]
    if not hasattr(work, "__self__"):
        said[0] = f"{work.__module__.removeprefix('workflow.')}.{said[0]}"
    for each in unit.given:
        if isinstance(each, str) and re.fullmatch(r"[a-z_]{1,40}", each):
            said.append(each)
        elif isinstance(each, str) and (found := conn.execute(_KNOWN, {"id": each}).first()):
            said.append("/".join(filter(None, found)))
        elif isinstance(each, msgspec.Struct):
            said.append(getattr(each, "trigger", None) or type(each).__name__)
    said += [f"with {name}" for name in ("then", "recorded", "trial") if unit.named.get(name)]
    return " ".join(said)


def _of(table: Any, *columns: Any) -> Any:
    return select(*columns).where(table.c.id == bindparam("id"))


_KNOWN = _of(cases, cases.c.process, cases.c.state).union_all(
    _of(letters, letters.c.kind, letters.c.state), _of(cohorts, cohorts.c.process, text("'rombongan'"))
)
