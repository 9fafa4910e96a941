"""What a letter carries as proof: made once, with its PDF, and kept with it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row

from workflow.database import Database
from workflow.letters.parts import LetterFrame, Proof
from workflow.office import Office
from workflow.proof.keys import signing_key
from workflow.proof.statement import Statement, address_of, stated


def statement_text(database: Database, office: Office, row: Row[Any], at: datetime) -> str | None:
    """The text of a letter's QR code: what is kept, or else made now. None for a letter that is signed by hand.

    ``row``: the letter, numbered and dated. Raises MissingKey.
    """
    if row.method == "by_hand":
        return None
    if row.statement is not None:
        kept: str = row.statement
        return kept
    key = signing_key(database, at)
    return stated(_statement(row, is_test=key.is_test), key, office.profile.site)


def stamp(office: Office, row: Row[Any], text: str) -> Proof:
    """What the letter's print shows of it: the QR code, and the address for those who type it."""
    from workflow.proof.qr import drawn  # noqa: PLC0415 - needed only where letters are made

    return Proof(qr=drawn(text), address=address_of(row.code, office.profile.site), statement=text)


def body_sha256(body: str) -> str:
    """The digest of a letter's data, as they are stored and as they lie embedded in its PDF."""
    return hashlib.sha256(body.encode()).hexdigest()


def _statement(row: Row[Any], *, is_test: bool) -> Statement:
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    first, *others = frame.signatures
    return Statement(
        number=row.number,
        dated_on=row.dated_on,
        kind=frame.title,
        post=first.title,
        name=first.name,
        subject=frame.subject,
        body_sha256=body_sha256(row.body),
        code=row.code,
        others=len(others),
        is_test=is_test or frame.test_key,
    )
