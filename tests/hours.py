"""Hours straight in the tables, for tests of what is made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from workflow.hours.ledger import EVIDENCE, YEAR
from workflow.ids import new_id
from workflow.tables import hour_evidence, hour_postings


def book(conn: Connection, /, person: str, case: str, hours: int, at: datetime, **more: Any) -> str:
    """A whole activity counts for so many hours. Answers the id of its evidence. ``more``: ``activity``, ``year``, and the
    ``number`` of the meeting where it is one."""
    claim, movement, on = new_id(at), new_id(at), at.date()
    conn.execute(
        insert(hour_evidence).values(
            id=claim, person_id=person, case_id=case, kind="session" if more.get("number") else "",
            number=more.get("number", 0), activity=more.get("activity", "C11"), rate="",
            international=False, first_on=on, last_on=on, completed_on=on, posted_at=at,
        )
    )  # fmt: skip
    for account, amount in ((EVIDENCE, -hours), (YEAR, hours)):
        conn.execute(
            insert(hour_postings).values(
                id=new_id(at), movement_id=movement, evidence_id=claim, person_id=person, case_id=case, account=account,
                year=more.get("year", on.year), hours=amount, reason="counted", says=f"Dicatat dengan {hours} JP.",
                by="PerLAN 10/2018 Lampiran", is_correction=False, posted_at=at,
            )
        )  # fmt: skip
    return claim


def put_right(case: str, **values: Any) -> Any:
    """The statement by which the hours of a case become others, whatever they were."""
    of = hour_postings.c
    return update(hour_postings).where(of.case_id == case, of.account == YEAR).values(**values)
