"""Sessions: rows that can be ended one by one or all at once; the browser has a random token, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, or_, select, update

from policies.accounts import IDLE_MINUTES, SESSION_MINUTES
from workflow.accounts.account import SESSIONS_ENDED, change, held
from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.office import Office
from workflow.people.mandate_log import By
from workflow.tables import sessions

#: That a session was seen is noted once in so long at most.
NOTED_EVERY: Final = timedelta(minutes=3)
#: Rows of sessions that are over are kept so long for their owner to see.
KEPT: Final = timedelta(days=30)


@dataclass(frozen=True)
class SessionLine:
    """An open session, as its owner sees it."""

    id: str
    device: str
    means: str
    created_at: datetime
    seen_at: datetime


def hashed(token: str) -> str:
    """What is kept of a token: it is 32 random bytes, so that no slow hash would make it harder to guess."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def begin(
    conn: Connection,
    office: Office,
    person_id: str,
    means: str,
    device: str,
    at: datetime,
    *,
    second_factor: bool = False,
) -> str:
    """Begin a session; answers its token, which is shown to the browser now or never. ``second_factor``: it was given with it."""
    law = office.policies.on(office.day(at))
    token = secrets.token_urlsafe(32)
    conn.execute(
        sessions.insert().values(
            id=new_id(at),
            hash=hashed(token),
            person_id=person_id,
            means=means,
            device=device[:120],
            created_at=at,
            seen_at=at,
            idle_minutes=law[IDLE_MINUTES].value,
            expires_at=at + timedelta(minutes=law[SESSION_MINUTES].value),
            second_factor_at=at if second_factor else None,
        )
    )
    return token


def raise_rights(conn: Connection, session_id: str, at: datetime) -> str:
    """The second factor was given: the session may do more from now on, under a new token, which is answered."""
    token = secrets.token_urlsafe(32)
    values = {"hash": hashed(token), "second_factor_at": at, "seen_at": at}
    conn.execute(update(sessions).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None)).values(values))
    return token


def factor_given_at(conn: Connection, session_id: str) -> datetime | None:
    """When the second factor was last given in a session; None for one that there is not, as with a key."""
    given: datetime | None = conn.execute(
        select(sessions.c.second_factor_at).where(sessions.c.id == session_id)
    ).scalar_one_or_none()
    return given


def factor_given_again(conn: Connection, session_id: str, at: datetime) -> None:
    """The second factor was given once more. The token stays: the session may do no more than it did."""
    conn.execute(update(sessions).where(sessions.c.id == session_id).values(second_factor_at=at))


def began(conn: Connection, session_id: str) -> tuple[str, datetime]:
    """By which means a session began, and when."""
    row = conn.execute(select(sessions.c.means, sessions.c.created_at).where(sessions.c.id == session_id)).one()
    return row.means, row.created_at


def has_factor(conn: Connection, session_id: str) -> bool:
    """Whether the second factor was given in it."""
    query = select(sessions.c.second_factor_at).where(sessions.c.id == session_id)
    return conn.execute(query).scalar_one() is not None


def end_token(conn: Connection, token: str, at: datetime) -> None:
    """Sign out. A token that is none, or of a session that has ended, changes nothing."""
    mine = (sessions.c.hash == hashed(token), sessions.c.ended_at.is_(None))
    conn.execute(update(sessions).where(*mine).values(ended_at=at))


def end(conn: Connection, person_id: str, session_id: str, at: datetime) -> None:
    """End one of somebody's own sessions. Raises NotFound for one of somebody else."""
    mine = (sessions.c.id == session_id, sessions.c.person_id == person_id)
    if conn.execute(select(sessions.c.id).where(*mine)).first() is None:
        raise NotFound("Sesi itu tidak ada, atau bukan milik Anda.")
    conn.execute(update(sessions).where(*mine, sessions.c.ended_at.is_(None)).values(ended_at=at))


def end_all(
    conn: Connection, person_id: str, at: datetime, *, besides: str = "", by: By | None = None, why: str = ""
) -> int:
    """End all sessions of somebody, but for the one with the id ``besides``; answers how many."""
    open_ones = (sessions.c.person_id == person_id, sessions.c.ended_at.is_(None), sessions.c.id != besides)
    number = conn.execute(update(sessions).where(*open_ones).values(ended_at=at)).rowcount
    if number:
        change(conn, held(conn, person_id), SESSIONS_ENDED, {}, at, by=by, remark=why or f"{number} sesi")
    return number


def open_sessions(conn: Connection, person_id: str, at: datetime) -> list[SessionLine]:
    """The sessions that somebody has open, the one seen last first."""
    query = select(sessions).where(
        sessions.c.person_id == person_id, sessions.c.ended_at.is_(None), sessions.c.expires_at > at
    )
    return [
        SessionLine(row.id, row.device, row.means, row.created_at, row.seen_at)
        for row in conn.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id)).all()
        if row.seen_at + timedelta(minutes=row.idle_minutes) > at
    ]


def note_seen(conn: Connection, session_id: str, at: datetime) -> None:
    """Remember when a session was last used."""
    mine = (sessions.c.id == session_id, sessions.c.ended_at.is_(None), sessions.c.seen_at < at)
    conn.execute(update(sessions).where(*mine).values(seen_at=at))


def forget_old(conn: Connection, at: datetime) -> None:
    """Forget the sessions that were over long ago; their beginnings stay in the logs."""
    over = or_(sessions.c.ended_at < at - KEPT, sessions.c.expires_at < at - KEPT)
    conn.execute(delete(sessions).where(over))
