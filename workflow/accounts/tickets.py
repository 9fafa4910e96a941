"""Tickets let somebody set a password: by mail a link, on paper a short code; each once, for a time, a new one ends the old."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from policies.accounts import ACTIVATION_DAYS, CODE_DAYS, RESET_MINUTES
from policies.dates import written
from workflow.accounts.account import INVITED, change, held
from workflow.accounts.safe import Safe
from workflow.effects import MESSAGE, owe
from workflow.errors import Problem
from workflow.ids import new_id
from workflow.office import Office
from workflow.people.mandate_log import By
from workflow.people.person import OUTSIDERS, PeopleError, Person, find_person
from workflow.tables import tickets

ACTIVATION, RESET = "activation", "reset"

#: Without I, L, O, U and the like, which are mistaken for others on paper (Crockford's base 32).
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("ILO", "110")
_SIGNS, _GROUP = 12, 4


class NoTicket(Problem):
    """No such link or code, or it has been used, replaced or has expired; all are answered alike."""

    status, type, title = 404, "no-ticket", "Tautan atau kode tidak berlaku"


@dataclass(frozen=True)
class Ticket:
    """What lets a person set a password."""

    id: str
    person_id: str
    purpose: str


def print_code(conn: Connection, office: Office, safe: Safe, who: str, at: datetime, by: By | None = None) -> str:
    """A code to hand over on paper, as ``K7QF-2M9X-0RTB``. Raises PeopleError."""
    person = _serving(conn, office, who, at)
    signs = "".join(secrets.choice(ALPHABET) for _ in range(_SIGNS))
    lasts = timedelta(days=office.policies.on(office.day(at))[CODE_DAYS].value)
    _issue(conn, safe, person, ACTIVATION, signs, at, lasts, by)
    return in_groups(signs)


def in_groups(signs: str) -> str:
    """A code as it is written for people."""
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def read_off(code: str) -> str:
    """The signs of a code as people read it off paper: however it is grouped, in small letters, one sign mistaken for another."""
    return "".join(sign for sign in code.upper() if sign.isalnum()).translate(_MISREAD)


def invite(conn: Connection, office: Office, safe: Safe, who: str, at: datetime, by: By | None = None) -> str:
    """Owe somebody a mail with the link by which they set their first password; answers the address. Raises PeopleError."""
    person = _serving(conn, office, who, at)
    if not person.email:
        raise PeopleError(
            f"Alamat surel {person.full_name} belum tercatat. Serahkan kode cetak: jenjang accounts print-code {who}"
        )
    if not office.profile.site:
        raise PeopleError(
            "Alamat laman Jenjang (site) belum ada dalam profil instansi, sehingga tautan tidak dapat dibuat. "
            "Isi alamat itu, atau serahkan kode cetak: jenjang accounts print-code"
        )
    lasts = timedelta(days=office.policies.on(office.day(at))[ACTIVATION_DAYS].value)
    code = secrets.token_urlsafe(32)
    _issue(conn, safe, person, ACTIVATION, code, at, lasts, by)
    says = f"Akun Anda pada Jenjang {office.profile.agency} siap diaktifkan. Buka tautan di bawah ini untuk menetapkan kata sandi."
    _mail(conn, office, person.id, "Aktivasi akun Jenjang", says, code, at, lasts)
    return person.email


def mail_reset(conn: Connection, office: Office, safe: Safe, person: Person, at: datetime) -> None:
    """Owe somebody a mail with a link by which they set another password."""
    lasts = timedelta(minutes=office.policies.on(office.day(at))[RESET_MINUTES].value)
    code = secrets.token_urlsafe(32)
    _issue(conn, safe, person, RESET, code, at, lasts, By(person.id, person.full_name))
    says = (
        "Ada permintaan untuk mengganti kata sandi Jenjang Anda. Buka tautan di bawah ini untuk menetapkan yang baru. Bila bukan "
        "Anda yang meminta, abaikan surel ini; kata sandi Anda tidak berubah."
    )
    _mail(conn, office, person.id, "Ganti kata sandi Jenjang", says, code, at, lasts)


def look_up(conn: Connection, safe: Safe, code: str, at: datetime, *, lock: bool = False) -> Ticket:
    """The ticket of a link or a code, however it was typed; looking changes nothing. Raises NoTicket."""
    query = select(tickets).where(tickets.c.hash.in_(_marks(safe, code)))
    row = conn.execute(query.with_for_update() if lock else query).first()
    if row is None or row.used_at is not None or row.ended_at is not None or row.expires_at <= at:
        raise NoTicket(
            "Tautan atau kode ini tidak dikenal, sudah dipakai, sudah digantikan yang baru, atau sudah lewat masa berlakunya. "
            "Mintalah yang baru melalui “Lupa kata sandi” atau kepada administrator."
        )
    return Ticket(row.id, row.person_id, row.purpose)


def use(conn: Connection, ticket: Ticket, at: datetime) -> None:
    """It has been used; nobody uses it again."""
    conn.execute(update(tickets).where(tickets.c.id == ticket.id).values(used_at=at))


def end_tickets(
    conn: Connection, person_id: str, at: datetime, purposes: tuple[str, ...] = (ACTIVATION, RESET)
) -> None:
    """Nothing that was given to somebody before, for these purposes, is good any more."""
    live = (tickets.c.person_id == person_id, tickets.c.used_at.is_(None), tickets.c.ended_at.is_(None))
    conn.execute(update(tickets).where(*live, tickets.c.purpose.in_(purposes)).values(ended_at=at))


def _issue(
    conn: Connection,
    safe: Safe,
    person: Person,
    purpose: str,
    code: str,
    at: datetime,
    lasts: timedelta,
    by: By | None,
) -> None:
    account = held(conn, person.id)
    end_tickets(conn, person.id, at, (purpose,))  # nobody ends an activation by asking for a reset
    conn.execute(
        tickets.insert().values(
            id=new_id(at),
            hash=safe.mark("ticket", code),
            person_id=person.id,
            purpose=purpose,
            created_at=at,
            expires_at=at + lasts,
            made_by=by.id if by and by.id and purpose == ACTIVATION else None,
        )
    )
    change(conn, account, INVITED, {}, at, by=by, remark=purpose)


def _mail(
    conn: Connection,
    office: Office,
    person_id: str,
    title: str,
    says: str,
    code: str,
    at: datetime,
    lasts: timedelta,
) -> None:
    until = (at + lasts).astimezone(office.zone)
    good = f"Tautan ini berlaku sekali, sampai {written(until.date())} pukul {until:%H.%M}."
    link = f"{office.profile.site.rstrip('/')}/aktivasi/{code}"
    owe(conn, MESSAGE, None, person_id, {"says": f"{says} {good}", "title": title, "link": link}, at)


def _serving(conn: Connection, office: Office, who: str, at: datetime) -> Person:
    person = find_person(conn, who)
    if person.kind in OUTSIDERS:
        raise PeopleError(f"{person.full_name} dari mitra, sehingga tidak memakai akun; kirimkan tautan berkasnya.")
    if person.left_on is not None and person.left_on <= office.day(at):
        raise PeopleError(f"{person.full_name} tercatat keluar; akunnya tidak dapat diaktifkan.")
    return person


def _marks(safe: Safe, code: str) -> list[str]:
    """A link is taken as it is; a code as people read it off paper."""
    read = read_off(code)
    return [safe.mark("ticket", each) for each in {code, read if len(read) == _SIGNS else code}]
