"""What can be done with a cohort now, for how many of its cases, and doing it: those that moved, and why the others did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from workflow.authority.bench import Bench
from workflow.callers import Caller
from workflow.definition import SYSTEM, Process, Transition
from workflow.engine.cohorts import CohortAct, CohortOutcome, Stayed
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.engine.judging import Judgement, judge
from workflow.errors import InvalidForm, NotAcknowledged, NotFound, NotNow, NotYours, OutOfDate, Problem, Refused
from workflow.facts import NeedsFields, Situation
from workflow.references import reference_of
from workflow.views.actions import (
    NOT_HERE,
    PAPER,
    FaultLine,
    NeedLine,
    ObstacleLine,
    StateLine,
    may_record,
    obstacle_line,
)
from workflow.views.cases import subjects_of
from workflow.views.cohorts import cohort_seen
from workflow.views.outside import Sight, outside_roles, problem_outside
from workflow.views.schemas import labels_of
from workflow.views.shown import ReasonLine, reason_line
from workflow.views.standing import awaits_of
from workflow.views.step_schemas import step_schema

#: What is said of warnings, where the sentence of the problem may tell more than somebody outside may know.
_WARNED = "Nyatakan bahwa peringatan berikut sudah diketahui, lalu kirim kembali."
_PROBLEMS: dict[str, type[Problem]] = {
    kind.type: kind for kind in (InvalidForm, NotAcknowledged, NotFound, NotNow, NotYours, OutOfDate, Refused)
}


class MemberAction(msgspec.Struct, frozen=True, kw_only=True):
    """A step for one case of a cohort, judged as if it were taken alone; as in the list of a case's own actions."""

    case_id: str
    reference: str
    subject: str
    allowed: bool
    ready: bool
    obstacles: tuple[ObstacleLine, ...]
    needs: tuple[NeedLine, ...]
    acknowledge: tuple[str, ...]


class CohortAction(msgspec.Struct, frozen=True, kw_only=True):
    """A step that at least one case offers the caller. ``allowed``: for how many nothing stands in the way but fields and warnings.

    ``takes``: the JSON Schema of its form; ``records``: that of the paper, where the caller may record it for whoever answered.
    """

    trigger: str
    title: str
    allowed: int
    leads_to: tuple[StateLine, ...]
    issues: tuple[str, ...]
    takes: dict[str, Any] | None
    recorded_by_you: bool
    records: dict[str, Any] | None
    cases: tuple[MemberAction, ...]


class CohortActions(msgspec.Struct, frozen=True, kw_only=True):
    """The steps that the cases of a cohort offer the caller, at a version of the cohort."""

    cohort_id: str
    version: int
    actions: tuple[CohortAction, ...]


class MovedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case that took the step. ``state_awaits``: the letter that must leave before its state begins; else empty."""

    case_id: str
    reference: str
    subject: str
    state: str
    state_title: str
    version: int
    event: str
    letters: tuple[str, ...]
    state_awaits: str = ""


class StayedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case that did not, and why; ``problem`` is the last part of the type of its problem document."""

    case_id: str
    reference: str
    subject: str
    trigger: str
    problem: str
    title: str
    detail: str
    reasons: tuple[ReasonLine, ...] = ()
    fields: tuple[FaultLine, ...] = ()
    acknowledge: tuple[str, ...] = ()


