"""Seating a case anew: when those who are waited for have changed, when time has passed, when an administrator names somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from policies.dates import written
from policies.wording import with_full_stop
from workflow import effects
from workflow.authority.bench import ADMINISTRATORS, Bench, administrators
from workflow.authority.seat_queries import MEMBERS
from workflow.definition import SYSTEM, Transition, facts_of
from workflow.engine import seating, timing
from workflow.engine.evidence import Evidence
from workflow.engine.judging import THE_SYSTEM, Actor
from workflow.engine.parting import settle_listed
from workflow.engine.recording import ESCALATED, NAMED, RESEATED, TASK_MOVED, record, who_acted
from workflow.errors import NotYours
from workflow.facts import NeedsFields, Situation, gather
from workflow.letters import leaving, routing
from workflow.people.person import OUTSIDERS
from workflow.tables import people, tasks


def reseated(situation: Situation) -> bool:
    """Who waits and until when, worked out anew; an event is written if that differs."""
    before, case = situation.case, timing.with_its_time(situation)
    waited, changed = _seat(replace(situation, case=case, cache={}) if case != before else situation)
    places = settle_listed(situation)
    if changed or places or case != before:
        payload = {"actor": who_acted(THE_SYSTEM, None), "waits": _listed(waited)}
        record(situation.conn, before, case, RESEATED, situation.at, payload, Evidence(places=places))
    return changed or bool(places) or case != before


def named(situation: Situation, actor: Actor, people_by_role: Mapping[str, str], reason: str = "") -> bool:
    """An administrator names a person for each role that nobody else can play. Raises NotYours.

    Where somebody can, the task is moved to the one who is named: they must be able to play it as well, and ``reason`` says why.
    """
    case = situation.case
    moved = {
        role: person_id
        for role, person_id in people_by_role.items()
        if not _check_naming(situation, actor, role, person_id, reason)
    }
    named_now = {role: person_id for role, person_id in people_by_role.items() if role not in moved}
    memory = {**case.memory}
    for name, chosen in (("handed", moved), ("named", named_now)):
        if chosen:
            memory[name] = {**memory.get(name, {}), **chosen}
    before = seating.assigned(situation.conn, case.id, moved)
    situation = replace(situation, case=replace(case, memory=memory), cache={})
    waited, _ = _seat(situation)
    payload = {"actor": who_acted(actor, None), "waits": _listed(waited), "named": dict(people_by_role)}
    if reason:
        payload["why"] = reason
    _recorded(situation, TASK_MOVED if moved else NAMED, payload)
    _tell_of_move(situation, moved, before, reason)
    return True


def _tell_of_move(
    situation: Situation, moved: Mapping[str, str], before: Mapping[str, frozenset[str]], reason: str
) -> None:
    """Whoever had a task learns that it was taken from them, and whoever has it now that they do, both why."""
    process = situation.process
    says: dict[str, str] = {}
    for role, person_id in moved.items():
        (name,) = situation.conn.execute(select(people.c.name).where(people.c.id == person_id)).scalars()
        task = f"{process.title}: tugas sebagai {process.role[role].title}"
        why = with_full_stop(f"Alasannya: {reason}")
        says |= dict.fromkeys(
            before[role] - {person_id}, f"{task} dipindahkan administrator dari Anda kepada {name}. {why}"
        )
        says[person_id] = f"{task} dipindahkan administrator kepada Anda. {why}"
    effects.tell(situation.conn, situation.case.id, says, situation.at)


def due_at_once(situation: Situation) -> Iterator[Transition]:
    """The steps that the system takes of itself now, as their condition holds."""
    for step in situation.process.from_state(situation.case.state):
        if step.at_once and step.when is not None:
            with suppress(NeedsFields):  # what the case does not say yet, does not hold
                if step.when(gather(facts_of(step.when), situation)):
                    yield step


def asking(situation: Situation, step: Transition) -> Situation:
    """The same, with everybody asked who may take a step besides the system."""
    case = situation.case
    roles = set(situation.process.actors(step, case.state)) - {SYSTEM}
    asked = sorted(roles.union(case.memory.get("asked", ())) - set(situation.process.state[case.state].waits))
    return replace(situation, case=replace(case, memory={**case.memory, "asked": asked}), cache={})


def escalated(situation: Situation, memory: dict[str, Any], *, late_by: date, to: str) -> None:
    """Seat a late case anew with those it is now shown to, tell them, and record it. ``memory``: the case's, with who is asked."""
    process, case = situation.process, situation.case
    before = {wait.person_id for wait in seating.waits(Bench(situation), process, case)}
    situation = replace(situation, case=replace(case, memory=memory), cache={})
    bench = Bench(situation)
    due = timing.due_day(situation.office, process, situation.case)
    waited, _ = seating.seat_tasks(bench, process, situation.case, due, situation.at)
    new = [wait for wait in waited if wait.person_id not in before]
    asked = {seat.person_id for seat in bench.seats(to)} if to else set()
    seating.take_part(situation.conn, case.id, {(to, person_id) for person_id in asked}, situation.at)
    title = process.state[case.state].title
    says = f"{process.title}: berkas berstatus “{title}” sudah lewat tenggat {written(late_by)}; mohon ditindaklanjuti."
    told = {wait.person_id for wait in new} | asked
    effects.tell(situation.conn, case.id, dict.fromkeys(told, says), situation.at, asks=effects.REMINDER)
    payload = {
        "actor": who_acted(THE_SYSTEM, None),
        "due_on": late_by,
        "to": to or "superior",
        "waits": _listed(tuple(new)),
    }
    _recorded(situation, ESCALATED, payload)


