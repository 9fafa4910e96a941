"""Official letters: looked at, fetched as PDF, initialled, corrected, numbered, signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.problems import Busy
from api.reading import etag, key_given
from api.routes.cases import Key
from api.routes.files import download
from api.routes.me import After, Limit, OfProcess
from api.turns import TooMany, Turns, TurnsOfEach
from workflow.errors import Problem
from workflow.letters.acts import ACTS, Initial, LetterAct, Sign, read_act
from workflow.letters.layout import LetterError
from workflow.letters.rendering import previewed
from workflow.letters.signing_answers import INITIAL, SIGN, SignatureLine, line_of
from workflow.letters.with_secret import Shown, sign_with_secret
from workflow.views import actions, letters
from workflow.views.actions import ActionDone
from workflow.views.letter_results import ResultList, letter_results
from workflow.views.letter_stack import Asked, Stack, letter_stack
from workflow.views.letters import CannotBeMade, LetterPage, Pdf

PDF = ".pdf"
Wants = Annotated[
    str | None, QueryParameter(description="Yang ditunggu: sign, initial, number, hand_in, atau mend", max_length=20)
]
#: Letters signed in one act at most.
TOGETHER = 50
#: Drafts that are made at once, as the processes are for letters first; and with those that wait.
_AT_ONCE, _HELD = 1, 8
#: People who sign with a secret at once, on threads of their own, as the service that signs may hang; and of each how many
#: requests there are at most with those that wait.
_SIGNING, _HELD_OF_EACH = 32, 4


class Signatures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Letters to sign, and the passphrase or PIN where the key asks for one. It is kept nowhere.

    ``versions``: of the drafts that were seen, by letter; one that is another by now is not signed.
    """

    letters: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(min_length=1, max_length=TOGETHER)
    ]
    secret: Annotated[str, msgspec.Meta(max_length=200)] = ""
    versions: dict[Annotated[str, msgspec.Meta(max_length=64)], Annotated[str, msgspec.Meta(max_length=64)]] = {}

    def __repr__(self) -> str:
        """Without the secret, so that no log and no traceback shows it."""
        return f"Signatures({len(self.letters)} letters)"


