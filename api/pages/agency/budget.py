"""The year's budget: its lines with what is promised on each, and closing the year."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next
from api.pages.shown import shown
from api.pages.small_forms import filled, sent
from api.routes.partners import CloseYear
from workflow.budgets import seeing
from workflow.budgets.seeing import Wanted
from workflow.errors import NotNow, Problem
from workflow.views import budget_years

Year = Annotated[int | None, QueryParameter(name="tahun", required=False)]


@get("/kelola/anggaran", include_in_schema=False)
async def show_budget(request: WebRequest, visit: NamedDependency[Visit], year: Year = None) -> Response[str]:
    """The lines of a year with what is promised on each. Raises NotFound."""
    return await _budget(request, visit, year)


@post("/kelola/anggaran/tutup", include_in_schema=False)
async def close_year(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Closes a year. Raises NotFound, NotYours, InvalidForm."""
    year = filled(CloseYear, await sent(request, CloseYear)).year
    try:
        await visit.run("act", budget_years.close_budget_year, year)
    except NotNow as problem:
        return await _budget(request, visit, year, problem)
    return seen_next(f"/kelola/anggaran?tahun={year}")


async def _budget(request: WebRequest, visit: Visit, year: int | None, problem: Problem | None = None) -> Response[str]:
    found = await visit.look("read", seeing.budget_left, Wanted(year))
    return await shown(
        request,
        visit,
        "agency_budget.html",
        problem=problem,
        budget=found,
        closed=await visit.look("read", budget_years.budget_year, found.year),
        faults=(("", problem.says),) if problem else (),
    )


ROUTES: Final[tuple[Any, ...]] = (show_budget, close_year)
