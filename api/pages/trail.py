"""The trail of what happened, searched by person, case, period and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.pages.addresses import After, From, Until, day_in, further
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from workflow.errors import NotYours, Problem
from workflow.views import examination
from workflow.views import trail as view
from workflow.views.trail import Sought

#: Further titles of one step that stand in a choice.
_TITLES: Final = 2

Case = Annotated[str, QueryParameter(name="berkas", required=False, max_length=60)]
Person = Annotated[str, QueryParameter(name="pegawai", required=False, max_length=64)]
Step = Annotated[str, QueryParameter(name="langkah", required=False, max_length=60)]


@get("/kelola/jejak", include_in_schema=False)
async def trail(
    request: WebRequest,
    visit: NamedDependency[Visit],
    case: Case = "",
    person: Person = "",
    from_on: From = "",
    until_on: Until = "",
    step: Step = "",
    after: After = "",
) -> Response[str]:
    """The events that are sought; those of today where nothing is said. Raises NotYours."""
    await visit.look("read", examination.examination)
    found = problem = None
    given = {"berkas": case, "pegawai": person, "dari": from_on, "sampai": until_on, "langkah": step}
    try:
        sought = Sought(
            case.strip() or None,
            person.strip() or None,
            day_in(from_on, "dari"),
            day_in(until_on, "sampai"),
            step.strip() or None,
        )
        found = await visit.look("read", view.trail, sought=sought, after=after or None)
    except NotYours:
        raise
    except Problem as refused:
        if refused.status == 401:
            raise
        problem = refused
    return await shown(
        request,
        visit,
        "trail.html",
        problem=problem,
        found=found,
        faults=[("berkas", problem.says)] if problem else [],
        given=given,
        steps=_steps(visit, given["langkah"]),
        following=further("/kelola/jejak", found.next if found else None, given),
    )


def _steps(visit: Visit, chosen: str) -> list[tuple[str, str]]:
    """What can be sought: the steps of all processes by title, where two are called alike with their process.

    What an address names besides them stays chosen.
    """
    titles: dict[str, list[str]] = {}
    processes: dict[str, list[str]] = {}
    for process in visit.desk.registry.processes.values():
        for step in process.transitions:
            titles.setdefault(step.trigger, []).append(step.title)
            processes.setdefault(step.trigger, []).append(process.title)
    told = {name: _joined(several) for name, several in titles.items()}
    alike = {title for title, times in Counter(told.values()).items() if times > 1}
    found = {name: f"{title} ({_joined(processes[name])})" if title in alike else title for name, title in told.items()}
    found |= {chosen: chosen} if chosen and chosen not in found else {}
    return sorted(found.items(), key=lambda each: each[1])


def _joined(several: Iterable[str]) -> str:
    first, *others = dict.fromkeys(several)
    return " / ".join((first, *others[:_TITLES], *(["…"] if others[_TITLES:] else [])))


ROUTES: Final[tuple[Any, ...]] = (trail,)
