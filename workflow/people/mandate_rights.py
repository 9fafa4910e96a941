"""Who may lend the authority of a post, and to whom: looked at when a mandate is proposed and again when it is accepted."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from policies.authority import FOR_VACANT_POSTS, STAND_INS, PassingOnFacts, authority_is_passed_on_once
from policies.dates import written
from policies.parameters import Law
from workflow.errors import NotYours, Refused
from workflow.people.mandate_lapse import fallen_by
from workflow.people.mandate_log import By
from workflow.people.mandate_terms import MANDATES, Terms, is_within
from workflow.people.person import PeopleError, Person
from workflow.tables import group_members, mandates, people, positions

#: Who records mandates that rest on a letter, besides those who lend.
RECORDERS: Final = ("bkpsdm.verifier", "administrator")

_STANDS = (mandates.c.refused_on.is_(None), mandates.c.revoked_on.is_(None))


def is_recorder(conn: Connection, person_id: str) -> bool:
    """Whether somebody records mandates for others: the personnel agency's verifiers and administrators."""
    query = select(group_members.c.person_id).where(
        group_members.c.person_id == person_id, group_members.c.group_name.in_(RECORDERS)
    )
    return conn.execute(query).first() is not None


def require_another(conn: Connection, receiver: Person, by: By) -> None:
    """Raise NotYours for somebody who records a mandate for themselves."""
    if by.id == receiver.id and is_recorder(conn, by.id):
        raise NotYours(
            "Petugas tidak dapat mencatat pelimpahan bagi dirinya sendiri. Mintalah petugas lain mencatatnya."
        )


def require_giver(conn: Connection, terms: Terms, by: By, law: Law) -> tuple[str | None, str | None]:
    """Whose authority it is, None for a post that nobody holds, and the mandate that is passed on. Raises NotYours, PeopleError."""
    post = _post(conn, terms.position_id)
    recorder = is_recorder(conn, by.id)
    via = terms.via or (None if recorder or by.id == post.holder_id else _received(conn, terms, by.id, law))
    if via is not None:
        source = conn.execute(select(mandates).where(mandates.c.id == via, *_STANDS)).one_or_none()
        if source is None or source.position_id != terms.position_id:
            raise PeopleError("Pelimpahan yang akan diteruskan tidak ada, sudah berakhir, atau untuk jabatan lain.")
        giver = str(source.receiver_id)
        _require_theirs(by, giver, recorder=recorder)
        return giver, via
    if terms.kind in FOR_VACANT_POSTS:
        above = conn.execute(select(positions.c.holder_id).where(positions.c.id == post.superior_id)).scalar()
        _require_theirs(by, above, recorder=recorder)
        return None, None
    if post.holder_id is None:
        raise PeopleError(f"Jabatan {post.title} kosong, sehingga tidak ada yang melimpahkan. Gunakan Plt. atau Pj.")
    _require_theirs(by, post.holder_id, recorder=recorder)
    return str(post.holder_id), None


def require_acceptable(
    conn: Connection,
    terms: Terms,
    receiver: Person,
    giver_id: str | None,
    via_id: str | None,
    law: Law,
    own: str | None = None,
) -> None:
    """Raise PeopleError or Refused where a mandate cannot stand as things are now. ``own``: its id, once it is stored."""
    post = _post(conn, terms.position_id)
    if post.holder_id == receiver.id:
        raise PeopleError(f"{receiver.full_name} sendiri memegang jabatan {post.title}.")
    if via_id is not None:
        _check_passed_on(conn, terms, receiver, via_id, law)
    elif terms.kind in FOR_VACANT_POSTS:
        _check_vacant(conn, post, terms.from_on)
    elif giver_id != post.holder_id:
        raise PeopleError(
            f"Pemberi pelimpahan ini tidak memangku jabatan {post.title} lagi. Mintalah pelimpahan dari pemangkunya sekarang."
        )
    if terms.kind in STAND_INS:
        _refuse_second_stand_in(conn, terms, post.title, own)
    if terms.kind == "plh" and giver_id is not None:
        _refuse_circle(conn, terms, giver_id, receiver)


def _post(conn: Connection, position_id: str) -> Row[Any]:
    return conn.execute(select(positions).where(positions.c.id == position_id)).one()


def _require_theirs(by: By, giver_id: str | None, *, recorder: bool) -> None:
    if not recorder and by.id != giver_id:
        raise NotYours(
            "Wewenang suatu jabatan dilimpahkan oleh pemangkunya, oleh penerima yang meneruskannya, atau untuk jabatan kosong oleh "
            "pejabat di atasnya. Selain itu BKPSDM atau administrator mencatatnya berdasarkan surat."
        )


def _received(conn: Connection, terms: Terms, person_id: str, law: Law) -> str | None:
    """The mandate for the post that somebody was given for these days, and now passes on.

    Of several the one that suffices for the terms, of those the one that was accepted first; where none does, that one says why.
    """
    query = select(mandates).where(
        mandates.c.position_id == terms.position_id,
        mandates.c.receiver_id == person_id,
        mandates.c.accepted_on.is_not(None),
        mandates.c.from_on <= terms.from_on,
        mandates.c.until_on >= terms.until_on,
        *_STANDS,
    )
    found = conn.execute(query.order_by(mandates.c.accepted_on, mandates.c.proposed_on, mandates.c.id)).all()
    return next((each.id for each in [*(each for each in found if _suffices(conn, each, terms, law)), *found]), None)


