"""By what a list of cases may be narrowed: the processes there are, the states of one, and the units of our own people."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, exists, select

from workflow.authority.sight import AUDITOR
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.tables import group_members, units


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may be asked for, by its code name, and what people call it."""

    name: str
    title: str


class ListChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What lists may be narrowed to. ``states``: those of the process chosen; ``units``: for members of groups alone."""

    processes: tuple[Offered, ...]
    states: tuple[Offered, ...]
    units: tuple[Offered, ...]

    def has(self, state: str) -> bool:
        """Whether a state is among those of the process."""
        return any(each.name == state for each in self.states)


def list_choices(
    conn: Connection, engine: Engine, caller: Caller, _at: datetime, process: str | None = None
) -> ListChoices:
    """What lists may be narrowed to. Raises NotFound for a process that does not exist."""
    states = engine.registry.process(process).states if process is not None else ()
    of_an_office = exists().where(group_members.c.person_id == caller.person_id, group_members.c.group_name != AUDITOR)
    rows = conn.execute(select(units.c.id, units.c.name).where(of_an_office).order_by(units.c.name))
    return ListChoices(
        processes=tuple(Offered(name=each.name, title=each.title) for each in engine.registry.processes.values()),
        states=tuple(Offered(name=each.name, title=each.title) for each in states),
        units=tuple(Offered(name=row.id, title=row.name) for row in rows),
    )
