"""The sources of facts about a round of awards: what it offers, who is on its panel, and where its nominations stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, select

from policies.authority import STAND_INS
from policies.incentive_panel import PanelFacts, who_has_yet_to_score, whose_scores_count
from policies.incentive_ranking import means_by_criterion, result_of
from policies.incentive_service import service_months
from policies.records import (
    AwardRoundRecord,
    MemberScores,
    PanelMember,
    Standing,
)
from workflow.authority.seat_queries import ACTED
from workflow.authority.seats import holders
from workflow.engine.recorded_entries import recorded
from workflow.facts import NeedsFields, Situation, gather, source
from workflow.sources.step import PERSON
from workflow.tables import cases, cohort_cases, deadlines, people, positions, units

# --- The round -------------------------------------------------------------------------------------------------------


def round_locks(situation: Situation) -> Iterable[str]:
    """Two nominations of a round are not counted or compared at once."""
    named = round_id(situation)
    return (f"round:{named}",) if named else ()


def round_id(situation: Situation) -> str:
    """The round that the nomination stands in; for a round itself its own id."""
    return (
        str(situation.form.get("round") or "")
        if "round" in situation.process.form.__struct_fields__
        else situation.case.id
    )


def round_row(situation: Situation) -> Row[Any] | None:
    """The case of the round; None where the nomination names none."""
    return next(iter(situation.look_up(_CASE, case=round_id(situation))), None)


@source()
def award_round(situation: Situation) -> AwardRoundRecord | None:
    """The round that the nomination names; None where it names none."""
    row = round_row(situation)
    if row is None:
        return None
    return round_record(row.id, row.state, msgspec.json.decode(row.form))


def round_record(case_id: str, state: str, form: Mapping[str, Any]) -> AwardRoundRecord:
    """A round as rules know it, from its case; a form leaves out what a round of medals does not need."""
    known = {"quota": (), "criteria": (), **form, "places": form.get("receivers", ()), "id": case_id, "state": state}
    return msgspec.convert(known, AwardRoundRecord)


def nominations_in_round(situation: Situation) -> Sequence[Row[Any]]:
    """The rows of all nominations of the round with name and service of who is nominated, in the order in which they joined it."""
    return situation.conn.execute(_IN_ROUND, {"round": round_id(situation)}).all()


@source()
def announced_closing_day(situation: Situation) -> date:
    """The last day for nominations as the round has it before the step, whatever the step makes of it."""
    stored = situation.case.form.get("closes_on")
    if not stored:
        raise NeedsFields("closes_on")
    return msgspec.convert(stored, date)


@source()
def this_case(situation: Situation) -> str:
    """The id of the case itself."""
    return situation.case.id


@source()
def concluded_together(situation: Situation) -> tuple[str, ...]:
    """The ids of the other cases that take the step in the same act."""
    return tuple(sorted(situation.together - {situation.case.id}))


@source(locks=round_locks)
def standing_in_round(situation: Situation) -> tuple[Standing, ...]:
    """Where every nomination of the round stands, in the order in which they joined it."""
    row = round_row(situation)
    if row is None:
        return ()
    criteria = msgspec.convert(msgspec.json.decode(row.form).get("criteria", ()), tuple[Any, ...])
    return tuple(_standing(situation, each, bool(criteria)) for each in nominations_in_round(situation))


def _standing(situation: Situation, row: Row[Any], compared: bool) -> Standing:
    form = msgspec.json.decode(row.form)
    nominated = recorded(situation, "submission", of_case=row.id)
    of_round = award_round(situation)
    given: tuple[MemberScores, ...] = ()
    if compared and nominated:
        given = counted_scores(situation, row)
    criteria = of_round.criteria if of_round else ()
    return Standing(
        case=row.id,
        reference=row.reference,
        person_name=row.name,
        kind=str(form.get("kind", "")),
        state=row.state,
        final=row.closed_at is not None,
        nominated_on=nominated[0].on_date if nominated else None,
        result=result_of(given, criteria) if given else None,
        by_criterion=means_by_criterion(given, criteria) if given else (),
        service_months=service_months(row.cpns_on, situation.on) if row.cpns_on else None,
    )


def _overdue(situation: Situation, case_id: str) -> bool:
    """Whether the time for scoring a nominee has passed."""
    due = situation.conn.execute(_DUE, {"case": case_id}).scalar_one()
    return due is not None and due < situation.on


def counted_scores(situation: Situation, row: Row[Any]) -> tuple[MemberScores, ...]:
    """The scores of a nominee that count; none before all who are to score have, or their time has passed."""
    found = _panel_of(situation, row.subject_id, row.unit_id, row.id)
    facts, law = PanelFacts(found), situation.guarding_law
    if who_has_yet_to_score(facts, law) and not _concluded(situation, row.id) and not _overdue(situation, row.id):
        return ()
    counted = set(whose_scores_count(facts, law))
    latest = {each.written_by: each for each in recorded(situation, "score", of_case=row.id)}
    return tuple(
        msgspec.convert({"person_id": person, "scores": each.data["scores"]}, MemberScores)
        for person, each in latest.items()
        if person in counted
    )


# --- The panel -------------------------------------------------------------------------------------------------------


@source()
def panel(situation: Situation) -> tuple[PanelMember, ...]:
    """Whoever the round names for its panel, as seen from this nominee."""
    case = situation.case
    return _panel_of(situation, case.subject_id, case.unit_id, case.id)


def _panel_of(situation: Situation, subject_id: str, unit_id: str | None, case_id: str) -> tuple[PanelMember, ...]:
    of_round = "chair" in situation.process.form.__struct_fields__
    row = None if of_round else round_row(situation)
    form = situation.form if of_round else (msgspec.json.decode(row.form) if row is not None else {})
    named = list(named_in_panel(form))
    scored = {each.written_by: each for each in ([] if of_round else recorded(situation, "score", of_case=case_id))}
    conflicts = {
        e.written_by: str(e.data["conflict"])
        for e in ([] if of_round else recorded(situation, "conflict", of_case=case_id))
    }
    nominated = frozenset[str]() if of_round else _nominated(situation)
    verified = frozenset[str]() if of_round else _verifiers(situation, case_id)
    known = {person for person, _, _ in named}
    found = [
        _member(
            situation,
            person,
            function,
            rank,
            subject_id="" if of_round else subject_id,
            unit_id=unit_id,
            declared=conflicts.get(person, ""),
            scored=person in scored,
            is_rival=person in nominated - {subject_id},
            verified=person in verified,
        )
        for person, function, rank in named
    ]
    found += [
        _member(
            situation,
            person,
            "member",
            0,
            subject_id=subject_id,
            unit_id=unit_id,
            declared=conflicts.get(person, ""),
            scored=True,
            replaced=True,
            is_rival=person in nominated - {subject_id},
            verified=person in verified,
        )
        for person in scored
        if person is not None and person not in known
    ]
    return tuple(each for each in found if each is not None)


def _nominated(situation: Situation) -> frozenset[str]:
    """Whom the nominations of the round are about, but for those that ended before they were compared."""
    return frozenset(situation.conn.execute(_NOMINATED, {"round": round_id(situation)}).scalars())


def _verifiers(situation: Situation, case_id: str) -> frozenset[str]:
    """Whoever has acted as verifier on a nomination, or had somebody do so in their name."""
    return frozenset(row.person_id for row in situation.look_up(ACTED, case=case_id) if row.role == "verifier")


@source()
def rivals(situation: Situation) -> tuple[str, ...]:
    """Who else is nominated in the round, by id, in order; nobody once their nomination has ended before it was compared."""
    return tuple(sorted(_nominated(situation) - {situation.case.subject_id}))


@source()
def unit_heads(situation: Situation) -> tuple[str, ...]:
    """Who heads a unit on the day, as holder of its post or in the holder's place (Plt., Plh.), by id."""
    seats = (seat for row in situation.look_up(_HEADS_OF_ALL) for seat in holders(situation, "", row.head_position_id))
    return tuple(dict.fromkeys(seat.person_id for seat in seats if seat.mandate in ("", *STAND_INS)))


