"""Signing in by the agency's own identity provider: what was begun, and who of ours its answer means. Nobody is made by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from workflow.accounts.safe import Safe
from workflow.accounts.signing_in import OIDC, OIDC_FRESH, Browser, Entered, begin_session, refuse_who_left
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.people.person import OUTSIDERS, Person, UnknownPerson, find_person
from workflow.tables import oidc_flows

#: By which claim people are known: their NIP, or an address that the provider has verified.
CLAIMS: Final = ("nip", "email")
#: How long somebody may take at the provider.
_LASTS: Final = timedelta(minutes=10)


class NotLetIn(Problem):
    """The identity provider's answer lets nobody in."""

    status, type, title = 403, "identity-provider", "Tidak dapat masuk"


@dataclass(frozen=True)
class Flow:
    """A sign-in that has begun."""

    nonce: str
    verifier: str
    go_to: str


def begin_flow(conn: Connection, state: str, binder: str, flow: Flow, at: datetime) -> None:
    """Remember what the answer must fit. ``binder``: what the browser that began it shows when it comes back."""
    values = {"nonce": flow.nonce, "verifier": flow.verifier, "go_to": flow.go_to, "expires_at": at + _LASTS}
    conn.execute(oidc_flows.insert().values(state_hash=_known_by(state, binder), **values))


def take_flow(conn: Connection, state: str, binder: str, at: datetime) -> Flow:
    """What was begun under a state in this browser; nobody takes it again. Raises NotLetIn."""
    mine = oidc_flows.c.state_hash == _known_by(state, binder)
    row = conn.execute(select(oidc_flows).where(mine).with_for_update()).first()
    taken = conn.execute(delete(oidc_flows).where(mine)).rowcount
    if row is None or not taken or row.expires_at <= at:
        raise NotLetIn(
            "Proses masuk ini tidak dimulai di peramban ini, sudah dipakai, atau terlalu lama. Mulailah lagi."
        )
    return Flow(row.nonce, row.verifier, row.go_to)


def enter_known(
    conn: Connection,
    engine: Engine,
    safe: Safe,
    claim: str,
    claims: dict[str, Any],
    browser: Browser,
    at: datetime,
    *,
    fresh: bool = False,
) -> Entered:
    """Begin a session of the person whom the claims mean. ``fresh``: the provider asked who they are just now.

    Raises NotLetIn, HasLeft.
    """
    value = claims.get(claim)
    if not isinstance(value, str) or not value.strip():
        raise NotLetIn(f"Penyedia identitas tidak menyebut {_SAYS[claim]} Anda. Hubungi pengelola akun instansi.")
    if claim == "email" and claims.get("email_verified") is not True:
        raise NotLetIn("Alamat surel Anda belum diverifikasi penyedia identitas. Verifikasikan lebih dahulu.")
    try:
        person: Person | None = find_person(conn, value)
    except UnknownPerson:
        person = None
    if person is None or person.kind in OUTSIDERS:
        raise NotLetIn(f"Tidak ada pegawai dengan {_SAYS[claim]} itu pada Jenjang. Hubungi unit kepegawaian Anda.")
    if claim == "nip" and person.nip is None:
        raise NotLetIn("Penyedia identitas tidak menyebut NIP Anda. Hubungi pengelola akun instansi.")
    refuse_who_left(engine.office, person, at)
    return begin_session(conn, engine.office, safe, person, OIDC_FRESH if fresh else OIDC, browser, at)


def forget_old(conn: Connection, at: datetime) -> None:
    """Forget what nobody came back from."""
    conn.execute(delete(oidc_flows).where(oidc_flows.c.expires_at < at))


_SAYS: Final = {"nip": "NIP", "email": "alamat surel"}


def _known_by(state: str, binder: str) -> str:
    return sha256(f"{state}\n{binder}".encode("utf-8", "replace")).hexdigest()
