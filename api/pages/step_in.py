"""In the demo alone: who is in the story, and a way into each of them. Registered only where the app was given a DemoClock."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post

from api.clock import DemoClock
from api.pages.cookies import token_of
from api.pages.entrance import WebRequest, browser_of, desk_of, entered, typed
from api.pages.rendering import page
from api.problems import UnknownAddress
from workflow.demo import playbill
from workflow.demo.playbill import Playbill


@get("/peran", include_in_schema=False)
async def show_people(request: WebRequest) -> Response[str]:
    """Everyone of the demo by kind, what awaits them, and the ways in without an account."""
    bill, desk = _bill(request), desk_of(request)
    scenes = await desk.database.look(lambda c: playbill.waiting(c, desk.engine(c), bill, desk.clock.now()))
    return page(request, "step_in.html", scenes=scenes)


@post("/peran", include_in_schema=False)
async def step_in(request: WebRequest) -> Response[Any]:
    """Be one of them. Raises NotFound for anybody else."""
    bill, desk, browser = _bill(request), desk_of(request), browser_of(request)
    person, before, at = (await typed(request)).get("person", ""), token_of(request), desk.clock.now()
    done = await desk.database.run(
        lambda c: playbill.step_in(c, desk.engine(c), desk.safe, bill, person, browser, at, before=before)
    )
    return entered(request, done, "/")


def _bill(request: WebRequest) -> Playbill:
    """Who plays. Raises UnknownAddress outside the demo, whatever the routes say."""
    if not isinstance(desk_of(request).clock, DemoClock):
        raise UnknownAddress("Alamat /peran tidak dikenal.")
    bill: Playbill = request.app.state.serving.playbill()
    return bill


ROUTES: Final[tuple[Any, ...]] = (show_people, step_in)
