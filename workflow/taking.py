"""Taking a step that has been judged: the state moves, and everything that comes with it is written in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update
from transitions import Machine

from workflow import cases, effects, seating
from workflow.authority import Bench
from workflow.cases import Case
from workflow.definition import Process
from workflow.entering import mark_entries, write_entry
from workflow.evidence import FILE, Evidence, FileTold, digest
from workflow.facts import Situation
from workflow.filling import files_named
from workflow.judging import Actor, Judgement, refuse_files_beyond
from workflow.letters import issuing
from workflow.machine import move
from workflow.office import Office
from workflow.posting import credit, occupy, post
from workflow.recording import OPENED, judged_payload, record, who_acted
from workflow.tables import files, participants


def begin(conn: Connection, office: Office, process: Process, case: Case, actor: Actor, at: datetime) -> dict[str, Any]:
    """Store a new case with its first event, task and deadlines."""
    cases.add(conn, case)
    tied = _tie_files(conn, process.form, case.form, case.id)
    conn.execute(
        insert(participants).values(
            **seating.part(case.id, process.subject, at, person_id=case.subject_id, fixed=True, acted=True)
        )
    )
    payload = {"actor": who_acted(actor, None), "form": case.form, "to": case.state}
    case, event = record(conn, case, case, OPENED, at, payload, Evidence(files=tied))
    _settle(Bench(Situation(conn, office, process, case, case.form, at)), moved=True)
    return {"case_id": case.id, "state": case.state, "version": case.version, "events": (event,)}


def take(
    conn: Connection, machine: Machine, judgement: Judgement, actor: Actor, acknowledged: tuple[str, ...], at: datetime
) -> tuple[Case, str, list[str]]:
    """Carry out a judged step. Answers the case as it now is, the event's id and the letters issued."""
    situation, arrow, before = judgement.situation, judgement.arrow, judgement.situation.case
    process, office = situation.process, situation.office
    state = move(machine, before.state, arrow.trigger, judgement.target)
    memory = _remember(before, judgement, state, office.day(at))
    moved = state != before.state
    case = replace(
        before,
        state=state,
        form=situation.form,
        memory=memory,
        entered_on=office.day(at) if moved or arrow.restarts_clock else before.entered_on,
        closed_at=at if process.state[state].final else None,
    )
    if judgement.seat is not None:
        seating.mark_acted(conn, case.id, judgement.seat, at)
    told: dict[str, Any] = {
        "files": _tie_files(conn, arrow.takes, situation.given, case.id),
        "marked": mark_entries(conn, judgement, actor, at),
        "entry": write_entry(conn, judgement, actor, at),
        "posted": post(conn, judgement, at),
        "credited": credit(conn, judgement, at),
    }
    after = replace(situation, case=case, cache={})
    bench = Bench(after)
    issued = [issuing.issue(after, bench, letter, actor.person_id, at) for letter in arrow.issues]
    letters = tuple(letter for each in issued for letter in each.letters)
    told |= {"letters": letters, "dropped": tuple(letter_id for each in issued for letter_id in each.dropped)}
    payload = judged_payload(judgement, actor, acknowledged, state)
    case, event = record(conn, before, case, arrow.trigger, at, payload, Evidence(**told))
    occupy(conn, process, before, case)
    after = replace(after, case=case)
    waited: tuple[seating.Wait, ...] = ()
    if moved or arrow.once or arrow.restarts_clock:
        # Seats are the same as for the letters; what the conditions of steps ask is read anew.
        waited = _settle(replace(bench, situation=replace(after, cache={})), moved=moved or arrow.restarts_clock)
    _tell(conn, bench, judgement, case, waited if moved else (), actor, at)
    return case, event, [letter.id for letter in letters]


def _settle(bench: Bench, *, moved: bool) -> tuple[seating.Wait, ...]:
    """Tasks and deadlines of the state that a case is in now; ``moved``: it was entered just now."""
    situation = bench.situation
    conn, office, process, case, at = situation.conn, situation.office, situation.process, situation.case, situation.at
    if process.state[case.state].final:
        seating.clear_tasks(conn, case.id)
        seating.clear_deadlines(conn, case.id)
        return ()
    if moved:
        return seating.seat_anew(bench, process, case, seating.set_deadlines(conn, office, process, case, at), at)
    return seating.seat_tasks(bench, process, case, seating.due_day(office, process, case), at)[0]


