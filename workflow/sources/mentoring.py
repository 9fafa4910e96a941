"""The sources of facts that only mentoring asks for: the mentor, the meetings, and what one asks of the other. See ``facts.py``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select

from policies.mentoring_turns import ASK_DAYS, Ask
from policies.records import Sanction
from workflow.engine.recorded_entries import Recorded, recorded
from workflow.engine.timing import due_day
from workflow.facts import NeedsFields, Situation, source
from workflow.sources.step import PERSON, SANCTIONS, subject_row
from workflow.tables import cases, events, participants

#: Where a mentor has agreed to guide somebody and has not finished.
GUIDED = ("agency_approval", "active", "paused", "replacement_consent")

# --- The mentor ------------------------------------------------------------------------------------------------------


@source()
def mentor_id(situation: Situation) -> str:
    """Whom the step asks about: the replacement that it names or that is asked already, else the mentor."""
    for values, name in ((situation.given, "new_mentor"), (situation.form, "new_mentor"), (situation.form, "mentor")):
        if values.get(name):
            return str(values[name])
    raise NeedsFields("mentor")


@source()
def current_mentor(situation: Situation) -> str:
    """The mentor as the case stands; empty where none is named yet."""
    return str(situation.form.get("mentor") or "")


def _row(situation: Situation, person_id: str) -> Row[Any] | None:
    return next(iter(situation.look_up(PERSON, person=person_id)), None)


def _asked(situation: Situation, column: str) -> Any:
    """What is recorded of whoever is asked about."""
    row = _row(situation, mentor_id(situation))
    return getattr(row, column) if row is not None else None


@source(attestable=True)
def mentor_status(situation: Situation) -> str | None:
    """Employment status of the mentor as imported; None where blank."""
    found: str | None = _asked(situation, "status")
    return found


@source()
def mentor_left_on(situation: Situation) -> date | None:
    """The first day on which whoever is asked about is no longer in service; None where none is known."""
    found: date | None = _asked(situation, "left_on")
    return found


@source()
def current_mentor_left_on(situation: Situation) -> date | None:
    """The same of the mentor as the case stands."""
    row = _row(situation, current_mentor(situation))
    found: date | None = row.left_on if row is not None else None
    return found


@source(attestable=True)
def mentor_sanctions(situation: Situation) -> tuple[Sanction, ...] | None:
    """Every disciplinary sanction of the mentor on record; None where no record ever said what there is."""
    rows = situation.look_up(SANCTIONS, person=mentor_id(situation))
    found = tuple(Sanction(row.level, row.from_on, row.until_on) for row in rows)
    return found if found or _asked(situation, "sanctions_known") else None


@source()
def mentor_asn_kind(situation: Situation) -> str | None:
    """PNS or PPPK."""
    found: str | None = _asked(situation, "asn_kind")
    return found


@source()
def mentor_grade(situation: Situation) -> str | None:
    """The mentor's rank as recorded."""
    found: str | None = _asked(situation, "grade")
    return found


@source()
def mentor_post(situation: Situation) -> str | None:
    """The mentor's post as recorded."""
    found: str | None = _asked(situation, "post")
    return found


@source()
def mentor_unit(situation: Situation) -> str | None:
    """Where the mentor as the case stands works today; None where none is named yet."""
    row = _row(situation, current_mentor(situation))
    found: str | None = row.unit_id if row is not None else None
    return found


@source()
def mentor_known_for(situation: Situation) -> tuple[str, ...]:
    """Competencies in which the mentor has guided others to the end."""
    done = _guided(situation, mentor_id(situation), ("completed",))
    return tuple(sorted({str(form.get("competency") or "") for form in done}))


def mentor_lock(situation: Situation) -> Iterable[str]:
    """The mentor that a step asks about, and the one asked to replace them: what counts their mentees or meetings waits."""
    named = (situation.given.get("new_mentor"), situation.form.get("new_mentor"), situation.form.get("mentor"))
    return {f"mentor:{person}" for person in named if person}


@source(locks=mentor_lock)
def other_mentees(situation: Situation) -> int:
    """How many others the mentor guides or has agreed to guide, this case apart."""
    return len(_guided(situation, mentor_id(situation), GUIDED))


def _guided(situation: Situation, person_id: str, states: tuple[str, ...]) -> list[dict[str, Any]]:
    """The requests of other cases in these states that name a person as mentor."""
    rows = situation.conn.execute(
        _GUIDED_BY,
        {"person": person_id, "process": situation.process.name, "case": situation.case.id, "states": states},
    )
    forms = (msgspec.json.decode(row.form) for row in rows)
    return [form for form in forms if form.get("mentor") == person_id]


_GUIDED_BY = (
    select(cases.c.id, cases.c.form)
    .join_from(participants, cases, participants.c.case_id == cases.c.id)
    .where(
        participants.c.person_id == bindparam("person"),
        # A replacement took part as such, and is the mentor since.
        participants.c.role.in_(("mentor", "new_mentor")),
        cases.c.process == bindparam("process"),
        cases.c.id != bindparam("case"),
        cases.c.state.in_(bindparam("states", expanding=True)),
    )
    .distinct()
)


# --- The mentee, and who opened the case -----------------------------------------------------------------------------


@source()
def mentee_id(situation: Situation) -> str:
    """Whom the case is about."""
    return situation.case.subject_id


@source()
def mentee_grade(situation: Situation) -> str | None:
    """The mentee's rank as recorded."""
    found: str | None = subject_row(situation).grade
    return found


