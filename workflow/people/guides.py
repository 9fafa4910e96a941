"""Guides: a partner's own people who answer for the days and the assessment of whoever they are appointed for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from workflow.ids import new_id
from workflow.imports.cells import read_email
from workflow.imports.report import Wrong
from workflow.people.person import PeopleError, Person, find_person
from workflow.tables import partners, people


def register_guide(conn: Connection, partner: str, name: str, post: str, email: str, at: datetime) -> Person:
    """Make somebody known as a guide of a partner, or bring what is known of them up to date. Raises PeopleError.

    By the e-mail address they are known again, and appointed.
    """
    code = conn.execute(select(partners.c.id).where(func.lower(partners.c.id) == partner.strip().casefold())).scalar()
    if code is None:
        raise PeopleError(f"Mitra {partner!r} tidak dikenal. Pakai kode mitra seperti dalam data mitra yang diimpor.")
    row = {"name": _text(name, "Nama"), "post": _text(post, "Jabatan"), "left_on": None}
    try:
        address = read_email(email.strip())
    except Wrong as wrong:
        raise PeopleError(f"{email}: {wrong}") from wrong
    known = conn.execute(select(people).where(func.lower(people.c.email) == address)).all()
    other = next((each for each in known if (each.kind, each.partner_id) != ("guide", code)), None)
    if other is not None and other.left_on is None:
        raise PeopleError(f"Alamat surel {address} sudah dipakai {other.name}. Pakai alamatnya sendiri.")
    same = next((each for each in known if (each.kind, each.partner_id) == ("guide", code)), None)
    if same is not None:
        conn.execute(update(people).where(people.c.id == same.id).values(row))
        return find_person(conn, same.id)
    person_id = new_id(at)
    conn.execute(insert(people).values(id=person_id, kind="guide", partner_id=code, email=address, **row))
    return find_person(conn, person_id)


def _text(text: str, called: str) -> str:
    tidy = " ".join(text.split())
    if not 3 <= len(tidy) <= 200 or not tidy.isprintable():
        raise PeopleError(f"{called} pembimbing wajib diisi, 3 sampai 200 huruf.")
    return tidy