def _seat(situation: Situation) -> tuple[tuple[seating.Wait, ...], bool]:
    """Tasks of the case and its letters, and its deadlines, as they should be. Answers who waits, and whether that differs."""
    conn, process, case, at = situation.conn, situation.process, situation.case, situation.at
    bench = Bench(situation)
    changed = routing.reseat_letters(bench, case.id, at)
    if process.state[case.state].final or leaving.is_awaited(conn, process, case):
        return (), changed
    due = timing.due_day(situation.office, process, case)
    if seating.deadlines_moved(conn, case.id, due):
        seating.set_deadlines(conn, situation.office, process, case, at, anew=False)
        changed = True
    waited, differs = seating.seat_tasks(bench, process, case, due, at)
    return waited, changed or differs


def _listed(waited: tuple[seating.Wait, ...]) -> list[dict[str, str]]:
    return [{"role": wait.role, "person": wait.person_id} for wait in waited]


def _recorded(situation: Situation, kind: str, payload: dict[str, Any]) -> None:
    record(situation.conn, situation.case, situation.case, kind, situation.at, payload, Evidence())


def _check_naming(situation: Situation, actor: Actor, role: str, person_id: str, reason: str) -> bool:
    """Whether the role has nobody left, so that anybody of the staff may be named for it. Raises NotYours.

    Only administrators name, and never themselves, nor whom a separation keeps away.
    """
    process, case = situation.process, situation.case
    never = require_administrator(situation, actor)
    if role not in process.role or process.role[role].is_one_person:
        raise NotYours(f"Peran “{role}” tidak dapat ditunjuk; pilih salah satu peran lain pada proses ini.")
    asked = set(situation.conn.execute(select(tasks.c.role).where(tasks.c.case_id == case.id)).scalars())
    if role not in asked:
        raise NotYours(f"Berkas ini tidak sedang menunggu {process.role[role].title}.")
    unnamed = {name: value for name, value in case.memory.items() if name not in ("named", "handed")}
    bench = Bench(replace(situation, case=replace(case, memory=unnamed), cache={}))
    if bench.seats(role):
        _check_moving(bench, role, person_id, never, reason)
        return False
    title = process.role[role].title
    if bench.is_outside(role):
        raise NotYours(
            "Yang menjawab atas nama mitra adalah narahubungnya; daftarkan narahubung mitra itu lebih dahulu."
        )
    query = select(people.c.kind, people.c.left_on).where(people.c.id == person_id)
    row = situation.conn.execute(query).one_or_none()
    here = row is not None and row.kind not in OUTSIDERS and (row.left_on is None or row.left_on > situation.on)
    if not here or person_id in bench.barred(role) or person_id in never:
        raise NotYours(
            "Yang ditunjuk harus pegawai yang masih bertugas, bukan pemohon, bukan administrator, "
            f"dan tidak berperan pada pihak yang harus terpisah dari {title}."
        )
    return True


def require_administrator(situation: Situation, actor: Actor) -> set[str]:
    """The ids of all administrators, of whom none takes a task that was moved. Raises NotYours for those who may not move it."""
    bench = Bench(situation)
    if actor.person_id not in {seat.person_id for seat in administrators(bench)}:
        raise NotYours(
            "Hanya administrator, dan bukan untuk berkas yang ia sendiri menjadi pihaknya, yang dapat menunjuk orang. Mintalah "
            "administrator lain."
        )
    return {row.id for row in bench.look_up(MEMBERS, group=ADMINISTRATORS, unit="")}


def _check_moving(bench: Bench, role: str, person_id: str, never: Collection[str], reason: str) -> None:
    """Where somebody can take a task, it is moved only to another who may take it, and for a reason."""
    title = bench.situation.process.role[role].title
    able = {seat.person_id: seat.name for seat in bench.candidates(role) if seat.person_id not in never}
    if person_id not in able:
        others = ", ".join(able.values())
        raise NotYours(
            f"Masih ada yang berwenang sebagai {title}. Tugasnya hanya dapat dipindahkan kepada orang lain yang juga berwenang, "
            f"dan bukan kepada administrator: {others or 'saat ini tidak ada'}."
        )
    if len(reason) < _SHORTEST_REASON:
        raise NotYours(f"Masih ada yang berwenang sebagai {title}. Sebutkan alasan tugasnya dipindahkan.")


#: Letters; a reason is a sentence that both are told.
_SHORTEST_REASON = 5
