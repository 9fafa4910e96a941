"""Cohorts as their lists and pages show them: to each who looks, no more than the cases that they may see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, exists, func, select

from policies.civil_service import full_name
from workflow import cases as case_store
from workflow.authority.sight import seen_cases
from workflow.callers import Caller
from workflow.engine import cohorts as cohort_store
from workflow.engine.cohorts import Cohort, no_such_cohort
from workflow.engine.engine import Engine
from workflow.letters.leaving import awaited_by_case, beside
from workflow.queries import BadCursor
from workflow.tables import cases, cohort_cases, cohorts, people, tasks
from workflow.views.cases import PeriodLine, SubjectLine, WaitLine, period_of, subjects_of, waits_of
from workflow.views.outside import NO_LONGER_YOURS, Sight, is_only_host, sights_of, veil_of
from workflow.views.shown import FieldLine, field_lines
from workflow.views.standing import awaits_of


class CohortLine(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort in a list. ``cases``: how many of it the caller may see."""

    id: str
    process: str
    process_title: str
    title: str
    cases: int
    opened_at: datetime


class CohortList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cohorts, the newest first. ``next``: what to pass as ``after`` for the following page."""

    items: tuple[CohortLine, ...]
    next: str | None = None


class MemberLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case of a cohort, by its number: where it is, whom it waits for, and what it asks for apart from what is common.

    ``state_awaits``: the letter that must leave before its state begins; else empty.
    """

    case_id: str
    reference: str
    subject: SubjectLine
    state: str
    state_title: str
    final: bool
    version: int
    period: PeriodLine | None
    waits_for: tuple[WaitLine, ...]
    own: tuple[FieldLine, ...]
    state_awaits: str = ""


