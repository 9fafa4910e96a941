"""The second factor: codes of an app (TOTP, RFC 6238), each taken once, and recovery codes for who has lost their telephone.

Whoever signs letters or administers must have one, by the rule of ``must_have``. Until it is given a session may do nothing else
but give it or set it up.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import date, datetime

import pyotp
from sqlalchemy import BindParameter, ColumnElement, Connection, and_, delete, exists, or_, select, update

from policies.accounts import FACTOR_STRUCTURAL
from workflow.accounts.account import CODE_USED, CODES_MADE, FACTOR_REMOVED, FACTOR_SET, change, held, stored
from workflow.accounts.safe import Safe
from workflow.accounts.sessions import end_all
from workflow.accounts.tickets import ALPHABET
from workflow.errors import FieldError, InvalidForm, NotNow
from workflow.ids import new_id
from workflow.letters.routing import INITIAL, SIGN
from workflow.office import Office
from workflow.people.mandate_log import By
from workflow.tables import accounts, group_members, mandates, people, positions, recovery_codes, tasks, units

#: Seconds of a time step, and how many steps a telephone's clock may be off.
_STEP, _OFF = 30, 1
_CODES, _SIGNS = 10, 10
#: What a letter waits for somebody to do with it.
_SIGNING = (INITIAL, SIGN)
_OFFICIALS = people.alias("officials")


def must_have(
    person_id: ColumnElement[str], on: BindParameter[date], structural: BindParameter[bool]
) -> ColumnElement[bool]:
    """Whether a person must give a second factor: they administer, a letter waits for their paraf or signature, or may at any time.

    Letters find heads of units, the head of the region, and who stands in; and with ``structural``, as the rules of the agency
    may have it (``asks_structural_posts``), everybody whose post has an echelon, before any letter waits for them.
    """
    return or_(
        exists().where(group_members.c.person_id == person_id, group_members.c.group_name == "administrator"),
        exists().where(
            tasks.c.assignee_id == person_id, tasks.c.letter_id.is_not(None), tasks.c.triggers.in_(_SIGNING)
        ),
        exists().where(structural, positions.c.holder_id == person_id, positions.c.echelon.is_not(None)),
        exists().where(positions.c.holder_id == person_id, units.c.head_position_id == positions.c.id),
        exists().where(_OFFICIALS.c.id == person_id, _OFFICIALS.c.kind == "official"),
        exists().where(
            and_(
                mandates.c.receiver_id == person_id,
                mandates.c.accepted_on.is_not(None),
                mandates.c.revoked_on.is_(None),
                mandates.c.from_on <= on,
                mandates.c.until_on >= on,
            )
        ),
    )


def asks_structural_posts(office: Office, at: datetime) -> bool:
    """Whether every holder of a structural post must have one, by the rules of the day."""
    return bool(office.policies.on(office.day(at))[FACTOR_STRUCTURAL].value)


def has_factor(conn: Connection, person_id: str) -> bool:
    """Whether somebody has set one up."""
    row = stored(conn, person_id)
    return row is not None and row["factor"] is not None


def begin_setup(conn: Connection, safe: Safe, person_id: str) -> str:
    """The secret for the app of whoever sets one up, new where none is being set up yet. It counts once a code of it is given."""
    row = held(conn, person_id)
    if row["pending"] is not None:
        return safe.opened(person_id, row["pending"])
    secret = pyotp.random_base32()
    pending = {"pending": safe.seal(person_id, secret)}
    conn.execute(update(accounts).where(accounts.c.person_id == person_id).values(pending))
    return secret


def address_of(secret: str, name: str, agency: str) -> str:
    """What an app reads from the picture, an address of its own kind."""
    return pyotp.TOTP(secret, interval=_STEP).provisioning_uri(name=name, issuer_name=f"Jenjang {agency}")


def confirm_setup(conn: Connection, safe: Safe, person_id: str, typed: str, at: datetime) -> tuple[str, ...]:
    """The first code of a new secret is right: it counts from now on. Answers recovery codes, shown once. Raises InvalidForm."""
    row = held(conn, person_id)
    if row["pending"] is None:
        raise _wrong("Tidak ada faktor kedua yang sedang dipasang. Muat ulang halaman ini, lalu pindai kodenya.")
    step = _step_of(safe.opened(person_id, row["pending"]), typed, at)
    if step is None:
        raise _wrong("Kode tidak cocok. Periksa jam pada telepon Anda, lalu ketik kode enam angka yang sedang tampil.")
    values = {"factor": row["pending"], "factor_at": at, "pending": None, "last_step": step}
    row = change(conn, row, FACTOR_SET, values, at, by=By(person_id))
    return _new_codes(conn, safe, person_id, at)


def renew_codes(conn: Connection, safe: Safe, person_id: str, at: datetime) -> tuple[str, ...]:
    """Other recovery codes in place of those there are; shown once."""
    held(conn, person_id)
    return _new_codes(conn, safe, person_id, at)


def require_none(conn: Connection, person_id: str) -> None:
    """Who has one cannot set up the first. Raises NotNow."""
    if held(conn, person_id)["factor"] is not None:
        raise NotNow("Faktor kedua sudah dipasang. Masukkan kodenya, lalu gantilah melalui halaman Akun.")


def check(conn: Connection, safe: Safe, person_id: str, typed: str, at: datetime, *, field: str = "code") -> None:
    """Take a code of the app that was not taken before, or a recovery code. Raises InvalidForm."""
    row = held(conn, person_id)
    if row["factor"] is None:
        raise _wrong("Faktor kedua belum dipasang. Pasang lebih dahulu.", field)
    step = _step_of(safe.opened(person_id, row["factor"]), typed, at)
    if step is not None and step > row["last_step"]:
        conn.execute(update(accounts).where(accounts.c.person_id == person_id).values(last_step=step))
        return
    if step is None and _use_code(conn, safe, person_id, typed, at):
        change(conn, row, CODE_USED, {}, at, by=By(person_id))
        return
    raise _wrong(
        "Kode ini sudah dipakai. Tunggu sampai kode berikutnya tampil (paling lama 30 detik), lalu ketik kode itu."
        if step is not None
        else "Kode tidak cocok. Ketik kode enam angka yang sedang tampil pada aplikasi, atau kode pemulihan yang belum dipakai.",
        field,
    )


def remove(conn: Connection, person_id: str, at: datetime, by: By | None = None) -> None:
    """An administrator takes it away, as with a lost telephone: it must be set up anew, and all sessions end."""
    row = held(conn, person_id)
    change(conn, row, FACTOR_REMOVED, {"factor": None, "factor_at": None, "pending": None, "last_step": 0}, at, by=by)
    conn.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    end_all(conn, person_id, at, by=by, why="faktor kedua dihapus")


def codes_left(conn: Connection, person_id: str) -> int:
    """How many recovery codes somebody has not used yet."""
    mine = (recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None))
    return len(conn.execute(select(recovery_codes.c.id).where(*mine)).all())


def _step_of(secret: str, typed: str, at: datetime) -> int | None:
    """The time step of which it is the code, near the hour; the newest first."""
    digits = "".join(typed.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
        return None
    now, app = int(at.timestamp()) // _STEP, pyotp.TOTP(secret, interval=_STEP)
    near = range(now + _OFF, now - _OFF - 1, -1)
    return next((step for step in near if hmac.compare_digest(app.at(step * _STEP), digits)), None)


def _new_codes(conn: Connection, safe: Safe, person_id: str, at: datetime) -> tuple[str, ...]:
    conn.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    codes = tuple("".join(secrets.choice(ALPHABET) for _ in range(_SIGNS)) for _ in range(_CODES))
    rows = [
        {"id": new_id(at), "person_id": person_id, "hash": _mark(safe, person_id, code), "used_at": None}
        for code in codes
    ]
    conn.execute(recovery_codes.insert(), rows)
    change(conn, held(conn, person_id), CODES_MADE, {}, at, by=By(person_id))
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def _use_code(conn: Connection, safe: Safe, person_id: str, typed: str, at: datetime) -> bool:
    read = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(str.maketrans("ILO", "110"))
    mine = (
        recovery_codes.c.person_id == person_id,
        recovery_codes.c.hash == _mark(safe, person_id, read),
        recovery_codes.c.used_at.is_(None),
    )
    return bool(conn.execute(update(recovery_codes).where(*mine).values(used_at=at)).rowcount)


def _mark(safe: Safe, person_id: str, code: str) -> str:
    return safe.mark("recovery", f"{person_id} {code}")


def _wrong(says: str, field: str = "code") -> InvalidForm:
    return InvalidForm(says, fields=(FieldError(field, "Kode", says),))
