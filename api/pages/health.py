"""The health of the programme, drawn and in tables."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from api.desk import Visit
from api.pages.addresses import Kind, Unit
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from workflow.views import health as view
from workflow.views import processes


@get("/kelola/program", include_in_schema=False)
async def health(request: WebRequest, visit: NamedDependency[Visit], kind: Kind = "", unit: Unit = "") -> Response[str]:
    """The figures of the agency, or of one unit. Raises NotYours, NotFound."""
    found = await visit.look("read", view.health, process=kind or None, unit=unit or None)
    known = await visit.look("read", processes.process_list)
    return await shown(request, visit, "health.html", health=found, kinds=known.items)


ROUTES: Final[tuple[Any, ...]] = (health,)
