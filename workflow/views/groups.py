"""Groups and who belongs to them, for BKPSDM to see and for administrators to change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, func, select

from policies.civil_service import full_name
from workflow.accounts import granting
from workflow.callers import Caller
from workflow.database import lock
from workflow.engine.engine import Engine
from workflow.engine.sweep import waiting_cases
from workflow.errors import NotFound, NotNow, NotYours
from workflow.forms import Form
from workflow.people.groups import GROUPS, PER_UNIT
from workflow.people.person import find_person
from workflow.tables import group_members, people, units
from workflow.views.officers import ADMINISTRATOR, AGENCY, by, require_administrator, require_sight

_SAYS = "Anggota kelompok hanya diubah oleh administrator."


class Membership(Form, frozen=True, kw_only=True):
    """Who is added or taken out: NIP, id or e-mail address; ``unit``: the unit's code, for groups that each unit has."""

    person: Annotated[str, Meta(title="Pegawai", min_length=1, max_length=254, description="NIP atau alamat surel")]
    unit: Annotated[str, Meta(title="Kode unit", max_length=64)] = ""


class GroupMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member. ``unit``: of which unit's group; ``serves``: false for who has left, and so does not count."""

    person_id: str
    name: str
    post: str
    unit: str
    serves: bool


class GroupPage(msgspec.Struct, frozen=True, kw_only=True):
    """A group and its members. ``per_unit``: each unit has its own; ``may_change``: whether the caller adds and takes out."""

    group: str
    title: str
    per_unit: bool
    may_change: bool
    members: tuple[GroupMember, ...]


class GroupSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A group, and how many belong to it."""

    group: str
    title: str
    members: int


class GroupList(msgspec.Struct, frozen=True, kw_only=True):
    """All groups."""

    items: tuple[GroupSummary, ...]


def group_list(conn: Connection, _: Engine, caller: Caller, __: datetime) -> GroupList:
    """The groups there are. Raises NotFound."""
    require_sight(conn, caller, *AGENCY)
    counted = select(group_members.c.group_name, func.count()).group_by(group_members.c.group_name)
    number = {row[0]: row[1] for row in conn.execute(counted)}
    items = (GroupSummary(group=name, title=title, members=number.get(name, 0)) for name, title in GROUPS.items())
    return GroupList(items=tuple(items))


def group_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, group: str) -> GroupPage:
    """A group and its members. Raises NotFound."""
    theirs = require_sight(conn, caller, *AGENCY)
    _check(group)
    on = engine.office.day(at)
    query = select(group_members.c.unit_id.label("of_unit"), people).join_from(group_members, people)
    query = query.where(group_members.c.group_name == group).order_by("of_unit", people.c.name, people.c.id)
    members = (
        GroupMember(
            person_id=row.id,
            name=full_name(row.front_title, row.name, row.back_title),
            post=row.post or "",
            unit=row.of_unit,
            serves=row.left_on is None or row.left_on > on,
        )
        for row in conn.execute(query)
    )
    return GroupPage(
        group=group,
        title=GROUPS[group],
        per_unit=group in PER_UNIT,
        may_change=ADMINISTRATOR in theirs,
        members=tuple(members),
    )


def add_member(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, group: str, form: Membership
) -> GroupPage:
    """Add somebody to a group. Raises NotFound, NotYours, PeopleError."""
    require_administrator(conn, caller, _SAYS)
    _check(group)
    if find_person(conn, form.person).id == caller.person_id:
        raise NotYours("Tidak seorang pun menambahkan dirinya sendiri ke dalam kelompok. Mintalah administrator lain.")
    granting.join(conn, group, form.person, _unit(conn, form.unit), at, by(caller))
    return group_page(conn, engine, caller, at, group)


def remove_member(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, group: str, form: Membership
) -> GroupPage:
    """Take somebody out of a group; the last administrator stays. Raises NotFound, NotYours, NotNow, PeopleError."""
    require_administrator(conn, caller, _SAYS)
    _check(group)
    if group == ADMINISTRATOR:
        lock(conn, f"group:{group}")
        serving = [each for each in group_page(conn, engine, caller, at, group).members if each.serves]
        if [each.person_id for each in serving] == [find_person(conn, form.person).id]:
            raise NotNow("Administrator terakhir tidak dapat dikeluarkan. Tambahkan administrator lain lebih dahulu.")
    granting.leave_group(conn, group, form.person, _unit(conn, form.unit), at, by(caller))
    if group == ADMINISTRATOR and find_person(conn, form.person).id == caller.person_id:
        return GroupPage(group=group, title=GROUPS[group], per_unit=False, may_change=False, members=())
    return group_page(conn, engine, caller, at, group)


def all_waiting(conn: Connection, _: Engine, __: Caller, ___: datetime) -> list[str]:
    """The open cases that wait for somebody, and may wait for somebody else once a group has changed."""
    return waiting_cases(conn)


def _unit(conn: Connection, text: str) -> str:
    """A unit's code as it is stored, however it was typed."""
    code = text.strip()
    found = conn.execute(select(units.c.id).where(func.lower(units.c.id) == code.casefold())).scalar_one_or_none()
    return found or code


def _check(group: str) -> None:
    if group not in GROUPS:
        raise NotFound(f"Kelompok {group} tidak ada, atau bukan untuk Anda lihat.")
