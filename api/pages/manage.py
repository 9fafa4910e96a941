"""What officers manage, each thing on its own page."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.menu import managed
from api.pages.rendering import page
from workflow.views import inbox


@get("/kelola", include_in_schema=False)
async def manage(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The ways to what somebody manages; none for whoever manages nothing."""
    me = await visit.look("read", inbox.me)
    return page(request, "manage.html", me=me, items=managed(me))


ROUTES: Final[tuple[Any, ...]] = (manage,)
