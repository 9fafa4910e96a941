"""What anybody may learn of a letter by its code: the least that tells a genuine one from a forged or a cancelled one."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, Select, or_, select

from workflow.engine.recording import VOIDED
from workflow.letters.parts import LetterFrame
from workflow.letters.route import COMPLETE
from workflow.letters.words import begun_small
from workflow.proof.stamping import body_sha256
from workflow.proof.statement import read, shortened
from workflow.tables import events, files, letter_cases, letters

Standing = Literal["valid", "void", "replaced"]

#: Letters that have left with a file; what is void has a number only where it once was to leave.
_SHOWN: Final = (*COMPLETE, "void", "replaced")


class OtherLetter(msgspec.Struct, frozen=True):
    """The letter that cancelled, revoked, replaced or changed another. ``kind`` in words, begun small."""

    number: str
    dated_on: date
    kind: str = "surat"

    @property
    def revokes(self) -> bool:
        """Whether it says of itself that it revokes (mencabut), rather than cancels or changes."""
        return "pencabutan" in self.kind


class PublicLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as the public sees it. ``others``: how many signed beside the first signatory.

    ``by``: what cancelled or replaced it; ``since``: the day on which it was declared void without such a letter;
    ``changed_by``: what changed it for some. ``is_test``: signed with a key made for trying things out. ``body_sha256``: of
    its data, to compare with a file's, and never shown. ``for_whom``: in whose place a Plh. or Plt. signed, by which letter.
    """

    code: str
    kind: str
    number: str
    dated_on: date
    post: str
    name: str
    subject: str
    standing: Standing
    by_hand: bool
    is_test: bool
    body_sha256: str
    others: int = 0
    by: OtherLetter | None = None
    since: date | None = None
    changed_by: tuple[OtherLetter, ...] = ()
    for_whom: tuple[str, ...] = ()


def letter_of_code(conn: Connection, code: str, zone: tzinfo) -> PublicLetter | None:
    """The letter; None for an unknown code and for a letter that nobody outside may know of yet: these look alike."""
    return _found(conn, select(letters).where(letters.c.code == code), zone)


def letter_of_file(conn: Connection, sha256: str, zone: tzinfo) -> PublicLetter | None:
    """The letter whose PDF, or whose scan where it was signed by hand, is a file with exactly these bytes."""
    of_file = or_(letters.c.file_id == files.c.id, letters.c.scan_id == files.c.id)
    # Where several have it, the one in force, and of those the newest.
    newest = (letters.c.state.in_(COMPLETE).desc(), letters.c.issued_at.desc(), letters.c.id.desc())
    query = select(letters).join(files, of_file).where(files.c.sha256 == sha256).order_by(*newest).limit(1)
    return _found(conn, query, zone)


def _found(conn: Connection, query: Select[Any], zone: tzinfo) -> PublicLetter | None:
    row = conn.execute(query.where(letters.c.state.in_(_SHOWN), letters.c.number.is_not(None))).one_or_none()
    return None if row is None else _public(conn, row, zone)


def _public(conn: Connection, row: Row[Any], zone: tzinfo) -> PublicLetter:
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    first, *others = frame.signatures
    return PublicLetter(
        code=row.code,
        kind=frame.title,
        number=row.number,
        dated_on=row.dated_on,
        post=first.title,
        name=first.name,
        subject=shortened(frame.subject),
        standing=row.state if row.state in ("void", "replaced") else "valid",
        by_hand=row.method == "by_hand",
        is_test=frame.test_key or (row.statement is not None and read(row.statement).statement.is_test),
        body_sha256=body_sha256(row.body),
        others=len(others),
        by=_other(conn, row.cancelled_by),
        since=_voided_on(conn, row, zone),
        changed_by=_changed_by(conn, row.id),
        for_whom=tuple(filter(None, (block.for_whom for block in frame.signatures))),
    )


def _other(conn: Connection, letter_id: str | None) -> OtherLetter | None:
    row = conn.execute(select(*_OF_OTHER).where(letters.c.id == letter_id)).one_or_none()
    return _told_of(row) if row is not None and row.number else None


def _told_of(row: Any) -> OtherLetter:
    title = msgspec.json.decode(row.frame, type=LetterFrame).title
    return OtherLetter(row.number, row.dated_on, begun_small(title))


def _voided_on(conn: Connection, row: Row[Any], zone: tzinfo) -> date | None:
    if row.state != "void" or row.cancelled_by is not None:
        return None
    query = (
        select(events.c.at)
        .join(letter_cases, letter_cases.c.case_id == events.c.case_id)
        .where(letter_cases.c.letter_id == row.id, events.c.type == VOIDED, events.c.payload.contains(row.id))
        .limit(1)
    )
    at = conn.execute(query).scalar_one_or_none()
    return at.astimezone(zone).date() if at is not None else None


def _changed_by(conn: Connection, letter_id: str) -> tuple[OtherLetter, ...]:
    ids = select(letter_cases.c.changed_by).where(
        letter_cases.c.letter_id == letter_id, letter_cases.c.changed_by != letter_id
    )
    query = (
        select(*_OF_OTHER)
        .where(letters.c.id.in_(ids), letters.c.number.is_not(None))
        .order_by(letters.c.dated_on, letters.c.id)
    )
    return tuple(map(_told_of, conn.execute(query)))


_OF_OTHER: Final = (letters.c.number, letters.c.dated_on, letters.c.frame)
