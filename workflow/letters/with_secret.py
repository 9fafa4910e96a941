"""Many letters signed with one entry of a passphrase or a PIN; each is numbered and fixed before its key is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from workflow.database import Database
from workflow.engine import Engine
from workflow.errors import NotNow, Problem
from workflow.judging import Actor
from workflow.letters.acts import Freeze
from workflow.letters.parts import field_name
from workflow.letters.rendering import pdf_to_sign
from workflow.letters.sealing import places_of, why
from workflow.letters.troubles import SAID, note
from workflow.office import Office
from workflow.signatures import Sealed, SigningFailed, ToSeal, with_secret
from workflow.signatures.certificates import publish
from workflow.signatures.settings import account_of, settings_for, signer_for
from workflow.tables import letters


def sign_with_secret(
    database: Database, engine: Engine, letter_ids: Sequence[str], secret: str, actor: Actor, at: datetime
) -> list[Problem | SigningFailed | None]:
    """Sign letters that await this person, all with one entry of their passphrase or PIN. Blocks; answers for each what failed.

    Each is numbered and fixed first, in a transaction of its own; then its file is made, signed in a short-lived process, and
    recorded. A letter whose signature fails waits with its number, and says why; it can be tried again. Raises SigningFailed
    where this person has no account, and SigningSettingsError.
    """
    person = actor.person_id or ""
    settings = settings_for(database)
    signer = signer_for(settings, person, database.read(account_of, person))
    outcomes: dict[str, Problem | SigningFailed | None] = {}
    ready: dict[str, ToSeal] = {}
    for letter_id in dict.fromkeys(letter_ids):
        try:
            database.write(engine.letter, letter_id, Freeze(), actor, at)
            ready[letter_id] = _ready(database, engine.office, letter_id, at)
        except Problem as problem:
            outcomes[letter_id] = problem
        except SAID as error:  # it has its number, and could not be made
            database.write(note, letter_id, str(error))
            outcomes[letter_id] = SigningFailed("broken", str(error))
    found = with_secret(signer, secret, list(ready.values()), at)
    for (letter_id, letter), answer in zip(ready.items(), found, strict=True):
        outcomes[letter_id] = _recorded(database, engine, letter_id, letter, answer, actor, at, is_test=signer.is_test)
    return [outcomes[letter_id] for letter_id in letter_ids]


def _ready(database: Database, office: Office, letter_id: str, at: datetime) -> ToSeal:
    """The file that is signed next, and where in it: as others have signed it, or made now."""
    row = database.read(_row, letter_id)
    content, places = pdf_to_sign(database, office, row, at), places_of(row)
    if row.sealed >= len(places):
        raise NotNow("Surat ini sudah ditandatangani oleh semua yang harus menandatanganinya.")
    return ToSeal(pdf=content, field=field_name(row.sealed + 1), why=why(row, places[row.sealed]))


def _recorded(
    database: Database,
    engine: Engine,
    letter_id: str,
    letter: ToSeal,
    answer: Sealed | SigningFailed,
    actor: Actor,
    at: datetime,
    *,
    is_test: bool,
) -> Problem | SigningFailed | None:
    if isinstance(answer, SigningFailed):
        database.write(note, letter_id, answer.says)
        return answer
    unsigned = hashlib.sha256(letter.pdf).hexdigest()

    def store(conn: Connection) -> None:
        # Somebody may have signed it, or sent it back, while it was signed here: then this signature is of another file.
        before = conn.execute(select(letters.c.sealed, letters.c.file_id).where(letters.c.id == letter_id)).one()
        if letter.field != field_name(before.sealed + 1):
            raise NotNow("Surat ini berubah sementara ditandatangani. Muat ulang, lalu coba lagi.")
        engine.sealed(conn, letter_id, answer.content, actor, at)
        publish(conn, answer.certificate, is_test=is_test, at=at)
        if not before.sealed:
            conn.execute(update(letters).where(letters.c.id == letter_id).values(unsigned_sha256=unsigned))

    try:
        database.write(store)
    except Problem as problem:
        return problem
    return None


def _row(conn: Connection, letter_id: str) -> Row[Any]:
    return conn.execute(select(letters).where(letters.c.id == letter_id)).one()