def named_in_panel(form: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Each person that a round names: in which function, and as the how manieth substitute."""
    for person, function, rank in (
        (form.get("chair"), "chair", 0),
        (form.get("secretary"), "secretary", 0),
        *((person, "member", 0) for person in form.get("members", ())),
        (form.get("chair_substitute"), "chair", 1),
        *((person, "member", rank) for rank, person in enumerate(form.get("substitutes", ()), 1)),
    ):
        if person:
            yield str(person), function, rank


def _member(
    situation: Situation, person_id: str, function: str, rank: int, *, subject_id: str, unit_id: str | None, **seen: Any
) -> PanelMember | None:
    row = next(iter(situation.look_up(PERSON, person=person_id)), None)
    if row is None:
        return None
    subject = next(iter(situation.look_up(PERSON, person=subject_id)), None) if subject_id else None
    return PanelMember(
        person_id=person_id,
        name=row.name,
        function=function,
        substitute_rank=rank,
        in_service=row.left_on is None or row.left_on > situation.on,
        is_nominee=person_id == subject_id,
        same_unit=subject is not None and row.unit_id is not None and row.unit_id == (unit_id or subject.unit_id),
        superior=subject is not None and person_id in _holders_above(situation, subject),
        subordinate=subject is not None and subject_id in _holders_above(situation, row),
        **seen,
    )


def _holders_above(situation: Situation, row: Row[Any]) -> set[str]:
    """Who holds the post of somebody's direct superior."""
    return {str(each.holder_id) for each in situation.look_up(_HOLDER, position=row.superior_position_id)}


@source()
def scores_awaited(situation: Situation) -> int:
    """How many have yet to score this nominee."""
    return len(who_has_yet_to_score(gather(PanelFacts, situation), situation.law))


@source()
def scores_counted(situation: Situation) -> int:
    """How many scores count already."""
    return len(whose_scores_count(gather(PanelFacts, situation), situation.law))


@source()
def chair_has_concluded(situation: Situation) -> bool:
    """Whether the panel's chair has recommended, or turned down."""
    return _concluded(situation, situation.case.id) or situation.case.state not in (
        "scoring",
        "suspended",
        "verification",
    )


def _concluded(situation: Situation, case_id: str) -> bool:
    return bool(recorded(situation, "recommendation", of_case=case_id))


# --- Statements ------------------------------------------------------------------------------------------------------

_HEADS_OF_ALL = select(units.c.head_position_id).where(units.c.head_position_id.is_not(None)).order_by(units.c.id)
_CASE = select(cases).where(cases.c.id == bindparam("case"))
_IN_ROUND = (
    select(cases, people.c.name, people.c.cpns_on)
    .join_from(cohort_cases, cases)
    .join(people, people.c.id == cases.c.subject_id)
    .where(cohort_cases.c.cohort_id == bindparam("round"), cohort_cases.c.left_at.is_(None))
    .order_by(cohort_cases.c.position)
)
#: How a nomination ends that was never compared, or that was taken back.
_NOT_COMPARED = ("declined", "rejected", "withdrawn")
_NOMINATED = (
    select(cases.c.subject_id)
    .join_from(cohort_cases, cases)
    .where(cohort_cases.c.cohort_id == bindparam("round"), cohort_cases.c.left_at.is_(None))
    .where(cases.c.state.not_in(_NOT_COMPARED))
)
_HOLDER = select(positions.c.holder_id).where(
    positions.c.id == bindparam("position"), positions.c.holder_id.is_not(None)
)
_DUE = select(func.max(deadlines.c.due_on)).where(
    deadlines.c.case_id == bindparam("case"), deadlines.c.state == "scoring"
)
