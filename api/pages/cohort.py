"""Cohorts: their list, opening one from a list of people, one with its names, and a step for all or for some of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import forms
from api.pages.addresses import After, further
from api.pages.cohort_answers import is_answer
from api.pages.entrance import WebRequest, seen_next, zone_of
from api.pages.paper import paper_drawn
from api.pages.shown import shown
from api.pages.step_form import Typed, choices_of, faults_within, line_of, typed_step
from api.pages.uploads import LARGEST
from api.routes.cohorts import LARGEST_LIST
from api.routes.files import ENVELOPE
from workflow.engine.cohorts import CohortAct
from workflow.errors import FieldError, InvalidForm, NotFound, OutOfDate, Problem
from workflow.filing import proper_name
from workflow.views import actions, cohort_actions, cohort_opening, cohorts, processes
from workflow.views.cohort_actions import CohortAction, CohortDone
from workflow.views.cohort_opening import Common


@dataclass(frozen=True)
class _Sent:
    """What was typed for a step of a cohort, and for which names."""

    typed: Typed
    names: tuple[str, ...]


@get("/rombongan", include_in_schema=False)
async def cohort_list(request: WebRequest, visit: NamedDependency[Visit], after: After = "") -> Response[str]:
    """The cohorts of which somebody may see a case."""
    found = await visit.look("read", cohorts.cohort_list, after=after or None, limit=25)
    return await shown(request, visit, "cohorts.html", found=found, following=further("/rombongan", found.next))


@get("/rombongan/buka", include_in_schema=False)
async def ask_list(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """What opening a cohort asks for."""
    return await _opening(request, visit)


@post("/rombongan/buka", include_in_schema=False, request_max_body_size=LARGEST_LIST + ENVELOPE)
async def open_list(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Opens a case for each on a list, all or none. Raises Problem."""
    form = await request.form()
    given = {name: str(form.get(name, ""))[:200] for name in ("process", "title", "key")}
    file = form.get("list")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            says = "Daftar peserta: pilih berkas CSV atau XLSX yang memuat kolom NIP."
            raise InvalidForm(says, fields=(FieldError("list", "Daftar peserta", says),))
        common = Common(given["process"], given["title"], {})
        content, name = await file.read(), proper_name(file.filename, "")
        found = await visit.study("act", cohort_opening.may_list, cohort_opening.listed, common, content, name)
        done = await visit.run("act", cohort_opening.open_from_list, common, found, given["key"] or None)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _opening(request, visit, given, problem)
    return seen_next(f"/rombongan/{quote(done.id)}?selesai={len(done.moved)}")


@get("/rombongan/{cohort_id:str}", include_in_schema=False)
async def cohort(request: WebRequest, visit: NamedDependency[Visit], cohort_id: FromPath[str]) -> Response[str]:
    """A cohort with its names and what can be done. Raises NotFound."""
    found = await visit.look("read", cohorts.cohort_page, cohort_id)
    offered = await visit.look("read", cohort_actions.cohort_actions, cohort_id)
    done = request.query_params.get("selesai", "")
    return await shown(
        request,
        visit,
        "cohort.html",
        cohort=found,
        offered=offered.actions,
        by_name=sum(is_answer(each) for each in offered.actions) > 1,
        done=done if done.isascii() and done.isdigit() else "",
    )


@get("/rombongan/{cohort_id:str}/{trigger:str}", include_in_schema=False)
async def ask_together(
    request: WebRequest, visit: NamedDependency[Visit], cohort_id: FromPath[str], trigger: FromPath[str]
) -> Response[str]:
    """What a step asks for, and who can take it. Raises NotFound."""
    return await _step(request, visit, cohort_id, trigger)


