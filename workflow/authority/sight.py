"""Who may see a case: those with a role on it, the subject's line of superiors, the groups named for it, auditors by assignment."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Select, exists, false, or_, select

from workflow.cases import Case
from workflow.definition import Process
from workflow.tables import assignments, cases, group_members, participants, people, positions, tasks, units

#: The group whose members see what a process shows them only within an assignment, never by membership alone.
AUDITOR: Final = "auditor"


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


def may_see(conn: Connection, process: Process, case: Case, person_id: str | None, on: date) -> bool:
    """Whether a case is for a person to see at all on a day: the same rule as for lists."""
    if person_id is None or person_id == case.subject_id:
        return person_id is not None
    seen = exists().where(cases.c.id == case.id, seen_cases((process,), person_id, on))
    return bool(conn.execute(select(seen)).scalar_one())


def seen_cases(processes: tuple[Process, ...], person_id: str, on: date) -> Any:
    """A condition on ``cases``: those that a person may see on a day. For lists."""
    takes_part = exists().where(
        participants.c.case_id == cases.c.id,
        participants.c.person_id == person_id,
        or_(participants.c.role.not_in(_appointed(processes)), _is_appointed(processes, person_id)),
        or_(participants.c.role.not_in(_candidates(processes)), _is_awaited(person_id)),
    )
    by_group = or_(
        *(
            (cases.c.process == process.name)
            & exists().where(
                group_members.c.person_id == person_id,
                group_members.c.group_name.in_(groups_that_see(process)),
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
    return or_(
        cases.c.subject_id == person_id,
        takes_part,
        by_group,
        by_assignment(processes, person_id, on),
        own_unit,
        subordinate,
        headed,
    )


def _appointed(processes: tuple[Process, ...]) -> tuple[str, ...]:
    """The roles of whom somebody appoints, who have no business with a case before or after."""
    return tuple(dict.fromkeys(role.name for process in processes for role in process.roles if role.appointed))


def _is_appointed(processes: tuple[Process, ...], person_id: str) -> Any:
    """A condition on ``cases``: those that remember a person as appointed now."""
    named = (f'"appointed":{{"{role}":"{person_id}"}}' for role in _appointed(processes))
    return or_(false(), *(cases.c.memory.contains(text, autoescape=True) for text in named))


def _candidates(processes: tuple[Process, ...]) -> tuple[str, ...]:
    """The roles of those who were only asked whether they would take a place."""
    return tuple(dict.fromkeys(role.name for process in processes for role in process.roles if role.candidate))


def _is_awaited(person_id: str) -> Any:
    """A condition on ``participants``: the case awaits a person in that role now."""
    awaited = exists().where(
        tasks.c.case_id == participants.c.case_id,
        tasks.c.role == participants.c.role,
        tasks.c.assignee_id == person_id,
    )
    return awaited.correlate(participants)


def groups_that_see(process: Process) -> tuple[str, ...]:
    """The groups whose members see every case of a process for no other reason; auditors are not among them."""
    return (*(group for group in process.seen_by if group != AUDITOR), "administrator")


def shown_to_auditors(processes: tuple[Process, ...]) -> tuple[str, ...]:
    """The names of the processes whose cases an assignment lets an auditor see."""
    return tuple(process.name for process in processes if AUDITOR in process.seen_by)


def by_assignment(processes: tuple[Process, ...], person_id: str, on: date) -> Any:
    """A condition on ``cases``: those that an assignment in force lets an auditor see."""
    return cases.c.process.in_(shown_to_auditors(processes)) & assignments_in_force(person_id, on).exists()


def assignments_in_force(person_id: Any, on: Any) -> Select[tuple[str]]:
    """The assignments of an auditor that hold on a day, by id; none for whoever left, or is in the group of auditors no more."""
    auditor = people.alias("auditor")
    return select(assignments.c.id).where(
        assignments.c.person_id == person_id,
        assignments.c.from_on <= on,
        assignments.c.until_on >= on,
        or_(assignments.c.revoked_on.is_(None), assignments.c.revoked_on > on),
        exists().where(group_members.c.person_id == assignments.c.person_id, group_members.c.group_name == AUDITOR),
        exists().where(
            auditor.c.id == assignments.c.person_id, or_(auditor.c.left_on.is_(None), auditor.c.left_on > on)
        ),
    )


def plays_a_part(person_id: str) -> Any:
    """A condition on ``cases``: those that are about a person, or on which they have or had a role, and so see by that alone."""
    played = (
        exists().where(participants.c.case_id == cases.c.id, participants.c.person_id == person_id).correlate(cases)
    )
    return or_(cases.c.subject_id == person_id, played)
