"""What awaits somebody, what of it is late, what others owe them, and the cases that they may see. Filters stand in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.pages.addresses import After, Shown, Unit, further
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from workflow import queries
from workflow.filters import LONGEST, Narrowed
from workflow.queries import CaseLine
from workflow.views import awaited, choices_of_lists
from workflow.views.cases import WaitLine

#: Lines on one page.
_A_PAGE: Final = 25
#: The lists of an inbox, as they are called in the address; what waits for oneself is the first page.
LATE, AWAITED = "terlambat", "ditunggu"
#: Whether cases have ended, where their state is asked for.
_OVER: Final[Mapping[str, bool]] = {"berjalan": False, "selesai": True}

Kind = Annotated[str, QueryParameter(name="proses", required=False, max_length=60)]
Standing = Annotated[str, QueryParameter(name="status", required=False, max_length=60)]
Search = Annotated[str, QueryParameter(name="cari", required=False, max_length=LONGEST)]


@get("/", include_in_schema=False)
async def tasks(
    request: WebRequest,
    visit: NamedDependency[Visit],
    after: After = "",
    which: Shown = "",
    kind: Kind = "",
    standing: Standing = "",
    search: Search = "",
) -> Response[str]:
    """The tasks of whoever asks, those that are late, or what others owe them; the most urgent first."""
    asked = {"tampil": which, "proses": kind, "status": standing, "cari": search}
    offered = await visit.look("read", choices_of_lists.list_choices, kind or None)
    narrowed = Narrowed(process=kind or None, state=standing if offered.has(standing) else None, search=search)
    found: Any
    if which == AWAITED:
        found = await visit.look("read", awaited.awaited_list, narrowed=narrowed, after=after or None, limit=_A_PAGE)
    else:
        found = await visit.look(
            "read", queries.inbox, narrowed=narrowed, late=which == LATE, after=after or None, limit=_A_PAGE
        )
    return await shown(
        request,
        visit,
        "tasks.html",
        which=which if which in (LATE, AWAITED) else "",
        tasks=found.items,
        counts=await visit.look("read", awaited.task_counts),
        asked=asked,
        offered=offered,
        narrowed=bool(narrowed),
        following=further("/", found.next, asked),
        further=bool(after),
        choosing=sum(not getattr(task, "letter_id", None) for task in found.items) > 1 and which != AWAITED,
    )


@get("/berkas", include_in_schema=False)
async def cases(
    request: WebRequest,
    visit: NamedDependency[Visit],
    after: After = "",
    kind: Kind = "",
    standing: Standing = "",
    unit: Unit = "",
    search: Search = "",
) -> Response[str]:
    """The cases that they may see, the newest first; by process, state, unit, name and number where they ask for it."""
    asked = {"proses": kind, "status": standing, "unit": unit, "cari": search}
    offered = await visit.look("read", choices_of_lists.list_choices, kind or None)
    narrowed = Narrowed(
        process=kind or None,
        state=standing if offered.has(standing) else None,
        over=_OVER.get(standing),
        unit=unit or None,
        search=search,
    )
    found = await visit.look("read", queries.case_list, narrowed=narrowed, after=after or None, limit=_A_PAGE)
    return await shown(
        request,
        visit,
        "cases.html",
        cases=found.items,
        waits=await _waits(visit, found.items),
        asked=asked,
        offered=offered,
        narrowed=bool(narrowed),
        following=further("/berkas", found.next, asked),
        further=bool(after),
    )


async def _waits(visit: Visit, lines: Sequence[CaseLine]) -> Mapping[str, Sequence[WaitLine]]:
    """Whom their own cases wait for."""
    own = [line.id for line in lines if line.own and not line.final]
    return await visit.look("read", awaited.waiting_for, own) if own else {}


ROUTES: Final[tuple[Any, ...]] = (tasks, cases)
