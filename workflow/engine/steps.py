"""A step that somebody wants to take, looked at for them: whoever may neither take it nor see the case learns of nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from policies.wording import with_full_stop
from workflow.audit import last_event
from workflow.authority.lapsed import refuse_where_lapsed, tell_why
from workflow.authority.sight import may_see, place_is_over, seen_until
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.judging import Actor, Judgement, judge
from workflow.errors import OutOfDate, Problem, no_such_case
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
    check_within(case, actor)
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
    """Raise NotFound where none of the cases is for the actor to know of, NotYours where their place on each is over."""
    if actor.is_system or any(may_see(conn, process, case, actor.person_id, on, actor.only) for case in several):
        return
    if seen_until(conn, (case.id for case in several), actor.person_id, actor.only):
        raise place_is_over()
    raise no_such_case(several[0].id)


def check_within(case: Case, actor: Actor) -> None:
    """Raise NotFound for a case that what the actor showed does not open, whatever else is theirs."""
    if actor.only is not None and case.id not in actor.only:
        raise no_such_case(case.id)


def check_version(situation: Situation, trigger: str, actor: Actor, seen: int | None) -> None:
    """Raise OutOfDate where the case is not as the actor saw it; NotYours, with the reason, where they lost the authority since.

    Raises NotFound where the case is not for them to know of.
    """
    conn, case = situation.conn, situation.case
    if seen == case.version or (actor.is_system and seen is None):
        return
    check_visible(conn, situation.process, [case], actor, situation.on)
    if not actor.is_system:
        refuse_where_lapsed(situation, trigger, actor)
    raise OutOfDate(_changed_by(conn, case), more={"version": case.version})


def _changed_by(conn: Connection, case: Case) -> str:
    event = last_event(conn, case.id)
    who = (event.payload or {}).get("actor", {}).get("name") if event else None
    changed = with_full_stop(f"Berkas sudah diubah oleh {who or 'orang lain'}")
    return f"{changed} Muat ulang, lalu periksa kembali sebelum bertindak."
