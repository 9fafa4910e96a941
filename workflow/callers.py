"""Who calls, by the key, the session or the link that they show: looked up in the same unit as what they ask for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Boolean, Date, bindparam, or_, select, update

from policies.civil_service import full_name
from policies.dates import written
from workflow.accounts.safe import Safe
from workflow.accounts.second_factor import must_have
from workflow.accounts.sessions import NOTED_EVERY, note_seen
from workflow.authority.sight import assignments_in_force
from workflow.database import Connection
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.links import links as outside_links
from workflow.links.links import LinkOver
from workflow.people.keys import covers
from workflow.people.person import OUTSIDERS
from workflow.registry import Registry
from workflow.tables import accounts, api_keys, assignments, people, sessions

#: What a session is good for once no second factor is asked for any more; before, for ``SECOND_FACTOR`` alone.
OF_SESSIONS: Final = frozenset({"read", "act", "letters", "import"})
SECOND_FACTOR: Final = "second factor"
#: What a link is good for, within what it opens.
OF_LINKS: Final = frozenset({"read", "act", "letters"})

SCOPE_SAYS = {
    "read": "membaca",
    "act": "bertindak atas berkas",
    "letters": "mengambil dan menandatangani surat",
    "import": "mengimpor data",
}


class Unauthenticated(Problem):
    """No key, or one that is unknown, revoked, expired, or whose holder has left."""

    status, type, title = 401, "unauthenticated", "Kunci API tidak berlaku"


class SignedOut(Unauthenticated):
    """No session, or one that is unknown or over, or whose owner has left."""

    type, title = "signed-out", "Sesi berakhir"


class SecondFactorNeeded(Problem):
    """The session is good for nothing else before the second factor is given, or set up."""

    status, type, title = 403, "second-factor-needed", "Faktor kedua diperlukan"


class OutOfScope(Problem):
    """The key is good, but not for this."""

    status, type, title = 403, "out-of-scope", "Di luar cakupan kunci"


@dataclass(frozen=True)
class Key:
    """An API key, as the header shows it."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class SessionToken:
    """The token of a session, as the cookie shows it."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class LinkToken:
    """The token of a link, as its address shows it; with what tells whether we made it, and what it opens."""

    text: str = field(repr=False)
    safe: Safe = field(repr=False)
    registry: Registry = field(repr=False)


Credential: TypeAlias = Key | SessionToken | LinkToken


@dataclass(frozen=True)
class Caller:
    """The person behind a key, a session or a link, and what it is good for; the ids of the other two are empty.

    ``used_on``: the last day on which it is known to have been used; of a session, today where it need not be noted again.
    ``on``: the day on which they ask. ``assignment_id``: the assignment under which they look into cases, where one is in
    force. ``looked_at``: the cases that they were shown in this unit, None for a list of them. ``alongside``: as in ``Actor``.
    ``only``: the cases that a link opens, and nothing else; None where everything is looked at that is theirs.
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
    session_id: str = ""
    link_id: str = ""
    only: frozenset[str] | None = None

    @property
    def actor(self) -> Actor:
        """The same person as the engine knows them."""
        return Actor(self.person_id, self.name, alongside=self.alongside, only=self.only)

    @property
    def is_contact(self) -> bool:
        """Answers for a partner, or guides participants there, and so sees the partner's view only."""
        return self.kind in OUTSIDERS


def caller_of(
    conn: Connection, credential: Credential, scope: str, at: datetime, on: date, *, structural: bool = True
) -> Caller:
    """The caller, by one select on an index. ``on``: the date of ``at`` at the agency; ``structural``: as in ``must_have``.

    Raises Unauthenticated, OutOfScope, SecondFactorNeeded, NoLink, LinkOver.
    """
    if isinstance(credential, SessionToken):
        return _of_session(conn, credential, scope, at, on, structural=structural)
    if isinstance(credential, LinkToken):
        return _of_link(conn, credential, scope, at, on)
    row = conn.execute(_BY_KEY, {"hash": _hash(credential.text), "on": on}).one_or_none()
    why_not = _why_not(row, at, on)
    if row is None or why_not:
        raise Unauthenticated(why_not)
    caller = _caller(row, on, key_id=row.key_id, scopes=frozenset(row.scopes.split()), used_on=row.last_used_on)
    if not covers(caller.scopes, scope):
        held = ", ".join(sorted(caller.scopes))
        raise OutOfScope(f"Untuk {SCOPE_SAYS[scope]} diperlukan kunci dengan cakupan “{scope}”; kunci ini: {held}.")
    return caller


