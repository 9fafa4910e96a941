"""Who may act: roles resolved to people, mandates included, separations kept, and nobody ever stuck.

Where a separation, a vacancy or an absence leaves nobody, a post climbs to its superior's holder, a group to the head of the
personnel unit and then up; above the secretary stands the regent, and there it ends with the administrators, who may name another
person for the task and never decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select

from workflow.definition import Process, Role, facts_of
from workflow.facts import Situation, gather
from workflow.office import REGENT
from workflow.tables import absences, group_members, mandates, participants, people, positions, units

ADMINISTRATORS = "administrator"


@dataclass(frozen=True)
class Seat:
    """A person who may play a role now, and in which capacity: a post, a mandate for it, or in place of somebody below."""

    person_id: str
    name: str
    role: str
    position_id: str | None = None
    title: str = ""
    mandate: str = ""
    mandate_id: str | None = None
    climbed: bool = False
    away: bool = False


@dataclass
class Bench:
    """The seats of one case on one day; each role is looked up once."""

    situation: Situation
    _raw: dict[str, tuple[Seat, ...]] = field(default_factory=dict)
    _seats: dict[str, tuple[Seat, ...]] = field(default_factory=dict)
    _starts: dict[str, str | None] = field(default_factory=dict)
    _acted: dict[str, set[str]] | None = None

    @property
    def conn(self) -> Connection:
        """The transaction that looks."""
        return self.situation.conn

    def seats(self, role: str) -> tuple[Seat, ...]:
        """Who may play a role now, separations kept. Empty where only an administrator can help."""
        if role not in self._seats:
            self._seats[role] = self._apart(role)
        return self._seats[role]

    def seat(self, person_id: str | None, roles: Iterable[str]) -> Seat | None:
        """The seat of a person in the first of several roles where they have one."""
        return next((seat for role in roles for seat in self.seats(role) if seat.person_id == person_id), None)

    def _apart(self, name: str) -> tuple[Seat, ...]:
        process, barred = self.situation.process, self._barred(name)
        role = process.role[name]
        named = tuple(seat for seat in self._named(role) if seat.person_id not in barred)
        if named:
            return named
        free = tuple(seat for seat in self._holders(role) if seat.person_id not in barred)
        escalated = name in self.situation.case.memory.get("escalated", ())
        if role.kind in ("person", "partner") and not self._inside(role):
            return free
        if all(seat.away for seat in free) or escalated:
            taken, group = barred | {seat.person_id for seat in free}, not free and role.kind == "group"
            free = (*free, *self._climb(name, self._start(role), taken, include_start=group))
        return free

    def _barred(self, name: str) -> set[str]:
        """People whom a separation keeps from a role: who plays, or has played, a role that this one yields to."""
        process = self.situation.process
        others = [pair.to for pair in process.apart if pair.yields == name]
        barred = {seat.person_id for other in others for seat in self._holders(process.role[other])}
        if name != process.subject:
            barred.add(self.situation.case.subject_id)
        separated = {*others, *(pair.yields for pair in process.apart if pair.to == name)}
        for other in separated:
            barred |= self._acted_as(other)
        return barred

    def _acted_as(self, role: str) -> set[str]:
        if self._acted is None:
            self._acted = {}
            rows = self.conn.execute(
                select(participants.c.role, participants.c.person_id).where(
                    participants.c.case_id == self.situation.case.id,
                    participants.c.acted,
                    participants.c.person_id.is_not(None),
                )
            )
            for row in rows:
                self._acted.setdefault(row.role, set()).add(row.person_id)
        return self._acted.get(role, set())

    def _named(self, role: Role) -> tuple[Seat, ...]:
        """Whom an administrator named for the role on this case."""
        person_id = self.situation.case.memory.get("named", {}).get(role.name)
        if person_id is None:
            return ()
        return tuple(Seat(row.id, row.name, role.name) for row in _active(self.conn, people.c.id == person_id))

    def _holders(self, role: Role) -> tuple[Seat, ...]:
        """Who holds a role before any separation."""
        if role.name not in self._raw:
            self._raw[role.name] = tuple(self._look(role))
        return self._raw[role.name]

    def _look(self, role: Role) -> Iterator[Seat]:
        case = self.situation.case
        if role.kind == "person":
            yield from (Seat(row.id, row.name, role.name) for row in _active(self.conn, people.c.id == case.subject_id))
        elif role.kind == "group":
            yield from self._members(role)
        elif role.kind == "partner" and not self._inside(role):
            _, _, partner = str(self.situation.form.get(role.partner, "")).partition(":")
            yield from (Seat(row.id, row.name, role.name) for row in _active(self.conn, people.c.partner_id == partner))
        else:
            position_id = self._start(role)
            if position_id is not None:
                yield from holders(self.situation, role.name, position_id)

    def _members(self, role: Role) -> Iterator[Seat]:
        belongs = exists().where(
            group_members.c.group_name == role.group,
            group_members.c.person_id == people.c.id,
            group_members.c.unit_id.in_(["", self.situation.case.unit_id or ""]),
        )
        yield from (Seat(row.id, row.name, role.name) for row in _active(self.conn, belongs))

    def _inside(self, role: Role) -> bool:
        """Whether a host is a unit of our own, answered for by its head."""
        return bool(role.partner) and str(self.situation.form.get(role.partner, "")).startswith("unit:")

    def _start(self, role: Role) -> str | None:
        """The post at which a role begins to be looked for."""
        if role.name not in self._starts:
            self._starts[role.name] = self._look_for_start(role)
        return self._starts[role.name]

    def _look_for_start(self, role: Role) -> str | None:
        conn, case, process = self.conn, self.situation.case, self.situation.process
        if role.of:
            if process.role[role.of].person:
                return conn.execute(
                    select(people.c.superior_position_id).where(people.c.id == case.subject_id)
                ).scalar_one_or_none()
            below = self._start(process.role[role.of])
            return conn.execute(select(positions.c.superior_id).where(positions.c.id == below)).scalar_one_or_none()
        if role.heads:
            return _head_of(conn, case.unit_id)
        if role.partner:
            return _head_of(conn, str(self.situation.form[role.partner]).partition(":")[2])
        if role.find is not None:
            found = role.find(gather(facts_of(role.find), self.situation), self.situation.law)
            return (
                self._start(process.role[found]) if found in process.role else self.situation.office.post(conn, found)
            )
        return self.situation.office.post(conn, role.post or "personnel_head")

    def _climb(self, role: str, start: str | None, barred: set[str], *, include_start: bool) -> tuple[Seat, ...]:
        """The nearest superior posts' holders who are free to act."""
        seen: set[str] = set()
        position_id = start if include_start else self._above(start, seen)
        while position_id is not None and position_id not in seen:
            found = tuple(seat for seat in holders(self.situation, role, position_id) if seat.person_id not in barred)
            if found:
                return tuple(
                    Seat(s.person_id, s.name, role, s.position_id, s.title, s.mandate, s.mandate_id, True)
                    for s in found
                )
            position_id = self._above(position_id, seen)
        return ()

    def _above(self, position_id: str | None, seen: set[str]) -> str | None:
        if position_id is None:  # no superior on record: the head of the unit, then the secretary
            head = _head_of(self.conn, self.situation.case.unit_id)
            return head if head is not None and head not in seen else self.situation.office.post(self.conn, "secretary")
        seen.add(position_id)
        above: str | None = self.conn.execute(
            select(positions.c.superior_id).where(positions.c.id == position_id)
        ).scalar_one_or_none()
        if above is not None or position_id == REGENT:
            return above
        secretary = self.situation.office.post(self.conn, "secretary")
        return secretary if secretary is not None and secretary not in seen else REGENT


