"""Hours of learning (JP): one's own year, and those of a unit or the whole agency for whoever may see them; each as a file too."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from api.routes.sheets import table_file
from policies.files import EARLIEST_YEAR
from workflow.hours import seeing
from workflow.hours.figures import HoursLine, PersonHours, StaffHours, UnitHours, activity_title
from workflow.hours.sheets import MEDIA_TYPES, file_of
from workflow.references import reference_of
from workflow.views import inbox, mentoring

Year = Annotated[str, QueryParameter(name="tahun", required=False, max_length=4)]
Only = Annotated[str, QueryParameter(name="hanya", required=False, max_length=10)]

#: Years that are offered beside each other.
_YEARS: Final = 5
#: What a list can be narrowed to, as its address has it.
FILTERS: Final = {
    "": "Semua",
    "belum": "Belum ada JP",
    "kurang": "Belum mencapai target",
    "tercapai": "Mencapai target",
}


@get("/jam-pelajaran", include_in_schema=False)
async def own(request: WebRequest, visit: NamedDependency[Visit], year: Year = "") -> Response[str]:
    """One's own year. Raises NotFound for whoever is no staff."""
    found = await visit.look("read", seeing.seen_own_hours, year=_year(year))
    pairs = await visit.look("read", mentoring.pair_list)
    waiting = [pair for pair in pairs.items if pair.open or pair.disputed]
    return await _person(request, visit, found, "/jam-pelajaran", waiting=waiting, own=True)


@get("/jam-pelajaran/pegawai/{person_id:str}", include_in_schema=False)
async def person(
    request: WebRequest, visit: NamedDependency[Visit], person_id: FromPath[str], year: Year = ""
) -> Response[str]:
    """Somebody's year. Raises NotFound."""
    found = await visit.look("read", seeing.seen_person_hours, person_id, year=_year(year))
    return await _person(request, visit, found, f"/jam-pelajaran/pegawai/{quote(person_id, safe='')}")


@get("/jam-pelajaran/unit/{unit_id:str}", include_in_schema=False)
async def unit(
    request: WebRequest, visit: NamedDependency[Visit], unit_id: FromPath[str], year: Year = "", only: Only = ""
) -> Response[str]:
    """A unit's year, person by person. Raises NotFound."""
    found: UnitHours = await visit.look("read", seeing.seen_unit_hours, unit_id, year=_year(year))
    only = only if only in FILTERS else ""
    reach = await visit.look("read", seeing.hours_reach)
    return await shown(
        request,
        visit,
        "hours_unit.html",
        found=found,
        staff=[each for each in found.staff if _is_of(each, only)],
        path=f"/jam-pelajaran/unit/{quote(unit_id, safe='')}",
        only=only,
        filters=FILTERS,
        years=await _years(visit, found.year),
        reach=reach,
    )


@get("/jam-pelajaran/instansi", include_in_schema=False)
async def agency(request: WebRequest, visit: NamedDependency[Visit], year: Year = "", only: Only = "") -> Response[str]:
    """The agency's year, unit by unit. Raises NotFound."""
    found = await visit.look("read", seeing.seen_agency_hours, year=_year(year))
    only = only if only == "belum" else ""
    units = [each for each in found.units if not only or each.tally.none]
    return await shown(
        request,
        visit,
        "hours_agency.html",
        found=found,
        units=units,
        path="/jam-pelajaran/instansi",
        only=only,
        years=await _years(visit, found.year),
        way=lambda unit_id: f"/jam-pelajaran/unit/{quote(unit_id, safe='')}?{urlencode({'tahun': found.year})}",
    )


@get("/jam-pelajaran/pegawai/{person_id:str}/{file_type:str}", include_in_schema=False)
async def person_file(
    visit: NamedDependency[Visit], person_id: FromPath[str], file_type: FromPath[str], year: Year = ""
) -> Response[bytes]:
    """Somebody's year as a file. Raises NotFound."""
    return await _file(visit, file_type, "person", person_id, year)


@get("/jam-pelajaran/unit/{unit_id:str}/{file_type:str}", include_in_schema=False)
async def unit_file(
    visit: NamedDependency[Visit], unit_id: FromPath[str], file_type: FromPath[str], year: Year = ""
) -> Response[bytes]:
    """A unit's year as a file. Raises NotFound."""
    return await _file(visit, file_type, "unit", unit_id, year)


@get("/jam-pelajaran/instansi/{file_type:str}", include_in_schema=False)
async def agency_file(visit: NamedDependency[Visit], file_type: FromPath[str], year: Year = "") -> Response[bytes]:
    """The agency's year as a file. Raises NotFound."""
    return await _file(visit, file_type, "agency", "", year)


async def _file(visit: Visit, file_type: str, of: str, named: str, year: str) -> Response[bytes]:
    found = await visit.look("read", seeing.seen_hours_sheet, of, named, year=_year(year))
    return await table_file(found.sheet, file_type, found.on, MEDIA_TYPES, file_of)


async def _person(
    request: WebRequest, visit: Visit, found: PersonHours, path: str, *, waiting: Any = (), own: bool = False
) -> Response[str]:
    return await shown(
        request,
        visit,
        "hours.html",
        found=found,
        by_activity=_by_activity(found),
        counted=[line for line in found.lines if line.stands and line.hours > 0],
        uncounted=[line for line in found.lines if line.stands and line.hours <= 0],
        taken_back=[line for line in found.lines if not line.stands],
        waiting=waiting,
        own=own,
        path=path,
        files=f"/jam-pelajaran/pegawai/{quote(found.person_id, safe='')}",
        years=await _years(visit, found.year),
        reach=await visit.look("read", seeing.hours_reach) if own else None,
        activity=activity_title,
        reference=reference_of,
    )


def _by_activity(found: PersonHours) -> list[tuple[str, int]]:
    """What each kind of activity has given, the most first."""
    totals: dict[str, int] = {}
    for line in _standing(found):
        totals[activity_title(line.activity)] = totals.get(activity_title(line.activity), 0) + line.hours
    return sorted(totals.items(), key=lambda each: (-each[1], each[0]))


def _standing(found: PersonHours) -> list[HoursLine]:
    return [line for line in found.lines if line.stands and line.hours > 0]


def _is_of(each: StaffHours, only: str) -> bool:
    """Whether somebody is one of those whom a list is narrowed to; for a PPPK there is a ceiling and no target."""
    reached = each.hours >= each.measure and not each.is_ceiling
    kinds = {"belum": each.hours <= 0, "kurang": not each.is_ceiling and not reached, "tercapai": reached}
    return kinds.get(only, True)


async def _years(visit: Visit, shown_year: int) -> list[int]:
    """The years that are offered: this one and those before it, and the one that is shown."""
    this = (await visit.look("read", inbox.me)).today.year
    return sorted({shown_year, *range(max(this - _YEARS + 1, EARLIEST_YEAR), this + 1)}, reverse=True)


def _year(asked: str) -> int | None:
    """A year as it was asked for; this one where it is none."""
    return int(asked) if asked.isdecimal() else None


ROUTES: Final[tuple[Any, ...]] = (own, person, unit, agency, person_file, unit_file, agency_file)
