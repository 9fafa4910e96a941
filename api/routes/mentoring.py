"""One's own pairs, and the address of one's own calendar."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Desk, Visit
from api.openapi import needs, problems
from workflow.calendars import addresses
from workflow.calendars.addresses import CalendarAddress
from workflow.views import mentoring
from workflow.views.mentoring import PairList, PairPage


@get(
    "/me/mentoring",
    operation_id="listMyPairs",
    security=needs("read"),
    tags=["Saya"],
    summary="Mentoring saya, sebagai mentor dan sebagai mentee",
    responses=problems(),
)
async def list_my_pairs(visit: NamedDependency[Visit]) -> PairList:
    """The caller's pairs, with how far each has come."""
    return await visit.look("read", mentoring.pair_list)


@get(
    "/me/mentoring/{case_id:str}",
    operation_id="getMyPair",
    security=needs("read"),
    tags=["Saya"],
    summary="Satu mentoring saya beserta pertemuannya",
    responses=problems(404),
)
async def get_my_pair(visit: NamedDependency[Visit], case_id: FromPath[str]) -> PairPage:
    """A pair with its meetings."""
    return await visit.look("read", mentoring.pair_page, case_id)


@get(
    "/me/calendar",
    operation_id="getMyCalendarAddress",
    security=needs("read"),
    tags=["Saya"],
    summary="Alamat kalender saya (iCalendar)",
    responses=problems(),
)
async def get_my_calendar_address(request: Request[Any, Any, State], visit: NamedDependency[Visit]) -> CalendarAddress:
    """The address that is in force."""
    return await visit.look("read", addresses.own_address, _desk(request).safe)


@post(
    "/me/calendar",
    operation_id="makeMyCalendarAddress",
    security=needs("act"),
    tags=["Saya"],
    summary="Buat alamat kalender, atau ganti dengan yang baru; yang lama berhenti",
    status_code=200,
    responses=problems(507),
)
async def make_my_calendar_address(request: Request[Any, Any, State], visit: NamedDependency[Visit]) -> CalendarAddress:
    """A new address in the place of the one before."""
    return await visit.run("act", addresses.make_address, _desk(request).safe)


@post(
    "/me/calendar/revoke",
    operation_id="revokeMyCalendarAddress",
    security=needs("act"),
    tags=["Saya"],
    summary="Cabut alamat kalender",
    status_code=200,
    responses=problems(507),
)
async def revoke_my_calendar_address(
    request: Request[Any, Any, State], visit: NamedDependency[Visit]
) -> CalendarAddress:
    """No address any more."""
    return await visit.run("act", addresses.revoke_address, _desk(request).safe)


ROUTES = (
    list_my_pairs,
    get_my_pair,
    get_my_calendar_address,
    make_my_calendar_address,
    revoke_my_calendar_address,
)


def _desk(request: Request[Any, Any, State]) -> Desk:
    desk: Desk = request.app.state.desk
    return desk
