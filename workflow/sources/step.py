"""The sources of facts about the step and the person: one small function each, named after the fact. See ``facts.py``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Executable, Row, and_, bindparam, func, literal, or_, select, union_all

from policies.civil_service import plain
from policies.records import Activity, Headcount, Sanction
from workflow.engine.recorded_entries import inherited
from workflow.facts import Situation, defaults_of, source
from workflow.sources.case import period
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
        next((e.data["exemption"] for e in reversed(inherited(situation, "verification")) if e.data["exemption"]), "")
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
    """Fields that stand otherwise than before. What was left out stood at its default; every kind of nothing is the same.

    So is a text in which only case or blanks differ.
    """
    default = defaults_of(situation.process.form)
    then, now = default | before, default | situation.form
    return tuple(name for name in sorted({*then, *now}) if _bare(then.get(name)) != _bare(now.get(name)))


def _bare(value: Any) -> Any:
    """What of a value must differ for it to be another one."""
    return (plain(value) if isinstance(value, str) else value) or None


# --- The person ------------------------------------------------------------------------------------------------------


def subject_row(situation: Situation) -> Row[Any]:
    """The row of the person whom the case is about, and the name of their unit."""
    return situation.look_up(PERSON, person=situation.case.subject_id)[0]


def foresee_subjects(situation: Situation, person_ids: list[str]) -> None:
    """Read the rows of several subjects in one look, for those who act together."""
    for row in situation.conn.execute(_PEOPLE, {"people": person_ids}).all():
        situation.knows([row], PERSON, person=row.id)


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
    rows = situation.look_up(SANCTIONS, person=situation.case.subject_id)
    found = tuple(Sanction(row.level, row.from_on, row.until_on) for row in rows)
    return found if found or subject_row(situation).sanctions_known else None


@source()
def last_predicate_year(situation: Situation) -> int:
    """The last complete year."""
    return situation.on.year - 1


@source(attestable=True)
def last_predicate(situation: Situation) -> str | None:
    """The performance predicate of the last complete year; None where it is not recorded."""
    rows = situation.look_up(_PREDICATE, person=situation.case.subject_id, year=situation.on.year - 1)
    return next((row.predicate for row in rows), None)


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
    rows = situation.look_up(_HEAD, unit=situation.case.unit_id)
    return bool(rows) and rows[0].holder_id == situation.case.subject_id


@source(locks=_person_lock)
def other_activities(situation: Situation) -> tuple[Activity, ...]:
    """Other full-time activities that hold days of this person."""
    rows = situation.conn.execute(_ELSEWHERE, {"person": situation.case.subject_id, "case": situation.case.id})
    return tuple(Activity(_title_of(situation, row.process), row.from_on, row.until_on) for row in rows)


def _title_of(situation: Situation, process: str) -> str:
    return situation.process.title.lower() if process == situation.process.name else process


# --- Those who stay --------------------------------------------------------------------------------------------------


def _unit_lock(situation: Situation) -> Iterable[str]:
    return (f"presence:{subject_row(situation).unit_id}",)  # where they are now, as the counts below


@source(locks=_unit_lock)
def same_post(situation: Situation) -> Headcount:
    """Those of the same post under the same superior."""
    row = subject_row(situation)
    alike = {"unit_id": row.unit_id, "post": row.post, "superior_position_id": row.superior_position_id}
    return _headcount(situation, f"pegawai dengan jabatan {row.post} pada atasan yang sama", alike)


@source(locks=_unit_lock)
def whole_unit(situation: Situation) -> Headcount:
    """Everyone of the unit."""
    row = subject_row(situation)
    return _headcount(situation, f"pegawai {row.unit_name or 'perangkat daerah'}", {"unit_id": row.unit_id})


def _headcount(situation: Situation, group: str, alike: dict[str, Any]) -> Headcount:
    """How many are alike in these columns, and the most that are away at once on a day of the period, the participant apart."""
    first, last = period(situation)
    statement = _those_away(tuple((name, value is not None) for name, value in alike.items()))
    # Read once an act: who has gone since, of those who act together, is known without asking.
    *rows, everyone = situation.look_up(statement, first=first, last=last, **alike)
    spans = [(row.person_id, row.from_on, row.until_on) for row in rows if row.case_id not in situation.gone]
    spans += [
        (person.id, from_on, until_on)
        for person, from_on, until_on in filter(None, situation.gone.values())
        if all(getattr(person, name) == value for name, value in alike.items())
    ]
    staying = {situation.case.subject_id, situation.instead_of.subject_id if situation.instead_of else ""}
    return Headcount(group, everyone.number, most_at_once((s for s in spans if s[0] not in staying), first, last))


@cache
def _those_away(alike: tuple[tuple[str, bool], ...]) -> Executable:
    """One look: who of a group is away from when until when, and last a row with the number of all of it.

    ``alike``: the columns in which they are, and whether anything stands there.
    """
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    active = and_(
        people.c.kind == "staff",
        or_(people.c.left_on.is_(None), people.c.left_on > first),
        *(people.c[name] == bindparam(name) if known else people.c[name].is_(None) for name, known in alike),
    )
    none = literal("")
    away = [
        select(
            table.c.person_id, table.c.from_on, table.c.until_on, case_id.label("case_id"), literal(-1).label("number")
        )
        .join_from(table, people, table.c.person_id == people.c.id)
        .where(active, table.c.from_on <= last, table.c.until_on >= first, *more)
        for table, case_id, more in (
            (absences, none, ()),
            (occupations, occupations.c.case_id, (occupations.c.stage == "absent",)),
        )
    ]
    elsewhere = select(people.c.id, first, last, none, literal(-1)).where(active, people.c.status != "Aktif")
    everyone = select(none, first, last, none, func.count()).select_from(people).where(active)
    listed = union_all(*away, elsewhere, everyone).subquery()
    return select(listed).order_by(listed.c.number)


def most_at_once(spans: Iterable[tuple[str, date, date]], first: date, last: date) -> int:
    """The largest number of different people whose spans cover one day between first and last."""
    listed = [(person, max(start, first), min(end, last)) for person, start, end in spans]
    starts = sorted({start for _, start, end in listed if start <= end})
    return max((len({person for person, start, end in listed if start <= day <= end}) for day in starts), default=0)


# --- Statements, built once ------------------------------------------------------------------------------------------

#: A person by id, with the name of their unit.
PERSON = (
    select(people, units.c.name.label("unit_name"))
    .join_from(people, units, units.c.id == people.c.unit_id, isouter=True)
    .where(people.c.id == bindparam("person"))
)
_PEOPLE = (
    select(people, units.c.name.label("unit_name"))
    .join_from(people, units, units.c.id == people.c.unit_id, isouter=True)
    .where(people.c.id.in_(bindparam("people", expanding=True)))
)
_HEAD = (
    select(positions.c.holder_id)
    .join_from(units, positions, units.c.head_position_id == positions.c.id)
    .where(units.c.id == bindparam("unit"))
)
SANCTIONS = select(sanctions_table).where(sanctions_table.c.person_id == bindparam("person"))
_PREDICATE = select(performances.c.predicate).where(
    performances.c.person_id == bindparam("person"), performances.c.year == bindparam("year")
)
_ELSEWHERE = (
    select(occupations.c.from_on, occupations.c.until_on, cases.c.process)
    .join_from(occupations, cases)
    .where(
        occupations.c.person_id == bindparam("person"),
        occupations.c.case_id != bindparam("case"),
        occupations.c.kind == "full",
    )
    .order_by(occupations.c.from_on)
)
