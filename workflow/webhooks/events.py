"""What systems can be told of: a closed list, and what each happening of a case is called in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from workflow.cases import Case
from workflow.effects import WEBHOOK, owe
from workflow.engine.evidence import Evidence
from workflow.references import reference_of
from workflow.tables import effects, webhooks

CASE_OPENED, CASE_MOVED, CASE_CLOSED = "case.opened", "case.moved", "case.closed"
LETTER_SIGNED, LETTER_VOIDED, LETTER_REVOKED = "letter.signed", "letter.voided", "letter.revoked"

#: What there is to be told of, and what people call it.
EVENTS: Final = {
    CASE_OPENED: "Berkas dibuka",
    CASE_MOVED: "Berkas berpindah tahap",
    CASE_CLOSED: "Berkas ditutup",
    LETTER_SIGNED: "Surat ditandatangani",
    LETTER_VOIDED: "Surat dinyatakan tidak berlaku",
    LETTER_REVOKED: "Surat dicabut",
}
#: How long what a system was told is kept.
KEPT: Final = timedelta(days=30)
#: By the kind of a case's own event; a step is told by what it did to the case.
_KINDS: Final = {
    "opened": CASE_OPENED,
    "letter_signed": LETTER_SIGNED,
    "letter_voided": LETTER_VOIDED,
    "letter_revoked": LETTER_REVOKED,
}


def announce(conn: Connection, before: Case, after: Case, kind: str, told: Evidence, at: datetime) -> None:
    """Owe every system that wants to know a message about an event of a case, in the transaction of that event."""
    happened = list(_happened(before, after, kind, told))
    if not happened:
        return
    for row in conn.execute(_LISTENING).all():
        wanted = row.events.split()
        for event, letter_id in happened:
            if event in wanted:
                # Of no case: what is owed to a system must not keep a case from being erased in time.
                owe(conn, WEBHOOK, None, row.id, _message(event, after, kind, letter_id, at), at)


def _happened(before: Case, after: Case, kind: str, told: Evidence) -> Iterator[tuple[str, str]]:
    """What an event of a case is to others, each with the letter that it is about; nothing where it is nobody's but ours."""
    if kind in _KINDS:
        yield _KINDS[kind], told.letter.id if told.letter else ""
    elif after.closed_at is not None and before.closed_at is None:
        yield CASE_CLOSED, ""
    elif after.state != before.state:
        yield CASE_MOVED, ""
    for letter in told.letters:  # signed by whoever took the step
        if letter.state in _SIGNED:
            yield LETTER_SIGNED, letter.id


def _message(event: str, case: Case, kind: str, letter_id: str, at: datetime) -> dict[str, Any]:
    data = {
        "case_id": case.id,
        "reference": reference_of(case.id),
        "process": case.process,
        "state": case.state,
        "version": case.version,
        "event": kind,
    }
    return {"type": event, "timestamp": at.isoformat(), "data": data | ({"letter_id": letter_id} if letter_id else {})}


#: States of a letter that is signed: its PDF is still to be made, or is there.
_SIGNED: Final = ("to_render", "signed")


def read(payload: str) -> dict[str, Any]:
    """What is owed to be told."""
    found: dict[str, Any] = json.loads(payload)
    return found


def forget_old(conn: Connection, at: datetime) -> None:
    """What systems were told long ago is needed no more."""
    old = effects.c.kind == WEBHOOK, effects.c.done_at.is_not(None), effects.c.done_at < at - KEPT
    conn.execute(delete(effects).where(*old))


_LISTENING: Final = select(webhooks.c.id, webhooks.c.events).where(
    webhooks.c.ended_at.is_(None), webhooks.c.disabled_at.is_(None)
)
