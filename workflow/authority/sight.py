"""Who may see a case: those with a role on it, the subject's line of superiors, the groups named for it, auditors by assignment.

Whoever has nothing but a place that has ended sees the case as it stood until then, and nothing later: ``seen_until``. A place
that was lost before it was held (declined, lapsed, named only in a proposal) shows nothing at all. ``seen_cases`` and ``may_see``
leave both out, so that what has not learnt to look back answers as if there were no such case. What somebody handed in stays
theirs, and so do their own hours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Date,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)

from workflow.cases import Case
from workflow.definition import Process
from workflow.errors import NotYours
from workflow.tables import assignments, cases, events, group_members, participants, people, positions, units

#: The group whose members see what a process shows them only within an assignment, never by membership alone.
AUDITOR: Final = "auditor"


@dataclass(frozen=True)
class _Shown:
    """A process as far as sight goes: its name, and the groups that see each of its cases.

    ``prepared_by``: the roles that alone know of a draft; ``handed_in``: the steps by which it is one no more.
    """

    name: str
    groups: tuple[str, ...]
    prepared_by: tuple[str, ...] = ()
    handed_in: tuple[str, ...] = ()

    @property
    def is_prepared(self) -> bool:
        """Whether it has drafts that are nobody's but of those who prepare them."""
        return bool(self.prepared_by)


_auditors: Final = people.alias("auditor")
_around: Final = cases.alias("around_them")


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


def may_see(
    conn: Connection, process: Process, case: Case, person_id: str | None, on: date, only: Collection[str] | None = None
) -> bool:
    """Whether a case is for a person to see as it is now, on a day: the same rule as for lists, ``only`` as there."""
    if person_id is None or (only is not None and case.id not in only):
        return False
    shown = _shown(process)
    if person_id == case.subject_id and not shown.is_prepared:
        return True
    seen = _whether_seen(shown, shown_to_auditors((process,)))
    return bool(conn.execute(seen, {"case": case.id, "person": person_id, "on": on}).scalar_one())


@cache
def _whether_seen(shown: _Shown, to_auditors: tuple[str, ...]) -> Select[tuple[bool]]:
    """Whether the person ``person`` sees the case ``case`` on the day ``on``. Built once: it is asked at each step refused."""
    person, on = bindparam("person", type_=String), bindparam("on", type_=Date)
    is_seen = _seen((shown,), to_auditors, person, on)
    return select(exists().where(cases.c.id == bindparam("case", type_=String), is_seen))


def seen_cases(processes: tuple[Process, ...], person_id: str, on: date, only: Collection[str] | None = None) -> Any:
    """A condition on ``cases``: those that a person may see on a day as they are now. For lists.

    ``only``: the cases that what they showed lets them see at all, None for all.
    """
    seen = _seen(tuple(map(_shown, processes)), shown_to_auditors(processes), person_id, on)
    return seen if only is None else and_(cases.c.id.in_(sorted(only)), seen)


def _shown(process: Process) -> _Shown:
    states = [state for state in process.states if state.prepared]
    out = (
        (step.trigger, process.state[target])
        for state in states
        for step in process.from_state(state.name)
        for target in step.targets(state.name)
    )
    return _Shown(
        process.name,
        groups_that_see(process),
        prepared_by=tuple(dict.fromkeys(role for state in states for role in state.waits)),
        handed_in=tuple(dict.fromkeys(trigger for trigger, to in out if not (to.final or to.prepared))),
    )


def _seen(shown: Sequence[_Shown], to_auditors: tuple[str, ...], person_id: Any, on: Any) -> Any:
    takes_part = exists().where(
        participants.c.case_id == cases.c.id,
        participants.c.person_id == person_id,
        participants.c.until_at.is_(None),
    )
    by_group = or_(
        *(
            (cases.c.process == each.name)
            & exists().where(group_members.c.person_id == person_id, group_members.c.group_name.in_(each.groups))
            for each in shown
        )
    )
    subordinates, headed, own_units = _below(person_id)
    seen = or_(
        cases.c.subject_id == person_id,
        takes_part,
        by_group,
        _by_assignment(to_auditors, person_id, on),
        cases.c.unit_id.in_(own_units),
        cases.c.subject_id.in_(subordinates),
        cases.c.unit_id.in_(headed),
    )
    return and_(seen, *(_is_no_draft_of_others(each, person_id) for each in shown if each.is_prepared))


def _below(person_id: Any) -> tuple[Any, Any, Any]:
    """The people below somebody, the units that they head, and those whose personnel files they keep."""
    own_units = select(group_members.c.unit_id).where(
        group_members.c.person_id == person_id, group_members.c.group_name == "personnel_officer"
    )
    below = select(positions.c.id).where(positions.c.holder_id == person_id).cte("below", recursive=True)
    below = below.union(select(positions.c.id).join(below, positions.c.superior_id == below.c.id))
    subordinates = select(people.c.id).where(people.c.superior_position_id.in_(select(below.c.id)))
    headed = select(units.c.id).where(units.c.head_position_id.in_(select(below.c.id)))
    return subordinates, headed, own_units


#: Cases, each as often as there are reasons to see it, up to which a list looks at these alone; of more the newest are soon found.
FEW: Final = 30_000


