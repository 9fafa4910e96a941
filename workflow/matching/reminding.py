"""The daily look at rounds: who has handed in nothing is reminded, once, when a last day is near."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from policies.matching import REMINDER_DAYS
from workflow.engine.engine import Engine
from workflow.matching.log import append, load
from workflow.matching.notices import tell_last_day
from workflow.matching.told import Reminded, Who
from workflow.tables import rounds

_SYSTEM: Final = Who("", "Sistem")


def remind_of_rounds(conn: Connection, engine: Engine, at: datetime) -> int:
    """Remind of each last day that is near, of every open round. Answers how many last days; safe to repeat."""
    reminded, office = 0, engine.office
    on = office.day(at)
    open_now = conn.execute(select(rounds.c.id).where(rounds.c.closed_at.is_(None)).order_by(rounds.c.id)).scalars()
    for round_id in open_now.all():
        found = load(conn, round_id, lock=True)
        for day in sorted({found.form.offers_until, found.form.wishes_until} - found.reminded):
            near = on <= day <= on + timedelta(days=office.policies.on(on)[REMINDER_DAYS].value)
            if near and on > office.day(found.opened_at):
                append(conn, found, Reminded(by=_SYSTEM, last_day=day), at)
                tell_last_day(conn, office, found, day, at)
                reminded += 1
    return reminded
