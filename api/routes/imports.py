"""Imports: a file is handed in and tried, tried again, and exactly that file is applied; the inboxes follow."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, MultipartBody

from api.desk import Visit
from api.openapi import needs, problems
from api.reseating import reseat
from api.routes.files import ENVELOPE, is_a_form, unreadable_form
from workflow.views import imports
from workflow.views.imports import LARGEST, ApplyImport, ImportList, ImportPage


class ImportForm(msgspec.Struct, kw_only=True):
    """What is imported (people, partners, agreements, places, budgets), and the file, CSV or XLSX."""

    kind: str
    file: UploadFile


@get(
    "/imports",
    operation_id="listImports",
    security=needs("read"),
    tags=["Impor"],
    summary="Yang dapat diimpor, dan berkas yang sudah diunggah untuk itu",
    responses=problems(404),
)
async def list_imports(visit: NamedDependency[Visit]) -> ImportList:
    """The imports."""
    return await visit.look("read", imports.import_list)


@get(
    "/imports/{import_id:str}",
    operation_id="getImport",
    security=needs("read"),
    tags=["Impor"],
    summary="Satu berkas impor dan hasil percobaannya",
    responses=problems(404),
)
async def get_import(visit: NamedDependency[Visit], import_id: FromPath[str]) -> ImportPage:
    """An import."""
    return await visit.look("read", imports.import_page, import_id)


@post(
    "/imports",
    operation_id="tryImport",
    security=needs("import"),
    tags=["Impor"],
    summary="Unggah berkas CSV atau XLSX dan coba tanpa menulis apa pun",
    guards=[is_a_form],
    exception_handlers={LookupError: unreadable_form, UnicodeDecodeError: unreadable_form},
    request_max_body_size=LARGEST + ENVELOPE,
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def try_import(visit: NamedDependency[Visit], data: MultipartBody[ImportForm]) -> Response[ImportPage]:
    """Hand in a file and try it."""
    return Response(await tried(visit, data.kind, data.file.filename, await data.file.read()), status_code=201)


@post(
    "/imports/{import_id:str}/try",
    operation_id="tryImportAgain",
    security=needs("import"),
    tags=["Impor"],
    summary="Coba lagi berkas yang sudah diunggah, dengan data sekarang",
    status_code=200,
    responses=problems(404, 409, 422, 507),
)
async def try_import_again(visit: NamedDependency[Visit], import_id: FromPath[str]) -> ImportPage:
    """Try a file again."""
    return await tried_again(visit, import_id)


@post(
    "/imports/{import_id:str}/apply",
    operation_id="applyImport",
    security=needs("import"),
    tags=["Impor"],
    summary="Terapkan tepat berkas yang sudah dicoba; ditolak bila data berubah sejak percobaannya",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def apply_import(
    visit: NamedDependency[Visit], import_id: FromPath[str], data: JSONBody[ApplyImport]
) -> ImportPage:
    """Apply a file."""
    return await applied(visit, import_id, data)


async def tried(visit: Visit, kind: str, name: str, content: bytes) -> ImportPage:
    """A file is read at length while others write, and then kept. Raises Problem."""
    trial = await visit.study("import", imports.may_import, imports.try_file, kind, name, content)
    return await visit.run("import", imports.keep, kind, name, content, trial)


async def tried_again(visit: Visit, import_id: str) -> ImportPage:
    """The same of a file that is kept. Raises Problem."""
    trial = await visit.study("import", imports.import_page, imports.try_again, import_id)
    return await visit.run("import", imports.note_trial, import_id, trial)


async def applied(visit: Visit, import_id: str, form: ApplyImport) -> ImportPage:
    """A file is applied, and the inboxes follow. Raises Problem."""
    page, touched = await visit.run("import", imports.apply, import_id, form)
    await reseat(visit, await visit.look("import", imports.concerned_by, touched))
    return page


ROUTES = (list_imports, get_import, try_import, try_import_again, apply_import)
