"""What a bulk act would do, case by case, each judged alone as it is now. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from workflow.authority.bench import foresee_acted
from workflow.bulk.ordering import seen_of
from workflow.bulk.pages import sights_by_case
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.engine.steps import Step, check_version, look_at
from workflow.errors import NotNow, Problem
from workflow.facts import Situation
from workflow.sources.step import foresee_subjects
from workflow.views.actions import NOT_HERE
from workflow.views.cases import subjects_of
from workflow.views.outside import Sight, problem_outside
from workflow.views.trials import TrialLine, judged_line, refused_line


class BulkTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of each, in the order in which they are named. ``acknowledge``: every rule that warns of any."""

    items: tuple[TrialLine, ...]
    allowed: int
    warned: int
    refused: int
    acknowledge: tuple[str, ...]


def bulk_trial(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, step: Step, versions: Mapping[str, int]
) -> BulkTrial:
    """Judge a step for many cases. ``versions``: those that were seen, by the case's id or number. Raises NotFound, InvalidForm."""
    several = seen_of(conn, engine, caller, versions)
    sights = sights_by_case(conn, engine, caller, list(several))
    names = subjects_of(conn, list(sights.values())) if sights else {}
    seen = dict(zip(several, versions.values(), strict=True))
    known: dict[str, dict[Any, Any]] = {}
    items = []
    for case_id in several:
        sight = sights.get(case_id)
        if sight is None:  # a partner's to see no more
            items.append(refused_line(case_id, "", NotNow(NOT_HERE)))
            continue
        situation = _situation(conn, engine, sights, sight, at, known)
        items.append(_tried(situation, sight, step, seen[case_id], names[case_id].name))
    numbers = [each.answer for each in items]
    return BulkTrial(
        items=tuple(items),
        allowed=numbers.count("allowed"),
        warned=numbers.count("warned"),
        refused=numbers.count("refused"),
        acknowledge=tuple(dict.fromkeys(rule for each in items for rule in each.acknowledge)),
    )


def _situation(
    conn: Connection,
    engine: Engine,
    sights: Mapping[str, Sight],
    sight: Sight,
    at: datetime,
    known: dict[str, dict[Any, Any]],
) -> Situation:
    """Where a case stands; what is asked for every case of its process is looked up once."""
    process, case = sight.process, sight.case
    first = process.name not in known
    situation = Situation(conn, engine.office, process, case, case.form, at, known=known.setdefault(process.name, {}))
    if first:
        alike = [each.case for each in sights.values() if each.process is process]
        foresee_subjects(situation, [each.subject_id for each in alike])
        foresee_acted(situation, [each.id for each in alike])
    return situation


def _tried(situation: Situation, sight: Sight, step: Step, seen: int, subject: str) -> TrialLine:
    actor = sight.caller.actor
    try:
        by_law_in_force(check_version)(situation, step.trigger, actor, seen)
        judgement = by_law_in_force(look_at)(situation, step, actor, binding=False)
    except Problem as problem:
        arrow = sight.process.arrow(sight.case.state, step.trigger)
        return refused_line(sight.case.id, subject, problem_outside(problem, arrow) if sight.outside else problem)
    return judged_line(sight, subject, judgement, judgement.obstacles)