@source()
def mentee_post(situation: Situation) -> str | None:
    """The mentee's post as recorded."""
    found: str | None = subject_row(situation).post
    return found


@source()
def opened_by(situation: Situation) -> str:
    """The role of whoever opened the case, as its first event tells; the mentee where that was erased."""
    rows = situation.look_up(_OPENING, case=situation.case.id)
    payload = msgspec.json.decode(rows[0].payload) if rows and rows[0].payload else {}
    return str(payload.get("actor", {}).get("role") or situation.process.subject)


_OPENING = select(events.c.payload).where(events.c.case_id == bindparam("case"), events.c.sequence == 1)


# --- The evaluation --------------------------------------------------------------------------------------------------


@source()
def evaluation_since(situation: Situation) -> date | None:
    """The day on which the evaluation began; None before it did."""
    return situation.case.entered_on if situation.case.state == "evaluation" else None


@source()
def evaluation_began_at(situation: Situation) -> datetime | None:
    """The moment at which the evaluation began, on the agency's clock; None before it did."""
    if situation.case.state != "evaluation":
        return None
    leading = {step.trigger for step in situation.process.transitions if step.to == "evaluation"}
    asked = {"case": situation.case.id, "types": sorted(leading)}
    at: datetime = situation.conn.execute(_BEGAN, asked).scalar_one()
    return at.astimezone(situation.office.zone)


_BEGAN = (
    select(events.c.at)
    .where(events.c.case_id == bindparam("case"), events.c.type.in_(bindparam("types", expanding=True)))
    .order_by(events.c.sequence.desc())
    .limit(1)
)


@source()
def mentee_evaluated(situation: Situation) -> bool:
    """Whether the mentee has said what they think of the mentor."""
    return bool(recorded(situation, "mentee_evaluation"))


@source()
def mentor_evaluated(situation: Situation) -> bool:
    """Whether the mentor has said what they think of the mentee."""
    return bool(recorded(situation, "mentor_evaluation"))


@source()
def evaluation_is_over(situation: Situation) -> bool:
    """Whether the time for evaluating has passed, or the case is closed."""
    case, process = situation.case, situation.process
    if process.state[case.state].final:
        return True
    return case.state == "evaluation" and due_day(situation.office, process, case) < situation.on


# --- What one asks of the other, and objections ----------------------------------------------------------------------

_ASKED = {"extension_ask": "extension", "pause_ask": "pause", "conclusion_ask": "conclusion"}
#: Whoever replaces a mentor is not bound by what was asked before.
_ANSWERED = ("ask_accepted", "ask_refused", "ask_lapsed", "replacement_consent")


def _latest(situation: Situation, kinds: Iterable[str]) -> Recorded | None:
    found = [entry for kind in kinds for entry in recorded(situation, kind)]
    return max(found, key=lambda entry: entry.written_at, default=None)


@source()
def agreed_to(situation: Situation) -> str:
    """What the step agrees to of what one asked of the other: extension or pause; empty where it is no such step."""
    asked = _latest(situation, _ASKED)
    agrees = situation.transition is not None and situation.transition.trigger == "accept_ask"
    return _ASKED[asked.kind] if agrees and asked is not None else ""


@source()
def awaits_agreement(situation: Situation) -> bool:
    """Whether another became mentor since the mentee agreed to be guided."""
    replaced, agreed = _latest(situation, ("replacement_consent",)), _latest(situation, ("mentee_consent",))
    return replaced is not None and (agreed is None or agreed.written_at < replaced.written_at)


@source()
def open_ask(situation: Situation) -> Ask | None:
    """What one of the two asked and the other has not answered, as long as the mentoring runs; None where nothing is."""
    asked, answered = _latest(situation, _ASKED), _latest(situation, _ANSWERED)
    if asked is None or situation.case.state != "active":
        return None
    if situation.on > msgspec.convert(situation.case.form["ends_on"], date, strict=False):
        return None  # what is not answered by its last day is moot
    if answered is not None and answered.written_at >= asked.written_at:
        return None
    ends_on = msgspec.convert(asked.data.get("new_ends_on"), date | None, strict=False)
    by = "mentee" if asked.written_by == situation.case.subject_id else "mentor"
    return Ask(_ASKED[asked.kind], by, asked.on_date, ends_on)


@source()
def working_days_asked(situation: Situation) -> int:
    """Working days since something was asked; none where nothing is."""
    ask = open_ask(situation)
    return _working_days_since(situation, ask.asked_on) if ask else 0


@source()
def ask_days(situation: Situation) -> int:
    """Working days that a question may go unanswered, by the law of the day."""
    return situation.law[ASK_DAYS].value


def _working_days_since(situation: Situation, day: date) -> int:
    unit_id, office = situation.case.unit_id, situation.office
    return office.calendar.working_days_between(day, situation.on, office.week(unit_id), unit_id)


@source()
def working_days_assigned(situation: Situation) -> int:
    """Working days since the mentor was assigned; none where none was."""
    approved = _latest(situation, ("approval",))
    return _working_days_since(situation, approved.on_date) if approved else 0


@source()
def objected(situation: Situation) -> bool:
    """Whether the head of the mentee's unit has objected before."""
    return bool(recorded(situation, "objection"))


@source()
def open_objection(situation: Situation) -> str:
    """Why the head of the mentee's unit objects, while nobody has answered."""
    raised, answered = _latest(situation, ("objection",)), _latest(situation, ("objection_answer",))
    is_open = raised is not None and (answered is None or answered.written_at < raised.written_at)
    return str(raised.data["reason"]) if raised is not None and is_open else ""
