"""The agency's people, for those whose office it is: found by name, NIP, post or unit, and one person with what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from policies.civil_service import full_name
from policies.nip import NotANip, read_nip
from workflow.authority.mandate_queries import in_force
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.office import Office
from workflow.people.groups import GROUPS
from workflow.people.mandates import MANDATES
from workflow.queries import BadCursor
from workflow.tables import absences, accounts, group_members, mandates, people, positions, sessions, tickets, units
from workflow.views.officers import ADMINISTRATOR, BUDGET, VERIFIER, offices
from workflow.views.shown import NamedUnit

#: People on one page of a list.
A_PAGE = 50

ACCOUNT_STATES = {"active": "Aktif", "invited": "Diundang", "none": "Belum ada"}


@dataclass(frozen=True)
class Sought:
    """Whom is looked for: ``words`` in name, NIP or post; a unit's code; after whom of an earlier page the list goes on."""

    words: str = ""
    unit: str = ""
    after: str = ""


class PersonInList(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the staff. ``nip`` is masked for who need not know it; ``account``: active, invited or none."""

    id: str
    name: str
    nip: str
    post: str
    unit_id: str
    unit: str
    left_on: date | None
    account: str
    account_title: str


class PersonList(msgspec.Struct, frozen=True, kw_only=True):
    """People by name. ``next``: where the list goes on, if it does."""

    items: tuple[PersonInList, ...]
    units: tuple[NamedUnit, ...]
    next: str | None = None


class HeldGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group that somebody belongs to."""

    group: str
    title: str
    unit: str


class HeldMandate(msgspec.Struct, frozen=True, kw_only=True):
    """Authority that somebody holds for another today."""

    id: str
    title: str
    post: str
    from_on: date
    until_on: date


class HeldAbsence(msgspec.Struct, frozen=True, kw_only=True):
    """Days on which somebody is away; why is not told here."""

    from_on: date
    until_on: date


class PersonPage(msgspec.Struct, frozen=True, kw_only=True):
    """One person. ``grade``, ``superior``: empty where unknown. ``may_manage``: whether the caller may change their account."""

    person: PersonInList
    email: str
    grade: str
    superior: str
    posts: tuple[str, ...]
    groups: tuple[HeldGroup, ...]
    mandates: tuple[HeldMandate, ...]
    absences: tuple[HeldAbsence, ...]
    missing_since: date | None
    may_manage: bool


@dataclass(frozen=True)
class _Rights:
    """Whose records somebody sees: everybody's, or those of ``units``; with the NIP in full or masked."""

    everybody: bool
    units: frozenset[str]
    whole_nip: bool
    administers: bool

    def seen(self) -> ColumnElement[bool]:
        """A condition on ``people``: staff whom the caller may see."""
        staff = people.c.kind == "staff"
        return staff if self.everybody else and_(staff, people.c.unit_id.in_(sorted(self.units)))


def people_list(conn: Connection, engine: Engine, caller: Caller, _: datetime, sought: Sought) -> PersonList:
    """People by name, no more than a page. Raises NotFound, BadCursor."""
    rights = _rights(conn, engine.office, caller)
    query = _PEOPLE.where(rights.seen()).order_by(people.c.name, people.c.id).limit(A_PAGE + 1)
    for word in sought.words.split()[:8]:
        query = query.where(_says(word))
    if sought.unit:
        query = query.where(people.c.unit_id == sought.unit)
    if sought.after:
        last = conn.execute(_PEOPLE.where(people.c.id == sought.after, rights.seen())).one_or_none()
        if last is None:
            raise BadCursor(sought.after)
        query = query.where(or_(people.c.name > last.name, and_(people.c.name == last.name, people.c.id > last.id)))
    rows = conn.execute(query).all()
    return PersonList(
        items=tuple(_line(row, rights) for row in rows[:A_PAGE]),
        units=_units(conn, rights),
        next=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
    )


def person_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, person_id: str) -> PersonPage:
    """One person. Raises NotFound."""
    rights, on = _rights(conn, engine.office, caller), engine.office.day(at)
    row = conn.execute(_PEOPLE.where(people.c.id == person_id, rights.seen())).one_or_none()
    if row is None:
        raise no_such_person()
    held = select(positions.c.title).where(positions.c.holder_id == person_id).order_by(positions.c.title)
    return PersonPage(
        person=_line(row, rights),
        email=row.email or "",
        grade=" ".join(filter(None, (row.asn_kind, row.grade))),
        superior=_superior(conn, row.superior_position_id),
        posts=tuple(conn.execute(held).scalars()),
        groups=_groups(conn, person_id),
        mandates=_mandates(conn, person_id, on),
        absences=_absences(conn, person_id, on),
        missing_since=row.missing_since,
        may_manage=rights.administers,
    )


