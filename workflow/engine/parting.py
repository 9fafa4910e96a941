"""How long somebody in particular has their place: until another is named, or the case comes to nothing before they held it.

The one place where ``participants.until_at`` is set. Those who hold a post or belong to a group keep their place: they answer for
what the office did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, select, update

from workflow.authority.bench import Bench
from workflow.cases import Case
from workflow.definition import Process, Role
from workflow.engine.evidence import PlaceTold, as_written
from workflow.engine.seating import take_part
from workflow.facts import NeedsFields, Situation
from workflow.tables import participants

_AN_INSTANT: Final = timedelta(microseconds=1)


def settle_places(situation: Situation, before: Case) -> tuple[PlaceTold, ...]:
    """End the places that a step takes from people, and give back those that it names again. Answers what the event tells.

    ``situation``: as the step leaves it. A place that is lost before it was held ends where it began: it shows nothing of the case.
    """
    process, after = situation.process, situation.case
    state = process.state[after.state]
    nothing = state.final and not state.carried_out
    then, now = _named(process, before), _named(process, after)
    listed = settle_listed(situation)
    if then == now and not nothing and before.state == after.state:
        return listed
    told: list[PlaceTold] = []
    for row in situation.conn.execute(_PLACES, {"case": after.id, "roles": list(now)}).all():
        role = process.role[row.role]
        held = before.state in role.held
        ends = row.person_id != now[row.role] or (nothing and bool(role.named) and not held)
        if ends and row.until_at is None:
            told.append(_ended(situation, row, held=held))
        elif not ends and row.until_at is not None and row.role in state.waits:
            told.append(_given_back(situation, row))
    return (*listed, *told)


def settle_listed(situation: Situation) -> tuple[PlaceTold, ...]:
    """The same for those whom a list chooses: whoever it names no more has no place, and had one only where they acted.

    In the states in which they hold it, whoever the list names has a place without being waited for. Answers what the event tells.
    """
    roles = {role.name: role for role in situation.process.roles if role.chosen is not None}
    if not roles:
        return ()
    known = situation.conn.execute(_PLACES, {"case": situation.case.id, "roles": list(roles)}).all()
    told: list[PlaceTold] = []
    for role in roles.values():
        rows = [row for row in known if row.role == role.name]
        if rows or situation.case.state in role.held:
            with suppress(NeedsFields):  # the form does not say yet who that is
                told += _as_listed(situation, role, rows)
    return tuple(told)


def _as_listed(situation: Situation, role: Role, rows: Sequence[Row[Any]]) -> list[PlaceTold]:
    listed = {seat.person_id for seat in Bench(situation).holding(role.name)}
    if situation.case.state in role.held:
        new = listed - {row.person_id for row in rows}
        take_part(situation.conn, situation.case.id, {(role.name, person) for person in new}, situation.at)
    ended = [row for row in rows if row.person_id not in listed and row.until_at is None]
    again = [row for row in rows if row.person_id in listed and row.until_at is not None]
    return [
        # What they do in the very step that ends it, as stepping aside, is among what they did.
        *(_ended(situation, row, held=row.acted, after=_AN_INSTANT) for row in ended),
        *(_given_back(situation, row) for row in again),
    ]


def _ended(situation: Situation, row: Row[Any], *, held: bool, after: timedelta = timedelta()) -> PlaceTold:
    until = situation.at + after if held else row.since_at
    situation.conn.execute(_UNTIL, {"place": row.id, "until": until})
    return PlaceTold(role=row.role, person=row.person_id, until=as_written(until), held=row.since_at < until)


def _given_back(situation: Situation, row: Row[Any]) -> PlaceTold:
    situation.conn.execute(_UNTIL, {"place": row.id, "until": None})
    return PlaceTold(role=row.role, person=row.person_id, until=as_written(None))


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
