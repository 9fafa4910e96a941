"""What came of several letters on which somebody acted at once, as they are told afterwards."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.letters.gist import gist
from workflow.letters.signing_answers import answered
from workflow.views.letter_sight import seen_letter
from workflow.views.letters import LetterLine, letter_line


class ResultLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one letter. ``problem``: empty where it went well, else the last part of its type, and ``detail`` says why.

    ``letter``: null where it is not the caller's to know of; ``who``: whom it is about.
    """

    letter_id: str
    problem: str
    detail: str
    letter: LetterLine | None = None
    who: str = ""


class ResultList(msgspec.Struct, frozen=True, kw_only=True):
    """What came of each letter, in the order in which they were named. ``over``: nothing more is being done under the key."""

    letters: tuple[ResultLine, ...]
    over: bool


def letter_results(conn: Connection, engine: Engine, caller: Caller, _at: datetime, key: str) -> ResultList:
    """What came of the letters on which the caller acted under a key of their own. Raises NotFound."""
    answer = answered(conn, caller.actor, key)
    if answer is None or not (answer.lines or answer.whole):
        raise NotFound("Hasil itu tidak ada, atau bukan milik Anda.")
    found = []
    for line in answer.lines:
        letter, who = _told(conn, engine, caller, line.letter_id)
        found.append(
            ResultLine(letter_id=line.letter_id, problem=line.problem, detail=line.detail, letter=letter, who=who)
        )
    return ResultList(letters=tuple(found), over=answer.whole)


def _told(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> tuple[LetterLine | None, str]:
    """The letter as the caller may see it, and whom it is about."""
    try:
        row, sight = seen_letter(conn, engine, caller, letter_id)
    except NotFound:
        return None, ""
    who = "" if sight.outside else dict(gist(msgspec.json.decode(row.body))).get("Siapa", "")
    return letter_line(conn, sight, row, 1), who