@post("/rombongan/{cohort_id:str}/{trigger:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def take_together(
    request: WebRequest, visit: NamedDependency[Visit], cohort_id: FromPath[str], trigger: FromPath[str]
) -> Response[Any]:
    """Takes a step with all names that were chosen; those who stay are named with why. Raises NotFound."""
    offered = await _offered(visit, cohort_id, trigger)
    sent = await _typed(request, visit, offered)
    found = await visit.look("read", cohorts.cohort_page, cohort_id)
    left_out = tuple(case.case_id for case in found.cases if case.case_id not in sent.names)
    deed = CohortAct(
        trigger=trigger,
        form=dict(sent.typed.form),
        acknowledge=sent.typed.acknowledged,
        without=left_out,
        recorded=dict(sent.typed.paper) if sent.typed.paper is not None else None,
    )
    try:
        if not sent.names:
            raise InvalidForm("Pilih setidaknya satu nama.")
        if sent.typed.not_taken:
            raise InvalidForm("Ada berkas yang tidak diterima.", fields=sent.typed.not_taken)
        done = await visit.run("act", cohort_actions.act, cohort_id, deed, sent.typed.version, sent.typed.key)
    except Problem as problem:
        if problem.status in {401, 404}:
            raise
        return await _step(request, visit, cohort_id, trigger, sent, problem)
    if done.stayed:
        return await _step(request, visit, cohort_id, trigger, done=done)
    return seen_next(f"/rombongan/{quote(cohort_id)}?selesai={len(done.moved)}")


async def _opening(
    request: WebRequest, visit: Visit, given: Mapping[str, str] | None = None, problem: Problem | None = None
) -> Response[str]:
    known = await visit.look("read", processes.process_list)
    faults = [(f.field, f.says) for f in problem.fields] if problem else []
    return await shown(
        request,
        visit,
        "cohort_opening.html",
        problem=problem,
        kinds=known.items,
        given=given or {"process": "", "title": ""},
        faults=[(name if name in {"title", "list"} else "", says) for name, says in faults]
        or ([("", problem.says)] if problem else []),
        key=str(uuid.uuid4()),
    )


async def _offered(visit: Visit, cohort_id: str, trigger: str) -> CohortAction:
    listed = await visit.look("read", cohort_actions.cohort_actions, cohort_id)
    found = next((each for each in listed.actions if each.trigger == trigger), None)
    if found is None:
        raise NotFound(f"Rombongan ini tidak menawarkan tindakan “{trigger[:60]}” kepada Anda sekarang.")
    return found


async def _typed(request: WebRequest, visit: Visit, action: CohortAction) -> _Sent:
    typed = await typed_step(request, visit, action.takes, action.records)
    return _Sent(typed, tuple(dict.fromkeys(typed.posted.get("names", ()))))


async def _step(
    request: WebRequest,
    visit: Visit,
    cohort_id: str,
    trigger: str,
    sent: _Sent | None = None,
    problem: Problem | None = None,
    done: CohortDone | None = None,
) -> Response[str]:
    found = await visit.look("read", cohorts.cohort_page, cohort_id)
    if done is not None:
        return await shown(request, visit, "cohort_done.html", cohort=found, done=done)
    action = await _offered(visit, cohort_id, trigger)
    stayed = problem.more.get("cases", ()) if problem else ()
    told = [*(problem.fields if problem else ()), *faults_within(stayed)]
    faults = forms.on_pages(list({fault.field: fault for fault in told}.values()))
    fields = await _drawn(request, visit, action, action.takes, sent.typed.form if sent else {}, faults)
    paper = paper_drawn(request, action.records, sent.typed.paper if sent else None, faults)
    return await shown(
        request,
        visit,
        "cohort_step.html",
        cohort=found,
        action=action,
        fields=fields,
        paper=paper,
        faults=forms.faults_told((*fields, *paper), faults),
        problem=problem,
        stayed=stayed,
        chosen=sent.names if sent else tuple(line.case_id for line in action.cases if line.allowed),
        recording="1" if sent is None or sent.typed.paper is not None else "",
        acknowledge=tuple(dict.fromkeys(problem.more.get("acknowledge", ()))) if problem else (),
        key=sent.typed.key if sent and not isinstance(problem, OutOfDate) else str(uuid.uuid4()),
    )


async def _drawn(
    request: WebRequest,
    visit: Visit,
    action: CohortAction,
    schema: Mapping[str, Any] | None,
    values: Mapping[str, Any],
    faults: Sequence[FieldError],
) -> tuple[forms.Field, ...]:
    """The fields of a step, with what the first case of it offers to choose from."""
    if schema is None:
        return ()
    listed = await visit.look("read", actions.action_list, action.cases[0].case_id)
    line = line_of(listed, action.trigger)
    return forms.fields(
        schema,
        values,
        faults,
        choices_of(line),
        required=set(schema.get("required", ())),
        zone=zone_of(request),
    )


ROUTES: Final[tuple[Any, ...]] = (cohort_list, ask_list, open_list, cohort, ask_together, take_together)
