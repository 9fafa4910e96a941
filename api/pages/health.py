"""The health of the programme, drawn and in tables."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from api.desk import Visit
from api.pages.addresses import From, Kind, Unit, Until, day_in
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from api.routes.auditing import logged
from workflow.errors import NotYours
from workflow.process_log.exporting import FORMS, Asked
from workflow.views import health as view
from workflow.views import processes
from workflow.views.examination import examination

Form = Annotated[str, QueryParameter(name="bentuk", required=False, max_length=10)]


@get("/kelola/program", include_in_schema=False)
async def health(request: WebRequest, visit: NamedDependency[Visit], kind: Kind = "", unit: Unit = "") -> Response[str]:
    """The figures of the agency, or of one unit. Raises NotYours, NotFound."""
    found = await visit.look("read", view.health, process=kind or None, unit=unit or None)
    known = await visit.look("read", processes.process_list)
    examines = None
    with suppress(NotYours):  # whoever heads the agency sees its figures, and no case for that
        examines = await visit.look("read", examination)
    forms = [(name, form.title) for name, form in FORMS.items()]
    return await shown(request, visit, "health.html", health=found, kinds=known.items, examines=examines, forms=forms)


@get("/kelola/program/log", include_in_schema=False)
async def process_log(
    visit: NamedDependency[Visit], kind: Kind = "", form: Form = "", from_on: From = "", until_on: Until = ""
) -> Stream:
    """What happened in the cases of a process, as a file. Raises NotYours, NotFound, Problem."""
    return await logged(visit, Asked(kind, form or "xes", day_in(from_on, "dari"), day_in(until_on, "sampai")))


ROUTES: Final[tuple[Any, ...]] = (health, process_log)
