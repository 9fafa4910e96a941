"""Authority lent for a time: seen, proposed, answered and ended by whoever it concerns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next
from api.pages.forms import Choice
from api.pages.shown import shown
from api.pages.small_forms import Choices, drawn, filled, require_told, sent
from api.reseating import reseat
from workflow.errors import Problem
from workflow.forms import Form
from workflow.people.mandates import MANDATES
from workflow.views import choices_of_lists, mandates
from workflow.views.mandates import MandatePage, NewMandate, Why

#: The fields that narrow a mandate; without them it is for all.
_NARROWING: Final = ("processes", "units", "letters", "via")


class Refusal(Form, frozen=True, kw_only=True):
    """Why a mandate is refused."""

    reason: Why


class Revocation(Form, frozen=True, kw_only=True):
    """Why a mandate ends, and from which day on; from today where none is named."""

    reason: Why
    on: Annotated[date | None, Meta(title="Berakhir mulai")] = None


@get("/kelola/pelimpahan", include_in_schema=False)
async def show_mandates(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The mandates that concern whoever asks, and a form for another."""
    return await _mandates(request, visit)


@post("/kelola/pelimpahan", include_in_schema=False)
async def propose(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Proposes a mandate."""
    values = await sent(request, NewMandate)
    try:
        done = await visit.run("act", mandates.propose, filled(NewMandate, values), None)
    except Problem as problem:
        require_told(problem)
        return await _mandates(request, visit, values, problem)
    await _reseat(visit, done.id)
    return seen_next(f"/kelola/pelimpahan/{quote(done.id)}")


@get("/kelola/pelimpahan/{mandate_id:str}", include_in_schema=False)
async def show_mandate(request: WebRequest, visit: NamedDependency[Visit], mandate_id: FromPath[str]) -> Response[str]:
    """A mandate with all that happened to it. Raises NotFound."""
    return await _mandate(request, visit, mandate_id)


@post("/kelola/pelimpahan/{mandate_id:str}/terima", include_in_schema=False)
async def accept(request: WebRequest, visit: NamedDependency[Visit], mandate_id: FromPath[str]) -> Response[Any]:
    """Accepts a mandate. Raises NotFound."""
    return await _answer(request, visit, mandate_id, {}, lambda: visit.run("act", mandates.accept, mandate_id))


@post("/kelola/pelimpahan/{mandate_id:str}/tolak", include_in_schema=False)
async def refuse(request: WebRequest, visit: NamedDependency[Visit], mandate_id: FromPath[str]) -> Response[Any]:
    """Refuses a mandate. Raises NotFound."""
    values = await sent(request, Refusal)

    async def work() -> Any:
        return await visit.run("act", mandates.refuse, mandate_id, filled(Refusal, values).reason)

    return await _answer(request, visit, mandate_id, values, work)


@post("/kelola/pelimpahan/{mandate_id:str}/cabut", include_in_schema=False)
async def revoke(request: WebRequest, visit: NamedDependency[Visit], mandate_id: FromPath[str]) -> Response[Any]:
    """Ends a mandate. Raises NotFound."""
    values = await sent(request, Revocation)

    async def work() -> Any:
        form = filled(Revocation, values)
        return await visit.run("act", mandates.revoke, mandate_id, form.on, form.reason)

    return await _answer(request, visit, mandate_id, values, work)


async def _answer(
    request: WebRequest, visit: Visit, mandate_id: str, values: Mapping[str, Any], work: Callable[[], Awaitable[Any]]
) -> Response[Any]:
    await visit.look("read", mandates.mandate_page, mandate_id)
    try:
        await work()
    except Problem as problem:
        require_told(problem)
        return await _mandate(request, visit, mandate_id, values, problem)
    await _reseat(visit, mandate_id)
    return seen_next(f"/kelola/pelimpahan/{quote(mandate_id)}")


async def _mandates(
    request: WebRequest, visit: Visit, values: Mapping[str, Any] | None = None, problem: Problem | None = None
) -> Response[str]:
    found = await visit.look("read", mandates.mandate_list)
    choices: Choices = {
        "kind": [Choice(kind, title) for kind, title in MANDATES.items()],
        **{
            field: [Choice(code, title) for code, title in titles.items()]
            for field, titles in (await _scopes(visit)).items()
        },
        "via": [Choice(each.id, _called(each)) for each in found.items if each.state == "accepted"],
    }
    # Units are told to members of groups alone, and there may be no mandate that could be passed on.
    form = drawn(
        NewMandate, values, problem, choices, without=[name for name, several in choices.items() if not several]
    )
    return await shown(
        request, visit, "mandates.html", problem=problem, mandates=found.items, narrowing=_NARROWING, **form
    )


async def _scopes(visit: Visit) -> dict[str, dict[str, str]]:
    """To what a mandate can be narrowed: titles by code, of processes, units and letters."""
    offered = await visit.look("read", choices_of_lists.list_choices)
    letters = {
        name: letter.title for each in visit.desk.registry.processes.values() for name, letter in each.letters.items()
    }
    return {
        "processes": {each.name: each.title for each in offered.processes},
        "units": {each.name: each.title for each in offered.units},
        "letters": dict(sorted(letters.items(), key=lambda each: each[1])),
    }


def _called(mandate: MandatePage) -> str:
    """A mandate in one line, to be chosen from several."""
    return f"{mandate.title} {mandate.post} kepada {mandate.receiver}, {mandate.basis_number}"


async def _mandate(
    request: WebRequest,
    visit: Visit,
    mandate_id: str,
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
) -> Response[str]:
    page = await visit.look("read", mandates.mandate_page, mandate_id)
    asked = drawn(Revocation if page.state == "accepted" else Refusal, values, problem)
    scopes = {
        field: [titles.get(code, code) for code in getattr(page, field)]
        for field, titles in (await _scopes(visit)).items()
    }
    return await shown(request, visit, "mandate.html", problem=problem, mandate=page, scopes=scopes, **asked)


async def _reseat(visit: Visit, mandate_id: str) -> None:
    await reseat(visit, await visit.look("act", mandates.concerned_cases, mandate_id))


ROUTES: Final[tuple[Any, ...]] = (show_mandates, propose, show_mandate, accept, refuse, revoke)
