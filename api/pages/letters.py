"""The letters that wait for somebody as a stack; several of them initialled or signed with one entry of what proves who signs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.pages.addresses import After, Kind, address, further
from api.pages.entrance import WebRequest, desk_of, seen_next
from api.pages.second_factor import once_more
from api.pages.shown import shown
from api.routes import letters as route
from api.routes.letters import TOGETHER, Initials, Signatures
from workflow.accounts import own
from workflow.errors import FieldError, InvalidForm, Problem
from workflow.views.letter_results import letter_results
from workflow.views.letter_stack import WANTS, Asked, Stack, letter_stack

#: Letters on one page of the stack.
_A_PAGE: Final = 10
#: Signs of one secret at most; more is none.
_LONGEST: Final = 200

Untuk = Annotated[str, QueryParameter(name="untuk", required=False, max_length=20)]
Chosen = Annotated[list[str] | None, QueryParameter(name="surat", required=False)]
All = Annotated[str, QueryParameter(name="semua", required=False, max_length=1)]

Act = Literal["sign", "initial"]


@get("/surat", include_in_schema=False)
async def stack(
    request: WebRequest,
    visit: NamedDependency[Visit],
    wants: Untuk = "",
    kind: Kind = "",
    after: After = "",
    every: All = "",
) -> Response[str]:
    """The letters that wait for whoever asks, the most urgent first. Raises Problem for an unknown filter."""
    asked = Asked(wants=wants or None, process=kind or None, after=after or None, limit=_A_PAGE)
    found = await visit.look("letters", letter_stack, asked)
    kept = {"untuk": wants, "jenis": kind}
    return await shown(
        request,
        visit,
        "letters.html",
        stack=found,
        wants=wants,
        kind=kind,
        every=bool(every),
        all_of_it=address("/surat", {**kept, "sesudah": after, "semua": "1"}),
        titles=WANTS,
        following=further("/surat", found.next, kept),
        further=bool(after),
    )


@get("/surat/tanda-tangan", include_in_schema=False)
async def before_signing(request: WebRequest, visit: NamedDependency[Visit], chosen: Chosen = None) -> Response[str]:
    """What is about to be signed, each with its essentials."""
    return await _before(request, visit, "sign", chosen or ())


@get("/surat/paraf", include_in_schema=False)
async def before_initialling(
    request: WebRequest, visit: NamedDependency[Visit], chosen: Chosen = None
) -> Response[str]:
    """What is about to be initialled."""
    return await _before(request, visit, "initial", chosen or ())


@post("/surat/tanda-tangan", include_in_schema=False)
async def sign(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Signs several letters. What becomes of each is told on the page of the results."""
    chosen, versions, form = await _sent(request)
    key = f"tanda-tangan-{form.get('key', '')[:60] or uuid.uuid4()}"
    secret = form.get("passphrase", "")
    try:
        _check_number(chosen)
        await prove(request, visit, secret, form.get("code", ""))
        data = Signatures(letters=list(chosen), secret=secret, versions=versions)
        await route.signed_together(request, visit, data, key)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _before(request, visit, "sign", chosen, problem)
    return seen_next(f"/surat/hasil/{key}")


@post("/surat/paraf", include_in_schema=False)
async def initial(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Initials several letters."""
    chosen, versions, form = await _sent(request)
    key = f"paraf-{form.get('key', '')[:60] or uuid.uuid4()}"
    try:
        _check_number(chosen)
        await route.initialled_together(visit, Initials(letters=list(chosen), versions=versions), key)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _before(request, visit, "initial", chosen, problem)
    return seen_next(f"/surat/hasil/{key}")


@get("/surat/hasil/{answer:str}", include_in_schema=False)
async def results(request: WebRequest, visit: NamedDependency[Visit], answer: FromPath[str]) -> Response[str]:
    """What came of each letter. Raises NotFound."""
    found = await visit.look("letters", letter_results, answer)
    failed = [line for line in found.letters if line.problem]
    act = "initial" if answer.startswith("paraf-") else "sign"
    again = [line.letter_id for line in failed if line.letter is not None]
    return await shown(
        request,
        visit,
        "letters_done.html",
        act=act,
        done=[line for line in found.letters if not line.problem],
        failed=failed,
        over=found.over,
        again=f"{_PLACES[act]}?{urlencode({'surat': again}, doseq=True)}" if again else "",
    )


async def prove(request: WebRequest, visit: Visit, secret: str, code: str) -> None:
    """See to it that whoever signs has entered what proves it is they: their secret, or the second factor once more.

    Neither is kept. Raises InvalidForm, GuessedTooOften.
    """
    office = desk_of(request).office
    if office is not None and office.signing_needs_secret:
        if not secret or len(secret) > _LONGEST:
            raise _fault("passphrase", "Masukkan frasa sandi atau PIN tanda tangan elektronik Anda.")
        return
    await once_more(request, visit, code)


def _fault(field: str, says: str) -> InvalidForm:
    return InvalidForm("Periksa isian berikut.", fields=(FieldError(field, field, says),))


_PLACES: Final = {"sign": "/surat/tanda-tangan", "initial": "/surat/paraf"}


async def _sent(request: WebRequest) -> tuple[tuple[str, ...], dict[str, str], Mapping[str, str]]:
    """The letters that were chosen, the drafts of them that were seen, and whatever else was typed."""
    pairs = [(name, text) for name, text in (await request.form()).multi_items() if isinstance(text, str)]
    chosen = tuple(dict.fromkeys(text[:64] for name, text in pairs if name == "surat"))
    seen = {name.removeprefix("version-"): text[:64] for name, text in pairs if name.startswith("version-")}
    return chosen, {letter_id: seen[letter_id] for letter_id in chosen if letter_id in seen}, dict(pairs)


def _check_number(chosen: Sequence[str]) -> None:
    if not chosen:
        raise _fault("surat", "Pilih sekurang-kurangnya satu surat.")
    if len(chosen) > TOGETHER:
        raise _fault("surat", f"Pilih paling banyak {TOGETHER} surat sekaligus.")


async def _before(
    request: WebRequest, visit: Visit, act: Act, chosen: Sequence[str], problem: Problem | None = None
) -> Response[str]:
    """The page on which a choice is confirmed: what can be done, and what of the choice cannot, and why."""
    wanted = tuple(dict.fromkeys(each[:64] for each in chosen))[:TOGETHER]
    found: Stack = await visit.look("letters", letter_stack, Asked(only=wanted, limit=TOGETHER))
    ready = [line for line in found.items if line.wants == act and not line.obstacle]
    asks_code = act == "sign" and not found.needs_secret and await visit.look("letters", own.asks_factor)
    return await shown(
        request,
        visit,
        "letters_before.html",
        act=act,
        place=_PLACES[act],
        ready=ready,
        left_out=[line for line in found.items if line not in ready],
        gone=len(wanted) - len(found.items),
        needs_secret=act == "sign" and found.needs_secret,
        asks_code=asks_code,
        problem=problem,
        faults=[(fault.field, fault.says) for fault in problem.fields] if problem else [],
        key=str(uuid.uuid4()),
    )


ROUTES: Final[tuple[Any, ...]] = (stack, before_signing, before_initialling, sign, initial, results)
