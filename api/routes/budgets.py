"""The year's budget: what is left and for what it is promised, and the treasury's payments against the books."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.files import ENVELOPE, FileForm, download, is_a_form, unreadable_form
from workflow.budgets import seeing
from workflow.budgets.reconciling import Reconciliation
from workflow.budgets.remaining import Remaining
from workflow.budgets.seeing import Wanted
from workflow.budgets.sheets import MEDIA_TYPES, Document, file_of
from workflow.errors import NotFound
from workflow.filing import proper_name

#: Bytes of a list; ten thousand payments have some 2 MB.
LARGEST_LIST = 5 * 1024 * 1024

Year = Annotated[int | None, QueryParameter(description="Tahun anggaran; bawaannya tahun berjalan")]
Unit = Annotated[str, QueryParameter(max_length=64, description="Kode unit")]
Line = Annotated[
    str, QueryParameter(max_length=64, description="Id mata anggaran, kode sub kegiatan, atau kode rekening")
]


@get(
    "/budgets",
    operation_id="getBudgetLeft",
    security=needs("read"),
    tags=["Anggaran"],
    summary="Sisa setiap mata anggaran, untuk berkas mana ia dijanjikan, dan setiap mutasinya",
    responses=problems(404),
)
async def get_budget_left(
    visit: NamedDependency[Visit], year: Year = None, unit: Unit = "", line: Line = ""
) -> Remaining:
    """What is left, with the cases that the caller may open."""
    return await visit.look("read", seeing.budget_left, Wanted(year, unit, line))


@get(
    "/budgets/{kind:str}",
    operation_id="getBudgetLeftFile",
    security=needs("read"),
    tags=["Anggaran"],
    summary="Sisa anggaran sebagai csv atau xlsx",
    responses=problems(404),
)
async def get_budget_left_file(
    visit: NamedDependency[Visit], kind: FromPath[str], year: Year = None, unit: Unit = "", line: Line = ""
) -> Response[bytes]:
    """The same as a file."""
    found = await visit.look("read", seeing.budget_left_document, Wanted(year, unit, line))
    return await _file(found, kind)


@post(
    "/budgets/reconcile",
    operation_id="reconcileBudget",
    security=needs("read"),
    tags=["Anggaran"],
    summary="Cocokkan daftar SP2D kas daerah (CSV atau XLSX) dengan pembukuan, tanpa mengubah apa pun",
    guards=[is_a_form],
    exception_handlers={LookupError: unreadable_form, UnicodeDecodeError: unreadable_form},
    request_max_body_size=LARGEST_LIST + ENVELOPE,
    status_code=200,
    responses=problems(400, 404, 413, 415, 422),
)
async def reconcile_budget(
    visit: NamedDependency[Visit], data: MultipartBody[FileForm], year: Year = None
) -> Reconciliation:
    """What agrees, differs, is missing on one side or there twice."""
    name, content = proper_name(data.file.filename, ""), await data.file.read()
    return await visit.study("read", seeing.may_reconcile, seeing.budget_reconciled, name, content, year)


@post(
    "/budgets/reconcile/{kind:str}",
    operation_id="reconcileBudgetFile",
    security=needs("read"),
    tags=["Anggaran"],
    summary="Hasil pencocokan sebagai csv atau xlsx, untuk dikirim kembali",
    guards=[is_a_form],
    exception_handlers={LookupError: unreadable_form, UnicodeDecodeError: unreadable_form},
    request_max_body_size=LARGEST_LIST + ENVELOPE,
    status_code=200,
    responses=problems(400, 404, 413, 415, 422),
)
async def reconcile_budget_file(
    visit: NamedDependency[Visit], kind: FromPath[str], data: MultipartBody[FileForm], year: Year = None
) -> Response[bytes]:
    """The same as a file."""
    name, content = proper_name(data.file.filename, ""), await data.file.read()
    found = await visit.study("read", seeing.may_reconcile, seeing.budget_reconciled_document, name, content, year)
    return await _file(found, kind)


ROUTES = (get_budget_left, get_budget_left_file, reconcile_budget, reconcile_budget_file)


async def _file(document: Document, kind: str) -> Response[bytes]:
    """A document as a file, for whoever may see it; only then is it said which kinds there are. Raises NotFound."""
    if kind not in MEDIA_TYPES:
        raise NotFound(f"Bentuk berkas {kind!r} tidak ada; yang ada: {', '.join(MEDIA_TYPES)}.")
    content = await asyncio.to_thread(file_of, document, kind)  # others must not wait for it
    name = proper_name(document.title, f".{kind}")
    return download(content, MEDIA_TYPES[kind], name, hashlib.sha256(content).hexdigest())
