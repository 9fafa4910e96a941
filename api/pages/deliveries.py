"""What could not be sent or made: why, tried again, or put on record as having reached them in another way."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.addresses import After, Shown, further
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.shown import shown
from workflow.errors import Problem
from workflow.views import deliveries as view


@get("/kelola/pengiriman", include_in_schema=False)
async def delivery_list(
    request: WebRequest, visit: NamedDependency[Visit], show: Shown = "", after: After = ""
) -> Response[str]:
    """What has failed, or what waits. Raises NotYours."""
    return await _page(request, visit, waiting=show == "menunggu", after=after)


@post("/kelola/pengiriman/ulang", include_in_schema=False)
async def retry_all(visit: NamedDependency[Visit]) -> Response[Any]:
    """Tries all again that has failed. Raises NotYours."""
    done = await visit.run("act", view.retry)
    return seen_next(f"/kelola/pengiriman?{urlencode({'ulang': done.number})}")


@post("/kelola/pengiriman/{delivery_id:str}/ulang", include_in_schema=False)
async def retry_one(visit: NamedDependency[Visit], delivery_id: FromPath[str]) -> Response[Any]:
    """Tries one again. Raises NotYours, NotFound."""
    done = await visit.run("act", view.retry, delivery_id)
    return seen_next(f"/kelola/pengiriman?{urlencode({'ulang': done.number})}")


@post("/kelola/pengiriman/{delivery_id:str}/sampai", include_in_schema=False)
async def delivered(request: WebRequest, visit: NamedDependency[Visit], delivery_id: FromPath[str]) -> Response[Any]:
    """Puts on record that a letter reached them in another way. Raises NotYours, NotFound."""
    form = await typed(request)
    try:
        await visit.run("act", view.mark_delivered, delivery_id, form.get("how", ""))
    except Problem as problem:
        if problem.status in {401, 403, 404}:
            raise
        return await _page(request, visit, problem=problem, wrong=delivery_id)
    return seen_next("/kelola/pengiriman?sampai=1")


async def _page(
    request: WebRequest,
    visit: Visit,
    *,
    waiting: bool = False,
    after: str = "",
    problem: Problem | None = None,
    wrong: str = "",
) -> Response[str]:
    found = await visit.look("read", view.delivery_list, waiting=waiting, after=after or None)
    retried = request.query_params.get("ulang", "")
    return await shown(
        request,
        visit,
        "deliveries.html",
        problem=problem,
        found=found,
        waiting=waiting,
        following=further("/kelola/pengiriman", found.next, {"tampil": "menunggu" if waiting else ""}),
        faults=[(f"cara-{wrong}", problem.says)] if problem else [],
        wrong=wrong,
        retried=retried if retried.isascii() and retried.isdigit() else "",
        told="sampai" in request.query_params,
    )


ROUTES: Final[tuple[Any, ...]] = (delivery_list, retry_all, retry_one, delivered)
