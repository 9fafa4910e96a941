"""The demo's own server: a process with a clock that can be moved, started, waited for and stopped."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.demo.folder import Folder
from api.demo.people import PEOPLE
from api.demo.visitor import Unexpected, Visitor
from api.server import PATIENCE, why_not_listen

HOST = "127.0.0.1"

#: Seconds for the server to come up, on a slow machine too.
START = 90.0


@dataclass(frozen=True)
class Service:
    """A server that runs. Whoever knows ``secret`` moves its clock."""

    port: int
    secret: str
    process: subprocess.Popen[bytes]
    #: Seconds for which whoever asks asks again where nobody answers.
    tries_for: float = 0.0

    @property
    def address(self) -> str:
        """Where it is to be opened."""
        return f"http://{HOST}:{self.port}"

    def go_to(self, at: datetime, *, sweep: bool = False) -> dict[str, int]:
        """Move the clock forward, and then do what is due. Answers what the sweep did."""
        mover = Visitor(self.port, self.secret, "Jam peragaan", self.tries_for)
        answer = mover.post("/demo/clock", {"at": at.isoformat(), "sweep": sweep})
        if answer.refused:
            raise Unexpected(f"Jam peragaan tidak dapat dimajukan: {answer.document}")
        return dict(answer.document.get("swept") or {})


@contextmanager
def serving(folder: Folder, at: datetime, port: int) -> Iterator[Service]:
    """A server on the demo's database, its clock set. It is stopped in the end, and closes the database. Raises Unexpected."""
    secret = secrets.token_urlsafe(24)
    port = port if port and not why_not_listen(HOST, port) else _free_port()
    environment = folder.settings() | {"JENJANG_DEMO_CLOCK": at.isoformat(), "JENJANG_DEMO_SECRET": secret}
    environment["JENJANG_DEMO_PEOPLE"] = str(folder.path / PEOPLE)
    command = [sys.executable, "-m", "api.server", HOST, str(port), str(os.getpid())]
    with folder.log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(process, port, folder.log)
            yield Service(port, secret, process)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START
    visitor = Visitor(port, "")
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Unexpected(f"Server peragaan berhenti sendiri. {_tail(log)}")
        try:
            if visitor.ask("GET", "/health").status == 200:
                return
        except Unexpected:
            time.sleep(0.1)
    raise Unexpected(f"Server peragaan belum siap setelah {START:.0f} detik. {_tail(log)}")


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    return f"Catatannya ({log}): {' | '.join(lines)}" if lines else f"Catatannya: {log}"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; it finishes what it is at. Kill it where it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE + 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
