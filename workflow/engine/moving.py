"""A subject who moves to another unit in the middle of a case: noted once, both heads told, and the new one asked for a time.

What was approved stands; budget and register stay with the unit that the case was opened in. A process may say until when its
cases go along instead (``follows``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from policies.dates import written
from workflow import effects
from workflow.authority.bench import Bench, holders
from workflow.definition import Role, Transition
from workflow.engine.evidence import Evidence
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.recording import MOVE_CONTINUED, MOVED, MOVED_BACK, record, who_acted
from workflow.facts import Situation, fact
from workflow.sources.step import subject_row
from workflow.tables import units


def noted(situation: Situation) -> Situation | None:
    """Note that the subject works elsewhere by now, is back, or that silence has continued a move. None where nothing differs."""
    process, case = situation.process, situation.case
    if case.state in process.follows and subject_row(situation).unit_id not in (None, case.unit_id):
        return _followed(situation, str(subject_row(situation).unit_id))
    if process.newcomer is None or process.state[case.state].final:
        return None
    last: dict[str, Any] | None = case.memory.get("moved")
    before, now = (last["to"] if last else case.unit_id), subject_row(situation).unit_id
    if case.state == process.initial:
        # Of a draft that nobody has approved yet nothing stays behind; one that was returned waits until it is sent again.
        return _followed(situation, now) if now not in (None, before) and "returned_from" not in case.memory else None
    if now is not None and now != before:
        return _returned(situation, before) if now == case.unit_id else _moved(situation, process.newcomer, before, now)
    if last and last.get("answer_by") and date.fromisoformat(last["answer_by"]) < situation.on:
        return _continued(situation, last)
    return None


def _followed(situation: Situation, now: str) -> Situation:
    """What nobody has approved yet goes along with whom it is about."""
    payload = {"unit_from": situation.case.unit_id, "unit_to": now}
    return _told(replace(situation, case=replace(situation.case, unit_id=now), cache={}), MOVED, payload, {})


def _moved(situation: Situation, newcomer: Role, before: str | None, now: str) -> Situation:
    """The subject works in another unit than was known."""
    noted: dict[str, Any] = {"to": now, "at": situation.at}
    if _asks(situation, newcomer) is not None and not _is_host(situation, now) and newcomer.within is not None:
        days = int(situation.law[newcomer.within].value)
        noted["answer_by"] = situation.office.count(situation.on, days, now).due
    after = _remembering(situation, msgspec.to_builtins(noted))
    asked = {seat.person_id for seat in Bench(after).seats(newcomer.name)}
    says = f"{_subject(situation)} pindah ke {_unit(situation, now)}. Persetujuan yang sudah diberikan tetap berlaku."
    by = written(noted["answer_by"]) if "answer_by" in noted else ""
    until = f" Sampai {by} Anda dapat melanjutkan atau menarik peserta; diam berarti dilanjutkan."
    messages = dict.fromkeys(_concerned(situation, before, now), says) | dict.fromkeys(asked, says + until)
    payload = {"unit_from": before, "unit_to": now} | ({"answer_by": noted["answer_by"]} if by else {})
    return _told(after, MOVED, payload, messages)


def _returned(situation: Situation, before: str | None) -> Situation:
    """The subject is back where the case was opened, or the import has been put right."""
    says = f"{_subject(situation)} tercatat kembali pada {_unit(situation, situation.case.unit_id)}."
    payload = {"unit_from": before, "unit_to": situation.case.unit_id}
    messages = dict.fromkeys(_concerned(situation, before), says)
    return _told(_remembering(situation, None), MOVED_BACK, payload, messages)


def _continued(situation: Situation, last: dict[str, Any]) -> Situation | None:
    """The days have passed: silence continues, where nobody has answered and there was still something to take back."""
    answered = fact("move", None, situation).answered
    kept = {name: value for name, value in last.items() if name != "answer_by"}
    if answered or situation.process.newcomer is None or _asks(situation, situation.process.newcomer) is None:
        return None
    payload = {"unit_to": last["to"], "due_on": last["answer_by"]}
    return _told(_remembering(situation, kept), MOVE_CONTINUED, payload, {})


def _asks(situation: Situation, newcomer: Role) -> Transition | None:
    """A step by which the new head may answer in the present state."""
    process, state = situation.process, situation.case.state
    return next((t for t in process.from_state(state) if newcomer.name in process.actors(t, state)), None)


def _is_host(situation: Situation, unit_id: str) -> bool:
    """Whether the unit is the host of the case: whoever moves there is no intern any more, and nobody is asked."""
    return any(
        situation.form.get(role.partner) == f"unit:{unit_id}" for role in situation.process.roles if role.partner
    )


def _concerned(situation: Situation, *unit_ids: str | None) -> set[str]:
    """The subject, and who heads the unit that the case was opened in and those that they moved from and to."""
    bench, case = Bench(situation), situation.case
    posts = {bench.head(unit_id) for unit_id in (case.unit_id, *unit_ids)} - {None}
    found = (holders(situation, "", post) for post in posts if post is not None)
    return {case.subject_id, *(seat.person_id for seats in found for seat in seats)}


def _remembering(situation: Situation, moved: dict[str, Any] | None) -> Situation:
    memory = {name: value for name, value in situation.case.memory.items() if name != "moved"}
    memory |= {"moved": moved} if moved is not None else {}
    return replace(situation, case=replace(situation.case, memory=memory), cache={})


def _told(situation: Situation, kind: str, payload: dict[str, Any], messages: dict[str, str]) -> Situation:
    """Record it, and owe the messages; the situation as it then is."""
    payload = {"actor": who_acted(THE_SYSTEM, None), **payload}
    case, _ = record(situation.conn, situation.case, situation.case, kind, situation.at, payload, Evidence())
    says = {person: f"{situation.process.title}: {text}" for person, text in messages.items()}
    effects.tell(situation.conn, case.id, says, situation.at)
    return replace(situation, case=case, cache={})


def _subject(situation: Situation) -> str:
    return str(subject_row(situation).name)


def _unit(situation: Situation, unit_id: str | None) -> str:
    rows = situation.look_up(_UNIT_NAME, unit=unit_id) if unit_id else ()
    return str(rows[0].name) if rows else "perangkat daerah lain"


_UNIT_NAME = select(units.c.name).where(units.c.id == bindparam("unit"))
