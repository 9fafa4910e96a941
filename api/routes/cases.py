"""Cases: opened, listed, read."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import etag, key_given
from api.routes.me import After, InState, Limit, OfProcess, Search
from workflow import queries
from workflow.filters import Narrowed
from workflow.queries import CaseList
from workflow.views import actions, cases, history
from workflow.views.actions import ActionDone
from workflow.views.cases import CasePage
from workflow.views.history import History

Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", required=False, description="Kunci baru untuk setiap perbuatan, misalnya UUID"
    ),
]


class OpenCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which process to open, whatever of its form is known already, and for whom where it is not for oneself (NIP or id)."""

    process: Annotated[str, msgspec.Meta(max_length=60)]
    form: dict[str, Any] = {}
    person: Annotated[str, msgspec.Meta(max_length=64)] | None = None


@post(
    "/cases",
    operation_id="openCase",
    security=needs("act"),
    tags=["Berkas"],
    summary="Buka berkas bagi diri sendiri, atau bagi pegawai yang dikelola",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def open_case(
    visit: NamedDependency[Visit], data: JSONBody[OpenCase], idempotency_key: Key = None
) -> Response[ActionDone]:
    """Open a case with a draft that may be empty."""
    done = await visit.run(
        "act", actions.open_case, data.process, data.form, key_given(idempotency_key), person=data.person
    )
    return Response(done, status_code=201, headers={"Location": f"/api/cases/{done.id}", "ETag": etag(done.version)})


@get(
    "/cases",
    operation_id="listCases",
    security=needs("read"),
    tags=["Berkas"],
    summary="Berkas yang boleh saya lihat, yang terbaru lebih dahulu",
    responses=problems(400, 404),
)
async def list_cases(
    visit: NamedDependency[Visit],
    process: OfProcess = None,
    in_state: InState = None,
    unit: Annotated[str | None, QueryParameter(description="Kode unit kerja peserta", max_length=64)] = None,
    over: Annotated[bool | None, QueryParameter(description="Yang sudah selesai (true) atau belum (false)")] = None,
    search: Search = "",
    after: After = None,
    limit: Limit = 50,
) -> CaseList:
    """The cases that the caller may see."""
    narrowed = Narrowed(process=process, state=in_state, unit=unit, over=over, search=search)
    return await visit.look("read", queries.case_list, narrowed=narrowed, after=after, limit=limit)


@get(
    "/cases/{case_id:str}",
    operation_id="getCase",
    security=needs("read"),
    tags=["Berkas"],
    summary="Satu berkas",
    responses=problems(404),
)
async def get_case(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[CasePage]:
    """A case, with its version as ETag."""
    page = await visit.look("read", cases.case_page, case_id)
    return Response(page, headers={"ETag": etag(page.version)})


@get(
    "/cases/{case_id:str}/history",
    operation_id="getHistory",
    security=needs("read"),
    tags=["Berkas"],
    summary="Riwayat berkas beserta alasan dan dasar hukumnya",
    responses=problems(404),
)
async def get_history(visit: NamedDependency[Visit], case_id: FromPath[str]) -> History:
    """Everything that happened to a case."""
    return await visit.look("read", history.history, case_id)


ROUTES = (
    open_case,
    list_cases,
    get_case,
    get_history,
)
