"""Whose office it is to keep the agency's records: by the groups that somebody belongs to."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select

from workflow.callers import Caller
from workflow.errors import NotFound, NotYours
from workflow.people import By
from workflow.tables import group_members

ADMINISTRATOR: Final = "administrator"
VERIFIER: Final = "bkpsdm.verifier"
BUDGET: Final = "bkpsdm.budget"
#: BKPSDM as a whole.
AGENCY: Final = frozenset({ADMINISTRATOR, VERIFIER, BUDGET})


def offices(conn: Connection, caller: Caller) -> frozenset[str]:
    """The groups of the whole agency that the caller belongs to; none for those of partners."""
    if caller.is_contact:
        return frozenset()
    mine = select(group_members.c.group_name).where(
        group_members.c.person_id == caller.person_id, group_members.c.unit_id == ""
    )
    return frozenset(conn.execute(mine).scalars())


def require_sight(conn: Connection, caller: Caller, *groups: str) -> frozenset[str]:
    """The caller's groups, one of which must be among these. Raises NotFound: to others there is nothing here."""
    theirs = offices(conn, caller)
    if not theirs & frozenset(groups):
        raise NotFound("Halaman ini tidak ada, atau bukan untuk Anda lihat.")
    return theirs


def require_administrator(conn: Connection, caller: Caller, says: str) -> None:
    """Raises NotFound to whoever is not of BKPSDM, and NotYours with ``says`` to those of its others."""
    if ADMINISTRATOR not in require_sight(conn, caller, *AGENCY):
        raise NotYours(f"{says} Mintalah administrator melakukannya.")


def by(caller: Caller) -> By:
    """The caller, as a log names who did it."""
    return By(caller.person_id, caller.name)
