"""Rounds: those that pair mentors with mentees, answered, proposed and published here; and those of awards, which are cases."""

from __future__ import annotations

import uuid
from typing import Any, Final
from urllib.parse import quote, urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import small_forms
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.shown import shown
from api.routes.rounds import proposed, published
from workflow import queries
from workflow.errors import InvalidForm, NotFound, Problem
from workflow.filters import Narrowed
from workflow.matching import acting, pages
from workflow.matching.acting import NewRound
from workflow.matching.answers import Given
from workflow.matching.shown import ProposalPage

#: The process whose cases are the rounds of awards.
_AWARDS: Final = "award_round"
_SHOWN: Final = 25


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
    """Answers, takes an answer back, works a proposal out, publishes or closes. Raises NotFound."""
    form = await typed(request)
    where, done = f"/putaran/{quote(round_id)}", deed
    try:
        if deed == "jawaban":
            await visit.run("act", acting.hand_in, round_id, [await _given(request, form)])
        elif deed == "tarik":
            await visit.run("act", acting.withdraw, round_id, None, _side(form), form.get("reason", ""))
        elif deed == "hitung":
            await proposed(visit, round_id)
            where = f"{where}/usulan"
        elif deed == "terbit":
            number = form.get("number", "")
            await published(visit, round_id, int(number) if number.isascii() and number.isdigit() else 0)
        elif deed == "tutup":
            await visit.run("act", acting.close_round, round_id, form.get("reason", ""))
        else:
            raise NotFound(f"Perbuatan “{deed[:60]}” tidak ada pada halaman putaran.")
    except Problem as problem:
        if problem.status in {401, 403, 404}:
            raise
        return await _round(request, visit, round_id, problem, form)
    return seen_next(f"{where}?{urlencode({'selesai': done})}")


async def _given(request: WebRequest, form: dict[str, str]) -> Given:
    """An offer or a wish as it was typed. Raises InvalidForm."""
    fields = tuple(str(each) for each in (await request.form()).getall("fields", []))
    capacity = form.get("capacity", "") or "0"
    if not fields:
        raise InvalidForm("Pilih setidaknya satu bidang.")
    if not (capacity.isascii() and capacity.isdigit() and len(capacity) < 4):
        raise InvalidForm("Banyaknya mentee yang sanggup dibina ditulis dengan angka, misalnya 2.")
    would, would_not = (tuple(_lines(form.get(name, ""))) for name in ("would", "would_not"))
    return Given(_side(form), "", fields, would, would_not, int(capacity))


def _side(form: dict[str, str]) -> Any:
    side = form.get("side", "")
    if side not in {"offer", "wish"}:
        raise InvalidForm("Pilih sebagai mentor atau sebagai mentee.")
    return side


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
    problem: Problem | None = None,
    given: dict[str, str] | None = None,
) -> Response[str]:
    found = await visit.look("read", pages.round_page, round_id)
    answers = await visit.look("read", pages.round_answers, round_id)
    return await shown(
        request,
        visit,
        "round.html",
        round=found,
        answers=answers.items,
        problem=problem,
        given=given or {},
        done=request.query_params.get("selesai", ""),
    )


ROUTES: Final[tuple[Any, ...]] = (round_list, ask_round, open_round, round_page, proposal, act)
