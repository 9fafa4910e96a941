"""Days away: recorded by whoever is away or by a personnel officer, and ended sooner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next
from api.pages.shown import shown
from api.pages.small_forms import drawn, filled, require_told, sent
from api.reseating import reseat
from workflow.errors import Problem
from workflow.forms import Form
from workflow.views import absences
from workflow.views.absences import NewAbsence


class Back(Form, frozen=True, kw_only=True):
    """The first day back; today where none is named."""

    back_on: Annotated[date | None, Meta(title="Hari pertama bertugas kembali")] = None


@get("/kelola/ketidakhadiran", include_in_schema=False)
async def show_absences(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The absences that whoever asks may record, and a form for another."""
    return await _absences(request, visit)


@post("/kelola/ketidakhadiran", include_in_schema=False)
async def record(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Records an absence."""
    values = await sent(request, NewAbsence)
    try:
        done = await visit.run("act", absences.record, filled(NewAbsence, values), None)
    except Problem as problem:
        require_told(problem)
        return await _absences(request, visit, values, problem)
    await reseat(visit, await visit.look("act", absences.concerned_cases, done.person_id))
    return seen_next("/kelola/ketidakhadiran")


@post("/kelola/ketidakhadiran/{absence_id:str}/akhiri", include_in_schema=False)
async def end(request: WebRequest, visit: NamedDependency[Visit], absence_id: FromPath[str]) -> Response[Any]:
    """Ends an absence sooner, or takes back one that has not begun. Raises NotFound."""
    try:
        form = filled(Back, await sent(request, Back))
        done = await visit.run("act", absences.end, absence_id, form.back_on)
    except Problem as problem:
        require_told(problem)
        return await _absences(request, visit, None, problem)
    await reseat(visit, await visit.look("act", absences.concerned_cases, done.person_id))
    return seen_next("/kelola/ketidakhadiran")


async def _absences(
    request: WebRequest, visit: Visit, values: Mapping[str, Any] | None = None, problem: Problem | None = None
) -> Response[str]:
    found = await visit.look("read", absences.absence_list)
    return await shown(
        request, visit, "absences.html", problem=problem, absences=found.items, **drawn(NewAbsence, values, problem)
    )


ROUTES: Final[tuple[Any, ...]] = (show_absences, record, end)
