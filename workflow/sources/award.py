"""The sources of facts that only awards ask for: the round, its panel and nominees, the record of the nominee, the money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, select

from policies.incentive_panel import PanelFacts, who_has_yet_to_score, whose_scores_count
from policies.incentive_ranking import means_by_criterion, result_of
from policies.incentive_service import service_months
from policies.records import (
    DOCUMENTS,
    AwardRoundRecord,
    BudgetLine,
    Clearance,
    MemberScores,
    OtherNomination,
    PanelMember,
    Payment,
    Proof,
    Standing,
    YearHours,
    YearPredicate,
)
from workflow.budgets import books
from workflow.engine.recorded_entries import Recorded, recorded
from workflow.facts import NeedsFields, Situation, gather, source
from workflow.sources.case import line_of
from workflow.sources.step import PERSON, subject_row
from workflow.tables import cases, cohort_cases, deadlines, entries, hour_postings, people, performances, positions

# --- The round -------------------------------------------------------------------------------------------------------


def _round_locks(situation: Situation) -> Iterable[str]:
    """Two nominations of a round are not counted or compared at once."""
    named = _round_id(situation)
    return (f"round:{named}",) if named else ()


def _round_id(situation: Situation) -> str:
    """The round that the nomination stands in; for a round itself its own id."""
    return (
        str(situation.form.get("round") or "")
        if "round" in situation.process.form.__struct_fields__
        else situation.case.id
    )


def _round(situation: Situation) -> Row[Any] | None:
    return next(iter(situation.look_up(_CASE, case=_round_id(situation))), None)


@source()
def award_round(situation: Situation) -> AwardRoundRecord | None:
    """The round that the nomination names; None where it names none."""
    row = _round(situation)
    if row is None:
        return None
    form = msgspec.json.decode(row.form)
    named = {**form, "places": form.get("receivers", ()), "id": row.id, "state": row.state}
    return msgspec.convert(named, AwardRoundRecord)


def nominations_in_round(situation: Situation) -> Sequence[Row[Any]]:
    """The rows of all nominations of the round with name and service of who is nominated, in the order in which they joined it."""
    return situation.conn.execute(_IN_ROUND, {"round": _round_id(situation)}).all()


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


@source(locks=_round_locks)
def standing_in_round(situation: Situation) -> tuple[Standing, ...]:
    """Where every nomination of the round stands, in the order in which they joined it."""
    row = _round(situation)
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
    row = None if of_round else _round(situation)
    form = situation.form if of_round else (msgspec.json.decode(row.form) if row is not None else {})
    named = list(named_in_panel(form))
    scored = {each.written_by: each for each in ([] if of_round else recorded(situation, "score", of_case=case_id))}
    conflicts = {
        e.written_by: str(e.data["conflict"])
        for e in ([] if of_round else recorded(situation, "conflict", of_case=case_id))
    }
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
        )
        for person in scored
        if person is not None and person not in known
    ]
    return tuple(each for each in found if each is not None)


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


# --- The nominee -----------------------------------------------------------------------------------------------------


def _person_lock(situation: Situation) -> Iterable[str]:
    return (f"person:{situation.case.subject_id}",)


@source()
def nominated_on(situation: Situation) -> date | None:
    """The day on which the head of the unit first nominated; None before."""
    found = recorded(situation, "submission")
    return found[0].on_date if found else None


@source(locks=_person_lock)
def other_nominations(situation: Situation) -> tuple[OtherNomination, ...]:
    """Other nominations of the same person, whatever became of them."""
    rows = situation.conn.execute(
        _OTHERS, {"person": situation.case.subject_id, "case": situation.case.id, "process": situation.process.name}
    )
    return tuple(
        OtherNomination(
            reference=row.reference,
            kind=str(msgspec.json.decode(row.form).get("kind", "")),
            final=row.closed_at is not None,
            awarded_on=_handed_on(situation, row) if row.state == "awarded" else None,
        )
        for row in rows
    )


def _handed_on(situation: Situation, row: Row[Any]) -> date:
    found = recorded(situation, "hand_over", of_case=row.id)
    return date.fromisoformat(found[-1].data["handed_on"]) if found else situation.office.day(row.closed_at)


@source(locks=_round_locks)
def nominated_of_unit(situation: Situation) -> int:
    """How many others of the unit and the kind were nominated in the round, those of the same act included."""
    case, kind = situation.case, situation.form.get("kind")
    ids = set()
    for row in nominations_in_round(situation):
        if row.id == case.id or row.unit_id != case.unit_id or msgspec.json.decode(row.form).get("kind") != kind:
            continue
        if row.id in situation.gone or (
            recorded(situation, "submission", of_case=row.id) and row.state not in _NOT_SENT
        ):
            ids.add(row.id)
    return len(ids)


#: Nominations that the unit has back, or took back: they do not count against its share.
_NOT_SENT = ("drafted", "unit_review", "declined", "withdrawn")


@source()
def documents(situation: Situation) -> tuple[Proof, ...]:
    """What was handed in with the nomination, document by document."""
    found = []
    for document in DOCUMENTS:
        value = situation.form.get(document) or ()
        found += [Proof(document, str(file)) for file in ([value] if isinstance(value, str) else value)]
    return tuple(found)


@source(attestable=True)
def medal(situation: Situation) -> str | None:
    """The last Satyalancana Karya Satya that is on record: X, XX or XXX; None where none is."""
    found: str | None = subject_row(situation).medal
    return found


@source(attestable=True)
def unpaid_leave(situation: Situation) -> bool | None:
    """Whether the person ever took leave outside the state's responsibility; None where the record does not say."""
    found = subject_row(situation).unpaid_leave
    return None if found is None else found != "Tidak"


