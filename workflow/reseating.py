"""Seating a case anew: when those who are waited for have changed, when time has passed, when an administrator names somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from policies.dates import written
from workflow import effects, seating, timing
from workflow.authority import Bench, administrators
from workflow.definition import SYSTEM, Transition, facts_of
from workflow.errors import NotYours
from workflow.evidence import Evidence
from workflow.facts import Situation, gather
from workflow.judging import THE_SYSTEM, Actor
from workflow.letters import leaving, routing
from workflow.people.person import OUTSIDERS
from workflow.recording import ESCALATED, NAMED, RESEATED, record, who_acted
from workflow.tables import people, tasks


def reseated(situation: Situation) -> bool:
    """Who waits and until when, worked out anew; an event is written if that differs."""
    waited, changed = _seat(situation)
    if changed:
        payload = {"actor": who_acted(THE_SYSTEM, None), "waits": _listed(waited)}
        _recorded(situation, RESEATED, payload)
    return changed


def named(situation: Situation, actor: Actor, people_by_role: Mapping[str, str]) -> bool:
    """An administrator names a person for each role that nobody else can play. Raises NotYours."""
    case = situation.case
    for role, person_id in people_by_role.items():
        _check_naming(situation, actor, role, person_id)
    memory = {**case.memory, "named": {**case.memory.get("named", {}), **people_by_role}}
    situation = replace(situation, case=replace(case, memory=memory), cache={})
    waited, _ = _seat(situation)
    payload = {"actor": who_acted(actor, None), "waits": _listed(waited), "named": dict(people_by_role)}
    _recorded(situation, NAMED, payload)
    return True


def due_at_once(situation: Situation) -> Transition | None:
    """The step that the system takes of itself now, as its condition holds."""
    for step in situation.process.from_state(situation.case.state):
        if step.at_once and step.when is not None and step.when(gather(facts_of(step.when), situation)):
            return step
    return None


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
    effects.tell(situation.conn, case.id, dict.fromkeys(told, says), situation.at)
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


def _check_naming(situation: Situation, actor: Actor, role: str, person_id: str) -> None:
    """Only administrators name, and only where nobody else is left; never themselves, nor whom a separation keeps away."""
    process, case = situation.process, situation.case
    may_name = {seat.person_id for seat in administrators(situation)}
    if actor.person_id not in may_name:
        raise NotYours("Hanya administrator, dan bukan untuk berkasnya sendiri, yang dapat menunjuk orang.")
    if role not in process.role or process.role[role].person:
        raise NotYours(f"Peran “{role}” tidak dapat ditunjuk; pilih salah satu peran lain pada proses ini.")
    asked = set(situation.conn.execute(select(tasks.c.role).where(tasks.c.case_id == case.id)).scalars())
    if role not in asked:
        raise NotYours(f"Berkas ini tidak sedang menunggu {process.role[role].title}.")
    unnamed = {name: value for name, value in case.memory.items() if name != "named"}
    bench = Bench(replace(situation, case=replace(case, memory=unnamed), cache={}))
    title = process.role[role].title
    if bench.seats(role):
        raise NotYours(f"Masih ada yang berwenang sebagai {title}; penunjukan hanya bila tidak ada orang lagi.")
    if bench.is_outside(role):
        raise NotYours(
            "Yang menjawab atas nama mitra adalah narahubungnya; daftarkan narahubung mitra itu lebih dahulu."
        )
    query = select(people.c.kind, people.c.left_on).where(people.c.id == person_id)
    row = situation.conn.execute(query).one_or_none()
    here = row is not None and row.kind not in OUTSIDERS and (row.left_on is None or row.left_on > situation.on)
    if not here or person_id in bench.barred(role) or person_id in may_name:
        raise NotYours(
            "Yang ditunjuk harus pegawai yang masih bertugas, bukan pemohon, bukan administrator, "
            f"dan tidak berperan pada pihak yang harus terpisah dari {title}."
        )
