"""A request as it is written: part by part, kept at each step, looked over and tried before it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import forms, people_fields
from api.pages.brought import brought
from api.pages.entrance import WebRequest, seen_next, zone_of
from api.pages.posted import last, posted_form
from api.pages.shown import shown
from api.pages.step_form import Typed, choices_of, typed_step
from api.pages.uploads import LARGEST
from workflow.engine.steps import Step
from workflow.errors import FieldError, InvalidForm, KeyReused, NotNow, NotYours, OutOfDate, Problem
from workflow.views import actions, drafts
from workflow.views import cases as view
from workflow.views.drafts import DraftPage, DraftPart
from workflow.views.schemas import FILE_ID

#: The page on which all is looked over once more; no part has its name.
CHECK: Final = "periksa"
_LATER: Final = "nanti"


@dataclass(frozen=True)
class Kept:
    """What became of a part that was sent: what was typed, and what is wrong with it."""

    sent: Typed
    posted: forms.Posted
    problem: Problem | None = None


@get("/isian/{case_id:str}", include_in_schema=False)
async def go_on(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Where somebody who comes back goes on: at the first part that lacks something. Raises NotFound."""
    try:
        draft = await visit.look("read", drafts.draft_page, case_id)
    except (NotNow, NotYours):
        return seen_next(f"/berkas/{quote(case_id)}")
    lacking = (part.name for part in draft.parts if any(field.missing for field in part.fields))
    return seen_next(f"/isian/{draft.reference}/{next(lacking, CHECK)}")


@get("/isian/{case_id:str}/{part:str}", include_in_schema=False)
async def ask(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], part: FromPath[str]
) -> Response[Any]:
    """One part of a request. Raises NotFound."""
    try:
        draft = await visit.look("read", drafts.draft_page, case_id)
    except (NotNow, NotYours):
        return seen_next(f"/berkas/{quote(case_id)}")
    found = _part(draft, part)
    if found is None:  # it does not apply any more, or never was
        return seen_next(f"/isian/{draft.reference}")
    return await _page(request, visit, draft, found)


@post("/isian/{case_id:str}/{part:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def keep(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], part: FromPath[str]
) -> Response[Any]:
    """Keeps a part of a request, and goes on to the next. Raises NotFound."""
    try:
        draft = await visit.look("read", drafts.draft_page, case_id)
    except NotNow as problem:
        return await _gone(request, visit, case_id, problem)
    found = _part(draft, part)
    if found is None:
        return seen_next(f"/isian/{draft.reference}")
    sent = await typed_step(request, visit, draft.save.takes)
    posted = await posted_form(request)
    if people_fields.is_seeking(posted):
        return await _page(request, visit, draft, found, Kept(sent, posted))
    if sent.not_taken:
        labels = {field.name: field.label for field in found.fields}
        faults = tuple(replace(each, label=labels.get(each.field, each.field)) for each in sent.not_taken)
        refused = InvalidForm("Ada berkas yang tidak diterima.", fields=faults)
        return await _page(request, visit, draft, found, Kept(sent, posted, refused))
    try:
        draft = await _saved(visit, draft, sent)
    except NotNow as problem:
        return await _gone(request, visit, case_id, problem, sent.words)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _page(request, visit, draft, found, Kept(sent, posted, problem))
    return await _next(request, visit, draft, found, Kept(sent, posted))


