"""The book of hours (JP): one's own, a person's, a unit's, the agency's; each as JSON, CSV, XLSX and PDF."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.routes.sheets import Year, head_of, table_file
from workflow.hours import seeing
from workflow.hours.figures import AgencyHours, PersonHours, UnitHours
from workflow.hours.seeing import DatedSheet, HoursReach
from workflow.hours.sheets import MEDIA_TYPES, file_of

_route = head_of("Jam pelajaran")


@_route("/me/hours", "getMyHours", "JP saya dalam setahun: yang sudah, yang kurang, dan asal setiap angka")
async def get_my_hours(visit: NamedDependency[Visit], year: Year = None) -> PersonHours:
    """The caller's own year."""
    return await visit.look("read", seeing.seen_own_hours, year=year)


@_route("/people/{person_id:str}/hours", "getPersonHours", "JP seorang pegawai dalam setahun, dengan asal setiap angka")
async def get_person_hours(visit: NamedDependency[Visit], person_id: FromPath[str], year: Year = None) -> PersonHours:
    """A person's year, with the movements behind it."""
    return await visit.look("read", seeing.seen_person_hours, person_id, year=year)


@_route(
    "/units/{unit_id:str}/hours",
    "getUnitHours",
    "JP pegawai suatu unit dalam setahun; yang belum mempunyai JP lebih dahulu",
)
async def get_unit_hours(visit: NamedDependency[Visit], unit_id: FromPath[str], year: Year = None) -> UnitHours:
    """A unit's year, person by person."""
    return await visit.look("read", seeing.seen_unit_hours, unit_id, year=year)


@_route("/hours", "getHours", "JP seluruh instansi dalam setahun, menurut unit")
async def get_hours(visit: NamedDependency[Visit], year: Year = None) -> AgencyHours:
    """The agency's year, unit by unit."""
    return await visit.look("read", seeing.seen_agency_hours, year=year)


@_route(
    "/people/{person_id:str}/hours/{kind:str}", "getPersonHoursFile", "JP seorang pegawai sebagai csv, xlsx, atau pdf"
)
async def get_person_hours_file(
    visit: NamedDependency[Visit], person_id: FromPath[str], kind: FromPath[str], year: Year = None
) -> Response[bytes]:
    """A person's year as a file."""
    return await _file(visit, kind, "person", person_id, year)


@_route(
    "/units/{unit_id:str}/hours/{kind:str}", "getUnitHoursFile", "JP pegawai suatu unit sebagai csv, xlsx, atau pdf"
)
async def get_unit_hours_file(
    visit: NamedDependency[Visit], unit_id: FromPath[str], kind: FromPath[str], year: Year = None
) -> Response[bytes]:
    """A unit's year as a file."""
    return await _file(visit, kind, "unit", unit_id, year)


@_route("/me/hours/reach", "getHoursReach", "Unit-unit yang buku JP-nya boleh saya lihat")
async def get_hours_reach(visit: NamedDependency[Visit]) -> HoursReach:
    """Whose hours the caller may ask for."""
    return await visit.look("read", seeing.hours_reach)


@_route("/hours/{kind:str}", "getHoursFile", "JP seluruh instansi sebagai csv, xlsx, atau pdf")
async def get_hours_file(visit: NamedDependency[Visit], kind: FromPath[str], year: Year = None) -> Response[bytes]:
    """The agency's year as a file."""
    return await _file(visit, kind, "agency", "", year)


ROUTES = (
    get_my_hours,
    get_hours_reach,
    get_person_hours,
    get_unit_hours,
    get_hours,
    get_person_hours_file,
    get_unit_hours_file,
    get_hours_file,
)


async def _file(visit: Visit, kind: str, of: str, named: str, year: int | None) -> Response[bytes]:
    """The figures as a file, for whoever may see them. Raises NotFound."""
    found: DatedSheet = await visit.look("read", seeing.seen_hours_sheet, of, named, year=year)
    return await table_file(found.sheet, kind, found.on, MEDIA_TYPES, file_of)
