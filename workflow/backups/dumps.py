"""The database as its own tool dumps it, at one instant, while others go on writing; and put back from that.

SQLite: ``VACUUM INTO`` rather than the online backup API. Both read while others write, as the WAL keeps their reads apart. But the
API in small steps begins anew whenever another process has written, so that it may never end in a busy office; and it copies
free pages, in which what was erased by law still lies. VACUUM reads in one transaction and leaves them out.

PostgreSQL: ``pg_dump`` in its custom format, within the snapshot in which the figures of the manifest are counted.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TypeVar, cast

from sqlalchemy import URL, Connection, make_url, text

from workflow.backups.errors import BackupError, Damaged
from workflow.backups.places import private_folder
from workflow.backups.stand import Stand, stand_of
from workflow.database import Database, DatabaseFull, unreachable

T = TypeVar("T")

#: By which PostgreSQL knows the session of a dump that is being put into it.
RESTORING = "jenjang pg_restore"

_ASKED = 1024 * 1024
#: What SQLite dumps are compressed with: quickly, as most of them is files that are compressed already.
_LEVEL = 1
_GZIP = 31
#: Seconds for a program to say its version.
_VERSION_SECONDS = 10


def dumped(address: str, use: Callable[[Stand, Iterator[bytes]], T]) -> T:
    """Hand what the database holds at one instant, and the dump of that instant, to ``use``.

    Raises DatabaseUnavailable, BackupError.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return _from_sqlite(Path(str(url.database)), use)
    program = _program("pg_dump")
    with closing(Database.open(address)) as database:
        return database.read(_from_postgresql, url, program, use)


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _from_sqlite(file: Path, use: Callable[[Stand, Iterator[bytes]], T]) -> T:
    # Beside the database, where its content lies in clear already; the backup may go to a disk of somebody else.
    with private_folder(file.parent, f".{file.name}.cadangan-") as folder:
        copy = folder / "salinan.db"
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)) as source:
            _vacuum(source, copy)
        with closing(Database.open(f"sqlite:///{copy}")) as database:
            stand = database.read(stand_of)
        with copy.open("rb") as stream:
            return use(stand, _compressed(stream))


def _vacuum(source: sqlite3.Connection, copy: Path) -> None:
    try:
        source.execute("PRAGMA busy_timeout=10000")
        source.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            raise DatabaseFull from error
        raise unreachable("SQLite", str(error)) from error


def _compressed(stream: IO[bytes]) -> Iterator[bytes]:
    press = zlib.compressobj(_LEVEL, wbits=_GZIP)
    while some := stream.read(_ASKED):
        yield press.compress(some)
    yield press.flush()


def put_into_sqlite(dump: Iterable[bytes], file: Path) -> None:
    """Make a new file of a dump. Raises Damaged where it is none."""
    unpress = zlib.decompressobj(_GZIP)
    with file.open("xb") as target:
        file.chmod(0o600)
        try:
            for piece in dump:
                left = piece
                while left:
                    target.write(unpress.decompress(left, _ASKED))
                    left = unpress.unconsumed_tail
        except zlib.error as error:
            raise Damaged("Isi basis data dalam cadangan ini tidak dapat dibuka; berkasnya rusak.") from error
        if not unpress.eof:
            raise Damaged("Isi basis data dalam cadangan ini tidak lengkap.")
    with closing(sqlite3.connect(file)) as restored:
        try:
            told = restored.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            told = str(error)
    if told != "ok":
        raise Damaged(f"Basis data dalam cadangan ini rusak: {told}.")


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _from_postgresql(conn: Connection, url: URL, program: str, use: Callable[[Stand, Iterator[bytes]], T]) -> T:
    _require_version(conn, program)
    snapshot = conn.scalar(text("SELECT pg_export_snapshot()"))
    stand = stand_of(conn)
    command = [program, "--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=10000"]
    with _running([*command, f"--snapshot={snapshot}"], url, stdout=subprocess.PIPE) as process:
        return use(stand, _said(process))


def put_into_postgresql(dump: Iterable[bytes], url: URL) -> None:
    """Fill an empty database from a dump, in one transaction. Raises BackupError."""
    command = [_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    with _running(command, url, stdin=subprocess.PIPE) as process:
        try:
            with cast("IO[bytes]", process.stdin) as inlet:
                for piece in dump:
                    inlet.write(piece)
        except BrokenPipeError:
            pass  # why it stopped, it tells itself
        except BaseException:
            process.kill()  # before it is told that this was the end
            raise
        _ended(process)


def _said(process: _Process) -> Iterator[bytes]:
    """What a program writes. Raises BackupError at its end where it has failed."""
    outlet = cast("IO[bytes]", process.stdout)
    while some := outlet.read(_ASKED):
        yield some
    _ended(process)


@contextmanager
def _running(
    command: list[str], url: URL, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[_Process]:
    """A program of PostgreSQL at work; ended with the block. The password goes by its environment, where others cannot read it."""
    with tempfile.TemporaryFile() as told:
        environment = {**os.environ, "PGAPPNAME": f"jenjang {Path(command[0]).name}", "LC_MESSAGES": "C"}
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
        process = _Process(
            [*command, f"--dbname={conninfo(url)}"], stdin=stdin, stdout=stdout, stderr=told, env=environment
        )
        process.told = told
        try:
            with process:
                try:
                    yield process
                except BaseException:
                    process.kill()
                    raise
        finally:
            process.told = None


class _Process(subprocess.Popen[bytes]):
    """A program that was started, and the file to which it tells what went wrong."""

    told: IO[bytes] | None = None


def _ended(process: _Process) -> None:
    """Wait until the program has ended well. Raises BackupError with its own last words."""
    if process.wait():
        said = b""
        if process.told is not None:
            process.told.seek(0)
            said = process.told.read()[-2000:]
        raise BackupError(f"{Path(str(process.args[0])).name} gagal: {said.decode(errors='replace').strip()}")  # type: ignore[index]


def conninfo(url: URL) -> str:
    """As libpq writes addresses, without the password."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - not for those on SQLite

    named = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    given = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    return make_conninfo(**{name: str(value) for name, value in {**named, **given}.items() if value is not None})


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise BackupError(f"Program {name} tidak ada pada PATH. Pada Debian, pasang paket postgresql-client.")
    return found


def _require_version(conn: Connection, program: str) -> None:
    """A dump can be made of a server that is no newer than the program."""
    server = int(str(conn.scalar(text("SHOW server_version_num")))) // 10000
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_VERSION_SECONDS, check=True)  # noqa: S603 - a program of PostgreSQL on PATH
    found = re.search(r"\b(\d+)\.\d", said.stdout) or re.search(r"\b(\d+)\b", said.stdout)
    version = int(found[1]) if found else 0
    if version < server:
        raise BackupError(
            f"{program} berversi {version}, lebih lama daripada server PostgreSQL ({server}). "
            f"Pada Debian, pasang paket postgresql-client-{server}."
        )
