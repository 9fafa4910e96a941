"""Where a unit of work runs: the one place that knows SQLite from PostgreSQL.

A unit is a plain function whose first argument is a SQLAlchemy ``Connection``. It runs in one transaction: all of it is
kept or nothing. It may be run again from its start (after a deadlock, a lost connection, a failed common commit), so
it changes nothing but the database. Statements built once, at import and with ``bindparam``, run three to four times
as fast as those built at each call.
"""

from __future__ import annotations

import fcntl
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias, TypeVar

import sqlalchemy
from sqlalchemy import URL, Table, make_url, text
from sqlalchemy.exc import ArgumentError

from workflow.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert as ConflictInsert  # PostgreSQL's has the same two methods

P = ParamSpec("P")
T = TypeVar("T")

#: What a unit works over; named here for those who give units to a database without knowing what it is made of.
Connection: TypeAlias = sqlalchemy.Connection

#: Seconds to wait for another process that is writing, before the unit is given up.
PATIENCE = 10.0


class DatabaseUnavailable(Problem):
    """The database cannot be opened or reached; nothing of the unit was kept."""

    status, type, title = 503, "database-unavailable", "Basis data tidak tersedia"


class DatabaseBusy(DatabaseUnavailable):
    """Others kept the database to themselves beyond the patience; nothing was kept, and trying again may work."""

    type, title = "database-busy", "Basis data sedang sibuk"

    def __init__(self, patience: float) -> None:
        super().__init__(
            f"Basis data masih dipakai proses lain setelah ditunggu {patience:g} detik. "
            "Tidak ada yang tersimpan; silakan coba lagi sebentar lagi."
        )


class DatabaseFull(DatabaseUnavailable):
    """There is no room left on the disk; nothing was kept."""

    status, type, title = 507, "database-full", "Ruang penyimpanan penuh"

    def __init__(self) -> None:
        super().__init__(
            "Ruang penyimpanan basis data penuh. Tidak ada yang tersimpan; kosongkan ruang pada diska, lalu ulangi."
        )


class DatabaseReadOnly(DatabaseUnavailable):
    """The database can be read but not written by this process; nothing was kept."""

    type, title = "database-read-only", "Basis data hanya dapat dibaca"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Basis data {address} hanya dapat dibaca, sehingga tidak ada yang tersimpan. Beri pengguna yang menjalankan "
            "Jenjang hak tulis atas berkas basis data dan foldernya, atau pasang kembali diskanya dengan hak tulis, lalu ulangi."
        )


class ServedElsewhere(DatabaseUnavailable):
    """Another process serves this SQLite file already."""


