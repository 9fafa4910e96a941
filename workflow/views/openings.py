"""What somebody may ask for: for themselves, for a colleague whose paperwork is theirs, and for what they may not, why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Row, or_, select, tuple_

from policies.civil_service import full_name
from policies.decision import Grade, Reason
from workflow.authority.mandate_queries import in_force
from workflow.callers import Caller
from workflow.cases import Case
from workflow.chain import NOTHING_BEFORE
from workflow.definition import Process, Role
from workflow.engine.engine import Engine
from workflow.engine.heirs import STAFF
from workflow.errors import NotFound
from workflow.facts import NeedsFields, Situation, gather
from workflow.forms.asking import Asking, asking_of
from workflow.tables import cases, group_members, mandates, people, positions, tasks
from workflow.views.shown import ReasonLine, reason_line

#: Drafts that are listed at most.
MOST_DRAFTS: Final = 20


class OpeningLine(msgspec.Struct, frozen=True, kw_only=True):
    """A process that somebody may open. ``says``: what it is for, in a sentence.

    ``for_oneself`` and ``for_others``: for whom; ``reasons``: what already stands against one's own, before anything is filled
    in, each with its law and the way out.
    """

    process: str
    title: str
    says: str
    basis: tuple[str, ...]
    for_oneself: bool
    for_others: bool
    reasons: tuple[ReasonLine, ...] = ()


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was begun and not sent, and waits for whoever writes it. ``due_on``: until when."""

    reference: str
    process_title: str
    subject: str
    opened_at: datetime
    due_on: date | None


class OpeningList(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may open, those for oneself first; ``drafts``: what they have begun, the latest first."""

    items: tuple[OpeningLine, ...]
    drafts: tuple[DraftLine, ...]


def opening_list(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> OpeningList:
    """What the caller may open. What is never theirs to open is left out."""
    row = conn.execute(STAFF, {"named": caller.person_id}).first()
    lines = [_line(conn, engine, caller, at, process, row) for process in engine.registry.processes.values()]
    found = [line for line in lines if line is not None]
    items = tuple(sorted(found, key=lambda line: (not line.for_oneself, line.title)))
    return OpeningList(items=items, drafts=tuple(_drafts(conn, engine, caller)))


def opening(conn: Connection, engine: Engine, caller: Caller, at: datetime, name: str) -> OpeningLine:
    """One process that the caller may open. Raises NotFound, also for what is never theirs to open."""
    process = engine.registry.process(name)
    row = conn.execute(STAFF, {"named": caller.person_id}).first()
    line = _line(conn, engine, caller, at, process, row)
    if line is None:
        raise NotFound(f"Tidak ada permohonan {process.title} yang dapat Anda ajukan.")
    return line


def _drafts(conn: Connection, engine: Engine, caller: Caller) -> Iterator[DraftLine]:
    begun = [(process.name, process.initial) for process in engine.registry.processes.values()]
    query = (
        select(cases, tasks.c.due_on, people.c.front_title, people.c.name, people.c.back_title)
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .join(people, people.c.id == cases.c.subject_id)
        .where(tasks.c.assignee_id == caller.person_id, tuple_(cases.c.process, cases.c.state).in_(begun))
        .order_by(cases.c.opened_at.desc())
        .limit(MOST_DRAFTS)
    )
    for row in conn.execute(query):
        yield DraftLine(
            reference=row.reference,
            process_title=engine.registry.process(row.process).title,
            subject=full_name(row.front_title, row.name, row.back_title),
            opened_at=row.opened_at,
            due_on=row.due_on,
        )


def _line(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, process: Process, row: Row[object] | None
) -> OpeningLine | None:
    asking = asking_of(process.name, process.form)
    own = process.subject in process.opened_by
    plays = may_open_for_others(conn, engine, caller, at, process)
    about_oneself = own or not asking.about_another
    for_oneself = row is not None and (own or (plays and about_oneself))
    for_others = plays and (own or asking.about_another)
    if not (for_oneself or for_others):
        return None
    return OpeningLine(
        process=process.name,
        title=process.title,
        says=asking.says,
        basis=process.basis,
        for_oneself=for_oneself,
        for_others=for_others,
        reasons=tuple(_against(conn, engine, at, process, asking, row)) if row is not None and own else (),
    )


def may_open_for_others(conn: Connection, engine: Engine, caller: Caller, at: datetime, process: Process) -> bool:
    """Whether there may be anybody for whom the caller opens a case of a process; for whom, opening it tells."""
    others = (process.role[name] for name in process.opened_by if name != process.subject)
    return any(_may_play(conn, engine, caller, at, role) for role in others)


def _may_play(conn: Connection, engine: Engine, caller: Caller, at: datetime, role: Role) -> bool:
    """Whether there may be anybody for whom the caller plays a role; for whom, opening it tells."""
    if role.group:
        query = select(group_members.c.person_id).where(
            group_members.c.person_id == caller.person_id, group_members.c.group_name == role.group
        )
        return conn.execute(query).first() is not None
    if role.of:
        lent = select(mandates.c.position_id).where(
            mandates.c.receiver_id == caller.person_id, in_force(engine.office.day(at))
        )
        theirs = select(positions.c.id).where(
            or_(positions.c.holder_id == caller.person_id, positions.c.id.in_(lent)),
            positions.c.id.in_(select(people.c.superior_position_id).where(people.c.left_on.is_(None))),
        )
        return conn.execute(theirs).first() is not None
    return False


def _against(
    conn: Connection, engine: Engine, at: datetime, process: Process, asking: Asking, person: Row[object]
) -> Iterator[ReasonLine]:
    """What stands against somebody's own request whatever they fill in, as if it were for today."""
    today = dict.fromkeys(process.period or (), engine.office.day(at).isoformat())
    situation = Situation(conn, engine.office, process, _not_opened(engine, process, at, person), today, at)
    rules = {rule.name: rule for arrow in process.from_state(process.initial) for rule in arrow.guards}
    for rule in rules.values():
        if rule.name.rpartition(".")[2] not in asking.asked_first:
            continue
        try:
            reasons: tuple[Reason, ...] = rule(gather(rule.facts, situation), situation.law).reasons
        except (NeedsFields, msgspec.ValidationError):
            continue
        yield from (reason_line(reason) for reason in reasons if reason.grade is Grade.REFUSED)


def _not_opened(engine: Engine, process: Process, at: datetime, person: Row[object]) -> Case:
    """A case as it would be opened, and never is."""
    return Case(
        id="",
        process=process.name,
        process_version=process.version,
        fingerprint=engine.registry.fingerprints[process.name],
        state=process.initial,
        version=0,
        form={},
        subject_id=person.id,
        unit_id=person.unit_id,
        memory={},
        opened_at=at,
        entered_on=engine.office.day(at),
        closed_at=None,
        head=NOTHING_BEFORE,
    )
