"""Who may act: roles resolved to people, mandates included, separations kept, and nobody ever stuck.

Where a separation, a vacancy or an absence leaves nobody, a post climbs to its superior's holder, a group to the head of the
personnel unit and then up; above the secretary stands the regent, and there it ends with the administrators, who may name another
person for the task and never decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Executable,
    Row,
    and_,
    bindparam,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)

from workflow.definition import Process, Role, facts_of
from workflow.errors import Refused
from workflow.facts import Situation, gather
from workflow.office import POSTS, REGENT
from workflow.tables import absences, group_members, mandates, participants, people, positions, units

ADMINISTRATORS = "administrator"


def officials(process: Process) -> tuple[str, ...]:
    """Whom a policy may name in place of a role: the posts that the agency knows, and the process's own roles that are posts."""
    return (
        *POSTS,
        *(role.name for role in process.roles if role.kind in ("of", "heads", "post") and role.name not in POSTS),
    )


@dataclass(frozen=True)
class Seat:
    """A person who may play a role now, and in which capacity: a post, a mandate for it, or in place of somebody below.

    ``lent_by``: who holds the post that a mandate is for; empty where it is vacant.
    """

    person_id: str
    name: str
    role: str
    position_id: str | None = None
    title: str = ""
    mandate: str = ""
    mandate_id: str | None = None
    lent_by: str = ""
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

    def line(self, role: str) -> tuple[str, ...]:
        """The posts of a role's line, by id: the one at which it begins to be looked for, and each one above."""
        return self.upward(self._start(self.situation.process.role[role]) or self._above(None, set()))

    def upward(self, position_id: str | None) -> tuple[str, ...]:
        """A post and each one above it, by id, up to the regent."""
        seen: set[str] = set()
        found: list[str] = []
        while position_id is not None and position_id not in found:
            found.append(position_id)
            position_id = self._above(position_id, seen)
        return tuple(found)

    def _apart(self, name: str) -> tuple[Seat, ...]:
        barred, role = self.barred(name), self.situation.process.role[name]
        free = tuple(seat for seat in self._holders(role) if seat.person_id not in barred)
        escalated = name in self.situation.case.memory.get("escalated", ())
        if role.kind in ("person", "partner") and not self._inside(role):
            return free
        if all(seat.away for seat in free) or escalated:
            taken, group = barred | {seat.person_id for seat in free}, role.kind == "group"
            free = (*free, *self._climb(name, self._start(role), taken, include_start=group))
        return free or tuple(seat for seat in self._named(role) if seat.person_id not in barred)

    def barred(self, name: str) -> set[str]:
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
            rows = self.conn.execute(_ACTED, {"case": self.situation.case.id})
            for row in rows:
                self._acted.setdefault(row.role, set()).add(row.person_id)
        return self._acted.get(role, set())

    def _named(self, role: Role) -> tuple[Seat, ...]:
        """Whom an administrator named for the role on this case."""
        person_id = self.situation.case.memory.get("named", {}).get(role.name)
        if person_id is None:
            return ()
        return tuple(Seat(row.id, row.name, role.name) for row in self._people(_PERSON, person=person_id))

    def _holders(self, role: Role) -> tuple[Seat, ...]:
        """Who holds a role before any separation."""
        if role.name not in self._raw:
            self._raw[role.name] = tuple(self._look(role))
        return self._raw[role.name]

    def _look(self, role: Role) -> Iterator[Seat]:
        case = self.situation.case
        if role.kind == "person":
            yield from (Seat(row.id, row.name, role.name) for row in self._people(_PERSON, person=case.subject_id))
        elif role.kind == "group":
            found = self._people(_MEMBERS, group=role.group, unit=case.unit_id or "")
            yield from (Seat(row.id, row.name, role.name) for row in found)
        elif role.kind == "partner" and not self._inside(role):
            _, _, partner = str(self.situation.form.get(role.partner, "")).partition(":")
            yield from (Seat(row.id, row.name, role.name) for row in self._people(_CONTACTS, partner=partner))
        else:
            position_id = self._start(role)
            if position_id is not None:
                yield from holders(self.situation, role.name, position_id)

    def _people(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        return self.situation.look_up(statement, **values, on=self.situation.on)

    def is_outside(self, role: str) -> bool:
        """Whether a role is a partner's, whom only its own contacts answer for."""
        found = self.situation.process.role[role]
        return bool(found.partner) and not self._inside(found)

    def _inside(self, role: Role) -> bool:
        """Whether a host is a unit of our own, answered for by its head."""
        return bool(role.partner) and str(self.situation.form.get(role.partner, "")).startswith("unit:")

    def _start(self, role: Role) -> str | None:
        """The post at which a role begins to be looked for."""
        if role.name not in self._starts:
            self._starts[role.name] = self._look_for_start(role)
        return self._starts[role.name]

    def _look_for_start(self, role: Role) -> str | None:
        case, process = self.situation.case, self.situation.process
        if role.of:
            if process.role[role.of].person:
                return self._post_of(_SUPERIORS, person=case.subject_id)
            return self._superior(self._start(process.role[role.of]))
        if role.heads:
            return self.head(case.unit_id)
        if role.partner:
            return self.head(str(self.situation.form[role.partner]).partition(":")[2])
        if role.find is not None:
            found = role.find(gather(facts_of(role.find), self.situation), self.situation.law)
            known = officials(process)
            if found not in known:
                raise Refused(
                    f"Ketentuan menunjuk pejabat “{found}”, yang tidak dikenal; yang dikenal: {', '.join(known)}."
                )
            return self._start(process.role[found]) if found in process.role else self.agency_post(found)
        return self.agency_post(role.post or "personnel_head")

    def agency_post(self, name: str) -> str | None:
        """The post that the agency knows by this name; None where it is not filled in yet."""
        return REGENT if name == REGENT else self.head(self.situation.office.headed(name))

    def head(self, unit_id: str | None) -> str | None:
        """The post that heads a unit."""
        return self._post_of(_HEADS, unit=unit_id) if unit_id else None

    def _post_of(self, statement: Executable, **values: Any) -> str | None:
        """The post that a statement finds; those who hold it come along in the same look."""
        rows = self._people(statement, **values)
        if not rows:
            return None
        position_id: str = rows[0].position_id
        self.situation.knows(rows, _HOLDERS, position=position_id, on=self.situation.on)
        return position_id

    def post(self, position_id: str | None) -> Row[Any] | None:
        """A post by id, with the name of its unit; the posts above it come along in the same look."""
        situation = self.situation
        rows = situation.look_up(_LINE, position=position_id) if position_id else ()
        for number, row in enumerate(rows):
            situation.knows(rows[number:], _LINE, position=row.id)
        return rows[0] if rows else None

    def _superior(self, position_id: str | None) -> str | None:
        post = self.post(position_id)
        above: str | None = post.superior_id if post is not None else None
        return above

    def _climb(self, role: str, start: str | None, barred: set[str], *, include_start: bool) -> tuple[Seat, ...]:
        """The nearest superior posts' holders who are free to act."""
        seen: set[str] = set()
        position_id = start if include_start else self._above(start, seen)
        while position_id is not None and position_id not in seen:
            found = tuple(seat for seat in holders(self.situation, role, position_id) if seat.person_id not in barred)
            if found:
                return tuple(replace(seat, climbed=True) for seat in found)
            position_id = self._above(position_id, seen)
        return ()

    def _above(self, position_id: str | None, seen: set[str]) -> str | None:
        if position_id is None:  # no superior on record: the head of the unit, then the secretary, then the regent
            return self.head(self.situation.case.unit_id) or self.agency_post("secretary") or REGENT
        seen.add(position_id)
        above = self._superior(position_id)
        if above is not None or position_id == REGENT:
            return above
        secretary = self.agency_post("secretary")
        return secretary if secretary is not None and secretary not in seen else REGENT


def holders(situation: Situation, role: str, position_id: str) -> tuple[Seat, ...]:
    """Who may act for a post on a day: its holder, unless on leave with a stand-in, and whoever has a mandate for it."""
    rows = situation.look_up(_HOLDERS, position=position_id, on=situation.on)
    lent = [
        Seat(row.id, row.name, role, position_id, row.title, row.kind, row.mandate_id, row.lent_by or "")
        for row in rows
        if row.mandate_id is not None and (row.scope == "*" or situation.process.name in row.scope.split(","))
    ]
    stood_in = any(seat.mandate in ("plt", "plh") for seat in lent)
    held = [
        Seat(row.id, row.name, role, position_id, row.title, away=bool(row.away))
        for row in rows
        if row.id is not None and row.mandate_id is None and not (row.away and stood_in)
    ]
    return (*held, *lent)


def administrators(situation: Situation) -> tuple[Seat, ...]:
    """Those who may name a person for a task that nobody else can take; never in their own case."""
    rows = situation.look_up(_MEMBERS, group=ADMINISTRATORS, unit="", on=situation.on)
    return tuple(Seat(row.id, row.name, ADMINISTRATORS) for row in rows if row.id != situation.case.subject_id)


# --- Statements, built once: building one takes longer than running it -----------------------------------------------

_ON = bindparam("on", type_=Date)
_IN_SERVICE = or_(people.c.left_on.is_(None), people.c.left_on > _ON)
_AWAY = exists().where(absences.c.person_id == people.c.id, absences.c.from_on <= _ON, absences.c.until_on >= _ON)

_LENDER = people.alias("lender")


def _holders_of(position: ColumnElement[Any]) -> Executable:
    """Those who hold a post, at least one row for it also where nobody does, and those with a mandate for it."""
    held = (
        select(
            positions.c.id.label("position_id"),
            people.c.id,
            people.c.name,
            positions.c.title,
            literal("").label("kind"),
            null().label("mandate_id"),
            literal("*").label("scope"),
            null().label("lent_by"),
            _AWAY.label("away"),
        )
        .join_from(positions, people, and_(positions.c.holder_id == people.c.id, _IN_SERVICE), isouter=True)
        .where(positions.c.id == position)
    )
    lent = (
        select(
            positions.c.id,
            people.c.id,
            people.c.name,
            positions.c.title,
            mandates.c.kind,
            mandates.c.id,
            mandates.c.scope,
            _LENDER.c.name,
            literal(False),
        )
        .join_from(mandates, people, mandates.c.receiver_id == people.c.id)
        .join(positions, positions.c.id == mandates.c.position_id)
        .outerjoin(_LENDER, _LENDER.c.id == positions.c.holder_id)
        .where(
            mandates.c.position_id == position,
            mandates.c.from_on <= _ON,
            mandates.c.until_on >= _ON,
            or_(mandates.c.revoked_on.is_(None), mandates.c.revoked_on > _ON),
            _IN_SERVICE,
        )
    )
    return union_all(held, lent)


_HOLDERS = _holders_of(bindparam("position"))
_SUPERIORS = _holders_of(
    select(people.c.superior_position_id).where(people.c.id == bindparam("person")).correlate(None).scalar_subquery()
)
_HEADS = _holders_of(
    select(units.c.head_position_id).where(units.c.id == bindparam("unit")).correlate(None).scalar_subquery()
)
_PERSON = select(people.c.id, people.c.name).where(people.c.id == bindparam("person"), _IN_SERVICE)
_CONTACTS = (
    select(people.c.id, people.c.name)
    .where(people.c.partner_id == bindparam("partner"), _IN_SERVICE)
    .order_by(people.c.id)
)
_MEMBERS = (
    select(people.c.id, people.c.name)
    .where(
        exists().where(
            group_members.c.group_name == bindparam("group"),
            group_members.c.person_id == people.c.id,
            or_(group_members.c.unit_id == "", group_members.c.unit_id == bindparam("unit")),
        ),
        _IN_SERVICE,
    )
    .order_by(people.c.id)
)
_ACTED = select(participants.c.role, participants.c.person_id).where(
    participants.c.case_id == bindparam("case"), participants.c.acted, participants.c.person_id.is_not(None)
)


def _upward() -> Executable:
    """A post and those above it, the nearest first; superiors in a circle end it too."""
    line = (
        select(positions.c.id, positions.c.superior_id, literal(0).label("height"))
        .where(positions.c.id == bindparam("position"))
        .cte("line", recursive=True)
    )
    above = (
        select(positions.c.id, positions.c.superior_id, line.c.height + 1)
        .join_from(line, positions, positions.c.id == line.c.superior_id)
        .where(line.c.height < _HIGHEST)
    )
    line = line.union_all(above)
    return (
        select(positions, units.c.name.label("unit_name"))
        .join_from(line, positions, positions.c.id == line.c.id)
        .join(units, units.c.id == positions.c.unit_id, isouter=True)
        .order_by(line.c.height)
    )


#: Posts above one another that are read in one look.
_HIGHEST = 10
_LINE = _upward()
