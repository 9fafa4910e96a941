"""What a case has to do with others: those that it was asked for with, and whose place was taken."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, select

from policies.civil_service import full_name
from workflow.audit import Event
from workflow.authority.sight import seen_cases
from workflow.references import reference_of
from workflow.tables import cases, cohort_cases, cohorts, people
from workflow.views.outside import Sight


class CohortOfCase(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort to which a case belongs. ``cases``: how many of it the caller may see."""

    id: str
    title: str
    cases: int


class KinLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case in whose place another came, or that came in the place of another, and whom it is about."""

    case_id: str
    reference: str
    subject: str


def cohorts_of(conn: Connection, sight: Sight) -> tuple[CohortOfCase, ...]:
    """The cohorts of a case, each with no more of it than the caller may see; its title is for those inside. None looking back."""
    if sight.past is not None:
        return ()
    own = cohort_cases.alias("own")
    query = (
        select(cohorts.c.id, cohorts.c.title, func.count().label("number"))
        .join_from(cohorts, own, own.c.cohort_id == cohorts.c.id)
        .join(cohort_cases, cohort_cases.c.cohort_id == cohorts.c.id)
        .join(cases, cases.c.id == cohort_cases.c.case_id)
        .where(
            own.c.case_id == sight.case.id,
            own.c.left_at.is_(None),
            cohort_cases.c.left_at.is_(None),
            seen_cases((sight.process,), sight.caller.person_id, sight.caller.on, sight.caller.only),
        )
        .group_by(cohorts.c.id, cohorts.c.title)
        .order_by(cohorts.c.id)
    )
    return tuple(
        CohortOfCase(id=row.id, title=sight.process.title if sight.outside else row.title, cases=row.number)
        for row in conn.execute(query)
    )


def predecessor(conn: Connection, sight: Sight) -> KinLine | None:
    """The case in whose place this one came, where the caller may see it."""
    return _kin(conn, sight, sight.case.memory.get("instead_of"))


def successor(conn: Connection, sight: Sight, told: Sequence[Event]) -> KinLine | None:
    """The case that came in the place of this one, as its events tell, where the caller may see it."""
    named = (payload["successor"] for event in told if (payload := event.payload or {}).get("successor"))
    return _kin(conn, sight, next(named, None))


def _kin(conn: Connection, sight: Sight, case_id: str | None) -> KinLine | None:
    if case_id is None:
        return None
    query = (
        select(people.c.front_title, people.c.name, people.c.back_title)
        .join_from(cases, people, people.c.id == cases.c.subject_id)
        .where(
            cases.c.id == case_id,
            seen_cases((sight.process,), sight.caller.person_id, sight.caller.on, sight.caller.only),
        )
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    subject = full_name(row.front_title, row.name, row.back_title)
    return KinLine(case_id=case_id, reference=reference_of(case_id), subject=subject)
