"""Who gets in: by a key under /api, by a link under /mitra, by a session on a page, except where it is listed as public."""

from __future__ import annotations

import re
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.desk import Desk, Visit
from api.pages.cookies import FORMS, is_plain, token_of
from api.problems import Malformed
from workflow.callers import Key, LinkToken, SessionToken, SignedOut, Unauthenticated
from workflow.errors import Problem

#: Everything that answers without a key or a session. A test walks all routes and compares.
PUBLIC = frozenset(
    {
        "/health",
        "/ready",
        # Its own guard asks from where; others are told that there is nothing.
        "/metrics",
        "/robots.txt",
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
        # Whoever keeps a head of the log may ask for later ones; it names nobody.
        "/verify/log",
        "/verify/log/checkpoint",
        "/verify/log/consistency",
        # Pages for whoever has no session yet, and what they are styled with.
        "/static/{name}",
        "/masuk",
        "/masuk/instansi",
        "/masuk/instansi/jawaban",
        "/keluar",
        "/aktivasi",
        "/aktivasi/{code}",
        "/lupa-sandi",
        "/kebijakan-data",
        # In which language pages are shown is asked of nobody in particular.
        "/bahasa",
        # Whoever outside types the short code of a link instead of opening it.
        "/mitra",
        # A calendar shows no session: what it names is its secret (workflow.calendars.addresses).
        "/kalender/{name}",
        # In the demo alone: its people, whom anybody may be.
        "/peran",
    }
)

#: Not for keys but for another secret, which the route's own guard asks for.
OTHER_SECRET = frozenset({"/demo/clock"})

#: Where somebody outside opens what a link is for, by the link alone.
BY_LINK = "/mitra/{token"

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


class ForeignForm(Problem):
    """A form that was sent from a page of somebody else."""

    status, type, title = 403, "foreign-form", "Formulir tidak dapat diterima"


def key_shown(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The key of the Authorization header; cookies and addresses are never looked at. Raises Unauthenticated."""
    header = connection.headers.get("authorization")
    if header is None:
        raise Unauthenticated("Sertakan kunci API dalam header Authorization: Bearer jj_….")
    found = _BEARER.fullmatch(header.strip())
    if found is None:
        raise Unauthenticated("Header Authorization harus berbentuk: Bearer jj_…, dengan kunci API yang utuh.")
    return found.group(1)


def token_shown(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token of the session cookie; headers and addresses are never looked at. Raises SignedOut."""
    token = token_of(connection)
    if not token:
        raise SignedOut("Masuklah untuk membuka halaman ini.")
    return token


def is_of_api(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a route takes a key; every other takes a session."""
    return str(connection.scope["path_template"]).startswith("/api/")


def is_of_link(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a route takes the token of a link, which its address shows: neither a session nor a key counts there."""
    return str(connection.scope["path_template"]).startswith(BY_LINK)


async def no_stranger(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guards every route: who shows neither key nor session is turned away before anything of the request is read.

    Of a large body nothing is read before they have been looked up (``KnownFirst`` on pages); small ones are read on the way to
    the one unit that looks them up and does what is asked. Raises Unauthenticated, OutOfScope, SecondFactorNeeded, ForeignForm.
    """
    of_api, template = is_of_api(connection), connection.scope["path_template"]
    if not of_api and template not in OTHER_SECRET:
        _refuse_foreign_forms(connection)
    if template in PUBLIC | OTHER_SECRET:
        return
    if of_api:
        key_shown(connection)
    elif not is_of_link(connection):
        token_shown(connection)
    if of_api and connection.scope.get("method") == "POST" and _may_be_large(connection):
        await known_first(connection, handler)


async def known_first(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Looks up whose key it is before any of the body is read. Raises Unauthenticated, OutOfScope."""
    await at_the_desk(connection).look(scope_needed(handler), _nothing)


class KnownFirst(ASGIMiddleware):
    """Looks up whose session it is before any of a large form is read: its token is looked for in it before any guard is asked.

    Whoever has no session yet sends ``SMALL`` at most. Raises SignedOut, SecondFactorNeeded.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        connection = ASGIConnection[Any, Any, Any, Any](scope, receive, send)
        is_public = scope["path_template"] in PUBLIC | OTHER_SECRET
        if scope.get("method") == "POST" and not is_public and _may_be_large(connection):
            await at_the_desk(connection).look("act", _nothing)
        await next_app(scope, receive, send)


def scope_needed(handler: BaseRouteHandler) -> str:
    """The scope that the description of a route says its key needs."""
    security = handler.security if isinstance(handler, HTTPRouteHandler) else None
    ((scope,),) = (scopes for needed in security or () for scopes in needed.values())
    return scope


def _may_be_large(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    length = connection.headers.get("content-length", "")  # without one nobody can say
    return not re.fullmatch("[0-9]{1,9}", length) or int(length) > SMALL


def _refuse_foreign_forms(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Beside the token in each form: a browser says itself where a form was sent from. Raises ForeignForm."""
    sent_from = connection.headers.get("sec-fetch-site", "none")
    if connection.scope.get("method") not in ("GET", "HEAD", "OPTIONS") and sent_from not in ("same-origin", "none"):
        raise ForeignForm("Formulir ini dikirim dari laman lain. Buka Jenjang langsung, lalu ulangi dari sana.")


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
    """The visit of whoever sent a request. Raises Unauthenticated."""
    desk: Desk = request.app.state.desk
    if is_of_api(request):
        return Visit(desk, Key(key_shown(request)))
    if is_of_link(request):
        return Visit(desk, LinkToken(str(request.path_params["token"]), desk.safe, desk.registry))
    return Visit(desk, SessionToken(token_shown(request)))


async def protect(message: Message, scope: Scope) -> None:
    """Every response says how little a browser may do with it; what a route has set itself stands."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if headers.get("set-cookie") and not is_plain(ASGIConnection(scope)):
            _only_encrypted(headers)


def _only_encrypted(headers: MutableScopeHeaders) -> None:
    """The framework's cookie against forged forms knows only one setting, which is for trying out on one's own machine."""
    for place, (name, value) in enumerate(headers.headers):
        if name.lower() == b"set-cookie" and value.startswith(FORMS.encode()) and b"secure" not in value.lower():
            headers.headers[place] = (name, value + b"; Secure")
