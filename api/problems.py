"""Problem documents (RFC 9457): one shape for every refusal, whether a rule, the engine or HTTP itself refuses."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from api import refusals
from api.observing import request_id
from workflow.database import DatabaseBusy
from workflow.errors import FieldError, Problem
from workflow.views.cohort_actions import StayedLine

MEDIA_TYPE = "application/problem+json"

#: Where the explanation of a problem's type is found; the path is stable.
TYPES = "/problems/"

log = logging.getLogger("jenjang")

_encode = msgspec.json.Encoder().encode


class Malformed(Problem):
    """The request cannot be read: broken JSON, unknown or missing keys of the envelope, a parameter of the wrong kind."""


class UnknownAddress(Problem):
    """There is nothing at this address."""

    status, type, title = 404, "not-found", "Tidak ditemukan"


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    status, type, title = 405, "method-not-allowed", "Metode tidak tersedia"


class TooLarge(Problem):
    """The body is larger than this route takes."""

    status, type, title = 413, "too-large", "Kiriman terlalu besar"


class WrongMediaType(Problem):
    """The body is not of a kind that this route takes; of files, the content decides."""

    status, type, title = 415, "unsupported-media-type", "Jenis kiriman tidak diterima"


class BrokenOff(Problem):
    """The body ended before it was whole: whoever sent it has gone, or sent fewer bytes than announced."""

    type, title = "broken-off", "Kiriman terputus"


class Busy(Problem):
    """As many ask for something that takes long as may wait for it."""

    status, type, title = 503, "busy", "Sedang sibuk"


class VersionRequired(Problem):
    """If-Match is missing: a change must say which version of the case it was decided on."""

    status, type, title = 428, "version-required", "Versi berkas belum disebut"


class KeyRequired(Problem):
    """Idempotency-Key is missing or malformed."""

    status, type, title = 400, "idempotency-key-required", "Kunci idempotensi belum disebut"


class Failed(Problem):
    """A fault of ours. The log has the traceback under the number that ``instance`` names."""

    status, type, title = 500, "internal-error", "Terjadi kesalahan pada sistem"


class ProblemReason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason of a rule, with its grade, its citations and the way out."""

    grade: str
    says: str
    by: tuple[str, ...] = ()
    remedy: str = ""
    rule: str = ""


