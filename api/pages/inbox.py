"""What awaits somebody, and the cases that they may see."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from workflow import queries
from workflow.views import processes

#: Lines on one page.
_A_PAGE: Final = 25

After = Annotated[str, QueryParameter(name="sesudah", required=False, max_length=100)]
Kind = Annotated[str, QueryParameter(name="jenis", required=False, max_length=60)]
Standing = Annotated[str, QueryParameter(name="status", required=False, max_length=60)]


@get("/", include_in_schema=False)
async def tasks(request: WebRequest, visit: NamedDependency[Visit], after: After = "") -> Response[str]:
    """The tasks of whoever asks, the most urgent first."""
    found = await visit.look("read", queries.inbox, after=after or None, limit=_A_PAGE)
    return await shown(
        request, visit, "tasks.html", tasks=found.items, following=_further("/", found.next), further=bool(after)
    )


@get("/berkas", include_in_schema=False)
async def cases(
    request: WebRequest, visit: NamedDependency[Visit], after: After = "", kind: Kind = "", standing: Standing = ""
) -> Response[str]:
    """The cases that they may see, the newest first; by process and state where they ask for it."""
    found = await visit.look(
        "read", queries.case_list, process=kind or None, state=standing or None, after=after or None, limit=_A_PAGE
    )
    known = await visit.look("read", processes.process_list)
    return await shown(
        request,
        visit,
        "cases.html",
        cases=found.items,
        kinds=known.items,
        kind=kind,
        following=_further("/berkas", found.next, jenis=kind, status=standing),
    )


def _further(path: str, following: str | None, **asked: str) -> str:
    """Where the list goes on; empty at its end."""
    kept = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode({**kept, 'sesudah': following})}" if following else ""


ROUTES: Final[tuple[Any, ...]] = (tasks, cases)
