"""API keys: one's own under one's account; for administrators everybody's, and those of systems. A key is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.addresses import After, further
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.forms import Choice
from api.pages.second_factor import FACTOR_CODE, once_more
from api.pages.shown import shown
from api.pages.small_forms import drawn, filled, sent
from workflow.accounts import own
from workflow.errors import Problem
from workflow.views import keys
from workflow.views.keys import SERVICE_SCOPES, IssuedKey, NewKey

OWN: Final = "/akun/kunci"
ALL: Final = "/kelola/kunci"
SCOPES: Final = (
    Choice("read", "Membaca", "Melihat berkas, daftar, dan surat yang boleh dilihat pemegangnya"),
    Choice("act", "Bertindak", "Melakukan tahap atas nama pemegangnya"),
    Choice("letters", "Surat", "Mengambil dan menandatangani surat"),
    Choice(
        "import",
        "Mengimpor",
        "Menyerahkan daftar pegawai, mitra, kerja sama, tempat, atau pagu, sejauh boleh pemegangnya",
    ),
)


@get(OWN, include_in_schema=False)
async def own_keys(request: WebRequest, visit: NamedDependency[Visit], after: After = "") -> Response[str]:
    """The keys of whoever asks."""
    return await _page(request, visit, everybody=False, after=after)


@get(ALL, include_in_schema=False)
async def all_keys(request: WebRequest, visit: NamedDependency[Visit], after: After = "") -> Response[str]:
    """Everybody's keys. Raises NotFound."""
    return await _page(request, visit, everybody=True, after=after)


@post(OWN, include_in_schema=False)
async def issue_own(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """Issues a key for whoever asks."""
    return await _issue(request, visit, everybody=False)


@post(ALL, include_in_schema=False)
async def issue_for(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """Issues a key for a system. Raises NotFound."""
    await visit.look("read", keys.key_list, True)
    return await _issue(request, visit, everybody=True)


@post(OWN + "/{key_id:str}/cabut", include_in_schema=False)
async def revoke_own(visit: NamedDependency[Visit], key_id: FromPath[str]) -> Response[Any]:
    """Ends a key of one's own. Raises NotFound."""
    await visit.run("act", keys.revoke, key_id)
    return seen_next(OWN)


@post(ALL + "/{key_id:str}/cabut", include_in_schema=False)
async def revoke_any(visit: NamedDependency[Visit], key_id: FromPath[str]) -> Response[Any]:
    """Ends anybody's key. Raises NotFound."""
    await visit.look("read", keys.key_list, True)
    await visit.run("act", keys.revoke, key_id)
    return seen_next(ALL)


async def _issue(request: WebRequest, visit: Visit, *, everybody: bool) -> Response[str]:
    values = {**await sent(request, NewKey), "service": everybody}
    try:
        form = filled(NewKey, values)
        await once_more(request, visit, (await typed(request)).get("code", ""))
        issued = await visit.run("act", keys.issue, form)
    except Problem as problem:
        if problem.status not in (403, 404, 422, 429):
            raise
        return await _page(request, visit, everybody=everybody, values=values, problem=problem)
    return await _page(request, visit, everybody=everybody, issued=issued)


async def _page(
    request: WebRequest,
    visit: Visit,
    *,
    everybody: bool,
    after: str = "",
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    issued: IssuedKey | None = None,
) -> Response[str]:
    found = await visit.look("read", keys.key_list, everybody, after)
    action = ALL if everybody else OWN
    offered = [choice for choice in SCOPES if not everybody or choice.value in SERVICE_SCOPES]
    told = drawn(NewKey, values, problem, {"scopes": offered}, without=("service",))
    wrong = {fault.field: fault.says for fault in problem.fields} if problem else {}
    code = replace(FACTOR_CODE, label="Kode faktor kedua", fault=wrong.get("code", ""))
    if code.fault:
        told["faults"] = (("code", code.fault),)
    return await shown(
        request,
        visit,
        "keys.html",
        problem=problem,
        keys=found,
        everybody=everybody,
        scope_names={choice.value: choice.label for choice in SCOPES},
        issued=issued,
        action=action,
        following=further(action, found.next),
        code=code if await visit.look("read", own.asks_factor) else None,
        **told,
    )


ROUTES: Final[tuple[Any, ...]] = (own_keys, all_keys, issue_own, issue_for, revoke_own, revoke_any)
