"""For whom each view of awards is: candidates and the record for who keeps them, figures for all, accounts for who pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, exists, or_, select

from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow.auditing.viewing import note_looked
from workflow.authority.mandate_queries import in_force
from workflow.authority.sight import assignments_in_force
from workflow.awards import sheets
from workflow.awards.candidates import Candidates, candidates
from workflow.awards.fairness import Fairness, fairness
from workflow.awards.payments import Payments, payments
from workflow.awards.personnel_record import PersonnelRecord, personnel_record, record_layout
from workflow.awards.reach import Reach, reach
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.hours.sheets import Sheet
from workflow.office import Office
from workflow.tables import cases, cohort_cases, group_members, mandates, positions

#: The group that verifies nominations, and the one that pays.
VERIFIERS, PAYERS = "bkpsdm.verifier", "bkpsdm.budget"

_NO_LIST = "Daftar itu tidak ada, atau bukan untuk Anda lihat."


def seen_candidates(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, kind: str = "", unit: str = ""
) -> Candidates:
    """Who could be nominated, for the personnel agency and auditors. Raises NotFound."""
    on = engine.office.day(at)
    _require(keeps_awards(conn, engine.office, caller, on))
    caller.looked_at.append(None)
    return candidates(conn, engine.office, on, kind=kind, unit=unit)


def seen_own_reach(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> Reach:
    """What is within the caller's own reach. Raises NotFound for whoever is no staff."""
    caller.looked_at.append(None)
    return reach(conn, engine.office, caller.person_id, engine.office.day(at))


def seen_fairness(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, year: int | None = None
) -> Fairness:
    """A year's figures: all of them for the personnel agency and auditors, for other staff what is open.

    Raises NotFound, Refused.
    """
    on = engine.office.day(at)
    keeps = keeps_awards(conn, engine.office, caller, on)
    _require(keeps or not caller.is_contact)
    caller.looked_at.append(None)
    found = fairness(conn, engine.office, read_year(year, on), on, open_to_all=not keeps)
    return _without_own_rounds(conn, caller, found)


def _without_own_rounds(conn: Connection, caller: Caller, found: Fairness) -> Fairness:
    """Whoever was compared in a round is not told how its members score: from that their own points could be reckoned."""
    stands = (
        select(cohort_cases.c.cohort_id).join_from(cohort_cases, cases).where(cases.c.subject_id == caller.person_id)
    )
    own = set(conn.execute(stands).scalars()) if found.members else set()
    return msgspec.structs.replace(found, members=tuple(each for each in found.members if each.round_id not in own))


def seen_record(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, year: int | None = None
) -> PersonnelRecord:
    """The awards of a year as the personnel record takes them, for the personnel agency and auditors. Raises NotFound."""
    on = engine.office.day(at)
    _require(keeps_awards(conn, engine.office, caller, on))
    caller.looked_at.append(None)
    return personnel_record(conn, engine.office, engine.registry, read_year(year, on))


def seen_payments(conn: Connection, engine: Engine, caller: Caller, at: datetime, named: str) -> Payments:
    """The list by which a round is paid, for who verifies and who pays; each case whose account is shown is put on record.

    Writes, so the caller's unit must be one that can. Raises NotFound, also for a round that is none.
    """
    on = engine.office.day(at)
    _require(_is_in(conn, caller.person_id, VERIFIERS, PAYERS))
    found = payments(conn, engine.office, named, on)
    shown = [line.case_id for line in found.lines if line.account]
    note_looked(conn, caller.person_id, shown, "seen_payments", at)
    return found


# --- As tables -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DatedSheet:
    """Figures as a table, and the day on which they were counted."""

    sheet: Sheet
    on: date


def seen_candidates_sheet(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, kind: str = "", unit: str = ""
) -> DatedSheet:
    """Who could be nominated, as a table. Raises NotFound."""
    found = seen_candidates(conn, engine, caller, at, kind=kind, unit=unit)
    return DatedSheet(sheets.candidates_sheet(found), engine.office.day(at))


def seen_fairness_sheet(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, year: int | None = None
) -> DatedSheet:
    """A year's figures as a table. Raises NotFound, Refused."""
    found = seen_fairness(conn, engine, caller, at, year=year)
    return DatedSheet(sheets.fairness_sheet(found), engine.office.day(at))


def seen_record_sheet(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, year: int | None = None
) -> DatedSheet:
    """The awards of a year in the columns of the shipped layout. Raises NotFound."""
    found = seen_record(conn, engine, caller, at, year=year)
    return DatedSheet(sheets.record_sheet(found, record_layout()), engine.office.day(at))


def seen_payments_sheet(conn: Connection, engine: Engine, caller: Caller, at: datetime, named: str) -> DatedSheet:
    """The list by which a round is paid, as a table. Raises NotFound."""
    return DatedSheet(sheets.payments_sheet(seen_payments(conn, engine, caller, at, named)), engine.office.day(at))


# --- For whom --------------------------------------------------------------------------------------------------------


def keeps_awards(conn: Connection, office: Office, caller: Caller, on: date) -> bool:
    """Whether somebody keeps awards: who verifies them, the head of the personnel agency, and auditors within an assignment."""
    who, post = caller.person_id, office.post(conn, "personnel_head")
    # Whoever stands in for a part of the office alone is not given the records of all staff.
    whole = (mandates.c.scope == "*") & (mandates.c.units == "*")
    keeps = or_(
        exists().where(group_members.c.person_id == who, group_members.c.group_name == VERIFIERS),
        exists().where(positions.c.id == post, positions.c.holder_id == who),
        exists().where(mandates.c.receiver_id == who, mandates.c.position_id == post, in_force(on), whole),
        assignments_in_force(who, on).exists(),
    )
    return bool(conn.execute(select(keeps)).scalar_one())


def _is_in(conn: Connection, person_id: str, *groups: str) -> bool:
    member = exists().where(group_members.c.person_id == person_id, group_members.c.group_name.in_(groups))
    return bool(conn.execute(select(member)).scalar_one())


def _require(may_see: bool) -> None:
    """Nobody learns of a list that is not for them. Raises NotFound."""
    if not may_see:
        raise NotFound(_NO_LIST)


def read_year(asked: int | None, on: date) -> int:
    """The year that was asked for, else the present one. Raises NotFound for one that cannot be meant."""
    year = on.year if asked is None else asked
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NotFound(f"Tahun {year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.")
    return year