class CohortPage(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort with its cases in their order. ``outside``: shown with what a host may see only.

    ``form``: what was asked for alike when it was opened.
    """

    id: str
    process: str
    process_title: str
    title: str
    version: int
    opened_at: datetime
    form: tuple[FieldLine, ...]
    cases: tuple[MemberLine, ...]
    outside: bool = False


def cohort_list(
    conn: Connection, engine: Engine, caller: Caller, _at: datetime, *, after: str | None = None, limit: int = 50
) -> CohortList:
    """The cohorts with a case that the caller may see, newest first. Raises BadCursor."""
    if after and not _CURSOR.fullmatch(after):
        raise BadCursor(after)
    seen = _seen(engine, caller)
    query = (
        select(cohorts)
        # Ids sort by the instant of opening; "~" stands behind every one of them.
        .where(
            cohorts.c.id < (after or "~"),
            exists()
            .where(
                cohort_cases.c.cohort_id == cohorts.c.id,
                cohort_cases.c.left_at.is_(None),
                cases.c.id == cohort_cases.c.case_id,
                seen,
            )
            .correlate(cohorts),
        )
        .order_by(cohorts.c.id.desc())
        .limit(limit + 1)
    )
    caller.looked_at.append(None)
    rows = conn.execute(query).all()
    page = rows[:limit]
    visible = _visible(conn, engine, caller, page)
    items = (_line(conn, engine, caller, row, *visible[row.id]) for row in page)
    return CohortList(items=tuple(items), next=page[-1].id if len(rows) > limit else None)


_CURSOR = re.compile(r"[0-9a-z-]{1,36}")


def _seen(engine: Engine, caller: Caller) -> Any:
    return seen_cases(tuple(engine.registry.processes.values()), caller.person_id, caller.on, caller.only)


def _visible(conn: Connection, engine: Engine, caller: Caller, page: Sequence[Row[Any]]) -> dict[str, tuple[int, str]]:
    """How many cases of each cohort the caller may see, and one of them."""
    query = (
        select(cohort_cases.c.cohort_id, func.count().label("number"), func.min(cases.c.id).label("one"))
        .join_from(cohort_cases, cases, cases.c.id == cohort_cases.c.case_id)
        .where(
            cohort_cases.c.cohort_id.in_([row.id for row in page]),
            cohort_cases.c.left_at.is_(None),
            _seen(engine, caller),
        )
        .group_by(cohort_cases.c.cohort_id)
    )
    return {row.cohort_id: (row.number, row.one) for row in conn.execute(query)} if page else {}


def _line(conn: Connection, engine: Engine, caller: Caller, row: Row[Any], number: int, one: str) -> CohortLine:
    process = engine.registry.process(row.process)
    outside = caller.is_contact or is_only_host(conn, process, case_store.load(conn, one), caller)
    return CohortLine(
        id=row.id,
        process=process.name,
        process_title=process.title,
        title=process.title if outside else row.title,
        cases=number,
        opened_at=row.opened_at,
    )


def cohort_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, cohort_id: str) -> CohortPage:
    """A cohort as the caller may see it. Raises NotFound."""
    cohort, sights = cohort_seen(conn, engine, caller, cohort_id)
    process = engine.registry.process(cohort.process)
    outside = all(sight.outside for sight in sights)
    subjects = subjects_of(conn, sights)
    waits = waits_of(conn, sights, lambda sight: veil_of(conn, engine.office, sight, at))
    awaits = awaits_of(conn, caller, {sight.case.id: (process, sight.case.state) for sight in sights})
    opened_at = conn.execute(select(cohorts.c.opened_at).where(cohorts.c.id == cohort_id)).scalar_one()
    shared = sights[0].own_fields if outside else None
    here = any(sight.current for sight in sights)
    return CohortPage(
        id=cohort.id,
        process=process.name,
        process_title=process.title,
        title=process.title if outside else cohort.title,
        version=cohort.version,
        opened_at=opened_at,
        form=field_lines(conn, process.form, cohort.form, shared) if here else (),
        cases=tuple(
            _member(
                conn,
                cohort,
                sight,
                subjects[sight.case.id],
                waits.get(sight.case.id, ()),
                awaits.get(sight.case.id, ""),
            )
            for sight in sights
        ),
        outside=outside,
    )


def cohort_seen(conn: Connection, engine: Engine, caller: Caller, cohort_id: str) -> tuple[Cohort, list[Sight]]:
    """A cohort, and how the caller sees those of its cases that they may know of. Raises NotFound where that is none."""
    cohort = cohort_store.load(conn, cohort_id)
    sights = sights_of(conn, engine.registry.process(cohort.process), cohort.cases, caller)
    if not sights:
        raise no_such_cohort(cohort_id)
    return cohort, sights


def cohort_rows(conn: Connection, engine: Engine, cohort: Cohort) -> list[tuple[str, ...]]:
    """All cases of a cohort for whoever runs the system: number, NIP, name, state, who is waited for."""
    process = engine.registry.process(cohort.process)
    ids = [case.id for case in cohort.cases]
    subjects = {
        row.id: row
        for row in conn.execute(select(people).where(people.c.id.in_({case.subject_id for case in cohort.cases})))
    }
    waited: dict[str, list[str]] = {}
    assigned = (
        select(tasks.c.case_id, people.c.name)
        .join_from(tasks, people, people.c.id == tasks.c.assignee_id)
        .where(tasks.c.case_id.in_(ids))
        .order_by(tasks.c.due_on, tasks.c.id)
    )
    for row in conn.execute(assigned):
        waited.setdefault(row.case_id, []).append(row.name)
    awaits = awaited_by_case(conn, {case.id: (process, case.state) for case in cohort.cases})
    rows: list[tuple[str, ...]] = []
    for case in cohort.cases:
        person = subjects[case.subject_id]
        name = full_name(person.front_title, person.name, person.back_title)
        waits = ", ".join(dict.fromkeys(waited.get(case.id, ()))) or "-"
        state = beside(process.state[case.state].title, awaits.get(case.id, ""))
        rows.append((case.reference, person.nip or "", name, state, waits))
    return rows


def _member(
    conn: Connection, cohort: Cohort, sight: Sight, subject: SubjectLine, waits: tuple[WaitLine, ...], awaits: str
) -> MemberLine:
    case, process = sight.case, sight.process
    state = process.state[case.state]
    own = [name for name, value in case.form.items() if value != cohort.form.get(name)]
    shown = [name for name in own if not sight.outside or name in sight.own_fields] if sight.current else []
    return MemberLine(
        case_id=case.id,
        reference=case.reference,
        subject=subject,
        state_awaits=awaits,
        state=case.state if sight.current else "",
        state_title=state.title if sight.current else NO_LONGER_YOURS,
        final=state.final,
        version=case.version,
        period=period_of(process, case) if sight.current else None,
        waits_for=waits,
        own=field_lines(conn, process.form, case.form, shown),
    )
