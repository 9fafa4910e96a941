"""A collector of traces: takes what OpenTelemetry sends by OTLP over HTTP, and reads it as any collector does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

#: Seconds after which what was waited for will not come any more.
PATIENCE = 60
#: Seconds for which one that never answers holds on to who asks: less than the half minute of the SDK.
HELD = 15


@dataclass
class Collector:
    """What it was sent: spans, and the bytes in which they came."""

    port: int = 0
    paths: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def until(self, name: str, is_it: Callable[[Span], bool] = lambda _: True) -> Span:
        """The first span of a name, once it has come."""
        ends = time.monotonic() + PATIENCE
        while not (found := [span for span in self.named(name) if is_it(span)]):
            assert time.monotonic() < ends, sorted({span.name for span in self.spans})
            time.sleep(0.1)
        return found[0]

    def take(self, path: str, body: bytes) -> None:
        self.paths.add(path)
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services.add(said(resource.resource)["service.name"])
            self.spans.extend(span for scope in resource.scope_spans for span in scope.spans)


def said(about: Any) -> dict[str, Any]:
    """The attributes of a span or a resource."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in about.attributes}


@contextmanager
def collector(environment: pytest.MonkeyPatch) -> Iterator[Collector]:
    """One that listens on this machine, and to which traces are sent from here on."""
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.take(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with _listening(Handler) as found.port:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.address)
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")  # milliseconds until what has ended is sent
        yield found


@dataclass
class Silent:
    """One that never answers. ``gave_up``: it was held on to for longer than anybody should."""

    is_asked: threading.Event = field(default_factory=threading.Event)
    gave_up: threading.Event = field(default_factory=threading.Event)


@contextmanager
def silent(environment: pytest.MonkeyPatch) -> Iterator[Silent]:
    """One that takes what is sent from here on and answers nothing, until the block ends."""
    found, is_over = Silent(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.is_asked.set()
            if not is_over.wait(HELD):
                found.gave_up.set()

        def log_message(self, *_: Any) -> None:
            pass

    with _listening(Handler) as port:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
        environment.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", str(PATIENCE))  # seconds
        try:
            yield found
        finally:
            is_over.set()


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Answers the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
