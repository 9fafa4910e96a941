"""Who may examine: auditors within an assignment, and the groups that see every case of a process anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, select

from policies.dates import written
from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow import cases as case_store
from workflow.auditing.assignments import assignment
from workflow.auditing.viewing import note_handing_over
from workflow.authority.sight import AUDITOR, groups_that_see, plays_a_part
from workflow.callers import Caller, OutOfScope
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.errors import NotYours, Problem
from workflow.ids import new_id
from workflow.office import Office
from workflow.tables import cases, group_members
from workflow.views.outside import sight_of

_FOR_WHOM = "hanya untuk auditor selama penugasannya berlaku, verifikator, dan administrator"


@dataclass(frozen=True)
class Examiner:
    """Whoever examines: into which processes they look, and whose own cases are left out. ``own``: a condition on ``cases``."""

    processes: tuple[Process, ...]
    own: ColumnElement[bool]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the processes."""
        return tuple(process.name for process in self.processes)

    @property
    def reach(self) -> ColumnElement[bool]:
        """A condition on ``cases``: those that they examine."""
        # An expression has no index: what is examined is nearly everything, and better found by its day, case or person.
        return func.coalesce(cases.c.process, "").in_(self.names) & ~self.own


def examiner(conn: Connection, engine: Engine, caller: Caller) -> Examiner:
    """How a caller may examine. Raises NotYours for whoever may not at all.

    An auditor leaves out every case in which they have or had a part; the other groups leave out those about themselves.
    """
    belongs = select(group_members.c.group_name).where(group_members.c.person_id == caller.person_id)
    groups = set(conn.execute(belongs).scalars())
    assigned = caller.assignment_id is not None
    found = tuple(
        process
        for process in engine.registry.processes.values()
        if groups & set(groups_that_see(process)) or (assigned and AUDITOR in process.seen_by)
    )
    if not found:
        raise NotYours(f"Bagian ini {_FOR_WHOM}.")
    own = plays_a_part(caller.person_id) if assigned else cases.c.subject_id == caller.person_id
    return Examiner(found, own)


def examiner_at_the_desk(conn: Connection, engine: Engine, assignment_id: str | None) -> Examiner:
    """How whoever runs the system examines: everything, or what they hand to the auditor of an assignment. Raises NotFound."""
    every = tuple(engine.registry.processes.values())
    if assignment_id is None:
        return Examiner(every, false())
    person: Any = assignment(conn, assignment_id).person_id
    return Examiner(tuple(p for p in every if AUDITOR in p.seen_by), plays_a_part(person))


def may_take_archive(conn: Connection, engine: Engine, caller: Caller, _at: datetime, case_id: str) -> None:
    """Whether a caller may take a whole case, letters too. Raises NotFound where they may not know of it, NotYours, OutOfScope."""
    _require_within_reach(conn, engine, caller, case_id, "Arsip lengkap")
    if "letters" not in caller.scopes:
        raise OutOfScope("Arsip memuat surat: diperlukan kunci dengan cakupan “letters” di samping “read”.")


def may_take_proof(conn: Connection, engine: Engine, caller: Caller, _at: datetime, case_id: str) -> None:
    """Whether a caller may take the proof of a case: what happened and when, nothing of persons. Raises NotFound, NotYours."""
    _require_within_reach(conn, engine, caller, case_id, "Bukti keutuhan")


def _require_within_reach(conn: Connection, engine: Engine, caller: Caller, case_id: str, what: str) -> None:
    case = case_store.load(conn, case_id)
    sight = sight_of(conn, engine.registry.process(case.process), case, caller)
    refusal = NotYours(f"{what} suatu berkas {_FOR_WHOM}, dan bukan untuk berkas tempat ia sendiri berperan.")
    if sight.outside:
        raise refusal
    try:
        reach = examiner(conn, engine, caller).reach
    except NotYours:
        raise refusal from None
    if conn.execute(select(cases.c.id).where(cases.c.id == case.id, reach)).first() is None:
        raise refusal


def hand_over_archive(conn: Connection, engine: Engine, assignment_id: str, case_id: str, at: datetime) -> None:
    """Put on record that a whole case is handed to an auditor. Raises NotFound, PeopleError, NotYours."""
    _hand_over(conn, engine, assignment_id, case_id, "may_take_archive", at)


def hand_over_proof(conn: Connection, engine: Engine, assignment_id: str, case_id: str, at: datetime) -> None:
    """Put on record that the proof of a case is handed to an auditor. Raises NotFound, PeopleError, NotYours."""
    _hand_over(conn, engine, assignment_id, case_id, "seen_proof", at)


def _hand_over(conn: Connection, engine: Engine, assignment_id: str, case_id: str, what: str, at: datetime) -> None:
    case = case_store.load(conn, case_id)
    reach = examiner_at_the_desk(conn, engine, assignment_id).reach
    if conn.execute(select(cases.c.id).where(cases.c.id == case.id, reach)).first() is None:
        raise NotYours("Auditor penugasan itu sendiri berperan pada berkas ini; serahkan kepada auditor lain.")
    note_handing_over(conn, engine.office, assignment_id, case.id, what, at)


@dataclass(frozen=True)
class Period:
    """Some days at the agency, both included; open at an end where none is given."""

    from_on: date | None
    until_on: date | None
    begins_at: datetime | None
    ends_at: datetime | None

    def holds(self, day: date) -> bool:
        """Whether a day lies within."""
        return (self.from_on is None or day >= self.from_on) and (self.until_on is None or day <= self.until_on)

    def within(self, instant: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Conditions on a column of instants."""
        begins = [instant >= self.begins_at] if self.begins_at else []
        return [*begins, *([instant < self.ends_at] if self.ends_at else [])]

    def made_within(self, made: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """Conditions on a column of ids: what was made in the period. They sort by the instant, and have an index."""
        begins = [made >= f"{new_id(self.begins_at)[:14]}0"] if self.begins_at else []
        return [*begins, *([made < f"{new_id(self.ends_at)[:14]}0"] if self.ends_at else [])]


def period_between(office: Office, from_on: date | None, until_on: date | None) -> Period:
    """The days from one to another, on the agency's clock. Raises Problem."""
    for day in (from_on, until_on):
        if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise Problem(
                f"Tanggal {written(day)} di luar tahun {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya."
            )
    if from_on and until_on and until_on < from_on:
        raise Problem(f"Jangka waktu tidak dapat berakhir {written(until_on)}, sebelum mulai {written(from_on)}.")

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), office.zone).astimezone(UTC)

    return Period(
        from_on,
        until_on,
        midnight(from_on) if from_on else None,
        midnight(until_on + timedelta(days=1)) if until_on else None,
    )
