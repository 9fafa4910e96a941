"""The head of the region: has no NIP, stands in no export, and is where every line of superiors ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from workflow.ids import new_id
from workflow.office import REGENT
from workflow.people.person import PeopleError
from workflow.people.tenures import note_holders
from workflow.tables import people, positions, units


def set_regent(conn: Connection, name: str, title: str, at: datetime, *, secretariat: str | None = None) -> str:
    """Names the regent and their title in full (``Bupati Kemuning``); answers the person's id.

    The head of the secretariat answers to the regent from now on. Without ``secretariat``, that is the one head of a
    unit who answers to nobody, if there is exactly one.
    """
    name, title = " ".join(name.split()), " ".join(title.split())
    if not name or not title:
        raise PeopleError("Nama dan jabatan kepala daerah wajib diisi.")
    post = conn.execute(select(positions).where(positions.c.id == REGENT)).mappings().first()
    if post is None:
        conn.execute(insert(positions).values(id=REGENT, unit_id=None, subunit="", title=title))
    holder_id = _holder(conn, post["holder_id"] if post else None, name, title, at)
    conn.execute(update(positions).where(positions.c.id == REGENT).values(title=title, holder_id=holder_id))
    note_holders(conn, at.date(), "Profil instansi", at=at)
    _tie_secretariat(conn, secretariat)
    return holder_id


def _holder(conn: Connection, before: str | None, name: str, title: str, at: datetime) -> str:
    known = conn.execute(select(people).where(people.c.id == before)).mappings().first() if before else None
    if known is not None and known["name"] == name:
        conn.execute(update(people).where(people.c.id == before).values(post=title))
        return str(known["id"])
    if known is not None:
        conn.execute(update(people).where(people.c.id == before).values(left_on=at.date()))
    person_id = new_id(at)
    conn.execute(insert(people).values(id=person_id, kind="official", name=name, post=title))
    return person_id


def _tie_secretariat(conn: Connection, secretariat: str | None) -> None:
    heads = (
        select(positions.c.id, positions.c.holder_id)
        .join(units, units.c.head_position_id == positions.c.id)
        .where(positions.c.superior_id.is_(None))
    )
    if secretariat is not None:
        heads = heads.where(units.c.id == secretariat)
    found = conn.execute(heads).all()
    if len(found) != 1:
        return
    (head,) = found
    conn.execute(update(positions).where(positions.c.id == head.id).values(superior_id=REGENT))
    if head.holder_id is not None:
        nameless = people.c.superior_position_id.is_(None)
        conn.execute(update(people).where(people.c.id == head.holder_id, nameless).values(superior_position_id=REGENT))
