"""A new request: chosen from what there is, opened as a draft, and filled in as any other step."""

from __future__ import annotations

import uuid
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.shown import shown
from workflow.errors import Problem
from workflow.views import actions, processes


@get("/permohonan", include_in_schema=False)
async def kinds(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """What can be asked for."""
    found = await visit.look("read", processes.process_list)
    return await shown(request, visit, "requests.html", kinds=found.items)


@get("/permohonan/{process:str}", include_in_schema=False)
async def begin(request: WebRequest, visit: NamedDependency[Visit], process: FromPath[str]) -> Response[str]:
    """What it is about, before it is begun. Raises NotFound."""
    return await _page(request, visit, process)


@post("/permohonan/{process:str}", include_in_schema=False)
async def open_case(request: WebRequest, visit: NamedDependency[Visit], process: FromPath[str]) -> Response[Any]:
    """Opens a case, for oneself or for a colleague whose paperwork one does; it is a draft until it is sent. Raises NotFound."""
    form = await typed(request)
    person, key = form.get("person", "").strip(), form.get("key", "")[:200] or str(uuid.uuid4())
    try:
        done = await visit.run("act", actions.open_case, process, {}, key, person=person.replace(" ", "") or None)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _page(request, visit, process, problem, person)
    return seen_next(f"/berkas/{quote(done.reference)}")


async def _page(
    request: WebRequest, visit: Visit, process: str, problem: Problem | None = None, person: str = ""
) -> Response[str]:
    found = await visit.look("read", processes.process_page, process)
    return await shown(
        request,
        visit,
        "request.html",
        status=problem.status if problem else 200,
        process=found.process,
        problem=problem,
        person=person,
        key=str(uuid.uuid4()),
    )


ROUTES: Final[tuple[Any, ...]] = (kinds, begin, open_case)
