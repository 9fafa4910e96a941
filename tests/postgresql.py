"""A PostgreSQL of the tests' own: a private cluster in a temporary folder, reached by its socket, gone with them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 30
STOP_SECONDS = 15

# Durability and crash safety are PostgreSQL's to test; without them the tests run several times faster.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "timezone": "UTC",
}


class CannotStart(Exception):
    """PostgreSQL is missing or did not come up; the message has the way out, or the server's own last words."""


class Cluster:
    """A running PostgreSQL server. Its folder is also the socket's, so that no port can be taken by somebody else."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.pid = server.pid
        self._server = server
        self._administration = _connect(folder)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A fresh database, a copy of ``template``, as an SQLAlchemy address; dropped at the end, even if in use."""
        name = f"jenjang_{uuid.uuid4().hex}"
        self._administration.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        try:
            yield f"postgresql+psycopg://jenjang@/{name}?host={self.folder}"
        finally:
            self._administration.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def restart(self, settings: Mapping[str, str], *, abruptly: bool = False) -> None:
        """Stop the server and start it again on the same folder; ``abruptly``: it recovers as after the power went out.

        To be called from a thread that outlives the server, which ends with it.
        """
        self._administration.close()
        self._server.send_signal(signal.SIGQUIT if abruptly else signal.SIGINT)
        self._server.wait(STOP_SECONDS)
        again = _start(_programs(), self.folder, settings)
        self.pid, self._server, self._administration = again.pid, again._server, again._administration

    def cut_connections(self) -> int:
        """End every connection but this one, in the middle of whatever it is at. Answers how many."""
        found = self._administration.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        return int(found[0]) if found else 0

    def stop(self) -> None:
        """Stop the server that was started here, by its own process; kill it where it does not obey in time."""
        self._administration.close()
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()


@contextmanager
def running_cluster(settings: Mapping[str, str] = SETTINGS) -> Iterator[Cluster]:
    """A cluster that lives as long as the block. Raises CannotStart."""
    programs = _programs()
    with own_folder() as folder:
        _create(programs, folder)
        with started(folder, settings) as cluster:
            yield cluster


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder of whoever runs the server, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jenjang-postgresql-"))
    try:
        if owner := _owner():
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def started(folder: Path, settings: Mapping[str, str]) -> Iterator[Cluster]:
    """A server on the cluster that lies in ``data`` of a folder. Raises CannotStart."""
    cluster = _start(_programs(), folder, settings)
    try:
        yield cluster
    finally:
        cluster.stop()


def base_backup(cluster: Cluster, target: Path, *options: str) -> None:
    """``pg_basebackup`` of a cluster into a folder that does not exist yet, by whoever runs the server."""
    command = [*_as_owner(), str(_programs() / "pg_basebackup"), f"--host={cluster.folder}", "--username=jenjang"]
    subprocess.run([*command, f"--pgdata={target}", *options], cwd=target.parent, timeout=START_SECONDS, check=True)


def _programs() -> Path:
    """The folder of initdb and postgres: the newest that Debian keeps off PATH, or the one on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    if not found:
        raise CannotStart("PostgreSQL's initdb is not on this machine; install it with: .ci/system-packages tests")
    return Path(found).resolve().parent


def _owner() -> pwd.struct_passwd | None:
    """Who runs the server where we are root, whom PostgreSQL refuses; None where we run it ourselves."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_owner(*options: str) -> list[str]:
    """The beginning of a command line that gives up root, with further options of setpriv."""
    if owner := _owner():
        options = (f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", *options)
    return ["setpriv", *options] if options and shutil.which("setpriv") else []


def _create(programs: Path, folder: Path) -> None:
    # C.UTF-8 sorts by code point, as SQLite does.
    command = [
        *_as_owner(),
        str(programs / "initdb"),
        "--pgdata",
        str(folder / "data"),
        "--username=jenjang",
        "--auth=trust",
    ]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    made = subprocess.run(
        command,
        cwd=folder,
        timeout=START_SECONDS,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if made.returncode:
        raise CannotStart(f"initdb failed with exit status {made.returncode}:\n{made.stdout}")


def _start(programs: Path, folder: Path, settings: Mapping[str, str]) -> Cluster:
    # With --pdeathsig the server goes even when the tests are killed.
    command = [*_as_owner("--pdeathsig=INT"), str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = folder / "log"
    with log.open("wb") as stream:
        # A session of its own: Ctrl-C in the terminal is for the tests, which then stop the server themselves.
        server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if _answers(folder):
            return Cluster(folder, server)
        time.sleep(0.02)
    server.kill()
    server.wait()
    raise CannotStart(f"PostgreSQL did not answer within {START_SECONDS} seconds:\n{log.read_text()[-4000:]}")


def _answers(folder: Path) -> bool:
    try:
        _connect(folder).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(folder: Path) -> psycopg.Connection:
    """As the administrator. Databases are made and dropped outside transactions."""
    return psycopg.connect(host=str(folder), user="jenjang", dbname="postgres", connect_timeout=2, autocommit=True)
