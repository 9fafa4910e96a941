"""Absences: recorded by whoever is away or by a personnel officer, ended sooner, listed; the inboxes follow at once."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import key_given
from api.reseating import reseat
from api.routes.cases import Key
from workflow.views import absences
from workflow.views.absences import AbsenceLine, AbsenceList, NewAbsence


class EndAbsence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first day back: today where it is left out. An absence that has not begun by then is taken back whole."""

    back_on: date | None = None


@post(
    "/absences",
    operation_id="recordAbsence",
    security=needs("act"),
    tags=["Pelimpahan"],
    summary="Catat ketidakhadiran diri sendiri, atau pegawai perangkat daerah yang saya kelola kepegawaiannya",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def record_absence(
    visit: NamedDependency[Visit], data: JSONBody[NewAbsence], idempotency_key: Key = None
) -> Response[AbsenceLine]:
    """Record an absence; the cases that it concerns are seated anew."""
    done = await visit.run("act", absences.record, data, key_given(idempotency_key))
    await reseat(visit, await visit.look("act", absences.concerned_cases, done.person_id))
    return Response(done, status_code=201)


@get(
    "/absences",
    operation_id="listAbsences",
    security=needs("read"),
    tags=["Pelimpahan"],
    summary="Ketidakhadiran saya dan pegawai yang saya kelola kepegawaiannya, mulai hari ini",
    responses=problems(),
)
async def list_absences(visit: NamedDependency[Visit]) -> AbsenceList:
    """The absences."""
    return await visit.look("read", absences.absence_list)


@post(
    "/absences/{absence_id:str}/end",
    operation_id="endAbsence",
    security=needs("act"),
    tags=["Pelimpahan"],
    summary="Akhiri ketidakhadiran lebih awal, atau batalkan yang belum mulai",
    status_code=200,
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def end_absence(
    visit: NamedDependency[Visit], absence_id: FromPath[str], data: JSONBody[EndAbsence]
) -> AbsenceLine:
    """End an absence sooner; the cases that it concerns are seated anew."""
    done = await visit.run("act", absences.end, absence_id, data.back_on)
    await reseat(visit, await visit.look("act", absences.concerned_cases, done.person_id))
    return done


ROUTES = (record_absence, list_absences, end_absence)
