"""Imports by hand: hand a file in, look at what it would do and what is wrong with it, apply exactly that file."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.addresses import Done
from api.pages.entrance import WebRequest, seen_next
from api.pages.forms import Choice, Field
from api.pages.shown import shown
from api.routes.files import ENVELOPE
from api.routes.imports import applied, tried, tried_again
from workflow.errors import FieldError, InvalidForm, NotNow, OutOfDate, Problem
from workflow.imports import UnreadableSheet
from workflow.views import imports
from workflow.views.imports import LARGEST, ApplyImport

_NO_FILE: Final = FieldError("file", "Berkas", "Pilih berkas CSV atau XLSX yang hendak diimpor.")


@get("/kelola/impor", include_in_schema=False)
async def show_imports(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """What may be imported, and what was handed in. Raises NotFound."""
    return await _list(request, visit)


@post("/kelola/impor", include_in_schema=False, request_max_body_size=LARGEST + ENVELOPE)
async def hand_in(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Tries a file. Raises NotFound."""
    form = await request.form()
    kind, file = str(form.getall("kind", [""])[-1]), form.get("file")  # the first says that the field was there
    await visit.look("read", imports.import_list)
    if not isinstance(file, UploadFile) or not file.filename:
        return await _list(request, visit, kind, InvalidForm("Pilih berkas.", fields=(_NO_FILE,)))
    try:
        page = await tried(visit, kind, file.filename, await file.read())
    except UnreadableSheet as problem:
        fault = FieldError("file", "Berkas", problem.says)
        return await _list(request, visit, kind, InvalidForm(problem.says, fields=(fault,)))
    except InvalidForm as problem:
        return await _list(request, visit, kind, problem)
    return seen_next(f"/kelola/impor/{quote(page.id)}")


@get("/kelola/impor/{import_id:str}", include_in_schema=False)
async def show_import(
    request: WebRequest, visit: NamedDependency[Visit], import_id: FromPath[str], did: Done = ""
) -> Response[str]:
    """A file and what trying it found. Raises NotFound."""
    return await _one(request, visit, import_id, did=did)


@post("/kelola/impor/{import_id:str}/coba", include_in_schema=False)
async def try_again(visit: NamedDependency[Visit], import_id: FromPath[str]) -> Response[Any]:
    """Tries a file again. Raises NotFound."""
    await tried_again(visit, import_id)
    return seen_next(f"/kelola/impor/{quote(import_id)}?selesai=dicoba")


@post("/kelola/impor/{import_id:str}/terapkan", include_in_schema=False)
async def apply(request: WebRequest, visit: NamedDependency[Visit], import_id: FromPath[str]) -> Response[Any]:
    """Applies a file. Raises NotFound."""
    form = ApplyImport(skip_rejected=(await request.form()).get("skip_rejected") == "true")
    try:
        await applied(visit, import_id, form)
    except OutOfDate as problem:
        await tried_again(visit, import_id)
        return await _one(request, visit, import_id, problem=problem)
    except NotNow as problem:
        return await _one(request, visit, import_id, problem=problem)
    return seen_next(f"/kelola/impor/{quote(import_id)}?selesai=diterapkan")


async def _list(request: WebRequest, visit: Visit, kind: str = "", problem: Problem | None = None) -> Response[str]:
    found = await visit.look("read", imports.import_list)
    faults = {fault.field: fault.says for fault in problem.fields} if problem else {}
    return await shown(
        request,
        visit,
        "imports.html",
        problem=problem,
        imports=found,
        kind=Field(
            name="kind",
            kind="choice_few",
            label="Jenis data",
            value=kind,
            fault=faults.get("kind", ""),
            choices=tuple(Choice(each.kind, each.title) for each in found.kinds),
        ),
        wrong_fields=faults,
        faults=tuple(faults.items()),
        megabytes=LARGEST // 2**20,
    )


async def _one(
    request: WebRequest, visit: Visit, import_id: str, *, did: str = "", problem: Problem | None = None
) -> Response[str]:
    page = await visit.look("read", imports.import_page, import_id)
    return await shown(
        request,
        visit,
        "import.html",
        problem=problem,
        imported=page,
        did=did,
        stale=isinstance(problem, OutOfDate),
        faults=(("", problem.says),) if problem else (),
    )


ROUTES: Final[tuple[Any, ...]] = (show_imports, hand_in, show_import, try_again, apply)
