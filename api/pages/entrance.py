"""The way in and out: from where somebody asks, whose password it is, and where they go when a session is needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from api.desk import Desk
from api.pages.cookies import mark_cookie, mark_of, no_session_cookie, session_cookie, token_of
from api.pages.forms import Field
from api.pages.rendering import page, place_of
from api.problems import Busy
from api.throttle import network_of
from api.turns import TooMany
from workflow.accounts.signing_in import Browser, Entered, Sought, WrongNameOrPassword, enter, is_askable, seek
from workflow.callers import SecondFactorNeeded, SignedOut
from workflow.errors import FieldError

#: An address of ours: a path with its query, in plain signs. ``//host`` and ``/\\host`` are another's to a browser.
_OURS: Final = re.compile(r"/(?![/\\])[!-~]{0,499}")
_NOWHERE: Final = ("/masuk", "/keluar")

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)

WebRequest = Request[Any, Any, State]


def path_of_ours(text: str) -> str:
    """Where to go after signing in: a path of ours, else the first page; never to another host."""
    return text if is_of_ours(text) and not text.startswith(_NOWHERE) else "/"


def is_of_ours(text: str) -> bool:
    """Whether a text is a path of ours."""
    return _OURS.fullmatch(text) is not None and "\\" not in text


def desk_of(request: WebRequest) -> Desk:
    """The desk that all requests share."""
    desk: Desk = request.app.state.desk
    return desk


def zone_of(request: WebRequest) -> tzinfo:
    """The agency's zone, in which days and times are typed."""
    office = desk_of(request).office
    return office.zone if office else UTC


def browser_of(request: WebRequest) -> Browser:
    """From where somebody asks."""
    return Browser(network_of(request), device_said(request.headers.get("user-agent", "")), mark_of(request))


def device_said(user_agent: str) -> str:
    """A browser in words that its owner knows it by; of what it says of itself nothing else is kept."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "Peramban lain")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser} di {system}" if system else browser


async def typed(request: WebRequest) -> dict[str, str]:
    """What was typed into a form, without what only guards it; a field that is sent twice counts with its last."""
    form = await request.form()
    return {
        name: value
        for name, value in form.multi_items()
        if isinstance(value, str) and name != "_csrf_token" and "\0" not in value
    }


async def sign_in(request: WebRequest, name: str, password: str) -> Entered:
    """Sign in with a password. Raises WrongNameOrPassword, HasLeft, GuessedTooOften, Busy."""
    desk, browser = desk_of(request), browser_of(request)
    at = desk.clock.now()
    sought: Sought = await desk.database.run(lambda c: seek(c, desk.engine(c), desk.safe, name, browser, at))
    if not is_askable(password):
        raise WrongNameOrPassword
    is_right, rehashed = await checked(desk, password, sought.kept)
    if not is_right:
        raise WrongNameOrPassword
    before = token_of(request)
    return await desk.database.run(
        lambda c: enter(c, desk.engine(c), desk.safe, sought, browser, at, rehashed=rehashed, before=before)
    )


async def checked(desk: Desk, password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether a password is the one that is kept, worked out in a thread. Raises Busy."""
    try:
        return await desk.hashing.take(desk.passwords.checked, password, kept)
    except TooMany:
        raise _busy() from None


async def hashed(desk: Desk, password: str) -> str:
    """A password as it is kept, worked out in a thread. Raises Busy."""
    try:
        return await desk.hashing.take(desk.passwords.hashed, password)
    except TooMany:
        raise _busy() from None


def entered(request: WebRequest, entered: Entered, path: str) -> Response[Any]:
    """Signed in: the browser gets its cookies and goes on."""
    answer: Response[Any] = seen_next(path)
    answer.set_cookie(session_cookie(request, entered.token))
    answer.set_cookie(mark_cookie(request, entered.mark))
    return answer


def left(request: WebRequest) -> Response[Any]:
    """Signed out: the cookie goes, and with it whatever the browser kept of our pages."""
    answer = seen_next("/masuk")
    answer.set_cookie(no_session_cookie(request))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def seen_next(path: str) -> Response[Any]:
    """After something was done: another page is shown."""
    return Redirect(path, status_code=303)


def to_sign_in(request: WebRequest, problem: SignedOut) -> Response[Any]:
    """No session where one is needed: what was to be seen is seen after signing in; what was typed is kept on a page."""
    if request.method != "POST":
        return seen_next(f"/masuk?{urlencode({'ke': _asked(request)})}")
    form = ScopeState.from_scope(request.scope).form
    kept = _kept(form) if isinstance(form, dict) else []
    return page(
        request, "session_ended.html", status=401, heading="Sesi berakhir", says=problem.says, kept=kept, signs_in=True
    )


def to_same_form(request: WebRequest, _: PermissionDeniedException) -> Response[Any]:
    """A form whose token does not fit the browser's cookie: nothing is done, and it can be sent again from a page of ours."""
    form = ScopeState.from_scope(request.scope).form
    says = "Formulir ini sudah kedaluwarsa, atau peramban tidak menyimpan cookie."
    kept = _kept(form) if isinstance(form, dict) else []
    return page(
        request, "session_ended.html", status=403, heading="Formulir kedaluwarsa", says=says, kept=kept, signs_in=False
    )


def to_second_factor(request: WebRequest, _: SecondFactorNeeded) -> Response[Any]:
    """The second factor first."""
    asked = _asked(request) if request.method != "POST" else "/"
    return seen_next(f"/masuk/faktor-kedua?{urlencode({'ke': asked})}")


def form_page(
    request: WebRequest,
    name: str,
    asks: Sequence[Field],
    faults: Sequence[FieldError] = (),
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[Any]:
    """A page that asks for something: its ``fields`` by name, each with what is wrong with it, and ``faults`` for the summary."""
    wrong = {fault.field: fault.says for fault in faults}
    fields = {field.name: replace(field, fault=wrong.get(field.name, "")) for field in asks}
    told = [(fault.field if fault.field in fields else "", fault.says) for fault in faults]
    return page(request, name, status=status, headers=headers, fields=fields, faults=told, **context)


def _asked(request: WebRequest) -> str:
    return path_of_ours(place_of(request))


def _kept(form: dict[str, Any]) -> list[tuple[str, str]]:
    """What was typed, but for secrets and files, which a browser does not keep in a page either."""
    fields = [(name, value) for name, values in form.items() for value in _several(values)]
    return [(name, value) for name, value in fields if isinstance(value, str) and name not in _SECRET]


_SECRET: Final = frozenset({"_csrf_token", "password", "current", "again", "code", "passphrase", "pin"})


def _several(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _busy() -> Busy:
    return Busy("Terlalu banyak orang masuk pada saat yang sama. Tunggu sebentar, lalu coba lagi.")
