"""Counts what acts come to, for whoever watches over the service."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from workflow.errors import Problem
from workflow.tables import cases, cohorts
from workflow.tally import DONE, count_step

Act = TypeVar("Act", bound=Callable[..., Any])


def counted(act: Act) -> Act:
    """Count an act of the engine, ``fire`` and its like: by its process, its step, and what it came to."""

    @wraps(act)
    def counting(engine: Any, conn: Connection, owner: Any, step: Any, *args: Any, **named: Any) -> Any:
        trigger = step if isinstance(step, str) else args[0].trigger
        try:
            outcome = act(engine, conn, owner, step, *args, **named)
        except Problem as problem:
            if process := _process_of(conn, owner if isinstance(owner, str) else next(iter(owner), "")):
                count_step(process, _known(engine, process, trigger), problem.type)
            raise
        if not outcome.repeated and not named.get("trial"):
            number, process = _moved(outcome)
            count_step(process, trigger, DONE, number)
        return outcome

    return counting  # type: ignore[return-value] # it is called as the act is


def _moved(outcome: Any) -> tuple[int, str]:
    """How many cases were moved, and of which process."""
    if hasattr(outcome, "items"):
        return len(outcome.items), outcome.items[0].process
    return (len(outcome.moved) if hasattr(outcome, "moved") else 1), outcome.process


def _process_of(conn: Connection, owner_id: str) -> str | None:
    found = select(cases.c.process).where(cases.c.id == owner_id)
    of_cohort = select(cohorts.c.process).where(cohorts.c.id == owner_id)
    process: str | None = conn.execute(found.union_all(of_cohort)).scalars().first()
    return process


def _known(engine: Any, process: str, trigger: str) -> str:
    """Of steps that there are not, anybody could make up any number."""
    steps = {arrow.trigger for arrow in engine.registry.process(process).transitions}
    return trigger if trigger in steps else "-"
