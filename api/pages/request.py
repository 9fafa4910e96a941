"""A new request: chosen from what one may ask for, and opened as a draft for oneself or for a colleague."""

from __future__ import annotations

import uuid
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages import people_fields
from api.pages.entrance import WebRequest, seen_next
from api.pages.forms import Field, Posted
from api.pages.posted import key_of, last, posted_form
from api.pages.shown import shown
from workflow.errors import FieldError, InvalidForm, Problem
from workflow.views import actions, openings

_OWN, _ANOTHER = "sendiri", "lain"


@get("/permohonan", include_in_schema=False)
async def kinds(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """What can be asked for, and what was begun."""
    found = await visit.look("read", openings.opening_list)
    return await shown(request, visit, "requests.html", openings=found.items, drafts=found.drafts)


@get("/permohonan/{process:str}", include_in_schema=False)
async def begin(request: WebRequest, visit: NamedDependency[Visit], process: FromPath[str]) -> Response[str]:
    """What it is about, before it is begun. Raises NotFound."""
    return await _page(request, visit, process)


@post("/permohonan/{process:str}", include_in_schema=False)
async def open_case(request: WebRequest, visit: NamedDependency[Visit], process: FromPath[str]) -> Response[Any]:
    """Opens a case, for oneself or for a colleague whose paperwork one does; it is a draft until it is sent. Raises NotFound."""
    posted = await posted_form(request)
    line = await visit.look("read", openings.opening, process)
    for_another = not line.for_oneself or last(posted, "untuk") == _ANOTHER
    if for_another and people_fields.is_seeking(posted):
        return await _page(request, visit, process, posted)
    person = "".join(last(posted, "person").split()) if for_another else ""
    if for_another and not person:
        says = "Pilih pegawainya: cari dengan nama atau NIP."
        return await _page(
            request, visit, process, posted, InvalidForm(says, fields=(FieldError("person", "Pegawai", says),))
        )
    try:
        done = await visit.run("act", actions.open_case, process, {}, key_of(posted), person=person or None)
    except Problem as problem:
        if problem.status == 401:
            raise
        return await _page(request, visit, process, posted, problem)
    return seen_next(f"/isian/{quote(done.reference)}")


async def _page(
    request: WebRequest, visit: Visit, process: str, posted: Posted | None = None, problem: Problem | None = None
) -> Response[str]:
    line = await visit.look("read", openings.opening, process)
    fault = next((each.says for each in problem.fields if each.field == "person"), "") if problem else ""
    called = "Pegawai, bila bukan untuk Anda sendiri" if line.for_oneself else "Pegawai"
    person = Field(name="person", kind="person", label=called, value=last(posted or {}, "person").strip(), fault=fault)
    (finder,) = await people_fields.with_people(request, visit, [person], posted) if line.for_others else (person,)
    return await shown(
        request,
        visit,
        "request.html",
        status=problem.status if problem else 200,
        opening=line,
        problem=None if fault else problem,
        faults=[(finder.id, finder.fault)] if finder.fault else [],
        finder=finder,
        whose=last(posted or {}, "untuk") or (_OWN if line.for_oneself else _ANOTHER),
        key=str(uuid.uuid4()),
    )


ROUTES: Final[tuple[Any, ...]] = (kinds, begin, open_case)
