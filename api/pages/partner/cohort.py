"""A cohort as a partner answers it: a table of names by section, an answer for each, or one for all, in one form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import by_name, forms
from api.pages.entrance import WebRequest, seen_next
from api.pages.rendering import page
from api.pages.step_form import faults_within
from workflow.errors import InvalidForm, NotFound, OutOfDate, Problem
from workflow.views import cohort_actions, cohorts
from workflow.views.cohort_actions import CohortAction, CohortDone
from workflow.views.cohorts import CohortPage
from workflow.views.linked import Linked, linked


@post("/mitra/{token:str}", include_in_schema=False)
async def answer(request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Answers for each name. Raises NotFound."""
    link = await visit.look("read", linked)
    if link.cohort_id is None:
        raise NotFound("Tautan ini bukan untuk satu rombongan.")
    cohort = await visit.look("read", cohorts.cohort_page, link.cohort_id)
    sent = await by_name.answers_in(request, by_name.takes_of(visit, cohort))
    if not sent.each and not sent.to_all:
        nothing = InvalidForm(by_name.NOTHING)
        return await shown_cohort(request, visit, link, token, sent, nothing)
    try:
        done = await visit.run("act", cohort_actions.act, link.cohort_id, sent.act, sent.version, sent.key)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await shown_cohort(request, visit, link, token, sent, problem)
    if done.stayed:
        return await shown_cohort(request, visit, link, token, done=done)
    return seen_next(f"/mitra/{quote(token)}?selesai={len(done.moved)}")


async def shown_cohort(
    request: WebRequest,
    visit: Visit,
    link: Linked,
    token: str,
    sent: by_name.Sent | None = None,
    problem: Problem | None = None,
    done: CohortDone | None = None,
) -> Response[Any]:
    """The page of a cohort's link. Raises NotFound."""
    cohort_id = link.cohort_id or ""
    cohort = await visit.look("read", cohorts.cohort_page, cohort_id)
    asked = _asked(cohort, (await visit.look("read", cohort_actions.cohort_actions, cohort_id)).actions)
    stayed = problem.more.get("cases", ()) if problem is not None else done.stayed if done is not None else ()
    faults = forms.on_pages([*(problem.fields if problem else ()), *faults_within(stayed)])
    drawn = {each.trigger: by_name.fields_of(request, each, sent, faults) for each in asked}
    count = request.query_params.get("selesai", "")
    return page(
        request,
        "partner_cohort.html",
        link=link,
        top=f"/mitra/{quote(token)}",
        cohort=cohort,
        parts=by_name.parts_of(cohort),
        asked=asked,
        may={each.trigger: {line.case_id for line in each.cases if line.allowed} for each in asked},
        drawn=drawn,
        sent=sent,
        problem=problem,
        stayed=stayed,
        moved=len(done.moved) if done else int(count) if count.isdecimal() and len(count) < 5 else 0,
        faults=by_name.told_of(drawn) or ([("", problem.says)] if problem else []),
        warned=tuple(problem.more.get("acknowledge", ())) if problem else (),
        key=sent.key if sent and not isinstance(problem, OutOfDate) else str(uuid.uuid4()),
    )


def _asked(cohort: CohortPage, offered: Sequence[CohortAction]) -> list[CohortAction]:
    """The steps that the cohort waits for; others are taken on the page of each name."""
    waited = {action.trigger for member in cohort.cases for wait in member.waits_for for action in wait.actions}
    return [each for each in offered if each.trigger in waited and each.allowed]


ROUTES: Final[tuple[Any, ...]] = (answer,)
