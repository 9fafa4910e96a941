"""How a year of hours stands: a person's with each movement behind it, a unit's person by person, the agency's unit by unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, func, or_, select

from policies import hours
from policies.civil_service import full_name
from policies.credit import ACTIVITIES
from policies.dates import written
from policies.decision import Grade, Reason
from policies.nip import Kind
from policies.parameters import Law, NotInForce, Policies, Value
from workflow.errors import NotFound, Refused
from workflow.hours.ledger import YEAR, closing_note
from workflow.office import Office
from workflow.tables import hour_evidence, hour_postings, people, units

#: Those of whom nothing is recorded are held against the target: it is the law for most.
_DEFAULT = Kind.PNS


class HoursLine(msgspec.Struct, frozen=True, kw_only=True):
    """One movement into a person's year: of which activity, how many JP (below zero where it takes one back), and why.

    ``case_id`` opens its origin, with ``entry`` the number of the meeting in it; both empty where the reader may not see it.
    ``stands``: no other movement takes it back. ``is_correction``: posted after the year was closed.
    """

    activity: str
    first_on: date
    last_on: date
    hours: int
    says: str
    by: str
    posted_at: datetime
    stands: bool
    is_correction: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    case_id: str = ""
    entry: int = 0


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has, lacks, or could still do: a sentence with its articles."""

    says: str
    by: tuple[str, ...]


class PersonHours(msgspec.Struct, frozen=True, kw_only=True):
    """A person's year. ``measure``: the target of a PNS, for a PPPK a ceiling (``is_ceiling``); ``by``: its article."""

    person_id: str
    name: str
    nip: str
    unit: str
    asn_kind: str
    year: int
    hours: int
    measure: int
    is_ceiling: bool
    by: str
    closed: str
    prospects: tuple[Prospect, ...]
    lines: tuple[HoursLine, ...]


class StaffHours(msgspec.Struct, frozen=True, kw_only=True):
    """A person's year in one line; opens as ``/api/people/ID/hours``."""

    person_id: str
    name: str
    nip: str
    asn_kind: str
    hours: int
    measure: int
    is_ceiling: bool


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many people there are, their JP, and how many of them have reached the target, have some, nothing, or too much."""

    people: int
    hours: int
    reached: int
    some: int
    none: int
    above: int


class UnitHours(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's year, person by person; those who have nothing yet come first."""

    unit_id: str
    unit: str
    year: int
    says: str
    closed: str
    total: Tally
    staff: tuple[StaffHours, ...]


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """A unit in the agency's year; opens as ``/api/units/ID/hours``. The id is empty for those of no unit."""

    unit_id: str
    unit: str
    tally: Tally


class AgencyHours(msgspec.Struct, frozen=True, kw_only=True):
    """The whole agency's year, unit by unit; where most have nothing yet comes first."""

    year: int
    says: str
    closed: str
    total: Tally
    units: tuple[UnitLine, ...]


# --- A person --------------------------------------------------------------------------------------------------------


def person_hours(conn: Connection, office: Office, person_id: str, year: int, on: date) -> PersonHours:
    """A person's year as it stands. Raises NotFound for whoever is no staff, Refused where the law knows no target then."""
    query = select(people, units.c.name.label("unit_name")).outerjoin(units, units.c.id == people.c.unit_id)
    person = conn.execute(query.where(people.c.id == person_id, people.c.kind == "staff")).one_or_none()
    if person is None:
        raise NotFound("Pegawai itu tidak ada, atau JP-nya bukan untuk Anda lihat.")
    law = _law(office.policies, year)
    kind, lines = _kind(person.asn_kind), tuple(_lines(conn, person_id, year))
    total = sum(line.hours for line in lines)
    measure = _measure(kind, law)
    return PersonHours(
        person_id=person_id,
        name=full_name(person.front_title or "", person.name or "", person.back_title or ""),
        nip=person.nip or "",
        unit=person.unit_name or "",
        asn_kind=person.asn_kind or "",
        year=year,
        hours=total,
        measure=measure.value,
        is_ceiling=kind is Kind.PPPK,
        by=measure.by,
        closed=closing_note(year, on, office.policies),
        prospects=tuple(_prospects(kind, total, lines, law, on) if year == on.year else ()),
        lines=lines,
    )


def _prospects(kind: Kind, total: int, lines: Iterable[HoursLine], law: Law, on: date) -> Iterator[Prospect]:
    this_month = Counter(
        line.activity
        for line in lines
        if line.stands and line.hours > 0 and line.starts_at and line.first_on.replace(day=1) == on.replace(day=1)
    )
    for says, by in hours.prospects(kind, total, this_month, law):
        yield Prospect(says=says, by=by)


def _lines(conn: Connection, person_id: str, year: int) -> Iterator[HoursLine]:
    posted, of, back = hour_postings.c, hour_evidence.c, hour_postings.alias("back")
    taken_back = select(back.c.reverses).where(back.c.person_id == person_id, back.c.reverses.is_not(None))
    query = (
        select(
            *(posted[name] for name in _OF_POSTING),
            *(of[name] for name in _OF_EVIDENCE),
            of.case_id.label("origin"),
            posted.movement_id.in_(taken_back).label("is_back"),
        )
        .join_from(hour_postings, hour_evidence, of.id == posted.evidence_id)
        .where(posted.person_id == person_id, posted.year == year, posted.account == YEAR)
        .order_by(posted.posted_at, posted.id)
    )
    for row in conn.execute(query):
        yield HoursLine(
            activity=row.activity,
            first_on=row.first_on,
            last_on=row.last_on,
            hours=row.hours,
            says=row.says,
            by=row.by,
            posted_at=row.posted_at,
            stands=not row.is_back and row.reverses is None,
            is_correction=row.is_correction,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            case_id=row.origin,
            entry=row.number,
        )


