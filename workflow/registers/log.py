"""The log of a register: what became of letters that are of no case, chained as ``workflow.chain`` says.

Its owner is the register with its year: ``SETDA/2026``.
``registers.events`` counts them and ``registers.head`` is the hash of the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workflow.chain import End, canonical, joined
from workflow.tables import register_events, registers

#: A letter of no case was filed; or one whose number was used on a paper that could not become the letter it was meant to be.
FILED, FILED_VOID = "letter_filed", "letter_filed_void"


def tell(conn: Connection, register: str, year: int, kind: str, payload: Mapping[str, Any], at: datetime) -> None:
    """Add an event to the end of a register's log, in the transaction of what it tells. The caller has locked the series."""
    of_book = (registers.c.register == register, registers.c.year == year)
    row = conn.execute(select(registers.c.events, registers.c.head).where(*of_book)).one()
    event = joined(name_of_log(register, year), kind, canonical(payload), at, End(row.events, row.head))
    conn.execute(insert(register_events), {**event, "register": register, "year": year})
    conn.execute(update(registers).where(*of_book).values(events=event["sequence"], head=event["hash"]))


def name_of_log(register: str, year: int) -> str:
    """What stands in the place of a case's id where an event is hashed."""
    return f"{register}/{year}"
