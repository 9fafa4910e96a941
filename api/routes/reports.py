"""Reports to the regent: the figures of a running or a signed one, each with its cases, and the spreadsheet."""

from __future__ import annotations

import asyncio
import hashlib

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.files import download
from workflow.filing import ENDINGS, proper_name
from workflow.reports import showing
from workflow.reports.showing import Report
from workflow.reports.spreadsheet import spreadsheet

SHEET = next(kind for kind, ending in ENDINGS.items() if ending == ".xlsx")


@get(
    "/reports/{period:str}",
    operation_id="getRunningReport",
    security=needs("read"),
    tags=["Laporan"],
    summary="Angka berjalan suatu triwulan (2026-1) atau setahun penuh (2026)",
    responses=problems(404, 422),
)
async def get_running_report(visit: NamedDependency[Visit], period: FromPath[str]) -> Report:
    """The figures as they stand now, with the ids of the cases behind each."""
    return await visit.look("read", showing.seen_running, period)


@get(
    "/reports/{period:str}/xlsx",
    operation_id="getRunningReportSheet",
    security=needs("read"),
    tags=["Laporan"],
    summary="Angka berjalan sebagai XLSX",
    media_type=SHEET,
    responses=problems(404, 422),
)
async def get_running_report_sheet(visit: NamedDependency[Visit], period: FromPath[str]) -> Response[bytes]:
    """The same as a spreadsheet."""
    return await _sheet(await visit.look("read", showing.seen_running, period))


@get(
    "/cases/{case_id:str}/report",
    operation_id="getReport",
    security=needs("read"),
    tags=["Laporan"],
    summary="Angka laporan suatu berkas: sebagaimana ditandatangani, atau berjalan selama belum",
    responses=problems(404, 409, 422),
)
async def get_report(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Report:
    """The figures of a report's case, with the ids of the cases behind each."""
    return await visit.look("read", showing.seen_of_case, case_id)


@get(
    "/cases/{case_id:str}/report/xlsx",
    operation_id="getReportSheet",
    security=needs("read"),
    tags=["Laporan"],
    summary="Laporan suatu berkas sebagai XLSX",
    media_type=SHEET,
    responses=problems(404, 409, 422),
)
async def get_report_sheet(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[bytes]:
    """The same as a spreadsheet."""
    return await _sheet(await visit.look("read", showing.seen_of_case, case_id))


async def _sheet(report: Report) -> Response[bytes]:
    content = await asyncio.to_thread(spreadsheet, report)  # thousands of rows: others must not wait for them
    return download(content, SHEET, proper_name(report.title, ENDINGS[SHEET]), hashlib.sha256(content).hexdigest())


ROUTES = (
    get_running_report,
    get_running_report_sheet,
    get_report,
    get_report_sheet,
)
