"""Signing in with a password, setting one, and asking for a link to set another.

What takes long, the hash, is worked out between two units: the first counts the guess and answers what is kept; the second
begins the session if that is still what is kept. Unknown, not activated and wrong are answered in the same words and time.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from policies.accounts import PASSWORD_LENGTH
from policies.dates import written
from workflow.accounts import attempts, tickets
from workflow.accounts.account import PASSWORD_SET, REHASHED, SIGNED_IN, change, held, stored
from workflow.accounts.called import LONGEST_NAME, called
from workflow.accounts.granting import end_keys
from workflow.accounts.passwords import is_too_large, require_good
from workflow.accounts.safe import Safe
from workflow.accounts.sessions import begin, end_all, end_token
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.office import Office
from workflow.people.mandate_log import By
from workflow.people.person import Person, find_person

PASSWORD: Final = "password"  # noqa: S105 - the name of a means
OIDC: Final = "oidc"
#: As before, and the identity provider says that it asked who they are just now.
OIDC_FRESH: Final = "oidc_fresh"


class WrongNameOrPassword(Problem):
    """Nobody, no account, or another password: a stranger does not learn which."""

    status, type, title = 422, "wrong-name-or-password", "Tidak dapat masuk"

    def __init__(self) -> None:
        super().__init__(
            "NIP, alamat surel, nama, atau kata sandi tidak cocok. Periksa ketikannya; bila ada pegawai lain yang bernama sama, "
            "pakailah NIP. Bila belum pernah masuk, pakailah tautan atau kode aktivasi; bila lupa kata sandi, mintalah tautan "
            "untuk menggantinya."
        )


class HasLeft(Problem):
    """The password is right, but they are here no longer."""

    status, type, title = 403, "has-left", "Tidak dapat masuk"


@dataclass(frozen=True)
class Browser:
    """From where somebody asks. ``network``: their address; ``mark``: what their browser was given when they last signed in."""

    network: str
    device: str
    mark: str = ""


@dataclass(frozen=True)
class Sought:
    """Who wants to sign in, perhaps nobody, and the hash that is kept of their password."""

    person_id: str | None
    kept: str | None
    counts: tuple[attempts.Count, ...]


@dataclass(frozen=True)
class Entered:
    """Signed in: the token of the session, and the mark by which this browser is known from now on."""

    token: str
    mark: str
    person_id: str


def seek(conn: Connection, engine: Engine, safe: Safe, name: str, browser: Browser, at: datetime) -> Sought:
    """Who is called so, by NIP, e-mail address or name; the guess is counted. Raises GuessedTooOften."""
    person = called(conn, name)
    about = person.id if person else name.strip().casefold()[:LONGEST_NAME]
    known = browser.mark if person and is_mark_of(safe, browser.mark, person.id) else ""
    law = engine.office.policies.on(engine.office.day(at))
    guess = attempts.counts(law, about, browser.network, known)
    attempts.take(conn, guess, at)
    account = stored(conn, person.id) if person else None
    return Sought(person.id if person else None, account["password_hash"] if account else None, guess)


def enter(
    conn: Connection,
    engine: Engine,
    safe: Safe,
    sought: Sought,
    browser: Browser,
    at: datetime,
    *,
    rehashed: str | None = None,
    before: str = "",
) -> Entered:
    """The password was right: begin a session, and end the one of the token ``before``. Raises WrongNameOrPassword, HasLeft.

    ``rehashed``: the same password kept in a better way.
    """
    account = held(conn, sought.person_id) if sought.person_id else None
    if account is None or sought.kept is None or account["password_hash"] != sought.kept:
        raise WrongNameOrPassword  # it was changed while the hash was worked out
    person = find_person(conn, account["person_id"])
    refuse_who_left(engine.office, person, at)
    attempts.forgive(conn, sought.counts)
    if rehashed is not None:
        account = change(conn, account, REHASHED, {"password_hash": rehashed}, at)
    if before:
        end_token(conn, before, at)
    return begin_session(conn, engine.office, safe, person, PASSWORD, browser, at)


def begin_session(
    conn: Connection,
    office: Office,
    safe: Safe,
    person: Person,
    means: str,
    browser: Browser,
    at: datetime,
    *,
    second_factor: bool = False,
) -> Entered:
    """Begin a session of somebody who has shown who they are; the log tells of it."""
    change(
        conn,
        held(conn, person.id),
        SIGNED_IN,
        {},
        at,
        by=By(person.id, person.full_name),
        remark=means.partition("_")[0],
    )
    token = begin(conn, office, person.id, means, browser.device, at, second_factor=second_factor)
    return Entered(token, new_mark(safe, person.id), person.id)


def holder_of(conn: Connection, engine: Engine, safe: Safe, code: str, at: datetime) -> Person:
    """Whose link or code it is; looking changes nothing. Raises NoTicket, HasLeft."""
    person = find_person(conn, tickets.look_up(conn, safe, code, at).person_id)
    refuse_who_left(engine.office, person, at)
    return person


def set_password(
    conn: Connection, engine: Engine, safe: Safe, code: str, kept: str, at: datetime, *, revoke_keys: bool = False
) -> Person:
    """Set a password that was checked by a ticket, which is used up by it; all sessions end. ``kept``: its hash.

    Whoever asks for a link may have lost more than a password: keys that act in their name end as well, and with ``revoke_keys``
    those that only read. Raises NoTicket, HasLeft.
    """
    ticket = tickets.look_up(conn, safe, code, at, lock=True)
    person = find_person(conn, ticket.person_id)
    refuse_who_left(engine.office, person, at)
    _keep(conn, person, kept, at, by=By(person.id, person.full_name), why=ticket.purpose)
    tickets.use(conn, ticket, at)
    end_keys(conn, person.id, at, By(person.id, person.full_name), acting=not revoke_keys)
    return person


def change_password(conn: Connection, person_id: str, was: str | None, kept: str, at: datetime) -> None:
    """Change one's own password for one that was checked, the old one having been checked against ``was``; all sessions end.

    Raises WrongNameOrPassword where it has been changed meanwhile.
    """
    account = held(conn, person_id)
    if account["password_hash"] != was:
        raise WrongNameOrPassword
    person = find_person(conn, person_id)
    _keep(conn, person, kept, at, by=By(person.id, person.full_name), why="")


def check_new(office: Office, person: Person, password: str, at: datetime) -> None:
    """Whether it is good enough for somebody. Raises InvalidForm."""
    least = office.policies.on(office.day(at))[PASSWORD_LENGTH].value
    mail = (person.email or "").partition("@")[0]
    about = [person.nip or "", person.name, mail, office.profile.agency, office.profile.seat, "jenjang"]
    require_good(password, least, about)


def ask_for_link(conn: Connection, engine: Engine, safe: Safe, name: str, browser: Browser, at: datetime) -> None:
    """Mail a link to whoever is called so, if anybody is; the asker learns nothing. Raises GuessedTooOften."""
    person = called(conn, name)
    law = engine.office.policies.on(engine.office.day(at))
    about = f"reset {person.id if person else name.strip().casefold()[:LONGEST_NAME]}"
    attempts.take(conn, attempts.counts(law, about, browser.network), at)
    if person is None or not person.email or not engine.office.profile.site:
        return
    if person.left_on is not None and person.left_on <= engine.office.day(at):
        return
    account = stored(conn, person.id)
    if account is None or account["password_hash"] is None:
        tickets.invite(conn, engine.office, safe, person.id, at)
    else:
        tickets.mail_reset(conn, engine.office, safe, person, at)


def refuse_who_left(office: Office, person: Person, at: datetime) -> None:
    """Raises HasLeft."""
    if person.left_on is not None and person.left_on <= office.day(at):
        raise HasLeft(
            f"Anda tercatat keluar sejak {written(person.left_on)}, sehingga tidak dapat masuk. Bila itu keliru, hubungi unit "
            "kepegawaian."
        )


def new_mark(safe: Safe, person_id: str) -> str:
    """What a browser is given in which somebody has signed in."""
    random = secrets.token_urlsafe(16)
    return f"{random}.{safe.mark('device', f'{person_id} {random}')}"


def is_mark_of(safe: Safe, mark: str, person_id: str) -> bool:
    """Whether a browser was given this when this person signed in."""
    random, _, proof = mark.partition(".")
    expected = safe.mark("device", f"{person_id} {random}")
    return bool(random) and hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace"))


def is_askable(password: str) -> bool:
    """Whether it is worth working out a hash."""
    return bool(password) and not is_too_large(password)


def _keep(conn: Connection, person: Person, kept: str, at: datetime, *, by: By, why: str) -> None:
    values = {"password_hash": kept, "password_at": at}
    change(conn, held(conn, person.id), PASSWORD_SET, values, at, by=by, remark=why)
    tickets.end_tickets(conn, person.id, at)
    end_all(conn, person.id, at, by=by, why="kata sandi diganti")
