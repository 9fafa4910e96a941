"""Mentoring for the two of a pair: how far it has come, a meeting logged in half a minute, and the mentee's answer to it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import forms, typed
from api.pages.entrance import WebRequest, desk_of, seen_next, zone_of
from api.pages.forms import Field
from api.pages.posted import key_of, last, posted_form, version_of
from api.pages.shown import shown
from workflow.engine.steps import Step
from workflow.errors import FieldError, KeyReused, NotNow, Problem
from workflow.views import actions, mentoring
from workflow.views.mentoring import PairPage

#: What is asked for at once, and what opens below for whoever wants to say more.
_ASKED: Final = ("medium", "place", "topic", "result")
_MORE: Final = ("action", "action_on")
#: Where a fault of the step's own fields is shown: start and end are asked for as a day and times.
_PLACES: Final = {"starts_at": "met_from", "ends_at": "met_until"}
_TIMES: Final = {
    "starts_at": "Isi tanggal dan jam mulai pertemuan, misalnya 09.30.",
    "ends_at": "Isi jam selesai pertemuan, atau lamanya dalam menit.",
}
_STEPS: Final = {"konfirmasi": "confirm_session", "sanggah": "dispute_session"}


@get("/mentoring", include_in_schema=False)
async def pairs(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The pairs of whoever asks."""
    found = await visit.look("read", mentoring.pair_list)
    return await shown(request, visit, "mentoring.html", pairs=found.items)


