"""A letter: what it settles, who has had it in hand, and whatever somebody may do with it; a signed one with its proof."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.forms import Choice, Field
from api.pages.letters import prove
from api.pages.shown import shown
from api.routes import letters as route
from api.routes.files import ENVELOPE, download
from api.routes.letters import Signatures
from workflow import filing
from workflow.accounts import own
from workflow.errors import FieldError, InvalidForm, NotFound, NotNow, Problem
from workflow.letters.acts import ACTS, HandIn, read_act
from workflow.proof import qr
from workflow.views import actions
from workflow.views import letters as view
from workflow.views.letter_brief import ACT_TITLES, TextLine
from workflow.views.letters import LetterPage

#: What a scan with its form may hold.
_LARGEST: Final = filing.LARGEST + ENVELOPE
#: What each act takes, by the name of its field in the form, and what it is called in the act.
_TAKES: Final[Mapping[str, Mapping[str, str]]] = {
    "number": {"number": "number"},
    "insert": {"after": "after", "insert_reason": "reason"},
    "send_back": {"note": "note"},
    "void": {"reason": "reason"},
}
_FIELDS: Final = {
    "number": Field(name="number", kind="text", label="Nomor surat", hint="Sebagaimana diberikan sistem penomoran."),
    "after": Field(
        name="after", kind="number", label="Disisipkan sesudah nomor urut", hint="Nomor urut dalam buku agenda."
    ),
    "insert_reason": Field(name="insert_reason", kind="longtext", label="Alasan nomor sisipan"),
    "note": Field(
        name="note", kind="longtext", label="Catatan perbaikan", hint="Apa yang harus diperbaiki, dan mengapa."
    ),
    "reason": Field(name="reason", kind="longtext", label="Alasan surat dinyatakan tidak berlaku"),
    "scan": Field(
        name="scan", kind="file", label="Pindaian surat yang sudah ditandatangani", hint="PDF, PNG, atau JPEG."
    ),
}
#: How the name of a field begins that holds a text of the letter.
_TEXT: Final = "teks-"


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


@post("/surat/{letter_id:str}/hand_in", include_in_schema=False, request_max_body_size=_LARGEST)
async def hand_in(request: WebRequest, visit: NamedDependency[Visit], letter_id: FromPath[str]) -> Response[Any]:
    """Hands in the scan of a letter that was signed on paper. Raises NotFound."""
    form = await request.form()
    scan, key = form.get("scan-new"), str(form.get("key") or uuid.uuid4())[:200]
    name, content = "", b""
    if isinstance(scan, UploadFile):
        name, content = scan.filename, await scan.read()
        await scan.close()
    await visit.look("letters", view.letter_page, letter_id)  # who may not see it hands in nothing
    try:
        if not name:
            raise InvalidForm(
                "Periksa isian berikut.", fields=(FieldError("scan", "Pindaian", "Pilih berkas pindaian."),)
            )
        kept = await visit.run("act", filing.store_file, name, content)
        await visit.run("letters", actions.act_on_letter, letter_id, HandIn(scan=kept.id), key)
    except (filing.TooLargeFile, filing.UnknownKind) as problem:
        refused = InvalidForm(problem.says, fields=(FieldError("scan", "Pindaian", problem.says),))
        return await _page(request, visit, letter_id, "hand_in", refused)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _page(request, visit, letter_id, "hand_in", problem)
    return _done(letter_id, "hand_in")


@post("/surat/{letter_id:str}/{act:str}", include_in_schema=False)
async def act(
    request: WebRequest, visit: NamedDependency[Visit], letter_id: FromPath[str], act: FromPath[str]
) -> Response[Any]:
    """Does something with a letter, on the draft that was seen. Raises NotFound."""
    form = await typed(request)
    key = form.get("key", "")[:200] or str(uuid.uuid4())
    if act not in ACTS:
        raise NotFound(f"Perbuatan “{act[:60]}” tidak ada pada halaman surat.")
    try:
        if act == "sign":
            await _sign(request, visit, letter_id, form, key)
        else:
            page = await visit.look("letters", view.letter_page, letter_id)
            await visit.run("letters", actions.act_on_letter, letter_id, read_act(act, _given(act, form, page)), key)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return await _page(request, visit, letter_id, act, problem, form)
    return _done(letter_id, act)


def _done(letter_id: str, act: str) -> Response[Any]:
    return seen_next(f"/surat/{quote(letter_id)}?selesai={act}")


def _given(act: str, form: Mapping[str, str], page: LetterPage) -> dict[str, Any]:
    """What an act takes, as the API would be sent it."""
    given: dict[str, Any] = {to: form.get(name, "").strip() for name, to in _TAKES.get(act, {}).items()}
    if str(given.get("after", "")).isdecimal():
        given["after"] = int(given["after"])
    if act in ("correct", "initial"):
        given["changes"] = _changes(form, page.texts)
    if form.get("version"):
        given["version"] = form["version"]
    return given


def _changes(form: Mapping[str, str], texts: tuple[TextLine, ...]) -> dict[str, Any]:
    """The texts that were typed otherwise than they were shown; of several lines each is one."""
    found: dict[str, Any] = {}
    for text in texts:
        wanted = form.get(f"{_TEXT}{text.name}")
        if wanted is None or _bare(wanted) == _bare(_as_typed(text)):
            continue
        lines = tuple(line.strip() for line in wanted.splitlines() if line.strip())
        found[text.name] = list(lines) if isinstance(text.value, list | tuple) else wanted
    return found


def _as_typed(text: TextLine) -> str:
    return "\n".join(text.value) if isinstance(text.value, list | tuple) else text.value or ""


def _bare(text: str) -> str:
    """A text without what browsers do to the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


