"""Looking colleagues up: so many times a minute for each person, so that nobody copies the staff name by name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from api.desk import Visit
from workflow.database import DatabaseUnavailable
from workflow.views import colleagues as view
from workflow.views.colleagues import ColleagueLine, ColleagueList


async def colleagues(visit: Visit, search: str) -> ColleagueList:
    """Colleagues by name or NIP. Raises TooOften, NotYours, InvalidForm."""
    await _count(visit)
    return await visit.look("read", view.colleague_list, search)


async def named(visit: Visit, chosen: Sequence[str]) -> tuple[ColleagueLine, ...]:
    """Those who were chosen already, by id or NIP; a search's worth of them counts as one. Raises TooOften, NotYours."""
    if not chosen:
        return ()
    await _count(visit, len(chosen))
    return (await visit.look("read", view.colleagues_named, chosen)).items


async def _count(visit: Visit, lines: int = 1) -> None:
    with suppress(DatabaseUnavailable):  # what cannot be written down is not counted; people are found all the same
        await visit.run("read", view.count_search, lines)
