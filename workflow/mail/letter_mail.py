"""A letter as mail: what is said of it, and its file, unless that may not or cannot go along."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from policies.dates import written
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.letters.parts import LetterFrame
from workflow.letters.route import COMPLETE
from workflow.letters.words import begun_small, file_name
from workflow.mail.compose import Attached
from workflow.mail.dispatch import VOID_BY_THEN
from workflow.mail.standing import caller_as
from workflow.mail.transport import TryLater
from workflow.mail.who import Addressee, NotWanted, addressee
from workflow.office import Office
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import cases, files, letter_cases, letters
from workflow.views.letter_sight import seen_letter

#: Bytes of a file that goes along at most: many servers take 10 MB a message, of which a third is lost to base64.
LARGEST: Final = 7 * 1024 * 1024

_MEGABYTE: Final = 1024 * 1024
#: What is never sent by mail, which anybody on its way may read.
_SECRET: Final = ("Rahasia", "Sangat Rahasia")


def read(
    conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime
) -> tuple[Addressee, dict[str, Any], tuple[Attached, ...]]:
    """To whom an effect sends its letter, what the message says, and what goes along.

    Raises NotWanted where the letter is in force no more, NoAddress, Rejected, TryLater while it has no file.
    """
    letter = conn.execute(select(letters).where(letters.c.id == row.subject_id)).one()
    if letter.state not in COMPLETE:
        raise NotWanted(VOID_BY_THEN)
    payload = json.loads(row.payload)
    to = addressee(conn, str(payload["to"]), office.day(at))
    frame = msgspec.json.decode(letter.frame, type=LetterFrame)
    # What was signed by hand is its scan; the print was only its draft.
    columns = (files.c.id, files.c.media_type, files.c.size)
    file = conn.execute(select(*columns).where(files.c.id == (letter.scan_id or letter.file_id))).one_or_none()
    if file is None:
        raise TryLater(f"Berkas surat Nomor {letter.number} belum dibuat.")
    name = file_name(letter.number or letter.id, file.media_type)
    secret = frame.security in _SECRET
    attached = not secret and file.size <= LARGEST
    style = office.profile.units.get(letter.register or "")
    site = office.profile.site.rstrip("/")
    context = {
        "letter": frame,
        "title": begun_small(frame.title),
        "subject": begun_small(frame.subject),
        "number": letter.number,
        "dated": written(letter.dated_on),
        "reason": payload["as"],
        "attached": attached,
        "secret": secret,
        "file": name,
        "size": f"{file.size / _MEGABYTE:.1f}".replace(".", ","),
        "code": letter.code,
        "address": f"{site}/verify/{letter.code}" if site else "",
        "office": frame.issued_by,
        "page": _page_of(conn, Engine(registry, office), letter.id, str(payload["to"]), at) if site else "",
        "case": _case_of(conn, letter.id, payload),
        "reply_to": style.email if style else "",
    }
    if not attached:
        return to, context, ()
    content = conn.execute(select(files.c.content).where(files.c.id == file.id)).scalar_one()
    return to, context, (Attached(name, file.media_type, content),)


def _page_of(conn: Connection, engine: Engine, letter_id: str, to: str, at: datetime) -> str:
    """The letter's page, for those of our own people who may see it there; a copy alone opens none."""
    caller = caller_as(conn, engine.office, to, at)
    if caller is None:
        return ""
    try:
        seen_letter(conn, engine, caller, letter_id)
    except NotFound:
        return ""
    return f"{engine.office.profile.site.rstrip('/')}/surat/{letter_id}"


def _case_of(conn: Connection, letter_id: str, payload: dict[str, Any]) -> str:
    """The number of the case that somebody would speak of: one's own, or the only one; none to those who just get a letter."""
    if payload["as"] in ("copy", "handed"):
        return ""
    under = (
        select(cases.c.id, cases.c.subject_id)
        .join_from(cases, letter_cases)
        .where(letter_cases.c.letter_id == letter_id, letter_cases.c.changed_by.is_(None))
        .order_by(cases.c.id)
    )
    rows = conn.execute(under).all()
    meant = [row.id for row in rows if payload["as"] != "subject" or row.subject_id == payload["to"]]
    return reference_of(meant[0]) if len(meant) == 1 else ""
