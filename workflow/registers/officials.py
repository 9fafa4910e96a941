"""Who may sign for a unit on a day, as they sign."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, null, or_, select

from policies.authority import STAND_INS, may_decide
from policies.civil_service import full_name
from policies.parameters import Law
from workflow.authority.mandate_queries import in_force
from workflow.engine.engine import Engine
from workflow.letters.parts import SignatureBlock, signature_block
from workflow.letters.sources import grouped, rank_on_letter
from workflow.office import REGENT
from workflow.registers.lease_file import Official
from workflow.tables import mandates, people, positions, tenures


def officials(conn: Connection, engine: Engine, unit_id: str, on: date) -> tuple[Official, ...]:
    """Who may sign for a unit on a day: who held its posts then, and whoever stood in for one (Plt., Plh., Pj.)."""
    profile = engine.office.profile
    of_unit = positions.c.unit_id == unit_id
    if unit_id == profile.secretariat:
        of_unit = or_(of_unit, positions.c.id == REGENT)
    in_service = or_(people.c.left_on.is_(None), people.c.left_on > on)
    held = select(people, positions.c.id.label("position_id"), positions.c.title, null().label("mandate"))
    held = (
        held.join_from(positions, tenures, tenures.c.position_id == positions.c.id)
        .join(people, people.c.id == tenures.c.person_id)
        .where(of_unit, in_service, tenures.c.from_on <= on)
        .where(or_(tenures.c.left_on.is_(None), tenures.c.left_on > on))
    )
    lent = select(people, positions.c.id.label("position_id"), positions.c.title, mandates.c.kind.label("mandate"))
    lent = (
        lent.join_from(mandates, people, people.c.id == mandates.c.receiver_id)
        .join(positions, positions.c.id == mandates.c.position_id)
        .where(of_unit, in_service, mandates.c.kind.in_(STAND_INS))
        .where(in_force(on))
    )
    rows = [*conn.execute(held.order_by(positions.c.title)), *conn.execute(lent.order_by(positions.c.title))]
    law = engine.office.policies.on(on)
    return tuple(_official(row, profile.regent.title, law) for row in rows)


def _official(row: Row[Any], regent: str, law: Law) -> Official:
    name, capacity = full_name(row.front_title, row.name, row.back_title), row.mandate or ""
    return Official(
        person_id=row.id,
        post=row.position_id,
        capacity=capacity,
        decides=may_decide(capacity, law),
        nip=row.nip,
        name=name,
        block=_block(row, name, regent),
    )


def _block(row: Row[Any], name: str, regent: str) -> SignatureBlock:
    if row.position_id == REGENT and row.mandate is None:
        return signature_block(regent, name, is_regent=True)
    acts_as_regent = row.position_id == REGENT and row.mandate == "pj"
    return signature_block(
        row.title, name, rank_on_letter(row), grouped(row.nip), row.mandate, is_regent=acts_as_regent
    )


def name_of(conn: Connection, person_id: str) -> str:
    """Somebody's name with academic titles."""
    row = conn.execute(select(people).where(people.c.id == person_id)).one()
    return full_name(row.front_title, row.name, row.back_title)
