"""The links of a case for whoever may record its host's answers: to whom, sent how, opened when; made, sent on, ended."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.shown import shown
from workflow.errors import Problem
from workflow.links.links import NoReason
from workflow.links.opening import CannotLink
from workflow.links.sharing import MAIL
from workflow.views import links as view
from workflow.views.links import LinkEnded, NoSite, UnknownChannel

#: What can be done about on the page itself.
_SHOWN: Final = (CannotLink, LinkEnded, NoReason, NoSite, UnknownChannel)


@get("/berkas/{case_id:str}/tautan", include_in_schema=False)
async def show(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """The links of a case. Raises NotFound, NotYours."""
    return await _page(request, visit, case_id)


@post("/berkas/{case_id:str}/tautan", include_in_schema=False)
async def issue(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Makes a link for somebody."""
    person = (await typed(request)).get("person", "")
    try:
        await visit.run("act", view.issue_link, case_id, person, visit.desk.safe)
    except _SHOWN as problem:
        return await _page(request, visit, case_id, problem)
    return seen_next(f"{_path(case_id)}?dibuat=1")


@post("/berkas/{case_id:str}/tautan/{link_id:str}/cabut", include_in_schema=False)
async def revoke(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], link_id: FromPath[str]
) -> Response[Any]:
    """Ends a link, with a reason."""
    reason = (await typed(request)).get("reason", "")
    try:
        await visit.run("act", view.revoke_link, case_id, link_id, reason)
    except _SHOWN as problem:
        return await _page(request, visit, case_id, problem, link_id)
    return seen_next(f"{_path(case_id)}?dicabut=1")


@post("/berkas/{case_id:str}/tautan/{link_id:str}/kirim", include_in_schema=False)
async def share(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], link_id: FromPath[str]
) -> Response[Any]:
    """Sends a link on. What is sent by hand is on record first, and then shown: a form may lead to no other host."""
    channel = (await typed(request)).get("channel", "")
    try:
        sent = await visit.run("act", view.share_link, case_id, link_id, channel, visit.desk.safe)
    except _SHOWN as problem:
        return await _page(request, visit, case_id, problem)
    if sent.channel == MAIL:
        return seen_next(f"{_path(case_id)}?dikirim=1")
    return await shown(request, visit, "link_sent.html", sent=sent, back=_path(case_id))


async def _page(
    request: WebRequest, visit: Visit, case_id: str, problem: Problem | None = None, about: str = ""
) -> Response[str]:
    """``about``: the link whose reason is missing."""
    listed = await visit.look("read", view.link_list, case_id)
    done = next((each for each in ("dibuat", "dicabut", "dikirim") if each in request.query_params), "")
    status = problem.status if problem is not None else 200
    faults = [(f"alasan-{about}" if about else "", problem.says)] if problem is not None else []
    return await shown(
        request,
        visit,
        "links.html",
        status=status,
        listed=listed,
        faults=faults,
        problem=problem,
        about=about,
        done=done,
    )


def _path(case_id: str) -> str:
    return f"/berkas/{quote(case_id)}/tautan"


ROUTES: Final[tuple[Any, ...]] = (show, issue, revoke, share)
