"""A cohort as a partner answers it: a table of names by section, an answer for each, or one for all, in one form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import forms
from api.pages.entrance import WebRequest, seen_next, zone_of
from api.pages.forms import Field
from api.pages.posted import key_of, last, posted_form, version_of
from api.pages.rendering import page
from api.pages.step_form import faults_within
from workflow.engine.cohorts import CohortAct, OwnStep
from workflow.errors import FieldError, InvalidForm, NotFound, OutOfDate, Problem
from workflow.views import cohort_actions, cohorts
from workflow.views.cohort_actions import CohortAction, CohortDone
from workflow.views.cohorts import CohortPage, MemberLine
from workflow.views.linked import Linked, linked
from workflow.views.step_schemas import step_schema

#: What a form of ours carries under the id of a case.
_OF_CASE: Final = "jawab-"
_TITLE_OF_SECTION: Final = "section"
_NOTHING: Final = "Pilih jawaban bagi setidaknya satu nama."


@dataclass(frozen=True, kw_only=True)
class Part:
    """The names that are asked for one section of the partner."""

    section: str
    members: tuple[MemberLine, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was typed: an answer by case id, or one for all, and the form of each answer as the API would have it."""

    each: Mapping[str, str]
    to_all: str
    forms: Mapping[str, Mapping[str, Any]]
    acknowledged: tuple[str, ...]
    version: int
    key: str


@post("/mitra/{token:str}", include_in_schema=False)
async def answer(request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Answers for each name. Raises NotFound."""
    link = await visit.look("read", linked)
    if link.cohort_id is None:
        raise NotFound("Tautan ini bukan untuk satu rombongan.")
    cohort = await visit.look("read", cohorts.cohort_page, link.cohort_id)
    sent = await _typed(request, _takes(visit, cohort))
    if not sent.each and not sent.to_all:
        nothing = InvalidForm(_NOTHING)
        return await shown_cohort(request, visit, link, token, sent, nothing)
    deed = CohortAct(
        trigger=sent.to_all,
        form=dict(sent.forms.get(sent.to_all, {})),
        acknowledge=sent.acknowledged,
        each={}
        if sent.to_all
        else {
            case_id: OwnStep(trigger=trigger, form=dict(sent.forms[trigger])) for case_id, trigger in sent.each.items()
        },
    )
    try:
        done = await visit.run("act", cohort_actions.act, link.cohort_id, deed, sent.version, sent.key)
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
    sent: Sent | None = None,
    problem: Problem | None = None,
    done: CohortDone | None = None,
) -> Response[Any]:
    """The page of a cohort's link. Raises NotFound."""
    cohort_id = link.cohort_id or ""
    cohort = await visit.look("read", cohorts.cohort_page, cohort_id)
    asked = _asked(cohort, (await visit.look("read", cohort_actions.cohort_actions, cohort_id)).actions)
    stayed = problem.more.get("cases", ()) if problem is not None else done.stayed if done is not None else ()
    faults = forms.on_pages([*(problem.fields if problem else ()), *faults_within(stayed)])
    drawn = {each.trigger: _drawn(request, each, sent, faults) for each in asked}
    count = request.query_params.get("selesai", "")
    return page(
        request,
        "partner_cohort.html",
        link=link,
        top=f"/mitra/{quote(token)}",
        cohort=cohort,
        parts=_parts(cohort),
        asked=asked,
        may={each.trigger: {line.case_id for line in each.cases if line.allowed} for each in asked},
        drawn=drawn,
        sent=sent,
        problem=problem,
        stayed=stayed,
        moved=len(done.moved) if done else int(count) if count.isdecimal() and len(count) < 5 else 0,
        faults=[told for fields in drawn.values() for told in forms.faults_told(fields, _wrong(fields))]
        or ([("", problem.says)] if problem else []),
        warned=tuple(problem.more.get("acknowledge", ())) if problem else (),
        key=sent.key if sent and not isinstance(problem, OutOfDate) else str(uuid.uuid4()),
    )


def _asked(cohort: CohortPage, offered: Sequence[CohortAction]) -> list[CohortAction]:
    """The steps that the cohort waits for; others are taken on the page of each name."""
    waited = {action.trigger for member in cohort.cases for wait in member.waits_for for action in wait.actions}
    return [each for each in offered if each.trigger in waited and each.allowed]


def _parts(cohort: CohortPage) -> list[Part]:
    shared = next((line.shown for line in cohort.form if line.name == _TITLE_OF_SECTION), "")
    found: dict[str, list[MemberLine]] = {}
    for member in cohort.cases:
        own = next((line.shown for line in member.own if line.name == _TITLE_OF_SECTION), shared)
        found.setdefault(own, []).append(member)
    return [Part(section=section, members=tuple(members)) for section, members in found.items()]


def _drawn(
    request: WebRequest, action: CohortAction, sent: Sent | None, faults: Sequence[FieldError]
) -> tuple[Field, ...]:
    """What an answer asks for, once for all names that it is given to; each field under the name of its step."""
    if action.takes is None:
        return ()
    is_used = sent is not None and action.trigger in {*sent.each.values(), sent.to_all}
    fields = forms.fields(
        action.takes,
        sent.forms.get(action.trigger, {}) if sent else {},
        faults if is_used else (),
        None,
        required=action.takes.get("required", ()),
        zone=zone_of(request),
    )
    return tuple(replace(field, name=f"{action.trigger}.{field.name}") for field in fields)


def _wrong(fields: Sequence[Field]) -> list[FieldError]:
    """What is wrong with fields, by the names that the page gives them."""
    return [FieldError(field.name, field.label, field.fault) for field in fields if field.fault]


def _takes(visit: Visit, cohort: CohortPage) -> dict[str, dict[str, Any] | None]:
    """What each step of the process takes, also one that is offered no more: who sent it twice gets the first answer."""
    process = visit.desk.registry.process(cohort.process)
    return {arrow.trigger: step_schema(process, arrow) for arrow in reversed(process.transitions)}


async def _typed(request: WebRequest, takes: Mapping[str, dict[str, Any] | None]) -> Sent:
    posted = await posted_form(request)
    zone = zone_of(request)
    each = {
        name.removeprefix(_OF_CASE): values[-1]
        for name, values in posted.items()
        if name.startswith(_OF_CASE) and values[-1] in takes
    }
    to_all = last(posted, "all")
    read = {}
    for trigger in {*each.values(), to_all} & takes.keys():
        own = {
            name.removeprefix(f"{trigger}."): sent for name, sent in posted.items() if name.startswith(f"{trigger}.")
        }
        schema = takes[trigger]
        read[trigger] = forms.read(schema, own, zone=zone) if schema else {}
    return Sent(
        each=each,
        to_all=to_all if to_all in takes else "",
        forms=read,
        acknowledged=tuple(posted.get("acknowledge", ())),
        version=version_of(posted),
        key=key_of(posted),
    )


ROUTES: Final[tuple[Any, ...]] = (answer,)
