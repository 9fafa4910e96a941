"""The API's own documentation: one page made from its description, with nothing from elsewhere."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect


@get("/docs", include_in_schema=False, sync_to_thread=False)
def page() -> Response[str]:
    """The page."""
    return Response("", media_type="text/html")


@get("/docs/{name:str}", include_in_schema=False, sync_to_thread=False)
def asset(name: FromPath[str]) -> Response[bytes]:
    """What the page is made up with."""
    return Response(b"")


@get("/problems/{name:str}", include_in_schema=False, sync_to_thread=False)
def explain_problem(name: FromPath[str]) -> Redirect:
    """The address that is a problem's type leads to its explanation."""
    return Redirect(f"/api/docs#problem-{name}")
