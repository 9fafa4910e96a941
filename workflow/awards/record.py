"""What is on record of staff in service that rules of awards ask about: of all in a few statements, or of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, func, or_, select

from policies.civil_service import full_name
from policies.records import OtherNomination, Sanction, YearHours, YearPredicate
from workflow.office import Office
from workflow.tables import cases, entries, hour_postings, people, performances, sanctions, units

#: The process of nominations.
PROCESS: Final = "incentive"


@dataclass(frozen=True)
class StaffRecord:
    """A person of staff; the fields from ``asn_kind`` on are facts, named as the rules name them."""

    person_id: str
    name: str
    nip: str
    unit_id: str
    unit: str
    asn_kind: str | None
    status: str | None
    participant_left_on: date | None
    cpns_on: date | None
    unpaid_leave: bool | None
    medal: str | None
    sanctions: tuple[Sanction, ...] | None
    predicates: tuple[YearPredicate, ...]
    hours_by_year: tuple[YearHours, ...]
    mentoring_given: int
    other_nominations: tuple[OtherNomination, ...]


def read_records(conn: Connection, office: Office, on: date, person_id: str = "") -> tuple[StaffRecord, ...]:
    """Everybody in service on a day, by unit and name; or one person. As many statements for all as for one."""
    sanctioned = _by_person(conn, _of(select(sanctions), sanctions.c.person_id, person_id))
    rated = _by_person(conn, _of(_PREDICATES, performances.c.person_id, person_id))
    booked = _by_person(conn, _of(_HOURS, hour_postings.c.person_id, person_id))
    guided = _guided(conn, on, person_id)
    nominated = _nominations(conn, office, person_id)
    query = _STAFF.where(or_(people.c.left_on.is_(None), people.c.left_on > on))
    return tuple(
        StaffRecord(
            person_id=row.id,
            name=full_name(row.front_title or "", row.name or "", row.back_title or ""),
            nip=row.nip or "",
            unit_id=row.unit_id or "",
            unit=row.unit_name or "(unit belum diketahui)",
            asn_kind=row.asn_kind,
            status=row.status,
            participant_left_on=row.left_on,
            cpns_on=row.cpns_on,
            unpaid_leave=None if row.unpaid_leave is None else row.unpaid_leave != "Tidak",
            medal=row.medal,
            sanctions=_sanctions(row, sanctioned.get(row.id, ())),
            predicates=tuple(YearPredicate(each.year, each.predicate) for each in rated.get(row.id, ())),
            hours_by_year=tuple(YearHours(each.year, int(each.hours)) for each in booked.get(row.id, ())),
            mentoring_given=guided.get(row.id, 0),
            other_nominations=tuple(nominated.get(row.id, ())),
        )
        for row in conn.execute(_of(query, people.c.id, person_id))
    )


def _sanctions(row: Row[Any], found: Iterable[Row[Any]]) -> tuple[Sanction, ...] | None:
    known = tuple(Sanction(each.level, each.from_on, each.until_on) for each in found)
    return known if known or row.sanctions_known else None


def _guided(conn: Connection, on: date, person_id: str) -> Mapping[str, int]:
    """How many confirmed meetings each gave as a mentor in this year and the one before."""
    given = _GUIDED.where(entries.c.on_date.between(date(on.year - 1, 1, 1), date(on.year, 12, 31)))
    return {row.person_id: row.number for row in conn.execute(_of(given, entries.c.written_by, person_id))}


def _nominations(conn: Connection, office: Office, person_id: str) -> Mapping[str, list[OtherNomination]]:
    handed = {row.case_id: msgspec.json.decode(row.data) for row in conn.execute(HANDED_OVER)}
    found: dict[str, list[OtherNomination]] = defaultdict(list)
    for row in conn.execute(_of(_NOMINATIONS, cases.c.subject_id, person_id)):
        told = handed.get(row.id)
        on = date.fromisoformat(told["handed_on"]) if told else office.day(row.closed_at) if row.closed_at else None
        found[row.subject_id].append(
            OtherNomination(
                reference=row.reference,
                kind=str(msgspec.json.decode(row.form).get("kind", "")),
                final=row.closed_at is not None,
                awarded_on=on if row.state == "awarded" else None,
                drafted=row.state == "drafted",
            )
        )
    return found


def _by_person(conn: Connection, query: Select[Any]) -> Mapping[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.person_id].append(row)
    return found


def _of(query: Select[Any], column: Any, person_id: str) -> Select[Any]:
    return query.where(column == person_id) if person_id else query


_STAFF = (
    select(people, units.c.name.label("unit_name"))
    .outerjoin(units, units.c.id == people.c.unit_id)
    .where(people.c.kind == "staff")
    .order_by(units.c.name, people.c.name, people.c.id)
)
_PREDICATES = select(performances).order_by(performances.c.year)
_HOURS = (
    select(hour_postings.c.person_id, hour_postings.c.year, func.sum(hour_postings.c.hours).label("hours"))
    .where(hour_postings.c.account == "year")
    .group_by(hour_postings.c.person_id, hour_postings.c.year)
    .order_by(hour_postings.c.year)
)
#: Meetings of mentoring are written by the mentor.
_GUIDED = (
    select(entries.c.written_by.label("person_id"), func.count().label("number"))
    .select_from(entries.join(cases, cases.c.id == entries.c.case_id))
    .where(cases.c.process == "mentoring", entries.c.kind == "session", entries.c.status == "confirmed")
    .group_by(entries.c.written_by)
)
_NOMINATIONS = (
    select(cases.c.id, cases.c.reference, cases.c.subject_id, cases.c.state, cases.c.form, cases.c.closed_at)
    .where(cases.c.process == PROCESS)
    .order_by(cases.c.opened_at)
)
#: What hand-overs say; the last of each award comes last.
HANDED_OVER = (
    select(entries.c.case_id, entries.c.data)
    .join_from(entries, cases)
    .where(cases.c.process == PROCESS, entries.c.kind == "hand_over")
    .order_by(entries.c.number)
)
