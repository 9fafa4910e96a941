"""The electronic signatures of a letter by keys that ask for no secret: put into its PDF when that is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, update

from policies.dates import written
from workflow.database import Database
from workflow.letters.parts import LetterFrame, field_name
from workflow.letters.pool import sealed_with
from workflow.letters.route import LetterStep, decoded
from workflow.letters.troubles import note
from workflow.signatures import Signer, SigningFailed, Why
from workflow.signatures.certificates import publish
from workflow.signatures.settings import account_of, settings_for, signer_for
from workflow.tables import letters


@dataclass(frozen=True)
class SealedLetter:
    """The file of a letter with all its signatures. ``unsigned``: the SHA-256 it had before any; ``sealed``: how many it bears."""

    content: bytes
    unsigned: str
    sealed: int
    certificates: frozenset[str]
    is_test: bool


def seal_agreed(database: Database, row: Row[Any], content: bytes, at: datetime) -> SealedLetter:
    """Put in what its signatories agreed to and is not in it yet, by keys that need no secret.

    ``content``: the letter's file, with as many signatures as ``row.sealed`` says. Nothing is stored but what went wrong.
    Raises SigningFailed.
    """
    try:
        return _all(database, row, content, at)
    except SigningFailed as failed:
        database.write(note, row.id, failed.says)
        raise


def keep(conn: Connection, letter_id: str, made: SealedLetter, at: datetime) -> None:
    """What is stored of the signatures beside the file; in the transaction that stores that."""
    for certificate in made.certificates:
        publish(conn, certificate, is_test=made.is_test, at=at)
    values: dict[str, Any] = {"sealed": made.sealed, "trouble": None}
    conn.execute(update(letters).where(letters.c.id == letter_id).values(values))
    first = update(letters).where(letters.c.id == letter_id, letters.c.unsigned_sha256.is_(None))
    conn.execute(first.values(unsigned_sha256=made.unsigned))


def _all(database: Database, row: Row[Any], content: bytes, at: datetime) -> SealedLetter:
    places = places_of(row)
    unsigned = row.unsigned_sha256 or hashlib.sha256(content).hexdigest()
    certificates, is_test = set(), False
    for number in range(row.sealed, len(places)):
        signer = _signer(database, places[number].by or "")
        is_test = is_test or signer.is_test
        done = sealed_with(signer, content, field_name(number + 1), why(row, places[number]), at)
        content = done.content
        certificates.add(done.certificate)
    return SealedLetter(content, unsigned, max(row.sealed, len(places)), frozenset(certificates), is_test)


def _signer(database: Database, person_id: str) -> Signer:
    signer = signer_for(settings_for(database), person_id, database.read(account_of, person_id))
    if signer.needs_secret:
        raise SigningFailed(
            "refused",
            "Surat ini disetujui ketika tanda tangan belum memerlukan passphrase. Kembalikan JENJANG_SIGNING seperti semula, atau "
            "nyatakan surat ini batal dan terbitkan yang baru.",
        )
    return signer


def places_of(row: Row[Any]) -> list[LetterStep]:
    """Who signs the file electronically, in the order of its fields."""
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    if frame.by_hand:
        return []
    signing = [step for step in decoded(row.route) if step.kind == "sign"]
    return [step for step, block in zip(signing, frame.signatures, strict=False) if block.agreed_at is None]


def why(row: Row[Any], step: LetterStep) -> Why:
    """What the signature of a step says of itself."""
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    dated = f" tanggal {written(frame.dated_on)}" if frame.dated_on else ""
    number = f" Nomor {frame.number}" if frame.number else ""
    post = f" sebagai {step.title}" if step.title else ""
    return Why(reason=f"{frame.title}{number}{dated}, ditandatangani{post}", location=frame.place, name=step.name)
