"""The agency's people: found, looked at one by one, and for administrators their accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.pages.addresses import After, Done, Unit, further
from api.pages.entrance import WebRequest, seen_next
from api.pages.shown import shown
from workflow.errors import Problem
from workflow.views import accounts, people
from workflow.views.accounts import PrintedCode
from workflow.views.people import Sought

Words = Annotated[str, QueryParameter(name="cari", required=False, max_length=100)]

DONE: Final = {
    "diundang": "Tautan aktivasi dikirim lewat surel.",
    "sesi": "Semua sesi sudah diakhiri.",
    "faktor": "Faktor kedua dihapus dan semua sesi diakhiri.",
}


@get("/kelola/pegawai", include_in_schema=False)
async def show_people(
    request: WebRequest, visit: NamedDependency[Visit], words: Words = "", unit: Unit = "", after: After = ""
) -> Response[str]:
    """The people. Raises NotFound."""
    found = await visit.look("read", people.people_list, Sought(words, unit, after))
    following = further("/kelola/pegawai", found.next, {"cari": words, "unit": unit})
    return await shown(request, visit, "people.html", people=found, words=words, unit=unit, following=following)


@get("/kelola/pegawai/{person_id:str}", include_in_schema=False)
async def show_person(
    request: WebRequest, visit: NamedDependency[Visit], person_id: FromPath[str], did: Done = ""
) -> Response[str]:
    """One person. Raises NotFound."""
    return await _page(request, visit, person_id, did=DONE.get(did, ""))


@post("/kelola/pegawai/{person_id:str}/undang", include_in_schema=False)
async def invite(request: WebRequest, visit: NamedDependency[Visit], person_id: FromPath[str]) -> Response[Any]:
    """Sends the link of activation. Raises NotFound, NotYours."""
    return await _changed(request, visit, person_id, "diundang", accounts.invite, visit.desk.safe, person_id)


@post("/kelola/pegawai/{person_id:str}/kode", include_in_schema=False)
async def print_code(request: WebRequest, visit: NamedDependency[Visit], person_id: FromPath[str]) -> Response[Any]:
    """Makes a code for paper, shown on this answer alone. Raises NotFound, NotYours."""
    try:
        code = await visit.run("act", accounts.print_code, visit.desk.safe, person_id)
    except Problem as problem:
        return await _refused(request, visit, person_id, problem)
    return await _page(request, visit, person_id, code=code)


@post("/kelola/pegawai/{person_id:str}/sesi", include_in_schema=False)
async def end_sessions(request: WebRequest, visit: NamedDependency[Visit], person_id: FromPath[str]) -> Response[Any]:
    """Ends all sessions of somebody. Raises NotFound, NotYours."""
    return await _changed(request, visit, person_id, "sesi", accounts.end_sessions, person_id)


@post("/kelola/pegawai/{person_id:str}/faktor", include_in_schema=False)
async def reset_factor(request: WebRequest, visit: NamedDependency[Visit], person_id: FromPath[str]) -> Response[Any]:
    """Takes a lost second factor away. Raises NotFound, NotYours."""
    return await _changed(request, visit, person_id, "faktor", accounts.reset_factor, person_id)


async def _changed(
    request: WebRequest, visit: Visit, person_id: str, did: str, change: Callable[..., Any], *given: Any
) -> Response[Any]:
    try:
        await visit.run("act", change, *given)
    except Problem as problem:
        return await _refused(request, visit, person_id, problem)
    return seen_next(f"/kelola/pegawai/{quote(person_id)}?selesai={did}")


async def _refused(request: WebRequest, visit: Visit, person_id: str, problem: Problem) -> Response[str]:
    """What the records do not allow is told on the page; all else is answered as everywhere."""
    if problem.type != "people":
        raise problem
    return await _page(request, visit, person_id, problem=problem)


async def _page(
    request: WebRequest,
    visit: Visit,
    person_id: str,
    *,
    did: str = "",
    code: PrintedCode | None = None,
    problem: Problem | None = None,
) -> Response[str]:
    page = await visit.look("read", people.person_page, person_id)
    account = await visit.look("read", accounts.account_page, person_id) if page.may_manage else None
    return await shown(
        request,
        visit,
        "person.html",
        problem=problem,
        page=page,
        account=account,
        did=did,
        code=code,
        faults=(("", problem.says),) if problem else (),
    )


ROUTES: Final[tuple[Any, ...]] = (show_people, show_person, invite, print_code, end_sessions, reset_factor)
