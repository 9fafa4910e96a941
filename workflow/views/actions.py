"""What can be done with a case now: each step, whether the one who looks may take it, and if not, every reason why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from policies.decision import Grade
from workflow import cases as case_store
from workflow.authority.sight import place_is_over
from workflow.callers import Caller
from workflow.definition import Transition
from workflow.engine.engine import Engine, Outcome
from workflow.engine.judging import Actor, Judgement
from workflow.engine.steps import Step
from workflow.errors import InvalidForm, KeyReused, NotAcknowledged, NotFound, NotNow, NotYours, Problem
from workflow.facts import NeedsFields
from workflow.forms import IncomingLetter
from workflow.letters.acts import LetterAct, Sign
from workflow.letters.signing_answers import Answer, SignatureLine, begun, told
from workflow.references import reference_of
from workflow.tables import tasks
from workflow.views.choices import Choice, offered
from workflow.views.letter_sight import check_seen
from workflow.views.outside import (
    NO_LONGER_YOURS,
    Sight,
    outside_roles,
    problem_outside,
    reasons_outside,
    sight_now_or_then,
)
from workflow.views.schemas import form_schema, labels_of
from workflow.views.shown import ReasonLine, reason_line
from workflow.views.standing import awaits_of
from workflow.views.step_schemas import step_schema
from workflow.views.way import leads_on

#: What a contact is told whose institution a case has left.
NOT_HERE = f"{NO_LONGER_YOURS}; tidak ada tindakan lagi di sini."
#: The JSON Schema of the paper by which an answer is recorded.
PAPER: Final = form_schema(IncomingLetter, "Surat yang dicatat")


class NeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field that must still be filled in."""

    name: str
    label: str


class FaultLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a field."""

    field: str
    label: str
    says: str


class ObstacleLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands in the way, as its problem document would say it; ``problem`` is the last part of its type."""

    problem: str
    title: str
    detail: str
    reasons: tuple[ReasonLine, ...] = ()
    fields: tuple[FaultLine, ...] = ()


class StateLine(msgspec.Struct, frozen=True, kw_only=True):
    """A state by its code name, and what people call it."""

    state: str
    title: str


class ActionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step from the present state.

    ``yours``: it is for the caller to take. ``allowed``: nothing stands in the way but fields to fill in (``needs``) and
    warnings to acknowledge. ``ready``: it would go through as it is. ``acknowledge``: rules to be named so.
    ``takes``: the JSON Schema of its form, null where it takes none; ``choices``: what some of its fields offer.
    ``recorded_by_you``: the caller may put it on record for whoever answered on paper; ``records``: the schema of that paper.
    ``asked``: it is among what the caller is waited for. ``onward``: it leads on along the way, neither back, nor aside, nor to an
    end at which nothing was carried out.
    """

    trigger: str
    title: str
    yours: bool
    allowed: bool
    ready: bool
    leads_to: tuple[StateLine, ...]
    obstacles: tuple[ObstacleLine, ...]
    reasons: tuple[ReasonLine, ...]
    needs: tuple[NeedLine, ...]
    acknowledge: tuple[str, ...]
    issues: tuple[str, ...]
    takes: dict[str, Any] | None
    choices: dict[str, tuple[Choice, ...]]
    recorded_by_you: bool = False
    records: dict[str, Any] | None = None
    asked: bool = False
    onward: bool = False


class ActionList(msgspec.Struct, frozen=True, kw_only=True):
    """The steps from the present state, at a version of the case; ``state_awaits``: the letter that must leave before it begins."""

    case_id: str
    reference: str
    version: int
    state: str
    state_title: str
    actions: tuple[ActionLine, ...]
    state_awaits: str = ""


class ActionDone(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did to the case: where it is now, what was recorded and issued. ``repeated``: this is the first answer again.

    ``state_awaits``: the letter that must leave before the state begins; else empty.
    """

    id: str
    reference: str
    state: str
    state_title: str
    version: int
    events: tuple[str, ...]
    letters: tuple[str, ...]
    repeated: bool
    state_awaits: str = ""


@dataclass(frozen=True)
class Signing:
    """What signing letters with a secret needs; it takes several transactions. ``unseen``: those not the caller's to know of."""

    engine: Engine
    actor: Actor
    needs_secret: bool
    unseen: Mapping[str, NotFound]


