"""A partner's pages: who asks, what is asked, and answering it, by a link alone; nothing is done by looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next
from api.pages.partner.cohort import shown_cohort
from api.pages.rendering import page
from api.pages.step_form import Around, ask_step, take_step
from api.pages.uploads import LARGEST
from api.routes.files import download
from workflow.errors import NotFound
from workflow.views import actions, history
from workflow.views import cases as view
from workflow.views import letters as letter_view
from workflow.views.actions import ActionLine
from workflow.views.cases import CasePage, EntryLine
from workflow.views.linked import Linked, linked

#: An entry that nobody has confirmed yet.
_OPEN: Final = "written"


@dataclass(frozen=True)
class Week:
    """The days of a week that wait to be confirmed. ``starts_on``: its Monday."""

    starts_on: date
    days: tuple[EntryLine, ...]

    @property
    def ends_on(self) -> date:
        """Its Sunday."""
        return self.starts_on + timedelta(days=6)


@get("/mitra/{token:str}", include_in_schema=False)
async def home(request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """What the link is for: a case, or the names of a cohort. Raises NoLink, LinkOver."""
    link = await visit.look("read", linked)
    if link.cohort_id is not None:
        return await shown_cohort(request, visit, link, token)
    return await _case(request, visit, link, _top(token), link.case_id or "")


@get("/mitra/{token:str}/berkas/{case_id:str}", include_in_schema=False)
async def one_case(
    request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str], case_id: FromPath[str]
) -> Response[str]:
    """One of the names of a cohort. Raises NotFound."""
    link = await visit.look("read", linked)
    return await _case(request, visit, link, _below(token, case_id), case_id)


@get("/mitra/{token:str}/langkah/{trigger:str}", include_in_schema=False)
async def ask(
    request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str], trigger: FromPath[str]
) -> Response[str]:
    """What a step of the link's case asks for. Raises NotFound."""
    link = await _of_case(visit)
    around = _around(request, visit, link, _top(token), _top(token))
    return await ask_step(request, visit, around, link.case_id or "", trigger)


@post("/mitra/{token:str}/langkah/{trigger:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def take(
    request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str], trigger: FromPath[str]
) -> Response[Any]:
    """Takes a step of the link's case. Raises NotFound."""
    link = await _of_case(visit)
    return await _taken(request, visit, link, token, _top(token), link.case_id or "", trigger)


@get("/mitra/{token:str}/berkas/{case_id:str}/langkah/{trigger:str}", include_in_schema=False)
async def ask_one(
    request: WebRequest,
    visit: NamedDependency[Visit],
    token: FromPath[str],
    case_id: FromPath[str],
    trigger: FromPath[str],
) -> Response[str]:
    """What a step asks for of one of the names of a cohort. Raises NotFound."""
    link = await visit.look("read", linked)
    around = _around(request, visit, link, _top(token), _below(token, case_id))
    return await ask_step(request, visit, around, case_id, trigger)


@post(
    "/mitra/{token:str}/berkas/{case_id:str}/langkah/{trigger:str}",
    include_in_schema=False,
    request_max_body_size=LARGEST,
)
async def take_one(
    request: WebRequest,
    visit: NamedDependency[Visit],
    token: FromPath[str],
    case_id: FromPath[str],
    trigger: FromPath[str],
) -> Response[Any]:
    """Takes a step for one of the names of a cohort. Raises NotFound."""
    link = await visit.look("read", linked)
    return await _taken(request, visit, link, token, _below(token, case_id), case_id, trigger)


@get("/mitra/{token:str}/surat/{letter_id:str}", include_in_schema=False)
async def letter(visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[bytes]:
    """A letter that is addressed to the partner, as PDF. Raises NotFound, NotSigned, BeingPrepared."""
    pdf = await visit.look("letters", letter_view.letter_pdf, letter_id)
    return download(pdf.content, pdf.media_type, pdf.name, pdf.sha256)


def _top(token: str) -> str:
    return f"/mitra/{quote(token)}"


def _below(token: str, case_id: str) -> str:
    return f"{_top(token)}/berkas/{quote(case_id)}"


async def _of_case(visit: Visit) -> Linked:
    link = await visit.look("read", linked)
    if link.case_id is None:
        raise NotFound("Tautan ini untuk satu rombongan; pilih dahulu namanya.")
    return link


async def _case(request: WebRequest, visit: Visit, link: Linked, place: str, case_id: str) -> Response[str]:
    found = await visit.look("read", view.case_page, case_id)
    listed = await visit.look("read", actions.action_list, case_id)
    told = await visit.look("read", history.history, case_id)
    asked = dict.fromkeys(action.trigger for wait in found.waits_for for action in wait.actions)
    mine = [step for step in listed.actions if step.yours]
    return page(
        request,
        "partner.html",
        link=link,
        top=_top(str(request.path_params["token"])),
        place=place,
        case=found,
        asked=[step for step in mine if step.trigger in asked],
        others=[step for step in mine if step.trigger not in asked],
        letters=[each for each in found.letters if each.signed_at is not None],
        answered=[event for event in reversed(told.events) if not event.erased],
        form={line.name: line for line in found.form},
    )


async def _taken(
    request: WebRequest, visit: Visit, link: Linked, token: str, place: str, case_id: str, trigger: str
) -> Response[Any]:
    done = await take_step(request, visit, _around(request, visit, link, _top(token), place), case_id, trigger)
    if isinstance(done, Response):
        return done
    return seen_next(f"{_top(token)}/tanda-terima/{quote(done.events[0])}")


def _around(request: WebRequest, visit: Visit, link: Linked, top: str, place: str) -> Around:
    return Around(show=partial(_show, request, visit, link, top, place), home=place, steps=f"{place}/langkah")


async def _show(
    request: WebRequest, visit: Visit, link: Linked, top: str, place: str, template: str, **context: Any
) -> Response[str]:
    """The pages around a step's form, in the partner's frame; days that wait to be confirmed are shown week by week."""
    name, more = f"partner_{template}", {"link": link, "top": top, "place": place}
    weeks = _weeks(visit, context["case"], context["step"]) if template == "step.html" else ()
    if weeks:
        chosen = {
            part.strip() for field in context["fields"] if field.name == "numbers" for part in field.value.split(",")
        }
        name, more["weeks"], more["chosen"] = "partner_days.html", weeks, chosen - {""}
    return page(request, name, **{**context, **more})


def _weeks(visit: Visit, case: CasePage, step: ActionLine) -> Sequence[Week]:
    """The entries that a step confirms by their numbers, by week; nothing for any other step."""
    arrow = visit.desk.registry.process(case.process).arrow(case.state, step.trigger)
    asks: Mapping[str, Any] = step.takes["properties"] if step.takes else {}
    if arrow is None or arrow.marks is None or "numbers" not in asks:
        return ()
    of = arrow.marks.entry.name
    days = sorted((e for e in case.entries if e.kind == of and e.status == _OPEN), key=lambda entry: entry.on_date)
    return [Week(monday, tuple(within)) for monday, within in groupby(days, lambda entry: _monday(entry.on_date))]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


ROUTES: Final[tuple[Any, ...]] = (home, one_case, ask, take, ask_one, take_one, letter)
