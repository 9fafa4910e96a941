"""What the berita acara of a panel says: who scored, how everybody ranks, what each gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row

from policies.incentive import title_of
from policies.incentive_panel import (
    PanelFacts,
    conflict_of,
    who_chairs,
    who_records,
    whose_scores_count,
    why_not_free,
)
from policies.incentive_ranking import (
    Placed,
    means_by_criterion,
    number_for,
    ranking,
    result_of,
    say_score,
    weighted_total,
)
from policies.records import Criterion, MemberScores, PanelMember
from policies.wording import with_full_stop
from workflow.facts import Situation, source
from workflow.letters.bodies.award_round import PanelSeat
from workflow.letters.bodies.awards import NOT_CONCLUDED, Abstention, Conclusion, Ranked, Ranking, ScoreRow, ScoreSheet
from workflow.letters.sources import participant_line
from workflow.letters.words import begun_small, without_stop
from workflow.sources import award_round
from workflow.sources.award_letters import panel_function, person_line
from workflow.sources.step import subject_row

_RECOMMENDED: Final = frozenset({"budget_check", "deferred", "decision", "decreed", "awarded"})
_SAYS: Final = {True: "direkomendasikan", False: "tidak direkomendasikan", None: NOT_CONCLUDED}


@source()
def panel_members(situation: Situation) -> tuple[PanelSeat, ...]:
    """Who scored the nominee, chaired or recorded, in the order of the panel."""
    facts, law = PanelFacts(award_round.panel(situation)), situation.guarding_law
    took_part = {*whose_scores_count(facts, law), *who_chairs(facts, law), *who_records(facts, law)}
    return tuple(
        PanelSeat(
            person=person_line(situation, member.person_id),
            function=panel_function(member.function, member.substitute_rank)
            + (" (kemudian diganti)" if member.replaced else ""),
        )
        for member in facts.panel
        if member.person_id in took_part
    )


@source()
def abstentions(situation: Situation) -> tuple[Abstention, ...]:
    """Which regular members did not score the nominee, and why; of what they declared only that they did."""
    facts = PanelFacts(award_round.panel(situation))
    counted = whose_scores_count(facts, situation.guarding_law)
    nominee = participant_line(subject_row(situation)).name
    return tuple(
        Abstention(member=person_line(situation, member.person_id).name, nominee=nominee, why=_why(member))
        for member in facts.panel
        if not member.substitute_rank and member.person_id not in counted and why_not_free(member)
    )


def _why(member: PanelMember) -> str:
    if member.in_service and not member.replaced and conflict_of(replace(member, declared="")) != conflict_of(member):
        return "menyatakan benturan kepentingan"
    return begun_small(without_stop(why_not_free(member)))


def _is_recommended(situation: Situation) -> bool:
    """Whether the chair recommends whom it is about; a letter that is written anew asks where the case came to stand."""
    if situation.transition is None:
        return situation.case.state != "unsuccessful"
    return situation.transition.trigger == "recommend"


@source()
def conclusions(situation: Situation) -> tuple[Conclusion, ...]:
    """What the chair concludes on whom it is about; those of one act stand in one letter."""
    said = str(situation.given.get("reason") or situation.given.get("note") or "").strip()
    return (
        Conclusion(
            person=participant_line(subject_row(situation)),
            award=title_of(str(situation.form["kind"])),
            is_recommended=_is_recommended(situation),
            reason=with_full_stop(said) if said else "",
        ),
    )


@source()
def rankings(situation: Situation) -> tuple[Ranking, ...]:
    """All who were compared with the nominee, whatever the chair concluded about each; those who left the round are not in it."""
    of_round, kind = award_round.award_round(situation), str(situation.form["kind"])
    if of_round is None:
        return ()
    standings = award_round.standing_in_round(situation)
    states = {each.case: each.state for each in standings}
    # Whoever was not recommended was compared all the same.
    compared = [replace(each, state="scoring") if each.state == "unsuccessful" else each for each in standings]
    rows = {row.id: row for row in award_round.nominations_in_round(situation)}
    placed = ranking(compared, kind, of_round, situation.guarding_law)
    lines = tuple(_ranked(situation, each, rows[each.standing.case], states[each.standing.case]) for each in placed)
    return (Ranking(award=title_of(kind), places=number_for(kind, of_round.places) or 0, lines=lines),)


def _ranked(situation: Situation, placed: Placed, row: Row[Any], state: str) -> Ranked:
    if row.id == situation.case.id:
        concluded: bool | None = _is_recommended(situation)
    else:
        concluded = True if state in _RECOMMENDED else False if state == "unsuccessful" else None
    return Ranked(
        rank=placed.rank,
        person=person_line(situation, row.subject_id),
        result=say_score(placed.standing.result or 0),
        conclusion=_SAYS[concluded],
        told_apart_by=placed.told_apart_by,
    )


@source()
def score_sheets(situation: Situation) -> tuple[ScoreSheet, ...]:
    """The points that count for the nominee, by criterion and member."""
    of_round = award_round.award_round(situation)
    row = next((row for row in award_round.nominations_in_round(situation) if row.id == situation.case.id), None)
    given = award_round.counted_scores(situation, row) if row is not None and of_round is not None else ()
    if of_round is None or not given:
        return ()
    criteria = of_round.criteria
    return (
        ScoreSheet(
            person=participant_line(subject_row(situation)),
            award=title_of(str(situation.form["kind"])),
            scorers=tuple(person_line(situation, each.person_id).name for each in given),
            rows=tuple(_rows(given, criteria)),
            totals=tuple(say_score(weighted_total(each, criteria)) for each in given),
            result=say_score(result_of(given, criteria) or 0),
        ),
    )


@source()
def panel_result(situation: Situation) -> str:
    """The nominee's own result, as people write it."""
    return next((sheet.result for sheet in score_sheets(situation)), "")


@source()
def panel_result_by_criterion(situation: Situation) -> str:
    """What the panel gave the nominee by each criterion, in the mean: ``Kinerja 88,00; Inovasi 79,25``."""
    return "; ".join(f"{row.criterion} {row.mean}" for sheet in score_sheets(situation) for row in sheet.rows)


def _rows(given: tuple[MemberScores, ...], criteria: tuple[Criterion, ...]) -> Iterator[ScoreRow]:
    each_points = [{score.criterion: score.points for score in each.scores} for each in given]
    for criterion, mean in zip(criteria, means_by_criterion(given, criteria), strict=True):
        yield ScoreRow(
            criterion=criterion.name,
            weight=criterion.weight,
            points=tuple(points[criterion.name] for points in each_points),
            mean=say_score(mean),
        )
