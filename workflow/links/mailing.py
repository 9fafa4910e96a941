"""The link that a message carries to somebody outside: made with the first message, the same in each that follows.

A link that was ended, by an officer or by forwarding it, comes back by no message: only somebody who decides so makes another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from policies.dates import written
from workflow.accounts.safe import Safe
from workflow.engine.engine import Engine
from workflow.links.links import Link, issue, latest
from workflow.links.opening import CannotLink, opens, thing_for
from workflow.links.tokens import code_of, token_of
from workflow.office import Office
from workflow.people.person import OUTSIDERS
from workflow.tables import letter_cases, people

#: Where the short code is typed.
_TYPED_AT: Final = "/mitra"


@dataclass(frozen=True)
class LinkText:
    """A link as it is written for the one whom it is for."""

    link_id: str
    person_id: str
    address: str
    code: str
    typed_at: str
    until_on: date

    @property
    def until(self) -> str:
        """The last day on which it is good, in words."""
        return written(self.until_on)


def link_text(office: Office, safe: Safe, link: Link) -> LinkText:
    """A link as it is written; the agency's profile must name its site."""
    site = office.profile.site.rstrip("/")
    return LinkText(
        link_id=link.id,
        person_id=link.person_id,
        address=f"{site}/mitra/{token_of(safe, link.id)}",
        code=code_of(safe, link.id),
        typed_at=f"{site}{_TYPED_AT}",
        until_on=office.day(link.last_good_at),
    )


def link_for(conn: Connection, engine: Engine, database_address: str, row: Row[Any], at: datetime) -> LinkText | None:
    """The link that goes with an effect that is mailed; None for our own people, and where nothing of it is theirs.

    None also where the agency has no site.
    """
    person_id = str(json.loads(row.payload).get("to") or row.subject_id)
    kind = conn.execute(_KIND, {"id": person_id}).scalar_one_or_none()
    if not engine.office.profile.site or kind not in OUTSIDERS:
        return None
    for case_id in _cases_of(conn, row):
        to = thing_for(conn, engine.registry, person_id, case_id)
        if not opens(conn, engine.registry, to):
            continue
        standing = latest(conn, to)
        if standing is not None and standing.revoked_at is not None:
            return None
        safe = Safe.of(database_address)
        try:
            return link_text(engine.office, safe, issue(conn, engine, safe, to, at))
        except CannotLink:  # they have left: the message is not sent either
            return None
    return None


def _cases_of(conn: Connection, row: Row[Any]) -> list[str]:
    """The cases that a message is about: its own, or those of its letter."""
    if row.case_id is not None:
        return [row.case_id]
    under = select(letter_cases.c.case_id).where(
        letter_cases.c.letter_id == row.subject_id, letter_cases.c.changed_by.is_(None)
    )
    return list(conn.execute(under.order_by(letter_cases.c.case_id)).scalars())


_KIND: Final = select(people.c.kind).where(people.c.id == bindparam("id"))
