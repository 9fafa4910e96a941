"""One step of a case: what it asks for, what it would meet, and taking it. What was typed is never lost to a refusal."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next
from api.pages.shown import shown
from api.pages.step_form import Around, ask_step, take_step
from api.pages.uploads import LARGEST


@get("/berkas/{case_id:str}/{trigger:str}", include_in_schema=False)
async def ask(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], trigger: FromPath[str]
) -> Response[str]:
    """What a step asks for. Raises NotFound."""
    return await ask_step(request, visit, _around(request, visit, case_id), case_id, trigger)


@post("/berkas/{case_id:str}/{trigger:str}", include_in_schema=False, request_max_body_size=LARGEST)
async def take(
    request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str], trigger: FromPath[str]
) -> Response[Any]:
    """Takes a step, or tries it. Raises NotFound."""
    done = await take_step(request, visit, _around(request, visit, case_id), case_id, trigger)
    if isinstance(done, Response):
        return done
    return seen_next(f"/berkas/{quote(done.reference)}?selesai={done.version}")


def _around(request: WebRequest, visit: Visit, case_id: str) -> Around:
    place = f"/berkas/{quote(case_id)}"
    return Around(show=partial(shown, request, visit), home=place, steps=place, seeks=True)


ROUTES: Final[tuple[Any, ...]] = (ask, take)
