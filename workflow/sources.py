"""The sources of facts about the step and the person: one small function each, named after the fact. See ``facts.py``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, func, or_, select, union_all

from policies.records import Activity, Headcount, Sanction
from workflow.case_sources import period, recorded
from workflow.facts import Situation, source
from workflow.tables import (
    absences,
    cases,
    deadlines,
    occupations,
    people,
    performances,
    positions,
    units,
)
from workflow.tables import sanctions as sanctions_table

# --- The step itself -------------------------------------------------------------------------------------------------


@source()
def on(situation: Situation) -> date:
    """The day of the step, at the agency."""
    return situation.on


@source()
def given(situation: Situation) -> dict[str, Any]:
    """What was filled in for this step."""
    return situation.given


@source()
def changed(situation: Situation) -> tuple[str, ...]:
    """Fields of the form that this step changes."""
    return _differing(situation, situation.case.form)


@source()
def returned_from(situation: Situation) -> str | None:
    """The state that last returned the case, while the answer to that is awaited."""
    found: str | None = situation.case.memory.get("returned_from")
    return found


@source()
def changed_since_return(situation: Situation) -> tuple[str, ...]:
    """What has changed since the case was returned, of the fields that send it through all superiors again."""
    before = situation.case.memory.get("returned_form")
    if before is None:
        return ()
    return tuple(name for name in _differing(situation, before) if name in situation.process.retraced_by)


@source()
def cited(situation: Situation) -> str | None:
    """The full title of the instrument that the step's ``rule`` cites; None where it is not known."""
    found = situation.office.regulations.find(str(situation.given.get("rule", "")))
    return found.title if found else None


@source()
def exemption(situation: Situation) -> str:
    """Why no agreement is asked for: as given now, or as the verifier last recorded it."""
    if situation.given.get("exemption"):
        return str(situation.given["exemption"])
    return str(
        next((e.data["exemption"] for e in reversed(recorded(situation, "verification")) if e.data["exemption"]), "")
    )


@source()
def deadline_passed(situation: Situation) -> bool:
    """Whether the time that the present state allows has passed: the day after the due day or later."""
    due = situation.conn.execute(
        select(func.max(deadlines.c.due_on)).where(
            deadlines.c.case_id == situation.case.id, deadlines.c.state == situation.case.state
        )
    ).scalar_one()
    return due is not None and due < situation.on


def _differing(situation: Situation, before: dict[str, Any]) -> tuple[str, ...]:
    """Fields that stand otherwise than before. What was left out stood at its default; every kind of nothing is the same."""
    fields = msgspec.structs.fields(situation.process.form)
    default = {field.name: field.default for field in fields if not field.required}
    then, now = default | before, default | situation.form
    return tuple(
        name for name in sorted({*then, *now}) if then.get(name) != now.get(name) and (then.get(name) or now.get(name))
    )


# --- The person ------------------------------------------------------------------------------------------------------


def subject_row(situation: Situation) -> Row[Any]:
    """The row of the person whom the case is about."""
    if "subject_row" not in situation.cache:
        query = select(people).where(people.c.id == situation.case.subject_id)
        situation.cache["subject_row"] = situation.conn.execute(query).one()
    row: Row[Any] = situation.cache["subject_row"]
    return row


def _person_lock(situation: Situation) -> Iterable[str]:
    return (f"person:{situation.case.subject_id}",)


@source(attestable=True)
def status(situation: Situation) -> str | None:
    """Employment status as imported; None where blank."""
    found: str | None = subject_row(situation).status
    return found


@source(attestable=True)
def sanctions(situation: Situation) -> tuple[Sanction, ...] | None:
    """Every disciplinary sanction on record; None where no record ever said what there is."""
    query = select(sanctions_table).where(sanctions_table.c.person_id == situation.case.subject_id)
    found = tuple(Sanction(row.level, row.from_on, row.until_on) for row in situation.conn.execute(query))
    return found if found or subject_row(situation).sanctions_known else None


@source()
def last_predicate_year(situation: Situation) -> int:
    """The last complete year."""
    return situation.on.year - 1


@source(attestable=True)
def last_predicate(situation: Situation) -> str | None:
    """The performance predicate of the last complete year; None where it is not recorded."""
    query = select(performances.c.predicate).where(
        performances.c.person_id == situation.case.subject_id, performances.c.year == situation.on.year - 1
    )
    found: str | None = situation.conn.execute(query).scalar_one_or_none()
    return found


