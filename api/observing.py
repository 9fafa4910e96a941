"""What is noted of each request: a number to quote, a line in the log, and how long it took. Never who by name, nor what was asked.

It stands round the whole application, so that what no route answers is noted too. Routes are told by their templates: an address
may hold what opens something, or what somebody typed.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.throttle import is_one_of
from workflow.references import read_reference, reference_of
from workflow.spans import Span, span

if TYPE_CHECKING:
    from api.metrics import Metrics

HEADER: Final = "X-Request-ID"
#: What may be a number that a proxy gave a request.
_NUMBER: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{7,63}")

log = logging.getLogger("jenjang")


@dataclass
class Noted:
    """What is known of the request that is being answered. ``who``: a person's id, which names nobody."""

    request_id: str
    who: str = ""
    process: str = ""


_now: ContextVar[Noted | None] = ContextVar("noted", default=None)


def noted() -> Noted | None:
    """The request that is being answered here; None elsewhere."""
    return _now.get()


def request_id() -> str:
    """The number of the request that is being answered here; empty elsewhere."""
    found = _now.get()
    return found.request_id if found is not None else ""


class Observed:
    """An application whose requests are noted. ``metrics``: where their times are counted."""

    def __init__(self, application: ASGIApp, metrics: Metrics) -> None:
        self._application, self._metrics = application, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = str(scope.get("method") or "-")  # there are no web sockets here
        began, status = time.perf_counter(), 500
        connection = ASGIConnection[Any, Any, Any, Any](scope)
        found = Noted(_number(connection))

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)[HEADER] = found.request_id
            await send(message)

        scope["state"]["metrics"] = self._metrics
        token = _now.set(found)
        try:
            with span("HTTP", "server", {"jenjang.request.id": found.request_id}, _trace(connection)) as noting:
                try:
                    await self._application(scope, receive, answering)
                finally:
                    _tell(noting, method, scope, status, found)
        finally:
            took = time.perf_counter() - began
            route = str(scope.get("path_template") or "-")
            self._metrics.answered(method, route, status, took)
            told = {
                "method": method,
                "route": route,
                "status": status,
                "milliseconds": round(took * 1000, 1),
                "who": found.who,
                "process": found.process,
                "case": _case(scope),
            }
            log.info("request", extra={"told": {name: value for name, value in told.items() if value != ""}})
            _now.reset(token)


def _tell(noting: Span, method: str, scope: Scope, status: int, found: Noted) -> None:
    """What a trace says of a request: as much as a line of the log, without who asked."""
    route = scope.get("path_template")
    known = method if method in HTTPMethod.__members__ else "_OTHER"  # a client may type anything there
    told: dict[str, str | int] = {
        "http.request.method": known,
        "http.route": route or "",
        "http.response.status_code": status,
        "jenjang.process": found.process,
        "jenjang.case": _case(scope),
    }
    noting.named(f"{known} {route}" if route else known)
    failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    noting.tell({name: value for name, value in told.items() if value != ""}, failed=failed)


def _number(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The number that a trusted proxy gave a request, or one of ours. What a proxy passes on counts as its own word."""
    given = connection.headers.get(HEADER, "")
    return given if _NUMBER.fullmatch(given) and _is_from_proxy(connection) else str(uuid.uuid4())


def _trace(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The trace that a trusted proxy began; a stranger's says nothing, or it would decide what is noted of them.

    What a trusted proxy passes on counts as its own word: it must remove what strangers send it, as ``haproxy.cfg`` does.
    """
    return connection.headers.get("traceparent", "") if _is_from_proxy(connection) else ""


def _is_from_proxy(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    peer = connection.client.host if connection.client else ""
    return is_one_of(peer, connection.scope["litestar_app"].state.get("proxies", ()))


def _case(scope: Scope) -> str:
    """The number of the case that an address names; empty where none is named, or what was typed can be none."""
    named = scope.get("path_params", {}).get("case_id")
    if not isinstance(named, str):
        return ""
    try:
        return reference_of(str(UUID(named)))
    except ValueError:
        return read_reference(named) or ""
