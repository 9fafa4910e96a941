"""A cohort answered name by name in one act: another step for each, or a paper that says yes to some and no to others."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import by_name, forms
from api.pages.case import SAVE
from api.pages.entrance import WebRequest, seen_next
from api.pages.paper import RECORD, paper_drawn, paper_in
from api.pages.posted import last, posted_form
from api.pages.shown import shown
from api.pages.step_form import faults_within
from api.pages.uploads import LARGEST
from workflow.errors import InvalidForm, OutOfDate, Problem
from workflow.views import actions, cohort_actions, cohorts
from workflow.views.cohort_actions import CohortAction, CohortDone


@get("/rombongan/{cohort_id:str}/jawaban", include_in_schema=False)
async def ask_each(request: WebRequest, visit: NamedDependency[Visit], cohort_id: FromPath[str]) -> Response[str]:
    """The names with what can be answered for each. Raises NotFound."""
    return await _page(request, visit, cohort_id)


@post("/rombongan/{cohort_id:str}/jawaban", include_in_schema=False, request_max_body_size=LARGEST)
async def answer_each(request: WebRequest, visit: NamedDependency[Visit], cohort_id: FromPath[str]) -> Response[Any]:
    """Answers for each name that was chosen, all at once; those who stay are named with why. Raises NotFound."""
    cohort = await visit.look("read", cohorts.cohort_page, cohort_id)
    sent = await by_name.answers_in(request, by_name.takes_of(visit, cohort))
    posted = await posted_form(request)
    paper, not_taken = await paper_in(request, visit, actions.PAPER, posted)
    sent = replace(sent, to_all="", paper=paper, recording=last(posted, RECORD))
    try:
        if not sent.each:
            raise InvalidForm(by_name.NOTHING)
        if not_taken:
            raise InvalidForm("Ada berkas yang tidak diterima.", fields=tuple(not_taken))
        deed = msgspec.structs.replace(sent.act, recorded=dict(paper) if paper is not None else None)
        done = await visit.run("act", cohort_actions.act, cohort_id, deed, sent.version, sent.key)
    except Problem as problem:
        if problem.status in {401, 404}:
            raise
        return await _page(request, visit, cohort_id, sent, problem)
    if done.stayed:
        return await _page(request, visit, cohort_id, done=done)
    return seen_next(f"/rombongan/{quote(cohort_id)}?selesai={len(done.moved)}")


async def _page(
    request: WebRequest,
    visit: Visit,
    cohort_id: str,
    sent: by_name.Sent | None = None,
    problem: Problem | None = None,
    done: CohortDone | None = None,
) -> Response[str]:
    cohort = await visit.look("read", cohorts.cohort_page, cohort_id)
    if done is not None:
        return await shown(request, visit, "cohort_done.html", cohort=cohort, done=done)
    offered = (await visit.look("read", cohort_actions.cohort_actions, cohort_id)).actions
    stayed = problem.more.get("cases", ()) if problem is not None else ()
    faults = forms.on_pages([*(problem.fields if problem else ()), *faults_within(stayed)])
    drawn = {each.trigger: by_name.fields_of(request, each, sent, faults) for each in offered if is_answer(each)}
    asked = [each for each in offered if each.trigger in drawn and not _has_files(drawn[each.trigger])]
    records = actions.PAPER if any(each.records for each in asked) else None
    paper = paper_drawn(request, records, sent.paper if sent else None, faults)
    return await shown(
        request,
        visit,
        "cohort_answers.html",
        problem=problem,
        cohort=cohort,
        parts=by_name.parts_of(cohort),
        asked=asked,
        may={each.trigger: {line.case_id for line in each.cases if line.allowed} for each in asked},
        drawn=drawn,
        paper=paper,
        recording=sent.recording if sent else "1",
        sent=sent,
        stayed=stayed,
        faults=[
            *by_name.told_of(drawn),
            *forms.faults_told(paper, [f for f in faults if f.field.startswith("recorded.")]),
        ],
        warned=tuple(dict.fromkeys(problem.more.get("acknowledge", ()))) if problem else (),
        key=sent.key if sent and not isinstance(problem, OutOfDate) else str(uuid.uuid4()),
    )


def is_answer(action: CohortAction) -> bool:
    """Whether a step can be answered name by name: someone's case offers it, and it is not the keeping of a draft."""
    return action.allowed > 0 and action.trigger != SAVE


def _has_files(fields: tuple[forms.Field, ...]) -> bool:
    """Files of a step are handed in on its own page."""
    return any(field.kind in {"file", "files"} for field in fields)


ROUTES: Final[tuple[Any, ...]] = (ask_each, answer_each)
