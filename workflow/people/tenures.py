"""Who held a post on a day gone by: written down beside each change of holders, asked about papers of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Date, and_, bindparam, insert, or_, select, update

from policies.civil_service import full_name
from workflow.ids import new_id
from workflow.tables import people, positions, tenures

_LONGEST: Final = 300


@dataclass(frozen=True)
class Tenure:
    """Somebody's time in a post. ``left_on``: the first day on which they held it no longer; ``basis``: how that is known."""

    person_id: str
    name: str
    from_on: date
    left_on: date | None
    basis: str


def note_holders(conn: Connection, on: date, basis: str, *, at: datetime) -> None:
    """Write down who took a post or left it since this was asked last, as known from ``on``, and by what.

    For whoever changes holders, in the same transaction. Somebody who left the service leaves their posts on that day. Doing it
    again changes nothing; somebody who gets a post back on the very day they lost it has never been without.
    """
    note_vacancies(conn, on)
    rows = []
    for row in conn.execute(_BEGUN).all():
        same = conn.execute(_LEFT_TODAY, {"position": row.position_id, "person": row.person_id, "on": on}).scalar()
        if same is not None:
            conn.execute(_END, {"tenure": same, "on": None})
            continue
        known = {"id": new_id(at), "from_on": on, "left_on": None, "basis": basis[:_LONGEST]}
        rows.append({"position_id": row.position_id, "person_id": row.person_id, **known})
    if rows:
        conn.execute(insert(tenures), rows)


def note_vacancies(conn: Connection, on: date) -> None:
    """Write down who left a post since this was asked last, as known from ``on``."""
    for row in conn.execute(_ENDED).all():
        left = min(on, row.left_service_on or on)
        conn.execute(_END, {"tenure": row.id, "on": max(left, row.from_on)})


def holder_on(conn: Connection, position_id: str, on: date) -> Tenure | None:
    """Who held a post on a day and was in service; None where nobody did, or where nobody knew yet."""
    row = conn.execute(_HOLDER_ON, {"position": position_id, "on": on}).first()
    if row is None:
        return None
    name = full_name(row.front_title, row.name, row.back_title)
    return Tenure(row.person_id, name, row.from_on, row.left_on, row.basis)


def held_since(conn: Connection, position_id: str, person_id: str) -> date | None:
    """The first day of the time that somebody has in a post now; None where that is not known."""
    rows = conn.execute(_OF_PERSON, {"position": position_id, "person": person_id}).all()
    return next((row.from_on for row in rows if row.left_on is None), None)


def lost_since(conn: Connection, position_id: str, person_id: str) -> date | None:
    """The first day on which somebody who once held a post held it no longer; None where they hold it, or never did."""
    rows = conn.execute(_OF_PERSON, {"position": position_id, "person": person_id}).all()
    if not rows or any(row.left_on is None for row in rows):
        return None
    last: date = max(row.left_on for row in rows)
    return last


# --- Statements, built once ------------------------------------------------------------------------------------------

_STILL = tenures.c.left_on.is_(None)
_ENDED = (
    select(tenures.c.id, tenures.c.from_on, people.c.left_on.label("left_service_on"))
    .join_from(tenures, positions, positions.c.id == tenures.c.position_id)
    .join(people, people.c.id == tenures.c.person_id)
    .where(_STILL, or_(positions.c.holder_id.is_(None), positions.c.holder_id != tenures.c.person_id))
)
_BEGUN = (
    select(positions.c.id.label("position_id"), positions.c.holder_id.label("person_id"))
    .join_from(positions, tenures, and_(tenures.c.position_id == positions.c.id, _STILL), isouter=True)
    .where(positions.c.holder_id.is_not(None), tenures.c.id.is_(None))
    .order_by(positions.c.id)
)
_LEFT_TODAY = select(tenures.c.id).where(
    tenures.c.position_id == bindparam("position"),
    tenures.c.person_id == bindparam("person"),
    tenures.c.left_on == bindparam("on"),
)
_END = update(tenures).where(tenures.c.id == bindparam("tenure")).values(left_on=bindparam("on", type_=Date))
_ON = bindparam("on", type_=Date)
_HOLDER_ON = (
    select(tenures, people.c.name, people.c.front_title, people.c.back_title)
    .join_from(tenures, people, people.c.id == tenures.c.person_id)
    .where(
        tenures.c.position_id == bindparam("position"),
        tenures.c.from_on <= _ON,
        or_(tenures.c.left_on.is_(None), tenures.c.left_on > _ON),
        or_(people.c.left_on.is_(None), people.c.left_on > _ON),
    )
)
_OF_PERSON = select(tenures.c.from_on, tenures.c.left_on).where(
    tenures.c.position_id == bindparam("position"), tenures.c.person_id == bindparam("person")
)
