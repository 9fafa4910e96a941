"""The registers of letters that went out."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.me import After, Limit
from workflow.views import registers
from workflow.views.registers import RegisterBook, RegisterList


@get(
    "/registers",
    operation_id="listRegisters",
    security=needs("read"),
    tags=["Surat"],
    summary="Buku agenda surat keluar, dengan blok nomornya",
    responses=problems(),
)
async def list_registers(visit: NamedDependency[Visit]) -> RegisterList:
    """Every register and year, with how many numbers were given and which blocks stand open."""
    return await visit.look("read", registers.register_list)


@get(
    "/registers/{code:str}/{year:int}",
    operation_id="getRegister",
    security=needs("read"),
    tags=["Surat"],
    summary="Nomor yang diberikan dari satu buku agenda dalam satu tahun",
    responses=problems(404),
)
async def get_register(
    visit: NamedDependency[Visit],
    code: FromPath[str],
    year: Annotated[int, PathParameter(description="Tahun agenda", ge=1900, le=2199)],
    after: After = None,
    limit: Limit = 50,
) -> RegisterBook:
    """The numbers of a register, each with its letter or the reason why it has none."""
    return await visit.look("read", registers.register_book, code=code, year=year, after=after, limit=limit)


ROUTES = (
    list_registers,
    get_register,
)
