"""What is done about a letter that is late on its way: whoever it waits for is reminded, then it is shown to who stands above."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from policies.dates import written
from workflow import effects
from workflow.authority import Bench, Seat
from workflow.engine import Engine
from workflow.facts import Situation
from workflow.judging import THE_SYSTEM
from workflow.letters import signing
from workflow.letters.acting import lock_cases
from workflow.letters.route import UNDER_WAY
from workflow.letters.routing import asked, awaited, lay
from workflow.letters.words import begun_small
from workflow.recording import ESCALATED, record_letter
from workflow.tables import letters


def late_letters(conn: Connection, today: date) -> list[str]:
    """Letters under way whose step is due by today, and of which somebody is still to be reminded or told."""
    query = select(letters.c.id).where(or_(_to_remind_of(today), _to_escalate(today))).order_by(letters.c.id)
    return list(conn.execute(query).scalars())


def pass_letter_due(conn: Connection, engine: Engine, letter_id: str, at: datetime) -> tuple[bool, bool]:
    """Remind whoever a late letter waits for, and from the next working day show it to who stands above, who may act then.

    Each once a step, however many sweeps there are. Answers whether it reminded anybody, and whether it was shown to somebody.
    """
    office, shared = engine.office, lock_cases(conn, letter_id)
    row = signing.load(conn, letter_id)  # after its cases, as every act locks them
    lead = signing.lead_of(conn, row, shared)
    process = engine.registry.process(lead.process)
    bench = Bench(Situation(conn, office, process, lead, lead.form, at))
    today = office.day(at)
    reminded = escalated = False
    if _marked(conn, letter_id, _to_remind_of(today), "reminded_on", today):
        seats = awaited(bench, row._asdict()).seats
        asks = asked(bench, row._asdict(), seats)
        due = f"; tenggat {written(row.due_on)}."
        effects.tell(conn, lead.id, {who: text.removesuffix(".") + due for who, text in asks.items()}, at)
        reminded = bool(seats)
    shown_from = office.next_working_day(row.due_on + timedelta(days=1), lead.unit_id)
    if shown_from <= today and _marked(conn, letter_id, _to_escalate(today), "escalated_on", today):
        before = {seat.person_id for seat in awaited(bench, row._asdict()).seats}
        late = row._asdict() | {"escalated_on": today}
        new = tuple(seat for seat in lay(bench, late, at) if seat.person_id not in before)
        title = begun_small(process.letters[row.kind].title)
        says = f"{process.title}: {title} sudah lewat tenggat {written(row.due_on)}; mohon ditindaklanjuti."
        effects.tell(conn, lead.id, dict.fromkeys((seat.person_id for seat in new), says), at)
        more = {"due_on": row.due_on, "to": "superior", "waits": [_wait(seat) for seat in new]}
        for case in shared if new else ():
            record_letter(conn, case, ESCALATED, signing.told_of(late), THE_SYSTEM, None, at, more=more)
        escalated = bool(new)
    return reminded, escalated


def _wait(seat: Seat) -> dict[str, str]:
    return {"role": seat.role, "person": seat.person_id}


def _marked(conn: Connection, letter_id: str, still: ColumnElement[bool], mark: str, today: date) -> bool:
    """Mark a letter, unless another sweep was faster or the letter has moved on."""
    taken = conn.execute(update(letters).where(letters.c.id == letter_id, still).values({mark: today}))
    return taken.rowcount > 0


def _to_remind_of(today: date) -> ColumnElement[bool]:
    return and_(letters.c.state.in_(UNDER_WAY), letters.c.due_on <= today, letters.c.reminded_on.is_(None))


def _to_escalate(today: date) -> ColumnElement[bool]:
    return and_(letters.c.state.in_(UNDER_WAY), letters.c.due_on < today, letters.c.escalated_on.is_(None))
