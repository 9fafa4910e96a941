"""Mandates that fell away with what they rest on: ended on that day, each with the reason, and those whom it concerns are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Row, bindparam, select

from policies.authority import ENDS_WITH_GIVER, FOR_VACANT_POSTS
from policies.dates import written
from workflow.people.mandate_log import LAPSED, By, change
from workflow.people.mandate_telling import named, tell_givers
from workflow.people.mandate_terms import Today
from workflow.people.tenures import held_since, lost_since
from workflow.tables import mandates, people, positions


def lapse_mandates(conn: Connection, today: Today, position_id: str | None = None) -> int:
    """End what has fallen away by today, of a post or of all; answers for how many. Doing it again changes nothing."""
    query = _STANDING if position_id is None else _STANDING.where(mandates.c.position_id == position_id)
    fallen = 0
    for row in conn.execute(query, {"on": today.on}).all():
        if told := fallen_by(conn, row, today.on):
            fallen += _lapse(conn, row._asdict(), *told, today)
    return fallen


def fallen_by(conn: Connection, row: Row[Any], on: date) -> tuple[date, str] | None:
    """Since when a mandate has lost what it rests on, looked at on a day, and why; None while it has it, or rests on another."""
    if row.via_id is not None:
        return None
    post = conn.execute(_POST, {"position": row.position_id}).one()
    held = post.holder_id is not None and (post.left_on is None or post.left_on > on)
    if row.kind in ENDS_WITH_GIVER and not (held and post.holder_id == row.giver_id):
        left = post.left_on if post.holder_id == row.giver_id else None
        since = left or lost_since(conn, row.position_id, row.giver_id) or on
        return max(since, row.from_on), f"pemberinya tidak memangku jabatan {post.title} lagi sejak {written(since)}"
    if row.kind in FOR_VACANT_POSTS and held and on >= row.from_on:
        since = held_since(conn, row.position_id, post.holder_id) or on
        return max(since, row.from_on), f"jabatan {post.title} sudah dipangku pejabat definitif sejak {written(since)}"
    return None


def _lapse(conn: Connection, row: Mapping[str, Any], since: date, why: str, today: Today) -> int:
    """End a mandate, and each one that was passed on by it."""
    change(conn, row, LAPSED, {"revoked_on": since}, By(), today.at, why)
    says = f"{named(conn, row)} gugur sejak {written(since)}: {why}. Yang dilakukan sebelum hari itu tetap berlaku."
    tell_givers(conn, row, says, By(), today.at, all_=True)
    through = conn.execute(_THROUGH, {"via": row["id"], "on": today.on}).mappings().all()
    return 1 + sum(_lapse(conn, dict(each), max(since, each["from_on"]), why, today) for each in through)


_STANDING = (
    select(mandates)
    .where(mandates.c.refused_on.is_(None), mandates.c.revoked_on.is_(None))
    .where(mandates.c.until_on >= bindparam("on", type_=Date))
    .order_by(mandates.c.id)
    .with_for_update()
)
_THROUGH = _STANDING.where(mandates.c.via_id == bindparam("via"))
_POST = (
    select(positions.c.title, positions.c.holder_id, people.c.left_on)
    .join_from(positions, people, people.c.id == positions.c.holder_id, isouter=True)
    .where(positions.c.id == bindparam("position"))
)