@source()
def cpns_on(situation: Situation) -> date | None:
    """The first day of service as a candidate civil servant; None where it is not recorded."""
    found: date | None = subject_row(situation).cpns_on
    return found


@source()
def nominee_grade(situation: Situation) -> str | None:
    """The nominee's golongan; None where it is not recorded."""
    found: str | None = subject_row(situation).grade
    return found


@source(attestable=True)
def open_discipline_case(situation: Situation) -> bool | None:
    """Whether a discipline case is open against the nominee, as last stated; None where nobody stated it."""
    stated = recorded(situation, "clearance")
    return not stated[-1].data["clear"] if stated else None


@source()
def clearance(situation: Situation) -> Clearance | None:
    """What the Inspektorat last stated; None where nothing is on record."""
    stated = recorded(situation, "clearance")
    return msgspec.convert(stated[-1].data, Clearance) if stated else None


@source()
def predicates(situation: Situation) -> tuple[YearPredicate, ...]:
    """The performance predicates on record, the earliest first."""
    rows = situation.look_up(_PREDICATES, person=situation.case.subject_id)
    return tuple(YearPredicate(row.year, row.predicate) for row in rows)


@source()
def hours_by_year(situation: Situation) -> tuple[YearHours, ...]:
    """The JP that the ledger has for the person, by year."""
    rows = situation.conn.execute(_HOURS, {"person": situation.case.subject_id})
    return tuple(YearHours(row.year, int(row.hours)) for row in rows)


@source()
def mentoring_given(situation: Situation) -> int:
    """Confirmed meetings that the person gave as a mentor in the year of the nomination and the one before."""
    year = (nominated_on(situation) or situation.on).year
    asked = {"person": situation.case.subject_id, "first": date(year - 1, 1, 1), "last": date(year, 12, 31)}
    return int(situation.conn.execute(_GUIDED, asked).scalar_one())


# --- The money -------------------------------------------------------------------------------------------------------


def _line_id(situation: Situation) -> str:
    """The line that bears the award: as it is chosen in this step, as it was chosen, or the round's."""
    row = _round(situation)
    of_round = msgspec.json.decode(row.form).get("budget_line") if row is not None else ""
    return str(situation.given.get("budget_line") or situation.form.get("budget_line") or of_round or "")


