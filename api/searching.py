"""Looking colleagues up: so many times a minute for each key or session, so that nobody copies the staff name by name."""

from __future__ import annotations

import hashlib
import time
from typing import Any, Final

from litestar import Request
from litestar.datastructures import State

from api.desk import Visit
from api.throttle import Counted
from workflow.views.colleagues import ColleagueList, colleague_list

#: Searches of one key or session in a minute; with scripts somebody who types asks a few times for one name.
_MOST: Final = 60


async def colleagues(request: Request[Any, Any, State], visit: Visit, search: str) -> ColleagueList:
    """Colleagues by name or NIP. Raises TooOften, NotYours, InvalidForm."""
    counted: Counted = request.app.state.setdefault("searches", Counted(_MOST))
    counted.count(hashlib.sha256(visit.credential.text.encode()).hexdigest(), time.monotonic())
    return await visit.look("read", colleague_list, search)
