"""Checking letters, for anybody, without a key: by the code or the QR code on paper, or by the PDF."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.exceptions import HTTPException
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from api import problems, verify_pages
from api.desk import Desk
from api.pages.cookies import language_of
from api.pages.rendering import place_of
from api.routes.files import ENVELOPE, is_a_form, unreadable_form
from api.throttle import Throttle
from api.turns import TooMany, Turns
from workflow.database import Connection
from workflow.errors import Problem
from workflow.proof import apart, keys, public, verdict
from workflow.proof.seen import FileSeen
from workflow.proof.statement import NotGenuine, address_of, check
from workflow.proof.verdict import Verdict

#: Questions of one address in a minute: a classroom behind one line may all look, and nobody can try codes in earnest.
_LOOKS, _FILES = 240, 20
#: Files that are looked into at once, and that may wait for it.
_AT_ONCE, _WAITING = 2, 8

_UNKNOWN: Final = Verdict(
    tone="bad",
    title="SURAT TIDAK DITEMUKAN",
    lines=(
        "Tidak ada surat yang terbit dengan kode ini. Periksa lagi kodenya: 10 huruf dan angka, tanpa I, L, O, U, 0, dan 1.",
        "Bila kodenya benar, jangan percaya surat itu sebelum bertanya kepada instansi penerbit.",
    ),
)
_BUSY: Final = Verdict(
    tone="care", title="SEDANG SIBUK", lines=("Banyak berkas sedang diperiksa. Coba lagi sebentar lagi.",)
)
_CODE: Final = re.compile(r"[2-9A-Z]{10}")
_looks, _files = Throttle(_LOOKS), Throttle(_FILES)

#: Shows on a page what went wrong, with a status and headers.
Shows = Callable[[Request[Any, Any, State], Verdict, int, dict[str, str]], Response[Any]]
#: Says something of whoever asks.
Asks = Callable[[Request[Any, Any, State]], bool]


class CheckedFile(msgspec.Struct, kw_only=True):
    """A form with one field, the PDF."""

    file: UploadFile


def on_page(show: Shows, shown_to: Asks = lambda _: True) -> ExceptionHandlersMap:
    """Handlers by which what goes wrong is told on the page that people look at; a fault of ours stays a problem document.

    ``shown_to``: whether who asks is shown pages at all; a program is told by a problem document there.
    """

    def as_page(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
        told = _as_document(request, error)
        status = told.status_code or 500
        if status == 500 or not shown_to(request):
            return told
        document = msgspec.json.decode(told.content)
        wrong = Verdict(tone="care", title=document["title"], lines=(document["detail"],))
        again = told.headers.get("Retry-After", "60" if status == 429 else "")
        return show(request, wrong, status, {"Retry-After": again} if again else {})

    return {Problem: as_page, HTTPException: as_page, LookupError: as_page, UnicodeDecodeError: as_page}


def _as_document(request: Request[Any, Any, State], error: Exception) -> Response[bytes]:
    """What went wrong, as programs are told."""
    if isinstance(error, Problem):
        return problems.of_problem(request, error)
    return problems.of_http(request, error) if isinstance(error, HTTPException) else unreadable_form(request, error)


def agency_known(request: Request[Any, Any, State]) -> str:
    """The agency's name without asking the database, which may be what went wrong; empty before it was read."""
    office = _desk(request).office
    return office.profile.agency if office else ""


def _wrong(request: Request[Any, Any, State], wrong: Verdict, status: int, headers: dict[str, str]) -> Response[Any]:
    return _page(request, agency_known(request), wrong, status, headers)


def _page(
    request: Request[Any, Any, State],
    agency: str,
    told: Verdict | None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    return Response(
        verify_pages.page(agency, told, language_of(request), place_of(request)),
        media_type="text/html",
        status_code=status,
        headers={"Content-Security-Policy": verify_pages.policy(), **(headers or {})},
    )


_PAGE: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "exception_handlers": on_page(_wrong),
}


@get("/verify", guards=[_looks], **_PAGE)
async def ask(request: Request[Any, Any, State]) -> Response[Any]:
    """The questions; with ``kode`` the way to its answer."""
    asked = "".join(request.query_params.get("kode", "").split()).upper()
    if asked:
        _, named, behind = asked.rpartition("/VERIFY/")
        known = behind if named else re.sub("[^0-9A-Z]", "", behind) or "-"
        return Redirect(f"/verify/{quote(known)}", status_code=303)
    return _page(request, await _desk(request).database.look(_agency, _desk(request)), None)


