"""Quiet on repeats: whoever has been told of a task hears of it again when something changed, or when they are reminded of it.

Each message about a case lists what it asks of whoever gets it, and keeps the ids of those tasks once it is sent. A task that
changes is another one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from workflow.effects import BY_COLLEAGUE, MESSAGE, REMINDER
from workflow.mail.who import NotWanted
from workflow.office import Office
from workflow.tables import effects, tasks


def tasks_of(conn: Connection, case_id: str | None, person_id: str) -> tuple[str, ...]:
    """What a case asks of somebody now, by the ids of its tasks."""
    return tuple(conn.execute(_ASKED, {"case": case_id, "person": person_id}).scalars())


def check_is_news(conn: Connection, office: Office, row: Row[Any], asked: Sequence[str], at: datetime) -> None:
    """Raise NotWanted for a message that only asks, and asks no more than one that was sent before, or today if it reminds.

    ``asked``: the tasks that it would list.
    """
    why = json.loads(row.payload).get("asks")
    if not why or why == BY_COLLEAGUE or not asked:
        return
    sent = select(effects.c.payload, effects.c.done_at).where(
        effects.c.kind == MESSAGE,
        effects.c.case_id == row.case_id,
        effects.c.subject_id == row.subject_id,
        effects.c.id != row.id,
        effects.c.done_at.is_not(None),
        effects.c.error.is_(None),
    )
    today = office.day(at)
    told = {
        task
        for each in conn.execute(sent)
        if why != REMINDER or office.day(each.done_at) == today
        for task in json.loads(each.payload).get("tasks", ())
    }
    if told.issuperset(asked):
        when = "hari ini" if why == REMINDER else "sebelumnya"
        raise NotWanted(f"Tidak dikirim: tugas ini sudah disampaikan {when}.")


_ASKED: Final = (
    select(tasks.c.id)
    .where(tasks.c.case_id == bindparam("case"), tasks.c.assignee_id == bindparam("person"))
    .order_by(tasks.c.id)
)
