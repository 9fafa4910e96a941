"""Accounts as administrators keep them: invite, hand over a code, end sessions, take away a lost second factor."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from policies.accounts import CODE_DAYS
from workflow.accounts import second_factor, sessions, tickets
from workflow.accounts.account import SAYS, AccountEvent, stored
from workflow.accounts.granting import valid_keys
from workflow.accounts.safe import Safe
from workflow.callers import Caller
from workflow.effects import tell
from workflow.engine.engine import Engine
from workflow.errors import NotYours
from workflow.people.person import Person, find_person
from workflow.tables import account_events, people
from workflow.views.officers import by, require_administrator
from workflow.views.people import no_such_person

_SAYS = "Akun pegawai hanya diurus oleh administrator."
#: Events of a log that are shown.
_MOST = 50


class AccountHappened(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an account. ``by``: empty for the command line, and for what nobody else did."""

    type: str
    title: str
    at: datetime
    by: str
    remark: str


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in."""

    device: str
    created_at: datetime
    seen_at: datetime


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's account. ``events``: its log, the newest first. ``is_own``: it is the caller's, who keeps it on their own page.

    ``keys``: what their API keys are for that are good now.
    """

    person_id: str
    has_password: bool
    factor_at: datetime | None
    sessions: tuple[OpenSession, ...]
    keys: tuple[str, ...]
    events: tuple[AccountHappened, ...]
    is_own: bool


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """Where the link was sent."""

    email: str


class PrintedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code to hand over on paper, shown this once. ``days``: how long it is good for; ``where``: the page to type it on."""

    code: str
    days: int
    where: str


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions were ended. ``valid_keys``: how many API keys are good all the same, until they are revoked."""

    ended: int
    valid_keys: int


def account_page(conn: Connection, _: Engine, caller: Caller, at: datetime, person_id: str) -> AccountPage:
    """Somebody's account, for administrators. Raises NotFound, NotYours."""
    person = _whose(conn, caller, person_id)
    row = stored(conn, person.id) or {}
    opened = sessions.open_sessions(conn, person.id, at)
    query = select(account_events).where(account_events.c.person_id == person.id)
    rows = conn.execute(query.order_by(account_events.c.sequence.desc()).limit(_MOST)).all()
    told = [(each.type, each.at, msgspec.json.decode(each.payload, type=AccountEvent)) for each in rows]
    names = _names(conn, {event.by.id for *_, event in told})
    return AccountPage(
        person_id=person.id,
        has_password=bool(row.get("password_hash")),
        factor_at=row.get("factor_at"),
        sessions=tuple(OpenSession(device=s.device, created_at=s.created_at, seen_at=s.seen_at) for s in opened),
        keys=valid_keys(conn, person.id, at),
        events=tuple(
            AccountHappened(
                type=kind,
                title=SAYS.get(kind, kind),
                at=when,
                by=event.by.name or names.get(event.by.id, ""),
                remark=event.remark,
            )
            for kind, when, event in told
        ),
        is_own=person.id == caller.person_id,
    )


def invite(conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, person_id: str) -> Invited:
    """Send the link by which somebody sets their first password. Raises NotFound, NotYours, PeopleError."""
    person = _whose(conn, caller, person_id)
    return Invited(email=tickets.invite(conn, engine.office, safe, person.id, at, by(caller)))


def print_code(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, person_id: str
) -> PrintedCode:
    """A code to hand over; the person is told that there is one. Raises NotFound, NotYours, PeopleError."""
    person = _another(conn, caller, person_id, "Kode aktivasi bagi diri sendiri")
    code = tickets.print_code(conn, engine.office, safe, person.id, at, by(caller))
    _tell(conn, caller, person, "mencetak kode aktivasi akun Anda", at)
    days = engine.office.policies.on(engine.office.day(at))[CODE_DAYS].value
    site = engine.office.profile.site.rstrip("/")
    return PrintedCode(code=code, days=days, where=f"{site}/aktivasi")


def end_sessions(conn: Connection, _: Engine, caller: Caller, at: datetime, person_id: str) -> SessionsEnded:
    """End all sessions of somebody. Raises NotFound, NotYours."""
    person = _another(conn, caller, person_id, "Sesi sendiri")
    ended = sessions.end_all(conn, person.id, at, by=by(caller), why="diakhiri administrator")
    return SessionsEnded(ended=ended, valid_keys=len(valid_keys(conn, person.id, at)))


def reset_factor(conn: Connection, engine: Engine, caller: Caller, at: datetime, person_id: str) -> AccountPage:
    """Take a lost second factor away; all sessions end, and the person is told. Raises NotFound, NotYours."""
    person = _another(conn, caller, person_id, "Faktor kedua sendiri")
    second_factor.remove(conn, person.id, at, by(caller))
    _tell(conn, caller, person, "menghapus faktor kedua akun Anda", at)
    return account_page(conn, engine, caller, at, person_id)


def _whose(conn: Connection, caller: Caller, person_id: str) -> Person:
    """Whose account an administrator asks for, by id alone. Raises NotFound, NotYours."""
    require_administrator(conn, caller, _SAYS)
    if conn.execute(select(people.c.id).where(people.c.id == person_id, people.c.kind == "staff")).first() is None:
        raise no_such_person()
    return find_person(conn, person_id)


def _another(conn: Connection, caller: Caller, person_id: str, what: str) -> Person:
    """Nobody does to their own account what would get them past their own second factor or password. Raises NotYours."""
    person = _whose(conn, caller, person_id)
    if person.id == caller.person_id:
        raise NotYours(f"{what} tidak diurus di sini. Pakai halaman Akun, atau mintalah administrator lain.")
    return person


def _tell(conn: Connection, caller: Caller, person: Person, did: str, at: datetime) -> None:
    tell(
        conn,
        None,
        {person.id: f"{caller.name} {did}. Bila Anda tidak memintanya, segera hubungi BKPSDM."},
        at,
        title="Akun Jenjang Anda",
        page="/akun",
    )


def _names(conn: Connection, ids: set[str]) -> dict[str, str]:
    rows = conn.execute(select(people.c.id, people.c.name).where(people.c.id.in_(ids)))
    return {row.id: row.name for row in rows}
