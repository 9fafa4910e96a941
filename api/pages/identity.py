"""Signing in by the agency's identity provider: there, and back."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from api.identity_provider import Provider
from api.pages.cookies import binder_cookie, binder_of, is_plain, token_of
from api.pages.entrance import WebRequest, browser_of, desk_of, entered, path_of_ours, seen_next
from api.pages.rendering import page
from api.problems import UnknownAddress
from api.refusals import refused
from api.throttle import Throttle
from workflow.accounts.identity import NotLetIn, begin_flow, enter_known, take_flow
from workflow.accounts.sessions import end_token
from workflow.accounts.signing_in import Entered, HasLeft
from workflow.database import Connection
from workflow.errors import Problem

#: Each beginning is written down: a whole office may begin behind one address, and nobody without end.
_starts = Throttle(120)

Text = Annotated[str, QueryParameter(required=False, max_length=4000)]
State = Annotated[str, QueryParameter(name="state", required=False, max_length=200)]


@get("/masuk/instansi", include_in_schema=False, guards=[_starts])
async def go_to_provider(
    request: WebRequest,
    to: Annotated[str, QueryParameter(name="ke", required=False, max_length=2000)] = "/",
    again: Annotated[bool, QueryParameter(name="ulang", required=False)] = False,
) -> Response[Any]:
    """Sends the browser to the provider, which with ``again`` asks who they are in any case."""
    desk, provider, binder = desk_of(request), _provider(request), secrets.token_urlsafe(32)
    try:
        address, state, flow = await provider.begin(_back(request), path_of_ours(to), again=again)
    except NotLetIn as problem:
        return _not_let_in(request, problem)
    await desk.database.run(begin_flow, state, binder, flow, desk.clock.now())
    answer = seen_next(address)
    answer.set_cookie(binder_cookie(request, binder))
    return answer


@get("/masuk/instansi/jawaban", include_in_schema=False)
async def come_back(request: WebRequest, code: Text = "", given: State = "") -> Response[Any]:
    """Takes the provider's answer, once, in the browser that was sent there."""
    desk, provider, browser = desk_of(request), _provider(request), browser_of(request)
    before, at = token_of(request), desk.clock.now()
    try:
        flow = await desk.database.run(take_flow, given, binder_of(request), at)
        claims = await provider.claims(_back(request), code, flow)

        def enter(conn: Connection) -> Entered:
            if before:
                end_token(conn, before, at)
            fresh = provider.has_just_asked(claims)
            return enter_known(conn, desk.engine(conn), desk.safe, provider.claim, claims, browser, at, fresh=fresh)

        done = await desk.database.run(enter)
    except (NotLetIn, HasLeft) as problem:
        return _not_let_in(request, problem)
    return entered(request, done, path_of_ours(flow.go_to))


ROUTES = (go_to_provider, come_back)


def _provider(request: WebRequest) -> Provider:
    provider = desk_of(request).provider
    if provider is None:
        raise UnknownAddress(f"Alamat {request.url.path} tidak dikenal.")
    return provider


def _back(request: WebRequest) -> str:
    """Where the provider sends people back: the agency's address; on this very machine the one that was asked."""
    office = desk_of(request).office
    site = office.profile.site.rstrip("/") if office else ""
    base = f"http://{request.headers['host']}" if is_plain(request) else site
    return f"{base}/masuk/instansi/jawaban"


def _not_let_in(request: WebRequest, problem: Problem) -> Response[Any]:
    refused(request, problem.type)
    return page(request, "not_let_in.html", status=problem.status, says=problem.says)