def circle_of(conn: Connection, processes: tuple[Process, ...], person_id: str) -> list[str] | None:
    """The ids of all cases that somebody might see, the newest first, where they are few: no others need to be looked at then.

    What they do see of them, ``seen_cases`` and ``once_seen_cases`` say. None where there are more, and for whoever examines.
    """
    subordinates, headed, own_units = _below(person_id)
    groups = select(group_members.c.group_name).where(group_members.c.person_id == person_id)
    mine = set(conn.execute(groups).scalars())
    seen_by_group = [each.name for each in processes if mine.intersection(groups_that_see(each))]
    if AUDITOR in mine or len(seen_by_group) == len(processes):
        return None
    # Each reason by its own index; kept apart, so that reading ends where there are too many.
    reasons = union_all(
        select(participants.c.case_id).where(participants.c.person_id == person_id),
        select(cases.c.id).where(cases.c.subject_id == person_id),
        select(cases.c.id).where(cases.c.subject_id.in_(subordinates)),
        select(cases.c.id).where(cases.c.unit_id.in_(headed.union(own_units))),
        select(cases.c.id).where(cases.c.process.in_(seen_by_group)),
    )
    found = conn.execute(reasons.limit(FEW + 1)).scalars().all()
    return sorted(set(found), reverse=True) if len(found) <= FEW else None


def _is_no_draft_of_others(shown: _Shown, person_id: Any) -> Any:
    """A condition on ``cases``: of another process, handed in, or prepared by a person."""
    handed_in = exists().where(events.c.case_id == cases.c.id, events.c.type.in_(shown.handed_in))
    prepares = exists().where(
        participants.c.case_id == cases.c.id,
        participants.c.person_id == person_id,
        participants.c.role.in_(shown.prepared_by),
        participants.c.until_at.is_(None),
    )
    return or_(cases.c.process != shown.name, handed_in, prepares)


def once_seen_cases(person_id: str, only: Collection[str] | None = None) -> Any:
    """A condition on ``cases``: those on which a person had a place that they held and lost. For lists; ``only`` as above."""
    lost = exists().where(participants.c.case_id == cases.c.id, *_lost(person_id)).correlate(cases)
    return lost if only is None else and_(cases.c.id.in_(sorted(only)), lost)


def seen_until(
    conn: Connection, case_ids: Iterable[str], person_id: str | None, only: Collection[str] | None = None
) -> dict[str, datetime]:
    """The instant until which whoever may not see a case as it is now saw it, by its id; of others they are not to know."""
    if person_id is None:
        return {}
    if only is not None:
        case_ids = set(only).intersection(case_ids)
    lost = (
        select(participants.c.case_id, func.max(participants.c.until_at).label("until"))
        .where(participants.c.case_id.in_(list(case_ids)), *_lost(person_id))
        .group_by(participants.c.case_id)
    )
    return {row.case_id: row.until for row in conn.execute(lost)}


def place_is_over() -> NotYours:
    """What whoever had a place on a case is told when they want to do something with it."""
    return NotYours("Peran Anda pada berkas ini sudah berakhir; Anda hanya dapat membaca keadaannya sampai saat itu.")


def _lost(person_id: str) -> tuple[Any, ...]:
    """Conditions on ``participants``: the places that somebody held and lost. Others ended where they began."""
    return participants.c.person_id == person_id, participants.c.until_at > participants.c.since_at


def groups_that_see(process: Process) -> tuple[str, ...]:
    """The groups whose members see every case of a process for no other reason; auditors are not among them."""
    return (*(group for group in process.seen_by if group != AUDITOR), "administrator")


def shown_to_auditors(processes: tuple[Process, ...]) -> tuple[str, ...]:
    """The names of the processes whose cases an assignment lets an auditor see."""
    return tuple(process.name for process in processes if AUDITOR in process.seen_by)


def by_assignment(processes: tuple[Process, ...], person_id: str, on: date) -> Any:
    """A condition on ``cases``: those that an assignment in force lets an auditor see."""
    return _by_assignment(shown_to_auditors(processes), person_id, on)


def _by_assignment(to_auditors: tuple[str, ...], person_id: Any, on: Any) -> Any:
    return cases.c.process.in_(to_auditors) & assignments_in_force(person_id, on).exists()


def assignments_in_force(person_id: Any, on: Any) -> Select[tuple[str]]:
    """The assignments of an auditor that hold on a day, by id; none for whoever left, or is in the group of auditors no more."""
    return select(assignments.c.id).where(
        assignments.c.person_id == person_id,
        assignments.c.from_on <= on,
        assignments.c.until_on >= on,
        or_(assignments.c.revoked_on.is_(None), assignments.c.revoked_on > on),
        exists().where(group_members.c.person_id == assignments.c.person_id, group_members.c.group_name == AUDITOR),
        exists().where(
            _auditors.c.id == assignments.c.person_id, or_(_auditors.c.left_on.is_(None), _auditors.c.left_on > on)
        ),
    )


def plays_a_part(person_id: str) -> Any:
    """A condition on ``cases``: those that are about a person, or on which they have or had a role.

    Their ids are looked up once: asked of every case by itself, it would be dear where nearly all are examined.
    """
    about = select(_around.c.id).where(_around.c.subject_id == person_id)
    played = select(participants.c.case_id).where(participants.c.person_id == person_id)
    return cases.c.id.in_(about.union_all(played))


def sees_by_own_part(person_id: str) -> Any:
    """A condition on ``cases``: those that are about a person, or on which they have a role now, and so see by that alone."""
    playing = exists().where(
        participants.c.case_id == cases.c.id, participants.c.person_id == person_id, participants.c.until_at.is_(None)
    )
    return or_(cases.c.subject_id == person_id, playing.correlate(cases))
