"""Under which names the service answers: those of this machine, bare addresses, the agency's own, and those that are set.

A page of somebody else whose name is made to point here would otherwise be of our own origin to a browser.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.desk import Desk
from api.problems import Malformed

#: Whoever watches over the service asks by any name, and learns nothing of anybody.
_PROBES: Final = ("/health", "/ready", "/metrics")
_SIGNS: Final = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,300}")


class AskedByName(ASGIMiddleware):
    """Turns away what was asked under a name that is none of ours; checks nothing where no names are set at all."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Raises Malformed."""
        state = scope["litestar_app"].state
        named: Collection[str] | None = state.get("hosts")
        if named is not None and scope["path"] not in _PROBES:
            asked = ASGIConnection[Any, Any, Any, Any](scope).headers.get("host", "")
            if not is_ours(asked, {*named, _site_of(state.get("desk"))}):
                raise Malformed(
                    "Jenjang tidak dikenal dengan nama ini. Buka alamat yang tertera pada profil instansi; pengelola sistem dapat "
                    "menambahkan nama lain pada JENJANG_HOSTS."
                )
        await next_app(scope, receive, send)


def is_ours(asked: str, names: Collection[str]) -> bool:
    """Whether a Host header names this machine, a bare address, or one of ``names``, whatever the port."""
    if not _SIGNS.fullmatch(asked):
        return False
    try:
        host = (urlsplit(f"//{asked}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return host != "" and (host == "localhost" or host in names or _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _site_of(desk: Desk | None) -> str:
    """The host of the agency's address; empty as long as it is not known."""
    office = desk.office if desk else None
    return (urlsplit(office.profile.site).hostname or "") if office else ""
