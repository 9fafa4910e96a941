"""The form of a step, wherever a page shows it: what is asked for, what was typed, and its files kept whatever becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from litestar import Response

from api.desk import Visit
from api.pages import forms, people_fields
from api.pages.entrance import WebRequest, zone_of
from api.pages.paper import RECORD, paper_drawn, paper_in
from api.pages.posted import key_of, last, posted_form, version_of
from api.pages.uploads import hand_in
from workflow.engine.steps import Step
from workflow.errors import FieldError, InvalidForm, NotFound, OutOfDate, Problem
from workflow.views import actions, history, letters_ahead, naming_guides
from workflow.views import cases as view
from workflow.views.actions import ActionDone, ActionLine, ActionList
from workflow.views.cases import CasePage
from workflow.views.letters_ahead import LetterAhead
from workflow.views.step_schemas import step_schema

#: What a form of ours carries beside what was typed.
_OURS: Final = frozenset({"_csrf_token", "version", "key", "acknowledge", "try", RECORD, people_fields.SEEK})


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody sent: the form as the API would have it, and which version of the case they saw.

    ``posted``: all of it, as it was sent; ``words``: what they wrote. ``key``: by which a second sending is known; ``tried``:
    they only want to know what it would meet. ``not_taken``: files that are not kept, and why. ``paper``: by which they record an
    answer that somebody else gave.
    """

    form: Mapping[str, Any]
    paper: Mapping[str, Any] | None = None
    posted: forms.Posted = field(default_factory=dict)
    words: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    version: int = 0
    key: str = ""
    tried: bool = False
    not_taken: tuple[FieldError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Around:
    """The pages around a step's form. ``show`` makes one from a template and its context.

    ``home``: the address of the case's page; ``steps``: below which address its steps have theirs. ``seeks``: people are
    sought by name, as whoever has an account may.
    """

    show: Callable[..., Awaitable[Response[str]]]
    home: str
    steps: str
    seeks: bool = False


async def ask_step(request: WebRequest, visit: Visit, around: Around, case_id: str, trigger: str) -> Response[str]:
    """What a step asks for. Raises NotFound."""
    return await _page(request, visit, around, case_id, trigger)


async def take_step(
    request: WebRequest, visit: Visit, around: Around, case_id: str, trigger: str
) -> Response[Any] | ActionDone:
    """Takes a step, and answers what it did; or a page, where it was only tried or refused. Raises NotFound."""
    listed = await visit.look("read", actions.action_list, case_id)
    line = line_of(listed, trigger)
    takes = line.takes if line else await _once_taken(visit, case_id, trigger)
    sent = await typed_step(request, visit, takes, line.records if line else actions.PAPER)
    if around.seeks and people_fields.is_seeking(sent.posted):
        return await _page(request, visit, around, case_id, trigger, sent)
    if sent.not_taken:
        refused = InvalidForm("Ada berkas yang tidak diterima.", fields=sent.not_taken)
        return await _page(request, visit, around, case_id, trigger, sent, refused)
    step = Step(trigger, dict(sent.form), sent.acknowledged, sent.paper)
    if sent.tried:
        tried = await visit.look("read", actions.preview, case_id, step)
        return await _page(request, visit, around, case_id, trigger, sent, tried=tried)
    try:
        return await visit.run("act", naming_guides.act, case_id, (step,), sent.version, sent.key)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _page(request, visit, around, case_id, trigger, sent, problem)


async def _page(
    request: WebRequest,
    visit: Visit,
    around: Around,
    case_id: str,
    trigger: str,
    sent: Typed | None = None,
    problem: Problem | None = None,
    tried: ActionLine | None = None,
) -> Response[str]:
    case = await visit.look("read", view.case_page, case_id)
    line = tried or line_of(await visit.look("read", actions.action_list, case_id), trigger)
    if line is None or (problem is not None and not (line.yours or line.recorded_by_you)):
        # It may be a step again for whoever has the case now; what was typed is shown to whoever typed it all the same.
        return await _gone(visit, around, case, trigger, sent, problem)
    faults = forms.on_pages(problem.fields if problem is not None else faults_within(tried.obstacles) if tried else ())
    fields = drawn(request, case, line, sent, faults)
    if around.seeks:
        fields = await people_fields.with_people(request, visit, fields, sent.posted if sent else None)
    paper = paper_drawn(request, line.records, sent.paper if sent else None, faults)
    return await around.show(
        "step.html",
        problem=problem,
        case=case,
        step=line,
        fields=fields,
        paper=paper,
        recording=last(sent.posted, RECORD) if sent else "",
        faults=forms.faults_told((*fields, *paper), faults)
        or tuple((field.id, field.fault) for field in fields if field.fault),
        tried=tried is not None,
        filled=sent is None and bool(_of_entry(request, case, line)),
        acknowledged=sent.acknowledged if sent else (),
        key=sent.key if sent is not None and not isinstance(problem, OutOfDate) else str(uuid.uuid4()),
        kept=names_of_files(case),
        drafts=await letters_of(visit, case_id, line, sent),
        home=around.home,
        action=f"{around.steps}/{quote(trigger)}",
    )


async def _gone(
    visit: Visit, around: Around, case: CasePage, trigger: str, sent: Typed | None, problem: Problem | None
) -> Response[str]:
    """The case does not offer the step any more: who did what last, and what was typed. Raises NotFound where none is called so."""
    known = visit.desk.registry.process(case.process).transitions
    if not any(each.trigger == trigger for each in known):
        raise NotFound(f"Tindakan “{trigger[:60]}” tidak ada pada {case.process_title}.")
    told = (await visit.look("read", history.history, case.id)).events
    return await around.show(
        "step_gone.html",
        status=problem.status if problem is not None else 409,
        case=case,
        last=told[-1] if told else None,
        words=sent.words if sent else (),
        problem=problem,
        home=around.home,
    )


async def letters_of(
    visit: Visit, case_id: str, line: ActionLine, sent: Typed | None = None
) -> tuple[LetterAhead, ...]:
    """The letters that a step would issue as it stands; none where something keeps it from being taken."""
    if not (line.issues and line.yours and line.allowed and (line.ready or not line.needs)):
        return ()
    step = Step(line.trigger, dict(sent.form) if sent else {}, line.acknowledge)
    try:
        return (await visit.run("read", letters_ahead.letters_ahead, case_id, step)).items
    except Problem as problem:
        if problem.status in (401, 404, 503):
            raise
        return ()


def line_of(listed: ActionList, trigger: str) -> ActionLine | None:
    """The step that is called so, None where the case offers none."""
    return next((line for line in listed.actions if line.trigger == trigger), None)


def drawn(
    request: WebRequest, case: CasePage, line: ActionLine, sent: Typed | None, faults: Sequence[FieldError]
) -> tuple[forms.Field, ...]:
    """The fields of a step: as they were typed, or as the case has them already."""
    if line.takes is None:
        return ()
    known = {field.name: field.value for field in case.form if field.name in line.takes["properties"]}
    return forms.fields(
        line.takes,
        sent.form if sent else known | _of_entry(request, case, line),
        faults,
        choices_of(line),
        required={*line.takes.get("required", ()), *(need.name for need in line.needs)},
        zone=zone_of(request),
    )


def _of_entry(request: WebRequest, case: CasePage, line: ActionLine) -> dict[str, Any]:
    """What the record that the address names (``catatan``: its kind and number) holds of what a step takes, and its number."""
    kind, _, number = request.query_params.get("catatan", "").rpartition("-")
    entry = next((each for each in case.entries if (each.kind, str(each.number)) == (kind, number)), None)
    if entry is None or line.takes is None:
        return {}
    held = {field.name: field.value for field in entry.fields} | {"number": entry.number, "numbers": [entry.number]}
    return {name: value for name, value in held.items() if name in line.takes["properties"]}


async def _once_taken(visit: Visit, case_id: str, trigger: str) -> dict[str, Any] | None:
    """What a step takes that the case offers no more: who sent it twice gets the first answer, if it is read the same."""
    process = visit.desk.registry.process((await visit.look("read", view.case_page, case_id)).process)
    arrow = next((each for each in process.transitions if each.trigger == trigger), None)
    return step_schema(process, arrow) if arrow else None


async def typed_step(
    request: WebRequest, visit: Visit, takes: Mapping[str, Any] | None, records: Mapping[str, Any] | None = None
) -> Typed:
    """What was posted. Its files are handed in first, so that they are kept whatever becomes of the rest.

    ``records``: the schema of the paper, for whoever may record the step.
    """
    posted = await posted_form(request)
    form: dict[str, Any] = {}
    not_taken: list[FieldError] = []
    if takes is not None:
        not_taken = await hand_in(request, visit, takes, posted)
        form = forms.read(takes, posted, zone=zone_of(request))
    paper, scan_not_taken = await paper_in(request, visit, records, posted)
    return Typed(
        form=form,
        paper=paper,
        posted=posted,
        words=tuple(text for name, sent in posted.items() if name not in _OURS for text in sent if text.strip()),
        acknowledged=tuple(posted.get("acknowledge", ())),
        version=version_of(posted),
        key=key_of(posted),
        tried="try" in posted,
        not_taken=(*not_taken, *scan_not_taken),
    )


def choices_of(line: ActionLine | None) -> dict[str, list[forms.Choice]]:
    """What a step offers to choose from, by field."""
    offered = line.choices if line else {}
    return {name: [forms.Choice(each.value, each.title) for each in several] for name, several in offered.items()}


def faults_within(lines: Iterable[Any]) -> list[FieldError]:
    """What is wrong with fields, of what hinders a step or of the cases that it did not move."""
    return [FieldError(fault.field, fault.label, fault.says) for line in lines for fault in line.fields]


def names_of_files(case: CasePage) -> dict[str, str]:
    """What the files of a case's form are called, by id."""
    return {
        value: name
        for field in case.form
        if isinstance(field.value, list)
        for value, name in zip(field.value, field.shown.split("; "), strict=False)
        if isinstance(value, str)
    }
