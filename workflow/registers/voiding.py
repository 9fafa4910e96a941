"""A letter of no case is declared void: its number stays, the register's log tells of it, and whoever got it is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, or_, select, update

from workflow.callers import Caller
from workflow.database import lock
from workflow.engine.engine import Engine
from workflow.engine.recording import VOIDED
from workflow.errors import NotFound, NotNow, NotYours
from workflow.letters.parts import LetterFrame
from workflow.letters.route import COMPLETE
from workflow.letters.signing import load, told_of
from workflow.mail.dispatch import tell_voided
from workflow.registers.leasing import check_reason, keeps_registers
from workflow.registers.log import tell
from workflow.registers.numbers import lock_name, refused
from workflow.registers.officials import officials
from workflow.tables import leases, letters


def void(conn: Connection, engine: Engine, named: str, reason: str, by: Caller, at: datetime) -> str:
    """Declare a filed letter of no case void. ``named``: its number as printed, or its id. Answers what it is, and its number.

    A keeper of the registers may, and whoever holds the post that signed it, or stands in there. Raises NotYours, NotFound,
    NotNow and Refused.
    """
    found = _named(conn, named)
    if not keeps_registers(conn, by.person_id) and not any(_is_of_the_post(conn, engine, row, by, at) for row in found):
        raise NotYours(
            "Surat tanpa berkas dinyatakan tidak berlaku oleh petugas buku agenda, administrator, atau pemegang jabatan yang "
            "menandatanganinya."
        )
    if not found:
        raise NotFound(
            f"Surat tanpa berkas bernomor {named} tidak ada. Lihat nomornya: jenjang register show. Surat yang ada berkasnya "
            "dinyatakan tidak berlaku pada halaman surat itu."
        )
    if len(found) > 1:
        listed = ", ".join(f"{row.id} (buku agenda {row.register} tahun {row.register_year})" for row in found)
        raise refused(f"Nomor {named} ada pada beberapa surat: {listed}.", "Sebutkan id suratnya.")
    check_reason(reason, "Alasan surat ini tidak berlaku")
    return _voided(conn, engine, found[0], reason.strip(), by, at)


def _named(conn: Connection, named: str) -> list[Row[Any]]:
    name = " ".join(named.split())
    query = select(letters).where(letters.c.process == "", or_(letters.c.number == name, letters.c.id == name))
    return list(conn.execute(query.order_by(letters.c.id)).all())


def _is_of_the_post(conn: Connection, engine: Engine, row: Row[Any], by: Caller, at: datetime) -> bool:
    """Whether somebody now holds the post as which the letter was signed, or stands in there."""
    block = select(leases.c.unit_id).where(
        leases.c.register == row.register,
        leases.c.year == row.register_year,
        leases.c.first <= row.register_number,
        leases.c.last >= row.register_number,
    )
    unit_id = conn.execute(block).scalar_one_or_none()
    if unit_id is None:
        return False
    posts = {
        each.post
        for each in officials(conn, engine, unit_id, row.dated_on)
        if (each.person_id, each.block.title) == (row.signed_by, row.signed_title)
    }
    today: date = engine.office.day(at)
    return any(
        each.person_id == by.person_id and each.post in posts for each in officials(conn, engine, unit_id, today)
    )


def _voided(conn: Connection, engine: Engine, found: Row[Any], reason: str, by: Caller, at: datetime) -> str:
    lock(conn, lock_name(found.register, found.register_year))
    row = load(conn, found.id)
    title = msgspec.json.decode(row.frame, type=LetterFrame).title
    if row.state not in COMPLETE:
        raise NotNow(f"{title} Nomor {row.number} sudah tidak berlaku.")
    values = {"state": "void", "void_reason": reason, "trouble": None}
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    now = {**row._asdict(), **values}
    payload = {"actor": {"id": by.person_id, "name": by.name}, "letter": told_of(now), "reason": reason}
    tell(conn, row.register, row.register_year, VOIDED, payload, at)
    tell_voided(conn, engine.office, now, title, {by.person_id}, at)
    return f"{title} Nomor {row.number}"
