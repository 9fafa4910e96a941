"""What would come of a case if a step were taken: as one of many that are tried at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from policies.decision import Reason
from workflow.engine.judging import Judgement
from workflow.errors import NotAcknowledged, Problem
from workflow.references import reference_of
from workflow.views.actions import FaultLine, NeedLine, ObstacleLine, obstacle_line
from workflow.views.outside import Sight, reasons_outside
from workflow.views.schemas import labels_of
from workflow.views.shown import ReasonLine, reason_line

#: What would come of a case: it would go through; it would once warnings are acknowledged; it would not.
Answer = Literal["allowed", "warned", "refused"]


class TrialLine(msgspec.Struct, frozen=True, kw_only=True):
    """What would come of one case; as in the list of its own actions."""

    case_id: str
    reference: str
    subject: str
    answer: Answer
    obstacles: tuple[ObstacleLine, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    needs: tuple[NeedLine, ...] = ()
    acknowledge: tuple[str, ...] = ()


def judged_line(sight: Sight, subject: str, judgement: Judgement, obstacles: Sequence[Problem]) -> TrialLine:
    """A case whose step was judged, with what stands in its way; from outside without the grounds."""
    arrow = judgement.arrow
    labels = labels_of(arrow.takes, sight.process.form)
    unseen = [each for each in obstacles if isinstance(each, NotAcknowledged)]
    answer: Answer = "allowed" if not obstacles else "warned" if len(unseen) == len(obstacles) else "refused"
    reasons: Sequence[Reason] = judgement.reasons
    if sight.outside:
        reasons = reasons_outside(arrow, judgement.reasons)
    return TrialLine(
        case_id=sight.case.id,
        reference=sight.case.reference,
        subject=subject,
        answer=answer,
        obstacles=tuple(obstacle_line(each, arrow, sight) for each in obstacles),
        reasons=tuple(reason_line(reason) for reason in reasons),
        needs=tuple(NeedLine(name=name, label=labels.get(name, name)) for name in judgement.needs),
        acknowledge=tuple(dict.fromkeys(rule for each in unseen for rule in each.more.get("acknowledge", ()))),
    )


def refused_line(case_id: str, subject: str, problem: Problem) -> TrialLine:
    """A case whose step could not be judged. ``problem``: as whoever looks may know it."""
    obstacle = ObstacleLine(
        problem=problem.type,
        title=problem.title,
        detail=problem.detail,
        reasons=tuple(reason_line(reason) for reason in problem.reasons),
        fields=tuple(FaultLine(field=f.field, label=f.label, says=f.says) for f in problem.fields),
    )
    return TrialLine(
        case_id=case_id,
        reference=reference_of(case_id),
        subject=subject,
        answer="refused",
        obstacles=(obstacle,),
        reasons=obstacle.reasons,
    )
