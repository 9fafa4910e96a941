"""What an auditor begins with, and a case as a file: everything that happened, was handed in or was issued, in order of time."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select

from workflow import cases as case_store
from workflow.audit import events_of
from workflow.auditing.access import examiner, may_take_archive
from workflow.auditing.archive_items import items_of
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.hidden_entries import OPEN, veil_over
from workflow.facts import Situation
from workflow.tables import assignments, units
from workflow.telling.explain import Story, states_of
from workflow.views.processes import ProcessLine, process_line
from workflow.views.shown import NamedUnit, people_by_id


class AssignmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """The letter under which an auditor examines, and its days, both included."""

    letter_number: str
    letter_on: date
    about: str
    from_on: date
    until_on: date


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """Into which processes and units somebody may look; ``assignment``: under which letter, null for their own office."""

    assignment: AssignmentLine | None
    processes: tuple[ProcessLine, ...]
    units: tuple[NamedUnit, ...]


class FileItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a case. ``text``: what it says; ``file_id``: the stored file that it is instead; ``event``: what brought it."""

    number: int
    at: datetime
    title: str
    says: str
    text: str
    file_id: str | None
    event: int | None


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a file, oldest first. ``head``: the digest of its newest event, by which the chain can be checked."""

    id: str
    reference: str
    process: str
    process_title: str
    subject: str
    unit: str
    state_title: str
    events: int
    head: str
    items: tuple[FileItem, ...]


def examination(conn: Connection, engine: Engine, caller: Caller, _at: datetime) -> Examination:
    """How the caller may examine. Raises NotYours for whoever may not at all."""
    who = examiner(conn, engine, caller)
    found = conn.execute(select(assignments).where(assignments.c.id == caller.assignment_id)).one_or_none()
    own = (
        AssignmentLine(
            letter_number=found.letter_number,
            letter_on=found.letter_on,
            about=found.about,
            from_on=found.from_on,
            until_on=found.until_on,
        )
        if found
        else None
    )
    named = conn.execute(select(units.c.id, units.c.name).order_by(units.c.name))
    return Examination(
        assignment=own,
        processes=tuple(process_line(each) for each in who.processes),
        units=tuple(NamedUnit(id=row.id, name=row.name) for row in named),
    )


def case_file(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> CaseFile:
    """A case as a file, for whoever may take its archive. Raises NotFound, NotYours, OutOfScope."""
    may_take_archive(conn, engine, caller, at, case_id)
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    situation = Situation(conn, engine.office, process, case, case.form, at)
    veil = OPEN if caller.assignment_id else veil_over(situation, caller.person_id)
    same = case.fingerprint == engine.registry.fingerprints[process.name]
    story = Story(conn, engine.office, process, case, same, veil, states_of(engine.registry, process))
    told = events_of(conn, case.id)
    subject = people_by_id(conn, [case.subject_id])[case.subject_id]
    return CaseFile(
        id=case.id,
        reference=case.reference,
        process=process.name,
        process_title=process.title,
        subject=subject.name,
        unit=subject.institution,
        state_title=process.state[case.state].title,
        events=len(told),
        head=told[-1].hash if told else "",
        items=tuple(
            FileItem(
                number=number,
                at=item.at,
                title=item.name,
                says=item.says,
                text=item.text,
                file_id=item.file_id,
                event=item.sequence,
            )
            for number, item in enumerate(items_of(story, told), start=1)
        ),
    )
