"""API keys: one's own, and everybody's for administrators; issued, listed, revoked."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.me import After
from workflow.views import keys
from workflow.views.keys import IssuedKey, KeyLine, KeyList, NewKey

Everybody = Annotated[bool, QueryParameter(description="Kunci semua orang; hanya bagi administrator")]


@get(
    "/keys",
    operation_id="listKeys",
    security=needs("read"),
    tags=["Akun"],
    summary="Kunci API saya, atau bagi administrator kunci semua orang; kuncinya sendiri tidak tersimpan",
    responses=problems(400, 404),
)
async def list_keys(visit: NamedDependency[Visit], everybody: Everybody = False, after: After = None) -> KeyList:
    """The keys."""
    return await visit.look("read", keys.key_list, everybody, after or "")


@post(
    "/keys",
    operation_id="issueKey",
    security=needs("act"),
    tags=["Akun"],
    summary="Terbitkan kunci API bagi diri sendiri, atau sebagai administrator bagi sistem lain; kuncinya ditampilkan sekali",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def issue_key(visit: NamedDependency[Visit], data: JSONBody[NewKey]) -> Response[IssuedKey]:
    """Issue a key. It is answered once and kept nowhere, so that asking again makes another."""
    return Response(await visit.run("act", keys.issue, data), status_code=201)


@post(
    "/keys/{key_id:str}/revoke",
    operation_id="revokeKey",
    security=needs("act"),
    tags=["Akun"],
    summary="Cabut kunci API seketika",
    status_code=200,
    responses=problems(404, 507),
)
async def revoke_key(visit: NamedDependency[Visit], key_id: FromPath[str]) -> KeyLine:
    """End a key."""
    return await visit.run("act", keys.revoke, key_id)


ROUTES = (list_keys, issue_key, revoke_key)