def _remember(case: Case, judgement: Judgement, state: str, on: date) -> dict[str, Any]:
    """What the engine keeps between steps: returns, days left, what was done in this state, who was named."""
    arrow, memory = judgement.arrow, dict(case.memory)
    if arrow.once:
        memory["done"] = sorted({*memory.get("done", ()), arrow.trigger})
    if arrow.ends_period:
        memory["ended_on"] = judgement.situation.given[arrow.ends_period]
    if state == case.state:
        return memory
    for name in ("done", "escalated", "asked"):
        memory.pop(name, None)
    days_left = {name: left for name, left in memory.get("days_left", {}).items() if name != case.state}
    if arrow.pauses_clock:
        left = _working_days_left(judgement, on)
        memory |= {
            "returned_from": case.state,
            "returned_form": case.form,
            "days_left": {**days_left, case.state: left},
        }
    elif case.state == judgement.situation.process.initial:
        if memory.pop("returned_from", None) != state:
            days_left = {}
        memory.pop("returned_form", None)
        memory["days_left"] = days_left
    else:
        memory["days_left"] = days_left
    if not memory.get("days_left"):
        memory.pop("days_left", None)
    return memory


def _working_days_left(judgement: Judgement, on: date) -> int:
    situation = judgement.situation
    office, case = situation.office, situation.case
    due = seating.due_day(office, situation.process, case)
    return office.calendar.days_left(on, due, office.week(case.unit_id), case.unit_id)


def _tie_files(
    conn: Connection, struct: type[msgspec.Struct] | None, values: Mapping[str, Any], case_id: str
) -> tuple[FileTold, ...]:
    """Files that a form names now belong to the case. Answers those that were not tied to it before.

    Raises InvalidForm where another case has taken one since it was checked.
    """
    named = files_named(struct, values) if struct else ()
    if not named:
        return ()
    wanted = {file.id for file in named}
    tie = update(files).where(files.c.id.in_(wanted), files.c.case_id.is_(None)).values(case_id=case_id)
    rows = conn.execute(tie.returning(*(files.c[name] for name in FILE))).mappings().all()
    before = wanted - {row["id"] for row in rows}
    if before:
        ours = select(files.c.id).where(files.c.id.in_(before), files.c.case_id == case_id)
        refuse_files_beyond(wanted - before | set(conn.execute(ours).scalars()), named)
    return tuple(FileTold(id=row["id"], sha256=digest(FILE, row)) for row in sorted(rows, key=lambda row: row["id"]))


# --- Who is told -----------------------------------------------------------------------------------------------------


def _tell(
    conn: Connection,
    bench: Bench,
    judgement: Judgement,
    case: Case,
    waited: tuple[seating.Wait, ...],
    actor: Actor,
    at: datetime,
) -> None:
    """Messages to whoever waits next, and to those whom the step tells; never to the one who acted."""
    process, arrow = judgement.situation.process, judgement.arrow
    title = process.state[case.state].title
    told = {wait.person_id: f"{process.title}: menunggu tindakan Anda ({title})." for wait in waited}
    for role in arrow.tells:
        seats = bench.seats(role)
        if process.role[role].kind == "partner":
            asked = _asked(conn, case.id, role)
            seats = tuple(seat for seat in seats if seat.person_id in asked)
        for seat in seats:
            says = f"{process.title}: tindakan “{arrow.title}” sudah dilakukan. Status berkas sekarang: {title}."
            told.setdefault(seat.person_id, says)
    told.pop(actor.person_id or "", None)
    effects.tell(conn, case.id, told, at)


def _asked(conn: Connection, case_id: str, role: str) -> set[str | None]:
    """Those who were ever waited for in a role: a host that was never asked need not hear of the case."""
    query = select(participants.c.person_id).where(participants.c.case_id == case_id, participants.c.role == role)
    return set(conn.execute(query).scalars())
