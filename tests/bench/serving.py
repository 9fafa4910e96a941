"""Starting what is measured: a server of its own process on a free loopback port, stopped by its own id."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.contest import Contender

HERE = Path(__file__).parent
PEERS = HERE / "peers"
ROOT = HERE.parents[1]
CACHE = ROOT / ".bench"
START_SECONDS = 30
STOP_SECONDS = 10
PROCESSORS = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Served:
    """A server or a worker that runs: its port (0 of a worker), and its session, which all that it started belongs to."""

    port: int
    session: int

    def cpu_seconds(self) -> float:
        """Processor time so far of all its processes; what else the machine does hardly changes it."""
        ticks = 0
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if int(fields[3]) == self.session:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """Processor time so far that this machine was busy with anything, over all of its processors."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], log: Path, folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server or worker until the block ends. ``log``: what it says, kept only where that matters."""
    with log.open("wb") as stream:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env={**_plain_environment(), **environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)  # a group of its own: the server and its worker
            server.wait()
    log.unlink()


@contextmanager
def serving(command: Sequence[str], port: int, folder: Path, **environment: str) -> Iterator[Served]:
    """Run a server until the block ends, which begins once the port is open."""
    log = CACHE / f"{port}.log"
    with running(command, log, folder, **environment) as server:
        _wait(server, lambda: _listens(port), log)
        yield Served(port, server.pid)


def _wait(process: subprocess.Popen[bytes], until: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not until():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"it did not start: {process.args!r}\n{log.read_text()[-4000:]}")
        time.sleep(0.02)


def _plain_environment() -> dict[str, str]:
    """Ours, without what a developer has set for their own Jenjang."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")}


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def peers_python() -> str:
    """The interpreter of the peers' own virtual environment, made once in .bench/ from their pinned requirements."""
    folder = CACHE / "venv"
    python = folder / "bin" / "python"
    wanted = (PEERS / "requirements.txt").read_text()
    made = folder / "made-from.txt"
    if not made.exists() or made.read_text() != wanted:
        print("Menyiapkan .bench/venv (Django dan asyncpg sebagai pembanding) ...", file=sys.stderr)  # noqa: T201
        CACHE.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*install, "--requirement", str(PEERS / "requirements.txt")], check=True)
        made.write_text(wanted)
    return str(python)


@contextmanager
def peer_unit(script: str, address: str) -> Iterator[Contender]:
    """The bare unit as a peer does it, without HTTP and in a process of its own."""
    command = [peers_python(), str(PEERS / script), address]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as peer:
        if peer.stdin is None or peer.stdout is None:
            raise RuntimeError(f"no pipes to {script}")
        asked, answers = peer.stdin, peer.stdout

        def turn(count: int) -> float:
            asked.write(f"{count}\n")
            asked.flush()
            return float(answers.readline())

        yield Contender(turn, Served(0, peer.pid).cpu_seconds)
        asked.close()  # nothing more is asked: it ends


def granian(application: str, port: int) -> list[str]:
    """The command that serves an application of ours, as ``jenjang serve`` does: one worker."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--log-level", "warning"]
    return [*command, "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--factory", application]


@contextmanager
def bare_app(address: str) -> Iterator[Served]:
    """Our stack doing the bare unit on a database that is prepared; without an address nothing but the floor."""
    port = free_port()
    with serving(granian("tests.bench.bare_app:create", port), port, ROOT, BENCH_DATABASE=address) as served:
        yield served


@contextmanager
def jenjang(address: str, **settings: str) -> Iterator[Served]:
    """``jenjang serve`` on a database."""
    port = free_port()
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with serving(command, port, ROOT, JENJANG_DATABASE=address, **settings) as served:
        yield served


@contextmanager
def worker(address: str, **settings: str) -> Iterator[Served]:
    """``jenjang worker`` on a PostgreSQL database; the block begins once it works."""
    command, log = [sys.executable, "-m", "api", "worker"], CACHE / f"worker-{os.getpid()}-{next(_workers)}.log"
    with running(command, log, ROOT, JENJANG_DATABASE=address, **settings) as process:
        _wait(process, lambda: b"mengerjakan" in log.read_bytes(), log)
        yield Served(0, process.pid)


_workers = itertools.count(1)


@contextmanager
def django(address: str, *, cases: int, threads: int, workers: int = 1) -> Iterator[Served]:
    """The Django app on a fresh database at ``address``. One worker process, as a Jenjang server has, or several."""
    python, port = peers_python(), free_port()
    environment = {"BENCH_DATABASE": address, "BENCH_CASES": str(cases)}
    subprocess.run([python, "-m", "django_app.wsgi"], cwd=PEERS, env={**os.environ, **environment}, check=True)
    command = [python, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    command += [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
    ]
    with serving([*command, "django_app.wsgi:application"], port, PEERS, **environment) as served:
        yield served
