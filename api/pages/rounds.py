"""Rounds: those that pair mentors with mentees, answered, proposed and published here; and those of awards, which are cases."""

from __future__ import annotations

import uuid
from typing import Any, Final
from urllib.parse import quote, urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import people_fields, round_forms, small_forms
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.forms import Posted, faults_told
from api.pages.posted import last, posted_form, version_in
from api.pages.shown import shown
from api.routes.rounds import proposed, published
from workflow import queries
from workflow.errors import NotFound, Problem
from workflow.filters import Narrowed
from workflow.matching import acting, pages
from workflow.matching.acting import NewRound
from workflow.matching.shown import ProposalPage
from workflow.views import inbox
from workflow.views.unit_desk import OFFICER

#: The process whose cases are the rounds of awards.
_AWARDS: Final = "award_round"
_SHOWN: Final = 25
#: What is done by forms that are drawn again with what was typed.
_ANSWER, _BOND = "jawaban", "pasangan"


@get("/putaran", include_in_schema=False)
async def round_list(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The rounds of both kinds that somebody may see."""
    found = await visit.look("read", pages.round_list)
    awards = await visit.look("read", queries.case_list, narrowed=Narrowed(process=_AWARDS), limit=_SHOWN)
    return await shown(request, visit, "rounds.html", rounds=found, awards=awards.items)


@get("/putaran/buka", include_in_schema=False)
async def ask_round(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """What opening a round asks for."""
    return await _opening(request, visit, {}, None)


@post("/putaran/buka", include_in_schema=False)
async def open_round(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Opens a round. Raises Problem."""
    form = await typed(request)
    values = await small_forms.sent(request, NewRound)
    values["fields"] = _lines(form.get("fields", ""))
    try:
        new = small_forms.filled(NewRound, values)
        done = await visit.run("act", acting.open_round, new, form.get("key", "")[:200] or None)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _opening(request, visit, {**values, "fields": form.get("fields", "")}, problem)
    return seen_next(f"/putaran/{quote(done.id)}")


@get("/putaran/{round_id:str}", include_in_schema=False)
async def round_page(request: WebRequest, visit: NamedDependency[Visit], round_id: FromPath[str]) -> Response[str]:
    """A round, and what of it is somebody's own. Raises NotFound."""
    return await _round(request, visit, round_id)


@get("/putaran/{round_id:str}/usulan", include_in_schema=False)
async def proposal(request: WebRequest, visit: NamedDependency[Visit], round_id: FromPath[str]) -> Response[str]:
    """The newest proposal, for those who see all of the round. Raises NotFound, NotYours."""
    found: ProposalPage = await visit.look("read", pages.proposal_page, round_id)
    page = await visit.look("read", pages.round_page, round_id)
    return await shown(request, visit, "proposal.html", proposal=found, round=page)


@post("/putaran/{round_id:str}/{deed:str}", include_in_schema=False)
async def act(
    request: WebRequest, visit: NamedDependency[Visit], round_id: FromPath[str], deed: FromPath[str]
) -> Response[Any]:
    """Answers, takes an answer back, fixes a pair, works a proposal out, publishes or closes. Raises NotFound."""
    posted = await posted_form(request)
    if deed == _ANSWER and people_fields.is_seeking(posted):
        return await _round(request, visit, round_id, deed, posted)
    try:
        where = await _done(visit, round_id, deed, posted)
    except Problem as problem:
        if problem.status in {401, 403, 404}:
            raise
        return await _round(request, visit, round_id, deed, posted, problem)
    return seen_next(f"{where}?{urlencode({'selesai': deed})}")


async def _done(visit: Visit, round_id: str, deed: str, posted: Posted) -> str:
    """Does what a form of the page asks for; answers which page is seen next. Raises Problem."""
    where = f"/putaran/{quote(round_id)}"
    if deed == _ANSWER:
        await visit.run("act", acting.hand_in, round_id, [round_forms.given(posted)])
    elif deed == "tarik":
        side: Any = last(posted, "side")
        await visit.run("act", acting.withdraw, round_id, last(posted, "person") or None, side, last(posted, "reason"))
    elif deed == _BOND:
        await visit.run("act", acting.bind, round_id, *round_forms.bond(posted))
    elif deed == "hitung":
        await proposed(visit, round_id)
        return f"{where}/usulan"
    elif deed == "terbit":
        await published(visit, round_id, version_in(last(posted, "number")) or 0)
    elif deed == "tutup":
        await visit.run("act", acting.close_round, round_id, last(posted, "reason"))
    else:
        raise NotFound(f"Tindakan “{deed[:60]}” tidak ada pada halaman putaran.")
    return where


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:100]


async def _opening(request: WebRequest, visit: Visit, values: dict[str, Any], problem: Problem | None) -> Response[str]:
    faults = {fault.field: fault.says for fault in problem.fields} if problem else {}
    return await shown(
        request,
        visit,
        "round_opening.html",
        problem=problem,
        values=values,
        wrong=faults,
        faults=list(faults.items()) or ([("", problem.says)] if problem else []),
        key=str(uuid.uuid4()),
    )


async def _round(
    request: WebRequest,
    visit: Visit,
    round_id: str,
    deed: str = "",
    posted: Posted | None = None,
    problem: Problem | None = None,
) -> Response[str]:
    found = await visit.look("read", pages.round_page, round_id)
    answers = (await visit.look("read", pages.round_answers, round_id)).items
    me = await visit.look("read", inbox.me)
    for_others = found.running is not None or any(each.group == OFFICER for each in me.groups)
    faults = problem.fields if problem is not None else ()
    sent = {deed: (posted or {}, faults)}
    answering = round_forms.answer_fields(found, *sent.get(_ANSWER, ({}, ())), for_others=for_others)
    drawn = await people_fields.with_people(request, visit, answering, sent.get(_ANSWER, (None, ()))[0])
    bonding = round_forms.bond_fields(answers, *sent.get(_BOND, ({}, ()))) if found.running is not None else ()
    told = [(field.id, field.fault) for field in drawn if field.fault]
    return await shown(
        request,
        visit,
        "round.html",
        round=found,
        answers=answers,
        answering=drawn,
        bonding=bonding,
        deed=deed,
        for_others=for_others,
        problem=problem,
        faults=faults_told((*drawn, *bonding), faults) or told,
        done=request.query_params.get("selesai", ""),
    )


ROUTES: Final[tuple[Any, ...]] = (round_list, ask_round, open_round, round_page, proposal, act)
