"""Whom the name means that somebody types to sign in: an NIP, an e-mail address, or the whole name of nobody else."""

from __future__ import annotations

from sqlalchemy import Connection

from policies.civil_service import plain_name
from workflow.people.person import OUTSIDERS, Person, UnknownPerson, find_person, people_with

#: Signs of a name that is typed to sign in; the longest address has 254.
LONGEST_NAME = 254


def called(conn: Connection, name: str) -> Person | None:
    """Who is called so; None where nobody is, or more than one: then only an NIP or an address tells them apart.

    Those of partners have no account: it would open more than their link, and stay when that has ended.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        return None
    try:
        found: Person | None = find_person(conn, name)
    except UnknownPerson:
        found = None if "@" in name else _named(conn, name)
    return None if found is None or found.kind in OUTSIDERS else found


def _named(conn: Connection, name: str) -> Person | None:
    """By their whole name, in small letters or capitals, with titles or without; of two alike, as it was typed word by word.

    Those who have left do not count beside somebody who serves.
    """
    plain = plain_name(name)
    if not any(sign.isalpha() for sign in plain):
        return None
    alike = [each for each in people_with(conn, plain) if each.kind not in OUTSIDERS and plain_name(each.name) == plain]
    serving = [each for each in alike if each.left_on is None] or alike
    typed = " ".join(name.casefold().split())
    exactly = [each for each in serving if typed in (each.name.casefold(), each.full_name.casefold())]
    found = serving if len(serving) == 1 else exactly
    return found[0] if len(found) == 1 else None
