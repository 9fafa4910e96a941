"""Processes as everybody may read them: drawn and in words, the law behind each step, and where a case stands on the way."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.pages.diagram import drawn
from api.pages.entrance import WebRequest
from api.pages.rendering import said
from api.pages.shown import shown
from workflow.errors import NotFound
from workflow.views import cases, procedures, processes

Case = Annotated[str, QueryParameter(name="berkas", required=False, max_length=60)]


@get("/proses", include_in_schema=False)
async def process_list(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The processes that there are."""
    found = await visit.look("read", processes.process_list)
    return await shown(request, visit, "processes.html", processes=found.items)


@get("/proses/{process:str}", include_in_schema=False)
async def process_page(
    request: WebRequest, visit: NamedDependency[Visit], process: FromPath[str], case: Case = ""
) -> Response[str]:
    """A process; with a case, the way that it went. Raises NotFound, also for a case that is not theirs to see."""
    procedure = await visit.look("read", procedures.procedure_page, process)
    found = await visit.look("read", cases.case_page, case) if case else None
    if found is not None and found.process != process:
        raise NotFound(f"Berkas {found.reference} tidak berjalan menurut proses ini.")
    states = tuple(_said(request, state) for state in procedure.states)
    way = [line.state for line in found.way] or [found.state] if found else []
    return await shown(
        request,
        visit,
        "process.html",
        procedure=procedure,
        diagram=drawn(states, way),
        titles={state.name: state.title for state in states},
        numbers={state.name: number for number, state in enumerate(procedure.states, start=1)},
        case=found,
    )


def _said(request: WebRequest, state: procedures.ProcedureState) -> procedures.ProcedureState:
    """A state and its steps by what they are called in the language of the page: a drawing is made of their words."""
    steps = tuple(msgspec.structs.replace(step, title=said(request, step.title)) for step in state.steps)
    return msgspec.structs.replace(state, title=said(request, state.title), steps=steps)


ROUTES: Final[tuple[Any, ...]] = (process_list, process_page)
