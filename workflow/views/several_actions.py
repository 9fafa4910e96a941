"""One act on several cases, tried or taken, for whoever takes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.several import Trial, Tried
from workflow.engine.steps import Step
from workflow.errors import NotNow, Problem
from workflow.views.actions import NOT_HERE, ActionDone, as_told, done_line
from workflow.views.cases import subjects_of
from workflow.views.outside import Sight, problem_outside, sight_of
from workflow.views.trials import TrialLine, judged_line, refused_line


class SeveralDone(msgspec.Struct, frozen=True, kw_only=True):
    """What one act did to several cases, in the order in which they were named."""

    items: tuple[ActionDone, ...]
    repeated: bool


def act_on_several(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    step: Step,
    versions: Mapping[str, int],
    key: str | None,
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


class SharedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that the act would issue, once. ``cases``: for which it would be."""

    title: str
    cases: tuple[str, ...]


class SeveralTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way in each case, in the order in which they are named; those before are counted as gone.

    ``ready``: the act would go through as it is. ``letters``: what it would issue then; nothing is known of them before.
    ``acknowledge``: every rule that warns of any.
    """

    items: tuple[TrialLine, ...]
    ready: bool
    letters: tuple[SharedLine, ...]
    acknowledge: tuple[str, ...]


def try_on_several(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, step: Step, versions: Mapping[str, int]
) -> SeveralTrial:
    """What ``act_on_several`` would meet in each case; it is carried out and undone. Raises NotFound, InvalidForm."""
    trial = engine.preview_several(
        conn,
        tuple(versions),
        step.trigger,
        caller.actor,
        step.form,
        at,
        versions=versions,
        acknowledge=step.acknowledge,
    )
    tried = trial.cases
    sights = [sight_of(conn, engine.registry.process(each.case.process), each.case, caller) for each in tried]
    names = {case_id: line.name for case_id, line in subjects_of(conn, sights).items()}
    items = tuple(_tried(sight, names[sight.case.id], step, each) for sight, each in zip(sights, tried, strict=True))
    return SeveralTrial(
        items=items,
        ready=all(each.answer == "allowed" for each in items),
        letters=_letters(engine, trial),
        acknowledge=tuple(dict.fromkeys(rule for each in items for rule in each.acknowledge)),
    )


def _tried(sight: Sight, subject: str, step: Step, tried: Tried) -> TrialLine:
    if not sight.current:
        return refused_line(sight.case.id, "", NotNow(NOT_HERE))
    if tried.judgement is not None:
        return judged_line(sight, subject, tried.judgement, tried.obstacles)
    (problem,) = tried.obstacles
    if sight.outside:
        problem = problem_outside(problem, sight.process.arrow(sight.case.state, step.trigger))
    return refused_line(sight.case.id, subject, problem)


def _letters(engine: Engine, trial: Trial) -> tuple[SharedLine, ...]:
    """Each letter once, with the cases that stand in it; none where the act would not go through."""
    found: dict[str, tuple[str, list[str]]] = {}
    for each in trial.cases:
        titles = engine.registry.process(each.case.process).letters
        for letter in each.done.letters if each.done and trial.letters else ():
            found.setdefault(letter, (titles[trial.letters[letter]].title, []))[1].append(each.case.id)
    return tuple(SharedLine(title=title, cases=tuple(several)) for title, several in found.values())
