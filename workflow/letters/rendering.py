"""A signed letter becomes a PDF, once: rendered from what was stored, kept with its digest, never made again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from workflow.database import Database
from workflow.errors import NotFound, NotNow
from workflow.ids import new_id
from workflow.letters.bodies import body_named
from workflow.letters.foreseeing import foreseen
from workflow.letters.layout import html
from workflow.letters.leaving import left
from workflow.letters.parts import LetterFrame, Proof
from workflow.letters.pool import pressed
from workflow.letters.profile import Profile
from workflow.letters.sealing import SealedLetter, seal_agreed
from workflow.letters.sealing import keep as keep_seals
from workflow.mail.dispatch import owe_letter
from workflow.office import Office
from workflow.proof.stamping import stamp, statement_text
from workflow.registry import Registry
from workflow.tables import files, letter_cases, letters

#: What somebody is told whose letter became another while its file was made or signed.
CHANGED: Final = "Surat ini berubah sementara ditandatangani. Muat ulang, lalu coba lagi."


@dataclass(frozen=True)
class Written:
    """A letter before it is laid out. ``body_json``: the body as it is embedded; ``at`` dates the file."""

    template: str
    frame: LetterFrame
    body: msgspec.Struct
    body_json: bytes
    at: datetime


def render(database: Database, office: Office, letter_id: str, at: datetime) -> None:
    """Make the PDF of a signed letter, seal and keep it. One that is made already is left alone. Raises SigningFailed."""
    row = database.read(_row, letter_id)
    if row is None or row.signed_at is None or (row.file_id is not None and row.state != "to_render"):
        return
    text = statement_text(database, office, row, at)
    sealed = seal_agreed(database, row, _unsealed(database, office, row, text), at)
    database.write(_keep, office, row, sealed, text, at)


def pdf_to_sign(database: Database, office: Office, row: Row[Any], at: datetime) -> bytes:
    """The PDF of a letter that is signed next: the kept one with the signatures it bears, or made now with what its QR says.

    The statement is kept at once, so that a letter whose signature failed bears the same when it is tried again. Raises NotNow
    where the letter is another by now: what the statement says of it would be wrong.
    """
    text = statement_text(database, office, row, at)
    if text is not None and row.statement is None:
        database.write(_keep_statement, row, text)
    return _unsealed(database, office, row, text)


def _unsealed(database: Database, office: Office, row: Row[Any], text: str | None) -> bytes:
    if row.file_id is not None and row.sealed:
        kept: bytes = database.read(
            lambda conn: conn.execute(select(files.c.content).where(files.c.id == row.file_id)).scalar_one()
        )
        return kept
    return made(office, row, None if text is None else stamp(office, row, text))


def _keep_statement(conn: Connection, row: Row[Any], text: str) -> None:
    unchanged = (letters.c.frame == row.frame, letters.c.body == row.body, letters.c.statement.is_(None))
    kept = update(letters).where(letters.c.id == row.id, *unchanged).values(statement=text)
    if conn.execute(kept).rowcount == 0:
        raise NotNow(CHANGED)


def made(office: Office, row: Row[Any], proof: Proof | None = None, frame: LetterFrame | None = None) -> bytes:
    """The PDF of a stored letter. ``proof``: the code to check a print by; ``frame``: another than the stored one."""
    frame = frame or msgspec.json.decode(row.frame, type=LetterFrame)
    body = msgspec.json.decode(row.body, type=body_named(row.body_type))
    written = Written(row.template, frame, body, row.body.encode(), row.signed_at or row.issued_at)
    return composed(office.profile, written, proof)


def previewed(
    database: Database, office: Office, registry: Registry, letter_id: str, at: datetime, profile: Profile | None = None
) -> bytes:
    """The PDF that issuing a stored letter would give now, or as another profile lays it out; nothing is kept.

    Raises NotFound.
    """

    def found(conn: Connection) -> tuple[Row[Any], LetterFrame]:
        row = _row(conn, letter_id)
        if row is None:
            raise NotFound(f"Surat {letter_id} tidak ada.")
        return row, foreseen(conn, office, registry, row, at)

    row, frame = database.read(found)
    proof = None if row.statement is None else stamp(office, row, row.statement)
    return made(replace(office, profile=profile or office.profile), row, proof, frame)


def composed(profile: Profile, written: Written, proof: Proof | None = None) -> bytes:
    """The PDF of a letter as an agency lays it out; preview and issue both come from here. Raises LetterError."""
    frame = written.frame
    return pressed(
        html(written.template, frame, written.body, profile, proof=proof),
        body_json=written.body_json,
        at=written.at,
        title=_file_title(frame),
        fields=[f"Tanda tangan elektronik {block.title or block.name}" for block in frame.signed_electronically],
    )


def _file_title(frame: LetterFrame) -> str:
    return f"{frame.title} Nomor {frame.number}" if frame.number else frame.title


def _row(conn: Connection, letter_id: str) -> Row[Any] | None:
    return conn.execute(select(letters).where(letters.c.id == letter_id)).one_or_none()


def _keep(
    conn: Connection, office: Office, row: Row[Any], sealed: SealedLetter, statement: str | None, at: datetime
) -> None:
    case_id = conn.execute(
        select(letter_cases.c.case_id).where(letter_cases.c.letter_id == row.id).limit(1)
    ).scalar_one()
    file_id, content = new_id(at), sealed.content
    conn.execute(
        insert(files).values(
            id=file_id,
            name=f"{(row.number or row.id).replace('/', '-')}.pdf",
            media_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            case_id=case_id,
            uploaded_by=None,
            uploaded_at=at,
        )
    )
    taken = conn.execute(
        update(letters)
        .where(
            letters.c.id == row.id,
            letters.c.sealed == row.sealed,
            letters.c.file_id.is_not_distinct_from(row.file_id),
            letters.c.signed_at == row.signed_at,
        )
        .values(file_id=file_id, statement=statement)
    )
    if taken.rowcount == 0:  # another runner was faster, or it was sent back meanwhile: what is stored stands
        conn.execute(files.delete().where(files.c.id == file_id))
        return
    keep_seals(conn, row.id, sealed, at)
    signed = update(letters).where(letters.c.id == row.id, letters.c.state == "to_render").values(state="signed")
    if conn.execute(signed).rowcount:
        left(conn, office, row.id, at)
        owe_letter(conn, row.id, at)
