"""For whoever runs the programme: its figures, and what could not be sent."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.auditing import From, Until
from api.routes.me import After, Limit
from workflow.views import deliveries, health, trail
from workflow.views.deliveries import DeliveryList, Retried
from workflow.views.health import Health
from workflow.views.trail import Sought, Trail

OfProcess = Annotated[str | None, QueryParameter(name="process", description="Nama proses", max_length=60)]
Waiting = Annotated[bool, QueryParameter(description="Yang masih menunggu giliran, bukan yang gagal")]
OfCase = Annotated[str | None, QueryParameter(description="Nomor atau id berkas", max_length=60)]
OfPerson = Annotated[str | None, QueryParameter(description="NIP atau id pegawai yang berperan", max_length=64)]
OfKind = Annotated[str | None, QueryParameter(description="Nama langkah, misalnya endorse", max_length=60)]
OfUnit = Annotated[str | None, QueryParameter(name="unit", description="Kode unit", max_length=64)]


@get(
    "/programme",
    operation_id="getProgramme",
    security=needs("read"),
    tags=["Program"],
    summary="Banyaknya berkas, di mana menunggu, dan lamanya dibandingkan dengan tenggat",
    responses=problems(400, 404),
)
async def get_health(visit: NamedDependency[Visit], process: OfProcess = None, unit: OfUnit = None) -> Health:
    """The health of the programme."""
    return await visit.look("read", health.health, process=process, unit=unit)


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which other way a letter reached whom it was for."""

    how: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


@get(
    "/deliveries",
    operation_id="listDeliveries",
    security=needs("read"),
    tags=["Program"],
    summary="Yang gagal dikirim atau dibuat, beserta alasannya; atau yang masih menunggu giliran",
    responses=problems(400),
)
async def list_deliveries(
    visit: NamedDependency[Visit], waiting: Waiting = False, after: After = None, limit: Limit = 50
) -> DeliveryList:
    """What is owed."""
    return await visit.look("read", deliveries.delivery_list, waiting=waiting, after=after, limit=limit)


@post(
    "/deliveries/retry",
    operation_id="retryDeliveries",
    security=needs("act"),
    tags=["Program"],
    summary="Coba lagi semua yang gagal",
    status_code=200,
    responses=problems(507),
)
async def retry_all(visit: NamedDependency[Visit]) -> Retried:
    """Try all again."""
    return await visit.run("act", deliveries.retry)


@post(
    "/deliveries/{delivery_id:str}/retry",
    operation_id="retryDelivery",
    security=needs("act"),
    tags=["Program"],
    summary="Coba lagi satu yang gagal",
    status_code=200,
    responses=problems(404, 507),
)
async def retry_one(visit: NamedDependency[Visit], delivery_id: FromPath[str]) -> Retried:
    """Try one again."""
    return await visit.run("act", deliveries.retry, delivery_id)


@post(
    "/deliveries/{delivery_id:str}/delivered",
    operation_id="markDelivered",
    security=needs("act"),
    tags=["Program"],
    summary="Catat bahwa surat yang gagal dikirim sudah sampai dengan cara lain",
    status_code=204,
    responses=problems(400, 404, 413, 415, 507),
)
async def mark_delivered(visit: NamedDependency[Visit], delivery_id: FromPath[str], data: JSONBody[Told]) -> None:
    """Mark a letter as delivered."""
    await visit.run("act", deliveries.mark_delivered, delivery_id, data.how)


@get(
    "/audit/trail",
    operation_id="searchTrail",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Jejak peristiwa menurut berkas, pegawai, jangka waktu, dan jenisnya",
    responses=problems(400, 404),
)
async def search_trail(
    visit: NamedDependency[Visit],
    case: OfCase = None,
    person: OfPerson = None,
    from_on: From = None,
    until_on: Until = None,
    kind: OfKind = None,
    after: After = None,
    limit: Limit = 50,
) -> Trail:
    """The trail."""
    sought = Sought(case, person, from_on, until_on, kind)
    return await visit.look("read", trail.trail, sought=sought, after=after, limit=limit)


ROUTES: Final[tuple[Any, ...]] = (get_health, list_deliveries, retry_all, retry_one, mark_delivered, search_trail)
