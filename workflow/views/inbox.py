"""Who I am here: my posts, groups, mandates and how much awaits me."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select

from workflow.authority.mandate_queries import in_force
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.people.groups import GROUPS
from workflow.queries import inbox_count
from workflow.tables import group_members, mandates, positions
from workflow.views.shown import people_by_id

MANDATE_TITLES = {
    "plt": "Pelaksana tugas",
    "plh": "Pelaksana harian",
    "pj": "Penjabat",
    "mandat": "Mandat",
    "delegasi": "Delegasi",
}


class PostLine(msgspec.Struct, frozen=True, kw_only=True):
    """A post that somebody holds."""

    id: str
    title: str


class GroupLine(msgspec.Struct, frozen=True, kw_only=True):
    """A group that somebody belongs to; ``unit`` where it is a unit's own."""

    group: str
    title: str
    unit: str = ""


class MandateLine(msgspec.Struct, frozen=True, kw_only=True):
    """Authority that was lent to somebody: for which post, and until when."""

    kind: str
    title: str
    post: str
    from_on: date
    until_on: date
    basis_number: str


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The holder of a key. ``tasks``: how many await them, counted no further than 100."""

    id: str
    name: str
    kind: str
    post: str
    institution: str
    scopes: tuple[str, ...]
    posts: tuple[PostLine, ...]
    groups: tuple[GroupLine, ...]
    mandates: tuple[MandateLine, ...]
    tasks: int
    today: date


def me(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> Me:
    """The caller, as the agency knows them today."""
    on = engine.office.day(at)
    line = people_by_id(conn, [caller.person_id])[caller.person_id]
    held = conn.execute(select(positions.c.id, positions.c.title).where(positions.c.holder_id == caller.person_id))
    groups = conn.execute(
        select(group_members.c.group_name, group_members.c.unit_id).where(group_members.c.person_id == caller.person_id)
    )
    return Me(
        id=line.id,
        name=line.name,
        kind=caller.kind,
        post=line.post,
        institution=line.institution,
        scopes=tuple(sorted(caller.scopes)),
        posts=tuple(PostLine(id=row.id, title=row.title) for row in held),
        groups=tuple(
            GroupLine(group=row.group_name, title=GROUPS.get(row.group_name, row.group_name), unit=row.unit_id)
            for row in groups
        ),
        mandates=_mandates(conn, caller.person_id, on),
        tasks=inbox_count(conn, caller.person_id),
        today=on,
    )


def _mandates(conn: Connection, person_id: str, on: date) -> tuple[MandateLine, ...]:
    query = (
        select(mandates, positions.c.title)
        .join_from(mandates, positions, positions.c.id == mandates.c.position_id)
        .where(mandates.c.receiver_id == person_id, in_force(on))
        .order_by(mandates.c.from_on, mandates.c.id)
    )
    return tuple(
        MandateLine(
            kind=row.kind,
            title=MANDATE_TITLES.get(row.kind, row.kind),
            post=row.title,
            from_on=row.from_on,
            until_on=row.until_on,
            basis_number=row.basis_number,
        )
        for row in conn.execute(query)
    )
