"""What is refused at the door, in the log: that it was, where, and by a mark from whence; never who, nor what was typed."""

from __future__ import annotations

import logging
from typing import Any, Final

from litestar import Request

from api.throttle import network_of
from workflow.errors import Problem

log = logging.getLogger("jenjang")

#: Refusals that whoever keeps the service wants to see add up: of a key, of what is not theirs, of asking too often.
_WATCHED: Final = (401, 403, 429)


def watched(request: Request[Any, Any, Any], problem: Problem) -> None:
    """Log a problem that a route was left by, if it is a refusal. Without a key or a session nobody was refused anything."""
    if problem.status in _WATCHED and (problem.status != 401 or "authorization" in request.headers):
        refused(request, problem.type)


def refused(request: Request[Any, Any, Any], why: str) -> None:
    """Log a refusal. The same mark is the same network; only with the folder of keys can it be told which."""
    desk = getattr(request.app.state, "desk", None)
    whence = desk.safe.mark("log", network_of(request))[:12] if desk is not None else "-"
    log.warning("refused: %s, %s %s, from %s", why, request.method, path_logged(request), whence)


def path_logged(request: Request[Any, Any, Any]) -> str:
    """The path as a log may have it: its template, as an address may hold what opens something, or what somebody typed."""
    return str(request.scope.get("path_template") or "-")
