"""Cookies: the session's, the mark of a browser in which somebody has signed in, its language. Scripts read none of them."""

from __future__ import annotations

import re
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

_SESSION: Final = "jenjang"
_MARK: Final = "jenjang-peramban"
_BINDER: Final = "jenjang-instansi"
_LANGUAGE: Final = "jenjang-bahasa"
_YEAR: Final = 365 * 24 * 3600
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.-]{20,200}")
_ON_THIS_MACHINE: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")

#: Litestar's cookie against forged forms; it is no secret of anybody's session.
FORMS: Final = "jenjang-formulir"

#: The languages of the pages, by their codes, each as it calls itself; the first is that of whoever has chosen none.
INDONESIAN, ENGLISH = "id", "en"
LANGUAGES: Final = {INDONESIAN: "Bahasa Indonesia", ENGLISH: "English"}

Connection = ASGIConnection[Any, Any, Any, Any]


def is_plain(connection: Connection) -> bool:
    """Whether it is asked without encryption on this very machine, as when trying out: only then cookies do without it."""
    host = connection.headers.get("host", "")
    return connection.scope.get("scheme") == "http" and _ON_THIS_MACHINE.fullmatch(host) is not None


def token_of(connection: Connection) -> str:
    """The token of the session that a browser shows; empty where it shows none."""
    return _shown(connection, _SESSION)


def mark_of(connection: Connection) -> str:
    """The mark that a browser shows; empty where it shows none."""
    return _shown(connection, _MARK)


def session_cookie(connection: Connection, token: str) -> Cookie:
    """The cookie of a session; it goes when the browser is closed."""
    return _cookie(connection, _SESSION, token, None)


def mark_cookie(connection: Connection, mark: str) -> Cookie:
    """The cookie by which a browser is known when somebody signs in again."""
    return _cookie(connection, _MARK, mark, _YEAR)


def binder_of(connection: Connection) -> str:
    """What a browser was given when it was sent to the identity provider; empty where it shows nothing."""
    return _shown(connection, _BINDER)


def binder_cookie(connection: Connection, binder: str) -> Cookie:
    """By which the browser that comes back is known to be the one that was sent."""
    return _cookie(connection, _BINDER, binder, 600)


def no_session_cookie(connection: Connection) -> Cookie:
    """Takes the cookie of a session away."""
    return _cookie(connection, _SESSION, "", 0)


def language_of(connection: Connection) -> str:
    """The language chosen in a browser; Indonesian where it shows none that there is."""
    shown = connection.cookies.get(_named(_LANGUAGE, plain=is_plain(connection)), "")
    return shown if shown in LANGUAGES else INDONESIAN


def language_cookie(connection: Connection, language: str) -> Cookie:
    """The cookie of a language: it says nothing of whose browser it is."""
    return _cookie(connection, _LANGUAGE, language, _YEAR)


def _cookie(connection: Connection, name: str, value: str, lasts: int | None) -> Cookie:
    plain = is_plain(connection)
    return Cookie(
        key=_named(name, plain=plain),
        value=value,
        max_age=lasts,
        path="/",
        secure=not plain,
        httponly=True,
        samesite="lax",
    )


def _shown(connection: Connection, name: str) -> str:
    shown = connection.cookies.get(_named(name, plain=is_plain(connection)), "")
    return shown if _TOKEN.fullmatch(shown) else ""


def _named(name: str, *, plain: bool) -> str:
    """No other host of the domain can set a cookie whose name begins so."""
    return name if plain else f"__Host-{name}"
