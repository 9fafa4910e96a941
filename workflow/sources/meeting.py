"""What the rules of mentoring ask about meetings: the one filled in, and those that were logged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from policies.mentoring_conduct import Meeting
from workflow.engine.recorded_entries import Recorded, recorded
from workflow.facts import NeedsFields, Situation, source
from workflow.references import reference_of
from workflow.sources.mentoring import current_mentor, current_mentor_left_on, mentor_lock
from workflow.tables import entries, participants

#: What stands of the meetings that were logged.
STANDING = ("written", "disputed", "confirmed")


@source()
def now(situation: Situation) -> datetime:
    """The moment of the step, on the agency's clock."""
    return situation.at.astimezone(situation.office.zone)


def _moment(situation: Situation, values: dict[str, Any], name: str) -> datetime:
    """An instant that was filled in, on the agency's clock."""
    if not values.get(name):
        raise NeedsFields(name)
    return msgspec.convert(values[name], datetime, strict=False).astimezone(situation.office.zone)


@source()
def met_from(situation: Situation) -> datetime:
    """When the meeting began, as filled in."""
    return _moment(situation, situation.given, "starts_at")


@source()
def met_until(situation: Situation) -> datetime:
    """When it ended, as filled in."""
    return _moment(situation, situation.given, "ends_at")


@source()
def met_on(situation: Situation) -> date:
    """The day on which it began."""
    return met_from(situation).date()


@source(locks=mentor_lock)
def other_meetings(situation: Situation) -> tuple[Meeting, ...]:
    """Meetings that the mentor logged, on this case or another, and that touch the time of the one filled in."""
    starts, ends = met_from(situation), met_until(situation)
    asked = {"mentor": current_mentor(situation), "day": starts.date()}
    # A meeting with several mentees is corrected with each alone: the others may stand as they were logged.
    before = {tuple(_moment(situation, each.data, name) for name in _SPAN) for each in _written_anew(situation)}
    found = [
        _meeting(situation, row)
        for row in situation.conn.execute(_MEETINGS, asked)
        if (row.case_id, row.number) != (situation.case.id, situation.given.get("number"))
    ]
    touching = (each for each in found if each.starts_at < ends and starts < each.ends_at)
    return tuple(each for each in touching if each.own_case or (each.starts_at, each.ends_at) not in before)


_SPAN = ("starts_at", "ends_at")


def _written_anew(situation: Situation) -> list[Recorded]:
    """The meeting that the step corrects, as it was logged each time, the last first; none where it corrects none."""
    logged = {entry.number: entry for entry in recorded(situation, "session")}
    chain: list[Recorded] = []
    number = situation.given.get("number") if situation.transition and situation.transition.corrects else None
    while isinstance(number, int) and number in logged:
        chain.append(logged[number])
        number = logged[number].instead_of
    return chain


@source()
def logged_on(situation: Situation) -> date:
    """The day on which the meeting was logged for the first time; that of the step where it is now."""
    chain = _written_anew(situation)
    return chain[-1].on_date if chain else situation.on


def _meeting(situation: Situation, row: Any) -> Meeting:
    data = msgspec.json.decode(row.data)
    starts, ends = (_moment(situation, data, name) for name in _SPAN)
    return Meeting(starts, ends, reference_of(row.case_id), row.case_id == situation.case.id)


# By way of the mentor's cases, as those are found by an index.
_MEETINGS = (
    select(entries.c.case_id, entries.c.number, entries.c.data)
    .where(
        entries.c.case_id.in_(select(participants.c.case_id).where(participants.c.person_id == bindparam("mentor"))),
        entries.c.kind == "session",
        entries.c.status.in_(STANDING),
        entries.c.written_by == bindparam("mentor"),
        # Nobody logs a meeting before its day.
        entries.c.on_date >= bindparam("day"),
    )
    .order_by(entries.c.case_id, entries.c.number)
)


def _chosen(situation: Situation) -> tuple[int, ...]:
    """Nothing can be asked of them before some are chosen."""
    given = situation.given.get("numbers") or (situation.given.get("number"),)
    numbers = tuple(sorted({number for number in given if isinstance(number, int)}))
    if not numbers:
        takes = situation.transition.takes if situation.transition else None
        raise NeedsFields("number" if takes is not None and "number" in takes.__struct_fields__ else "numbers")
    return numbers


@source()
def chosen_meetings(situation: Situation) -> tuple[int, ...]:
    """The numbers of logged meetings that the step chooses."""
    return _chosen(situation)


@source()
def stray_meetings(situation: Situation) -> tuple[int, ...]:
    """Those of them at which it cannot be taken, as they are not there or not open."""
    marks = situation.transition.marks if situation.transition else None
    statuses = marks.from_ if marks else ("written", "disputed")
    open_ = {entry.number for entry in recorded(situation, "session") if entry.status in statuses}
    return tuple(number for number in _chosen(situation) if number not in open_)


@source()
def meetings_of_another(situation: Situation) -> tuple[int, ...]:
    """Those of them that somebody else logged than the mentor as the case stands."""
    mentor = current_mentor(situation)
    others = {entry.number for entry in recorded(situation, "session") if entry.written_by != mentor}
    return tuple(number for number in _chosen(situation) if number in others)


@source()
def own_open_meetings(situation: Situation) -> int:
    """How many meetings that the mentor as the case stands logged are not confirmed."""
    mentor, logged = current_mentor(situation), recorded(situation, "session")
    return sum(entry.status in ("written", "disputed") and entry.written_by == mentor for entry in logged)


@source()
def orphaned_meetings(situation: Situation) -> tuple[int, ...]:
    """The numbers of disputed meetings whose mentor was replaced or has left, so that nobody is there to mend them."""
    left = current_mentor_left_on(situation)
    mentor = current_mentor(situation) if left is None or left > situation.on else ""
    logged = recorded(situation, "session")
    return tuple(entry.number for entry in logged if entry.status == "disputed" and entry.written_by != mentor)


def _in_status(situation: Situation, status: str) -> int:
    return sum(entry.status == status for entry in recorded(situation, "session"))


@source()
def unconfirmed_meetings(situation: Situation) -> int:
    """How many logged meetings await the mentee."""
    return _in_status(situation, "written")


@source()
def disputed_meetings(situation: Situation) -> int:
    """How many the mentee disputes."""
    return _in_status(situation, "disputed")


@source()
def confirmed_meetings(situation: Situation) -> int:
    """How many the mentee has confirmed."""
    return _in_status(situation, "confirmed")
