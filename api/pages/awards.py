"""Awards beside their cases: who could be nominated, how evenly awards are given, and the list by which a round is paid."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.pages.addresses import Kind, Unit
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from api.routes.sheets import table_file
from workflow.awards import seeing
from workflow.awards.seeing import DatedSheet
from workflow.awards.sheets import MEDIA_TYPES, file_of
from workflow.views import inbox

#: Candidates of one kind that a page names; the file names all.
_NAMED: Final = 200

Year = Annotated[str, QueryParameter(name="tahun", required=False, max_length=4)]
Type = Annotated[str, QueryParameter(name="bentuk", required=False, max_length=10)]


@get("/penghargaan/calon", include_in_schema=False)
async def candidates(
    request: WebRequest, visit: NamedDependency[Visit], kind: Kind = "", unit: Unit = ""
) -> Response[str]:
    """Who could be nominated for each kind, by name where one kind is asked for. Raises NotFound."""
    found = await visit.look("read", seeing.seen_candidates, kind=kind, unit=unit)
    fairness = await visit.look("read", seeing.seen_fairness)
    return await shown(
        request,
        visit,
        "award_candidates.html",
        found=found,
        kind=kind,
        unit=unit,
        before={each.person_id: each.awards for each in fairness.repeated},
        fairness=fairness,
        most=_NAMED,
        query=_query(jenis=kind, unit=unit),
    )


@get("/penghargaan/calon/berkas", include_in_schema=False)
async def candidates_file(
    visit: NamedDependency[Visit], kind: Kind = "", unit: Unit = "", file_type: Type = "xlsx"
) -> Response[bytes]:
    """The same as a file. Raises NotFound."""
    return await _file(await visit.look("read", seeing.seen_candidates_sheet, kind=kind, unit=unit), file_type)


@get("/penghargaan/pemerataan", include_in_schema=False)
async def fairness(request: WebRequest, visit: NamedDependency[Visit], year: Year = "") -> Response[str]:
    """How evenly the awards of a year are given. Raises NotFound."""
    found = await visit.look("read", seeing.seen_fairness, year=_year(year))
    me = await visit.look("read", inbox.me)
    years = [each for each in range(me.today.year, me.today.year - 5, -1) if each != found.year]
    return await shown(request, visit, "award_fairness.html", found=found, years=years)


@get("/penghargaan/pemerataan/berkas", include_in_schema=False)
async def fairness_file(visit: NamedDependency[Visit], year: Year = "", file_type: Type = "xlsx") -> Response[bytes]:
    """The same as a file. Raises NotFound."""
    return await _file(await visit.look("read", seeing.seen_fairness_sheet, year=_year(year)), file_type)


@get("/penghargaan/putaran/{case_id:str}/pembayaran", include_in_schema=False)
async def payments(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """The list by which a round is paid; whose account is shown is put on record, hence a unit that writes. Raises NotFound."""
    found = await visit.run("read", seeing.seen_payments, case_id)
    return await shown(request, visit, "award_payments.html", found=found, round_named=case_id)


@get("/penghargaan/putaran/{case_id:str}/pembayaran/berkas", include_in_schema=False)
async def payments_file(
    visit: NamedDependency[Visit], case_id: FromPath[str], file_type: Type = "xlsx"
) -> Response[bytes]:
    """The same as a file. Raises NotFound."""
    return await _file(await visit.run("read", seeing.seen_payments_sheet, case_id), file_type)


async def _file(found: DatedSheet, file_type: str) -> Response[bytes]:
    return await table_file(found.sheet, file_type, found.on, MEDIA_TYPES, file_of)


def _query(**asked: str) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


def _year(text: str) -> int | None:
    """A year as it stands in the address; what is none is no year that there are figures of."""
    return None if not text else int(text) if text.isascii() and text.isdigit() else 0


ROUTES: Final[tuple[Any, ...]] = (candidates, candidates_file, fairness, fairness_file, payments, payments_file)
