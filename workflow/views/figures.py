"""Figures of the service itself, for whoever watches over it: how much, never whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Date, bindparam, func, select

from workflow import tally
from workflow.backlog import HEARTBEAT, Backlog, backlog, workers
from workflow.backups.last import age
from workflow.engine.engine import Engine
from workflow.tables import cases, letters, tasks


@dataclass(frozen=True)
class Figures:
    """What stands in the database. ``late``: tasks past their time limit, by process; ``letters``: by state.

    ``ran``: how many effects came to what, by kind and outcome, with the milliseconds that they took. ``workers``: that live.
    """

    owed: tuple[Backlog, ...]
    late: Mapping[str, int]
    letters: Mapping[str, int]
    ran: Mapping[tuple[str, str], tuple[int, int]]
    workers: int | None
    #: How old the last backup is; None where none was noted.
    backup: timedelta | None


def figures(conn: Connection, engine: Engine, at: datetime, heartbeat: float = HEARTBEAT) -> Figures:
    """Ask for all of it. ``heartbeat``: seconds between two of a worker's."""
    late = {row.process: row.number for row in conn.execute(_LATE, {"on": engine.office.day(at)})}
    return Figures(
        owed=tuple(backlog(conn, at)),
        late={name: late.get(name, 0) for name in engine.registry.processes},
        letters={row.state: row.number for row in conn.execute(_LETTERS)},
        ran=tally.ran(conn),
        workers=workers(conn, heartbeat),
        backup=age(conn, at),
    )


_LATE: Final = (
    select(cases.c.process, func.count().label("number"))
    .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.due_on < bindparam("on", type_=Date))
    .group_by(cases.c.process)
)
_LETTERS: Final = select(letters.c.state, func.count().label("number")).group_by(letters.c.state)
