"""A letter that had taken effect is called back before anybody got it: what its signature changed is as it was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from workflow.definition import Letter
from workflow.effects import RENDER, owe
from workflow.letters.sealing import places_of
from workflow.mail.dispatch import owe_letter, settle, wanted_again
from workflow.tables import letter_cases, letters


def undo(conn: Connection, letter: Letter, letter_id: str, at: datetime) -> tuple[str, ...]:
    """What a letter voided or replaced counts again, and cases that it took off others are theirs again. Answers their ids.

    Those that it cancels remain to be cancelled, once it has been signed anew.
    """
    ended = conn.execute(_ENDED, {"by_letter": letter_id}).all()
    for row in ended:
        _revive(conn, row, at, is_free=row.state == "replaced" or bool(letter.revokes))
    # What a letter of change takes off others it takes when it is issued, not when it is signed.
    rejoined = [] if letter.takes_back else list(conn.execute(_REJOIN, {"by_letter": letter_id}).scalars())
    return tuple(sorted({*(row.id for row in ended), *rejoined}))


def _revive(conn: Connection, row: Row[Any], at: datetime, *, is_free: bool) -> None:
    """A letter counts again: its file is made if it was not yet, and it is sent to those who have not got it.

    ``is_free``: the letter that ended it did not name it before all had signed, and names it no more.
    """
    unfinished = row.scan_id is None and (row.file_id is None or row.sealed < len(places_of(row)))
    values: dict[str, Any] = {"state": "to_render" if unfinished else "signed"}
    if is_free:
        values["cancelled_by"] = None
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    if unfinished:
        owe(conn, RENDER, None, row.id, {}, at)
        return
    owe_letter(conn, row.id, at)
    wanted_again(conn, row.id, at)
    settle(conn, row.id)


_ENDED = (
    select(letters)
    .where(letters.c.cancelled_by == bindparam("by_letter"), letters.c.state.in_(("void", "replaced")))
    .order_by(letters.c.id)
)
_REJOIN = (
    update(letter_cases)
    .where(letter_cases.c.changed_by == bindparam("by_letter"), letter_cases.c.letter_id != bindparam("by_letter"))
    .values(changed_by=None)
    .returning(letter_cases.c.letter_id)
)
