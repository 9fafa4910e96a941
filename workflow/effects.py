"""What a transition owes the world, as rows of its own transaction: they are the truth, whatever runs them.

Each is run at least once and is idempotent; retried with backoff, parked after a number of attempts with its error, and shown.
Letters are made here, and left alone where they are made already; what is mailed is run by ``workflow.mail``, and waits where no
mail is set up. Whoever mails takes the message in hand first, so that of several one does; what a crash left behind comes free.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update

from workflow.database import Database
from workflow.ids import new_id
from workflow.office import Office
from workflow.tables import effects
from workflow.tally import running
from workflow.workers.calling import LETTERS, OUTGOING, call_for_effects

#: Make a letter's PDF; tell a person; find out to whom a letter goes; send it to one of them.
RENDER, MESSAGE, DISPATCH, SEND = "render", "message", "dispatch", "send"
#: Tell whom a case is about how it stands, in words of the moment at which it is mailed; tell a person at once all that waits.
STANDING, DIGEST = "standing", "digest"
#: Tell another system of what happened.
WEBHOOK = "webhook"

#: Kinds that are run here, those that are mailed, and those that call on other systems (``workflow.webhooks``).
RUN, MAILED, CALLED = (RENDER,), (MESSAGE, DISPATCH, SEND, STANDING, DIGEST), (WEBHOOK,)

#: Why a message asks something of whom it is for: a task that is new to them, one that they are reminded of by the clock, or
#: by a colleague. Others tell.
NEW_TASK, REMINDER, BY_COLLEAGUE = "task", "reminder", "colleague"

#: Minutes to wait after each failed attempt; after the last one the effect is parked.
BACKOFF = (1, 5, 15, 60, 240)

#: How long whoever has an effect in hand may take before others take it up: longer than a letter of many pages takes, and
#: than a mail server may let us wait at all its answers.
IN_HAND: Final = timedelta(minutes=15)


def owe(
    conn: Connection, kind: str, case_id: str | None, subject_id: str, payload: dict[str, Any], at: datetime
) -> str:
    """Write down an effect, due at once. ``subject_id``: the letter to render, or the person to tell."""
    row = {
        "id": new_id(at),
        "kind": kind,
        "case_id": case_id,
        "subject_id": subject_id,
        "payload": json.dumps(payload),
        "due_at": at,
        "attempts": 0,
    }
    _owe(conn, [row])
    return str(row["id"])


def tell(
    conn: Connection,
    case_id: str | None,
    people: dict[str, str],
    at: datetime,
    *,
    title: str = "",
    asks: str = "",
    page: str = "",
) -> None:
    """Owe each person a message: who, and what it says.

    ``title``: what it is headed by where it is about no case, and ``page`` the path of ours at which it is dealt with.
    ``asks``: why, where it says no more than that something waits for them; only what a colleague sends goes out all the same.
    """
    more = {name: said for name, said in (("title", title), ("asks", asks), ("page", page)) if said}
    rows = [
        {
            "id": new_id(at),
            "kind": MESSAGE,
            "case_id": case_id,
            "subject_id": person,
            "payload": json.dumps({"says": says, **more}),
            "due_at": at,
            "attempts": 0,
        }
        for person, says in sorted(people.items())
    ]
    if rows:
        _owe(conn, rows)


def due_again(conn: Connection, *which: ColumnElement[bool], at: datetime) -> int:
    """Make effects that are not done due now, as though none of them had failed. Answers how many."""
    again = update(effects).where(effects.c.done_at.is_(None), *which)
    found = conn.execute(
        again.values(parked_at=None, attempts=0, due_at=at).returning(effects.c.id, effects.c.kind)
    ).all()
    call_now(conn, ((row.id, row.kind) for row in found))
    return len(found)


def call_now(conn: Connection, owed: Iterable[tuple[str, str]]) -> None:
    """Call for a worker to run effects that have come due again: the id and kind of each."""
    queues: dict[str, list[str]] = {}
    for effect_id, kind in owed:
        queues.setdefault(_queue(kind), []).append(effect_id)
    for queue, effect_ids in queues.items():
        call_for_effects(conn, queue, effect_ids)


def _queue(kind: str) -> str:
    return LETTERS if kind in RUN else OUTGOING


def _owe(conn: Connection, rows: list[dict[str, Any]]) -> None:
    conn.execute(_NEW, rows)
    call_now(conn, ((row["id"], row["kind"]) for row in rows))


def due(conn: Connection, at: datetime, limit: int = 100, kinds: tuple[str, ...] = RUN) -> list[tuple[str, str, str]]:
    """Effects that can be run now: id, kind and subject. What somebody else has in hand is left out."""
    query = (
        select(effects.c.id, effects.c.kind, effects.c.subject_id)
        .where(
            effects.c.done_at.is_(None),
            effects.c.parked_at.is_(None),
            effects.c.due_at <= at,
            effects.c.kind.in_(kinds),
            or_(effects.c.claimed_until.is_(None), effects.c.claimed_until <= at),
        )
        .order_by(effects.c.due_at, effects.c.id)
        .limit(limit)
    )
    return [(row.id, row.kind, row.subject_id) for row in conn.execute(query)]


def run_due(database: Database, office: Office, at: datetime, limit: int = 100) -> int:
    """Run what is due, each in a unit of its own, as many at once as there are hands for letters.

    Answers how many were done; a failure is written down and tried again later, unless it is of the letter itself.
    """
    from workflow.letters.pool import hands  # noqa: PLC0415 - loads what is only needed where letters are made

    owed = [effect_id for effect_id, _, _ in database.read(due, at, limit)]
    if hands() == 1 or len(owed) < 2:
        return sum(run(database, office, each, at) for each in owed)
    with ThreadPoolExecutor(hands(), thread_name_prefix="jenjang-letters") as threads:
        return sum(threads.map(lambda each: run(database, office, each, at), owed))


def run(database: Database, office: Office, effect_id: str, at: datetime) -> bool:
    """Make the letter of an effect that is due. Answers whether it is done."""
    from workflow.letters.rendering import render  # noqa: PLC0415 - as above

    letter_id = database.read(_still_owed, effect_id, at)
    if letter_id is None:
        return False
    with running(database, effect_id, RENDER):
        try:
            render(database, office, letter_id, at)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is written down with the effect and the letter, and shown
            database.write(_not_made, effect_id, letter_id, error, at)
        else:
            database.write(finished, effect_id, at)
            return True
    return False


def _still_owed(conn: Connection, effect_id: str, at: datetime) -> str | None:
    found: str | None = conn.execute(select(effects.c.subject_id).where(*_due(effect_id, at))).scalar_one_or_none()
    return found


def _due(effect_id: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    open_ = (effects.c.done_at.is_(None), effects.c.parked_at.is_(None), effects.c.due_at <= at)
    return (effects.c.id == effect_id, *open_)


def _not_made(conn: Connection, effect_id: str, letter_id: str, error: Exception, at: datetime) -> None:
    from workflow.letters.pool import TooLarge  # noqa: PLC0415 - as above
    from workflow.letters.troubles import note, said  # noqa: PLC0415

    if _still_owed(conn, effect_id, at) is None:
        return  # another has made it meanwhile
    if isinstance(error, TooLarge):
        park(conn, effect_id, str(error), at)
    else:
        failed(conn, effect_id, f"{type(error).__name__}: {error}", at)
    note(conn, letter_id, said(error))


def take(conn: Connection, effect_id: str, at: datetime, *, left_behind: datetime | None = None) -> Row[Any] | None:
    """Take an effect in hand; None where it is not due, is done or parked, or where another has it.

    ``left_behind``: until when somebody had it in hand who is known to be gone, so that it is not waited for them. Whoever has
    taken it since then is there.
    """
    claim = effects.c.claimed_until
    free = or_(claim.is_(None), claim <= at, *([] if left_behind is None else [claim == left_behind]))
    mine = update(effects).where(*_due(effect_id, at), free)
    return conn.execute(mine.values(claimed_until=at + IN_HAND).returning(effects)).one_or_none()


def finished(
    conn: Connection, effect_id: str, at: datetime, remark: str | None = None, told: dict[str, Any] | None = None
) -> None:
    """An effect is done. ``remark``: why there was nothing to do after all; ``told``: what is kept of what it said from now on."""
    kept = {} if told is None else {"payload": json.dumps(told)}
    values = {"done_at": at, "error": remark, "claimed_until": None, **kept}
    conn.execute(update(effects).where(effects.c.id == effect_id).values(values))


def not_owed(conn: Connection, kind: str, subject_id: str, remark: str, at: datetime) -> None:
    """What was owed to a subject, and is not done, need not be done any more. ``remark``: why."""
    standing = (effects.c.kind == kind, effects.c.subject_id == subject_id, effects.c.done_at.is_(None))
    values = {"done_at": at, "parked_at": None, "error": remark, "claimed_until": None}
    conn.execute(update(effects).where(*standing).values(values))


def park(conn: Connection, effect_id: str, error: str, at: datetime) -> None:
    """Trying again would not help: somebody must look."""
    values = {"done_at": None, "parked_at": at, "error": error[:2000], "claimed_until": None}
    conn.execute(update(effects).where(effects.c.id == effect_id).values(values))


def failed(conn: Connection, effect_id: str, error: str, at: datetime) -> None:
    """An attempt has failed: tried again later, or parked when it was the last."""
    attempts = int(conn.execute(select(effects.c.attempts).where(effects.c.id == effect_id)).scalar_one()) + 1
    parked = attempts > len(BACKOFF)
    conn.execute(
        update(effects)
        .where(effects.c.id == effect_id)
        .values(
            attempts=attempts,
            error=error[:2000],
            claimed_until=None,
            parked_at=at if parked else None,
            due_at=at if parked else at + timedelta(minutes=BACKOFF[attempts - 1]),
        )
    )


def owed_by(conn: Connection, case_id: str, letter_ids: list[str]) -> list[dict[str, Any]]:
    """The effects of a case and its letters, for its page: what is done, waiting, or parked with which error.

    How it stands, which its page shows itself, is left out.
    """
    query = (
        select(effects)
        .where(or_(effects.c.case_id == case_id, effects.c.subject_id.in_(letter_ids)), effects.c.kind != STANDING)
        .order_by(effects.c.due_at, effects.c.id)
    )
    return [
        {
            "kind": row.kind,
            "subject_id": row.subject_id,
            "state": "done" if row.done_at else "parked" if row.parked_at else "waiting",
            "label": "selesai" if row.done_at else "gagal, perlu diperiksa" if row.parked_at else _WAITING[row.kind],
            "attempts": row.attempts,
            "error": row.error,
        }
        for row in conn.execute(query)
    ]


#: What people call an effect that waits.
_WAITING = {
    RENDER: "menunggu dibuat",
    MESSAGE: "menunggu kirim",
    DISPATCH: "menunggu kirim",
    SEND: "menunggu kirim",
}
_NEW = insert(effects)
