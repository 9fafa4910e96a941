"""Official letters: looked at, fetched as PDF, signed."""

from __future__ import annotations

from typing import cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import etag, key_given
from api.routes.cases import Key
from api.routes.files import download
from workflow.views import actions, letters
from workflow.views.actions import ActionDone
from workflow.views.letters import LetterPage, Pdf

PDF = ".pdf"


@get(
    "/letters/{letter_id:str}",
    operation_id="getLetter",
    security=needs("letters"),
    tags=["Surat"],
    summary="Satu surat: isi, nomor, siapa menandatangani",
    responses=problems(404),
)
async def get_letter(visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[LetterPage]:
    """A letter; with ``.pdf`` behind its id, its file."""
    if letter_id.endswith(PDF):
        return cast("Response[LetterPage]", await _pdf(visit, letter_id.removesuffix(PDF)))
    return Response(await visit.look("letters", letters.letter_page, letter_id))


@get(
    "/letters/{letter_id:str}/pdf",
    operation_id="getLetterPdf",
    security=needs("letters"),
    tags=["Surat"],
    summary="Berkas PDF surat",
    media_type="application/pdf",
    responses=problems(404, 409),
)
async def get_letter_pdf(visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[bytes]:
    """The PDF of a signed letter."""
    return await _pdf(visit, letter_id)


async def _pdf(visit: Visit, letter_id: str) -> Response[bytes]:
    pdf: Pdf = await visit.look("letters", letters.letter_pdf, letter_id)
    return download(pdf.content, "application/pdf", pdf.name, pdf.sha256)


@post(
    "/letters/{letter_id:str}/sign",
    operation_id="signLetter",
    security=needs("letters"),
    tags=["Surat"],
    summary="Tandatangani surat",
    status_code=200,
    responses=problems(400, 404, 409, 422, 507),
)
async def sign_letter(
    visit: NamedDependency[Visit], letter_id: FromPath[str], idempotency_key: Key = None
) -> Response[ActionDone]:
    """Sign a letter that awaits the caller; it is numbered at once, its file follows."""
    done = await visit.run("letters", actions.sign_letter, letter_id, key_given(idempotency_key))
    return Response(done, headers={"ETag": etag(done.version)})
