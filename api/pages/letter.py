"""A letter: who has had it in hand, what it will look like, and initialling, numbering, signing it or sending it back."""

from __future__ import annotations

import uuid
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.shown import shown
from api.routes import letters as route
from api.routes.files import download
from api.routes.letters import SignatureList, Signatures
from workflow.errors import NotFound, Problem
from workflow.letters.acts import read_act
from workflow.views import actions
from workflow.views import letters as view

#: What can be done on the page, in this order; the rest of the acts have pages of their own.
_HERE: Final = ("initial", "number", "sign", "by_hand", "resubmit", "send_back")


@get("/surat/{letter_id:str}", include_in_schema=False)
async def letter(request: WebRequest, visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[str]:
    """A letter as whoever asks may see it. Raises NotFound."""
    return await _page(request, visit, letter_id)


@get("/surat/{letter_id:str}/konsep", include_in_schema=False)
async def draft(
    request: Request[Any, Any, State], visit: NamedDependency[Visit], letter_id: FromPath[str]
) -> Response[bytes]:
    """The PDF that signing it now would give. Raises NotFound, CannotBeMade, Busy."""
    return await route.previewed_pdf(request, visit, letter_id)


@get("/surat/{letter_id:str}/pdf", include_in_schema=False)
async def file(visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[bytes]:
    """The PDF of a signed letter. Raises NotFound, NotSigned, BeingPrepared."""
    pdf = await visit.look("letters", view.letter_pdf, letter_id)
    return download(pdf.content, pdf.media_type, pdf.name, pdf.sha256)


@post("/surat/{letter_id:str}/{act:str}", include_in_schema=False)
async def act(
    request: WebRequest, visit: NamedDependency[Visit], letter_id: FromPath[str], act: FromPath[str]
) -> Response[Any]:
    """Does something with a letter, on the draft that was seen. Raises NotFound."""
    form = await typed(request)
    key = form.get("key", "")[:200] or str(uuid.uuid4())
    given = {name: value for name, value in form.items() if name in ("note", "number", "version")}
    if act not in _HERE:
        raise NotFound(f"Perbuatan “{act[:60]}” tidak ada pada halaman surat.")
    try:
        if act == "sign":
            await _sign(request, visit, letter_id, form.get("secret", ""), key)
        else:
            await visit.run("letters", actions.act_on_letter, letter_id, read_act(act, given), key)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _page(request, visit, letter_id, problem, given)
    return seen_next(f"/surat/{quote(letter_id)}?selesai={act}")


async def _sign(request: WebRequest, visit: Visit, letter_id: str, secret: str, key: str) -> None:
    """Signs it, as the API does: with the secret where the key asks for one. Raises Problem."""
    done: SignatureList = await route.signed_together(
        request, visit, Signatures(letters=[letter_id], secret=secret), key
    )
    for line in done.letters:
        if line.problem:
            raise Problem(line.detail)


async def _page(
    request: WebRequest,
    visit: Visit,
    letter_id: str,
    problem: Problem | None = None,
    given: dict[str, str] | None = None,
) -> Response[str]:
    page = await visit.look("letters", view.letter_page, letter_id)
    signing = await visit.look("letters", actions.may_sign, [letter_id])
    return await shown(
        request,
        visit,
        "letter.html",
        status=problem.status if problem else 200,
        page=page,
        acts=[name for name in _HERE if name in page.acts],
        needs_secret=signing.needs_secret,
        problem=problem,
        given=given or {},
        key=str(uuid.uuid4()),
        done=request.query_params.get("selesai", ""),
    )


ROUTES: Final[tuple[Any, ...]] = (letter, draft, file, act)
