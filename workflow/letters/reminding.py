"""Reminding of a letter that is late on its way: whoever it waits for first, then who stands above them, who may act as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from policies.dates import written
from workflow import effects
from workflow.authority.bench import Bench, Seat
from workflow.cases import Case
from workflow.engine.engine import Engine
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.recording import ESCALATED, record_letter
from workflow.facts import Situation
from workflow.letters import signing
from workflow.letters.acting import lock_cases
from workflow.letters.route import UNDER_WAY
from workflow.letters.routing import asked, awaited, lay
from workflow.letters.words import begun_small
from workflow.tables import letters


def late_letters(conn: Connection, today: date) -> list[str]:
    """Letters under way whose step is due by today, and of which somebody is still to be reminded or told."""
    query = select(letters.c.id).where(or_(_to_remind_of(today), _to_escalate(today))).order_by(letters.c.id)
    return list(conn.execute(query).scalars())


def pass_letter_due(conn: Connection, engine: Engine, letter_id: str, at: datetime) -> tuple[bool, bool]:
    """Remind whoever a late letter waits for, and from the next working day show it to who stands above, who may act then.

    Each once a step, however many sweeps there are. Answers whether it reminded anybody, and whether it was shown to somebody.
    """
    shared = lock_cases(conn, letter_id)
    row = signing.load(conn, letter_id)  # after its cases, as every act locks them
    lead = signing.lead_of(conn, row, shared)
    situation = Situation(conn, engine.office, engine.registry.process(lead.process), lead, lead.form, at)
    late = _Late(row, shared, Bench(situation).apart_from(case.subject_id for case in shared))
    reminded = _remind(late)  # before it is shown to others, who are told of their own
    return reminded, _escalate(late)


@dataclass(frozen=True)
class _Late:
    """A letter whose step is due, the cases that share it, and who may act on it."""

    row: Row[Any]
    shared: list[Case]
    bench: Bench

    @property
    def today(self) -> date:
        """The day, in the agency's zone."""
        return self.bench.situation.on


def _remind(late: _Late) -> bool:
    """Tell those it waits for by when it is due. Answers whether there is anybody."""
    row, bench = late.row, late.bench
    if not _marked(late, _to_remind_of(late.today), "reminded_on"):
        return False
    seats = awaited(bench, row._asdict()).seats
    due = f"; tenggat {written(row.due_on)}."
    asks = {who: text.removesuffix(".") + due for who, text in asked(bench, row._asdict(), seats).items()}
    effects.tell(bench.conn, bench.situation.case.id, asks, bench.situation.at, asks=effects.REMINDER)
    return bool(seats)


def _escalate(late: _Late) -> bool:
    """From the working day after, lay it before who stands above as well, and tell them. Answers whether there is anybody new."""
    row, bench, situation = late.row, late.bench, late.bench.situation
    shown_from = situation.office.next_working_day(row.due_on + timedelta(days=1), situation.case.unit_id)
    if shown_from > late.today or not _marked(late, _to_escalate(late.today), "escalated_on"):
        return False
    before = {seat.person_id for seat in awaited(bench, row._asdict()).seats}
    shown = row._asdict() | {"escalated_on": late.today}
    new = tuple(seat for seat in lay(bench, shown, situation.at) if seat.person_id not in before)
    title = begun_small(situation.process.letters[row.kind].title)
    says = f"{situation.process.title}: {title} sudah lewat tenggat {written(row.due_on)}; mohon ditindaklanjuti."
    told = dict.fromkeys((seat.person_id for seat in new), says)
    effects.tell(bench.conn, situation.case.id, told, situation.at, asks=effects.REMINDER)
    more = {"due_on": row.due_on, "to": "superior", "waits": [_wait(seat) for seat in new]}
    for case in late.shared if new else ():
        record_letter(bench.conn, case, ESCALATED, signing.told_of(shown), THE_SYSTEM, None, situation.at, more=more)
    return bool(new)


def _wait(seat: Seat) -> dict[str, str]:
    return {"role": seat.role, "person": seat.person_id}


def _marked(late: _Late, still: ColumnElement[bool], mark: str) -> bool:
    """Mark a letter, unless another sweep was faster or the letter has moved on."""
    of_letter = update(letters).where(letters.c.id == late.row.id, still)
    return late.bench.conn.execute(of_letter.values({mark: late.today})).rowcount > 0


def _to_remind_of(today: date) -> ColumnElement[bool]:
    return and_(letters.c.state.in_(UNDER_WAY), letters.c.due_on <= today, letters.c.reminded_on.is_(None))


def _to_escalate(today: date) -> ColumnElement[bool]:
    return and_(letters.c.state.in_(UNDER_WAY), letters.c.due_on < today, letters.c.escalated_on.is_(None))
