"""What a bulk act would do, case by case, each judged alone as it is now. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from workflow.authority.bench import foresee_acted
from workflow.bulk.choosing import of_cases
from workflow.bulk.ordering import NOT_WAITING, seen_of
from workflow.bulk.pages import sights_by_case
from workflow.callers import Caller
from workflow.engine.engine import Engine, by_law_in_force
from workflow.engine.judging import Judgement
from workflow.engine.steps import Step, look_at
from workflow.errors import NotAcknowledged, NotNow, OutOfDate, Problem
from workflow.facts import Situation
from workflow.references import reference_of
from workflow.sources.step import foresee_subjects
from workflow.views.actions import NeedLine, ObstacleLine, obstacle_line
from workflow.views.cases import subjects_of
from workflow.views.outside import Sight, problem_outside, reasons_outside
from workflow.views.schemas import labels_of
from workflow.views.shown import ReasonLine, reason_line

#: What would come of a case: it would go through; it would once warnings are acknowledged; it would not.
Answer = Literal["allowed", "warned", "refused"]


class BulkTrialLine(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of one case; as in the list of its own actions."""

    case_id: str
    reference: str
    subject: str
    answer: Answer
    obstacles: tuple[ObstacleLine, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    needs: tuple[NeedLine, ...] = ()
    acknowledge: tuple[str, ...] = ()


class BulkTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of each, in the order in which they are named. ``acknowledge``: every rule that warns of any."""

    items: tuple[BulkTrialLine, ...]
    allowed: int
    warned: int
    refused: int
    acknowledge: tuple[str, ...]


def bulk_trial(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, step: Step, versions: Mapping[str, int]
) -> BulkTrial:
    """Judge a step for many cases. ``versions``: those that were seen, by the case's id or number. Raises NotFound, InvalidForm."""
    several = seen_of(conn, engine, caller, versions)
    waiting = of_cases(conn, engine, caller, list(several))
    sights = sights_by_case(conn, engine, caller, list(several))
    names = subjects_of(conn, list(sights.values())) if sights else {}
    seen = dict(zip(several, versions.values(), strict=True))
    known: dict[str, dict[Any, Any]] = {}
    items = []
    for case_id in several:
        sight = sights.get(case_id)
        if sight is None:  # a partner's to see no more
            items.append(_refused(case_id, "", NotNow(NOT_WAITING)))
            continue
        subject = names[case_id].name
        if seen[case_id] != sight.case.version:
            problem = OutOfDate("Berkas sudah diubah sejak Anda melihatnya. Muat ulang, lalu periksa kembali.")
            items.append(_refused(case_id, subject, problem))
        elif case_id not in waiting:
            items.append(_refused(case_id, subject, NotNow(NOT_WAITING)))
        else:
            situation = _situation(conn, engine, sights, sight, at, known)
            items.append(_tried(situation, sight, step, subject))
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


def _tried(situation: Situation, sight: Sight, step: Step, subject: str) -> BulkTrialLine:
    try:
        judgement = by_law_in_force(look_at)(situation, step, sight.caller.actor, binding=False)
    except Problem as problem:
        arrow = sight.process.arrow(sight.case.state, step.trigger)
        return _refused(sight.case.id, subject, problem_outside(problem, arrow) if sight.outside else problem)
    return _line(judgement, sight, subject)


def _line(judgement: Judgement, sight: Sight, subject: str) -> BulkTrialLine:
    arrow, obstacles = judgement.arrow, judgement.obstacles
    labels = labels_of(arrow.takes, sight.process.form)
    unseen = [each for each in obstacles if isinstance(each, NotAcknowledged)]
    answer: Answer = "allowed" if not obstacles else "warned" if len(unseen) == len(obstacles) else "refused"
    reasons = reasons_outside(arrow, judgement.reasons) if sight.outside else judgement.reasons
    return BulkTrialLine(
        case_id=sight.case.id,
        reference=sight.case.reference,
        subject=subject,
        answer=answer,
        obstacles=tuple(obstacle_line(each, arrow, sight) for each in obstacles),
        reasons=tuple(reason_line(reason) for reason in reasons),
        needs=tuple(NeedLine(name=name, label=labels.get(name, name)) for name in judgement.needs),
        acknowledge=tuple(dict.fromkeys(rule for each in unseen for rule in each.more.get("acknowledge", ()))),
    )


def _refused(case_id: str, subject: str, problem: Problem) -> BulkTrialLine:
    obstacle = ObstacleLine(
        problem=problem.type,
        title=problem.title,
        detail=problem.detail,
        reasons=tuple(reason_line(reason) for reason in problem.reasons),
    )
    return BulkTrialLine(
        case_id=case_id,
        reference=reference_of(case_id),
        subject=subject,
        answer="refused",
        obstacles=(obstacle,),
        reasons=obstacle.reasons,
    )
