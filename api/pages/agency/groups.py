"""Groups: which there are, who belongs to each, and for administrators adding and taking out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.addresses import Done
from api.pages.entrance import WebRequest, seen_next
from api.pages.forms import Choice
from api.pages.shown import shown
from api.pages.small_forms import drawn, filled, require_told, sent
from api.routes.groups import reseat_all
from workflow.errors import Problem
from workflow.views import groups, people
from workflow.views.groups import GroupPage, Membership
from workflow.views.people import Sought


@get("/kelola/kelompok", include_in_schema=False)
async def show_groups(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The groups. Raises NotFound."""
    return await shown(request, visit, "groups.html", groups=(await visit.look("read", groups.group_list)).items)


@get("/kelola/kelompok/{group:str}", include_in_schema=False)
async def show_group(
    request: WebRequest, visit: NamedDependency[Visit], group: FromPath[str], did: Done = ""
) -> Response[str]:
    """A group. Raises NotFound."""
    return await _page(request, visit, group, did=did)


@post("/kelola/kelompok/{group:str}", include_in_schema=False)
async def add_member(request: WebRequest, visit: NamedDependency[Visit], group: FromPath[str]) -> Response[Any]:
    """Adds somebody. Raises NotFound."""
    return await _changed(request, visit, group, groups.add_member, "ditambahkan")


@post("/kelola/kelompok/{group:str}/keluarkan", include_in_schema=False)
async def remove_member(request: WebRequest, visit: NamedDependency[Visit], group: FromPath[str]) -> Response[Any]:
    """Takes somebody out. Raises NotFound."""
    return await _changed(request, visit, group, groups.remove_member, "dikeluarkan")


async def _changed(
    request: WebRequest, visit: Visit, group: str, change: Callable[..., GroupPage], did: str
) -> Response[Any]:
    values = await sent(request, Membership)
    try:
        await visit.look("read", groups.group_page, group)  # who may not see it changes nothing
        await visit.run("act", change, group, filled(Membership, values))
    except Problem as problem:
        require_told(problem)
        # Below is the form for adding somebody: of whoever was to be taken out nothing stands there.
        return await _page(request, visit, group, values if change is groups.add_member else {}, problem)
    await reseat_all(visit)
    return seen_next(f"/kelola/kelompok/{quote(group)}?selesai={did}")


async def _page(
    request: WebRequest,
    visit: Visit,
    group: str,
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    did: str = "",
) -> Response[str]:
    page = await visit.look("read", groups.group_page, group)
    known = await visit.look("read", people.people_list, Sought())
    choices = {"unit": [Choice(unit.id, unit.name) for unit in known.units]}
    return await shown(
        request,
        visit,
        "group.html",
        problem=problem,
        group=page,
        did=did if did in ("ditambahkan", "dikeluarkan") else "",
        **drawn(Membership, values, problem, choices, without=() if page.per_unit else ("unit",)),
    )


ROUTES: Final[tuple[Any, ...]] = (show_groups, show_group, add_member, remove_member)
