"""What went wrong, as a page: what it is, by which rule, and the way out. Under /api it stays a problem document."""

from __future__ import annotations

import re
from typing import Any, Final

from litestar import Response
from litestar.exceptions import HTTPException

from api import problems, refusals
from api.observing import request_id
from api.pages.assets import NotBuilt
from api.pages.entrance import WebRequest, path_of_ours
from api.pages.rendering import page
from api.problems import Malformed, MethodNotAllowed, TooLarge, UnknownAddress, size_said, when_again
from workflow import filing
from workflow.errors import NotFound, Problem

#: Addresses that programs ask. All others are people's, also where there is nothing.
_OF_PROGRAMS: Final = re.compile(r"/(api|schema|problems|health|ready|metrics|demo|static)(/|$)")
#: What lies below the page of one thing; from there the way leads back to that page.
_WITHIN: Final = re.compile(r"(/(?:berkas|surat|isian)/[^/]+)/.+")

_NO_PAGE: Final = UnknownAddress(
    "Tidak ada halaman pada alamat ini. Periksa lagi alamatnya, atau mulailah dari halaman utama."
)
_NO_SUCH_WAY: Final = MethodNotAllowed(
    "Halaman ini tidak dapat dibuka atau dikirim dengan cara itu. Bukalah dari halaman utama."
)


def of_problem(request: WebRequest, problem: Problem) -> Response[Any]:
    """What the engine, a view or a guard raised, on a page."""
    refusals.watched(request, problem)
    return _told(request, problem)


def of_http(request: WebRequest, error: HTTPException) -> Response[Any]:
    """What the framework raised, on a page."""
    if error.status_code == 404:
        return _told(request, _NO_PAGE)
    if error.status_code == 405:
        return _told(request, _NO_SUCH_WAY, {"allow": (error.headers or {}).get("allow", "")})
    problem = problems.translated(request, error)
    return _told(request, _with_limit_of_files(request, problem) if isinstance(problem, TooLarge) else problem)


def of_fault(request: WebRequest, error: Exception) -> Response[Any]:
    """A fault of ours, on a page that says nothing but its number; or a form in an encoding that nobody can read."""
    if isinstance(error, NotBuilt):  # then there are no pages
        return problems.of_fault(request, error)
    if isinstance(error, UnicodeDecodeError) or (isinstance(error, LookupError) and "unknown encoding" in str(error)):
        return _told(
            request, Malformed("Ada isian yang teksnya tidak dapat dibaca. Buka formulirnya lagi, lalu kirim ulang.")
        )
    return _told(request, problems.failure(request, error))


def of_any_address(request: WebRequest, error: HTTPException) -> Response[Any]:
    """What the framework raised where no route says for whom it answers: the path does."""
    answer = problems.of_http if _OF_PROGRAMS.match(request.url.path) else of_http
    return answer(request, error)


def _with_limit_of_files(request: WebRequest, problem: TooLarge) -> TooLarge:
    limit = request.route_handler.resolve_request_max_body_size() or 0
    if limit <= filing.LARGEST:
        return problem
    return TooLarge(
        f"Seluruh kiriman paling besar {size_said(limit)}, tiap berkas paling besar {size_said(filing.LARGEST)}. Tidak ada yang "
        "tersimpan. Kembalilah dengan tombol peramban, lalu kirim berkas yang lebih kecil, misalnya dipindai dengan 150 dpi."
    )


def _told(request: WebRequest, problem: Problem, headers: dict[str, str] | None = None) -> Response[Any]:
    again = when_again(problem)
    path = path_of_ours(request.url.path)
    within = _WITHIN.fullmatch(path)
    return page(
        request,
        "fault.html",
        status=problem.status,
        headers={**(headers or {}), **again},
        problem=problem,
        request_id=request_id(),
        number=str(problem.more.get("instance", "")).removeprefix("urn:uuid:"),
        again=path if again and request.method == "GET" else "",
        back=within[1] if within and not isinstance(problem, NotFound) else "",
    )
