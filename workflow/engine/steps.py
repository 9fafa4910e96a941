"""A step that somebody wants to take, looked at for them: whoever may neither take it nor see the case learns of nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from workflow.authority.lapsed import tell_why
from workflow.authority.sight import may_see
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.judging import Actor, Judgement, judge
from workflow.errors import Problem, no_such_case
from workflow.facts import Situation


@dataclass(frozen=True)
class Step:
    """A trigger to be fired, with its form and the warnings acknowledged.

    ``recorded``: the paper by which somebody answered for whom it is recorded.
    """

    trigger: str
    form: Mapping[str, Any]
    acknowledge: tuple[str, ...] = ()
    recorded: Mapping[str, Any] | None = None


def look_at(situation: Situation, step: Step, actor: Actor, *, binding: bool) -> Judgement:
    """A step judged. Raises NotFound for whoever may neither take it nor see the case, NotNow where there is none."""
    conn, process, case = situation.conn, situation.process, situation.case
    try:
        judgement = judge(
            situation, step.trigger, actor, step.form, step.acknowledge, binding=binding, recorded=step.recorded
        )
    except Problem:
        check_visible(conn, process, [case], actor, situation.on)
        raise
    if judgement.seat is None:
        check_visible(conn, process, [case], actor, situation.on)
        tell_why(judgement, actor)
    return judgement


def check_visible(conn: Connection, process: Process, several: Sequence[Case], actor: Actor, on: date) -> None:
    """Raise NotFound where none of the cases is for the actor to know of."""
    if not actor.is_system and not any(may_see(conn, process, case, actor.person_id, on) for case in several):
        raise no_such_case(several[0].id)
