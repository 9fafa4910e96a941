"""Who a case waits for, and until when: tasks and deadlines as rows, written with the step that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, insert, select

from policies.dates import days_after
from workflow.authority.bench import Bench, Seat, administrators
from workflow.cases import Case
from workflow.database import insert_or
from workflow.definition import OnDate, Process, Remind, Rung, State, Transition, facts_of
from workflow.engine.timing import due_day, named_day, runs_since, time_for
from workflow.facts import NeedsFields, gather
from workflow.ids import new_id
from workflow.office import Office
from workflow.tables import deadlines, participants, tasks

#: The step that only administrators take: naming a person where nobody is left who may act.
NAME_SOMEONE = "name_someone"


@dataclass(frozen=True)
class Wait:
    """One person waited for in one role, with the triggers open to them."""

    role: str
    person_id: str
    triggers: tuple[str, ...]
    climbed: bool


def waits(bench: Bench, process: Process, case: Case) -> tuple[Wait, ...]:
    """Everyone a case waits for in its present state; administrators where a role has nobody left."""
    found: dict[tuple[str, str], Wait] = {}
    for role in (*process.state[case.state].waits, *case.memory.get("asked", ()), *process.at_times):
        if not bench.is_played(role):
            continue
        owed = tuple(
            t
            for t in process.from_state(case.state)
            if role in process.actors(t, case.state) and _is_asked_for(t, bench)
        )
        if not owed:
            continue
        seats = bench.seats(role)
        if not seats and process.role[role].is_one_person:
            continue  # nobody can be named in their place: others have a way out of such a state
        for seat in seats or administrators(bench):
            open_to = (
                tuple(t.trigger for t in owed if seat.person_id not in done_by(case, t)) if seats else (NAME_SOMEONE,)
            )
            if open_to:
                found.setdefault((role, seat.person_id), Wait(role, seat.person_id, open_to, seat.climbed))
    return tuple(found.values())


def done_by(case: Case, arrow: Transition) -> frozenset[str]:
    """Who has taken a step in this stay in the state that each takes once; nobody for other steps."""
    return frozenset(case.memory.get("done_by", {}).get(arrow.trigger, ())) if arrow.once_each else frozenset()


def _is_asked_for(transition: Transition, bench: Bench) -> bool:
    """Whether a step is still to be taken: owed to the state, not done already, and its own condition holds."""
    if transition.aside:
        return False
    if transition.once and transition.trigger in bench.situation.case.memory.get("done", ()):
        return False
    try:
        return transition.when is None or transition.when(gather(facts_of(transition.when), bench.situation))
    except NeedsFields:
        return True  # the form does not say yet: whoever takes the step is told what it needs


def seat_anew(bench: Bench, process: Process, case: Case, due_on: date, at: datetime) -> tuple[Wait, ...]:
    """Put the tasks of a state that was just entered in place of the last one's. Answers who is waited for."""
    waiting = waits(bench, process, case)
    clear_tasks(bench.conn, case.id)
    if waiting:
        bench.conn.execute(_NEW_TASK, [_task(case, wait, due_on, at) for wait in waiting])
        take_part(bench.conn, case.id, {(w.role, w.person_id) for w in waiting}, at)
    return waiting


def seat_tasks(bench: Bench, process: Process, case: Case, due_on: date, at: datetime) -> tuple[tuple[Wait, ...], bool]:
    """Make the tasks match who is waited for. Answers who that is, and whether it differs from before."""
    conn = bench.conn
    wanted = {(w.role, w.person_id): w for w in waits(bench, process, case)}
    standing = {(row.role, row.assignee_id): row for row in conn.execute(_STANDING, {"case": case.id})}
    same = {
        key
        for key, row in standing.items()
        if key in wanted and row.triggers == " ".join(wanted[key].triggers) and row.due_on == due_on
    }
    gone = [row.id for key, row in standing.items() if key not in same]
    if gone:
        conn.execute(delete(tasks).where(tasks.c.id.in_(gone)))
    new = [wait for key, wait in wanted.items() if key not in same]
    if new:
        conn.execute(_NEW_TASK, [_task(case, wait, due_on, at) for wait in new])
        take_part(conn, case.id, {(w.role, w.person_id) for w in new}, at)
    return tuple(wanted.values()), bool(gone or new)


def _task(case: Case, wait: Wait, due_on: date, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(at),
        "case_id": case.id,
        "role": wait.role,
        "assignee_id": wait.person_id,
        "triggers": " ".join(wait.triggers),
        "letter_id": None,
        "due_on": due_on,
        "opened_at": at,
        "escalated": wait.climbed,
    }


def assigned(conn: Connection, case_id: str, roles: Iterable[str]) -> dict[str, frozenset[str]]:
    """Who has the task of each of these roles now."""
    rows = conn.execute(select(tasks.c.role, tasks.c.assignee_id).where(tasks.c.case_id == case_id)).all()
    return {role: frozenset(row.assignee_id for row in rows if row.role == role) for role in roles}


def clear_tasks(conn: Connection, case_id: str) -> None:
    """Nobody is waited for any more; letters that still await a signature stay."""
    conn.execute(_CLEAR_TASKS, {"case": case_id})


