"""How much time a case has in its present state, and the day by which it should leave it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from policies.dates import days_after
from workflow.cases import Case
from workflow.definition import OnDate, Process, Remind, facts_of
from workflow.facts import Situation, gather
from workflow.office import Office


def runs_since(case: Case) -> date:
    """The day from which the time of the present state is counted: it was entered then, or a day that its facts name came later."""
    begins: str | None = case.memory.get("time_begins_on")
    return case.entered_on if begins is None else max(case.entered_on, date.fromisoformat(begins))


def with_its_time(situation: Situation) -> Case:
    """The case with the day that the facts of its state name (``State.runs_from``), as they stand now."""
    case, runs_from = situation.case, situation.process.state[situation.case.state].runs_from
    if runs_from is None and "time_begins_on" not in case.memory:
        return case
    memory = {name: value for name, value in case.memory.items() if name != "time_begins_on"}
    named = runs_from(gather(facts_of(runs_from), situation)) if runs_from else None
    return replace(case, memory={**memory, "time_begins_on": named.isoformat()} if named else memory)


def time_for(office: Office, process: Process, case: Case, on: date) -> int | None:
    """Working days for the present state: the parameter in force, or what was left when the case was returned from it."""
    within = process.state[case.state].within
    if within is None:
        return None
    left = case.memory.get("days_left", {}).get(case.state)
    return int(office.policies.on(on)[within].value) if left is None else max(1, int(left))


def due_day(office: Office, process: Process, case: Case) -> date:
    """The day by which the present state should be left: counted from the day since which it runs, or a day of the form."""
    state = process.state[case.state]
    days = time_for(office, process, case, case.entered_on)
    if days is not None:
        return office.count(runs_since(case), days, case.unit_id).due
    named = [(rung, named_day(office, case, rung.at)) for rung in state.late if isinstance(rung.at, OnDate)]
    # A reminder comes before the day that counts.
    acted_on = [day for rung, day in named if not isinstance(rung, Remind)]
    return min(acted_on or (day for _, day in named), default=case.entered_on)


def named_day(office: Office, case: Case, when: OnDate) -> date:
    """A day that the form names, moved as the rung says."""
    day = days_after(msgspec.convert(case.form[when.field], date, strict=False), when.plus)
    return office.next_working_day(day, case.unit_id) if when.working else day
