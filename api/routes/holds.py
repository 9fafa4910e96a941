"""Legal holds: an administrator keeps what a case says from being erased, and lets it be erased again."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import etag, version_seen
from api.routes.actions import Seen
from workflow.views import holds
from workflow.views.holds import HoldChanged, HoldReason


@post(
    "/cases/{case_id:str}/hold",
    operation_id="holdCase",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Tahan penghapusan isi berkas menurut masa simpan; oleh administrator",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 507),
)
async def hold_case(
    visit: NamedDependency[Visit], case_id: FromPath[str], data: JSONBody[HoldReason], if_match: Seen = None
) -> Response[HoldChanged]:
    """Put a hold on a case."""
    done = await visit.run("act", holds.begin, case_id, data, version_seen(if_match))
    return Response(done, headers={"ETag": etag(done.version)})


@post(
    "/cases/{case_id:str}/hold/end",
    operation_id="endHold",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Akhiri penahanan penghapusan isi berkas; oleh administrator",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 507),
)
async def end_hold(
    visit: NamedDependency[Visit], case_id: FromPath[str], data: JSONBody[HoldReason], if_match: Seen = None
) -> Response[HoldChanged]:
    """End the hold on a case."""
    done = await visit.run("act", holds.end, case_id, data, version_seen(if_match))
    return Response(done, headers={"ETag": etag(done.version)})


ROUTES = (hold_case, end_hold)