async def _sign(request: WebRequest, visit: Visit, letter_id: str, form: Mapping[str, str], key: str) -> None:
    """Signs it, as the API does, once what proves who signs was entered. Raises Problem."""
    page = await visit.look("letters", view.letter_page, letter_id)
    secret = form.get("passphrase", "")
    if page.yours_to_sign:
        await prove(request, visit, secret, form.get("code", ""))
    versions = {letter_id: form["version"]} if form.get("version") else {}
    done = await route.signed_together(
        request, visit, Signatures(letters=[letter_id], secret=secret[:200], versions=versions), key
    )
    for line in done.letters:
        if line.problem:
            raise NotNow(line.detail)


async def _page(
    request: WebRequest,
    visit: Visit,
    letter_id: str,
    act: str = "",
    problem: Problem | None = None,
    given: Mapping[str, str] | None = None,
) -> Response[str]:
    """The page; where an act was refused, with why, and with what was typed for it."""
    page = await visit.look("letters", view.letter_page, letter_id)
    kept = {name: text for name, text in (given or {}).items() if name not in _NEVER_KEPT and text.strip()}
    signing = await visit.look("letters", actions.may_sign, [letter_id])
    drawn = _drawn(page, kept, problem)
    return await shown(
        request,
        visit,
        "letter.html",
        page=page,
        titles=ACT_TITLES,
        needs_secret=signing.needs_secret,
        asks_code="sign" in page.acts and not signing.needs_secret and await visit.look("letters", own.asks_factor),
        problem=problem,
        tried=act,
        fields=drawn,
        texts=[drawn[f"{_TEXT}{text.name}"] for text in page.texts],
        faults=_faults(page, drawn, problem),
        unsent=() if not problem or act in page.acts else tuple(kept.values()),
        key=str(uuid.uuid4()),
        done=request.query_params.get("selesai", ""),
        code_picture=qr.drawn(page.statement) if page.statement else "",
    )


#: What a form carries that is no word of anybody's, or is a secret.
_NEVER_KEPT: Final = frozenset({"passphrase", "code", "version", "key"})


def _drawn(page: LetterPage, kept: Mapping[str, str], problem: Problem | None) -> dict[str, Field]:
    """Every field that an act may ask for, as it was typed, or as the letter has it."""
    wrong = {fault.field: fault.says for fault in problem.fields} if problem else {}
    drawn = {}
    for name, field in _FIELDS.items():
        fault = wrong.get(name) or (wrong.get("reason", "") if name == "insert_reason" and kept.get(name) else "")
        drawn[name] = replace(field, value=kept.get(name, ""), fault=fault)
    for text in page.texts:
        name = f"{_TEXT}{text.name}"
        value = kept.get(name, _as_typed(text))
        drawn[name] = Field(
            name=name,
            kind="choice_many" if text.choices else "longtext" if _is_long(text) else "text",
            label=text.label,
            hint="Tiap baris satu butir." if isinstance(text.value, list | tuple) else "",
            value=value,
            choices=tuple(Choice(each, each) for each in text.choices),
            fault=wrong.get(text.name, ""),
        )
    return drawn


def _is_long(text: TextLine) -> bool:
    return (
        isinstance(text.value, list | tuple) or len(text.value or "") > 60 or text.name not in ("subject", "attachment")
    )


def _faults(page: LetterPage, drawn: Mapping[str, Field], problem: Problem | None) -> list[tuple[str, str]]:
    """What is wrong, each with the field to which it leads."""
    texts = {text.name for text in page.texts}
    told = []
    for fault in problem.fields if problem else ():
        place = f"{_TEXT}{fault.field}" if fault.field in texts else fault.field
        told.append((place if place in drawn or place in ("passphrase", "code") else "", fault.says))
    return told


ROUTES: Final[tuple[Any, ...]] = (letter, draft, file, hand_in, act)
