"""The calendar feed, and the page on which its address is made, shown, replaced and revoked."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Desk, Visit
from api.pages.entrance import WebRequest, desk_of, seen_next, typed
from api.pages.shown import shown
from api.throttle import Throttle
from workflow.calendars import addresses
from workflow.database import Connection
from workflow.errors import NotFound

#: Questions of one network in a minute: calendars of a whole office may ask from one address.
_FEEDS: Final = 120
_feeds = Throttle(_FEEDS)


@get("/kalender", include_in_schema=False)
async def show(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The address of whoever asks, if they have one."""
    desk = desk_of(request)
    address = await visit.look("read", addresses.own_address, desk.safe)
    site = desk.office.profile.site.rstrip("/") if desk.office else ""
    # Where no site is set in the profile, it is where the page was found.
    base = site or str(request.base_url).rstrip("/")
    done = next((name for name in ("dibuat", "dicabut") if name in request.query_params), "")
    return await shown(request, visit, "calendar.html", address=address, base=base, done=done)


@post("/kalender", include_in_schema=False)
async def change(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Makes an address, in the place of the one before, or revokes it. Raises NotYours."""
    if (await typed(request)).get("do") == "cabut":
        await visit.run("act", addresses.revoke_address, desk_of(request).safe)
        return seen_next("/kalender?dicabut=1")
    await visit.run("act", addresses.make_address, desk_of(request).safe)
    return seen_next("/kalender?dibuat=1")


@get("/kalender/{name:str}", include_in_schema=False, guards=[_feeds])
async def feed(request: Request[Any, Any, State], name: FromPath[str]) -> Response[bytes]:
    """What a calendar finds; whoever has the address reads it. Raises NotFound, TooOften."""
    desk = desk_of(request)
    if not name.endswith(".ics"):
        raise NotFound("Alamat kalender berakhir dengan .ics.")
    content = await desk.database.look(_feed, desk, name.removesuffix(".ics"))
    headers = {"Content-Disposition": 'inline; filename="jenjang.ics"', "X-Robots-Tag": "noindex"}
    return Response(content, media_type="text/calendar", headers=headers)


def _feed(conn: Connection, desk: Desk, token: str) -> bytes:
    from workflow.calendars.icalendar_file import feed as feed_of  # noqa: PLC0415 - loaded where somebody has a calendar

    return feed_of(conn, desk.engine(conn), desk.safe, token, desk.clock.now())


ROUTES: Final[tuple[Any, ...]] = (show, change, feed)
