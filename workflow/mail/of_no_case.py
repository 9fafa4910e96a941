"""To whom a letter of no case is sent: the people, posts and partners that it names itself; and who it names that nobody knows.

Nobody is guessed. A line names somebody where it is, word for word, the name of a partner, of one person, or of one post that is
held; people in its body are known by their NIP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select

from policies.civil_service import full_name
from workflow.letters.parts import LetterFrame
from workflow.mail.recipients import NAMED, PARTNER, Reason, Recipient, contacts_of
from workflow.tables import partners, people, positions


def reachable(conn: Connection, row: Mapping[str, Any], on: date) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Who gets a letter, each once; and what is to be said of those who do not, for people. ``row``: of letters."""
    frame, body = msgspec.json.decode(row["frame"], type=LetterFrame), msgspec.json.decode(row["body"])
    invited = body.get("invited") if isinstance(body, dict) else None
    to = (*frame.addressee, *(each for each in invited or () if isinstance(each, str)))
    found: dict[str, Recipient] = {}
    unknown: list[str] = []
    for nip in dict.fromkeys(_nips(body)):
        _put(found, unknown, _with_nip(conn, nip, on), f"NIP {nip}", "subject")
    known = len(found)
    for line in to:
        _put(found, unknown, _named(conn, line, on), line, "addressee")
    if to and len(found) == known:  # the letter waits, visibly, until somebody says that it was brought
        found[f"{NAMED}{to[0]}"] = Recipient(f"{NAMED}{to[0]}", "addressee")
    for line in frame.copies:
        _put(found, unknown, _named(conn, line, on), line, "copy")
    says = [f"{each} tidak tercatat di sini, sehingga tidak dikirimi surel" for each in unknown]
    if not found and not unknown:
        says = ["surat ini tidak menyebut penerima, sehingga tidak dikirimkan lewat surel"]
    return tuple(found.values()), tuple(says)


def _put(found: dict[str, Recipient], unknown: list[str], to: tuple[str, ...], called: str, reason: Reason) -> None:
    for each in to:
        found.setdefault(each, Recipient(each, reason))
    if not to:
        unknown.append(f"“{called}”")


def _named(conn: Connection, line: str, on: date) -> tuple[str, ...]:
    """Whom a line names."""
    name = line.strip().casefold()
    of_partner = select(partners.c.id).where(func.lower(partners.c.name).in_((name, name.removeprefix("pimpinan "))))
    for partner_id in conn.execute(of_partner.order_by(partners.c.id)).scalars():
        return contacts_of(conn, partner_id, on) or (f"{PARTNER}{partner_id}",)
    posts = conn.execute(select(positions.c.holder_id).where(func.lower(positions.c.title) == name)).scalars().all()
    if posts:
        return (str(posts[0]),) if len(posts) == 1 and posts[0] else ()
    # By the bare name first, which a database can look for; the titles around it are compared here.
    alike = conn.execute(select(people).where(_serving(on), func.lower(people.c.name).in_(_bare(name)))).all()
    same = [row.id for row in alike if full_name(row.front_title, row.name, row.back_title).casefold() == name]
    return (same[0],) if len(same) == 1 else ()


def _bare(name: str) -> list[str]:
    """What may be the bare name in a name with titles: any run of its words before the first comma."""
    words = name.partition(",")[0].split()
    return [" ".join(words[start:]) for start in range(len(words))]


def _with_nip(conn: Connection, nip: str, on: date) -> tuple[str, ...]:
    return tuple(conn.execute(select(people.c.id).where(_serving(on), people.c.nip == nip)).scalars())


def _serving(on: date) -> ColumnElement[bool]:
    return or_(people.c.left_on.is_(None), people.c.left_on > on)


def _nips(part: Any) -> Iterator[str]:
    """Every NIP in a body, in digits."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "nip" and isinstance(value, str) and value.strip():
                yield "".join(value.split())
            else:
                yield from _nips(value)
    elif isinstance(part, list):
        for each in part:
            yield from _nips(each)