# A telephone opens the address as the QR code has it: in upper case.
@get(["/verify/{code:str}", "/VERIFY/{code:str}"], guards=[_looks], **_PAGE)
async def of_code(request: Request[Any, Any, State], code: FromPath[str]) -> Response[Any]:
    """A letter by its code."""
    desk = _desk(request)
    agency, letter = await desk.database.look(_by_code, desk, code.upper())
    return _page(request, agency, verdict.of_letter(letter)) if letter else _page(request, agency, _UNKNOWN, 404)


@get(["/verify/{code:str}/{statement:str}", "/VERIFY/{code:str}/{statement:str}"], guards=[_looks], **_PAGE)
async def of_statement(
    request: Request[Any, Any, State], code: FromPath[str], statement: FromPath[str]
) -> Response[Any]:
    """A letter, or a receipt, by the address in its QR code: the statement behind the code must be ours as well."""
    desk = _desk(request)
    agency, letter, told = await desk.database.look(_by_statement, desk, code.upper(), statement)
    if not told.rows or told.stands_alone:
        return _page(request, agency, told)
    return _page(request, agency, verdict.of_letter(letter)) if letter else _page(request, agency, _UNKNOWN, 404)


@post(
    "/verify",
    guards=[_files, is_a_form],
    request_max_body_size=apart.LARGEST + ENVELOPE,
    status_code=200,
    **_PAGE,
)
async def of_file(request: Request[Any, Any, State], data: MultipartBody[CheckedFile]) -> Response[Any]:
    """A letter by its file, which is read and not kept."""
    desk = _desk(request)
    content = await data.file.read()
    looking: Turns = request.app.state.setdefault("looking", Turns(_AT_ONCE, _WAITING))
    try:
        seen = await looking.take(apart.seen_apart, content)
    except TooMany:
        return _page(request, agency_known(request), _BUSY, 503, {"Retry-After": "30"})
    told, agency = await desk.database.look(_judged, desk, hashlib.sha256(content).hexdigest(), seen)
    return _page(request, agency, told)


@get("/verify/keys", guards=[_looks], include_in_schema=False)
async def public_keys(request: Request[Any, Any, State]) -> Response[bytes]:
    """The public keys (JWK set) and certificates that letters of this agency are checked with."""
    published = await _desk(request).database.look(keys.published)
    headers = {"Cache-Control": "public, max-age=300", "Content-Disposition": 'inline; filename="kunci-surat.json"'}
    return Response(msgspec.json.encode(published), media_type="application/jwk-set+json", headers=headers)


@get("/verify/offline.html", guards=[_looks], include_in_schema=False)
async def offline(request: Request[Any, Any, State]) -> Response[bytes]:
    """The page that checks without a network, to be saved."""
    desk = _desk(request)
    content = await desk.database.look(_offline, desk)
    headers = {"Content-Disposition": 'attachment; filename="pemeriksa-surat.html"'}
    return Response(content, media_type="text/html", headers=headers)


def _desk(request: Request[Any, Any, State]) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _agency(conn: Connection, desk: Desk) -> str:
    return desk.engine(conn).office.profile.agency


def _by_code(conn: Connection, desk: Desk, code: str) -> tuple[str, public.PublicLetter | None]:
    office = desk.engine(conn).office
    found = public.letter_of_code(conn, code, office.zone) if _CODE.fullmatch(code) else None
    return office.profile.agency, found


def _by_statement(
    conn: Connection, desk: Desk, code: str, statement: str
) -> tuple[str, public.PublicLetter | None, Verdict]:
    site = desk.engine(conn).office.profile.site
    told = verdict.of_text(f"{address_of(code, site)}/{statement}", keys.published(conn))
    return *_by_code(conn, desk, code), told


def _judged(conn: Connection, desk: Desk, sha256: str, seen: FileSeen) -> tuple[Verdict, str]:
    office, published = desk.engine(conn).office, keys.published(conn)
    named = None
    if seen.statement:
        with suppress(NotGenuine):
            code = check(seen.statement, published.by_id).statement.code
            named = public.letter_of_code(conn, code, office.zone)
    ours = public.letter_of_file(conn, sha256, office.zone)
    return verdict.of_upload(seen, ours, named, published), office.profile.agency


def _offline(conn: Connection, desk: Desk) -> bytes:
    office = desk.engine(conn).office
    on = office.day(desk.clock.now())
    return verify_pages.offline_page(office.profile.agency, office.profile.site, keys.published(conn), on)


#: All of it is public; ``api.security`` names each.
ROUTES: Final = (ask, of_code, of_statement, of_file, public_keys, offline)
