"""A case as it stood on a day gone by, as far as that decides who could act on it: told by its log and the history of posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from policies.dates import written
from workflow.audit import Event, events_of
from workflow.authority.bench import Acted
from workflow.authority.seat_queries import ACTED
from workflow.cases import Case
from workflow.engine.recording import ESCALATED, NAMED, TASK_MOVED
from workflow.errors import NotNow
from workflow.facts import Situation


def on_that_day(now: Situation, day: date, today: date) -> Situation:
    """The situation as it is today, or will be as far as that is known; or as the log tells that the case stood at a day's end.

    Raises NotNow for a day before the case was opened.
    """
    if day >= today:
        return now.standing_on(day)
    office, case, process = now.office, now.case, now.process
    told = [event for event in events_of(now.conn, case.id) if office.day(event.at) <= day]
    if not told:
        raise NotNow(f"Berkas ini belum dibuka pada {written(day)}.")
    stood = replace(case, state=process.initial, form={}, memory=_lasting(case.memory))
    for event in told:
        stood = _after(stood, event)
    then = replace(now.standing_on(day), case=stood, form=stood.form)
    acted: list[Any] = list(_acted(told))
    then.knows(acted, ACTED, case=case.id)
    return then


def _lasting(memory: dict[str, Any]) -> dict[str, Any]:
    """What a case remembers, without what its log tells day by day."""
    return {name: value for name, value in memory.items() if name not in (*_PASSING, "named")}


_PASSING = ("handed", "escalated", "asked")


def _after(case: Case, event: Event) -> Case:
    """A case once an event has happened, as far as that decides who may act."""
    payload, memory = event.payload or {}, dict(case.memory)
    if event.type == NAMED:
        memory["named"] = {**memory.get("named", {}), **payload.get("named", {})}
    elif event.type == TASK_MOVED:
        memory["handed"] = {**memory.get("handed", {}), **payload.get("named", {})}
    elif event.type == ESCALATED:
        to = payload.get("to", "")
        name, roles = ("escalated", [wait["role"] for wait in payload.get("waits", ())])
        if to and to != "superior":
            name, roles = "asked", [to]
        memory[name] = sorted({*memory.get(name, ()), *roles})
    state = payload["to"] if "from" in payload and "to" in payload else case.state
    if state != case.state:
        memory = {name: value for name, value in memory.items() if name not in _PASSING}
    return replace(case, state=state, form=payload.get("form", case.form), memory=memory)


def _acted(events: Iterable[Event]) -> Iterator[Acted]:
    """Who acted, and in whose name: as ``seating.mark_acted`` keeps it."""
    for event in events:
        actor = (event.payload or {}).get("actor", {})
        if actor.get("role") and actor.get("id"):
            yield Acted(actor["role"], actor["id"])
            for giver in actor.get("mandate", {}).get("givers", ()):
                yield Acted(actor["role"], giver, actor["name"])
