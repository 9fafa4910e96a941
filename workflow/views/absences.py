"""Absences for whoever is away, for the personnel officers of their unit and of BKPSDM: recorded, ended sooner, listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, Connection, Row, or_, select

from policies.civil_service import full_name
from policies.dates import written
from workflow.callers import Caller
from workflow.effects import tell
from workflow.engine import idempotency
from workflow.engine.affected import affected_cases
from workflow.engine.engine import Engine
from workflow.errors import NotYours
from workflow.forms import Form
from workflow.imports.report import Touched
from workflow.office import Office
from workflow.people import By, UnknownPerson, find_person
from workflow.people.absences import end_absence, no_such_absence, record_absence
from workflow.people.person import OUTSIDERS
from workflow.tables import absences, group_members, mandates, people, positions

#: Lines of a list.
_MOST = 500


class NewAbsence(Form, frozen=True, kw_only=True):
    """Leave or duty away from the post, both days included. ``person``: NIP, id or e-mail address; empty for oneself."""

    from_on: Annotated[date, Meta(title="Hari pertama")]
    until_on: Annotated[date, Meta(title="Hari terakhir")]
    reason: Annotated[str, Meta(title="Alasan", min_length=1, max_length=200)]
    person: Annotated[str, Meta(title="Pegawai", max_length=254)] = ""


class AbsenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """An absence: who is away, on which days, and why."""

    id: str
    person_id: str
    name: str
    from_on: date
    until_on: date
    reason: str


class AbsenceList(msgspec.Struct, frozen=True, kw_only=True):
    """Absences of today and later, the nearest first."""

    items: tuple[AbsenceLine, ...]


@dataclass(frozen=True)
class _Rights:
    """Whose absences somebody records: their own, those of ``units`` as a personnel officer, or everybody's."""

    person_id: str
    units: frozenset[str]
    everybody: bool

    def cover(self, person_id: str, unit_id: str | None) -> bool:
        """Whether a person's absences are theirs to record."""
        return self.everybody or person_id == self.person_id or unit_id in self.units


def record(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, form: NewAbsence, key: str | None
) -> AbsenceLine:
    """Record an absence. Raises Problem; the same where there is no such person and where it is not theirs to record."""
    request = ["record_absence", msgspec.to_builtins(form)]
    seen = idempotency.seen(conn, caller.actor, key, request)
    if seen is not None:
        return msgspec.json.decode(seen, type=AbsenceLine)
    person_id = _whose(conn, engine.office, caller, form.person)
    by = By(caller.person_id, caller.name)
    absence_id = record_absence(conn, person_id, form.from_on, form.until_on, form.reason, at=at, by=by)
    done = _line(conn.execute(_LINES.where(absences.c.id == absence_id)).one())
    _tell(conn, caller, done, f"{caller.name} mencatat ketidakhadiran Anda {_days(done)}.", at)
    idempotency.keep(conn, caller.actor, key, request, msgspec.json.encode(done), at)
    return done


def end(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, absence_id: str, back_on: date | None
) -> AbsenceLine:
    """Somebody is back sooner; today where ``back_on`` is left out. Raises NotFound, PeopleError."""
    row = conn.execute(_LINES.where(absences.c.id == absence_id)).one_or_none()
    if row is None or not _rights(conn, engine.office, caller).cover(row.person_id, row.unit_id):
        raise no_such_absence(absence_id)
    by = By(caller.person_id, caller.name)
    end_absence(conn, absence_id, back_on or engine.office.day(at), at=at, by=by)
    before, done = _line(row), _line(conn.execute(_LINES.where(absences.c.id == absence_id)).one())
    did, now = "mengubah", f" menjadi {_days(done)}"
    if done.until_on < done.from_on:
        did, now = "membatalkan", ""
    _tell(conn, caller, done, f"{caller.name} {did} catatan ketidakhadiran Anda {_days(before)}{now}.", at)
    return done


def absence_list(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> AbsenceList:
    """The absences that the caller may record, of today and later."""
    if caller.is_contact:
        return AbsenceList(items=())
    on, rights = engine.office.day(at), _rights(conn, engine.office, caller)
    query = _LINES.where(absences.c.until_on >= on, absences.c.until_on >= absences.c.from_on)
    if not rights.everybody:
        query = query.where(_covered(rights))
    rows = conn.execute(query.order_by(absences.c.from_on, absences.c.id).limit(_MOST))
    return AbsenceList(items=tuple(map(_line, rows)))


def concerned_cases(conn: Connection, engine: Engine, _: Caller, __: datetime, person_id: str) -> list[str]:
    """The open cases that may wait for somebody else since a person is away, or back."""
    held = select(positions.c.id).where(positions.c.holder_id == person_id)
    lent = select(mandates.c.position_id).where(mandates.c.receiver_id == person_id)
    posts = {*conn.execute(held).scalars(), *conn.execute(lent).scalars()}
    return affected_cases(conn, engine, Touched(people=frozenset({person_id}), posts=frozenset(posts)))


def _tell(conn: Connection, caller: Caller, line: AbsenceLine, says: str, at: datetime) -> None:
    """Tell whoever is away what another has put on record of them: their tasks follow it. The reason goes by no mail."""
    if line.person_id != caller.person_id:
        told = f"{says} Bila keliru, hubungi pengelola kepegawaian perangkat daerah Anda."
        tell(conn, None, {line.person_id: told}, at, title="Catatan ketidakhadiran Anda", page="/kelola/ketidakhadiran")


def _days(line: AbsenceLine) -> str:
    return f"{written(line.from_on)} sampai {written(line.until_on)}"


# --- What they share -------------------------------------------------------------------------------------------------


def _whose(conn: Connection, office: Office, caller: Caller, named: str) -> str:
    """Whose absence the caller may record. Raises NotYours, also for somebody whom nobody knows."""
    refused = NotYours(
        "Ketidakhadiran dicatat oleh pegawai itu sendiri, pengelola kepegawaian perangkat daerahnya, atau BKPSDM."
    )
    if caller.is_contact:
        raise refused
    try:
        person = find_person(conn, named or caller.person_id)
    except UnknownPerson:
        if _rights(conn, office, caller).everybody:
            raise
        raise refused from None
    covered = _rights(conn, office, caller).cover(person.id, person.unit_id)
    if not covered or person.kind in OUTSIDERS:
        raise refused
    return person.id


def _rights(conn: Connection, office: Office, caller: Caller) -> _Rights:
    query = select(group_members.c.group_name, group_members.c.unit_id)
    rows = conn.execute(query.where(group_members.c.person_id == caller.person_id)).all()
    units = frozenset(row.unit_id for row in rows if row.group_name == "personnel_officer")
    # Those of BKPSDM keep the records of everybody.
    everybody = office.profile.personnel_unit in units or any(row.group_name == "bkpsdm.verifier" for row in rows)
    return _Rights(caller.person_id, units, everybody)


def _covered(rights: _Rights) -> ColumnElement[bool]:
    return or_(absences.c.person_id == rights.person_id, people.c.unit_id.in_(rights.units))


def _line(row: Row[tuple[object, ...]]) -> AbsenceLine:
    return AbsenceLine(
        id=row.id,
        person_id=row.person_id,
        name=full_name(row.front_title, row.name, row.back_title),
        from_on=row.from_on,
        until_on=row.until_on,
        reason=row.reason,
    )


_LINES = select(absences, people.c.front_title, people.c.name, people.c.back_title, people.c.unit_id).join_from(
    absences, people, people.c.id == absences.c.person_id
)
