"""A case joins those that are compared or decided together: the cohort that a field of its form names.

What is done with the case that was named is felt by those that joined it, and their ends by it: each is then seated anew in the
same act, and not only in the daily sweep.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, exists, func, or_, select, update

from workflow.cases import Case
from workflow.database import insert_or, lock
from workflow.definition import Process, Transition
from workflow.tables import cases, cohort_cases, cohorts, participants, tasks


def join(conn: Connection, process: Process, arrow: Transition, case: Case, at: datetime) -> None:
    """Make the case belong to the cohort that its form names, and to none that the field named before.

    A cohort of that kind has the id of the case that is named, so that it needs no other sign to be found by.
    """
    now = str(case.form.get(arrow.joins) or "")
    earlier = conn.execute(_JOINED, {"case": case.id, "process": process.name}).scalars().all()
    left = [each for each in earlier if each != now]
    if left:
        conn.execute(_LEAVE, [{"of_cohort": each, "of_case": case.id, "at": at} for each in left])
    if not now or now in earlier:
        return
    conn.execute(insert_or(conn.dialect.name, cohorts).on_conflict_do_nothing(), _cohort(conn, process, now, at))
    lock(conn, f"cohort:{now}")
    place = conn.execute(_LAST, {"of_cohort": now}).scalar_one() + 1
    row = {"cohort_id": now, "case_id": case.id, "position": place, "joined_at": at}
    again = insert_or(conn.dialect.name, cohort_cases).on_conflict_do_update(
        index_elements=cohort_cases.primary_key.columns, set_={"left_at": None, "position": place}
    )
    conn.execute(again, row)


def _cohort(conn: Connection, process: Process, cohort_id: str, at: datetime) -> dict[str, object]:
    """The cohort of a case that is named: under its id, opened by whom that one is about, titled as it is."""
    named = conn.execute(select(cases.c.subject_id, cases.c.form).where(cases.c.id == cohort_id)).one()
    title = str(msgspec.json.decode(named.form).get("title") or process.title)
    return {
        "id": cohort_id,
        "process": process.name,
        "title": title[:200],
        "form": "{}",
        "opened_by": named.subject_id,
        "opened_at": at,
    }


def awaiting_the_end_of(conn: Connection, ended: Collection[str]) -> list[str]:
    """Open cases that these joined, if they have ended, by their ids; locked.

    One that another act has locked is left to the sweep: whoever waited for it here could be who that act waits for.
    """
    return list(conn.execute(_AWAITING, {"ended": list(ended)}).scalars()) if ended else []


def that_joined(conn: Connection, case_id: str, listed: Collection[str]) -> list[str]:
    """The cases that joined this one and wait for somebody, a letter of which does, or on which somebody of a list has a place.

    ``listed``: the roles of those whom a list chooses. In the order of the cases' ids.
    """
    return list(conn.execute(_THAT_JOINED, {"of_case": case_id, "listed": list(listed)}).scalars())


_named = cases.alias("named")
_AWAITING = (
    select(_named.c.id)
    .where(
        _named.c.closed_at.is_(None),
        _named.c.id.in_(
            select(cohort_cases.c.cohort_id)
            .join_from(cohort_cases, cases, cases.c.id == cohort_cases.c.case_id)
            .where(cases.c.id.in_(bindparam("ended", expanding=True)))
            .where(cases.c.closed_at.is_not(None), cohort_cases.c.left_at.is_(None))
        ),
    )
    .order_by(_named.c.id)
    .with_for_update(skip_locked=True, of=_named)
)
_THAT_JOINED = (
    select(cases.c.id)
    .join_from(cohort_cases, cases, cases.c.id == cohort_cases.c.case_id)
    .where(cohort_cases.c.cohort_id == bindparam("of_case"), cohort_cases.c.left_at.is_(None))
    .where(
        or_(
            cases.c.closed_at.is_(None),
            exists().where(tasks.c.case_id == cases.c.id),
            exists().where(
                participants.c.case_id == cases.c.id,
                participants.c.role.in_(bindparam("listed", expanding=True)),
                participants.c.until_at.is_(None),
            ),
        )
    )
    .order_by(cases.c.id)
)
_JOINED = (
    select(cohort_cases.c.cohort_id)
    .join_from(cohort_cases, cases, cases.c.id == cohort_cases.c.cohort_id)
    .where(
        cohort_cases.c.case_id == bindparam("case"),
        cohort_cases.c.left_at.is_(None),
        cases.c.process != bindparam("process"),
    )
)
_LEAVE = (
    update(cohort_cases)
    .where(cohort_cases.c.cohort_id == bindparam("of_cohort"), cohort_cases.c.case_id == bindparam("of_case"))
    .values(left_at=bindparam("at"))
)
_LAST = select(func.coalesce(func.max(cohort_cases.c.position), 0)).where(
    cohort_cases.c.cohort_id == bindparam("of_cohort")
)
