"""Taking a step that has been judged: the state moves, and everything that comes with it is written in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update
from transitions import Machine

from workflow import audit, books, cases, effects, seating
from workflow.authority import Bench, Seat
from workflow.case_sources import chosen_entries
from workflow.cases import Case
from workflow.definition import Entry, Posting, Process, Transition
from workflow.facts import Situation
from workflow.filling import file_ids
from workflow.ids import new_id
from workflow.judging import Actor, Judged, Judgement
from workflow.letters import issuing
from workflow.letters.sources import credit_for
from workflow.machine import move
from workflow.office import Office
from workflow.tables import credits, entries, files, occupations, participants

OPENED, SIGNED, RESEATED, ESCALATED, NAMED = "opened", "letter_signed", "reseated", "escalated", "named"


def begin(conn: Connection, office: Office, process: Process, case: Case, actor: Actor, at: datetime) -> dict[str, Any]:
    """Store a new case with its first event, task and deadlines."""
    cases.add(conn, case)
    _tie_files(conn, process.form, case.form, case.id)
    conn.execute(
        insert(participants).values(
            **seating.part(case.id, process.subject, at, person_id=case.subject_id, fixed=True, acted=True)
        )
    )
    event = record(conn, case, OPENED, at, {"actor": who_acted(actor, None), "form": case.form, "to": case.state})
    case = replace(case, version=1)
    cases.store(conn, case, seen=0)
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
        version=before.version + 1,
        form=situation.form,
        memory=memory,
        entered_on=office.day(at) if moved or arrow.restarts_clock else before.entered_on,
        closed_at=at if process.state[state].final else None,
    )
    if judgement.seat is not None:
        seating.mark_acted(conn, case.id, judgement.seat, at)
    _tie_files(conn, arrow.takes, situation.given, case.id)
    written = _write_entries(conn, judgement, actor, at)
    posted = _post(conn, judgement, case, at)
    after = replace(situation, case=case, cache={})
    bench = Bench(after)
    letters = [each for letter in arrow.issues for each in issuing.issue(after, bench, letter, actor.person_id, at)]
    event = record(
        conn, before, arrow.trigger, at, _payload(judgement, actor, acknowledged, state, posted, written, letters)
    )
    cases.store(conn, case, seen=before.version)
    _occupy(conn, process, before, case)
    waited: tuple[seating.Wait, ...] = ()
    if moved or arrow.once or arrow.restarts_clock:
        waited = _settle(Bench(replace(after, cache={})), moved=moved or arrow.restarts_clock)
    _tell(conn, bench, judgement, case, waited if moved else (), actor, at)
    return case, event, letters


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


def _tie_files(conn: Connection, struct: type[msgspec.Struct] | None, values: Mapping[str, Any], case_id: str) -> None:
    """Files that a form names now belong to the case."""
    named = file_ids(struct, values) if struct else ()
    if named:
        conn.execute(update(files).where(files.c.id.in_(named), files.c.case_id.is_(None)).values(case_id=case_id))


# --- Entries ---------------------------------------------------------------------------------------------------------


def _write_entries(conn: Connection, judgement: Judgement, actor: Actor, at: datetime) -> dict[str, Any]:
    """Write the entry of a step, and mark those that it chooses. Answers what was done, for the event."""
    arrow, situation = judgement.arrow, judgement.situation
    done: dict[str, Any] = {}
    if arrow.marks is not None:
        chosen = [entry.number for entry in chosen_entries(situation, arrow.marks.entry.name)]
        _mark(conn, situation.case.id, arrow.marks.entry.name, chosen, arrow.marks.status, actor, at)
        done["marked"] = {"kind": arrow.marks.entry.name, "status": arrow.marks.status, "numbers": chosen}
    if arrow.writes is not None and judgement.filled is not None:
        done["entry"] = {"kind": arrow.writes.name, "number": _write(conn, judgement, arrow.writes, actor, at)}
    return done


def _write(conn: Connection, judgement: Judgement, entry: Entry, actor: Actor, at: datetime) -> int:
    situation = judgement.situation
    data: dict[str, Any] = msgspec.to_builtins(judgement.filled)
    on = msgspec.convert(data[entry.date], date, strict=False) if entry.date else situation.on
    rows = conn.execute(
        select(entries.c.number, entries.c.on_date, entries.c.status).where(
            entries.c.case_id == situation.case.id, entries.c.kind == entry.name
        )
    ).all()
    if entry.one_a_day:
        replaced = [row.number for row in rows if row.on_date == on and row.status == "written"]
        _mark(conn, situation.case.id, entry.name, replaced, "corrected", actor, at)
    number = max((row.number for row in rows), default=0) + 1
    conn.execute(
        insert(entries).values(
            id=new_id(at),
            case_id=situation.case.id,
            kind=entry.name,
            number=number,
            status="written",
            on_date=on,
            data=msgspec.json.encode(data).decode(),
            written_by=actor.person_id,
            written_at=at,
        )
    )
    return number


def _mark(
    conn: Connection, case_id: str, kind: str, numbers: list[int], status: str, actor: Actor, at: datetime
) -> None:
    if numbers:
        conn.execute(
            update(entries)
            .where(entries.c.case_id == case_id, entries.c.kind == kind, entries.c.number.in_(numbers))
            .values(status=status, marked_by=actor.person_id, marked_at=at)
        )


# --- Books and days --------------------------------------------------------------------------------------------------


def _post(conn: Connection, judgement: Judgement, case: Case, at: datetime) -> list[str]:
    """The movements that a step owes to the books. Answers them as sentences, for the event."""
    situation = judgement.situation
    done: list[books.Movement] = []
    line, form = situation.form.get("budget_line") or None, situation.form
    for posting in judgement.arrow.posts:
        if posting is Posting.RESERVE:
            amount = int(form.get("estimate", 0)) if form.get("funding") == "agency_budget" else 0
            done += books.reserve(conn, case.id, line if amount else None, amount, at)
        elif posting is Posting.COMMIT:
            done += books.commit(conn, case.id, at)
        elif posting is Posting.SPEND:
            done += books.spend(conn, case.id, line, int(situation.given.get("cost") or 0), at)
        elif posting is Posting.RELEASE:
            done += books.release(conn, case.id, at)
    said = [f"{movement.says}: {movement.amount}" for movement in done]
    if Posting.CREDIT in judgement.arrow.posts:
        said += _credit(conn, situation, judgement.arrow, at)
    return said


def _credit(conn: Connection, situation: Situation, arrow: Transition, at: datetime) -> list[str]:
    """Credit the hours of an activity, once: by the conversion table, or by the step's own parameter. Nothing for none."""
    if arrow.credits is not None:
        value = situation.law[arrow.credits]
        hours, by = value.value, value.by
    else:
        worth = credit_for(situation)
        hours, by = worth.hours, worth.value.by
    if hours == 0:
        return []
    conn.execute(
        insert(credits).values(
            id=new_id(at),
            person_id=situation.case.subject_id,
            case_id=situation.case.id,
            activity=situation.process.activity,
            year=situation.on.year,
            hours=hours,
            by=by,
            posted_at=at,
        )
    )
    return [f"Dicatat {hours} JP ({by})"]


