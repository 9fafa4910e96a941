"""Many at once: tasks chosen in the inbox, what may be done with all of them, why not where it may not, and what came of each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.pages import forms
from api.pages.entrance import WebRequest, seen_next, zone_of
from api.pages.posted import key_of, last, posted_form, version_in
from api.pages.shown import shown
from workflow.bulk import choosing
from workflow.bulk.choosing import BulkChoices, BulkOffer, Wanted
from workflow.engine.several import MOST
from workflow.engine.steps import Step
from workflow.errors import FieldError, InvalidForm, NotAcknowledged, NotFound, Problem
from workflow.views import cases as view
from workflow.views import several_actions
from workflow.views.several_actions import SeveralTrial
from workflow.views.trials import TrialLine

Chosen = Annotated[list[str] | None, QueryParameter(name="berkas", required=False, max_items=MOST)]
Trigger = Annotated[str, QueryParameter(name="langkah", required=False, max_length=60)]


@dataclass(frozen=True)
class Sent:
    """What somebody typed for all, and which versions they saw, by number."""

    form: dict[str, Any]
    acknowledged: tuple[str, ...]
    versions: dict[str, int]
    key: str


@get("/pilihan", include_in_schema=False)
async def several(
    request: WebRequest, visit: NamedDependency[Visit], chosen: Chosen = None, trigger: Trigger = ""
) -> Response[str]:
    """What may be done with all that were chosen: the step asked about, else the first, tried with each. Raises NotFound."""
    return await _page(request, visit, tuple(dict.fromkeys(chosen or ())), trigger)


@post("/pilihan", include_in_schema=False)
async def act(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Takes one step with all of them, or with none. Raises NotFound."""
    posted = await posted_form(request)
    trigger = last(posted, "langkah")
    versions = dict(filter(None, map(_seen, posted.get("dilihat", ()))))
    try:
        choices = await _choices(visit, tuple(versions))
    except NotFound:  # sent twice, or somebody was faster: where they are now tells more than an error
        return seen_next(f"/pilihan/hasil?{urlencode({'berkas': list(versions)}, doseq=True)}")
    offer = _offer(choices, trigger)
    if offer is None or offer.trigger != trigger:
        raise NotFound("Tindakan ini tidak terbuka bagi semua berkas yang dipilih. Muat ulang daftar tugas Anda.")
    sent = Sent(
        form=forms.read(offer.takes, posted, zone=zone_of(request)) if offer.takes else {},
        acknowledged=tuple(posted.get("acknowledge", ())),
        versions=versions,
        key=key_of(posted),
    )
    step = Step(trigger, sent.form, sent.acknowledged)
    try:
        await visit.run("act", several_actions.act_on_several, step, versions, sent.key)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _page(request, visit, tuple(versions), trigger, sent, problem)
    return seen_next(f"/pilihan/hasil?{urlencode({'langkah': offer.title, 'berkas': list(versions)}, doseq=True)}")


@get("/pilihan/hasil", include_in_schema=False)
async def outcome(
    request: WebRequest, visit: NamedDependency[Visit], chosen: Chosen = None, trigger: Trigger = ""
) -> Response[str]:
    """Where each of them is now. Raises NotFound."""
    found = [await visit.look("read", view.case_page, each) for each in dict.fromkeys(chosen or ())]
    return await shown(request, visit, "several_done.html", cases=found, title=trigger)


async def _page(
    request: WebRequest,
    visit: Visit,
    chosen: tuple[str, ...],
    trigger: str,
    sent: Sent | None = None,
    problem: Problem | None = None,
) -> Response[str]:
    choices = await _choices(visit, chosen)
    offer = _offer(choices, trigger)
    trial, hindered = None, frozenset[str]()
    if offer is not None:
        trial = await _tried(visit, choices, offer, sent)
        hindered = frozenset(item.reference for item in trial.items if _is_hindered(item))
    faults = forms.on_pages(problem.fields if problem is not None else ())
    fields = _drawn(request, offer, sent, faults)
    return await shown(
        request,
        visit,
        "several.html",
        choices=choices,
        offer=offer,
        trial=trial,
        hindered=hindered,
        allowed=[item.reference for item in choices.items if item.reference not in hindered],
        fields=fields,
        faults=forms.faults_told(fields, faults),
        problem=problem,
        acknowledged=sent.acknowledged if sent else (),
        key=str(uuid.uuid4()),
        address=_address,
    )


async def _choices(visit: Visit, chosen: tuple[str, ...]) -> BulkChoices:
    if not chosen:
        return BulkChoices(items=(), offers=(), letters=(), more=False)
    return await visit.look("read", choosing.bulk_choices, Wanted(named=chosen))


def _offer(choices: BulkChoices, trigger: str) -> BulkOffer | None:
    """The step that is asked about, else the first that is open for all."""
    asked = (each for each in choices.offers if each.trigger == trigger)
    return next(asked, next(iter(choices.offers), None))


async def _tried(visit: Visit, choices: BulkChoices, offer: BulkOffer, sent: Sent | None) -> SeveralTrial:
    """What the step would meet in each, as they are now; what has to be typed is asked for below."""
    versions = {item.reference: item.version for item in choices.items}
    step = Step(offer.trigger, sent.form if sent else {}, sent.acknowledged if sent else ())
    return await visit.run("read", several_actions.try_on_several, step, versions)


def _is_hindered(item: TrialLine) -> bool:
    """Whether something stands in the way that is neither typed nor acknowledged away."""
    return any(
        each.problem not in (InvalidForm.type, NotAcknowledged.type)
        or (each.problem == InvalidForm.type and not each.fields)
        for each in item.obstacles
    )


def _drawn(
    request: WebRequest, offer: BulkOffer | None, sent: Sent | None, faults: tuple[FieldError, ...] | list[FieldError]
) -> tuple[forms.Field, ...]:
    if offer is None or offer.takes is None:
        return ()
    required = {*offer.takes.get("required", ()), *(need.name for need in offer.needs)}
    return forms.fields(offer.takes, sent.form if sent else {}, faults, {}, required=required, zone=zone_of(request))


def _seen(text: str) -> tuple[str, int] | None:
    """``7KQ2-9FXR:7`` as a case and the version of it that was seen."""
    name, _, version = text.partition(":")
    seen = version_in(version)
    return None if seen is None else (name, seen)


def _address(trigger: str, references: list[str]) -> str:
    """Where a step is asked about for some cases."""
    return f"/pilihan?{urlencode({'langkah': trigger, 'berkas': references}, doseq=True)}"


ROUTES: Final[tuple[Any, ...]] = (several, act, outcome)
