"""Under which name and address somebody gets mail."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, or_, select

from policies.civil_service import full_name
from workflow.imports.cells import read_email
from workflow.imports.report import Wrong
from workflow.mail.dispatch import NO_ADDRESS
from workflow.mail.recipients import NAMED, PARTNER
from workflow.mail.transport import NotSent, Rejected
from workflow.tables import partners, people
from workflow.telling.plain_text import ended


class NoAddress(Rejected):
    """Somebody has no address on record."""


class NotWanted(NotSent):
    """There is nothing to send any more. ``says``: why."""


@dataclass(frozen=True)
class Addressee:
    """A name as it is written in a salutation, and an address that can be used."""

    name: str
    email: str


def addressee(conn: Connection, to: str, on: date) -> Addressee:
    """Whom an effect means by a person's id or ``partner:CODE``. Raises NoAddress, Rejected, NotWanted."""
    if to.startswith(PARTNER):
        return partner_to(conn, to.removeprefix(PARTNER), on)
    if to.startswith(NAMED):
        raise Rejected(
            "bukan orang, jabatan, atau mitra yang tercatat di sini. Sampaikan suratnya dengan cara lain, lalu catat dengan: "
            "jenjang mail delivered"
        )
    return person_to(conn, to, on)


def told(row: Row[Any]) -> str:
    """Whom an effect tells something: a message about a letter names them, any other is about whom it is for."""
    return str(json.loads(row.payload).get("to") or row.subject_id)


def name_of(conn: Connection, to: str) -> str:
    """What they are called, address or not."""
    return names_of(conn, (to,))[to]


def names_of(conn: Connection, several: Iterable[str]) -> dict[str, str]:
    """The same of several, each asked for once; by how an effect means them."""
    wanted = sorted(set(several))
    found = {to: f"“{to.removeprefix(NAMED)}”" if to.startswith(NAMED) else to for to in wanted}
    for start in range(0, len(wanted), _PORTION):
        some = wanted[start : start + _PORTION]
        there = [to.removeprefix(PARTNER) for to in some if to.startswith(PARTNER)]
        for row in conn.execute(_PARTNERS, {"ids": there}) if there else ():
            found[f"{PARTNER}{row.id}"] = row.name or f"{PARTNER}{row.id}"
        here = [to for to in some if not to.startswith((PARTNER, NAMED))]
        for row in conn.execute(_PEOPLE, {"ids": here}) if here else ():
            found[row.id] = full_name(row.front_title, row.name, row.back_title)
    return found


def person_to(conn: Connection, person_id: str, on: date) -> Addressee:
    """A person. Raises NoAddress, Rejected for an address that is none, NotWanted where they have left."""
    row = conn.execute(_PERSON, {"id": person_id}).one_or_none()
    if row is None:
        raise Rejected(f"Penerima {person_id} tidak dikenal.")
    name = full_name(row.front_title, row.name, row.back_title)
    if row.left_on is not None and row.left_on <= on:
        raise NotWanted(f"Tidak dikirim: {name} sudah tercatat keluar.")
    return _usable(name, row.email)


def partner_to(conn: Connection, partner_id: str, on: date) -> Addressee:
    """A partner that had no contact with an address when the letter was signed; one that has come since is as good.

    Raises NoAddress, Rejected.
    """
    row = conn.execute(select(partners).where(partners.c.id == partner_id)).one_or_none()
    if row is None:
        raise Rejected(f"Mitra {partner_id} tidak dikenal.")
    there = or_(people.c.left_on.is_(None), people.c.left_on > on)
    contacts = select(people.c.email).where(
        people.c.partner_id == partner_id, people.c.kind == "contact", people.c.email.is_not(None), there
    )
    return _usable(f"Pimpinan {row.name}", row.email or conn.execute(contacts.order_by(people.c.id)).scalars().first())


def _usable(name: str, email: str | None) -> Addressee:
    if not email:
        raise NoAddress(f"{ended(f'{NO_ADDRESS}: {name}')} Catat alamatnya, lalu coba lagi.")
    try:
        return Addressee(name, read_email(email))
    except Wrong as wrong:
        raise Rejected(f"Alamat {email} tidak dapat dipakai: {wrong}") from wrong


_PERSON: Final = select(people).where(people.c.id == bindparam("id"))
#: Names that are asked for at once.
_PORTION: Final = 500
_PARTNERS: Final = select(partners.c.id, partners.c.name).where(partners.c.id.in_(bindparam("ids", expanding=True)))
_PEOPLE: Final = select(people).where(people.c.id.in_(bindparam("ids", expanding=True)))