def note_use(conn: Connection, caller: Caller, at: datetime) -> None:
    """Remember that it was used: of a key the day is enough, of a session or a link the hour within minutes."""
    if caller.link_id:
        outside_links.note_opened(conn, caller.link_id, at)
    elif caller.session_id:
        note_seen(conn, caller.session_id, at)
    else:
        conn.execute(_NOTE, {"key_id": caller.key_id, "on": caller.on})


def _of_session(
    conn: Connection, token: SessionToken, scope: str, at: datetime, on: date, *, structural: bool
) -> Caller:
    row = conn.execute(_BY_SESSION, {"hash": _hash(token.text), "on": on, "structural": structural}).one_or_none()
    why_not = _why_over(row, at, on)
    if row is None or why_not:
        raise SignedOut(why_not)
    if row.second_factor_at is None and scope != SECOND_FACTOR and (row.has_factor or row.must_have):
        raise SecondFactorNeeded(
            "Masukkan kode faktor kedua untuk melanjutkan."
            if row.has_factor
            else "Pasang faktor kedua untuk melanjutkan."
        )
    used_on = on if at - row.seen_at < NOTED_EVERY else None
    return _caller(row, on, session_id=row.session_id, scopes=OF_SESSIONS, used_on=used_on)


def _of_link(conn: Connection, token: LinkToken, scope: str, at: datetime, on: date) -> Caller:
    link = outside_links.opened(conn, token.safe, token.text, at)
    if scope not in OF_LINKS:
        raise OutOfScope(f"Tautan ini tidak berlaku untuk {SCOPE_SAYS.get(scope, scope)}.")
    row = conn.execute(_BY_LINK, {"person": link.person_id, "on": on}).one()
    if row.left_on is not None and row.left_on <= on:
        raise LinkOver(
            f"{full_name(row.front_title, row.name, row.back_title)} tercatat tidak lagi pada mitra sejak "
            f"{written(row.left_on)}, sehingga tautannya tidak berlaku lagi."
        )
    only = outside_links.still_opens(conn, token.registry, link)
    used_on = on if outside_links.is_noted(link, at) else None
    return replace(_caller(row, on, scopes=OF_LINKS, used_on=used_on), link_id=link.id, only=only)


def _caller(
    row: Any,
    on: date,
    *,
    scopes: frozenset[str],
    used_on: date | None,
    key_id: str = "",
    session_id: str = "",
) -> Caller:
    return Caller(
        key_id=key_id,
        session_id=session_id,
        person_id=row.id,
        name=full_name(row.front_title, row.name, row.back_title),
        kind=row.kind,
        partner_id=row.partner_id,
        scopes=scopes,
        used_on=used_on,
        on=on,
        assignment_id=row.assignment_id,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _why_over(row: Any, at: datetime, on: date) -> str:
    """Why a session is not good now; empty where it is."""
    if row is None:
        return "Masuklah untuk membuka halaman ini."
    if row.ended_at is not None or row.expires_at <= at or row.seen_at + timedelta(minutes=row.idle_minutes) <= at:
        return "Sesi Anda sudah berakhir. Masuklah lagi."
    if row.left_on is not None and row.left_on <= on:
        return f"Anda tercatat keluar sejak {written(row.left_on)}."
    return ""


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
_WHO = (
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
_BY_KEY = (
    select(
        api_keys.c.id.label("key_id"),
        api_keys.c.scopes,
        api_keys.c.revoked_at,
        api_keys.c.expires_at,
        api_keys.c.last_used_on,
        *_WHO,
    )
    .join_from(api_keys, people, people.c.id == api_keys.c.person_id)
    .where(api_keys.c.hash == bindparam("hash"))
)

_BY_SESSION = (
    select(
        sessions.c.id.label("session_id"),
        sessions.c.seen_at,
        sessions.c.idle_minutes,
        sessions.c.expires_at,
        sessions.c.ended_at,
        sessions.c.second_factor_at,
        accounts.c.factor.is_not(None).label("has_factor"),
        must_have(people.c.id, bindparam("on", type_=Date), bindparam("structural", type_=Boolean)).label("must_have"),
        *_WHO,
    )
    .join_from(sessions, people, people.c.id == sessions.c.person_id)
    .join(accounts, accounts.c.person_id == people.c.id)
    .where(sessions.c.hash == bindparam("hash"))
)

_BY_LINK = select(*_WHO).where(people.c.id == bindparam("person"))

_NOTE = (
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key_id"),
        or_(api_keys.c.last_used_on.is_(None), api_keys.c.last_used_on < bindparam("on")),
    )
    .values(last_used_on=bindparam("on"))
)
