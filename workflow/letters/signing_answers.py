"""What came of several letters signed or initialled at once, kept under the request's key until all is known, and afterwards.

Between the transactions of a letter lies its signature, which no database undoes. So the key is committed first with what it
was used for, then each signature with its line, and last the whole answer. Whoever asks again with the key is answered as the
first time; where the first ended in between, what it had signed stays, and the rest is done now. Nothing is signed twice.

The secret is no part of what is compared: of a PIN even a digest gives away too much. Another try takes another key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from workflow.engine import idempotency
from workflow.engine.judging import Actor
from workflow.errors import Problem
from workflow.signatures import SigningFailed

#: The acts on several letters at once.
SIGN, INITIAL = "sign", "initial"


class SignatureLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one letter: ``problem`` is empty where it was signed, else the last part of its type."""

    letter_id: str
    problem: str = ""
    detail: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a request. ``whole``: it is over, and each letter has its line."""

    lines: tuple[SignatureLine, ...] = ()
    whole: bool = False


def line_of(letter_id: str, failed: Problem | SigningFailed | None = None) -> SignatureLine:
    """The line of a letter, which failed or not."""
    if failed is None:
        return SignatureLine(letter_id=letter_id)
    if isinstance(failed, SigningFailed):
        return SignatureLine(letter_id=letter_id, problem="signing-failed", detail=failed.says)
    return SignatureLine(letter_id=letter_id, problem=failed.type, detail=failed.detail)


def begun(
    conn: Connection, actor: Actor, letter_ids: Sequence[str], key: str | None, at: datetime, act: str = SIGN
) -> Answer:
    """What is known under this key; a new one belongs to this act on these letters from now on. Raises KeyReused."""
    seen = idempotency.seen(conn, actor, key, _request(letter_ids, act))
    if seen is not None:
        return msgspec.json.decode(seen, type=Answer)
    answer = Answer()
    idempotency.keep(conn, actor, key, _request(letter_ids, act), msgspec.json.encode(answer), at)
    return answer


def told(
    conn: Connection,
    actor: Actor,
    letter_ids: Sequence[str],
    key: str | None,
    lines: Iterable[SignatureLine],
    *,
    act: str = SIGN,
    whole: bool = False,
) -> Answer:
    """Keep more of the answer, in the unit of what it tells of. A letter that was signed under this key stays signed."""
    seen = idempotency.seen(conn, actor, key, _request(letter_ids, act))
    before = msgspec.json.decode(seen, type=Answer).lines if seen is not None else ()
    found = {line.letter_id: line for line in lines} | {line.letter_id: line for line in before if not line.problem}
    answer = Answer(lines=tuple(found[each] for each in letter_ids if each in found), whole=whole)
    idempotency.replace(conn, actor, key, msgspec.json.encode(answer))
    return answer


def answered(conn: Connection, actor: Actor, key: str) -> Answer | None:
    """What is known under a key of the actor; None for one that there is not, or that was of something else."""
    kept = idempotency.kept(conn, actor, key)
    try:
        return None if kept is None else msgspec.json.decode(kept, type=Answer)
    except msgspec.DecodeError:
        return None


def _request(letter_ids: Sequence[str], act: str) -> list[object]:
    return [f"{act}_letters", list(letter_ids)]