def action_list(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> ActionList:
    """Every step from the present state; from outside, only one's own; none where one looks back. Raises NotFound."""
    stored = case_store.load(conn, case_id)
    process = engine.registry.process(stored.process)
    sight = sight_now_or_then(conn, process, stored, caller)
    case, state = sight.case, process.state[sight.case.state]
    if sight.past is not None or not sight.current:
        name, title = (state.name, state.title) if sight.current else ("", "")
        return ActionList(
            case_id=case.id, reference=case.reference, version=case.version, state=name, state_title=title, actions=()
        )
    judged = engine.actions(conn, case_id, caller.actor, at)
    if sight.outside:
        there = outside_roles(process)
        judged = [j for j in judged if there & set(process.actors(j.arrow, case.state))]
    asked = asked_of(conn, sight)
    return ActionList(
        case_id=case.id,
        reference=case.reference,
        version=case.version,
        state=state.name,
        state_title=state.title,
        state_awaits=awaits_of(conn, caller, {case.id: (process, state.name)}).get(case.id, ""),
        actions=tuple(_line(conn, engine, sight, judgement, at, asked) for judgement in judged),
    )


def preview(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    case_id: str,
    step: Step,
) -> ActionLine:
    """A step as it would be judged, without taking it. Raises NotFound, NotNow, NotYours."""
    case = case_store.load(conn, case_id)
    sight = sight_now_or_then(conn, engine.registry.process(case.process), case, caller)
    if sight.past is not None:
        raise place_is_over()
    if not sight.current:
        raise NotNow(NOT_HERE)
    judgement = engine.preview(
        conn,
        case_id,
        step.trigger,
        caller.actor,
        step.form,
        at,
        acknowledge=step.acknowledge,
        recorded=step.recorded,
    )
    return _line(conn, engine, sight, judgement, at, asked_of(conn, sight))


def act(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    case_id: str,
    steps: tuple[Step, ...],
    version: int,
    key: str | None,
) -> ActionDone:
    """Take one step or several in one act. Raises Problem, told from outside without its grounds."""
    step, *then = steps
    try:
        outcome = engine.fire(
            conn,
            case_id,
            step.trigger,
            caller.actor,
            step.form,
            at,
            version=version,
            key=key,
            acknowledge=step.acknowledge,
            then=then,
            recorded=step.recorded,
        )
    except Problem as problem:
        raise as_told(conn, engine, caller, case_id, step, problem) from problem
    return done_line(conn, engine, caller, outcome)


def open_case(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    process: str,
    form: Mapping[str, Any],
    key: str,
    person: str | None = None,
) -> ActionDone:
    """Open a case for oneself, or for ``person`` (NIP or id). Raises Problem."""
    return done_line(conn, engine, caller, engine.open(conn, process, caller.actor, form, at, person=person, key=key))


def sign_letter(conn: Connection, engine: Engine, caller: Caller, at: datetime, letter_id: str, key: str) -> ActionDone:
    """Sign a letter that awaits the caller. Raises Problem, and says nothing about a letter that is not theirs to know of."""
    return act_on_letter(conn, engine, caller, at, letter_id, Sign(), key)


def act_on_letter(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, letter_id: str, act: LetterAct, key: str
) -> ActionDone:
    """Do something with a letter. Raises Problem, and says nothing about a letter that is not the caller's to know of."""
    try:
        return done_line(conn, engine, caller, engine.letter(conn, letter_id, act, caller.actor, at, key=key))
    except KeyReused:
        raise
    except Problem:
        check_seen(conn, engine, caller, letter_id)
        raise


def may_sign(conn: Connection, engine: Engine, caller: Caller, _at: datetime, letter_ids: Sequence[str]) -> Signing:
    """Who signs these letters how, and which of them are not the caller's to know of."""
    unseen: dict[str, NotFound] = {}
    for letter_id in letter_ids:
        try:
            check_seen(conn, engine, caller, letter_id)
        except NotFound as problem:
            unseen[letter_id] = problem
    needs_secret = engine.office.signing_needs_secret
    return Signing(engine=engine, actor=caller.actor, needs_secret=needs_secret, unseen=unseen)


def begin_together(
    conn: Connection, _: Engine, caller: Caller, at: datetime, letter_ids: Sequence[str], key: str, act: str
) -> Answer:
    """What is known of signing or initialling these letters under this key, which is theirs from now on. Raises KeyReused."""
    return begun(conn, caller.actor, letter_ids, key, at, act)


def end_together(
    conn: Connection,
    _: Engine,
    caller: Caller,
    _at: datetime,
    letter_ids: Sequence[str],
    key: str,
    act: str,
    lines: Sequence[SignatureLine],
) -> Answer:
    """Keep what came of each letter, for whoever asks again with this key."""
    return told(conn, caller.actor, letter_ids, key, lines, act=act, whole=True)


def done_line(conn: Connection, engine: Engine, caller: Caller, outcome: Outcome) -> ActionDone:
    """What an act did to a case, as the caller is told."""
    process = engine.registry.process(outcome.process)
    standing = {outcome.case_id: (process, outcome.state)}
    return ActionDone(
        id=outcome.case_id,
        reference=reference_of(outcome.case_id),
        state_awaits=awaits_of(conn, caller, standing).get(outcome.case_id, ""),
        state=outcome.state,
        state_title=process.state[outcome.state].title,
        version=outcome.version,
        events=outcome.events,
        letters=outcome.letters,
        repeated=outcome.repeated,
    )


def as_told(conn: Connection, engine: Engine, caller: Caller, case_id: str, step: Step, problem: Problem) -> Problem:
    """The problem, without what somebody outside may not know."""
    if isinstance(problem, NotFound | KeyReused):
        return problem
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    sight = sight_now_or_then(conn, process, case, caller)
    if sight.past is not None:
        return place_is_over()
    if not sight.outside:
        return problem
    if not sight.current:
        return NotNow(NOT_HERE)
    trigger = problem.more.get("step", step.trigger)
    named = (t for t in process.transitions if t.trigger == trigger)
    return problem_outside(problem, process.arrow(case.state, trigger) or next(named, None))


# --- A line ----------------------------------------------------------------------------------------------------------


def asked_of(conn: Connection, sight: Sight) -> frozenset[str]:
    """The steps for which the one who looks is waited for."""
    query = select(tasks.c.triggers).where(
        tasks.c.case_id == sight.case.id, tasks.c.assignee_id == sight.caller.person_id, tasks.c.letter_id.is_(None)
    )
    return frozenset(trigger for triggers in conn.execute(query).scalars() for trigger in triggers.split())


def _line(
    conn: Connection, engine: Engine, sight: Sight, judgement: Judgement, at: datetime, asked: frozenset[str]
) -> ActionLine:
    arrow, process, case = judgement.arrow, sight.process, sight.case
    yours = not any(isinstance(obstacle, NotYours) for obstacle in judgement.obstacles)
    records = may_record(judgement, sight.caller)
    labels = labels_of(arrow.takes, process.form)
    reasons = reasons_outside(arrow, judgement.reasons) if sight.outside else judgement.reasons
    targets = (judgement.target,) if judgement.target else arrow.targets(case.state)
    return ActionLine(
        trigger=arrow.trigger,
        title=arrow.title,
        yours=yours,
        allowed=all(isinstance(obstacle, InvalidForm | NotAcknowledged) for obstacle in judgement.obstacles),
        ready=not judgement.obstacles,
        leads_to=tuple(StateLine(state=name, title=process.state[name].title) for name in targets),
        obstacles=tuple(obstacle_line(obstacle, arrow, sight) for obstacle in judgement.obstacles),
        reasons=tuple(reason_line(reason) for reason in reasons),
        needs=tuple(NeedLine(name=name, label=labels.get(name, name)) for name in judgement.needs),
        acknowledge=tuple(dict.fromkeys(r.rule for r in reasons if r.grade is Grade.WARNED)),
        issues=tuple(letter.title for letter in arrow.issues),
        takes=step_schema(process, arrow),
        choices=dict(offered(conn, engine, sight, arrow, case, at)) if (yours or records) and not sight.outside else {},
        recorded_by_you=records,
        records=PAPER if records else None,
        asked=yours and arrow.trigger in asked,
        onward=leads_on(process, arrow, case.state),
    )


def may_record(judgement: Judgement, caller: Caller) -> bool:
    """Whether the caller may put a step on record for whoever answered on paper."""
    try:
        return judgement.bench.seat(caller.person_id, judgement.arrow.recorded_by) is not None
    except NeedsFields:
        return False


def obstacle_line(problem: Problem, arrow: Transition, sight: Sight) -> ObstacleLine:
    """Something that stands in the way, as the one who looks may know it."""
    told = problem_outside(problem, arrow) if sight.outside else problem
    return ObstacleLine(
        problem=told.type,
        title=told.title,
        detail=told.detail,
        reasons=tuple(reason_line(reason) for reason in told.reasons),
        fields=tuple(FaultLine(field=f.field, label=f.label, says=f.says) for f in told.fields),
    )
