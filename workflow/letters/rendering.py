"""A signed letter becomes a PDF, once: rendered from what was stored, kept with its digest, never made again."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from workflow.database import Database
from workflow.ids import new_id
from workflow.letters.bodies import body_named
from workflow.letters.layout import html
from workflow.letters.parts import LetterFrame
from workflow.letters.pdf import pdf
from workflow.office import Office
from workflow.tables import files, letter_cases, letters


def render(database: Database, office: Office, letter_id: str, at: datetime) -> None:
    """Make the PDF of a signed letter and keep it. One that is made already is left alone."""
    row = database.read(_row, letter_id)
    if row is None or row.file_id is not None or row.signed_at is None:
        return
    database.write(_keep, row, made(office, row), at)


def made(office: Office, row: Row[Any]) -> bytes:
    """The PDF of a stored letter; preview and issue both come from here."""
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    body = msgspec.json.decode(row.body, type=body_named(row.body_type))
    page = html(row.template, frame, body, office.profile)
    return pdf(page, body_json=row.body.encode(), at=row.signed_at or row.issued_at, title=_file_title(frame))


def _file_title(frame: LetterFrame) -> str:
    return f"{frame.title} Nomor {frame.number}" if frame.number else frame.title


def _row(conn: Connection, letter_id: str) -> Row[Any] | None:
    return conn.execute(select(letters).where(letters.c.id == letter_id)).one_or_none()


def _keep(conn: Connection, row: Row[Any], content: bytes, at: datetime) -> None:
    case_id = conn.execute(
        select(letter_cases.c.case_id).where(letter_cases.c.letter_id == row.id).limit(1)
    ).scalar_one()
    file_id = new_id(at)
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
        update(letters).where(letters.c.id == row.id, letters.c.file_id.is_(None)).values(file_id=file_id)
    )
    if taken.rowcount == 0:  # another runner was faster; its letter stands
        conn.execute(files.delete().where(files.c.id == file_id))
        return
    conn.execute(update(letters).where(letters.c.id == row.id, letters.c.state == "to_render").values(state="signed"))
