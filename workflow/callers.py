"""Who calls, by the key that they show: looked up in the same unit as what they ask for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, or_, select, update

from policies.civil_service import full_name
from policies.dates import written
from workflow.authority.sight import assignments_in_force
from workflow.database import Connection
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.people.person import OUTSIDERS
from workflow.tables import api_keys, assignments, people

SCOPE_SAYS = {"read": "membaca", "act": "bertindak atas berkas", "letters": "mengambil dan menandatangani surat"}


class Unauthenticated(Problem):
    """No key, or one that is unknown, revoked, expired, or whose holder has left."""

    status, type, title = 401, "unauthenticated", "Kunci API tidak berlaku"


class OutOfScope(Problem):
    """The key is good, but not for this."""

    status, type, title = 403, "out-of-scope", "Di luar cakupan kunci"


@dataclass(frozen=True)
class Caller:
    """The person behind a key, and what the key is good for. ``used_on``: the last day on which it is known to have been used.

    ``on``: the day on which they ask. ``assignment_id``: the assignment under which they look into cases, where one is in
    force. ``looked_at``: the cases that they were shown in this unit, None for a list of them. ``alongside``: as in ``Actor``.
    """

    key_id: str
    person_id: str
    name: str
    kind: str
    partner_id: str | None
    scopes: frozenset[str]
    used_on: date | None
    on: date = date.min
    assignment_id: str | None = None
    alongside: frozenset[str] = frozenset()
    looked_at: list[str | None] = field(default_factory=list, compare=False, repr=False)

    @property
    def actor(self) -> Actor:
        """The same person as the engine knows them."""
        return Actor(self.person_id, self.name, alongside=self.alongside)

    @property
    def is_contact(self) -> bool:
        """Answers for a partner, or guides participants there, and so sees the partner's view only."""
        return self.kind in OUTSIDERS


def caller_of(conn: Connection, key: str, scope: str, at: datetime, on: date) -> Caller:
    """The caller, by one select on an index. ``on``: the date of ``at`` at the agency. Raises Unauthenticated, OutOfScope."""
    row = conn.execute(_BY_KEY, {"hash": hashlib.sha256(key.encode()).hexdigest(), "on": on}).one_or_none()
    why_not = _why_not(row, at, on)
    if row is None or why_not:
        raise Unauthenticated(why_not)
    caller = Caller(
        row.key_id,
        row.id,
        full_name(row.front_title, row.name, row.back_title),
        row.kind,
        row.partner_id,
        frozenset(row.scopes.split()),
        row.last_used_on,
        on,
        row.assignment_id,
    )
    if scope not in caller.scopes:
        held = ", ".join(sorted(caller.scopes))
        raise OutOfScope(f"Untuk {SCOPE_SAYS[scope]} diperlukan kunci dengan cakupan “{scope}”; kunci ini: {held}.")
    return caller


def note_use(conn: Connection, key_id: str, on: date) -> None:
    """Remember the day on which a key was last used; once a day is enough to find the keys that nobody needs."""
    conn.execute(_NOTE, {"key_id": key_id, "on": on})


def _why_not(row: Any, at: datetime, on: date) -> str:
    """Why a key is not good now; empty where it is. ``row`` is None where there is no such key."""
    if row is None:
        return "Kunci API tidak dikenal. Periksa apakah tersalin utuh, atau mintalah kunci baru kepada administrator."
    if row.revoked_at is not None:  # at once, whatever the clock says: the demo's runs apart from the machine's
        return "Kunci API ini sudah dicabut. Mintalah kunci baru kepada administrator."
    if row.expires_at is not None and row.expires_at <= at:
        return "Masa berlaku kunci API ini sudah berakhir. Mintalah kunci baru kepada administrator."
    if row.left_on is not None and row.left_on <= on:
        return f"Pemegang kunci tercatat keluar sejak {written(row.left_on)}; kuncinya tidak berlaku lagi."
    return ""


_ASSIGNMENT = assignments_in_force(people.c.id, bindparam("on", type_=Date)).correlate(people)
_BY_KEY = (
    select(
        api_keys.c.id.label("key_id"),
        api_keys.c.scopes,
        api_keys.c.revoked_at,
        api_keys.c.expires_at,
        api_keys.c.last_used_on,
        people.c.id,
        people.c.kind,
        people.c.name,
        people.c.front_title,
        people.c.back_title,
        people.c.partner_id,
        people.c.left_on,
        # Of several at once the one that was given last.
        _ASSIGNMENT.order_by(assignments.c.id.desc()).limit(1).scalar_subquery().label("assignment_id"),
    )
    .join_from(api_keys, people, people.c.id == api_keys.c.person_id)
    .where(api_keys.c.hash == bindparam("hash"))
)

_NOTE = (
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key_id"),
        or_(api_keys.c.last_used_on.is_(None), api_keys.c.last_used_on < bindparam("on")),
    )
    .values(last_used_on=bindparam("on"))
)
