"""What somebody outside, or the institution that they answer for, has answered: for the page that says so, and its receipt."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from workflow import cases as case_store
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.office import Office
from workflow.proof.receipts import Answered
from workflow.tables import events, partners, people
from workflow.views.cases import subjects_of
from workflow.views.history import EventLine, history
from workflow.views.outside import sight_now_or_then


class AnswerSeen(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, the case that it was given to, and the agency that a receipt of it speaks for."""

    case_id: str
    event: EventLine
    answered: Answered
    office: Office


def answer_seen(conn: Connection, engine: Engine, caller: Caller, at: datetime, event_id: str) -> AnswerSeen:
    """An answer of the caller's own institution. Raises NotFound, also for whoever does not answer for one."""
    case_id = conn.execute(select(events.c.case_id).where(events.c.id == event_id)).scalar_one_or_none()
    told = history(conn, engine, caller, at, case_id).events if case_id and caller.is_contact else ()
    event = next((each for each in told if each.id == event_id and not each.erased), None)
    if event is None or case_id is None:
        raise NotFound(f"Jawaban {event_id[:40]} tidak ada.")
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    sight = sight_now_or_then(conn, process, case, caller)
    answered = Answered(
        reference=case.reference,
        process=process.title,
        subject=subjects_of(conn, [sight])[case.id].name,
        partner=_partner(conn, caller),
        by=_answered_by(conn, event),
        answer=event.title,
        at=event.at,
        given=tuple((line.label, line.shown) for line in event.given if line.shown),
        event=event.id,
        sequence=event.sequence,
        on_paper=event.recorded.says if event.recorded else "",
    )
    return AnswerSeen(case_id=case_id, event=event, answered=answered, office=engine.office)


def _partner(conn: Connection, caller: Caller) -> str:
    return str(conn.execute(select(partners.c.name).where(partners.c.id == caller.partner_id)).scalar_one())


def _answered_by(conn: Connection, event: EventLine) -> str:
    """Who gave the answer, with their post; of one on paper, who put it on record says the paper's own line."""
    name = event.actor.name if event.actor else ""
    who = event.actor.id if event.actor else None
    post = conn.execute(select(people.c.post).where(people.c.id == who)).scalar_one_or_none() if who else None
    return f"{name} ({post})" if post else name
