"""One step of a case: what it asks for, what it would meet, and taking it. What was typed is never lost to a refusal."""

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
from api.pages.entrance import WebRequest, desk_of, seen_next
from api.pages.shown import shown
from api.routes.files import ENVELOPE
from workflow import filing
from workflow.engine.steps import Step
from workflow.errors import FieldError, InvalidForm, NotNow, OutOfDate, Problem
from workflow.views import actions
from workflow.views import cases as view
from workflow.views.actions import ActionLine, ActionList
from workflow.views.cases import CasePage

#: Bytes of one form with its files at most: two of the largest that are taken.
LARGEST: Final = 2 * filing.LARGEST + ENVELOPE
#: What a form of ours carries beside what was typed.
_OURS: Final = frozenset({"_csrf_token", "version", "key", "acknowledge", "try"})


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody sent: the form as the API would have it, and which version of the case they saw.

    ``words``: what they wrote, as it was sent. ``key``: by which a second sending is known; ``tried``: they only want to know
    what it would meet. ``not_taken``: files that are not kept, and why.
    """

    form: Mapping[str, Any]
    words: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    version: int = 0
    key: str = ""
    tried: bool = False
    not_taken: tuple[FieldError, ...] = ()


@get("/berkas/{case_id:str}/{trigger:str}", include_in_schema=False)
async def ask(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], trigger: FromPath[str]
) -> Response[str]:
    """What a step asks for. Raises NotFound."""
    return await _page(request, visit, case_id, trigger)


@post("/berkas/{case_id:str}/{trigger:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def take(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], trigger: FromPath[str]
) -> Response[Any]:
    """Takes a step, or tries it. Raises NotFound."""
    listed = await visit.look("read", actions.action_list, case_id)
    sent = await _typed(request, visit, _line(listed, trigger))
    if sent.not_taken:
        refused = InvalidForm("Ada berkas yang tidak diterima.", fields=sent.not_taken)
        return await _page(request, visit, case_id, trigger, sent, refused)
    step = Step(trigger, dict(sent.form), sent.acknowledged)
    if sent.tried:
        tried = await visit.look("read", actions.preview, case_id, step)
        return await _page(request, visit, case_id, trigger, sent, tried=tried)
    try:
        done = await visit.run("act", actions.act, case_id, (step,), sent.version, sent.key)
    except (InvalidForm, OutOfDate, NotNow) as problem:
        return await _page(request, visit, case_id, trigger, sent, problem)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _page(request, visit, case_id, trigger, sent, problem)
    return seen_next(f"/berkas/{quote(done.reference)}?selesai={done.version}")


def _line(listed: ActionList, trigger: str) -> ActionLine | None:
    return next((line for line in listed.actions if line.trigger == trigger), None)


async def _page(
    request: WebRequest,
    visit: Visit,
    case_id: str,
    trigger: str,
    sent: Typed | None = None,
    problem: Problem | None = None,
    tried: ActionLine | None = None,
) -> Response[str]:
    case = await visit.look("read", view.case_page, case_id)
    line = tried or _line(await visit.look("read", actions.action_list, case_id), trigger)
    if line is None:
        return await shown(
            request, visit, "step_gone.html", status=409, case=case, words=sent.words if sent else (), problem=problem
        )
    faults = forms.on_pages(problem.fields if problem is not None else _faults_of(tried))
    drawn = _drawn(request, case, line, sent, faults)
    return await shown(
        request,
        visit,
        "step.html",
        status=problem.status if problem is not None else 200,
        case=case,
        step=line,
        fields=drawn,
        faults=forms.faults_told(drawn, faults),
        problem=problem,
        tried=tried is not None,
        acknowledged=sent.acknowledged if sent else (),
        key=sent.key if sent is not None and not isinstance(problem, OutOfDate) else str(uuid.uuid4()),
        kept=_names_of_files(case),
    )


def _drawn(
    request: WebRequest, case: CasePage, line: ActionLine, sent: Typed | None, faults: Sequence[FieldError]
) -> tuple[forms.Field, ...]:
    """The fields of a step: as they were typed, or as the case has them already."""
    if line.takes is None:
        return ()
    known = {field.name: field.value for field in case.form if field.name in line.takes["properties"]}
    office = desk_of(request).office
    return forms.fields(
        line.takes,
        sent.form if sent else known,
        faults,
        {name: [forms.Choice(each.value, each.title) for each in offered] for name, offered in line.choices.items()},
        required={*line.takes.get("required", ()), *(need.name for need in line.needs)},
        **({"zone": office.zone} if office else {}),
    )


async def _typed(request: WebRequest, visit: Visit, line: ActionLine | None) -> Typed:
    """What was posted. Its files are handed in first, so that they are kept whatever becomes of the rest."""
    pairs = list((await request.form()).multi_items())
    posted = forms.gathered(pairs)
    form: dict[str, Any] = {}
    not_taken: list[FieldError] = []
    if line is not None and line.takes is not None:
        for name, file in pairs:
            if isinstance(file, UploadFile) and file.filename and name.endswith("-new"):
                field = name.removesuffix("-new")
                try:
                    handed_in = await visit.run("act", filing.store_file, file.filename, await file.read())
                except (filing.TooLargeFile, filing.UnknownKind) as problem:
                    not_taken.append(FieldError(field, field, problem.says))
                else:
                    posted.setdefault(field, []).append(handed_in.id)
        office = desk_of(request).office
        form = forms.read(line.takes, posted, **({"zone": office.zone} if office else {}))
    version = (posted.get("version") or ("",))[-1]
    return Typed(
        form=form,
        words=tuple(text for name, sent in posted.items() if name not in _OURS for text in sent if text.strip()),
        acknowledged=tuple(posted.get("acknowledge", ())),
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        key=(posted.get("key") or ("",))[-1][:200] or str(uuid.uuid4()),
        tried="try" in posted,
        not_taken=tuple(not_taken),
    )


def _faults_of(tried: ActionLine | None) -> list[FieldError]:
    """What a trial found wrong with fields."""
    if tried is None:
        return []
    return [FieldError(f.field, f.label, f.says) for obstacle in tried.obstacles for f in obstacle.fields]


def _names_of_files(case: CasePage) -> dict[str, str]:
    """What the files of a case's form are called, by id."""
    return {
        value: name
        for field in case.form
        if isinstance(field.value, list)
        for value, name in zip(field.value, field.shown.split("; "), strict=False)
        if isinstance(value, str)
    }


ROUTES: Final[tuple[Any, ...]] = (ask, take)
