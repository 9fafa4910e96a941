"""Backups, how long closed cases are kept, and legal holds, on the pages of administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.addresses import Done
from api.pages.entrance import WebRequest, seen_next
from api.pages.shown import shown
from api.pages.small_forms import drawn, filled, require_told, sent
from workflow.errors import Problem
from workflow.views import holds, keeping
from workflow.views.holds import HoldEnd, HoldReason, NewHold

_HERE: Final = "/kelola/masa-simpan"


@get(_HERE, include_in_schema=False)
async def show(request: WebRequest, visit: NamedDependency[Visit], did: Done = "") -> Response[str]:
    """The last backup, what the schedule erases next, and the holds in force. Raises NotFound."""
    return await _page(request, visit, did=did)


@post(_HERE, include_in_schema=False)
async def begin(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Puts a hold on a case. Raises NotFound."""
    await visit.look("read", keeping.may_keep)  # who may not see it changes nothing
    values = await sent(request, NewHold)
    try:
        await visit.run("act", holds.begin_named, filled(NewHold, values))
    except Problem as problem:
        if problem.type != "not-found":
            require_told(problem)
        return await _page(request, visit, values, problem)
    return seen_next(f"{_HERE}?selesai=ditahan")


@get(f"{_HERE}/{{case_id:str}}", include_in_schema=False)
async def show_hold(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """A hold that stands, and a form that ends it. Raises NotFound."""
    return await _hold(request, visit, case_id)


@post(f"{_HERE}/{{case_id:str}}", include_in_schema=False)
async def end(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Ends a hold. Raises NotFound."""
    await visit.look("read", keeping.hold_page, case_id)
    values = await sent(request, HoldEnd)
    try:
        form = filled(HoldEnd, values)
        await visit.run("act", holds.end, case_id, HoldReason(reason=form.reason), form.version)
    except Problem as problem:
        if problem.type != "out-of-date":
            require_told(problem)
        return await _hold(request, visit, case_id, values, problem)
    return seen_next(f"{_HERE}?selesai=diakhiri")


async def _page(
    request: WebRequest,
    visit: Visit,
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    did: str = "",
) -> Response[str]:
    found = await visit.look("read", keeping.keeping_page)
    within = request.app.state.serving.backup_within
    age = visit.desk.clock.now() - found.backup_at if found.backup_at else None
    return await shown(
        request,
        visit,
        "keeping.html",
        problem=problem,
        kept=found,
        is_late=within is not None and (age is None or age > within),
        did=did if did in ("ditahan", "diakhiri") else "",
        **drawn(NewHold, values, problem),
    )


async def _hold(
    request: WebRequest,
    visit: Visit,
    case_id: str,
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
) -> Response[str]:
    found = await visit.look("read", keeping.hold_page, case_id)
    told = drawn(HoldEnd, values, problem, without=("version",))
    return await shown(request, visit, "hold.html", problem=problem, held=found, **told)


ROUTES: Final[tuple[Any, ...]] = (show, begin, show_hold, end)
