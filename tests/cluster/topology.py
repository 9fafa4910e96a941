"""PostgreSQL, two servers behind a proxy and two workers, each a process that is started again when it dies.

What a container engine or systemd does elsewhere is done here by one thread for each process. Nothing but the database is
shared; the folder of keys is what each machine would be given as a secret, and the demo's clock is the demo's.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx

from api.demo.folder import Folder
from api.demo.people import PEOPLE
from api.demo.service import HOST, Service
from api.server import free_port, why_not_listen
from tests.postgresql import SETTINGS, Cluster

ROOT: Final = Path(__file__).parents[2]
#: Of the proxy, which Debian keeps off the PATH of ordinary users.
PROXY: Final = shutil.which("haproxy") or "/usr/sbin/haproxy"
#: Seconds for everything to come up, and for a process to end well.
PATIENCE: Final = 90.0
#: Seconds between heartbeats of a worker: a dead one is missed after three.
HEARTBEAT: Final = 2.0
#: PostgreSQL as an office has it: what is committed is on the disk, whatever becomes of the process.
DURABLE: Final = {**SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Member:
    """One process of the service. It is started anew whenever it ends, until it is let go."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    #: Where its program lies.
    program: Path = ROOT
    process: subprocess.Popen[bytes] = field(init=False)
    starts: int = 0
    _wanted: bool = True
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._start()
        self._watch = threading.Thread(target=self._keep, name=f"keeps-{self.name}", daemon=True)
        self._watch.start()

    def kill(self) -> None:
        """As by the power going out, with all that it had started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def pause(self, seconds: float) -> None:
        """It stands still, as a machine does that is starved or moved."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(self.process.pid, signal.SIGCONT)

    def replace(self, program: Path = ROOT) -> None:
        """Tell it to stop, and wait until it has been started anew, perhaps with another version of the program."""
        starts, self.program = self.starts, program
        self.process.terminate()
        until = time.monotonic() + PATIENCE
        while self.starts == starts:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.name} was told to stop and did not")
            time.sleep(0.05)

    def let_go(self) -> int:
        """Stop it for good. Answers how it ended."""
        with self._changing:
            self._wanted = False
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait(PATIENCE)

    def _start(self) -> None:
        self.starts += 1
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.program,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _keep(self) -> None:
        # The thread lives as long as its process, which would be told of its end otherwise.
        while self._wanted:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)
                time.sleep(0.2)  # what cannot start is not tried without a pause
                with self._changing:
                    if self._wanted:
                        self._start()


@dataclass
class Topology:
    """The service: where it is asked, and what it is made of."""

    port: int
    secret: str
    postgresql: Cluster
    proxy: Member
    servers: list[Member]
    workers: list[Member]
    #: Where each server listens.
    ports: list[int]

    @property
    def members(self) -> list[Member]:
        """All but the database."""
        return [self.proxy, *self.servers, *self.workers]

    def replace_all(self, program: Path = ROOT) -> None:
        """Replace servers, then workers, each when the one before it answers again: as for a new version."""
        for server, port in zip(self.servers, self.ports, strict=True):
            server.replace(program)
            wait_for(port)
            time.sleep(2)  # until the proxy has noticed too
        for worker in self.workers:
            worker.replace(program)

    def service(self) -> Service:
        """As the demo knows it."""
        return Service(self.port, self.secret, self.proxy.process, tries_for=PATIENCE)


@contextmanager
def running(postgresql: Cluster, folder: Folder, at: datetime, port: int = 0) -> Iterator[Topology]:
    """The service on the folder's database, which has its tables; its clock stands at ``at``. All is stopped in the end."""
    port = port if port and not why_not_listen(HOST, port) else free_port(HOST)
    secret = os.urandom(16).hex()
    environment = {
        **folder.settings(),
        "JENJANG_WORKER": "apart",
        "JENJANG_PROXIES": "127.0.0.1",
        "JENJANG_DEMO_CLOCK": at.isoformat(),
        "JENJANG_DEMO_CLOCK_FILE": str(folder.path / "jam"),
        "JENJANG_DEMO_SECRET": secret,
        "JENJANG_DEMO_PEOPLE": str(folder.path / PEOPLE),
    }
    (folder.path / "jam").unlink(missing_ok=True)
    ports = [free_port(HOST), free_port(HOST)]
    with ExitStack() as stack:

        def member(name: str, *command: str) -> Member:
            found = Member(name, list(command), environment, folder.path / f"{name}.log")
            stack.callback(found.let_go)
            return found

        servers = [
            member(f"server-{n}", sys.executable, "-m", "api.server", HOST, str(each), str(os.getpid()))
            for n, each in enumerate(ports, start=1)
        ]
        beat = ("--heartbeat", str(HEARTBEAT))
        workers = [member(f"worker-{n}", sys.executable, "-m", "api", "worker", *beat) for n in (1, 2)]
        settings = folder.path / "haproxy.cfg"
        settings.write_text(_proxy_settings(port, ports))
        proxy = member("proxy", PROXY, "-db", "-f", str(settings))
        topology = Topology(port, secret, postgresql, proxy, servers, workers, ports)
        try:
            for each in (*ports, port):
                wait_for(each)
        except TimeoutError as error:
            logs = "\n".join(f"{each.name}: {each.log.read_text()[-1000:]}" for each in topology.members)
            raise TimeoutError(f"{error}:\n{logs}") from error
        yield topology


def _proxy_settings(port: int, servers: list[int]) -> str:
    """A request goes to a server that answers for its health; one that cannot be reached is tried at the other.

    What a server may have begun is not asked again by the proxy: whoever asked does so, with the same Idempotency-Key.
    """
    lines = "\n".join(f"    server server-{n} {HOST}:{each} check" for n, each in enumerate(servers, start=1))
    return f"""\
defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 75s
    option redispatch
    retries 3
    option forwardfor

frontend jenjang
    bind {HOST}:{port}
    default_backend servers

backend servers
    balance roundrobin
    option httpchk GET /health
    http-check send hdr Host {HOST}
    default-server inter 500ms fall 2 rise 1
{lines}
"""


def wait_for(port: int) -> None:
    """Wait until somebody answers for their health. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://{HOST}:{port}/health", timeout=5).status_code == httpx.codes.OK:
                return
        if time.monotonic() > until:
            raise TimeoutError(f"nobody answers at port {port}")
        time.sleep(0.1)