class ProblemField(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field; ``field`` is its path, ``label`` what people call it."""

    field: str
    label: str
    says: str


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A problem as it is sent. ``type`` is stable; the members after ``request_id`` come with the types that need them.

    ``request_id``: the number of the request, as the header X-Request-ID has it, by which it is found in the log.
    """

    type: str
    title: str
    status: int
    detail: str
    reasons: tuple[ProblemReason, ...] = ()
    fields: tuple[ProblemField, ...] = ()
    request_id: str | msgspec.UnsetType = msgspec.UNSET
    instance: str | msgspec.UnsetType = msgspec.UNSET
    version: int | msgspec.UnsetType = msgspec.UNSET
    acknowledge: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    step: str | msgspec.UnsetType = msgspec.UNSET
    cases: tuple[StayedLine, ...] | msgspec.UnsetType = msgspec.UNSET


def document(problem: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    number = request_id()
    return {
        **({"request_id": number} if number else {}),
        **problem.more,
        "type": TYPES + problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "reasons": [
            {"grade": r.grade.value, "says": r.says, "by": r.by, "remedy": r.remedy, "rule": r.rule}
            for r in problem.reasons
        ],
        "fields": [{"field": f.field, "label": f.label, "says": f.says} for f in problem.fields],
    }


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    """The response that carries a problem."""
    headers = {**(headers or {}), **when_again(problem)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Jenjang"'
    return Response(_encode(document(problem)), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def when_again(problem: Problem) -> dict[str, str]:
    """The header that says after how many seconds to ask again, for problems that pass."""
    if seconds := problem.more.get("retry_after"):
        return {"Retry-After": str(seconds)}
    if isinstance(problem, DatabaseBusy):
        return {"Retry-After": "2"}
    return {"Retry-After": "10"} if problem.status == 503 else {}


def of_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """What the engine or a view raised."""
    refusals.watched(request, problem)
    return answer(problem)


def of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework raised."""
    return answer(translated(request, error), error.headers if error.status_code < 500 else None)


def of_fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours: the traceback goes to the log, its number to the caller."""
    return answer(failure(request, error))


def failure(request: Request[Any, Any, Any], error: Exception) -> Failed:
    """What is told of a fault of ours. The log gets its traceback."""
    number = str(uuid.uuid4())
    log.error("%s %s failed, %s", request.method, refusals.path_logged(request), number, exc_info=error)
    says = "Permintaan ini tidak selesai dan tidak ada yang berubah. Sampaikan nomor kejadian kepada pengelola sistem."
    return Failed(says, more={"instance": f"urn:uuid:{number}"})


def translated(request: Request[Any, Any, Any], error: HTTPException) -> Problem:
    """What the framework raised, as a problem of ours."""
    if error.status_code >= 500:
        return failure(request, error)
    path = request.url.path
    if error.status_code == 404:
        return UnknownAddress(f"Alamat {path} tidak dikenal.")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("allow", "")
        return MethodNotAllowed(f"{path} tidak menerima {request.method}; yang diterima: {allowed}.")
    if error.status_code == 413:
        limit = request.route_handler.resolve_request_max_body_size() or 0
        return TooLarge(f"Kiriman lebih besar daripada batas {size_said(limit)}.")
    faults = error.extra if isinstance(error.extra, list) else []
    fields = tuple(_fault(fault) for fault in faults if isinstance(fault, dict))
    return Malformed(fields[0].says if fields else _unreadable(request), fields=fields)


def _unreadable(request: Request[Any, Any, Any]) -> str:
    """What is said where the framework only says that it could not."""
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return "Formulir multipart/form-data tidak dapat dibaca; periksa pembatas (boundary) dan setiap bagiannya."
    return "Permintaan tidak dapat dibaca."


def short(text: str, most: int = 60) -> str:
    """What somebody sent, told back no longer than it helps."""
    return text if len(text) <= most else f"{text[:most]}…"


def size_said(size: int) -> str:
    """A size as people say it."""
    return f"{size // 1_048_576} MB" if size >= 1_048_576 else f"{size // 1024} KB"


# --- What the decoder complains of, in the reader's language ---------------------------------------------------------

_KINDS = {
    "object": "objek",
    "array": "daftar",
    "str": "teks",
    "int": "bilangan bulat",
    "float": "bilangan",
    "bool": "true atau false",
    "null": "null",
}
_PLACES = {"body": "badan permintaan", "query": "parameter", "header": "header", "path": "alamat"}


def _fault(fault: dict[str, Any]) -> FieldError:
    place = _PLACES.get(str(getattr(fault.get("source"), "value", fault.get("source"))), "permintaan")
    key = str(fault.get("key") or "")
    key = "" if key == "data" else key
    name = f"{place} {key}".strip()
    return FieldError(key, name, f"{name[:1].upper()}{name[1:]}: {complaint(str(fault.get('message', '')))}")


def complaint(english: str) -> str:
    """A decoder's complaint as a sentence in Indonesian."""
    if english == "'data'":  # Litestar's way of saying that there is no body
        return "kosong; kirimkan objek JSON, paling sedikit {}."
    quoted = english.split("`")[1::2]
    if english.startswith("Object contains unknown field"):
        return f"kunci “{short(quoted[0])}” tidak dikenal."
    if english.startswith("Object missing required field"):
        return f"kunci “{quoted[0]}” harus ada."
    if english.startswith("Expected `") and "got" in english and len(quoted) > 1:
        return f"harus {_kinds(quoted[0])}, bukan {_kinds(quoted[-1])}."
    if english.startswith("Expected `") and quoted:
        return _out_of_bounds(quoted[0], english.rpartition("`")[2].strip())
    if english.startswith("Unsupported type"):  # only where a file is asked for
        return "harus satu berkas yang disertai namanya (filename)."
    if english.startswith("Invalid RFC3339"):
        return "harus tanggal atau waktu yang ada, misalnya 2026-03-12T08:00:00+07:00."
    return "tidak dapat dibaca."


_BOUNDS = {">=": "paling kecil", "<=": "paling besar", ">": "lebih dari", "<": "kurang dari"}
_LENGTHS = {">=": "paling sedikit", "<=": "paling banyak"}
_COUNTED = {"str": "karakter", "array": "butir", "object": "kunci"}


def _out_of_bounds(kind: str, bound: str) -> str:
    """A bound, as in ``>= 1`` or ``of length <= 9``."""
    *of_length, sign, number = bound.split() if len(bound.split()) > 1 else ("", "")
    if of_length and sign in _LENGTHS:
        return f"{_LENGTHS[sign]} {number} {_COUNTED.get(kind, 'butir')}."
    return f"harus {_kinds(kind)}, {_BOUNDS[sign]} {number}." if sign in _BOUNDS else f"harus {_kinds(kind)}."


def _kinds(names: str) -> str:
    return " atau ".join(_KINDS.get(name.strip(), name.strip()) for name in names.split("|"))
