"""Awards beside their cases: what is within reach, who could be nominated, how fairly they are given, what is paid and recorded."""

from __future__ import annotations

from typing import Annotated

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.routes.sheets import Year, head_of, table_file
from workflow.awards import seeing
from workflow.awards.candidates import Candidates
from workflow.awards.fairness import Fairness
from workflow.awards.payments import Payments
from workflow.awards.personnel_record import PersonnelRecord
from workflow.awards.reach import Reach
from workflow.awards.seeing import DatedSheet
from workflow.awards.sheets import MEDIA_TYPES, file_of

Kind = Annotated[str, QueryParameter(description="Satu jenis penghargaan saja, menurut kodenya", max_length=40)]
Unit = Annotated[str, QueryParameter(description="Satu perangkat daerah saja, menurut kodenya", max_length=64)]

_route = head_of("Penghargaan")


@_route("/me/awards", "getMyAwards", "Penghargaan dalam jangkauan saya: yang sudah ada, yang kurang, dan dasarnya")
async def get_my_awards(visit: NamedDependency[Visit]) -> Reach:
    """What is within the caller's reach."""
    return await visit.look("read", seeing.seen_own_reach)


@_route(
    "/awards/candidates",
    "getAwardCandidates",
    "Pegawai yang dapat diusulkan sekarang dan belum diusulkan, menurut jenis penghargaan",
)
async def get_award_candidates(visit: NamedDependency[Visit], kind: Kind = "", unit: Unit = "") -> Candidates:
    """Who could be nominated."""
    return await visit.look("read", seeing.seen_candidates, kind=kind, unit=unit)


@_route(
    "/awards/candidates/{file_type:str}",
    "getAwardCandidatesFile",
    "Pegawai yang dapat diusulkan, sebagai csv atau xlsx",
)
async def get_award_candidates_file(
    visit: NamedDependency[Visit], file_type: FromPath[str], kind: Kind = "", unit: Unit = ""
) -> Response[bytes]:
    """Who could be nominated, as a file."""
    found = await visit.look("read", seeing.seen_candidates_sheet, kind=kind, unit=unit)
    return await _file(found, file_type)


@_route(
    "/awards/fairness",
    "getAwardFairness",
    "Pemerataan penghargaan setahun menurut unit, jenis kelamin, golongan, dan jenis; nama hanya untuk unit kepegawaian",
)
async def get_award_fairness(visit: NamedDependency[Visit], year: Year = None) -> Fairness:
    """Who is nominated, scored and given awards."""
    return await visit.look("read", seeing.seen_fairness, year=year)


@_route("/awards/fairness/{file_type:str}", "getAwardFairnessFile", "Pemerataan penghargaan, sebagai csv atau xlsx")
async def get_award_fairness_file(
    visit: NamedDependency[Visit], file_type: FromPath[str], year: Year = None
) -> Response[bytes]:
    """The same as a file."""
    return await _file(await visit.look("read", seeing.seen_fairness_sheet, year=year), file_type)


@_route(
    "/awards/record", "getAwardRecord", "Penghargaan yang diserahkan dalam setahun, untuk riwayat penghargaan SIASN"
)
async def get_award_record(visit: NamedDependency[Visit], year: Year = None) -> PersonnelRecord:
    """What the personnel record needs."""
    return await visit.look("read", seeing.seen_record, year=year)


@_route(
    "/awards/record/{file_type:str}", "getAwardRecordFile", "Riwayat penghargaan untuk SIASN, sebagai csv atau xlsx"
)
async def get_award_record_file(
    visit: NamedDependency[Visit], file_type: FromPath[str], year: Year = None
) -> Response[bytes]:
    """The same as a file, in the columns of the shipped layout."""
    return await _file(await visit.look("read", seeing.seen_record_sheet, year=year), file_type)


@_route(
    "/awards/rounds/{round_id:str}/payments",
    "getAwardPayments",
    "Daftar nominatif suatu putaran dengan nomor rekening; setiap pembacaan dicatat",
)
async def get_award_payments(visit: NamedDependency[Visit], round_id: FromPath[str]) -> Payments:
    """The list by which a round is paid. The look itself is put on record, hence a unit that writes."""
    return await visit.run("read", seeing.seen_payments, round_id)


@_route(
    "/awards/rounds/{round_id:str}/payments/{file_type:str}",
    "getAwardPaymentsFile",
    "Daftar nominatif suatu putaran, sebagai csv atau xlsx; setiap pembacaan dicatat",
)
async def get_award_payments_file(
    visit: NamedDependency[Visit], round_id: FromPath[str], file_type: FromPath[str]
) -> Response[bytes]:
    """The same as a file."""
    return await _file(await visit.run("read", seeing.seen_payments_sheet, round_id), file_type)


ROUTES = (
    get_my_awards,
    get_award_candidates,
    get_award_candidates_file,
    get_award_fairness,
    get_award_fairness_file,
    get_award_record,
    get_award_record_file,
    get_award_payments,
    get_award_payments_file,
)


async def _file(found: DatedSheet, file_type: str) -> Response[bytes]:
    """What whoever asks may see, as a file. Raises NotFound."""
    return await table_file(found.sheet, file_type, found.on, MEDIA_TYPES, file_of)
