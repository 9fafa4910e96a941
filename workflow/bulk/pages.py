"""How far a bulk act is, and what came of each line: for whoever ordered it, and for auditors as far as they may see its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, or_, select

from policies.civil_service import full_name
from workflow import cases as case_store
from workflow.authority.sight import by_assignment
from workflow.bulk import rows
from workflow.bulk.rows import CANCELLED, DONE, REFUSED, WAITING, BulkAct, Verdict
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.references import reference_of
from workflow.tables import bulk_acts, bulk_lines, cases, events, people
from workflow.views.actions import FaultLine
from workflow.views.cases import subjects_of
from workflow.views.outside import Sight, sights_of
from workflow.views.shown import ReasonLine

OUTCOMES = {WAITING: "Menunggu giliran", DONE: "Dilakukan", REFUSED: "Ditolak", CANCELLED: "Dibatalkan"}

#: Refusals that tell nothing of the case itself.
_TELLS_NOTHING = ("not-yours", "not-found")

#: What is said of a line whose case is not for the one who looks any more.
NOT_YOURS_NOW = "Berkas ini tidak lagi untuk Anda lihat."


class BulkProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an act is; ``left``: lines that wait for their turn. ``repeated``: it was ordered before under the same key."""

    id: str
    trigger: str
    title: str
    ordered_by: str
    opened_at: datetime
    ended_at: datetime | None
    cancelled_at: datetime | None
    total: int
    done: int
    refused: int
    cancelled: int
    left: int
    repeated: bool = False


class BulkLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case. ``problem``: the last part of the type of its problem document, empty where the step was taken.

    ``reasons``: what the rules answered, with citations. ``cohort_id``: it went or goes together with others of that cohort.
    """

    position: int
    case_id: str
    reference: str
    subject: str
    outcome: str
    outcome_title: str
    decided_at: datetime | None
    cohort_id: str
    state: str = ""
    state_title: str = ""
    version: int = 0
    events: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    problem: str = ""
    title: str = ""
    detail: str = ""
    reasons: tuple[ReasonLine, ...] = ()
    fields: tuple[FaultLine, ...] = ()
    acknowledge: tuple[str, ...] = ()


class BulkPage(msgspec.Struct, frozen=True, kw_only=True):
    """An act with a page of its lines. ``next``: what to pass as ``after`` for the following page."""

    progress: BulkProgress
    items: tuple[BulkLine, ...]
    next: int | None = None


class BulkList(msgspec.Struct, frozen=True, kw_only=True):
    """Acts, newest first."""

    items: tuple[BulkProgress, ...]
    next: str | None = None


def progress(conn: Connection, act: BulkAct) -> BulkProgress:
    """How far an act is."""
    return _progress(conn, [act])[0]


def bulk_list(
    conn: Connection, engine: Engine, caller: Caller, _at: datetime, *, after: str | None = None, limit: int = 50
) -> BulkList:
    """The caller's own acts; an auditor's too with those that moved a case which they may see."""
    query = (
        select(bulk_acts)
        .where(_visible(engine, caller), bulk_acts.c.id < (after or "~"))
        .order_by(bulk_acts.c.id.desc())
        .limit(limit + 1)
    )
    found = [rows.from_row(row) for row in conn.execute(query)]
    caller.looked_at.append(None)
    return BulkList(
        items=tuple(_progress(conn, found[:limit])), next=found[limit - 1].id if len(found) > limit else None
    )


def bulk_page(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    bulk_id: str,
    *,
    after: int = 0,
    limit: int = 100,
) -> BulkPage:
    """An act and what came of its lines. Raises NotFound, also for an act that is somebody else's."""
    row = conn.execute(select(bulk_acts).where(bulk_acts.c.id == bulk_id, _visible(engine, caller))).one_or_none()
    if row is None:
        raise rows.no_such_act(bulk_id)
    act = rows.from_row(row)
    query = (
        select(bulk_lines, cases.c.process)
        .join_from(bulk_lines, cases, cases.c.id == bulk_lines.c.case_id)
        .where(bulk_lines.c.bulk_id == act.id, bulk_lines.c.position > after)
        .order_by(bulk_lines.c.position)
        .limit(limit + 1)
    )
    if act.person_id != caller.person_id:
        query = query.where(by_assignment(_processes(engine), caller.person_id, caller.on))
    lines = conn.execute(query).all()
    page = lines[:limit]
    return BulkPage(
        progress=progress(conn, act),
        items=tuple(_lines(conn, engine, caller, act, page)),
        next=page[-1].position if len(lines) > limit else None,
    )


def _processes(engine: Engine) -> tuple[Any, ...]:
    return tuple(engine.registry.processes.values())


def _visible(engine: Engine, caller: Caller) -> ColumnElement[bool]:
    own = bulk_acts.c.person_id == caller.person_id
    if caller.assignment_id is None:
        return own
    audited = (
        select(bulk_lines.c.bulk_id)
        .join_from(bulk_lines, cases, cases.c.id == bulk_lines.c.case_id)
        .where(by_assignment(_processes(engine), caller.person_id, caller.on))
    )
    return or_(own, bulk_acts.c.id.in_(audited))


