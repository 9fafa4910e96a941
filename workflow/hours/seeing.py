"""Whose hours are for whom: one's own; of those below; of one's unit for who keeps its personnel files; all for who compiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select

from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow.authority.mandate_queries import in_force
from workflow.authority.sight import once_seen_cases, seen_cases
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.hours.figures import AgencyHours, PersonHours, UnitHours, agency_hours, person_hours, unit_hours
from workflow.hours.sheets import Hours, Sheet, sheet_of
from workflow.reports.showing import reads_reports
from workflow.tables import cases, group_members, mandates, people, positions, units

_NO_PERSON = "Pegawai itu tidak ada, atau JP-nya bukan untuk Anda lihat."
_NO_UNIT = "Unit itu tidak ada, atau JP-nya bukan untuk Anda lihat."
_NOT_FOR_ALL = "Rekap JP seluruh instansi tidak ada, atau bukan untuk Anda lihat."


def seen_person_hours(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, person_id: str, *, year: int | None = None
) -> PersonHours:
    """A person's year for a caller, with the cases that the caller may open. Raises NotFound, Refused."""
    on = engine.office.day(at)
    if person_id != caller.person_id and not _sees_person(conn, engine, caller, person_id, on):
        raise NotFound(_NO_PERSON)
    found = person_hours(conn, engine.office, person_id, _year(year, on), on)
    named = {line.case_id for line in found.lines}
    seen = seen_cases(tuple(engine.registry.processes.values()), caller.person_id, on, caller.only)
    # One's own hours stay, with the case that they come from.
    seen = or_(seen, once_seen_cases(caller.person_id, caller.only)) if person_id == caller.person_id else seen
    shown = cases.c.id.in_(named) & seen
    visible = set(conn.execute(select(cases.c.id).where(shown)).scalars())
    caller.looked_at.extend(sorted(visible) or [None])
    lines = tuple(
        line if line.case_id in visible else msgspec.structs.replace(line, case_id="", entry=0) for line in found.lines
    )
    return msgspec.structs.replace(found, lines=lines)


def seen_own_hours(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, year: int | None = None
) -> PersonHours:
    """The caller's own year. Raises NotFound for whoever is no staff, Refused."""
    return seen_person_hours(conn, engine, caller, at, caller.person_id, year=year)


def seen_unit_hours(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, unit_id: str, *, year: int | None = None
) -> UnitHours:
    """A unit's year for a caller. Raises NotFound, Refused."""
    on = engine.office.day(at)
    if not reads_reports(conn, engine.office, caller, on) and not _sees_unit(conn, caller.person_id, unit_id, on):
        raise NotFound(_NO_UNIT)
    caller.looked_at.append(None)
    return unit_hours(conn, engine.office, unit_id, _year(year, on), on)


def seen_agency_hours(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, *, year: int | None = None
) -> AgencyHours:
    """The agency's year for a caller. Raises NotFound, Refused."""
    on = engine.office.day(at)
    if not reads_reports(conn, engine.office, caller, on):
        raise NotFound(_NOT_FOR_ALL)
    caller.looked_at.append(None)
    return agency_hours(conn, engine.office, _year(year, on), on)


class UnitReach(msgspec.Struct, frozen=True, kw_only=True):
    """A unit whose hours the caller may see."""

    id: str
    name: str


class HoursReach(msgspec.Struct, frozen=True, kw_only=True):
    """Whose hours the caller may see besides their own: those of units, and (``all``) those of the whole agency."""

    units: tuple[UnitReach, ...]
    all: bool


def hours_reach(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> HoursReach:
    """What the caller may ask for; it shows no hours."""
    on = engine.office.day(at)
    everything = reads_reports(conn, engine.office, caller, on)
    query = select(units.c.id, units.c.name).order_by(units.c.name, units.c.id)
    if not everything:
        query = query.where(units.c.id.in_(_units(caller.person_id, _below(caller.person_id, on))))
    found = tuple(UnitReach(id=row.id, name=row.name) for row in conn.execute(query))
    return HoursReach(units=found, all=everything)


@dataclass(frozen=True)
class DatedSheet:
    """Figures as a table, and the day on which they were counted."""

    sheet: Sheet
    on: date


def seen_hours_sheet(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, of: str, named: str, *, year: int | None = None
) -> DatedSheet:
    """The same figures as a table: of a ``person``, of a ``unit``, or of all. Raises NotFound, Refused."""
    found: Hours
    if of == "person":
        found = seen_person_hours(conn, engine, caller, at, named, year=year)
    elif of == "unit":
        found = seen_unit_hours(conn, engine, caller, at, named, year=year)
    else:
        found = seen_agency_hours(conn, engine, caller, at, year=year)
    return DatedSheet(sheet_of(found, engine.office.zone), engine.office.day(at))


def _year(asked: int | None, on: date) -> int:
    year = on.year if asked is None else asked
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NotFound(f"Tahun {year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.")
    return year


def _sees_person(conn: Connection, engine: Engine, caller: Caller, person_id: str, on: date) -> bool:
    if reads_reports(conn, engine.office, caller, on):
        return True
    below = _below(caller.person_id, on)
    line = or_(
        people.c.superior_position_id.in_(select(below.c.id)),
        people.c.unit_id.in_(_units(caller.person_id, below)),
    )
    return conn.execute(select(people.c.id).where(people.c.id == person_id, line)).first() is not None


def _sees_unit(conn: Connection, person_id: str, unit_id: str, on: date) -> bool:
    """The head of a unit, whoever is above, and whoever keeps its personnel files."""
    found = select(units.c.id).where(units.c.id == unit_id, units.c.id.in_(_units(person_id, _below(person_id, on))))
    return conn.execute(found).first() is not None


def _below(person_id: str, on: date) -> Any:
    """The posts that somebody holds, or stands in for today, and all below them."""
    # Whoever stands in for a part of the office alone is not given the hours of all below it.
    whole = (mandates.c.scope == "*") & (mandates.c.units == "*")
    lent = select(mandates.c.position_id).where(mandates.c.receiver_id == person_id, in_force(on), whole)
    held = or_(positions.c.holder_id == person_id, positions.c.id.in_(lent))
    below = select(positions.c.id).where(held).cte("below", recursive=True)
    return below.union(select(positions.c.id).join(below, positions.c.superior_id == below.c.id))


def _units(person_id: str, below: Any) -> Any:
    kept = select(group_members.c.unit_id).where(
        group_members.c.person_id == person_id, group_members.c.group_name == "personnel_officer"
    )
    headed = select(units.c.id).where(units.c.head_position_id.in_(select(below.c.id)))
    return headed.union(kept)