def _occupy(conn: Connection, process: Process, before: Case, case: Case) -> None:
    """Hold the participant's days as the state says: held, absent, or free again."""
    was, now = _occupation(process, before), _occupation(process, case)
    if was == now:
        return
    if was is not None:
        conn.execute(delete(occupations).where(occupations.c.case_id == case.id))
    if now is not None:
        conn.execute(insert(occupations).values(case_id=case.id, person_id=case.subject_id, kind="full", **now))


def _occupation(process: Process, case: Case) -> dict[str, Any] | None:
    """The days that a case holds of its subject; None where it holds none."""
    stage = process.state[case.state].occupies
    first, last = (case.form.get(name) for name in process.period or ("", ""))
    if stage is None or not first or not last:
        return None
    until = case.memory.get("ended_on") or last
    return {"stage": stage.value, "from_on": date.fromisoformat(first), "until_on": date.fromisoformat(until)}


# --- What is told and recorded ---------------------------------------------------------------------------------------


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


def record(conn: Connection, case: Case, type_: str, at: datetime, payload: dict[str, Any]) -> str:
    """Write an event of a case; the caller counts its version. Answers the event's id."""
    return str(audit.append(conn, case.id, type_, at, payload).id)


def who_acted(actor: Actor, seat: Seat | None) -> dict[str, Any]:
    """Who acted, in which role and capacity; with a mandate, also for which post and in the place of whom."""
    who: dict[str, Any] = {"id": actor.person_id, "name": actor.name}
    if seat is not None:
        who["role"] = seat.role
        if seat.title:
            who["post"] = seat.title
        if seat.mandate:
            who["mandate"] = {"kind": seat.mandate, "id": seat.mandate_id, "for": seat.title}
            if seat.lent_by:
                who["mandate"]["of"] = seat.lent_by
        if seat.climbed:
            who["in_place"] = True
    return who


