"""What a step owes to the books, and the days that a case holds of its subject."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete

from policies.budget import CarryFacts, FundingFacts, ReductionFacts
from workflow.budgets import books, promises
from workflow.budgets.books import Movement
from workflow.cases import Case
from workflow.database import insert_or, lock
from workflow.definition import Posting, Process, facts_of
from workflow.engine.judging import Judgement
from workflow.facts import Situation, gather
from workflow.tables import occupations


def post(conn: Connection, judgement: Judgement, at: datetime) -> tuple[Movement, ...]:
    """Post the movements of a step. Answers them as its event tells them."""
    owed = [_POSTED[posting] for posting in judgement.arrow.posts if posting in _POSTED]
    if not owed:
        return ()
    # A step without a rule about money locked nothing yet; what it gives back may have to cover a deficit, and only once.
    lock(conn, *books.lock_names(conn, judgement.situation.case.id))
    return tuple(movement for posted in owed for movement in posted(conn, judgement.situation, at))


def _reserve(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    what_it_promises = situation.process.promises
    if what_it_promises is None:
        return []
    promise = what_it_promises(gather(facts_of(what_it_promises), situation))
    later = {share.year: share.amount for share in promise.later}
    return promises.reserve(conn, situation.case.id, promise.line or None, promise.amount, at, later)


def _commit(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    return promises.commit(conn, situation.case.id, at)


def _spend(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    charges = situation.process.charges
    charged = charges(gather(facts_of(charges), situation)) if charges is not None else ()
    return [
        movement
        for charge in charged
        for movement in promises.spend(conn, situation.case.id, charge.line, charge.amount, at)
    ]


def _give_back(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    returns = situation.process.returns
    came_back = returns(gather(facts_of(returns), situation)) if returns is not None else ()
    return [
        movement
        for each in came_back
        for movement in promises.give_back(conn, situation.case.id, each.line, each.amount, each.says, at)
    ]


def _release(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    return promises.release(conn, situation.case.id, at)


def _hand_over(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    return promises.hand_over(conn, situation.case.id, at)


def _fund(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    line = gather(FundingFacts, situation).next_budget
    return promises.fund(conn, situation.case.id, line.line, line.year, at) if line else []


def _carry(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    facts = gather(CarryFacts, situation)
    return promises.carry(conn, situation.case.id, facts.budget_year, facts.next_budget_line or None, at)


def _reduce(conn: Connection, situation: Situation, at: datetime) -> list[Movement]:
    facts = gather(ReductionFacts, situation)
    return promises.reduce(conn, situation.case.id, facts.budget_year, facts.remains, at)


_POSTED: dict[Posting, Callable[[Connection, Situation, datetime], list[Movement]]] = {
    Posting.RESERVE: _reserve,
    Posting.COMMIT: _commit,
    Posting.SPEND: _spend,
    Posting.HAND_OVER: _hand_over,
    Posting.RELEASE: _release,
    Posting.FUND: _fund,
    Posting.CARRY: _carry,
    Posting.REDUCE: _reduce,
    Posting.RETURN: _give_back,
}


def occupy(conn: Connection, process: Process, before: Case | None, case: Case) -> None:
    """Hold the participant's days as the state says: held, absent, or free again. ``before``: None for a case that begins."""
    was, now = before and occupation(process, before), occupation(process, case)
    if was == now:
        return
    if now is None:
        conn.execute(_FREE, {"case": case.id})
    else:
        conn.execute(_hold(conn.dialect.name), now)


def occupation(process: Process, case: Case) -> dict[str, Any] | None:
    """The row of the days that a case holds of its subject; None where it holds none. Raises ValueError for no day."""
    stage = process.state[case.state].occupies
    first, last = (case.form.get(name) for name in process.period or ("", ""))
    if stage is None or not first or not last:
        return None
    until = case.memory.get("ended_on") or last
    return {
        "case_id": case.id,
        "person_id": case.subject_id,
        "kind": "full",
        "stage": stage.value,
        "from_on": date.fromisoformat(first),
        "until_on": date.fromisoformat(until),
    }


_FREE = delete(occupations).where(occupations.c.case_id == bindparam("case"))


@cache
def _hold(dialect: str) -> Executable:
    row = insert_or(dialect, occupations)
    days = {name: row.excluded[name] for name in ("stage", "from_on", "until_on")}
    return row.on_conflict_do_update(index_elements=occupations.primary_key.columns, set_=days)
