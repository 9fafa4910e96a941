"""A link: who may open which case or cohort with it, until when, and what became of it.

One person has one open link for one thing. What ends it is said to whoever holds it; of a token that we did not make nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, or_, select, update

from policies.dates import written
from workflow.accounts import attempts
from workflow.accounts.attempts import GuessedTooOften
from workflow.accounts.safe import Safe
from workflow.accounts.sessions import NOTED_EVERY
from workflow.engine.engine import Engine
from workflow.errors import NotFound, Problem
from workflow.ids import new_id
from workflow.links.opening import Opened, lasts_until, opens, require_of_host
from workflow.links.tokens import code_of, id_of, mark_of, mark_of_typed, token_of
from workflow.office import Office
from workflow.people.mandate_log import By
from workflow.registry import Registry
from workflow.tables import cohort_cases, links

__all__ = ["Link", "LinkOver", "NoLink", "code_of", "issue", "opened", "revoke", "token_of"]

_LONGEST_REASON: Final = 300


class NoLink(NotFound):
    """No such link, as far as a stranger learns."""

    type, title = "no-link", "Tautan tidak dikenal"

    def __init__(self, says: str = "", **more: Any) -> None:
        super().__init__(
            says or "Tautan ini tidak dikenal. Periksa apakah alamatnya tersalin utuh, atau ketikkan kode pendeknya.",
            **more,
        )


class LinkOver(Problem):
    """A link that was good is so no more. ``says``: why, and the way out."""

    status, type, title = 410, "link-over", "Tautan tidak berlaku lagi"


class NoReason(Problem):
    """A link is ended with a reason."""

    status, type, title = 422, "no-reason", "Alasan belum diisi"


@dataclass(frozen=True)
class Link:
    """A link as it stands."""

    id: str
    person_id: str
    case_id: str | None
    cohort_id: str | None
    purpose: str
    created_at: datetime
    created_by: str | None
    expires_at: datetime
    opened_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_why: str
    forwarded_to: str | None

    def is_good(self, at: datetime) -> bool:
        """Whether it opens anything, as far as its own row says."""
        return self.revoked_at is None and at < self.expires_at

    @property
    def last_good_at(self) -> datetime:
        """The last instant of its last day."""
        return self.expires_at - timedelta(microseconds=1)

    @property
    def opens(self) -> Opened:
        """What it was made for."""
        return Opened(self.person_id, self.case_id, self.cohort_id)


_COLUMNS: Final = tuple(links.c[name] for name in Link.__dataclass_fields__)


def issue(
    conn: Connection,
    engine: Engine,
    safe: Safe,
    to: Opened,
    at: datetime,
    *,
    purpose: str = "",
    by: str | None = None,
) -> Link:
    """The open link of a person for a case or a cohort; made where there is none, and good for longer where it need be.

    ``purpose``: ``host`` or ``guide``; left empty, as the person is known. Raises CannotLink for whoever has no part in it.
    """
    as_known = require_of_host(conn, engine, to, purpose, at)
    until = lasts_until(conn, engine, to, as_known, at)
    standing = latest(conn, to)
    if standing is not None and standing.is_good(at):
        if until > standing.expires_at:
            conn.execute(update(links).where(links.c.id == standing.id).values(expires_at=until))
        return find(conn, standing.id)
    link_id = new_id(at)
    conn.execute(
        insert(links).values(
            id=link_id,
            person_id=to.person_id,
            case_id=to.case_id,
            cohort_id=to.cohort_id,
            purpose=as_known,
            short_mark=mark_of(safe, link_id),
            created_at=at,
            created_by=by,
            expires_at=until,
        )
    )
    return find(conn, link_id)


def opened(conn: Connection, safe: Safe, token: str, at: datetime) -> Link:
    """The link of a token; looking changes nothing. Raises NoLink, LinkOver."""
    link_id = id_of(safe, token)
    link = _one(conn, link_id) if link_id else None
    if link is None:
        raise NoLink
    if why_over := _why_over(link, at):
        raise LinkOver(why_over)
    return link


def still_opens(conn: Connection, registry: Registry, link: Link) -> frozenset[str]:
    """The ids of the cases that a link opens now. Raises LinkOver where that is none any more."""
    found = opens(conn, registry, link.opens)
    if not found:
        raise LinkOver(
            "Berkas ini tidak lagi pada instansi Anda, atau Anda tidak lagi ditunjuk untuk itu. Bila keliru, hubungi pengelola "
            "kepegawaian instansi asal peserta."
        )
    return found


def find_by_code(conn: Connection, office: Office, safe: Safe, code: str, network: str, at: datetime) -> Link | None:
    """The link of a short code as it was typed; None where there is none, which counts as a guess. Raises GuessedTooOften.

    ``network``: from where it was typed. The caller raises NoLink after this unit, so that the guess stays counted.
    """
    guess = attempts.counts(office.policies.on(office.day(at)), "link code", network)
    try:
        attempts.take(conn, guess, at)
    except GuessedTooOften as waits:
        raise GuessedTooOften(
            f"Terlalu banyak kode yang keliru dari jaringan ini. Tunggu {waits.more['wait']} detik, lalu coba lagi; tautan pada "
            "surel tetap dapat dibuka.",
            more=waits.more,
        ) from None
    row = conn.execute(select(*_COLUMNS).where(links.c.short_mark == mark_of_typed(safe, code))).one_or_none()
    if row is None:
        return None
    attempts.take_back(conn, guess)
    return _link(row)


def note_opened(conn: Connection, link_id: str, at: datetime) -> None:
    """Remember when a link was first opened, and last. A mail scanner opens it too: nothing else follows from it."""
    mine = links.c.id == link_id
    conn.execute(update(links).where(mine, links.c.opened_at.is_(None)).values(opened_at=at))
    late = or_(links.c.seen_at.is_(None), links.c.seen_at < at)
    conn.execute(update(links).where(mine, late).values(seen_at=at))


def is_noted(link: Link, at: datetime) -> bool:
    """Whether that it was seen need not be noted again."""
    return link.seen_at is not None and at - link.seen_at < NOTED_EVERY


def revoke(conn: Connection, link_id: str, why: str, at: datetime, by: By | None = None) -> Link:
    """End a link, with a reason; one that has ended stays as it ended. Raises NoReason, NoLink."""
    reason = " ".join(why.split())
    if not 3 <= len(reason) <= _LONGEST_REASON:
        raise NoReason(f"Isi alasan pencabutan tautan, 3 sampai {_LONGEST_REASON} huruf.")
    find(conn, link_id)
    values = {"revoked_at": at, "revoked_by": by.id if by and by.id else None, "revoked_why": reason}
    conn.execute(update(links).where(links.c.id == link_id, links.c.revoked_at.is_(None)).values(values))
    return find(conn, link_id)


def latest(conn: Connection, to: Opened) -> Link | None:
    """The newest link of a person for a thing, whatever became of it. Whoever makes another waits for this one."""
    thing = links.c.case_id == to.case_id if to.case_id else links.c.cohort_id == to.cohort_id
    query = select(*_COLUMNS).where(links.c.person_id == to.person_id, thing).order_by(links.c.id.desc()).limit(1)
    row = conn.execute(query).one_or_none()
    return _link(row) if row else None


def find(conn: Connection, link_id: str) -> Link:
    """A link by its id. Raises NoLink."""
    link = _one(conn, link_id)
    if link is None:
        raise NoLink(f"Tautan {link_id} tidak ada.")
    return link


def links_of(conn: Connection, case_id: str) -> Sequence[Link]:
    """The links that open a case, alone or with its cohort, the newest first."""
    cohorts_of = select(cohort_cases.c.cohort_id).where(
        cohort_cases.c.case_id == case_id, cohort_cases.c.left_at.is_(None)
    )
    query = select(*_COLUMNS).where(or_(links.c.case_id == case_id, links.c.cohort_id.in_(cohorts_of)))
    return [_link(row) for row in conn.execute(query.order_by(links.c.id.desc())).all()]


def _one(conn: Connection, link_id: str) -> Link | None:
    row = conn.execute(select(*_COLUMNS).where(links.c.id == link_id)).one_or_none()
    return _link(row) if row else None


def _link(row: Row[Any]) -> Link:
    return Link(**row._asdict())


def _why_over(link: Link, at: datetime) -> str:
    """Why a link of ours opens nothing, to whoever holds it; empty where it does."""
    anew = "Bila masih Anda perlukan, mintalah tautan baru kepada pengelola kepegawaian instansi asal peserta."
    if link.forwarded_to is not None:
        return f"Tautan ini sudah diteruskan kepada rekan Anda, sehingga tidak berlaku lagi. {anew}"
    if link.revoked_at is not None:
        return f"Tautan ini sudah dicabut. {anew}"
    if link.expires_at <= at:  # at midnight there, which is still the last good day in UTC
        return f"Masa berlaku tautan ini berakhir pada {written(link.expires_at.date())}. {anew}"
    return ""