def _payload(
    judgement: Judgement,
    actor: Actor,
    acknowledged: tuple[str, ...],
    state: str,
    posted: list[str],
    written: dict[str, Any],
    letters: list[str],
) -> dict[str, Any]:
    """All that must be known to explain the step and to judge it again."""
    payload: dict[str, Any] = {
        "actor": who_acted(actor, judgement.seat),
        "from": judgement.situation.case.state,
        "to": state,
        "given": _exact(judgement.situation.given),
        "form": judgement.situation.form,
        "law_on": judgement.situation.on,
        "decisions": [decided(judged) for judged in judgement.judged],
    }
    optional = {
        "acknowledged": [r.rule for r in judgement.warnings if r.rule in acknowledged],
        "posted": posted,
        "letters": letters,
        **written,
    }
    return payload | {name: value for name, value in optional.items() if value}


def _exact(value: Any) -> Any:
    """Numbers with a fraction as text: what is hashed holds no floats."""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, dict):
        return {name: _exact(part) for name, part in value.items()}
    return [_exact(part) for part in value] if isinstance(value, list | tuple) else value


def decided(judged: Judged) -> dict[str, Any]:
    """A rule's answer as the event keeps it: facts, revision, reasons, and each parameter's value, date and citation."""
    return {
        "rule": judged.rule.name,
        "revision": judged.rule.revision,
        "facts": msgspec.to_builtins(judged.facts),
        "grade": judged.decision.grade.value,
        "reasons": [
            {"grade": r.grade.value, "says": r.says, "by": list(r.by), "remedy": r.remedy}
            for r in judged.decision.reasons
        ],
        "used": [
            {"parameter": v.parameter, "value": v.value, "since": v.since, "by": v.by} for v in judged.used.values()
        ],
    }


def record_signing(
    conn: Connection, case: Case, row: Row[Any], number: str, seat: Seat, actor: Actor, at: datetime
) -> dict[str, Any]:
    """The event of a letter that was signed; the case itself stays where it is."""
    payload = {
        "actor": who_acted(actor, seat),
        "letter": {"id": row.id, "kind": row.kind, "number": number},
        "state": case.state,
    }
    event = record(conn, case, SIGNED, at, payload)
    seating.mark_acted(conn, case.id, seat, at)
    moved = replace(case, version=case.version + 1)
    cases.store(conn, moved, seen=case.version)
    return {"case_id": case.id, "state": case.state, "version": moved.version, "events": (event,), "letters": (row.id,)}