def _progress(conn: Connection, several: Sequence[BulkAct]) -> list[BulkProgress]:
    numbers = rows.counts(conn, [act.id for act in several])
    query = select(people.c.id, people.c.front_title, people.c.name, people.c.back_title)
    known = conn.execute(query.where(people.c.id.in_({act.person_id for act in several})))
    names = {row.id: full_name(row.front_title, row.name, row.back_title) for row in known}
    return [
        BulkProgress(
            id=act.id,
            trigger=act.trigger,
            title=act.title,
            ordered_by=names[act.person_id],
            opened_at=act.opened_at,
            ended_at=act.ended_at,
            cancelled_at=act.cancelled_at,
            total=sum(numbers[act.id].values()),
            done=numbers[act.id].get(DONE, 0),
            refused=numbers[act.id].get(REFUSED, 0),
            cancelled=numbers[act.id].get(CANCELLED, 0),
            left=numbers[act.id].get(WAITING, 0),
        )
        for act in several
    ]


# --- Lines -----------------------------------------------------------------------------------------------------------


def sights_by_case(conn: Connection, engine: Engine, caller: Caller, case_ids: Sequence[str]) -> dict[str, Sight]:
    """How the caller sees those of the cases that are still theirs to see."""
    query = select(cases).where(cases.c.id.in_(case_ids))
    found = [case_store.from_row(row) for row in conn.execute(query)]
    seen: dict[str, Sight] = {}
    for name in dict.fromkeys(case.process for case in found):
        process = engine.registry.process(name)
        several = [case for case in found if case.process == name]
        seen |= {sight.case.id: sight for sight in sights_of(conn, process, several, caller) if sight.current}
    return seen


def _lines(conn: Connection, engine: Engine, caller: Caller, act: BulkAct, page: Sequence[Row[Any]]) -> list[BulkLine]:
    sights = sights_by_case(conn, engine, caller, [row.case_id for row in page])
    names = subjects_of(conn, list(sights.values())) if sights else {}
    verdicts = {row.position: _verdict(row) for row in page}
    reasons: Mapping[str, tuple[ReasonLine, ...]] = {}
    if act.person_id == caller.person_id:  # whoever took the steps was shown why they could be
        inside = [case_id for case_id, sight in sights.items() if not sight.outside]
        reasons = _reasons(conn, inside, [event for each in verdicts.values() for event in each.events])
    return [_line(engine, row, verdicts[row.position], sights.get(row.case_id), names, reasons) for row in page]


def _line(
    engine: Engine,
    row: Row[Any],
    verdict: Verdict,
    sight: Sight | None,
    names: Mapping[str, Any],
    reasons: Mapping[str, tuple[ReasonLine, ...]],
) -> BulkLine:
    states = engine.registry.process(row.process).state
    line = BulkLine(
        position=row.position,
        case_id=row.case_id,
        reference=reference_of(row.case_id),
        subject="",
        outcome=row.outcome,
        outcome_title=OUTCOMES[row.outcome],
        decided_at=row.decided_at,
        cohort_id=row.cohort_id or "",
        problem=verdict.problem,
        title=verdict.title,
    )
    if sight is None:
        return msgspec.structs.replace(
            line, detail=verdict.detail if verdict.problem in _TELLS_NOTHING else NOT_YOURS_NOW
        )
    taken = (reason for event in verdict.events for reason in reasons.get(event, ()))
    return msgspec.structs.replace(
        line,
        subject=names[row.case_id].name,
        state=verdict.state,
        state_title=states[verdict.state].title if verdict.state in states else "",
        version=verdict.version,
        events=verdict.events,
        letters=verdict.letters,
        detail=verdict.detail,
        reasons=verdict.reasons or tuple(taken),
        fields=verdict.fields,
        acknowledge=verdict.acknowledge,
    )


def _verdict(row: Row[Any]) -> Verdict:
    return msgspec.json.decode(row.verdict, type=Verdict) if row.verdict else Verdict()


def _reasons(conn: Connection, case_ids: Sequence[str], event_ids: Sequence[str]) -> dict[str, tuple[ReasonLine, ...]]:
    """What the rules answered at each event, as it tells; nothing of one that has been erased."""
    query = select(events.c.id, events.c.payload).where(
        events.c.id.in_(event_ids), events.c.case_id.in_(case_ids), events.c.payload.is_not(None)
    )
    return {row.id: _told(msgspec.json.decode(row.payload)) for row in conn.execute(query)}


def _told(payload: Mapping[str, Any]) -> tuple[ReasonLine, ...]:
    return tuple(
        ReasonLine(**{**reason, "by": tuple(reason["by"]), "rule": decided["rule"]})
        for decided in payload.get("decisions", ())
        for reason in decided["reasons"]
    )