_OF_POSTING = ("hours", "says", "by", "posted_at", "reverses", "is_correction")
_OF_EVIDENCE = ("activity", "first_on", "last_on", "starts_at", "ends_at", "number")


# --- A unit, and all of them -----------------------------------------------------------------------------------------


def unit_hours(conn: Connection, office: Office, unit_id: str, year: int, on: date) -> UnitHours:
    """A unit's year, by who works there today. Raises NotFound for a unit that there is not, Refused."""
    unit = conn.execute(select(units).where(units.c.id == unit_id)).one_or_none()
    if unit is None:
        raise NotFound("Unit itu tidak ada, atau JP-nya bukan untuk Anda lihat.")
    law = _law(office.policies, year)
    rows = conn.execute(_staff(year, on).where(people.c.unit_id == unit_id)).all()
    staff = [_staff_line(row, law) for row in rows]
    return UnitHours(
        unit_id=unit_id,
        unit=unit.name,
        year=year,
        says=_says(law, year, on),
        closed=closing_note(year, on, office.policies),
        total=_tally(staff),
        staff=tuple(sorted(staff, key=lambda each: (each.hours, each.name, each.person_id))),
    )


def agency_hours(conn: Connection, office: Office, year: int, on: date) -> AgencyHours:
    """The agency's year. Raises Refused where the law knows no target then."""
    law = _law(office.policies, year)
    by_unit: dict[tuple[str, str], list[StaffHours]] = {}
    for row in conn.execute(_staff(year, on)):
        by_unit.setdefault((row.unit_id or "", row.unit_name or "(unit belum diketahui)"), []).append(
            _staff_line(row, law)
        )
    lines = [UnitLine(unit_id=key, unit=name, tally=_tally(staff)) for (key, name), staff in by_unit.items()]
    return AgencyHours(
        year=year,
        says=_says(law, year, on),
        closed=closing_note(year, on, office.policies),
        total=_tally(each for staff in by_unit.values() for each in staff),
        units=tuple(sorted(lines, key=lambda each: (-each.tally.none, each.unit, each.unit_id))),
    )


def _staff(year: int, on: date) -> Select[Any]:
    """Everybody in service on a day, of a year that is over on its last day, with what they have of the year."""
    posted, served_on = hour_postings.c, _served_on(year, on)
    total = (
        select(posted.person_id, func.sum(posted.hours).label("hours"))
        .where(posted.account == YEAR, posted.year == year)
        .group_by(posted.person_id)
        .subquery()
    )
    names = ("id", "name", "front_title", "back_title", "nip", "asn_kind", "unit_id")
    return (
        select(
            *(people.c[name] for name in names),
            units.c.name.label("unit_name"),
            func.coalesce(total.c.hours, 0).label("hours"),
        )
        .outerjoin(units, units.c.id == people.c.unit_id)
        .outerjoin(total, total.c.person_id == people.c.id)
        .where(people.c.kind == "staff", or_(people.c.left_on.is_(None), people.c.left_on > served_on))
        .order_by(people.c.unit_id, people.c.id)
    )


def _served_on(year: int, on: date) -> date:
    """The day on which somebody must be in service to be counted: whoever retires later does not change a year that is over."""
    return min(on, date(year, 12, 31))


def _staff_line(row: Row[Any], law: Law) -> StaffHours:
    kind = _kind(row.asn_kind)
    return StaffHours(
        person_id=row.id,
        name=full_name(row.front_title or "", row.name or "", row.back_title or ""),
        nip=row.nip or "",
        asn_kind=row.asn_kind or "",
        hours=int(row.hours),
        measure=_measure(kind, law).value,
        is_ceiling=kind is Kind.PPPK,
    )


def _tally(staff: Iterable[StaffHours]) -> Tally:
    staff = list(staff)
    reached = sum(each.hours >= each.measure for each in staff if not each.is_ceiling)
    none = sum(each.hours <= 0 for each in staff)
    return Tally(
        people=len(staff),
        hours=sum(each.hours for each in staff),
        reached=reached,
        some=len(staff) - reached - none,
        none=none,
        above=sum(each.hours > each.measure for each in staff if each.is_ceiling),
    )


# --- The law ---------------------------------------------------------------------------------------------------------


def _kind(asn_kind: str | None) -> Kind:
    return Kind(asn_kind) if asn_kind in tuple(Kind) else _DEFAULT


def _law(policies: Policies, year: int) -> Law:
    """The law by which a year is measured: that of its last day."""
    return policies.on(date(year, 12, 31))


def _measure(kind: Kind, law: Law) -> Value[int]:
    try:
        return hours.bar(kind, law)
    except NotInForce as absent:
        remedy = "Pilih tahun yang lebih baru, atau lengkapi riwayat ketentuan itu."
        raise Refused(str(absent), reasons=(Reason(Grade.REFUSED, str(absent), (), remedy),)) from absent


def _says(law: Law, year: int, on: date) -> str:
    target, ceiling = _measure(Kind.PNS, law), _measure(Kind.PPPK, law)
    return (
        f"JP tahun {year} sebagaimana dibukukan sampai {written(on)}, bagi pegawai yang bertugas pada "
        f"{written(_served_on(year, on))}, menurut unit kerjanya sekarang. Target: setiap PNS sekurang-kurangnya "
        f"{target.value} JP setahun ({target.by}); bagi PPPK paling banyak {ceiling.value} JP ({ceiling.by}). "
        f"{hours.CALENDAR_YEAR}"
    )


def activity_title(code: str) -> str:
    """What people call an activity."""
    return ACTIVITIES[code].name if code in ACTIVITIES else code