def holders(situation: Situation, role: str, position_id: str) -> tuple[Seat, ...]:
    """Who may sign for a post on a day: whoever has a mandate for it, and its holder unless on leave with somebody standing in."""
    conn, on = situation.conn, situation.on
    lent = [
        Seat(row.id, row.name, role, position_id, row.title, row.kind, row.mandate_id)
        for row in conn.execute(_mandates(position_id, on))
        if row.scope == "*" or situation.process.name in row.scope.split(",")
    ]
    away = exists().where(absences.c.person_id == people.c.id, absences.c.from_on <= on, absences.c.until_on >= on)
    query = (
        select(people.c.id, people.c.name, positions.c.title, away.label("away"))
        .join_from(positions, people, positions.c.holder_id == people.c.id)
        .where(positions.c.id == position_id, or_(people.c.left_on.is_(None), people.c.left_on > on))
    )
    row = conn.execute(query).one_or_none()
    if row is None or (row.away and any(seat.mandate in ("plt", "plh") for seat in lent)):
        return tuple(lent)
    return (Seat(row.id, row.name, role, position_id, row.title, away=row.away), *lent)


def _mandates(position_id: str, on: date) -> Any:
    return (
        select(
            people.c.id,
            people.c.name,
            positions.c.title,
            mandates.c.kind,
            mandates.c.id.label("mandate_id"),
            mandates.c.scope,
        )
        .join_from(mandates, people, mandates.c.receiver_id == people.c.id)
        .join(positions, positions.c.id == mandates.c.position_id)
        .where(
            mandates.c.position_id == position_id,
            mandates.c.from_on <= on,
            mandates.c.until_on >= on,
            or_(mandates.c.revoked_on.is_(None), mandates.c.revoked_on > on),
            or_(people.c.left_on.is_(None), people.c.left_on > on),
        )
        .order_by(mandates.c.id)
    )


def _active(conn: Connection, which: Any) -> Iterable[Row[Any]]:
    return conn.execute(
        select(people.c.id, people.c.name).where(and_(which, people.c.left_on.is_(None))).order_by(people.c.id)
    )


def _head_of(conn: Connection, unit_id: str | None) -> str | None:
    return conn.execute(select(units.c.head_position_id).where(units.c.id == unit_id)).scalar_one_or_none()


def administrators(conn: Connection) -> tuple[Seat, ...]:
    """Those who may name a person for a task that nobody else can take."""
    belongs = exists().where(group_members.c.group_name == ADMINISTRATORS, group_members.c.person_id == people.c.id)
    return tuple(Seat(row.id, row.name, ADMINISTRATORS) for row in _active(conn, belongs))


def roles_for(process: Process, state: str, trigger: str) -> tuple[str, ...]:
    """The roles that may fire a trigger from a state."""
    arrow = process.arrow(state, trigger)
    return process.actors(arrow, state) if arrow else ()
