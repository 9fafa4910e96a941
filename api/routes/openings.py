"""What may be asked for, a request as it is being written, and colleagues to be named in it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.searching import colleagues
from workflow.views import drafts, openings
from workflow.views.colleagues import ColleagueList
from workflow.views.drafts import DraftPage
from workflow.views.openings import OpeningList


@get(
    "/openings",
    operation_id="listOpenings",
    security=needs("read"),
    tags=["Berkas"],
    summary="Yang dapat saya ajukan, bagi siapa, dan yang sudah menghalanginya",
    responses=problems(),
)
async def list_openings(visit: NamedDependency[Visit]) -> OpeningList:
    """The processes that the caller may open."""
    return await visit.look("read", openings.opening_list)


@get(
    "/cases/{case_id:str}/draft",
    operation_id="getDraft",
    security=needs("read"),
    tags=["Berkas"],
    summary="Draf bagian demi bagian: yang sudah dan yang belum diisi",
    responses=problems(404, 409),
)
async def get_draft(visit: NamedDependency[Visit], case_id: FromPath[str]) -> DraftPage:
    """A request as it is being written, for whoever writes it."""
    return await visit.look("read", drafts.draft_page, case_id)


@get(
    "/colleagues",
    operation_id="searchColleagues",
    security=needs("read"),
    tags=["Berkas"],
    summary="Cari rekan yang akan disebut dalam formulir, dengan nama atau NIP lengkap",
    responses=problems(403, 422, 429),
)
async def search_colleagues(
    visit: NamedDependency[Visit],
    search: Annotated[str, QueryParameter(description="Nama, jabatan, unit, atau NIP lengkap", max_length=200)] = "",
) -> ColleagueList:
    """Colleagues by name or NIP."""
    return await colleagues(visit, search)


ROUTES: Final[tuple[Any, ...]] = (list_openings, get_draft, search_colleagues)
