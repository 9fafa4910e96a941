"""What a step owes to the books, and the days that a case holds of its subject."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, insert

from workflow import books
from workflow.books import Movement
from workflow.cases import Case
from workflow.database import insert_or
from workflow.definition import Posting, Process
from workflow.evidence import CreditTold
from workflow.ids import new_id
from workflow.judging import Judgement
from workflow.letters.sources import credit_for
from workflow.tables import credits, occupations


def post(conn: Connection, judgement: Judgement, at: datetime) -> tuple[Movement, ...]:
    """Post the movements of a step. Answers them as its event tells them."""
    situation = judgement.situation
    case_id, form, given = situation.case.id, situation.form, situation.given
    line = form.get("budget_line") or None
    done: list[Movement] = []
    for posting in judgement.arrow.posts:
        if posting is Posting.RESERVE:
            amount = int(form.get("estimate", 0)) if form.get("funding") == "agency_budget" else 0
            done += books.reserve(conn, case_id, line if amount else None, amount, at)
        elif posting is Posting.COMMIT:
            done += books.commit(conn, case_id, at)
        elif posting is Posting.SPEND:
            done += books.spend(conn, case_id, line, int(given.get("cost") or 0), at)
        elif posting is Posting.RELEASE:
            done += books.release(conn, case_id, at)
    return tuple(done)


def credit(conn: Connection, judgement: Judgement, at: datetime) -> CreditTold | None:
    """Credit the hours of an activity, once: by the conversion table, or by the step's own parameter. None for none."""
    situation, arrow = judgement.situation, judgement.arrow
    if Posting.CREDIT not in arrow.posts:
        return None
    if arrow.credits is not None:
        value = situation.law[arrow.credits]
        hours, by = value.value, value.by
    else:
        worth = credit_for(situation)
        hours, by = worth.hours, worth.value.by
    if hours == 0:
        return None
    told = CreditTold(
        id=new_id(at),
        person=situation.case.subject_id,
        activity=situation.process.activity,
        year=situation.on.year,
        hours=hours,
        by=by,
    )
    conn.execute(
        insert(credits).values(
            id=told.id,
            person_id=told.person,
            case_id=situation.case.id,
            activity=told.activity,
            year=told.year,
            hours=hours,
            by=by,
            posted_at=at,
        )
    )
    return told


def occupy(conn: Connection, process: Process, before: Case, case: Case) -> None:
    """Hold the participant's days as the state says: held, absent, or free again."""
    was, now = occupation(process, before), occupation(process, case)
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
