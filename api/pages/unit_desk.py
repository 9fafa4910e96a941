"""The desk of a unit's personnel officer: what waits in the unit and for whom, what is late, what came on paper; and reminding."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.pages.addresses import After, Shown, further
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.shown import shown
from workflow.views import reminders, unit_desk

Role = Annotated[str, QueryParameter(name="peran", required=False, max_length=60)]
Channel = Annotated[str, QueryParameter(name="saluran", required=False, max_length=20)]

#: What can be shown alone, by its word in the address.
_SHOWN: Final = {"terlambat": "late", "surat": "recordable"}


@get("/kepegawaian", include_in_schema=False)
async def desk(
    request: WebRequest, visit: NamedDependency[Visit], show: Shown = "", after: After = ""
) -> Response[str]:
    """What waits in the unit. Raises NotYours."""
    found = await visit.look("read", unit_desk.unit_desk, show=_SHOWN.get(show), after=after or None)
    return await shown(
        request,
        visit,
        "unit_desk.html",
        desk=found,
        show=show if show in _SHOWN else "",
        following=further("/kepegawaian", found.next, {"tampil": show}),
        reminded=request.query_params.get("ingat", ""),
    )


@post("/kepegawaian/{case_id:str}/ingatkan", include_in_schema=False)
async def remind(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Reminds whoever a case waits for in a role. Raises NotFound, NotYours, NotNow."""
    form = await typed(request)
    done = await visit.run("act", reminders.remind, case_id, form.get("role", "")[:60])
    show = form.get("show", "")
    asked = {"tampil": show} if show in _SHOWN else {}
    return seen_next(f"/kepegawaian?{urlencode({**asked, 'ingat': 'dikirim' if done.sent else 'sudah'})}")


@post("/kepegawaian/{case_id:str}/kirim", include_in_schema=False)
async def send(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[Any]:
    """Puts on record that the officer sends a reminder themselves, then shows its text. Raises NotFound, NotYours, NotNow."""
    form = await typed(request)
    role, channel = form.get("role", "")[:60], form.get("channel", "")[:20]
    done = await visit.run("act", reminders.note_sending, case_id, role, channel)
    return seen_next(f"/kepegawaian/{done.reference}/teks?{urlencode({'peran': role, 'saluran': channel})}")


@get("/kepegawaian/{case_id:str}/teks", include_in_schema=False)
async def texts(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], role: Role = "", channel: Channel = ""
) -> Response[str]:
    """A reminder as ready text. Raises NotFound, NotYours, NotNow."""
    found = await visit.look("read", reminders.reminder_texts, case_id, role)
    return await shown(request, visit, "reminder_texts.html", found=found, channel=channel)


ROUTES: Final[tuple[Any, ...]] = (desk, remind, send, texts)
