"""The log of everything that was recorded, for anybody: its heads as JSON for machines, and a page for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Annotated, Any, Final, TypeVar

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import MultipartBody, QueryParameter

from api import verify_pages
from api.desk import Desk
from api.pages.cookies import language_of
from api.pages.rendering import place_of
from api.routes.files import ENVELOPE, is_a_form
from api.routes.verify import CheckedFile, agency_known, on_page
from api.throttle import Throttle
from workflow.database import Connection
from workflow.proof.verdict import Verdict
from workflow.sealing import heads
from workflow.sealing.checkpoint import NotGenuine
from workflow.sealing.handed_in import LARGEST, Found, looked_into
from workflow.sealing.heads import LogConsistency, LogHead, NotSealedYet

#: Questions of one address in a minute.
_LOOKS, _FILES = 240, 20
#: Leaves of a log at most, as its positions are kept.
_MOST_LEAVES: Final = 2**31 - 1
T = TypeVar("T")
Size = Annotated[int | None, QueryParameter(ge=1, le=_MOST_LEAVES)]
_looks, _files = Throttle(_LOOKS), Throttle(_FILES)


def _wrong(request: Request[Any, Any, State], wrong: Verdict, status: int, headers: dict[str, str]) -> Response[Any]:
    shown = verify_pages.log_refusal(agency_known(request), wrong, language_of(request), place_of(request))
    return _html(shown, status, headers)


def _is_a_browser(request: Request[Any, Any, State]) -> bool:
    return request.accept.best_match(["application/json", "text/html"]) == "text/html"


#: Who looks with a browser is told on the page what went wrong, a program by a problem document.
_LOOKED_AT: Final[dict[str, Any]] = {
    "guards": [_looks],
    "include_in_schema": False,
    "exception_handlers": on_page(_wrong, shown_to=_is_a_browser),
}


@get("/verify/log", **_LOOKED_AT)
async def log_head(request: Request[Any, Any, State], size: Size = None) -> Response[Any]:
    """The newest head of the log, or the one over so many leaves; to a browser as a page. Nothing in it is personal."""
    desk = _desk(request)
    if size is None and _is_a_browser(request):
        return _page(request, *await desk.database.look(_told, desk))
    found = await desk.database.look(_of_log, desk, heads.head, size)
    return Response(found, media_type="application/json", headers={"Vary": "Accept"})


@post(
    "/verify/log",
    guards=[_files, is_a_form],
    request_max_body_size=LARGEST + ENVELOPE,
    status_code=200,
    include_in_schema=False,
    exception_handlers=on_page(_wrong),
)
async def of_file(request: Request[Any, Any, State], data: MultipartBody[CheckedFile]) -> Response[Any]:
    """The proof of a case, or a head that somebody kept, compared with the log of today; read and not kept."""
    content = await data.file.read()
    return _page(request, *await _desk(request).database.look(_compared, _desk(request), content))


@get("/verify/log/checkpoint", **_LOOKED_AT)
async def checkpoint(request: Request[Any, Any, State], size: Size = None) -> Response[str]:
    """A head as it is signed (C2SP), to be kept elsewhere."""
    desk = _desk(request)
    found = await desk.database.look(_of_log, desk, heads.head, size)
    headers = {"Content-Disposition": f'attachment; filename="kepala-log-{found.size}.txt"'}
    return Response(found.checkpoint, media_type="text/plain; charset=utf-8", headers=headers)


@get("/verify/log/consistency", **_LOOKED_AT)
async def log_consistency(
    request: Request[Any, Any, State],
    earlier: Annotated[int, QueryParameter(name="from", ge=1, le=_MOST_LEAVES)],
    later: Annotated[int | None, QueryParameter(name="to", ge=1, le=_MOST_LEAVES)] = None,
) -> LogConsistency:
    """What shows that an earlier head of the log begins a later one, so that nothing was taken out or written anew between."""
    desk = _desk(request)
    return await desk.database.look(_of_log, desk, heads.consistency, earlier, later)


def _page(
    request: Request[Any, Any, State],
    agency: str,
    zone: tzinfo,
    newest: LogHead | None,
    found: Found | str | None = None,
) -> Response[Any]:
    shown = verify_pages.log_page(agency, zone, newest, found, language_of(request), place_of(request))
    return _html(shown)


def _html(shown: str, status: int = 200, headers: dict[str, str] | None = None) -> Response[Any]:
    headers = {"Content-Security-Policy": verify_pages.policy(), "Vary": "Accept", **(headers or {})}
    return Response(shown, media_type="text/html", status_code=status, headers=headers)


def _of_log(conn: Connection, desk: Desk, read: Callable[..., T], *asked: int | None) -> T:
    """What is read of the log, where the office has begun: else it is said that it has not."""
    desk.engine(conn)
    return read(conn, *asked)


def _told(conn: Connection, desk: Desk) -> tuple[str, tzinfo, LogHead | None]:
    """Whose log it is, and its newest head; None where nothing was sealed so far."""
    office = desk.engine(conn).office
    try:
        return office.profile.agency, office.zone, heads.head(conn)
    except NotSealedYet:
        return office.profile.agency, office.zone, None


def _compared(conn: Connection, desk: Desk, content: bytes) -> tuple[str, tzinfo, LogHead | None, Found | str]:
    told = _told(conn, desk)
    try:
        return *told, looked_into(conn, content)
    except (NotGenuine, NotSealedYet) as refused:
        return *told, refused.says if isinstance(refused, NotSealedYet) else str(refused)


def _desk(request: Request[Any, Any, State]) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


#: All of it is public; ``api.security`` names each.
ROUTES: Final = (log_head, of_file, checkpoint, log_consistency)
