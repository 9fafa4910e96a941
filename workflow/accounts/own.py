"""What somebody sees and does of their own account, by the session that they are in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Connection, Date, bindparam, literal, select

from policies.accounts import FACTOR_MINUTES
from workflow.accounts import attempts, granting, second_factor, sessions, signing_in
from workflow.accounts.account import held, stored
from workflow.accounts.safe import Safe
from workflow.accounts.sessions import SessionLine
from workflow.accounts.signing_in import Browser
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm
from workflow.people.mandate_log import By
from workflow.people.person import find_person

if TYPE_CHECKING:
    from workflow.callers import Caller


@dataclass(frozen=True)
class OwnAccount:
    """An account as its owner sees it. ``must_have``: whether they must give a second factor; ``here``: this session's id.

    ``keys``: what their API keys are for that are good now.
    """

    name: str
    email: str
    password_at: datetime | None
    factor_at: datetime | None
    must_have: bool
    codes_left: int
    sessions: tuple[SessionLine, ...]
    here: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class NewPassword:
    """The hash of a new password, and that of the old one, which was checked; None where there was none.

    ``revoke_keys``: every API key ends too.
    """

    was: str | None
    kept: str
    revoke_keys: bool = False


@dataclass(frozen=True)
class OwnFactor:
    """What is needed to give a second factor, or to set one up: then ``secret`` and ``address`` are for the app."""

    is_set: bool
    secret: str = ""
    address: str = ""


def own_account(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> OwnAccount:
    """The account of whoever asks."""
    row, person = stored(conn, caller.person_id) or {}, find_person(conn, caller.person_id)
    on = bindparam("on", engine.office.day(at), Date)
    structural = bindparam("structural", second_factor.asks_structural_posts(engine.office, at), Boolean)
    return OwnAccount(
        name=person.full_name,
        email=person.email or "",
        password_at=row.get("password_at") if row.get("password_hash") else None,
        factor_at=row.get("factor_at"),
        must_have=bool(
            conn.execute(select(second_factor.must_have(literal(caller.person_id), on, structural))).scalar()
        ),
        codes_left=second_factor.codes_left(conn, caller.person_id),
        sessions=tuple(sessions.open_sessions(conn, caller.person_id, at)),
        here=caller.session_id,
        keys=granting.valid_keys(conn, caller.person_id, at),
    )


def own_factor(conn: Connection, _: Engine, caller: Caller, __: datetime) -> OwnFactor:
    """Whether one is set."""
    return OwnFactor(second_factor.has_factor(conn, caller.person_id))


def begin_setup(conn: Connection, engine: Engine, caller: Caller, _: datetime, safe: Safe) -> OwnFactor:
    """What the app needs to know."""
    secret = second_factor.begin_setup(conn, safe, caller.person_id)
    person = find_person(conn, caller.person_id)
    address = second_factor.address_of(secret, person.email or caller.name, engine.office.profile.agency)
    return OwnFactor(second_factor.has_factor(conn, caller.person_id), secret, address)


def count_guess(conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, browser: Browser) -> None:
    """Count a guess of a password or a code of one's own account, before it is looked at. Raises GuessedTooOften."""
    attempts.take(conn, _counts(engine, caller, at, safe, browser), at)


def give_factor(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, typed: str, browser: Browser
) -> str:
    """Give the second factor; answers the session's new token. Raises InvalidForm."""
    second_factor.check(conn, safe, caller.person_id, typed, at)
    attempts.forgive(conn, _counts(engine, caller, at, safe, browser))
    return sessions.raise_rights(conn, caller.session_id, at)


def asks_factor(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> bool:
    """Whether a code is asked for once more before whoever has a second factor signs: the last was given too long ago."""
    given = sessions.factor_given_at(conn, caller.session_id)
    lasts = timedelta(minutes=engine.office.policies.on(engine.office.day(at))[FACTOR_MINUTES].value)
    return second_factor.has_factor(conn, caller.person_id) and (given is None or at - given > lasts)


def require_factor(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> None:
    """Nobody who finds an open session makes of it what outlasts it. Keys have no second factor to give. Raises InvalidForm."""
    if caller.session_id and asks_factor(conn, engine, caller, at):
        says = "Masukkan kode faktor kedua."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("code", "Kode faktor kedua", says),))


def give_factor_again(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, typed: str, browser: Browser
) -> None:
    """Give the second factor once more, where it is asked for: a form that is sent twice needs one code. Raises InvalidForm."""
    if not asks_factor(conn, engine, caller, at):
        return
    second_factor.check(conn, safe, caller.person_id, typed, at)
    attempts.forgive(conn, _counts(engine, caller, at, safe, browser))
    sessions.factor_given_again(conn, caller.session_id, at)


def set_up_factor(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, typed: str, browser: Browser
) -> tuple[str, tuple[str, ...]]:
    """The first factor of somebody who has none: the session's new token, and the recovery codes. Raises InvalidForm, NotNow."""
    second_factor.require_none(conn, caller.person_id)
    return _set_up(conn, engine, caller, at, safe, typed, browser)


