"""What brought a case to where it is: why it came back, and what was warned of on the way. Told to whoever acts on it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.desk import Visit
from policies.decision import Grade
from workflow.views import history
from workflow.views.history import EventLine, History
from workflow.views.shown import ReasonLine

#: The steps by which something comes back to be mended.
_BACK: Final = frozenset({"return", "send_back"})


@dataclass(frozen=True)
class Brought:
    """``returned``: the step that sent it back, where that was the last one; ``warned``: what its steps so far were warned of."""

    returned: EventLine | None
    warned: tuple[ReasonLine, ...]


async def brought(visit: Visit, case_id: str) -> Brought:
    """What somebody is to know who acts on a case now. Raises NotFound."""
    return _of(await visit.look("read", history.history, case_id))


def _of(told: History) -> Brought:
    moves = [event for event in told.events if event.to_state and event.to_state != event.from_state]
    last = moves[-1] if moves else None
    reasons = (
        reason for event in moves for decision in event.decisions for reason in decision.reasons if _is_warning(reason)
    )
    return Brought(
        returned=last if last is not None and last.type in _BACK else None,
        warned=tuple({reason.says: reason for reason in reasons}.values()),
    )


def _is_warning(reason: ReasonLine) -> bool:
    return reason.grade == Grade.WARNED
