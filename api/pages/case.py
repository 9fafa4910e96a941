"""A case: where it is on its way, who it waits for and until when, what can be done now, and for each thing that cannot, why."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from api.routes.files import download
from workflow import filing
from workflow.views import actions, history
from workflow.views import cases as view


@get("/berkas/{case_id:str}", include_in_schema=False)
async def case(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """A case as whoever asks may see it. Raises NotFound."""
    found = await visit.look("read", view.case_page, case_id)
    steps = await visit.look("read", actions.action_list, case_id)
    return await shown(
        request,
        visit,
        "case.html",
        case=found,
        mine=[step for step in steps.actions if step.yours or step.recorded_by_you],
        others=[step for step in steps.actions if not (step.yours or step.recorded_by_you)],
        done=request.query_params.get("selesai", "") == str(found.version),
    )


@get("/berkas/{case_id:str}/riwayat", include_in_schema=False)
async def case_history(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """Everything that happened to a case, with the grounds of each decision. Raises NotFound."""
    found = await visit.look("read", view.case_page, case_id)
    told = await visit.look("read", history.history, case_id)
    return await shown(request, visit, "history.html", case=found, history=told)


@get("/lampiran/{file_id:str}", include_in_schema=False)
async def attachment(visit: NamedDependency[Visit], file_id: FromPath[str]) -> Response[bytes]:
    """A file that was handed in. Raises NotFound."""
    file = await visit.look("read", filing.file_content, file_id)
    return download(file.content, file.media_type, file.name, file.sha256)


ROUTES: Final[tuple[Any, ...]] = (case, case_history, attachment)
