"""The way in for a partner: the short code for whoever trusts no links, handing a link on, and links that are over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, browser_of, desk_of, form_page, seen_next, typed
from api.pages.forms import Field
from api.pages.rendering import page
from api.refusals import refused
from workflow.accounts.attempts import GuessedTooOften
from workflow.database import Connection
from workflow.errors import FieldError, InvalidForm, Problem
from workflow.links import links
from workflow.views.linked import contact_of, linked, pass_on

_LONGEST_CODE: Final = 60
_CODE: Final = Field(
    name="kode",
    kind="text",
    label="Kode tautan",
    hint="12 huruf dan angka pada surel atau pesan, misalnya K7QF-2M9X-0RTB",
)
_COLLEAGUE: Final = (
    Field(name="name", kind="text", label="Nama rekan"),
    Field(name="post", kind="text", label="Jabatan rekan"),
    Field(name="email", kind="text", label="Alamat surel rekan"),
)


@get("/mitra", include_in_schema=False)
async def ask_for_code(request: WebRequest) -> Response[Any]:
    """Asks for the code of a link."""
    return _code_page(request)


@post("/mitra", include_in_schema=False)
async def take_code(request: WebRequest) -> Response[Any]:
    """Leads to the page of the link whose code was typed; from where too many were wrong, waits."""
    desk, code = desk_of(request), (await typed(request)).get("kode", "")[:_LONGEST_CODE]
    at, network = desk.clock.now(), browser_of(request).network

    def found(conn: Connection) -> links.Link | None:
        return links.find_by_code(conn, desk.engine(conn).office, desk.safe, code, network, at)

    try:
        link = await desk.database.run(found)
    except GuessedTooOften as problem:
        return _code_page(request, code, problem)
    if link is None:
        unknown = links.NoLink("Kode ini tidak dikenal. Periksa lagi hurufnya, atau bukalah tautan pada surel.")
        return _code_page(request, code, unknown)
    return seen_next(f"/mitra/{quote(links.token_of(desk.safe, link.id))}")


@get("/mitra/{token:str}/teruskan", include_in_schema=False)
async def ask_colleague(request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Asks for the colleague who is to answer. Raises NoLink, LinkOver."""
    return await _forward_page(request, visit, token, {})


@post("/mitra/{token:str}/teruskan", include_in_schema=False)
async def forward(request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Hands the link on; it opens nothing from then on, which the page says. Raises NoLink, LinkOver."""
    form = await typed(request)
    given = {field.name: form.get(field.name, "")[:500] for field in _COLLEAGUE}
    try:
        to = await visit.run("act", pass_on, visit.desk.safe, given["name"], given["post"], given["email"])
    except Problem as problem:
        if isinstance(problem, links.NoLink | links.LinkOver):
            raise
        return await _forward_page(request, visit, token, given, problem)
    return page(request, "partner_forwarded.html", to=to, name=given["name"])


def to_link_over(request: WebRequest, problem: Problem) -> Response[Any]:
    """A link that opens nothing, or nothing any more: why, and whom to ask."""
    refused(request, problem.type)
    office = desk_of(request).office
    return page(
        request,
        "partner_over.html",
        status=problem.status,
        problem=problem,
        contact=contact_of(office) if office else None,
        is_unknown=isinstance(problem, links.NoLink),
    )


def _code_page(request: WebRequest, code: str = "", problem: Problem | None = None) -> Response[Any]:
    if problem is not None:
        refused(request, problem.type)
    faults = [FieldError("kode", "Kode tautan", problem.says)] if problem else []
    status = problem.status if problem else 200
    headers = {"Retry-After": str(problem.more["wait"])} if problem and "wait" in problem.more else {}
    return form_page(
        request, "partner_code.html", (replace(_CODE, value=code),), faults, status=status, headers=headers
    )


async def _forward_page(
    request: WebRequest, visit: Visit, token: str, given: dict[str, str], problem: Problem | None = None
) -> Response[Any]:
    link = await visit.look("read", linked)
    faults = list(problem.fields) if isinstance(problem, InvalidForm) else []
    if problem is not None and not faults:
        faults = [FieldError("", "", problem.says)]
    return form_page(
        request,
        "partner_forward.html",
        tuple(replace(field, value=given.get(field.name, "")) for field in _COLLEAGUE),
        faults,
        status=problem.status if problem else 200,
        link=link,
        top=f"/mitra/{quote(token)}",
    )


ROUTES: Final[tuple[Any, ...]] = (ask_for_code, take_code, ask_colleague, forward)