class Initials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Letters to initial. ``versions``: of the drafts that were seen, by letter; one that is another by now is not initialled."""

    letters: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(min_length=1, max_length=TOGETHER)
    ]
    versions: dict[Annotated[str, msgspec.Meta(max_length=64)], Annotated[str, msgspec.Meta(max_length=64)]] = {}


class SignatureList(msgspec.Struct, frozen=True, kw_only=True):
    """What came of each letter, in the order in which they were named."""

    letters: tuple[SignatureLine, ...]


@get(
    "/letters",
    operation_id="listLettersAwaitingYou",
    security=needs("letters"),
    tags=["Surat"],
    summary="Surat yang menunggu Anda: paraf, nomor, tanda tangan; dengan yang perlu diketahui tentangnya",
    responses=problems(400, 404),
)
async def list_letters(
    visit: NamedDependency[Visit],
    wants: Wants = None,
    process: OfProcess = None,
    after: After = None,
    limit: Limit = 10,
) -> Stack:
    """The letters that wait for the caller, the most urgent first."""
    asked = Asked(wants=wants, process=process, after=after, limit=min(limit, TOGETHER))
    return await visit.look("letters", letter_stack, asked)


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
async def preview_letter(
    request: Request[Any, Any, State], visit: NamedDependency[Visit], letter_id: FromPath[str]
) -> Response[bytes]:
    """The PDF that issuing the letter would give now, signed by whoever would sign it; nothing is kept."""
    return await previewed_pdf(request, visit, letter_id)


async def previewed_pdf(request: Request[Any, Any, State], visit: Visit, letter_id: str) -> Response[bytes]:
    """A letter as it would be issued. Raises NotFound, CannotBeMade, Busy."""
    draft = await visit.look("letters", letters.letter_draft, letter_id)
    engine, desk = draft.engine, visit.desk
    previewing: Turns = request.app.state.setdefault("previewing", Turns(_AT_ONCE, _HELD))
    try:
        content = await previewing.take(
            previewed, desk.database, engine.office, engine.registry, letter_id, desk.clock.now()
        )
    except TooMany:
        raise Busy("Banyak konsep surat sedang dibuat. Coba lagi sebentar lagi.") from None
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
    request: Request[Any, Any, State],
    visit: NamedDependency[Visit],
    data: JSONBody[Signatures],
    idempotency_key: Key = None,
) -> SignatureList:
    """Sign many letters with one act, and one entry of the secret where there is one; each answers by itself."""
    return await signed_together(request, visit, data, key_given(idempotency_key))


@post(
    "/letters/initial",
    operation_id="initialLetters",
    security=needs("letters"),
    tags=["Surat"],
    summary="Paraf beberapa surat sekaligus",
    status_code=200,
    responses=problems(400, 413, 415, 422, 507),
)
async def initial_letters(
    visit: NamedDependency[Visit], data: JSONBody[Initials], idempotency_key: Key = None
) -> SignatureList:
    """Initial many letters; each answers by itself."""
    return await initialled_together(visit, data, key_given(idempotency_key))


@get(
    "/letters/results/{key:str}",
    operation_id="getLetterResults",
    security=needs("letters"),
    tags=["Surat"],
    summary="Hasil menandatangani atau memaraf beberapa surat sekaligus",
    responses=problems(404),
)
async def get_results(visit: NamedDependency[Visit], key: FromPath[str]) -> ResultList:
    """What came of each letter, by the idempotency key under which the caller acted on them."""
    return await visit.look("letters", letter_results, key)


async def initialled_together(visit: Visit, data: Initials, key: str) -> SignatureList:
    """What came of each letter, whatever kept it from being initialled. Raises KeyReused."""
    wanted = list(dict.fromkeys(data.letters))
    seen = await visit.look("letters", actions.may_sign, wanted)
    act = partial(_given, Initial, data.versions)
    return SignatureList(letters=await _each(visit, INITIAL, act, wanted, seen.unseen, key))


async def signed_together(request: Request[Any, Any, State], visit: Visit, data: Signatures, key: str) -> SignatureList:
    """What came of each letter, whatever kept it from being signed. Raises Busy."""
    wanted = list(dict.fromkeys(data.letters))
    signing = await visit.look("letters", actions.may_sign, wanted)
    if not signing.needs_secret:
        act = partial(_given, Sign, data.versions)
        return SignatureList(letters=await _each(visit, SIGN, act, wanted, signing.unseen, key))
    desk = visit.desk
    try:
        lines = await _turns(request.app.state).take(
            signing.actor.person_id or "",
            sign_with_secret,
            desk.database,
            signing.engine,
            wanted,
            data.secret,
            signing.actor,
            desk.clock.now(),
            key=key,
            shown=Shown(signing.unseen, data.versions),
        )
    except TooMany:
        raise Busy("Penandatanganan Anda sebelumnya masih berjalan. Tunggu sampai selesai, lalu coba lagi.") from None
    desk.changed.set()
    return SignatureList(letters=lines)


def _turns(state: State) -> TurnsOfEach:
    """Of those who sign with a secret, made for the first of them."""
    if "signing" not in state:
        state["signing"] = TurnsOfEach(_HELD_OF_EACH, ThreadPoolExecutor(_SIGNING, thread_name_prefix="signing"))
    found: TurnsOfEach = state["signing"]
    return found


async def _each(
    visit: Visit,
    name: str,
    act_on: Callable[[str], LetterAct],
    wanted: Sequence[str],
    unseen: Mapping[str, Problem],
    key: str,
) -> tuple[SignatureLine, ...]:
    """Do the same with several letters, one by one; a key belongs to these letters, and is answered as before."""
    before = await visit.run("letters", actions.begin_together, wanted, key, name)
    if before.whole:
        return before.lines
    found: dict[str, Problem | None] = {**unseen}
    for letter_id in wanted:
        if letter_id not in unseen:
            of_one = hashlib.sha256(f"{key}/{letter_id}".encode()).hexdigest()
            found[letter_id] = await _done(visit, letter_id, act_on(letter_id), of_one)
    lines = [line_of(letter_id, found[letter_id]) for letter_id in wanted]
    return (await visit.run("letters", actions.end_together, wanted, key, name, lines)).lines


async def _done(visit: Visit, letter_id: str, act: LetterAct, key: str) -> Problem | None:
    try:
        await visit.run("letters", actions.act_on_letter, letter_id, act, key)
    except Problem as problem:
        return problem
    return None


def _given(kind: type[Sign | Initial], versions: Mapping[str, str], letter_id: str) -> LetterAct:
    """The act on a letter, on the draft that was seen."""
    return kind(version=versions.get(letter_id))


ROUTES = (
    list_letters,
    get_letter,
    get_letter_pdf,
    preview_letter,
    act_on_letter,
    sign_letter,
    sign_letters,
    initial_letters,
    get_results,
)
