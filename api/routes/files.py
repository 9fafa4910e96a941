"""Files: handed in, fetched."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath, MultipartBody

from api.desk import Visit
from api.openapi import needs, problems
from api.problems import Malformed, WrongMediaType, answer, of_fault, short, size_said
from workflow import filing
from workflow.filing import FileLine

#: Bytes that the form around the file may add.
ENVELOPE = 64 * 1024


class FileForm(msgspec.Struct, kw_only=True):
    """A form with one field, the file."""

    file: UploadFile


def is_a_form(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Turns away what is no form before it is read. Raises WrongMediaType."""
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise WrongMediaType(
            f"Kirimkan berkas sebagai multipart/form-data dengan isian “file”, bukan “{short(kind) or 'tanpa jenis'}”."
        )


def unreadable_form(request: Request[Any, Any, State], error: Exception) -> Response[bytes]:
    """A part in an encoding that does not exist, or that is not in the one it names; anything else is a fault of ours."""
    if isinstance(error, UnicodeDecodeError) or "unknown encoding" in str(error):
        # A file without a name is read as text, as a form's other parts are.
        says = "Ada bagian formulir yang teksnya tidak dapat dibaca; pakailah UTF-8. Berkas harus disertai namanya (filename)."
        return answer(Malformed(says))
    return of_fault(request, error)


@post(
    "/files",
    operation_id="uploadFile",
    security=needs("act"),
    tags=["Lampiran"],
    summary=f"Unggah berkas (PDF, PNG, JPEG, DOCX, XLSX; paling besar {size_said(filing.LARGEST)})",
    guards=[is_a_form],
    exception_handlers={LookupError: unreadable_form, UnicodeDecodeError: unreadable_form},
    request_max_body_size=filing.LARGEST + ENVELOPE,
    responses=problems(400, 413, 415, 507),
)
async def upload_file(visit: NamedDependency[Visit], data: MultipartBody[FileForm]) -> Response[FileLine]:
    """Hand in a file; a form then names it by its id."""
    content = await data.file.read()
    line = await visit.run("act", filing.store_file, data.file.filename, content)
    return Response(line, status_code=201, headers={"Location": f"/api/files/{line.id}"})


@get(
    "/files/{file_id:str}",
    operation_id="getFile",
    security=needs("read"),
    tags=["Lampiran"],
    summary="Ambil berkas",
    media_type="application/octet-stream",
    responses=problems(404),
)
async def get_file(visit: NamedDependency[Visit], file_id: FromPath[str]) -> Response[bytes]:
    """The bytes of a file."""
    file = await visit.look("read", filing.file_content, file_id)
    return download(file.content, file.media_type, file.name, file.sha256)


def download(content: bytes, media_type: str, name: str, sha256: str) -> Response[bytes]:
    """A file as a response that a browser saves and never runs."""
    plain = "".join(c if c.isascii() and c not in '"\\' else "_" for c in name)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{sha256}"',
    }
    return Response(content, media_type=media_type, headers=headers)


ROUTES = (
    upload_file,
    get_file,
)