@get("/mentoring/{case_id:str}", include_in_schema=False)
async def pair(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """A pair, its meetings, and the answers that are still owed. Raises NotFound, NotYours."""
    return await _pair_page(request, visit, await visit.look("read", mentoring.pair_page, case_id))


@post("/mentoring/{case_id:str}", include_in_schema=False)
async def answer(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Confirms or disputes the meetings that were chosen. Raises NotFound, NotYours."""
    posted = await posted_form(request)
    seen = await visit.look("read", mentoring.pair_page, case_id)
    asked = last(posted, "do")
    numbers = [int(each) for each in posted.get("numbers", ()) if each.isdecimal() and len(each) < 7]
    form: dict[str, Any] = {"numbers": numbers}
    if asked == "sanggah":
        form["reason"] = last(posted, "reason").strip()
    step = Step(_STEPS.get(asked, "confirm_session"), form)
    try:
        await visit.run("act", actions.act, seen.pair.case_id, (step,), version_of(posted), key_of(posted))
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        now = await visit.look("read", mentoring.pair_page, case_id)
        return await _pair_page(request, visit, now, problem, numbers, form.get("reason", ""))
    return seen_next(f"/mentoring/{seen.pair.reference}?{'disanggah' if asked == 'sanggah' else 'dikonfirmasi'}=1")


@get("/mentoring/{case_id:str}/sesi", include_in_schema=False)
async def ask_meeting(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """The form for a meeting: today, and where and how the two met the last time. Raises NotFound, NotYours."""
    seen = await visit.look("read", mentoring.pair_page, case_id)
    last = next(iter(seen.meetings), None)
    values = {
        "met_on": visit_day(request),
        "medium": last.medium if last else "in_person",
        "place": last.place if last else "",
    }
    return await _log_page(request, visit, seen, values, str(uuid.uuid4()))


@post("/mentoring/{case_id:str}/sesi", include_in_schema=False)
async def log_meeting(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Logs a meeting, once for each form that was opened. Raises NotFound, NotYours."""
    posted = await posted_form(request)
    seen = await visit.look("read", mentoring.pair_page, case_id)
    key = key_of(posted)
    schema = await _schema(visit, seen)
    form = _read(schema, posted, zone_of(request)) if schema else {}
    try:
        done = await visit.run("act", mentoring.log_meeting, seen.pair.case_id, form, key)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        values = {**form, **{name: last(posted, name) for name in ("met_from", "met_until", "minutes")}}
        return await _log_page(request, visit, seen, {**values, "met_on": _day(posted)}, key, problem)
    return seen_next(f"/mentoring/{done.reference}?dicatat=1")


def visit_day(request: WebRequest) -> str:
    """Today at the agency."""
    return desk_of(request).clock.now().astimezone(zone_of(request)).date().isoformat()


async def _pair_page(
    request: WebRequest,
    visit: Visit,
    seen: PairPage,
    problem: Problem | None = None,
    chosen: Sequence[int] | None = None,
    reason: str = "",
) -> Response[str]:
    faults = forms.on_pages(problem.fields) if problem is not None else []
    wrong = {fault.field: fault.says for fault in faults}
    asked = Field(
        name="reason", kind="longtext", label="Apa yang tidak benar?", value=reason, fault=wrong.get("reason", "")
    )
    owed = [line for line in seen.meetings if line.open and seen.pair.role == "mentee"]
    return await shown(
        request,
        visit,
        "mentoring_pair.html",
        pair=seen.pair,
        meetings=seen.meetings,
        owed=owed,
        chosen=[line.number for line in owed if line.status == "written"] if chosen is None else chosen,
        reason=asked,
        problem=problem,
        faults=[("reason" if fault.field == "reason" else "pertemuan", fault.says) for fault in faults],
        key=str(uuid.uuid4()),
        done=next((name for name in ("dicatat", "dikonfirmasi", "disanggah") if name in request.query_params), ""),
    )


async def _log_page(
    request: WebRequest,
    visit: Visit,
    seen: PairPage,
    values: Mapping[str, Any],
    key: str,
    problem: Problem | None = None,
) -> Response[str]:
    schema = await _schema(visit, seen)
    if schema is None:
        closed = NotNow(f"Pertemuan tidak dapat dicatat pada status “{seen.pair.state_title}”, atau bukan oleh Anda.")
        problem = problem or closed
    faults = _placed(problem)
    drawn = _drawn(schema, values, faults, zone_of(request)) if schema else {}
    names = ("met_on", "met_from", "met_until", "minutes", *_ASKED, *_MORE)
    return await shown(
        request,
        visit,
        "mentoring_log.html",
        pair=seen.pair,
        fields=drawn,
        asked=[drawn[name] for name in _ASKED] if drawn else [],
        more=[drawn[name] for name in _MORE] if drawn else [],
        more_open=any(drawn[name].fault or any(drawn[name].value) for name in _MORE) if drawn else False,
        faults=forms.faults_told([drawn[name] for name in names], faults) if drawn else [],
        problem=problem,
        taken_already=isinstance(problem, KeyReused),
        key=key,
    )


async def _schema(visit: Visit, seen: PairPage) -> Mapping[str, Any] | None:
    """What the process's own step takes; None where it is not the caller's to take now."""
    listed = await visit.look("read", actions.action_list, seen.pair.case_id)
    line = next((line for line in listed.actions if line.trigger == mentoring.LOG and line.yours), None)
    return line.takes if line else None


def _drawn(
    schema: Mapping[str, Any], values: Mapping[str, Any], faults: Sequence[FieldError], zone: tzinfo
) -> dict[str, Field]:
    """The fields by name: those of the step's form, with day and times for its two instants."""
    found = {field.name: field for field in forms.fields(schema, values, faults, zone=zone)}
    wrong = {fault.field: fault.says for fault in faults}
    day = Field(
        name="met_on", kind="date", label="Tanggal pertemuan", value=typed.day_shown(str(values.get("met_on", "")))
    )
    times = (("met_from", "Mulai"), ("met_until", "Selesai"), ("minutes", "atau lamanya (menit)"))
    for name, label in times:
        found[name] = Field(
            name=name, kind="text", label=label, value=str(values.get(name, "")), fault=wrong.get(name, "")
        )
    # The hint for whoever writes to the API says nothing to whoever has the field before them.
    found["result"] = replace(found["result"], hint="Satu dua kalimat sudah cukup.")
    return {**found, "met_on": day}


def _read(schema: Mapping[str, Any], posted: forms.Posted, zone: tzinfo) -> dict[str, Any]:
    """What was posted, as the API would have been sent it."""
    form = forms.read(schema, posted, zone=zone)
    day, begun = _day(posted), last(posted, "met_from").strip()
    starts = typed.moment_of(day, begun, zone) if begun else ""
    until, minutes = last(posted, "met_until").strip(), typed.number_of(last(posted, "minutes"), whole=True)
    ends = typed.moment_of(day, until, zone) if until else ""
    if not until and isinstance(minutes, int) and 0 < minutes < 24 * 60:
        ends = _later(starts, minutes)
    return {**form, "starts_at": starts, "ends_at": ends}


def _later(starts: str, minutes: int) -> str:
    try:
        return (datetime.fromisoformat(starts) + timedelta(minutes=minutes)).isoformat()
    except ValueError:
        return ""


def _placed(problem: Problem | None) -> list[FieldError]:
    """What is wrong with fields, at the fields of this page."""
    found = forms.on_pages(problem.fields) if problem is not None else []
    return [
        replace(
            fault,
            field=_PLACES.get(fault.field, fault.field),
            says=_TIMES.get(fault.field, fault.says),
        )
        for fault in found
    ]


def _day(posted: forms.Posted) -> str:
    return typed.day_of(*(last(posted, f"met_on-{part}") for part in ("day", "month", "year")))


ROUTES: Final[tuple[Any, ...]] = (pairs, pair, answer, ask_meeting, log_meeting)