@source()
def asn_kind(situation: Situation) -> str | None:
    """PNS or PPPK."""
    found: str | None = subject_row(situation).asn_kind
    return found


@source(attestable=True)
def contract_ends_on(situation: Situation) -> date | None:
    """The last day of a PPPK's contract; None where there is none or it is not recorded."""
    found: date | None = subject_row(situation).contract_ends_on
    return found


@source()
def participant_unit(situation: Situation) -> str | None:
    """Where the participant works."""
    return situation.case.unit_id


@source()
def participant_is_head(situation: Situation) -> bool:
    """Whether the participant holds the head post of their unit."""
    query = (
        select(positions.c.holder_id)
        .join_from(units, positions, units.c.head_position_id == positions.c.id)
        .where(units.c.id == situation.case.unit_id)
    )
    return situation.conn.execute(query).scalar_one_or_none() == situation.case.subject_id


@source(locks=_person_lock)
def other_activities(situation: Situation) -> tuple[Activity, ...]:
    """Other full-time activities that hold days of this person."""
    query = (
        select(occupations.c.from_on, occupations.c.until_on, cases.c.process)
        .join_from(occupations, cases)
        .where(
            occupations.c.person_id == situation.case.subject_id,
            occupations.c.case_id != situation.case.id,
            occupations.c.kind == "full",
        )
        .order_by(occupations.c.from_on)
    )
    return tuple(
        Activity(_title_of(situation, row.process), row.from_on, row.until_on) for row in situation.conn.execute(query)
    )


def _title_of(situation: Situation, process: str) -> str:
    return situation.process.title.lower() if process == situation.process.name else process


# --- Those who stay --------------------------------------------------------------------------------------------------


def _unit_lock(situation: Situation) -> Iterable[str]:
    return (f"presence:{situation.case.unit_id}",)


@source(locks=_unit_lock)
def same_post(situation: Situation) -> Headcount:
    """Those of the same post under the same superior."""
    row = subject_row(situation)
    group = and_(
        people.c.unit_id == row.unit_id,
        people.c.post == row.post,
        people.c.superior_position_id.is_(None)
        if row.superior_position_id is None
        else people.c.superior_position_id == row.superior_position_id,
    )
    return _headcount(situation, f"pegawai dengan jabatan {row.post} pada atasan yang sama", group)


@source(locks=_unit_lock)
def whole_unit(situation: Situation) -> Headcount:
    """Everyone of the unit."""
    row = subject_row(situation)
    name = situation.conn.execute(select(units.c.name).where(units.c.id == row.unit_id)).scalar_one_or_none()
    return _headcount(situation, f"pegawai {name or 'perangkat daerah'}", people.c.unit_id == row.unit_id)


def _headcount(situation: Situation, group: str, which: Any) -> Headcount:
    """How many a group has, and the most that are away at once on a day of the period, the participant apart."""
    first, last = period(situation)
    active = and_(people.c.kind == "staff", or_(people.c.left_on.is_(None), people.c.left_on > first), which)
    total = situation.conn.execute(select(func.count()).select_from(people).where(active)).scalar_one()
    away: list[Select[Any]] = [
        select(table.c.person_id, table.c.from_on, table.c.until_on)
        .join_from(table, people, table.c.person_id == people.c.id)
        .where(
            active,
            table.c.person_id != situation.case.subject_id,
            table.c.from_on <= last,
            table.c.until_on >= first,
            *more,
        )
        for table, more in ((absences, ()), (occupations, (occupations.c.stage == "absent",)))
    ]
    spans = [(row.person_id, row.from_on, row.until_on) for row in situation.conn.execute(union_all(*away))]
    elsewhere = select(people.c.id).where(active, people.c.id != situation.case.subject_id, people.c.status != "Aktif")
    spans += [(person_id, first, last) for person_id in situation.conn.execute(elsewhere).scalars()]
    return Headcount(group, int(total), most_at_once(spans, first, last))


def most_at_once(spans: Iterable[tuple[str, date, date]], first: date, last: date) -> int:
    """The largest number of different people whose spans cover one day between first and last."""
    listed = [(person, max(start, first), min(end, last)) for person, start, end in spans]
    starts = sorted({start for _, start, end in listed if start <= end})
    return max((len({person for person, start, end in listed if start <= day <= end}) for day in starts), default=0)
