"""Official letters: looked at, fetched as PDF, initialled, corrected, numbered, signed."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any, cast

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import etag, key_given
from api.routes.cases import Key
from api.routes.files import download
from workflow.errors import Problem
from workflow.letters.acts import ACTS, LetterAct, read_act
from workflow.letters.layout import LetterError
from workflow.letters.rendering import previewed
from workflow.letters.with_secret import sign_with_secret
from workflow.signatures import SigningFailed
from workflow.views import actions, letters
from workflow.views.actions import ActionDone
from workflow.views.letters import CannotBeMade, LetterPage, Pdf

PDF = ".pdf"
#: Letters signed in one act at most.
TOGETHER = 50


class Signatures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Letters to sign, and the passphrase or PIN where the key asks for one. It is kept nowhere."""

    letters: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(min_length=1, max_length=TOGETHER)
    ]
    secret: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SignatureLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one letter: ``problem`` is empty where it was signed, else the last part of its type."""

    letter_id: str
    problem: str = ""
    detail: str = ""


class SignatureList(msgspec.Struct, frozen=True, kw_only=True):
    """What came of each letter, in the order in which they were named."""

    letters: tuple[SignatureLine, ...]


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
    """The PDF of a signed letter; of one that was signed on paper its scan, which may be a picture."""
    return await _pdf(visit, letter_id)


async def _pdf(visit: Visit, letter_id: str) -> Response[bytes]:
    pdf: Pdf = await visit.look("letters", letters.letter_pdf, letter_id)
    return download(pdf.content, pdf.media_type, pdf.name, pdf.sha256)


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


@get(
    "/letters/{letter_id:str}/preview",
    operation_id="previewLetter",
    security=needs("letters"),
    tags=["Surat"],
    summary="Konsep surat sebagaimana akan terbit",
    media_type="application/pdf",
    responses=problems(404, 422),
)
async def preview_letter(visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[bytes]:
    """The PDF that issuing the letter would give now, signed by whoever would sign it; nothing is kept."""
    draft = await visit.look("letters", letters.letter_draft, letter_id)
    engine, desk = draft.engine, visit.desk
    try:
        content = await asyncio.to_thread(
            previewed, desk.database, engine.office, engine.registry, letter_id, desk.clock.now()
        )
    except LetterError as error:
        raise CannotBeMade(str(error)) from error
    return download(content, "application/pdf", draft.name, hashlib.sha256(content).hexdigest())


@post(
    "/letters/{letter_id:str}/acts/{act:str}",
    operation_id="actOnLetter",
    security=needs("letters"),
    tags=["Surat"],
    summary=f"Perbuatan atas surat: {', '.join(ACTS)}",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def act_on_letter(
    visit: NamedDependency[Visit],
    letter_id: FromPath[str],
    act: FromPath[str],
    data: JSONBody[dict[str, Any]],
    idempotency_key: Key = None,
) -> Response[ActionDone]:
    """Initial, correct, send back, resubmit, number, sign, sign by hand, hand in or void a letter; none moves its case."""
    key = key_given(idempotency_key)
    wanted: LetterAct = read_act(act, data)
    done = await visit.run("letters", actions.act_on_letter, letter_id, wanted, key)
    return Response(done, headers={"ETag": etag(done.version)})


@post(
    "/letters/sign",
    operation_id="signLetters",
    security=needs("letters"),
    tags=["Surat"],
    summary="Tandatangani beberapa surat sekaligus",
    status_code=200,
    responses=problems(400, 413, 415, 422, 507),
)
async def sign_letters(
    visit: NamedDependency[Visit], data: JSONBody[Signatures], idempotency_key: Key = None
) -> SignatureList:
    """Sign many letters with one act, and one entry of the secret where there is one; each answers by itself."""
    key, wanted = key_given(idempotency_key), list(dict.fromkeys(data.letters))
    signing = await visit.look("letters", actions.may_sign, wanted)
    found: dict[str, Problem | SigningFailed | None] = {**signing.unseen}
    seen = [letter_id for letter_id in wanted if letter_id not in signing.unseen]
    if signing.needs_secret and seen:
        desk = visit.desk
        failed: list[Problem | SigningFailed | None]
        try:
            failed = await asyncio.to_thread(
                sign_with_secret, desk.database, signing.engine, seen, data.secret, signing.actor, desk.clock.now()
            )
        except SigningFailed as error:  # nothing signs for this person
            failed = [error] * len(seen)
        desk.changed.set()
        found |= dict(zip(seen, failed, strict=True))
    else:
        for letter_id in seen:
            found[letter_id] = await _signed(visit, letter_id, f"{key}/{wanted.index(letter_id)}")
    return SignatureList(letters=tuple(_line(letter_id, found[letter_id]) for letter_id in wanted))


async def _signed(visit: Visit, letter_id: str, key: str) -> Problem | None:
    try:
        await visit.run("letters", actions.sign_letter, letter_id, key)
    except Problem as problem:
        return problem
    return None


def _line(letter_id: str, failed: Problem | SigningFailed | None) -> SignatureLine:
    if failed is None:
        return SignatureLine(letter_id=letter_id)
    if isinstance(failed, SigningFailed):
        return SignatureLine(letter_id=letter_id, problem="signing-failed", detail=failed.says)
    return SignatureLine(letter_id=letter_id, problem=failed.type, detail=failed.detail)