def replace_factor(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    safe: Safe,
    current: str,
    typed: str,
    browser: Browser,
) -> tuple[str, tuple[str, ...]]:
    """Another factor in place of the one there is, a code of which is given as well. Raises InvalidForm."""
    if second_factor.has_factor(conn, caller.person_id):
        second_factor.check(conn, safe, caller.person_id, current, at, field="current")
    return _set_up(conn, engine, caller, at, safe, typed, browser)


def renew_codes(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, typed: str, browser: Browser
) -> tuple[str, ...]:
    """Other recovery codes, for a code of the app. Raises InvalidForm."""
    second_factor.check(conn, safe, caller.person_id, typed, at)
    attempts.forgive(conn, _counts(engine, caller, at, safe, browser))
    return second_factor.renew_codes(conn, safe, caller.person_id, at)


def kept_password(conn: Connection, _: Engine, caller: Caller, __: datetime) -> str | None:
    """The hash that is kept of one's own password."""
    row = stored(conn, caller.person_id)
    return row["password_hash"] if row else None


def require_shown(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> None:
    """Whoever has no password yet sets one only after they have just shown who they are: an open session is not enough.

    To the identity provider, or by a second factor that was there before the session began. Raises InvalidForm.
    """
    lasts = timedelta(minutes=engine.office.policies.on(engine.office.day(at))[FACTOR_MINUTES].value)
    means, began_at = sessions.began(conn, caller.session_id)
    given, factor_at = (
        sessions.factor_given_at(conn, caller.session_id),
        (stored(conn, caller.person_id) or {})["factor_at"],
    )
    by_provider = means == signing_in.OIDC_FRESH and at - began_at <= lasts
    by_factor = given is not None and at - given <= lasts and factor_at is not None and factor_at < began_at
    if not by_provider and not by_factor:
        minutes = lasts // timedelta(minutes=1)
        says = (
            "Kata sandi pertama hanya dapat ditetapkan sesaat setelah Anda menunjukkan siapa Anda. Masuklah sekali lagi dengan "
            f"akun instansi atau faktor kedua, lalu tetapkan dalam {minutes} menit; atau mintalah tautan melalui “Lupa kata sandi”."
        )
        raise InvalidForm(says, fields=(FieldError("password", "Kata sandi baru", says),))


def check_new_password(conn: Connection, engine: Engine, caller: Caller, at: datetime, password: str) -> None:
    """Whether a password is good enough. Raises InvalidForm."""
    signing_in.check_new(engine.office, find_person(conn, caller.person_id), password, at)


def change_password(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, new: NewPassword, browser: Browser
) -> signing_in.Entered:
    """Keep another password: every session ends, and this browser is in a new one.

    Raises WrongNameOrPassword, InvalidForm as ``require_shown``.
    """
    if new.was is None:
        require_shown(conn, engine, caller, at)
    factor_given = sessions.has_factor(conn, caller.session_id)
    signing_in.change_password(conn, caller.person_id, new.was, new.kept, at)
    if new.revoke_keys:
        granting.end_keys(conn, caller.person_id, at, By(caller.person_id, caller.name))
    attempts.forgive(conn, _counts(engine, caller, at, safe, browser))
    person = find_person(conn, caller.person_id)
    return signing_in.begin_session(
        conn, engine.office, safe, person, signing_in.PASSWORD, browser, at, second_factor=factor_given
    )


def end_session(conn: Connection, _: Engine, caller: Caller, at: datetime, session_id: str) -> None:
    """End a session of one's own. Raises NotFound."""
    sessions.end(conn, caller.person_id, session_id, at)


def end_others(conn: Connection, _: Engine, caller: Caller, at: datetime, *, revoke_keys: bool = False) -> int:
    """End all sessions but this one, and with ``revoke_keys`` every key too."""
    if revoke_keys:
        granting.end_keys(conn, caller.person_id, at, By(caller.person_id, caller.name))
    return sessions.end_all(conn, caller.person_id, at, besides=caller.session_id)


def _set_up(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, safe: Safe, typed: str, browser: Browser
) -> tuple[str, tuple[str, ...]]:
    held(conn, caller.person_id)
    codes = second_factor.confirm_setup(conn, safe, caller.person_id, typed, at)
    attempts.forgive(conn, _counts(engine, caller, at, safe, browser))
    # Whoever was in before, perhaps with the password alone, is not in any more.
    sessions.end_all(conn, caller.person_id, at, besides=caller.session_id, why="faktor kedua dipasang")
    return sessions.raise_rights(conn, caller.session_id, at), codes


def _counts(engine: Engine, caller: Caller, at: datetime, safe: Safe, browser: Browser) -> tuple[attempts.Count, ...]:
    known = browser.mark if signing_in.is_mark_of(safe, browser.mark, caller.person_id) else ""
    law = engine.office.policies.on(engine.office.day(at))
    return attempts.counts(law, f"own {caller.person_id}", browser.network, known)
