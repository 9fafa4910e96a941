"""One act on several cases, for whoever takes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.steps import Step
from workflow.errors import Problem
from workflow.views.actions import ActionDone, as_told, done_line


class SeveralDone(msgspec.Struct, frozen=True, kw_only=True):
    """What one act did to several cases, in the order in which they were named."""

    items: tuple[ActionDone, ...]
    repeated: bool


def act_on_several(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, step: Step, versions: Mapping[str, int], key: str
) -> SeveralDone:
    """Take a step with several cases, each at the version that was seen: all or none. Raises Problem, told as ``act`` does."""
    try:
        outcomes = engine.fire_several(
            conn,
            tuple(versions),
            step.trigger,
            caller.actor,
            step.form,
            at,
            versions=versions,
            key=key,
            acknowledge=step.acknowledge,
        )
    except Problem as problem:
        case_id = problem.more.get("case")
        raise (as_told(conn, engine, caller, case_id, step, problem) if case_id else problem) from problem
    items = tuple(done_line(conn, engine, caller, outcome) for outcome in outcomes.items)
    return SeveralDone(items=items, repeated=outcomes.repeated)