def take_part(conn: Connection, case_id: str, who: set[tuple[str, str]], at: datetime) -> None:
    """Whoever is or was waited for takes part in the case, and so may see it."""
    rows = [part(case_id, role, at, person_id=person) for role, person in sorted(who)]
    if rows:
        conn.execute(_part_taken(conn.dialect.name), rows)


def part(case_id: str, role: str, at: datetime, **who: Any) -> dict[str, Any]:
    """A row of participants."""
    empty = dict.fromkeys(("person_id", "partner_id", "unit_id", "deputy_id", "until_at"))
    return (
        {"id": new_id(at), "case_id": case_id, "role": role, "since_at": at, "fixed": False, "acted": False}
        | empty
        | who
    )


def mark_acted(conn: Connection, case_id: str, seat: Seat, at: datetime) -> None:
    """Remember that a person used a role on a case, and in whose name: a separation holds against all of them from now on."""
    row = part(case_id, seat.role, at, person_id=seat.person_id, acted=True)
    conn.execute(_part_acted(conn.dialect.name), row)
    lent = [
        part(case_id, seat.role, at, person_id=giver, deputy_id=seat.person_id)
        for giver in seat.givers
        if giver != seat.person_id
    ]
    if lent:
        conn.execute(_part_lent(conn.dialect.name), lent)


# --- Deadlines -------------------------------------------------------------------------------------------------------


def set_deadlines(
    conn: Connection, office: Office, process: Process, case: Case, at: datetime, *, anew: bool = True
) -> date:
    """Put the ladder of the present state in place of what stood before. Answers the day it is due.

    ``anew``: the state was just entered; otherwise rungs that were passed stay passed, and only the days change.
    """
    passed: set[int] = set()
    if anew:
        conn.execute(_FORGET_DEADLINES, {"case": case.id})
    else:
        done = (deadlines.c.case_id == case.id, deadlines.c.done_at.is_not(None))
        passed = set(conn.execute(select(deadlines.c.rung).where(*done)).scalars())
        clear_deadlines(conn, case.id)
    due = due_day(office, process, case)
    rows = [
        {
            "id": new_id(at),
            "case_id": case.id,
            "state": case.state,
            "rung": number,
            "kind": type(rung).__name__.lower(),
            "falls_on": falls_on,
            "due_on": due,
            "done_at": None,
            "note": None,
        }
        for number, rung, falls_on in _ladder(office, process, case)
        if number not in passed
    ]
    if rows:
        conn.execute(_NEW_DEADLINE, rows)
    return due


def deadlines_moved(conn: Connection, case_id: str, due: date) -> bool:
    """Whether the day that was counted on is another by now: a decree came, the unit's week changed."""
    query = select(deadlines.c.due_on).where(deadlines.c.case_id == case_id, deadlines.c.done_at.is_(None))
    return bool(set(conn.execute(query).scalars()) - {due})


def clear_deadlines(conn: Connection, case_id: str) -> None:
    """No time runs any more."""
    conn.execute(_CLEAR_DEADLINES, {"case": case_id})


def _ladder(office: Office, process: Process, case: Case) -> Iterator[tuple[int, Rung, date]]:
    state: State = process.state[case.state]
    days = time_for(office, process, case, case.entered_on)
    for number, rung in enumerate(state.late):
        if isinstance(rung.at, OnDate):
            yield number, rung, named_day(office, case, rung.at)
        elif days is not None:
            share = max(1, round(days * rung.at))
            falls_on = office.count(runs_since(case), share, case.unit_id).due
            # A reminder comes on the day itself; what happens for lateness waits until the day is over.
            late = not isinstance(rung, Remind) and rung.at >= 1.0
            yield (
                number,
                rung,
                office.next_working_day(days_after(falls_on, 1), case.unit_id) if late else falls_on,
            )


def rung_of(process: Process, state: str, number: int) -> Rung:
    """The rung that a deadline row stands for."""
    return process.state[state].late[number]


# --- Statements, built once ------------------------------------------------------------------------------------------

_OF_CASE = tasks.c.case_id == bindparam("case")
_STANDING = select(tasks).where(_OF_CASE, tasks.c.letter_id.is_(None))
_CLEAR_TASKS = delete(tasks).where(_OF_CASE, tasks.c.letter_id.is_(None))
_NEW_TASK = insert(tasks)
_PART = (participants.c.case_id, participants.c.role, participants.c.person_id)
_FORGET_DEADLINES = delete(deadlines).where(deadlines.c.case_id == bindparam("case"))
_CLEAR_DEADLINES = _FORGET_DEADLINES.where(deadlines.c.done_at.is_(None))
_NEW_DEADLINE = insert(deadlines)


@cache
def _part_taken(dialect: str) -> Executable:
    return insert_or(dialect, participants).on_conflict_do_nothing(index_elements=_PART)


@cache
def _part_acted(dialect: str) -> Executable:
    return insert_or(dialect, participants).on_conflict_do_update(index_elements=_PART, set_={"acted": True})


@cache
def _part_lent(dialect: str) -> Executable:
    lent = insert_or(dialect, participants)
    return lent.on_conflict_do_update(index_elements=_PART, set_={"deputy_id": lent.excluded.deputy_id})