def no_such_person() -> NotFound:
    """The same words where they do not exist and where they are not the caller's to know of."""
    return NotFound("Pegawai itu tidak ada, atau bukan untuk Anda lihat.")


def _rights(conn: Connection, office: Office, caller: Caller) -> _Rights:
    theirs = offices(conn, caller)
    mine = select(group_members.c.unit_id).where(
        group_members.c.person_id == caller.person_id, group_members.c.group_name == "personnel_officer"
    )
    own = frozenset() if caller.is_contact else frozenset(conn.execute(mine).scalars())
    keeps_all = bool(theirs & {ADMINISTRATOR, VERIFIER}) or office.profile.personnel_unit in own
    everybody = keeps_all or BUDGET in theirs
    if not everybody and not own:
        raise no_such_person()
    return _Rights(everybody, own, keeps_all or not everybody, ADMINISTRATOR in theirs)


def _says(word: str) -> ColumnElement[bool]:
    """Whether a word stands in a name, a post, or at the beginning of a NIP."""
    plain = word.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    texts = (func.lower(people.c.name), func.lower(people.c.post))
    found: list[ColumnElement[bool]] = [text.like(f"%{plain}%", escape="\\") for text in texts]
    if word.isascii() and word.isdecimal() and len(word) == 18:
        found.append(people.c.nip == word)  # of a part of it whoever sees it masked could guess the rest
    return or_(*found)


def _line(row: Row[Any], rights: _Rights) -> PersonInList:
    state = "active" if row.has_account else "invited" if row.is_invited else "none"
    return PersonInList(
        id=row.id,
        name=full_name(row.front_title, row.name, row.back_title),
        nip=_nip(row.nip, whole=rights.whole_nip),
        post=row.post or "",
        unit_id=row.unit_id or "",
        unit=row.unit or "",
        left_on=row.left_on,
        account=state,
        account_title=ACCOUNT_STATES[state],
    )


def _nip(nip: str | None, *, whole: bool) -> str:
    if not nip:
        return ""
    if not whole:
        return f"{'•' * (len(nip) - 4)}{nip[-4:]}"
    try:
        return read_nip(nip).grouped()
    except NotANip:
        return nip


def _units(conn: Connection, rights: _Rights) -> tuple[NamedUnit, ...]:
    query = select(units.c.id, units.c.name).order_by(units.c.name)
    if not rights.everybody:
        query = query.where(units.c.id.in_(sorted(rights.units)))
    return tuple(NamedUnit(id=row.id, name=row.name) for row in conn.execute(query))


def _superior(conn: Connection, position_id: str | None) -> str:
    query = select(positions.c.title, people.c.front_title, people.c.name, people.c.back_title).join_from(
        positions, people, positions.c.holder_id == people.c.id, isouter=True
    )
    row = conn.execute(query.where(positions.c.id == position_id)).one_or_none()
    if row is None:
        return ""
    holder = full_name(row.front_title or "", row.name, row.back_title or "") if row.name else "jabatan kosong"
    return f"{row.title} ({holder})"


def _groups(conn: Connection, person_id: str) -> tuple[HeldGroup, ...]:
    query = select(group_members.c.group_name, group_members.c.unit_id)
    rows = conn.execute(query.where(group_members.c.person_id == person_id).order_by("group_name", "unit_id"))
    return tuple(
        HeldGroup(group=row.group_name, title=GROUPS.get(row.group_name, row.group_name), unit=row.unit_id)
        for row in rows
    )


def _mandates(conn: Connection, person_id: str, on: date) -> tuple[HeldMandate, ...]:
    query = select(mandates, positions.c.title).join_from(mandates, positions)
    query = query.where(mandates.c.receiver_id == person_id, in_force(on)).order_by(mandates.c.from_on, mandates.c.id)
    return tuple(
        HeldMandate(id=row.id, title=MANDATES[row.kind], post=row.title, from_on=row.from_on, until_on=row.until_on)
        for row in conn.execute(query)
    )


def _absences(conn: Connection, person_id: str, on: date) -> tuple[HeldAbsence, ...]:
    query = select(absences.c.from_on, absences.c.until_on).where(
        absences.c.person_id == person_id, absences.c.until_on >= on, absences.c.until_on >= absences.c.from_on
    )
    rows = conn.execute(query.order_by(absences.c.from_on))
    return tuple(HeldAbsence(from_on=row.from_on, until_on=row.until_on) for row in rows)


_PEOPLE = select(
    people,
    units.c.name.label("unit"),
    or_(
        exists().where(accounts.c.person_id == people.c.id, accounts.c.password_hash.is_not(None)),
        exists().where(sessions.c.person_id == people.c.id),
    ).label("has_account"),
    exists()
    .where(tickets.c.person_id == people.c.id, tickets.c.used_at.is_(None), tickets.c.ended_at.is_(None))
    .label("is_invited"),
).join_from(people, units, units.c.id == people.c.unit_id, isouter=True)
