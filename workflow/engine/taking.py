"""Taking a step that has been judged: the state moves, and everything that comes with it is written in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, insert, select, update
from transitions import Machine

from policies.dates import written
from workflow import cases, effects
from workflow.authority.bench import Bench, Seat, has_acted
from workflow.budgets import books
from workflow.cases import Case
from workflow.database import insert_or
from workflow.definition import Occupancy
from workflow.engine import seating, timing
from workflow.engine.entering import mark_entries, write_entry
from workflow.engine.evidence import FILE, Evidence, FileTold, IncomingTold, digest
from workflow.engine.joining import join
from workflow.engine.judgement import Actor, Judgement
from workflow.engine.machine import move
from workflow.engine.named_files import refuse_files_beyond, usable_files
from workflow.engine.parting import settle_places
from workflow.engine.posting import occupation, occupy, post
from workflow.engine.recording import OPENED, acting_seat, judged_payload, record, who_acted
from workflow.engine.succeeding import seat_successor, succeed
from workflow.facts import Situation
from workflow.filling import FileNamed, files_named
from workflow.forms import CHOICES, IncomingLetter
from workflow.hours.claims import book_hours
from workflow.incoming import enter, sender_named
from workflow.letters import issuing, leaving
from workflow.letters.words import begun_small
from workflow.sources.step import subject_row
from workflow.tables import file_cases, files, participants


@dataclass(frozen=True)
class Done:
    """A step that was taken: the case as it now is, the ids of the event and of the letters issued.

    ``asks_anew``: who is waited for may be others since, also in the cases that joined this one.
    """

    case: Case
    event: str
    letters: tuple[str, ...]
    asks_anew: bool = False


def begin(situation: Situation, actor: Actor, seat: Seat | None) -> Done:
    """Store a new case with its first event, task and deadlines. ``seat``: in which role somebody opens it for the subject."""
    conn, process, case, at = situation.conn, situation.process, situation.case, situation.at
    cases.add(conn, case)
    tied = tie(situation, files_named(process.form, case.form), actor)
    own = seat is None
    conn.execute(
        insert(participants).values(
            **seating.part(case.id, process.subject, at, person_id=case.subject_id, fixed=True, acted=own)
        )
    )
    if seat is not None:
        seating.mark_acted(conn, case.id, seat, at)
        # Whoever has no part in the draft is told of the case when it is handed in, as that step says.
        if any(process.subject in process.actors(step, case.state) for step in process.from_state(case.state)):
            says = f"{process.title}: {actor.name} menyiapkan berkas atas nama Anda. Periksa isinya, lalu ajukan."
            effects.tell(conn, case.id, {case.subject_id: says}, at)
    payload = {"actor": who_acted(actor, seat), "form": case.form, "to": case.state}
    payload |= {"cohort": situation.cohort} if situation.cohort else {}
    case, event = record(conn, case, case, OPENED, at, payload, Evidence(files=tied))
    _settle(Bench(replace(situation, case=case, cache={})), moved=True)
    return Done(case, event, ())


@dataclass
class Taken:
    """A step that has been carried out but for its letters and its event: others of the same act may share those letters."""

    judgement: Judgement
    actor: Actor
    acknowledged: tuple[str, ...]
    before: Case
    told: dict[str, Any]
    situation: Situation
    bench: Bench
    successor: Situation | None = None

    @property
    def part(self) -> issuing.Part:
        """What the issuing of letters needs to know of it."""
        heir = self.successor.case.id if self.successor else ""
        seat, state = acting_seat(self.judgement), self.situation.process.state[self.situation.case.state]
        gone_back = state.name == self.situation.process.initial and self.before.state != state.name
        return issuing.Part(
            self.situation,
            self.bench,
            self.actor.person_id,
            self.judgement.arrow.issues,
            role=seat.role if seat else "",
            drops=gone_back or (state.final and not state.carried_out),
            successor_id=heir,
        )


def carry_out(
    conn: Connection, machine: Machine, judgement: Judgement, actor: Actor, acknowledged: tuple[str, ...], at: datetime
) -> Taken:
    """Carry out a judged step: move the state, write entries and books, hold the days. ``conclude`` does the rest."""
    situation, arrow, before = judgement.situation, judgement.arrow, judgement.situation.case
    process, office = situation.process, situation.office
    state = move(machine, before.state, arrow.trigger, judgement.target)
    moved = state != before.state
    case = replace(
        before,
        state=state,
        form=situation.form,
        memory=_remember(before, judgement, state, office.day(at)),
        entered_on=office.day(at) if moved or arrow.restarts_clock else before.entered_on,
        closed_at=at if process.state[state].final else None,
    )
    if moved:
        case = timing.with_its_time(replace(situation, case=case, cache={}))
    seat = acting_seat(judgement)
    if seat is not None:
        seating.mark_acted(conn, case.id, seat, at)
        has_acted(situation, seat)
    held = books.standing(conn, case.id) if judgement.heir else []
    told: dict[str, Any] = {
        "files": _tie_files(judgement, actor),
        "incoming": _enter(conn, judgement, actor, at),
        "marked": mark_entries(conn, judgement, actor, at),
        "entry": write_entry(conn, judgement, actor, at),
        "posted": post(conn, judgement, at),
    }
    told |= book_hours(conn, judgement, told["marked"], told["entry"], at)
    occupy(conn, process, before, case)
    if arrow.joins:
        join(conn, process, arrow, case, at)
    if situation.cohort:
        situation.gone[case.id] = _gone(situation, case)
    after = replace(situation, case=case, cache={})
    taken = Taken(judgement, actor, acknowledged, before, told, after, Bench(after))
    if judgement.heir is not None:
        taken.successor = succeed(conn, judgement, judgement.heir, held, actor)
    return taken


def _gone(situation: Situation, case: Case) -> tuple[Row[Any], date, date] | None:
    """Who is away by a case as it is left, and when; None where nobody is."""
    held = occupation(situation.process, case)
    if held is None or held["stage"] != Occupancy.ABSENT:
        return None
    return subject_row(situation), held["from_on"], held["until_on"]


def conclude(conn: Connection, taken: Taken, issued: issuing.Issued, at: datetime) -> Done:
    """Record a step that was carried out, with the letters issued for it; seat whoever is waited for next, and tell them."""
    judgement, actor, bench, before = taken.judgement, taken.actor, taken.bench, taken.before
    arrow, case = judgement.arrow, taken.situation.case
    told = taken.told | {"letters": issued.letters, "dropped": issued.dropped, "left": issued.left}
    told["places"] = settle_places(taken.situation, before)
    payload = judged_payload(judgement, actor, taken.acknowledged, case.state)
    payload |= {"successor": taken.successor.case.id} if taken.successor else {}
    payload |= {"cohort": taken.situation.cohort} if taken.situation.cohort else {}
    case, event = record(conn, before, case, arrow.trigger, at, payload, Evidence(**told))
    moved = case.state != before.state
    waited: tuple[seating.Wait, ...] = ()
    if moved or arrow.once or arrow.once_each or arrow.asks_anew or arrow.restarts_clock:
        # Seats are the same as for the letters; what the conditions of steps ask is read anew.
        after = replace(taken.situation, case=case, cache={})
        waited = _settle(replace(bench, situation=after), moved=moved or arrow.restarts_clock)
    new = (wait for wait in waited if moved or wait.person_id == taken.judgement.appointed)
    _tell(conn, taken, case, tuple(new), at)
    if taken.successor is not None:
        _welcome(conn, taken, taken.successor, at)
    return Done(case, event, tuple(letter.id for letter in issued.letters), arrow.asks_anew)


def take(
    conn: Connection, machine: Machine, judgement: Judgement, actor: Actor, acknowledged: tuple[str, ...], at: datetime
) -> Done:
    """Take a judged step of one case, whole."""
    taken = carry_out(conn, machine, judgement, actor, acknowledged, at)
    (issued,) = issuing.issue([taken.part], at)
    return conclude(conn, taken, issued, at)


def _enter(conn: Connection, judgement: Judgement, actor: Actor, at: datetime) -> IncomingTold | None:
    """Put the paper that a step is recorded by into the book of incoming letters."""
    paper, situation = judgement.paper, judgement.situation
    if paper is None or actor.person_id is None:
        return None
    case = situation.case
    return enter(conn, paper, sender_named(situation), case.id, case.version + 1, actor.person_id, at)


def _settle(bench: Bench, *, moved: bool) -> tuple[seating.Wait, ...]:
    """Tasks and deadlines of the state that a case is in now; ``moved``: it was entered just now."""
    situation = bench.situation
    conn, office, process, case, at = situation.conn, situation.office, situation.process, situation.case, situation.at
    if process.state[case.state].final:
        seating.clear_tasks(conn, case.id)
        seating.clear_deadlines(conn, case.id)
        return ()
    if leaving.is_awaited(conn, process, case):
        # Nobody is asked, and no time runs, before the letter has left that is answered here.
        seating.clear_tasks(conn, case.id)
        seating.clear_deadlines(conn, case.id)
        return ()
    if moved:
        return seating.seat_anew(bench, process, case, seating.set_deadlines(conn, office, process, case, at), at)
    return seating.seat_tasks(bench, process, case, timing.due_day(office, process, case), at)[0]


def _remember(case: Case, judgement: Judgement, state: str, on: date) -> dict[str, Any]:
    """What the engine keeps between steps: returns, days left, what was done in this state, who was named."""
    arrow, memory = judgement.arrow, dict(case.memory)
    _remember_done(memory, case, judgement)
    if arrow.trigger in judgement.situation.process.dated:
        memory["law_on"] = {**memory.get("law_on", {}), arrow.trigger: on.isoformat()}
    if arrow.ends_period:
        memory["ended_on"] = judgement.situation.given[arrow.ends_period]
    _remember_changes(memory, case, judgement)
    if state == case.state:
        return memory
    for name in ("done", "done_by", "escalated", "asked", "handed"):
        memory.pop(name, None)
    days_left = {name: left for name, left in memory.get("days_left", {}).items() if name != case.state}
    if arrow.pauses_clock:
        left = _working_days_left(judgement, on)
        memory |= {"returned_from": case.state, "returned_form": case.form, "days_left": {**days_left, **left}}
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


def _remember_done(memory: dict[str, Any], case: Case, judgement: Judgement) -> None:
    """What is done once in a stay in the state, at all or by each."""
    arrow = judgement.arrow
    if arrow.once:
        memory["done"] = sorted({*memory.get("done", ()), arrow.trigger})
    if arrow.once_each and judgement.seat is not None:
        by = sorted({*seating.done_by(case, arrow), judgement.seat.person_id})
        memory["done_by"] = {**memory.get("done_by", {}), arrow.trigger: by}


def _remember_changes(memory: dict[str, Any], case: Case, judgement: Judgement) -> None:
    """Who was appointed, as long as the host stays; and how long the period was before a step made it longer."""
    process, form = judgement.situation.process, judgement.situation.form
    if judgement.arrow.appoints:
        role = next(role.name for role in process.roles if role.appointed)
        memory["appointed"] = {role: judgement.appointed} if judgement.appointed else {}
    if any(form.get(role.partner) != case.form.get(role.partner) for role in process.roles if role.partner):
        memory.pop("appointed", None)
    if (
        process.period
        and judgement.arrow.restarts_clock
        and form.get(process.period[1]) != case.form.get(process.period[1])
    ):
        memory["ended_before"] = case.form.get(process.period[1])


def _working_days_left(judgement: Judgement, on: date) -> dict[str, int]:
    """By the state, for which the clock is stopped; nothing where none runs."""
    situation = judgement.situation
    office, case = situation.office, situation.case
    if situation.process.state[case.state].within is None:
        return {}
    due, since = timing.due_day(office, situation.process, case), max(on, timing.runs_since(case))
    return {case.state: office.calendar.days_left(since, due, office.week(case.unit_id), case.unit_id)}


def _tie_files(judgement: Judgement, actor: Actor) -> tuple[FileTold, ...]:
    """Files that a step names, and the scan that it is recorded by, now belong to the case."""
    takes, paper = judgement.arrow.takes, judgement.paper
    named = files_named(takes, judgement.situation.given) if takes else ()
    if paper is not None:
        named += files_named(IncomingLetter, {"scan": paper.scan})
    signed = (each.paper for each in judgement.situation.on_paper.values() if each.paper is not None)
    named += tuple(FileNamed("scan", "Pindaian surat", each.scan_id) for each in signed)
    return tie(judgement.situation, named, actor)


def tie(situation: Situation, named: tuple[FileNamed, ...], actor: Actor) -> tuple[FileTold, ...]:
    """Tie files to a case. Answers those that were not tied to it before.

    A file belongs to one case; those who take a step together share what was handed in for it. Raises InvalidForm where
    another case has taken one since it was checked.
    """
    if not named:
        return ()
    conn, case_id, wanted = situation.conn, situation.case.id, {file.id for file in named}
    tie = update(files).where(files.c.id.in_(wanted), files.c.case_id.is_(None)).values(case_id=case_id)
    rows = list(conn.execute(tie.returning(*(files.c[name] for name in FILE))).mappings())
    rest = wanted - {row["id"] for row in rows}
    if rest:
        usable = usable_files(situation, rest, actor)
        refuse_files_beyond(wanted - rest | set(usable), named)
        shared = {file_id for file_id, of_case in usable.items() if of_case != case_id}
        if shared:
            conn.execute(_share_file(conn.dialect.name), [{"file_id": each, "case_id": case_id} for each in shared])
            rows += conn.execute(select(*(files.c[name] for name in FILE)).where(files.c.id.in_(shared))).mappings()
    return tuple(FileTold(id=row["id"], sha256=digest(FILE, row)) for row in sorted(rows, key=lambda row: row["id"]))


@cache
def _share_file(dialect: str) -> Executable:
    return insert_or(dialect, file_cases).on_conflict_do_nothing()


# --- Who is told -----------------------------------------------------------------------------------------------------


def _tell(conn: Connection, taken: Taken, case: Case, waited: tuple[seating.Wait, ...], at: datetime) -> None:
    """Messages to whoever waits next, and to those whom the step tells; never to the one who acted."""
    process, arrow = taken.situation.process, taken.judgement.arrow
    title = process.state[case.state].title
    asked = {wait.person_id: f"{process.title}: berkas berstatus “{title}” menunggu tindakan Anda." for wait in waited}
    told: dict[str, str] = {}
    within = leaving.beside(title, leaving.awaited_letters(conn, process, case)) if arrow.tells else title
    for role in arrow.tells:
        outside = taken.bench.is_outside(role)
        says = _news(taken, case, title if outside else within, tells_why=not outside)
        told |= {person_id: says for person_id in _told_as(conn, taken, case, role) if person_id not in asked | told}
    if taken.judgement.paper is not None:
        copy = _copy_of(taken, taken.judgement.paper)
        for role in (role.name for role in process.roles if role.partner):
            told |= dict.fromkeys((seat.person_id for seat in taken.bench.seats(role)), copy)
    asked = {person_id: says for person_id, says in asked.items() if person_id not in told}
    acted = taken.actor.person_id or ""
    if case.state != taken.before.state and case.subject_id not in {acted, *asked, *told}:
        effects.owe(conn, effects.STANDING, case.id, case.subject_id, {}, at)
    effects.tell(conn, case.id, {who: says for who, says in asked.items() if who != acted}, at, asks=effects.NEW_TASK)
    effects.tell(conn, case.id, {who: says for who, says in told.items() if who != acted}, at)


def _news(taken: Taken, case: Case, now: str, *, tells_why: bool) -> str:
    """What became of the case, by which step and by whom; where the step gives a reason, that it can be read."""
    process, arrow, seat = taken.situation.process, taken.judgement.arrow, acting_seat(taken.judgement)
    by = begun_small(process.role[seat.role].title) if seat else "sistem"
    stands = "sekarang" if case.state != taken.before.state else "tetap"
    why = tells_why and arrow.takes is not None and "reason" in arrow.takes.__struct_fields__
    says = f"{process.title}: berkas ini {stands} berstatus “{now}”. Langkah terakhir: {arrow.title}, oleh {by}."
    return f"{says} Alasannya dapat dibaca pada berkas." if why else says


def _told_as(conn: Connection, taken: Taken, case: Case, role: str) -> Iterator[str]:
    """The people of a role; of a host only those who were ever waited for: one that was never asked need not hear of the case."""
    seats = taken.bench.seats(role)
    if taken.situation.process.role[role].kind == "partner":
        query = select(participants.c.person_id).where(participants.c.case_id == case.id, participants.c.role == role)
        asked = set(conn.execute(query).scalars())
        seats = tuple(seat for seat in seats if seat.person_id in asked)
    yield from (seat.person_id for seat in seats)


def _copy_of(taken: Taken, paper: IncomingLetter) -> str:
    """What those are told for whom an answer was recorded: what was recorded, by which paper, and what they can do."""
    process, arrow = taken.situation.process, taken.judgement.arrow
    by = f"surat Nomor {paper.number}" if paper.number else CHOICES[paper.channel].lower()
    what = f"“{arrow.title}” dicatat oleh {taken.actor.name} atas nama instansi Anda menurut {by}"
    says = f"{process.title}: {what} tanggal {written(paper.dated_on)}."
    contest = process.arrow(taken.situation.case.state, "contest")
    return f"{says} Bila tidak sesuai, ajukan keberatan pada berkas ini." if contest else says


def _welcome(conn: Connection, taken: Taken, successor: Situation, at: datetime) -> None:
    """Seat whoever waits in a successor's case, and tell them and the successor."""
    process, case = successor.process, successor.case
    waited = seat_successor(Bench(successor))
    told = {
        wait.person_id: f"{process.title}: berkas berstatus “{process.state[case.state].title}” menunggu tindakan Anda."
        for wait in waited
    }
    told[case.subject_id] = f"{process.title}: Anda ditunjuk menggantikan peserta yang berhalangan."
    told.pop(taken.actor.person_id or "", None)
    effects.tell(conn, case.id, told, at)