class CohortDone(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did to a cohort. ``letters``: each one that was issued, once. ``tried``: nothing of it happened."""

    id: str
    version: int
    moved: tuple[MovedLine, ...]
    stayed: tuple[StayedLine, ...]
    letters: tuple[str, ...]
    repeated: bool
    tried: bool = False


# --- What can be done ------------------------------------------------------------------------------------------------


@dataclass
class _Offered:
    """A step as the cases offer it."""

    arrow: Transition
    lines: list[MemberAction] = field(default_factory=list)
    recorded: bool = False
    targets: dict[str, None] = field(default_factory=dict)


@by_law_in_force
def cohort_actions(conn: Connection, engine: Engine, caller: Caller, at: datetime, cohort_id: str) -> CohortActions:
    """Every step that at least one case offers the caller, each case judged by itself. Raises NotFound, Refused."""
    cohort, sights = cohort_seen(conn, engine, caller, cohort_id)
    subjects = subjects_of(conn, sights)
    known: dict[Any, Any] = {}
    offered: dict[str, _Offered] = {}
    for sight in sights:
        if not sight.current:
            continue
        situation = Situation(
            conn, engine.office, sight.process, sight.case, sight.case.form, at, known=known, cohort=cohort.id
        )
        for judgement, records in _offers(situation, sight):
            arrow = judgement.arrow
            found = offered.setdefault(arrow.trigger, _Offered(arrow))
            found.lines.append(_member(sight, judgement, subjects[sight.case.id].name))
            found.recorded |= records
            found.targets |= dict.fromkeys((judgement.target,) if judgement.target else arrow.targets(sight.case.state))
    process = engine.registry.process(cohort.process)
    return CohortActions(
        cohort_id=cohort.id,
        version=cohort.version,
        actions=tuple(_action(process, found) for found in offered.values()),
    )


def _offers(situation: Situation, sight: Sight) -> Iterator[tuple[Judgement, bool]]:
    """The steps of a case that the caller may take, or record for whoever answered; with whether they may record it."""
    process, case, caller = sight.process, sight.case, sight.caller
    bench = Bench(situation)
    for arrow in process.from_state(case.state):
        roles = set(process.actors(arrow, case.state))
        if sight.outside and not outside_roles(process) & roles:
            continue
        if not _may_have_a_seat(bench, caller, {*roles, *arrow.recorded_by} - {SYSTEM}):
            continue
        judgement = judge(situation, arrow.trigger, caller.actor, {}, binding=False)
        if judgement.arrow is not arrow:
            continue  # the same trigger means another of them to the caller
        records = may_record(judgement, caller)
        if judgement.seat is not None or records:
            yield judgement, records


def _may_have_a_seat(bench: Bench, caller: Caller, roles: set[str]) -> bool:
    """Whether it is worth judging a step for somebody; where that cannot be known yet, judging says so."""
    try:
        return bench.seat(caller.person_id, sorted(roles)) is not None
    except NeedsFields:
        return True


def _member(sight: Sight, judgement: Judgement, subject: str) -> MemberAction:
    arrow = judgement.arrow
    labels = labels_of(arrow.takes, sight.process.form)
    obstacles = [each for each in judgement.obstacles if judgement.seat is not None or not isinstance(each, NotYours)]
    return MemberAction(
        case_id=sight.case.id,
        reference=sight.case.reference,
        subject=subject,
        allowed=all(isinstance(each, InvalidForm | NotAcknowledged) for each in obstacles),
        ready=not obstacles,
        obstacles=tuple(obstacle_line(each, arrow, sight) for each in obstacles),
        needs=tuple(NeedLine(name=name, label=labels.get(name, name)) for name in judgement.needs),
        acknowledge=tuple(dict.fromkeys(reason.rule for reason in judgement.warnings)),
    )


def _action(process: Process, found: _Offered) -> CohortAction:
    arrow = found.arrow
    return CohortAction(
        trigger=arrow.trigger,
        title=arrow.title,
        allowed=sum(line.allowed for line in found.lines),
        leads_to=tuple(StateLine(state=name, title=process.state[name].title) for name in found.targets),
        issues=tuple(letter.title for letter in arrow.issues),
        takes=step_schema(process, arrow),
        recorded_by_you=found.recorded,
        records=PAPER if found.recorded else None,
        cases=tuple(found.lines),
    )


# --- Doing it --------------------------------------------------------------------------------------------------------


def act(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    cohort_id: str,
    deed: CohortAct,
    version: int | None,
    key: str | None,
) -> CohortDone:
    """Take a step with all cases that may take it. Raises Problem, with why each case stayed, told from outside without grounds."""
    try:
        outcome = engine.fire_cohort(conn, cohort_id, caller.actor, deed, at, version=version, key=key)
    except Problem as problem:
        raise _told(conn, engine, caller, cohort_id, problem) from problem
    return cohort_done(conn, engine, caller, outcome)


def trial(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, cohort_id: str, deed: CohortAct
) -> CohortDone:
    """What ``act`` would do; the rules that count see those before as gone already. Nothing is kept. Raises Problem."""
    try:
        outcome = engine.fire_cohort(conn, cohort_id, caller.actor, deed, at, trial=True)
    except Problem as problem:
        raise _told(conn, engine, caller, cohort_id, problem) from problem
    done = cohort_done(conn, engine, caller, outcome)
    moved = tuple(msgspec.structs.replace(line, event="", letters=()) for line in done.moved)
    return msgspec.structs.replace(done, moved=moved, letters=(), tried=True)


def cohort_done(conn: Connection, engine: Engine, caller: Caller, outcome: CohortOutcome) -> CohortDone:
    """What an act did, with the names of those whom its cases are about."""
    process = engine.registry.process(outcome.process)
    _, sights = cohort_seen(conn, engine, caller, outcome.cohort_id)
    by_case = {sight.case.id: sight for sight in sights}
    names = {case_id: line.name for case_id, line in subjects_of(conn, sights).items()}
    awaits = awaits_of(conn, caller, {each.case_id: (process, each.state) for each in outcome.moved})
    return CohortDone(
        id=outcome.cohort_id,
        version=outcome.version,
        moved=tuple(
            MovedLine(
                case_id=each.case_id,
                reference=reference_of(each.case_id),
                state_awaits=awaits.get(each.case_id, ""),
                subject=names.get(each.case_id, ""),
                state=each.state,
                state_title=process.state[each.state].title,
                version=each.version,
                event=each.event,
                letters=each.letters,
            )
            for each in outcome.moved
        ),
        stayed=_stayed(by_case, names, outcome.stayed),
        letters=outcome.letters,
        repeated=outcome.repeated,
    )


def _told(conn: Connection, engine: Engine, caller: Caller, cohort_id: str, problem: Problem) -> Problem:
    """The problem of an act that moved nobody, without what the caller may not know."""
    stayed: tuple[Stayed, ...] = problem.more.get("cases", ())
    if not stayed:
        return problem
    _, sights = cohort_seen(conn, engine, caller, cohort_id)
    by_case = {sight.case.id: sight for sight in sights}
    names = {case_id: line.name for case_id, line in subjects_of(conn, sights).items()}
    lines = _stayed(by_case, names, stayed)
    unseen = tuple(dict.fromkeys(rule for line in lines for rule in line.acknowledge))
    more: dict[str, Any] = {"cases": lines} | ({"acknowledge": unseen} if unseen else {})
    first = by_case[stayed[0].case_id]
    told = problem if not first.outside else _problem_outside(first, stayed[0])
    return type(told)(told.says, reasons=told.reasons, fields=told.fields, more=more)


def _stayed(by_case: dict[str, Sight], names: dict[str, str], stayed: tuple[Stayed, ...]) -> tuple[StayedLine, ...]:
    # When the answer is given again, a case may be another's to see by now.
    known = (each for each in stayed if each.case_id in by_case)
    return tuple(_stayed_line(by_case[each.case_id], names[each.case_id], each) for each in known)


def _stayed_line(sight: Sight, subject: str, stayed: Stayed) -> StayedLine:
    problem = _problem_outside(sight, stayed) if sight.outside else None
    reasons, fields = (problem.reasons, problem.fields) if problem else (stayed.reasons, stayed.fields)
    return StayedLine(
        case_id=stayed.case_id,
        reference=sight.case.reference,
        subject=subject,
        trigger=stayed.trigger,
        problem=problem.type if problem else stayed.type,
        title=problem.title if problem else stayed.title,
        detail=problem.detail if problem else stayed.detail,
        reasons=tuple(reason_line(reason) for reason in reasons),
        fields=tuple(FaultLine(field=f.field, label=f.label, says=f.says) for f in fields),
        acknowledge=stayed.acknowledge,
    )


def _problem_outside(sight: Sight, stayed: Stayed) -> Problem:
    """Why a case stayed, as somebody outside may know it."""
    if not sight.current:
        return NotNow(NOT_HERE)
    kind = _PROBLEMS.get(stayed.type, Problem)
    says = _WARNED if kind is NotAcknowledged else stayed.detail
    more = {"acknowledge": list(stayed.acknowledge)} if stayed.acknowledge else {}
    problem = kind(says, reasons=stayed.reasons, fields=stayed.fields, more=more)
    process = sight.process
    named = (t for t in process.transitions if t.trigger == stayed.trigger)
    return problem_outside(problem, process.arrow(sight.case.state, stayed.trigger) or next(named, None))
