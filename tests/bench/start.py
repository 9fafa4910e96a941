"""How long it takes from the command to the first answer: ``jenjang serve`` and bare Litestar with as many routes, in turns."""

from __future__ import annotations

import socket
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from litestar.routes import HTTPRoute

from api.app import create_app
from tests.bench.contest import ratio, show
from tests.bench.office import build_office
from tests.bench.serving import CACHE, ROOT, free_port, granian, running

ROUNDS = 5
LONGEST = 30.0


def measure(folder: Path) -> None:
    """Seconds to the first 200 of ``/health``; the median of the ratios."""
    address = f"sqlite:///{folder / 'jenjang.db'}"
    build_office(address)
    routes = sum(len(route.route_handlers) for route in create_app(address).routes if isinstance(route, HTTPRoute))
    bare, app, command = "bare Litestar", "the application alone, under the same server", "jenjang serve"
    starts: dict[str, Callable[[int], list[str]]] = {
        bare: lambda port: granian("tests.bench.bare_litestar:create", port),
        app: lambda port: granian("api.app:from_environment", port),
        command: lambda port: [sys.executable, "-m", "api", "serve", "--port", str(port)],
    }
    took: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(ROUNDS):
        for name, start in starts.items():
            port = free_port()
            took[name].append(_seconds(start(port), port, BENCH_ROUTES=str(routes), JENJANG_DATABASE=address))
    show(f"Time to the first answer, {routes} routes")
    for name, each in took.items():
        show(f"  {name:<58} {statistics.median(each):>8.2f} s   ({min(each):.2f} - {max(each):.2f})")
    for name in (app, command):
        show(f"  {name} / {bare}: {ratio(took, name, bare):.2f}")


def _seconds(command: list[str], port: int, **environment: str) -> float:
    began = time.perf_counter()
    with running(command, CACHE / f"{port}.log", ROOT, **environment) as server:
        while not _answers(port):
            if server.poll() is not None or time.perf_counter() - began > LONGEST:
                raise RuntimeError(f"no answer from {' '.join(command)}")
            time.sleep(0.005)
        return time.perf_counter() - began


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), LONGEST) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
