"""A case: where it is on its way, who it waits for and until when, what can be done now, and for each thing that cannot, why.

Whoever is waited for decides here: what leads on and asks for nothing to be typed is one tap away, with the letter it issues.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.brought import brought
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from api.pages.step_form import drawn, letters_of, names_of_files
from api.routes.files import download
from workflow import filing, queries
from workflow.filling import file_ids
from workflow.queries import TaskLine
from workflow.views import actions, history
from workflow.views import cases as view
from workflow.views.actions import ActionLine

#: The step that keeps a draft.
SAVE: Final = "save"


@get("/berkas/{case_id:str}", include_in_schema=False)
async def case(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """A case as whoever asks may see it. Raises NotFound."""
    found = await visit.look("read", view.case_page, case_id)
    steps = (await visit.look("read", actions.action_list, case_id)).actions
    mine = [step for step in steps if (step.yours or step.recorded_by_you) and not _is_needless(step)]
    now = next(filter(_is_one_tap, mine), None)
    # A draft is filled in and sent on pages of its own.
    drafting = any(step.trigger == SAVE for step in mine)
    left = [step for step in mine if step is not now and not (drafting and (step.onward or step.trigger == SAVE))]
    done = request.query_params.get("selesai", "") == str(found.version)
    asked = [] if drafting else [step for step in left if step.asked]
    return await shown(
        request,
        visit,
        "case.html",
        case=found,
        now=now,
        fields=drawn(request, found, now, None, ()) if now else (),
        kept=names_of_files(found),
        attached=_attached(visit, found),
        drafts=await letters_of(visit, case_id, now) if now else (),
        drafting=drafting,
        asked=asked,
        brought=await brought(visit, case_id) if now or asked or drafting else None,
        further=left if drafting else [step for step in left if not step.asked],
        others=[step for step in steps if step not in mine],
        key=str(uuid.uuid4()),
        done=done,
        following=await _following(visit, found.id) if done else None,
    )


def _attached(visit: Visit, found: view.CasePage) -> frozenset[str]:
    """The ids of the files in the form of a case."""
    form = visit.desk.registry.process(found.process).form
    return frozenset(file_ids(form, {line.name: line.value for line in found.form}) if form else ())


def _is_needless(step: ActionLine) -> bool:
    """Whether nothing on the case calls for it, so that it could only be offered with the word that it is not needed."""
    return not step.allowed and any(obstacle.problem == "not-now" for obstacle in step.obstacles)


def _is_one_tap(step: ActionLine) -> bool:
    """Whether it may be taken here and now: they are asked for it, it leads on, and nothing has to be typed."""
    return step.asked and step.onward and step.allowed and not step.needs and not (step.takes or {}).get("required")


async def _following(visit: Visit, case_id: str) -> TaskLine | None:
    """What waits for them next, this case aside."""
    waiting = await visit.look("read", queries.inbox, limit=3)
    return next((task for task in waiting.items if task.case_id != case_id), None)


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