class Database(ABC):
    """One database, opened once a process: ``write`` and ``read`` block, ``run`` and ``look`` are awaited."""

    dialect: str
    #: The address without its password, fit to be shown.
    address: str
    #: For a library that connects to PostgreSQL by itself; with the password, so for no eyes.
    conninfo: str = ""

    @classmethod
    def open(cls, address: str, *, patience: float = PATIENCE) -> Database:
        """The database at an address like ``sqlite:///file.db`` or ``postgresql+psycopg://…``; connects when used."""
        url = _parsed(address)
        # Either is imported only where it is used: the default does not need psycopg.
        if url.get_backend_name() == "sqlite":
            from workflow.sqlite import SqliteDatabase  # noqa: PLC0415

            return SqliteDatabase(url, patience)
        from workflow.postgresql import PostgresqlDatabase  # noqa: PLC0415

        return PostgresqlDatabase(url, patience)

    @abstractmethod
    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit here and commit it; an exception undoes all of it."""

    @abstractmethod
    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run here what only reads; all its statements see the database as it was at one moment."""

    @abstractmethod
    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``write`` without blocking the event loop."""

    @abstractmethod
    async def look(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``read`` without blocking the event loop."""

    @abstractmethod
    def reshape(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``write`` for a migration: a table that others refer to may be rebuilt; references are checked at the end."""

    @abstractmethod
    def close(self) -> None:
        """Finish the units that wait and close every connection."""

    @abstractmethod
    async def aclose(self) -> None:
        """``close`` without blocking the event loop."""


def before_commit(connection: Connection, work: Callable[[Connection, list[T]], None], things: Iterable[T]) -> None:
    """Put off something that is done once for all that a unit comes upon: ``work``, with all things, right before it commits.

    Where part of the unit was undone, its things are among them.
    """
    connection.info.setdefault(_PUT_OFF, {}).setdefault(work, []).extend(things)


def whole(
    connection: Connection, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a unit, with what it puts off. What that puts off in turn is not done."""
    connection.info.pop(_PUT_OFF, None)  # of a unit that was undone
    result = work(connection, *args, **kwargs)
    for each, things in connection.info.pop(_PUT_OFF, {}).items():
        each(connection, things)
    return result


#: Where a connection keeps what was put off.
_PUT_OFF = "jenjang.put_off"


def lock(connection: Connection, *names: str) -> None:
    """Keep what the names stand for to this unit until it ends.

    Those of one call are taken in one fixed order, and the next statement sees what the former holder committed. Units that
    lock again and again, as a cohort does case by case, may still wait for each other: then one of them is run again.
    On SQLite the single writer has everything to itself already.
    """
    if names and connection.dialect.name == "postgresql":
        connection.execute(_ADVISORY_LOCKS, {"keys": sorted({_lock_key(name) for name in names})})


# One round trip; rows of unnest come in the order of the array.
_ADVISORY_LOCKS = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS keys(key)")


def insert_or(dialect: str, table: Table) -> ConflictInsert:
    """An insert that can say what to do on a conflict. It is the dialect's own, whose module is loaded where it is used."""
    found: ConflictInsert = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    return found


def _lock_key(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


@contextmanager
def serve_lock(address: str) -> Iterator[None]:
    """Held by what serves a SQLite file, so that there is one server and one runner of effects; commands need none.

    Raises ``ServedElsewhere``. PostgreSQL may be served by many, so there it holds nothing.
    """
    url = _parsed(address)
    if url.get_backend_name() != "sqlite":
        yield
        return
    path = Path(f"{url.database}.lock")
    if is_read_only(Path(str(url.database))) and is_read_only(path.parent):
        yield  # nothing can be written here: neither a lock nor what it would keep apart
        return
    descriptor = _take(path, str(url.database))
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        with suppress(OSError):  # the folder may have become read-only; the lock ends with its descriptor anyway
            path.unlink(missing_ok=True)
        os.close(descriptor)


def is_read_only(path: Path) -> bool:
    """Whether a file or a folder is there and cannot be written by this process."""
    return path.exists() and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _take(path: Path, served: str) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise unreachable(served, str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process = os.read(descriptor, 20).decode() or "lain"
            os.close(descriptor)
            raise ServedElsewhere(
                f"Basis data {served} sudah dilayani proses {process} di komputer ini. "
                "Hentikan proses itu lebih dahulu, atau pakai PostgreSQL bila perlu lebih dari satu server."
            ) from None
        # The former holder removes the file when it lets go; then what was locked here is not the file that others see.
        if _is(path, descriptor):
            return descriptor
        os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


#: What drivers say, and what people are told.
_CAUSES = (
    ("not a database", "berkas itu bukan basis data SQLite"),
    ("unable to open database file", "berkas atau foldernya tidak ada atau tidak boleh dibuka"),
    ("malformed", "isinya rusak, sehingga perlu dipulihkan dari cadangan"),
    ("Permission denied", "berkas atau foldernya tidak boleh dibuka"),
    ("Connection refused", "tidak ada server PostgreSQL yang menjawab pada alamat itu"),
    ("resolve host", "nama servernya tidak dikenal"),
    ("translate host", "nama servernya tidak dikenal"),
    ("timeout", "servernya tidak menjawab"),
    ("password", "server menolak nama pengguna atau kata sandinya"),
    ("does not exist", "basis data atau penggunanya tidak ada pada server itu"),
)


def unreachable(address: str, why: str) -> DatabaseUnavailable:
    """The error of a database that cannot be opened at all."""
    says = next((says for sign, says in _CAUSES if sign in why), " ".join(why.split()).rstrip(".?"))
    return DatabaseUnavailable(
        f"Basis data {address} tidak dapat dibuka: {says}. "
        "Periksa alamatnya (JENJANG_DATABASE), folder dan hak aksesnya, atau server PostgreSQL-nya."
    )


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        shown = re.sub(r":[^:/@]*@", ":***@", address)
        raise unreachable(shown, "alamat ini bukan alamat SQLAlchemy, seperti sqlite:///jenjang.db") from error
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:") and not url.query:
        return url.set(drivername="sqlite")
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    shown = url.render_as_string(hide_password=True)
    raise unreachable(
        shown, "yang didukung hanya berkas SQLite (sqlite:///jenjang.db) dan PostgreSQL (postgresql+psycopg://)"
    )
