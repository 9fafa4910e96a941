"""How long somebody in particular has their place: until another is named, or the case comes to nothing before they held it.

The one place where ``participants.until_at`` is set. Those who hold a post or belong to a group keep their place: they answer for
what the office did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.evidence import PlaceTold, as_written
from workflow.tables import participants


def settle_places(conn: Connection, process: Process, before: Case, after: Case, at: datetime) -> tuple[PlaceTold, ...]:
    """End the places that a step takes from people, and give back those that it names again. Answers what the event tells.

    A place that is lost before it was held ends where it began: it shows nothing of the case.
    """
    state = process.state[after.state]
    nothing = state.final and not state.carried_out
    then, now = _named(process, before), _named(process, after)
    if then == now and not nothing and before.state == after.state:
        return ()
    told: list[PlaceTold] = []
    for row in conn.execute(_PLACES, {"case": after.id, "roles": list(now)}).all():
        role = process.role[row.role]
        held = before.state in role.held
        ends = row.person_id != now[row.role] or (nothing and bool(role.named) and not held)
        if ends and row.until_at is None:
            until = at if held else row.since_at
        elif not ends and row.until_at is not None and row.role in state.waits:
            until = None
        else:
            continue
        conn.execute(_UNTIL, {"place": row.id, "until": until})
        lasted = until is not None and row.since_at < until
        told.append(PlaceTold(role=row.role, person=row.person_id, until=as_written(until), held=lasted))
    return tuple(told)


def _named(process: Process, case: Case) -> Mapping[str, str | None]:
    """Who has each place that is one person's, the subject's apart."""
    appointed = case.memory.get("appointed", {})
    found = {role.name: appointed.get(role.name) for role in process.roles if role.appointed}
    return found | {role.name: case.form.get(role.named) or None for role in process.named}


_PLACES = (
    select(participants)
    .where(
        participants.c.case_id == bindparam("case"),
        participants.c.role.in_(bindparam("roles", expanding=True)),
        participants.c.person_id.is_not(None),
    )
    .order_by(participants.c.id)
)
_UNTIL = update(participants).where(participants.c.id == bindparam("place")).values(until_at=bindparam("until"))
