"""Who holds a post, belongs to a group or stands above, as statements: built once, as building one takes longer than running it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Executable,
    FromClause,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from workflow.authority.mandate_queries import in_force
from workflow.tables import absences, group_members, mandates, participants, people, positions, tenures, units

_ON = bindparam("on", type_=Date)
_IN_SERVICE = or_(people.c.left_on.is_(None), people.c.left_on > _ON)

#: Of the absences on that day, the widest.
_AWAY = (absences.c.person_id == people.c.id, absences.c.from_on <= _ON, absences.c.until_on >= _ON)
_AWAY_FROM = select(func.min(absences.c.from_on)).where(*_AWAY).correlate(people).scalar_subquery()
_AWAY_UNTIL = select(func.max(absences.c.until_on)).where(*_AWAY).correlate(people).scalar_subquery()

_LENDER = people.alias("lender")


#: Who held a post on that day, where it has gone by; the post itself knows its holder of today.
_HELD_THEN = (
    select(tenures.c.position_id, tenures.c.person_id)
    .where(tenures.c.from_on <= _ON, or_(tenures.c.left_on.is_(None), tenures.c.left_on > _ON))
    .subquery("held_then")
)


def _holders_of(position: ColumnElement[Any], *, then: bool = False) -> Executable:
    """Those who hold a post, at least one row for it also where nobody does, and those with a mandate for it.

    ``then``: as its history tells of a day that has gone by.
    """
    posts: FromClause = positions
    holder: ColumnElement[Any] = positions.c.holder_id
    if then:
        posts = positions.outerjoin(_HELD_THEN, _HELD_THEN.c.position_id == positions.c.id)
        holder = _HELD_THEN.c.person_id
    held = (
        select(
            positions.c.id.label("position_id"),
            people.c.id,
            people.c.name,
            positions.c.title,
            literal("").label("kind"),
            null().label("mandate_id"),
            literal("*").label("scope"),
            literal("*").label("units"),
            literal("*").label("letters"),
            null().label("via_id"),
            null().label("giver_id"),
            null().label("lent_by"),
            _AWAY_FROM.label("away_from"),
            _AWAY_UNTIL.label("away_until"),
        )
        .join_from(posts, people, and_(holder == people.c.id, _IN_SERVICE), isouter=True)
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
            mandates.c.units,
            mandates.c.letters,
            mandates.c.via_id,
            mandates.c.giver_id,
            _LENDER.c.name,
            _AWAY_FROM,
            _AWAY_UNTIL,
        )
        .join_from(mandates, people, mandates.c.receiver_id == people.c.id)
        .join(posts, positions.c.id == mandates.c.position_id)
        .outerjoin(_LENDER, _LENDER.c.id == holder)
        .where(mandates.c.position_id == position, in_force(_ON), _IN_SERVICE)
    )
    return union_all(held, lent)


_ITSELF: ColumnElement[Any] = bindparam("position")
_SUPERIOR = (
    select(people.c.superior_position_id).where(people.c.id == bindparam("person")).correlate(None).scalar_subquery()
)
#: Of the unit that a person works in today.
_HEAD_NOW = (
    select(units.c.head_position_id)
    .join_from(people, units, units.c.id == people.c.unit_id)
    .where(people.c.id == bindparam("person"))
    .correlate(None)
    .scalar_subquery()
)
_HEAD = select(units.c.head_position_id).where(units.c.id == bindparam("unit")).correlate(None).scalar_subquery()
HOLDERS = _holders_of(_ITSELF)
SUPERIORS = _holders_of(_SUPERIOR)
HEADS_NOW = _holders_of(_HEAD_NOW)
HEADS = _holders_of(_HEAD)
#: What is asked in place of each of these about a day that has gone by.
THEN: Final[Mapping[Executable, Executable]] = {
    HOLDERS: _holders_of(_ITSELF, then=True),
    SUPERIORS: _holders_of(_SUPERIOR, then=True),
    HEADS_NOW: _holders_of(_HEAD_NOW, then=True),
    HEADS: _holders_of(_HEAD, then=True),
}
PERSON = select(people.c.id, people.c.name).where(people.c.id == bindparam("person"), _IN_SERVICE)
CONTACTS = (
    select(people.c.id, people.c.name)
    .where(people.c.partner_id == bindparam("partner"), people.c.kind == "contact", _IN_SERVICE)
    .order_by(people.c.id)
)
MEMBERS = (
    select(people.c.id, people.c.name)
    .where(
        # From the members to the people: the other way round SQLite would look at all staff.
        people.c.id.in_(
            select(group_members.c.person_id).where(
                group_members.c.group_name == bindparam("group"), group_members.c.unit_id.in_(["", bindparam("unit")])
            )
        ),
        _IN_SERVICE,
    )
    .order_by(people.c.id)
)
#: Who has acted, and those in whose name somebody has: then with the name of that deputy, and null where they acted themselves.
_DEPUTY = people.alias("deputy")
_DEPUTY_NAME = case((participants.c.acted, null()), else_=_DEPUTY.c.name).label("deputy")
_HAS_ACTED = or_(participants.c.acted, participants.c.deputy_id.is_not(None))
_ACTED = (
    select(participants.c.case_id, participants.c.role, participants.c.person_id, _DEPUTY_NAME)
    .join_from(participants, _DEPUTY, _DEPUTY.c.id == participants.c.deputy_id, isouter=True)
    .where(_HAS_ACTED, participants.c.person_id.is_not(None))
)
ACTED_ON = _ACTED.where(participants.c.case_id.in_(bindparam("cases", expanding=True)))
ACTED = _ACTED.where(participants.c.case_id == bindparam("case"))


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
LINE = _upward()
