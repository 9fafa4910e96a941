"""How much time a case has in its present state, and the day by which it should leave it."""

from __future__ import annotations

from datetime import date

import msgspec

from policies.dates import days_after
from workflow.cases import Case
from workflow.definition import OnDate, Process
from workflow.office import Office


def time_for(office: Office, process: Process, case: Case, on: date) -> int | None:
    """Working days for the present state: the parameter in force, or what was left when the case was returned from it."""
    within = process.state[case.state].within
    if within is None:
        return None
    left = case.memory.get("days_left", {}).get(case.state)
    return int(office.policies.on(on)[within].value) if left is None else max(1, int(left))


def due_day(office: Office, process: Process, case: Case) -> date:
    """The day by which the present state should be left: counted from the day it was entered, or a day of the form."""
    state = process.state[case.state]
    days = time_for(office, process, case, case.entered_on)
    if days is not None:
        return office.count(case.entered_on, days, case.unit_id).due
    named = [named_day(office, case, rung.at) for rung in state.late if isinstance(rung.at, OnDate)]
    return min(named, default=case.entered_on)


def named_day(office: Office, case: Case, when: OnDate) -> date:
    """A day that the form names, moved as the rung says."""
    day = days_after(msgspec.convert(case.form[when.field], date, strict=False), when.plus)
    return office.next_working_day(day, case.unit_id) if when.working else day
