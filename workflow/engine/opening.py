"""A case is opened: by the one whom it is about, or for them by whoever plays a role that may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from workflow.authority.bench import Bench, Seat
from workflow.cases import Case, new_case_id
from workflow.chain import NOTHING_BEFORE
from workflow.definition import Process
from workflow.engine.heirs import STAFF
from workflow.engine.judgement import Actor
from workflow.engine.named_files import check_files
from workflow.engine.named_others import by_their_ids, refuse_strangers
from workflow.engine.taking import Done, begin
from workflow.errors import NotYours
from workflow.facts import Situation
from workflow.filling import dropped_blanks, read_part
from workflow.letters.words import begun_small
from workflow.office import Office
from workflow.registry import Registry


@dataclass(frozen=True)
class Opening:
    """A case to be opened. ``person``: for whom, by NIP or id; None for oneself. ``cohort``: with which others."""

    process: Process
    person: str | None
    form: Mapping[str, Any]
    cohort: str = ""


def open_case(
    conn: Connection, registry: Registry, office: Office, opening: Opening, actor: Actor, at: datetime
) -> Done:
    """Open a case with whatever of its form is known. Raises NotYours, InvalidForm."""
    process = opening.process
    person = _person(conn, opening, actor, office, at)
    case = Case(
        id=new_case_id(conn, at),
        process=process.name,
        process_version=process.version,
        fingerprint=registry.fingerprints[process.name],
        state=process.initial,
        version=0,
        form=dropped_blanks(read_part(process.form, opening.form)),
        subject_id=person.id,
        unit_id=person.unit_id,
        memory={},
        opened_at=at,
        entered_on=office.day(at),
        closed_at=None,
        head=NOTHING_BEFORE,
    )
    situation = Situation(conn, office, process, case, case.form, at, cohort=opening.cohort)
    seat = _seat(situation, actor)
    refuse_strangers(situation, process.form, case.form)
    case = replace(case, form=by_their_ids(situation, process.form, case.form))
    situation = replace(situation.with_form(case.form), case=case)
    check_files(situation, process.form, case.form, actor)
    return begin(situation, actor, seat)


def _person(conn: Connection, opening: Opening, actor: Actor, office: Office, at: datetime) -> Row[Any]:
    named = (opening.person or actor.person_id or "").replace(" ", "")
    row = conn.execute(STAFF, {"named": named}).first()
    if row is None or (row.left_on is not None and row.left_on <= office.day(at)):
        raise _not_yours(opening.process, actor, named)
    return row


def _seat(situation: Situation, actor: Actor) -> Seat | None:
    """The role in which somebody opens a case for another; None where it is their own. Raises NotYours."""
    process, case = situation.process, situation.case
    own = case.subject_id == actor.person_id
    if own and process.subject in process.opened_by:
        return None
    bench = Bench(situation)
    for role in process.opened_by:
        if role != process.subject and bench.plays(actor.person_id, role):
            # To open something about oneself is to act as its subject, whatever role allows it.
            return None if own else Seat(str(actor.person_id), actor.name, role)
    raise _not_yours(process, actor, case.subject_id)


def _not_yours(process: Process, actor: Actor, named: str) -> NotYours:
    """The same words for a person who does not exist and for one that is not theirs to open a case for."""
    others = " atau ".join(
        begun_small(process.role[role].title) for role in process.opened_by if role != process.subject
    )
    if named == actor.person_id or not others:
        alone = f"{process.title} dibuka oleh pegawai untuk dirinya sendiri"
        return NotYours(
            f"{alone}." if process.subject in process.opened_by else f"{process.title} dibuka oleh {others}."
        )
    return NotYours(
        f"Anda tidak dapat membuka {begun_small(process.title)} untuk pegawai itu: hanya {others} yang membawahkannya. "
        "Periksa NIP-nya."
    )
