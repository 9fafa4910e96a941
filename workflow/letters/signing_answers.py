"""What came of signing several letters at once, kept under the key of the request until all of it is known, and afterwards.

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


def begun(conn: Connection, actor: Actor, letter_ids: Sequence[str], key: str | None, at: datetime) -> Answer:
    """What is known under this key; a new one belongs to these letters from now on. Raises KeyReused."""
    seen = idempotency.seen(conn, actor, key, _request(letter_ids))
    if seen is not None:
        return msgspec.json.decode(seen, type=Answer)
    answer = Answer()
    idempotency.keep(conn, actor, key, _request(letter_ids), msgspec.json.encode(answer), at)
    return answer


def told(
    conn: Connection,
    actor: Actor,
    letter_ids: Sequence[str],
    key: str | None,
    lines: Iterable[SignatureLine],
    *,
    whole: bool = False,
) -> Answer:
    """Keep more of the answer, in the unit of what it tells of. A letter that was signed under this key stays signed."""
    seen = idempotency.seen(conn, actor, key, _request(letter_ids))
    before = msgspec.json.decode(seen, type=Answer).lines if seen is not None else ()
    found = {line.letter_id: line for line in lines} | {line.letter_id: line for line in before if not line.problem}
    answer = Answer(lines=tuple(found[each] for each in letter_ids if each in found), whole=whole)
    idempotency.replace(conn, actor, key, msgspec.json.encode(answer))
    return answer


def _request(letter_ids: Sequence[str]) -> list[object]:
    return ["sign_letters", list(letter_ids)]
