"""Who may see a case: those who hold or held a role on it, the participant's line of superiors, the groups named for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, exists, or_, select

from workflow.cases import Case
from workflow.definition import Process
from workflow.tables import cases, group_members, participants, people, positions, units


def superiors_of(conn: Connection, case: Case) -> set[str]:
    """Posts above the participant, up to the top, and the head of the unit."""
    start = conn.execute(
        select(people.c.superior_position_id).where(people.c.id == case.subject_id)
    ).scalar_one_or_none()
    head = conn.execute(select(units.c.head_position_id).where(units.c.id == case.unit_id)).scalar_one_or_none()
    line = (
        select(positions.c.id, positions.c.superior_id)
        .where(positions.c.id.in_([start, head]))
        .cte("line", recursive=True)
    )
    line = line.union(select(positions.c.id, positions.c.superior_id).where(positions.c.id == line.c.superior_id))
    return set(conn.execute(select(line.c.id)).scalars())


def may_see(conn: Connection, process: Process, case: Case, person_id: str | None) -> bool:
    """Whether a case is for a person to see at all: the same rule as for lists."""
    if person_id is None or person_id == case.subject_id:
        return person_id is not None
    seen = exists().where(cases.c.id == case.id, seen_cases((process,), person_id))
    return bool(conn.execute(select(seen)).scalar_one())


def seen_cases(processes: tuple[Process, ...], person_id: str) -> Any:
    """A condition on ``cases``: those that a person may see. For lists."""
    takes_part = exists().where(participants.c.case_id == cases.c.id, participants.c.person_id == person_id)
    by_group = or_(
        *(
            (cases.c.process == process.name)
            & exists().where(
                group_members.c.person_id == person_id,
                group_members.c.group_name.in_([*process.seen_by, "administrator"]),
            )
            for process in processes
        )
    )
    own_units = select(group_members.c.unit_id).where(
        group_members.c.person_id == person_id, group_members.c.group_name == "personnel_officer"
    )
    below = select(positions.c.id).where(positions.c.holder_id == person_id).cte("below", recursive=True)
    below = below.union(select(positions.c.id).join(below, positions.c.superior_id == below.c.id))
    subordinate = cases.c.subject_id.in_(
        select(people.c.id).where(people.c.superior_position_id.in_(select(below.c.id)))
    )
    headed = cases.c.unit_id.in_(select(units.c.id).where(units.c.head_position_id.in_(select(below.c.id))))
    own_unit = cases.c.unit_id.in_(own_units)
    return or_(cases.c.subject_id == person_id, takes_part, by_group, own_unit, subordinate, headed)