@get("/isian/{case_id:str}/periksa", include_in_schema=False)
async def look_over(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """All that is filled in, and what would become of it today. Raises NotFound."""
    try:
        draft = await visit.look("read", drafts.draft_page, case_id)
    except (NotNow, NotYours):
        return seen_next(f"/berkas/{quote(case_id)}")
    return await _check(request, visit, draft)


@post("/isian/{case_id:str}/periksa", include_in_schema=False)
async def send(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Sends a request as it was looked over. Raises NotFound."""
    try:
        draft = await visit.look("read", drafts.draft_page, case_id)
    except NotNow:  # it was sent before; its page tells
        return seen_next(f"/berkas/{quote(case_id)}")
    sent = await typed_step(request, visit, None)
    step = Step(draft.send.trigger, {}, sent.acknowledged)
    try:
        done = await visit.run("act", actions.act, case_id, (step,), sent.version, sent.key)
    except NotNow:
        return seen_next(f"/berkas/{quote(case_id)}")
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _check(request, visit, draft, sent, problem)
    return seen_next(f"/berkas/{quote(done.reference)}?selesai={done.version}")


def _part(draft: DraftPage, name: str) -> DraftPart | None:
    return next((part for part in draft.parts if part.name == name), None)


async def _saved(visit: Visit, draft: DraftPage, sent: Typed) -> DraftPage:
    """The draft once what was typed is kept; what that rules out is cleared. Nothing is recorded where nothing changed."""
    aside = await visit.look("read", drafts.set_aside_by, draft, sent.form)
    form = {**sent.form, **dict.fromkeys(aside)}
    if all(_same(draft.stored.get(name), value) for name, value in form.items()):
        return draft
    step = Step(draft.save.trigger, form)
    await visit.run("act", actions.act, draft.case_id, (step,), sent.version, sent.key)
    return await visit.look("read", drafts.draft_page, draft.case_id)


def _same(stored: Any, typed: Any) -> bool:
    return bool(stored == typed or not (stored or typed or stored is False or typed is False))


async def _next(request: WebRequest, visit: Visit, draft: DraftPage, part: DraftPart, kept: Kept) -> Response[Any]:
    """After a part was kept: the case's page, the part again where it lacks something, or the one that comes next."""
    if last(kept.posted, "lalu") == _LATER:
        return seen_next(f"/berkas/{quote(draft.reference)}?selesai={draft.version}")
    now = _part(draft, part.name)
    absent = (
        [FieldError(each.name, each.label, f"{each.label} belum diisi.") for each in now.fields if each.missing]
        if now
        else []
    )
    if absent:
        sent = replace(kept.sent, version=draft.version, key=str(uuid.uuid4()))
        lacking = InvalidForm("Masih ada yang perlu diisi.", fields=tuple(absent))
        return await _page(request, visit, draft, now or part, Kept(sent, kept.posted, lacking))
    if last(kept.posted, "dari") == CHECK:
        return seen_next(f"/isian/{draft.reference}/{CHECK}")
    names = [each.name for each in draft.parts]
    further = names[names.index(part.name) + 1 :] if part.name in names else names
    return seen_next(f"/isian/{draft.reference}/{next(iter(further), CHECK)}")


async def _page(
    request: WebRequest, visit: Visit, draft: DraftPage, part: DraftPart, kept: Kept | None = None
) -> Response[Any]:
    problem = kept.problem if kept else None
    faults = forms.on_pages(problem.fields) if problem else []
    drawn = await people_fields.with_people(
        request, visit, _drawn(request, draft, part, kept, faults), kept.posted if kept else None
    )
    told = forms.faults_told(drawn, [fault for fault in faults if fault.field.partition("[")[0] in _names(part)])
    told = told or tuple((field.id, field.fault) for field in drawn if field.fault)
    stale = isinstance(problem, OutOfDate | KeyReused)
    names = [each.name for each in draft.parts]
    place = names.index(part.name)
    return await shown(
        request,
        visit,
        "request_part.html",
        status=problem.status if problem else 200,
        draft=draft,
        returned=(await brought(visit, draft.case_id)).returned,
        part=part,
        place=place,
        back=names[place - 1] if place else "",
        fields=drawn,
        faults=told,
        problem=None if told else problem,
        stored=[field for field in part.fields if field.shown] if stale else [],
        stale=stale,
        version=draft.version if kept is None or stale else kept.sent.version,
        key=str(uuid.uuid4()) if kept is None or stale or problem is None else kept.sent.key,
        whence=last(kept.posted, "dari") if kept else request.query_params.get("dari", ""),
        kept=_files(draft),
        here="/permohonan/isian",
        action=f"/isian/{draft.reference}/{part.name}",
    )


def _names(part: DraftPart) -> set[str]:
    return {field.name for field in part.fields}


def _drawn(
    request: WebRequest, draft: DraftPage, part: DraftPart, kept: Kept | None, faults: Sequence[FieldError]
) -> tuple[forms.Field, ...]:
    """The fields of a part: as they were typed, or as the draft has them already."""
    takes = draft.save.takes or {"properties": {}}
    schema = {**takes, "properties": {field.name: takes["properties"][field.name] for field in part.fields}}
    typed: Mapping[str, Any] = kept.sent.form if kept else {}
    drawn = forms.fields(
        schema,
        {**draft.values, **typed},
        faults,
        choices_of(draft.save),
        required={field.name for field in part.fields if field.required},
        zone=zone_of(request),
    )
    hints = {field.name: field.hint for field in part.fields}
    return tuple(replace(field, hint=hints[field.name] or field.hint) for field in drawn)


async def _check(
    request: WebRequest, visit: Visit, draft: DraftPage, sent: Typed | None = None, problem: Problem | None = None
) -> Response[Any]:
    if problem is not None:
        draft = await visit.look("read", drafts.draft_page, draft.case_id)
    return await shown(
        request,
        visit,
        "request_check.html",
        draft=draft,
        returned=(await brought(visit, draft.case_id)).returned,
        step=draft.send,
        problem=problem,
        acknowledged=sent.acknowledged if sent else (),
        key=str(uuid.uuid4()),
        here="/permohonan/isian",
    )


async def _gone(
    request: WebRequest, visit: Visit, case_id: str, problem: NotNow, words: tuple[str, ...] = ()
) -> Response[Any]:
    """A draft that was sent or withdrawn while somebody still wrote it: what they typed stands on the page."""
    case = await visit.look("read", view.case_page, case_id)
    sent = words or (await typed_step(request, visit, None)).words
    home = f"/berkas/{quote(case.reference)}"
    return await shown(
        request, visit, "step_gone.html", status=409, case=case, last=None, words=sent, problem=problem, home=home
    )


def _files(draft: DraftPage) -> dict[str, str]:
    """What the files of a draft are called, by id."""
    properties = (draft.save.takes or {"properties": {}})["properties"]
    named: dict[str, str] = {}
    for line in draft.form:
        if FILE_ID in str(properties.get(line.name)):
            ids = line.value if isinstance(line.value, list) else [line.value]
            named |= zip(map(str, ids), line.shown.split("; "), strict=False)
    return named


ROUTES: Final[tuple[Any, ...]] = (go_on, ask, keep, look_over, send)
