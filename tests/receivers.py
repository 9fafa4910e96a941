"""A system that is told by webhooks: it takes them, refuses, dawdles, sends them elsewhere, or talks without end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """What it was sent. ``answer``: a status, ``dawdle``, ``drip``, ``endless``, or an address to send on to."""

    port: int = 0
    answer: int | str = 204
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/jenjang?dari=sana"

    @property
    def ids(self) -> list[str]:
        """Of each message, that by which a repeated one is dropped."""
        return [headers["webhook-id"] for headers, _ in self.messages]

    def read(self, secret: str, number: int = -1) -> dict[str, Any]:
        """A message, checked as its receiver does."""
        headers, body = self.messages[number]
        found: dict[str, Any] = Webhook(secret).verify(body, headers)
        return found


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens on this machine."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.messages.append(({name.lower(): value for name, value in self.headers.items()}, body))
            with suppress(OSError):  # who sent it has hung up
                self._answer()

        def _answer(self) -> None:
            if found.answer == "dawdle":
                found.answering.wait(30)
            if found.answer == "endless":
                self.send_response(200)
                self.end_headers()
                ends = time.monotonic() + 30
                while time.monotonic() < ends:
                    self.wfile.write(b"x" * 65536)
                return
            if found.answer == "drip":
                for number in range(80):
                    self.wfile.write(b"HTTP/1.1 204 No Content\r\n"[number : number + 1] or b"X")
                    time.sleep(0.1)
                self.wfile.write(b": x\r\n\r\n")
                return
            self.send_response(found.answer if isinstance(found.answer, int) else 307)
            if isinstance(found.answer, str):
                self.send_header("Location", found.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        found.answering.set()
        server.shutdown()
        thread.join()
        server.server_close()
