"""Traces for whoever watches over the service: OpenTelemetry, sent by OTLP over HTTP. Loaded only where it is set up.

The spans are our own and say little (``workflow.spans``). Ready-made instrumentation notes addresses, query strings and who
asked; here an address may hold what opens something, or what somebody typed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from workflow.errors import Problem
from workflow.spans import Kind, Told, trace_with

#: What the service is called unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES says otherwise.
NAME: Final = "jenjang"
#: Seconds for which whoever ends waits until what is left is sent; the SDK would wait half a minute for a collector that hangs.
PATIENCE: Final = 5.0
_KINDS: Final[Mapping[Kind, SpanKind]] = {
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}
_CONTEXT: Final = TraceContextTextMapPropagator()


@contextmanager
def traces() -> Iterator[None]:
    """Spans are noted in this block, and what is left of them is sent at its end, if that takes no longer than ``PATIENCE``.

    Where to, how often and how many of them: the standard OTEL_* variables.
    """
    resource = Resource({SERVICE_NAME: NAME}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace_with(_Telemetry(provider.get_tracer(NAME)))
    try:
        yield
    finally:
        trace_with(None)
        sending = threading.Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(PATIENCE)


class _Telemetry:
    """Notes spans by a tracer. What an exception says may name people, so only its kind is kept."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, name: str, kind: Kind, told: Told, within: str) -> Iterator[_Told]:
        with self._tracer.start_as_current_span(
            name,
            context=_CONTEXT.extract({"traceparent": within}) if within else None,
            kind=_KINDS[kind],
            attributes=told,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield _Told(span)
            except Problem as answer:
                _Told(span).tell({"error.type": answer.type}, failed=answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR)
                raise
            except BaseException as fault:
                _Told(span).tell({"error.type": type(fault).__qualname__}, failed=True)
                raise

    def here(self) -> str:
        carrier: dict[str, str] = {}
        _CONTEXT.inject(carrier)
        return carrier.get("traceparent", "")


class _Told:
    """A span that is under way."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def named(self, name: str) -> None:
        self._span.update_name(name)

    def tell(self, told: Told, *, failed: bool = False) -> None:
        self._span.set_attributes(told)
        if failed:
            self._span.set_status(StatusCode.ERROR)
