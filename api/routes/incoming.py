"""The book of incoming letters."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.me import After, Limit
from workflow.views import incoming
from workflow.views.incoming import IncomingList


@get(
    "/incoming",
    operation_id="listIncoming",
    security=needs("read"),
    tags=["Surat"],
    summary="Buku agenda surat masuk, yang terbaru lebih dahulu",
    responses=problems(400),
)
async def list_incoming(
    visit: NamedDependency[Visit],
    year: Annotated[int | None, QueryParameter(description="Tahun agenda", ge=1900, le=2199)] = None,
    after: After = None,
    limit: Limit = 50,
) -> IncomingList:
    """The letters by which answers were recorded, each with its cases and scans."""
    return await visit.look("read", incoming.incoming_list, year=year, after=after, limit=limit)


ROUTES = (list_incoming,)
