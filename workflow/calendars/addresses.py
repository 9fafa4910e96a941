"""The secret address of a person's calendar: made, shown again, replaced, revoked. One is in force at a time.

Calendars ask without signing in, so whoever has the address reads it. Its token is the id of a row and the mark that the
service's key makes of it: it can be shown again, is found in no database, and no other can be made without that key.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection, insert, select, update

from workflow.accounts.safe import Safe
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours
from workflow.ids import new_id
from workflow.tables import calendar_addresses, people

_USE: Final = "calendar"
#: An id without its dashes, and 40 signs of its mark (160 bits).
_TOKEN: Final = re.compile(r"([0-9a-f]{32})([0-9a-f]{40})")
_NOT_THERE: Final = "Alamat kalender ini tidak ada atau sudah dicabut. Buat yang baru pada laman Kalender."


class CalendarAddress(msgspec.Struct, frozen=True, kw_only=True):
    """The address of the caller's calendar, as a path of ours; empty, with no ``made_at``, where there is none."""

    path: str = ""
    made_at: datetime | None = None


def own_address(conn: Connection, _: Engine, caller: Caller, _at: datetime, safe: Safe) -> CalendarAddress:
    """The caller's address that is in force."""
    return _shown(_in_force(conn, caller.person_id), safe)


def make_address(conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe) -> CalendarAddress:
    """A new address for the caller; the one before ends. Raises NotYours for a partner's contact."""
    if caller.is_contact:
        raise NotYours("Alamat kalender hanya untuk pegawai; mitra memakai tautan yang dikirimkan kepadanya.")
    revoke_address(conn, engine, caller, at, safe)
    made = {"id": new_id(at), "person_id": caller.person_id, "created_at": at}
    conn.execute(insert(calendar_addresses).values(made))
    return own_address(conn, engine, caller, at, safe)


def revoke_address(conn: Connection, _: Engine, caller: Caller, at: datetime, _safe: Safe) -> CalendarAddress:
    """End the caller's address; nothing happens where there is none."""
    mine = (calendar_addresses.c.person_id == caller.person_id) & calendar_addresses.c.revoked_at.is_(None)
    conn.execute(update(calendar_addresses).where(mine).values(revoked_at=at))
    return CalendarAddress()


def person_of(conn: Connection, engine: Engine, safe: Safe, token: str, at: datetime) -> str:
    """Whose calendar a token opens. Raises NotFound for one that is none of ours, was revoked, or whose owner has left."""
    found = _TOKEN.fullmatch(token)
    address_id = str(UUID(found[1])) if found else ""
    if found is None or not hmac.compare_digest(_mark(safe, address_id), found[2]):
        raise NotFound(_NOT_THERE)
    query = (
        select(people.c.id, people.c.left_on)
        .join_from(calendar_addresses, people, people.c.id == calendar_addresses.c.person_id)
        .where(calendar_addresses.c.id == address_id, calendar_addresses.c.revoked_at.is_(None))
    )
    row = conn.execute(query).one_or_none()
    if row is None or (row.left_on is not None and row.left_on <= engine.office.day(at)):
        raise NotFound(_NOT_THERE)
    return str(row.id)


def _in_force(conn: Connection, person_id: str) -> Any:
    query = (
        select(calendar_addresses.c.id, calendar_addresses.c.created_at)
        .where(calendar_addresses.c.person_id == person_id, calendar_addresses.c.revoked_at.is_(None))
        .order_by(calendar_addresses.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).one_or_none()


def _shown(row: Any, safe: Safe) -> CalendarAddress:
    if row is None:
        return CalendarAddress()
    token = row.id.replace("-", "") + _mark(safe, row.id)
    return CalendarAddress(path=f"/kalender/{token}.ics", made_at=row.created_at)


def _mark(safe: Safe, address_id: str) -> str:
    return safe.mark(_USE, address_id)[:40]