def _suffices(conn: Connection, source: Row[Any], terms: Terms, law: Law) -> bool:
    """Whether a mandate for these days can be passed on under the terms: as far as its scope and the chain behind it go."""
    chain = _chain(conn, source.id)
    within = all(is_within(getattr(terms, name), getattr(source, name)) for name in _NARROWER)
    ended = any(each.refused_on or each.revoked_on for each in chain) or fallen_by(conn, chain[-1], terms.from_on)
    return within and not ended and not authority_is_passed_on_once(PassingOnFacts(len(chain)), law).stands_in_the_way


_NARROWER: Final = ("scope", "units", "letters")


def _check_passed_on(conn: Connection, terms: Terms, receiver: Person, via_id: str, law: Law) -> None:
    chain = _chain(conn, via_id)
    decision = authority_is_passed_on_once(PassingOnFacts(len(chain)), law)
    if decision.stands_in_the_way:
        raise Refused(decision.reasons[0].says, reasons=decision.reasons)
    if terms.kind != "mandat":
        raise PeopleError(f"Wewenang yang diterima diteruskan sebagai mandat, bukan sebagai {MANDATES[terms.kind]}.")
    source = chain[0]
    if any(each.refused_on or each.revoked_on for each in chain):
        raise PeopleError("Pelimpahan yang akan diteruskan sudah ditolak atau dicabut.")
    if not source.from_on <= terms.from_on <= terms.until_on <= source.until_on:
        raise PeopleError(
            f"Wewenang yang diterima berlaku {written(source.from_on)} sampai {written(source.until_on)}; "
            "penerusannya tidak dapat melampaui hari-hari itu."
        )
    if not all(is_within(getattr(terms, name), getattr(source, name)) for name in _NARROWER):
        raise PeopleError("Cakupan penerusan tidak dapat melampaui cakupan wewenang yang diterima.")
    if receiver.id in {person for each in chain for person in (each.receiver_id, each.giver_id)}:
        raise PeopleError(f"Pelimpahan ini berputar: wewenang {receiver.full_name} sendirilah yang diteruskan.")


def _chain(conn: Connection, mandate_id: str | None) -> list[Row[Any]]:
    """A mandate and those that it goes through, itself first."""
    found: list[Row[Any]] = []
    while mandate_id is not None and all(each.id != mandate_id for each in found):
        found.append(conn.execute(select(mandates).where(mandates.c.id == mandate_id)).one())
        mandate_id = found[-1].via_id
    return found


def _check_vacant(conn: Connection, post: Row[Any], from_on: date) -> None:
    if post.holder_id is None:
        return
    # A holder who leaves before it begins makes room for it.
    left_on = conn.execute(select(people.c.left_on).where(people.c.id == post.holder_id)).scalar_one()
    if left_on is None or left_on > from_on:
        raise PeopleError(f"Jabatan {post.title} tidak kosong. Bagi pejabat yang berhalangan, gunakan Plh.")


def _meets(terms: Terms) -> tuple[ColumnElement[bool], ...]:
    """Conditions on ``mandates``: neither refused nor over, nor revoked by then, on some of these days."""
    return (
        mandates.c.refused_on.is_(None),
        or_(mandates.c.revoked_on.is_(None), mandates.c.revoked_on > terms.from_on),
        mandates.c.from_on <= terms.until_on,
        mandates.c.until_on >= terms.from_on,
    )


def _refuse_second_stand_in(conn: Connection, terms: Terms, title: str, own: str | None) -> None:
    query = (
        select(mandates, people.c.name)
        .join(people, people.c.id == mandates.c.receiver_id)
        .where(mandates.c.position_id == terms.position_id, mandates.c.kind.in_(STAND_INS))
        .where(mandates.c.id != (own or ""), *_meets(terms))
        .order_by(mandates.c.from_on, mandates.c.id)
    )
    # What has fallen away by then, as its giver has left the post, stands in nobody's way.
    standing = (row for row in conn.execute(query) if fallen_by(conn, row, terms.from_on) is None)
    other = next(standing, None)
    if other is not None:
        raise PeopleError(
            f"Jabatan {title} sudah dijalankan oleh {other.name} sejak {written(other.from_on)} "
            f"sampai {written(other.until_on)}. Cabut pelimpahan itu lebih dahulu."
        )


def _refuse_circle(conn: Connection, terms: Terms, giver_id: str, receiver: Person) -> None:
    """Nobody stands in for somebody who, on the same days, stands in for them, however many stand between."""
    reached, open_ = {receiver.id}, [receiver.id]
    while open_:
        query = select(mandates.c.receiver_id).where(
            mandates.c.giver_id == open_.pop(),
            mandates.c.kind == "plh",
            *_meets(terms),
        )
        new = set(conn.execute(query).scalars()) - reached
        reached |= new
        open_ += new
    if giver_id in reached:
        raise PeopleError(
            f"Pelimpahan ini berputar: pada hari-hari itu {receiver.full_name} sendiri digantikan, langsung atau tidak langsung, "
            "oleh pemberinya. Tunjuklah orang lain."
        )
