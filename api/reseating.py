"""The inboxes after a change of who may act: some cases at a time, so that nobody else who writes waits long."""

from __future__ import annotations

from collections.abc import Sequence

from api.desk import Visit
from workflow.engine.sweep import TOGETHER
from workflow.views import mandates


async def reseat(visit: Visit, case_ids: Sequence[str]) -> None:
    """Work out anew who cases wait for. Whoever may act is looked up when they do, so nothing waits for this."""
    for first in range(0, len(case_ids), TOGETHER):
        await visit.run("act", mandates.reseat_some, case_ids[first : first + TOGETHER])
