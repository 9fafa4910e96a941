"""The proxy as it is shipped, before a server that keeps what it was sent."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from api.demo.service import HOST
from api.server import free_port
from tests.cluster.topology import PROXY, ROOT, wait_for

BELIEVED = ("traceparent", "tracestate", "x-request-id")


@contextmanager
def listening(kept: list[dict[str, str]]) -> Iterator[int]:
    """A server that keeps the headers of each request; answers its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kept.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def proxied(folder: Path, server: int) -> Iterator[int]:
    """The shipped proxy before one server of ours; answers its port."""
    port, settings = free_port(HOST), (ROOT / "haproxy.cfg").read_text()
    for shipped, here in (
        ("bind :8000", f"bind {HOST}:{port}"),
        ("server-template server- 8 server:8000 check", f"server server-1 {HOST}:{server} check"),
    ):
        assert shipped in settings
        settings = settings.replace(shipped, here)
    file = folder / "haproxy.cfg"
    file.write_text(settings)
    with subprocess.Popen([PROXY, "-db", "-f", str(file)], stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.kill()


def test_what_a_stranger_says_of_traces_and_numbers_is_not_passed_on_as_the_proxys_word(tmp_path: Path) -> None:
    kept: list[dict[str, str]] = []
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    said = {
        "traceparent": trace,
        "tracestate": "vendor=1",
        "X-Request-ID": "ditulis-orang-lain",
        "Accept-Language": "id",
    }
    with listening(kept) as server:
        httpx.get(f"http://{HOST}:{server}/masuk", headers=said)
        with proxied(tmp_path, server) as port:
            httpx.get(f"http://{HOST}:{port}/masuk", headers=said)
    straight, through = (each for each in kept if each.get("accept-language") == "id")
    assert set(BELIEVED) <= straight.keys(), "it would have been seen"
    assert not set(BELIEVED) & through.keys()
    assert through["x-forwarded-for"] == HOST