def _line_locks(situation: Situation) -> Iterable[str]:
    line, held = _line_id(situation), books.lock_names(situation.conn, situation.case.id)
    return {*_round_locks(situation), *([f"budget:{line}"] if line else []), *held}


@source(locks=_line_locks)
def award_budget(situation: Situation) -> BudgetLine | None:
    """The line that bears the award, and what is free on it; None where none is named, or there is no such line."""
    return line_of(situation, _line_id(situation))


@source(locks=_line_locks)
def promised_in_round(situation: Situation) -> int:
    """What the other nominations of the round hold, await of a later year or have spent, in rupiah."""
    others = (row.id for row in nominations_in_round(situation) if row.id != situation.case.id)
    return books.total_of(situation.conn, others)


@source()
def deferred_on(situation: Situation) -> date:
    """The day on which the award was put off for want of a budget."""
    found = recorded(situation, "deferral")
    if not found:
        raise NeedsFields("reason")
    return found[-1].on_date


@source()
def decreed_on(situation: Situation) -> date | None:
    """The day of the decree; None before."""
    return _day_of(recorded(situation, "decree")) or _day_of(recorded(situation, "keppres"))


@source()
def proposed_upward_on(situation: Situation) -> date | None:
    """The day on which the regent proposed it to the President; None before."""
    return _day_of(recorded(situation, "upward"))


def _day_of(found: list[Recorded]) -> date | None:
    return found[-1].on_date if found else None


@source()
def payment(situation: Situation) -> Payment | None:
    """What was paid for the award, of a revocation for the one that it names; None where nothing was."""
    return paid_in(situation, str(situation.form.get("award_case") or situation.case.id))


def paid_in(situation: Situation, case_id: str) -> Payment | None:
    """What was paid for the award of a case; None where nothing was."""
    found = recorded(situation, "payment", of_case=case_id)
    if not found:
        return None
    paid = found[-1].data
    return Payment(paid["gross"], paid["tax"], paid["net"], paid["sp2d_number"], date.fromisoformat(paid["sp2d_on"]))


# --- Statements ------------------------------------------------------------------------------------------------------

_CASE = select(cases).where(cases.c.id == bindparam("case"))
_IN_ROUND = (
    select(cases, people.c.name, people.c.cpns_on)
    .join_from(cohort_cases, cases)
    .join(people, people.c.id == cases.c.subject_id)
    .where(cohort_cases.c.cohort_id == bindparam("round"), cohort_cases.c.left_at.is_(None))
    .order_by(cohort_cases.c.position)
)
_OTHERS = (
    select(cases)
    .where(
        cases.c.subject_id == bindparam("person"),
        cases.c.process == bindparam("process"),
        cases.c.id != bindparam("case"),
    )
    .order_by(cases.c.opened_at)
)
_HOLDER = select(positions.c.holder_id).where(
    positions.c.id == bindparam("position"), positions.c.holder_id.is_not(None)
)
_PREDICATES = (
    select(performances.c.year, performances.c.predicate)
    .where(performances.c.person_id == bindparam("person"))
    .order_by(performances.c.year)
)
_HOURS = (
    select(hour_postings.c.year, func.sum(hour_postings.c.hours).label("hours"))
    .where(hour_postings.c.person_id == bindparam("person"), hour_postings.c.account == "year")
    .group_by(hour_postings.c.year)
    .order_by(hour_postings.c.year)
)
_GUIDED = (
    select(func.count())
    .select_from(entries.join(cases, cases.c.id == entries.c.case_id))
    .where(
        cases.c.process == "mentoring",
        entries.c.kind == "session",
        entries.c.status == "confirmed",
        entries.c.written_by == bindparam("person"),
        entries.c.on_date.between(bindparam("first"), bindparam("last")),
    )
)
_DUE = select(func.max(deadlines.c.due_on)).where(
    deadlines.c.case_id == bindparam("case"), deadlines.c.state == "scoring"
)
