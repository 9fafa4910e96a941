"""Which open cases an import can have changed: those whose people, posts or units it touched; only they are seated anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, or_, select

from workflow.engine.engine import Engine
from workflow.imports.report import Touched
from workflow.office import POSTS, REGENT
from workflow.tables import cases, group_members, people, positions, tasks, units


def affected_cases(conn: Connection, engine: Engine, touched: Touched) -> list[str]:
    """The cases that wait for somebody and may be seated otherwise since; by their ids, in order.

    A case is affected where its subject or somebody it waits for was touched, or a post from which it is looked for who may
    act: the superior of the subject, the head of its unit, of the subject's unit or of the host, and whoever stands above them.
    """
    if not touched:
        return []
    posts = _Posts.read(conn, touched)
    everywhere = any(posts.heads_touched(engine.office.headed(name)) for name in POSTS)
    waiting = exists().where(tasks.c.case_id == cases.c.id)
    query = (
        select(
            *(cases.c[name] for name in ("id", "process", "form", "subject_id", "unit_id")),
            people.c.unit_id.label("unit_now"),
            people.c.superior_position_id,
        )
        .join_from(cases, people, people.c.id == cases.c.subject_id)
        .where(or_(cases.c.closed_at.is_(None), waiting))
        .order_by(cases.c.id)
    )
    asked = set() if everywhere else _asked(conn, touched.people)
    return [
        row.id
        for row in conn.execute(query)
        if everywhere
        or row.id in asked
        or row.subject_id in touched.people
        or row.superior_position_id in posts.below
        or any(
            posts.heads_touched(unit) for unit in {row.unit_id, row.unit_now, *_hosts(engine, row.process, row.form)}
        )
    ]


def groups_and_regent(conn: Connection) -> frozenset[tuple[Any, ...]]:
    """Who belongs to which group, and the line to the regent: what an import fills in besides its own rows."""
    members = conn.execute(select(group_members))
    line = conn.execute(select(positions).where(or_(positions.c.id == REGENT, positions.c.superior_id == REGENT)))
    return frozenset(tuple(row) for rows in (members, line) for row in rows)


@dataclass(frozen=True)
class _Posts:
    """The posts that were touched with all below them, and the units that are headed by one of those or were touched themselves."""

    below: frozenset[str]
    units: frozenset[str]

    @classmethod
    def read(cls, conn: Connection, touched: Touched) -> _Posts:
        above: Mapping[str, str | None] = {
            row.id: row.superior_id for row in conn.execute(select(positions.c.id, positions.c.superior_id))
        }
        below = _below(touched.posts, above)
        headed = {
            row.id
            for row in conn.execute(select(units.c.id, units.c.head_position_id))
            if row.head_position_id in below
        }
        return cls(below, frozenset(headed | touched.units))

    def heads_touched(self, unit_id: str | None) -> bool:
        """Whether who heads a unit, or stands above, may be somebody else since."""
        return unit_id in self.units


def _below(posts: Iterable[str], above: Mapping[str, str | None]) -> frozenset[str]:
    """These posts and all that stand below one of them."""
    beneath: dict[str, list[str]] = {}
    for post, superior in above.items():
        if superior is not None:
            beneath.setdefault(superior, []).append(post)
    found, open_ = set(posts), list(posts)
    while open_:
        new = set(beneath.get(open_.pop(), ())) - found
        found |= new
        open_ += new
    return frozenset(found)


def _asked(conn: Connection, persons: Iterable[str]) -> set[str]:
    """The cases that wait for one of these people."""
    wanted = frozenset(persons)
    return {
        row.case_id for row in conn.execute(select(tasks.c.case_id, tasks.c.assignee_id)) if row.assignee_id in wanted
    }


def _hosts(engine: Engine, process_name: str, form: str) -> list[str]:
    """The units of our own that a request names as its host."""
    process = engine.registry.processes.get(process_name)
    fields = [role.partner for role in process.roles if role.partner] if process else []
    asked = msgspec.json.decode(form) if fields else {}
    named = (str(asked.get(field) or "").partition(":") for field in fields)
    return [code for kind, _, code in named if kind == "unit"]
