"""Who gets in: a key in the Authorization header on every route, except the few that are listed here as public."""

from __future__ import annotations

import re
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Message, Scope

from api.desk import Desk, Visit
from api.problems import Malformed
from workflow.callers import Unauthenticated

#: Everything that answers without a key. A test walks all routes and compares.
PUBLIC = frozenset(
    {
        "/health",
        "/ready",
        "/schema",
        "/schema/openapi.json",
        "/api/docs",
        "/api/docs/{name}",
        "/problems/{name}",
        # Whoever holds a letter may ask whether it is ours; QR codes name the address in upper case.
        "/verify",
        "/verify/{code}",
        "/verify/{code}/{statement}",
        "/VERIFY/{code}",
        "/VERIFY/{code}/{statement}",
        "/verify/keys",
        "/verify/offline.html",
    }
)

#: Not for keys but for another secret, which the route's own guard asks for.
OTHER_SECRET = frozenset({"/demo/clock"})

#: Bytes of a body that are read before the key has been looked up; the longest form of ours has some 30 KB.
SMALL = 64 * 1024

#: Headers that mean something only where they are said once.
ONCE = ("Authorization", "If-Match", "Idempotency-Key", "Content-Type")

_BEARER = re.compile(r"Bearer +(jj_[A-Za-z0-9_-]{20,100})", re.IGNORECASE)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}


def key_shown(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The key of the Authorization header; cookies and addresses are never looked at. Raises Unauthenticated."""
    header = connection.headers.get("authorization")
    if header is None:
        raise Unauthenticated("Sertakan kunci API dalam header Authorization: Bearer jj_….")
    found = _BEARER.fullmatch(header.strip())
    if found is None:
        raise Unauthenticated("Header Authorization harus berbentuk: Bearer jj_…, dengan kunci API yang utuh.")
    return found.group(1)


async def no_stranger(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guards every route: who shows no key is turned away before anything of the request is read.

    Of a large body nothing is read before the key has been looked up; small ones are read on the way to the one unit that looks
    up the key and does what is asked. Raises Unauthenticated, OutOfScope.
    """
    if connection.scope["path_template"] in PUBLIC | OTHER_SECRET:
        return
    key_shown(connection)
    if connection.scope.get("method") == "POST" and _may_be_large(connection):
        await known_first(connection, handler)


async def known_first(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Looks the key up before any of the body is read. Raises Unauthenticated, OutOfScope."""
    await at_the_desk(connection).look(scope_needed(handler), _nothing)


def scope_needed(handler: BaseRouteHandler) -> str:
    """The scope that the description of a route says its key needs."""
    security = handler.security if isinstance(handler, HTTPRouteHandler) else None
    ((scope,),) = (scopes for needed in security or () for scopes in needed.values())
    return scope


def _may_be_large(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    length = connection.headers.get("content-length", "")  # without one nobody can say
    return not re.fullmatch("[0-9]{1,9}", length) or int(length) > SMALL


def _nothing(*_: object) -> None:
    return None


def plainly_asked(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guards every route: an address that no database can look up, or a header said twice, is refused. Raises Malformed."""
    if "\0" in connection.scope["path"] or b"%00" in connection.scope["query_string"]:
        raise Malformed("Alamat tidak boleh memuat karakter NUL (%00).")
    for name in ONCE:
        if len(connection.headers.getall(name, [])) > 1:
            raise Malformed(f"Header {name} dikirim lebih dari sekali; kirimkan satu saja.")


def at_the_desk(request: ASGIConnection[Any, Any, Any, Any]) -> Visit:
    """The visit of whoever sent a request."""
    desk: Desk = request.app.state.desk
    return Visit(desk, key_shown(request))


async def protect(message: Message, _: Scope) -> None:
    """Every response says how little a browser may do with it; what a route has set itself stands."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
