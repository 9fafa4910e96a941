"""Standing in: mandates proposed, answered and ended; who may take a step; a task moved to another who may."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import etag, key_given, version_seen
from api.reseating import reseat
from api.routes.actions import Seen
from api.routes.cases import Key
from workflow.authority.who_can import WhoCan
from workflow.views import mandates, standing_in
from workflow.views.mandates import MandateList, MandatePage, NewMandate, Why
from workflow.views.standing_in import MoveTask, TaskMoved


class RefuseMandate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a mandate is refused; the one who lends it is told."""

    reason: Why


class RevokeMandate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a mandate ends, and the first day on which it no longer holds: today where it is left out."""

    reason: Why
    on: date | None = None


@post(
    "/mandates",
    operation_id="proposeMandate",
    security=needs("act"),
    tags=["Pelimpahan"],
    summary="Limpahkan wewenang jabatan, atau catat pelimpahan berdasarkan suratnya; berlaku setelah diterima",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def propose_mandate(
    visit: NamedDependency[Visit], data: JSONBody[NewMandate], idempotency_key: Key = None
) -> Response[MandatePage]:
    """Propose a mandate."""
    done = await visit.run("act", mandates.propose, data, key_given(idempotency_key))
    return Response(done, status_code=201, headers={"Location": f"/api/mandates/{done.id}"})


@get(
    "/mandates",
    operation_id="listMandates",
    security=needs("read"),
    tags=["Pelimpahan"],
    summary="Pelimpahan yang saya berikan, terima, atau catat; bagi pencatat semuanya",
    responses=problems(),
)
async def list_mandates(visit: NamedDependency[Visit]) -> MandateList:
    """The mandates."""
    return await visit.look("read", mandates.mandate_list)


@get(
    "/mandates/{mandate_id:str}",
    operation_id="getMandate",
    security=needs("read"),
    tags=["Pelimpahan"],
    summary="Satu pelimpahan beserta riwayatnya",
    responses=problems(404),
)
async def get_mandate(visit: NamedDependency[Visit], mandate_id: FromPath[str]) -> MandatePage:
    """A mandate."""
    return await visit.look("read", mandates.mandate_page, mandate_id)


@post(
    "/mandates/{mandate_id:str}/accept",
    operation_id="acceptMandate",
    security=needs("act"),
    tags=["Pelimpahan"],
    summary="Terima pelimpahan yang diajukan kepada saya",
    status_code=200,
    responses=problems(404, 409, 422, 507),
)
async def accept_mandate(visit: NamedDependency[Visit], mandate_id: FromPath[str]) -> MandatePage:
    """Accept a mandate; the cases that it concerns are seated anew."""
    done = await visit.run("act", mandates.accept, mandate_id)
    await reseat(visit, await visit.look("act", mandates.concerned_cases, mandate_id))
    return done


@post(
    "/mandates/{mandate_id:str}/refuse",
    operation_id="refuseMandate",
    security=needs("act"),
    tags=["Pelimpahan"],
    summary="Tolak pelimpahan yang diajukan kepada saya, dengan alasannya",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def refuse_mandate(
    visit: NamedDependency[Visit], mandate_id: FromPath[str], data: JSONBody[RefuseMandate]
) -> MandatePage:
    """Refuse a mandate."""
    return await visit.run("act", mandates.refuse, mandate_id, data.reason)


@post(
    "/mandates/{mandate_id:str}/revoke",
    operation_id="revokeMandate",
    security=needs("act"),
    tags=["Pelimpahan"],
    summary="Cabut pelimpahan; yang sudah dilakukan berdasarkan pelimpahan itu tetap berlaku",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def revoke_mandate(
    visit: NamedDependency[Visit], mandate_id: FromPath[str], data: JSONBody[RevokeMandate]
) -> MandatePage:
    """End a mandate; the cases that it concerns are seated anew."""
    done = await visit.run("act", mandates.revoke, mandate_id, data.on, data.reason)
    await reseat(visit, await visit.look("act", mandates.concerned_cases, mandate_id))
    return done


@get(
    "/cases/{case_id:str}/who-can/{trigger:str}",
    operation_id="whoCan",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Siapa yang berwenang melakukan suatu tindakan, siapa yang tidak, dan mengapa",
    responses=problems(400, 404, 409),
)
async def who_can(
    visit: NamedDependency[Visit],
    case_id: FromPath[str],
    trigger: FromPath[str],
    on: Annotated[
        date | None,
        QueryParameter(description="Pada hari ini bila kosong; boleh yang sudah lewat atau yang akan datang"),
    ] = None,
) -> WhoCan:
    """Who may take a step."""
    return await visit.look("read", standing_in.who_can, case_id, trigger, on)


@post(
    "/cases/{case_id:str}/moves",
    operation_id="moveTask",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Pindahkan tugas kepada orang lain yang berwenang, atau tunjuk orang bila tidak ada lagi; oleh administrator",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 507),
)
async def move_task(
    visit: NamedDependency[Visit], case_id: FromPath[str], data: JSONBody[MoveTask], if_match: Seen = None
) -> Response[TaskMoved]:
    """Move a task."""
    done = await visit.run("act", standing_in.move_task, case_id, data, version_seen(if_match))
    return Response(done, headers={"ETag": etag(done.version)})


ROUTES = (
    propose_mandate,
    list_mandates,
    get_mandate,
    accept_mandate,
    refuse_mandate,
    revoke_mandate,
    who_can,
    move_task,
)
