"""A successor's case begins: where the other one stood, with what that one held, in its cohort and under its letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, insert, select, update

from workflow import cases
from workflow.authority.bench import Bench
from workflow.budgets import promises
from workflow.budgets.books import Holding
from workflow.cases import Case
from workflow.engine import seating
from workflow.engine.evidence import Evidence
from workflow.engine.judging import Actor, Heir, Judgement
from workflow.engine.posting import occupy
from workflow.engine.recording import SUCCEEDED, decided, record, who_acted
from workflow.facts import Situation
from workflow.letters import leaving
from workflow.letters.route import LEFT, UNDER_WAY
from workflow.tables import cohort_cases, letter_cases, letters, participants


def succeed(conn: Connection, judgement: Judgement, heir: Heir, held: Sequence[Holding], actor: Actor) -> Situation:
    """Store a successor's case, once the other one has let go of what it ``held``. Answers its situation."""
    situation, old = heir.situation, judgement.situation.case
    process, case, at = situation.process, situation.case, situation.at
    cases.add(conn, case)
    conn.execute(
        insert(participants).values(
            **seating.part(case.id, process.subject, at, person_id=case.subject_id, fixed=True, acted=False)
        )
    )
    if judgement.seat is not None:
        seating.mark_acted(conn, case.id, judgement.seat, at)
    posted = tuple(promises.take_over(conn, case.id, held, at))
    _join(conn, old, case, situation)
    payload = {
        "actor": who_acted(actor, judgement.seat),
        "instead_of": old.id,
        "form": case.form,
        "to": case.state,
        "law_on": situation.on,
        "decisions": [decided(judged) for judged in heir.judged],
    }
    case, _ = record(conn, case, case, SUCCEEDED, at, payload, Evidence(posted=posted))
    occupy(conn, process, None, case)
    return replace(situation, case=case, cache={}, instead_of=None)


def _join(conn: Connection, old: Case, case: Case, situation: Situation) -> None:
    """Take the other one's place in its cohorts, and under the letters that are in force for it."""
    for row in conn.execute(_COHORTS, {"case": old.id}).all():
        conn.execute(_LEAVE, {"of_cohort": row.cohort_id, "of_case": old.id, "at": situation.at})
        place = {"cohort_id": row.cohort_id, "case_id": case.id, "position": row.position, "joined_at": situation.at}
        conn.execute(insert(cohort_cases).values(place))
    under = [{"letter_id": each, "case_id": case.id} for each in conn.execute(_LETTERS, {"case": old.id}).scalars()]
    if under:
        conn.execute(insert(letter_cases), under)


def seat_successor(bench: Bench) -> tuple[seating.Wait, ...]:
    """Who a successor's case waits for, and until when: as the other one did."""
    case, situation = bench.situation.case, bench.situation
    if leaving.is_awaited(bench.conn, situation.process, case):
        return ()
    due = seating.set_deadlines(bench.conn, situation.office, situation.process, case, situation.at)
    return seating.seat_anew(bench, situation.process, case, due, situation.at)


_COHORTS = select(cohort_cases).where(cohort_cases.c.case_id == bindparam("case"), cohort_cases.c.left_at.is_(None))
_LEAVE = (
    update(cohort_cases)
    .where(cohort_cases.c.cohort_id == bindparam("of_cohort"), cohort_cases.c.case_id == bindparam("of_case"))
    .values(left_at=bindparam("at"))
)
_LETTERS = (
    select(letters.c.id)
    .join_from(letters, letter_cases)
    .where(
        letter_cases.c.case_id == bindparam("case"),
        letter_cases.c.changed_by.is_(None),
        letters.c.state.in_((*UNDER_WAY, *LEFT)),
    )
    .order_by(letters.c.id)
)
