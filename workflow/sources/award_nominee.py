"""The sources of facts about a nominee: what is on record of them, and what was handed in with the nomination."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, select

from policies.records import (
    DOCUMENTS,
    Clearance,
    OtherNomination,
    Proof,
    YearHours,
    YearPredicate,
)
from workflow.engine.recorded_entries import Recorded, recorded
from workflow.facts import Situation, source
from workflow.sources.award_round import nominations_in_round, round_locks
from workflow.sources.step import subject_row
from workflow.tables import cases, entries, hour_postings, performances


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
            drafted=row.state == "drafted",
        )
        for row in rows
    )


def _handed_on(situation: Situation, row: Row[Any]) -> date:
    found = recorded(situation, "hand_over", of_case=row.id)
    return date.fromisoformat(found[-1].data["handed_on"]) if found else situation.office.day(row.closed_at)


@source(locks=round_locks)
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


#: What the Inspektorat stated: its own entries, and those of a verifier by its letter.
_CLEARANCES = ("clearance", "clearance_letter")


@source(attestable=True, stated_in=_CLEARANCES)
def open_discipline_case(situation: Situation) -> bool | None:
    """Whether a discipline case is open against the nominee, as last stated; None where nobody stated it."""
    stated = _last_stated(situation)
    return not stated.data["clear"] if stated else None


@source()
def clearance(situation: Situation) -> Clearance | None:
    """What the Inspektorat last stated; None where nothing is on record."""
    stated = _last_stated(situation)
    return msgspec.convert({**stated.data, "on_paper": stated.kind != "clearance"}, Clearance) if stated else None


def _last_stated(situation: Situation) -> Recorded | None:
    """The latest, whoever recorded it; but a letter older than what the Inspektorat itself recorded takes nothing of that back."""
    own, on_paper = (recorded(situation, kind) for kind in _CLEARANCES)
    since = str(own[-1].data["issued_on"]) if own else ""
    stated = (*own, *(each for each in on_paper if each.data["issued_on"] >= since))
    return max(stated, key=lambda each: each.written_at, default=None)


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


# --- Statements ------------------------------------------------------------------------------------------------------

_OTHERS = (
    select(cases)
    .where(
        cases.c.subject_id == bindparam("person"),
        cases.c.process == bindparam("process"),
        cases.c.id != bindparam("case"),
    )
    .order_by(cases.c.opened_at)
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
