"""The processes there are."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.openapi import needs, problems
from workflow.views import procedures, processes
from workflow.views.procedures import ProcedurePage
from workflow.views.processes import ProcessList, ProcessPage


@get(
    "/processes",
    operation_id="listProcesses",
    security=needs("read"),
    tags=["Proses"],
    summary="Proses yang tersedia",
    responses=problems(),
)
async def list_processes(visit: NamedDependency[Visit]) -> ProcessList:
    """Every process by name."""
    return await visit.look("read", processes.process_list)


@get(
    "/processes/{name:str}",
    operation_id="getProcess",
    security=needs("read"),
    tags=["Proses"],
    summary="Status, tahap, pihak, surat dan formulir suatu proses",
    responses=problems(404),
)
async def get_process(visit: NamedDependency[Visit], name: FromPath[str]) -> ProcessPage:
    """One process as it stands today."""
    return await visit.look("read", processes.process_page, name)


@get(
    "/processes/{name:str}/procedure",
    operation_id="getProcedure",
    security=needs("read"),
    tags=["Proses"],
    summary="Prosedur suatu proses: tahap, syarat dengan dasar hukumnya, surat, tenggat, dan ketentuan dengan riwayatnya",
    responses=problems(404),
)
async def get_procedure(visit: NamedDependency[Visit], name: FromPath[str]) -> ProcedurePage:
    """The procedure of a process as the law stands today."""
    return await visit.look("read", procedures.procedure_page, name)


ROUTES = (
    list_processes,
    get_process,
    get_procedure,
)
