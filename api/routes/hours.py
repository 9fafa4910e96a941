"""The book of hours (JP): one's own, a person's, a unit's, the agency's; each as JSON, CSV, XLSX and PDF."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.files import download
from workflow.errors import NotFound
from workflow.filing import proper_name
from workflow.hours import seeing
from workflow.hours.figures import AgencyHours, PersonHours, UnitHours
from workflow.hours.seeing import DatedSheet
from workflow.hours.sheets import MEDIA_TYPES, file_of

Year = Annotated[int | None, QueryParameter(description="Tahun; bawaannya tahun berjalan")]
TAG = "Jam pelajaran"


@get(
    "/me/hours",
    operation_id="getMyHours",
    security=needs("read"),
    tags=[TAG],
    summary="JP saya dalam setahun: yang sudah, yang kurang, dan asal setiap angka",
    responses=problems(404, 422),
)
async def get_my_hours(visit: NamedDependency[Visit], year: Year = None) -> PersonHours:
    """The caller's own year."""
    return await visit.look("read", seeing.seen_own_hours, year=year)


@get(
    "/people/{person_id:str}/hours",
    operation_id="getPersonHours",
    security=needs("read"),
    tags=[TAG],
    summary="JP seorang pegawai dalam setahun, dengan asal setiap angka",
    responses=problems(404, 422),
)
async def get_person_hours(visit: NamedDependency[Visit], person_id: FromPath[str], year: Year = None) -> PersonHours:
    """A person's year, with the movements behind it."""
    return await visit.look("read", seeing.seen_person_hours, person_id, year=year)


@get(
    "/units/{unit_id:str}/hours",
    operation_id="getUnitHours",
    security=needs("read"),
    tags=[TAG],
    summary="JP pegawai suatu unit dalam setahun; yang belum mempunyai JP lebih dahulu",
    responses=problems(404, 422),
)
async def get_unit_hours(visit: NamedDependency[Visit], unit_id: FromPath[str], year: Year = None) -> UnitHours:
    """A unit's year, person by person."""
    return await visit.look("read", seeing.seen_unit_hours, unit_id, year=year)


@get(
    "/hours",
    operation_id="getHours",
    security=needs("read"),
    tags=[TAG],
    summary="JP seluruh instansi dalam setahun, menurut unit",
    responses=problems(404, 422),
)
async def get_hours(visit: NamedDependency[Visit], year: Year = None) -> AgencyHours:
    """The agency's year, unit by unit."""
    return await visit.look("read", seeing.seen_agency_hours, year=year)


@get(
    "/people/{person_id:str}/hours/{kind:str}",
    operation_id="getPersonHoursFile",
    security=needs("read"),
    tags=[TAG],
    summary="JP seorang pegawai sebagai csv, xlsx, atau pdf",
    responses=problems(404, 422),
)
async def get_person_hours_file(
    visit: NamedDependency[Visit], person_id: FromPath[str], kind: FromPath[str], year: Year = None
) -> Response[bytes]:
    """A person's year as a file."""
    return await _file(kind, await visit.look("read", seeing.seen_hours_sheet, "person", person_id, year=year))


@get(
    "/units/{unit_id:str}/hours/{kind:str}",
    operation_id="getUnitHoursFile",
    security=needs("read"),
    tags=[TAG],
    summary="JP pegawai suatu unit sebagai csv, xlsx, atau pdf",
    responses=problems(404, 422),
)
async def get_unit_hours_file(
    visit: NamedDependency[Visit], unit_id: FromPath[str], kind: FromPath[str], year: Year = None
) -> Response[bytes]:
    """A unit's year as a file."""
    return await _file(kind, await visit.look("read", seeing.seen_hours_sheet, "unit", unit_id, year=year))


@get(
    "/hours/{kind:str}",
    operation_id="getHoursFile",
    security=needs("read"),
    tags=[TAG],
    summary="JP seluruh instansi sebagai csv, xlsx, atau pdf",
    responses=problems(404, 422),
)
async def get_hours_file(visit: NamedDependency[Visit], kind: FromPath[str], year: Year = None) -> Response[bytes]:
    """The agency's year as a file."""
    return await _file(kind, await visit.look("read", seeing.seen_hours_sheet, "agency", "", year=year))


ROUTES = (
    get_my_hours,
    get_person_hours,
    get_unit_hours,
    get_hours,
    get_person_hours_file,
    get_unit_hours_file,
    get_hours_file,
)


async def _file(kind: str, found: DatedSheet) -> Response[bytes]:
    if kind not in MEDIA_TYPES:
        raise NotFound(f"Bentuk berkas {kind!r} tidak ada; yang ada: {', '.join(MEDIA_TYPES)}.")
    content = await asyncio.to_thread(file_of, found.sheet, kind, found.on)  # others must not wait for it
    name = proper_name(found.sheet.title.replace(":", ""), f".{kind}")
    return download(content, MEDIA_TYPES[kind], name, hashlib.sha256(content).hexdigest())
