"""Ordering a bulk act and cancelling what is left of it. Nothing is done here: the lines are written, and run elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from workflow import cases as case_store
from workflow.authority.sight import seen_cases
from workflow.bulk import rows
from workflow.bulk.choosing import MOST, Waiting, Wanted, chosen, of_cases, why_not_all
from workflow.bulk.pages import BulkProgress, progress
from workflow.bulk.rows import CANCELLED, WAITING
from workflow.callers import Caller
from workflow.cases import Case
from workflow.engine import idempotency
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.engine.steps import Step, check_version, check_visible, look_at
from workflow.errors import FieldError, InvalidForm, NotNow, Problem, no_such_case
from workflow.facts import Situation
from workflow.ids import new_id
from workflow.references import read_reference
from workflow.tables import bulk_acts, bulk_lines, cohort_cases
from workflow.tables import cases as cases_table
from workflow.views.actions import as_told
from workflow.workers.calling import call_for_bulk


def order(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    step: Step,
    versions: Mapping[str, int],
    key: str | None,
) -> BulkProgress:
    """Order a step for many cases. ``versions``: those that were seen, by the case's id or number, in the order to be kept.

    Raises NotFound for a case that is not the caller's to know of, NotNow where the step is not open for all that still are
    as they were seen, InvalidForm where the form is wrong for any; where nothing awaits them, what a single step would.
    A case that does not await them goes in as well: it is told in its turn, and as it would be alone.
    """
    request = ["bulk", step.trigger, step.form, step.acknowledge, list(versions.items())]
    known = _ordered_before(conn, caller, key, request)
    if known is not None:
        return known
    several = seen_of(conn, engine, caller, versions)
    seen = _by_id(several, versions)
    going = _going(several, of_cases(conn, engine, caller, list(several)), seen)
    if any(step.trigger in each.arrows for each in going):
        _check_open(going, step)
        _check_form(conn, engine, caller, at, going, step)
    else:
        _check_first(conn, engine, caller, at, several, seen, step)
    act = rows.BulkAct(
        id=new_id(at),
        person_id=caller.person_id,
        key_id=caller.key_id,
        session_id=caller.session_id,
        trigger=step.trigger,
        title=_title(engine, several, step.trigger),
        form=dict(step.form),
        acknowledge=step.acknowledge,
        opened_at=at,
        cancelled_at=None,
        ended_at=None,
    )
    _store(conn, act, several, seen, _together(conn, going, step.trigger))
    idempotency.keep(conn, caller.actor, key, request, msgspec.json.encode(act.id), at)
    return progress(conn, act)


def order_wanted(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, step: Step, wanted: Wanted, key: str | None
) -> BulkProgress:
    """Order a step for all tasks that are wanted, as they are now. The same again under one key is the act that there is.

    Raises as ``order`` and ``chosen`` do.
    """
    request = [
        "bulk wanted",
        step.trigger,
        step.form,
        step.acknowledge,
        list(wanted.named),
        wanted.process,
        wanted.state,
    ]
    known = _ordered_before(conn, caller, key, request)
    if known is not None:
        return known
    waiting, _ = chosen(conn, engine, caller, wanted)
    versions = {case_id: each.row.version for case_id, each in list(waiting.items())[:MOST]}
    act = order(conn, engine, caller, at, step, versions, None)
    idempotency.keep(conn, caller.actor, key, request, msgspec.json.encode(act.id), at)
    return act


def _ordered_before(conn: Connection, caller: Caller, key: str | None, request: list[Any]) -> BulkProgress | None:
    known = idempotency.seen(conn, caller.actor, key, request)
    if known is None:
        return None
    bulk_id = msgspec.json.decode(known, type=str)
    return msgspec.structs.replace(progress(conn, rows.load(conn, bulk_id)), repeated=True)


def cancel(conn: Connection, _: Engine, caller: Caller, at: datetime, bulk_id: str) -> BulkProgress:
    """Do no more of an act; what has been done stays. Raises NotFound for one of somebody else, NotNow where nothing is left."""
    act = rows.load(conn, bulk_id, lock=True)
    if act.person_id != caller.person_id:
        raise rows.no_such_act(bulk_id)
    if act.cancelled_at is None:
        if act.ended_at is not None:
            raise NotNow("Tindakan massal ini sudah selesai; tidak ada yang dapat dibatalkan.")
        conn.execute(update(bulk_acts).where(bulk_acts.c.id == act.id).values(cancelled_at=at))
        rows.settle_rest(conn, act.id, CANCELLED, None, at)
    return progress(conn, rows.load(conn, bulk_id))


def seen_of(conn: Connection, engine: Engine, caller: Caller, versions: Mapping[str, int]) -> dict[str, Case]:
    """The cases that are named, in their order. Raises InvalidForm for too many or one twice, NotFound for one not theirs."""
    several: dict[str, Case] = {}
    for case in seen_by_name(conn, engine, caller, versions).values():
        if case.id in several:
            raise _wrong(f"Berkas {case.reference} disebut dua kali. Sebutkan sekali saja.")
        several[case.id] = case
        caller.looked_at.append(case.id)
    return several


def seen_by_name(conn: Connection, engine: Engine, caller: Caller, named: Iterable[str]) -> dict[str, Case]:
    """Cases by the name under which each is called, its id or number. Raises InvalidForm for too many, NotFound."""
    numbers = {name: read_reference(name) for name in named}
    if not 1 <= len(numbers) <= MOST:
        raise _wrong(f"Sebutkan 1 sampai {MOST} berkas.")
    query = select(cases_table).where(
        cases_table.c.id.in_(list(numbers)) | cases_table.c.reference.in_([n for n in numbers.values() if n]),
        seen_cases(tuple(engine.registry.processes.values()), caller.person_id, caller.on, caller.only),
    )
    found = {row.id: case_store.from_row(row) for row in conn.execute(query)}
    by_number = {case.reference: case for case in found.values()}
    several: dict[str, Case] = {}
    for name, number in numbers.items():
        case = found.get(name) or by_number.get(number or "")
        if case is None:
            raise _not_theirs(conn, engine, caller, name)
        several[name] = case
    return several


def _by_id(several: Mapping[str, Case], versions: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(several, versions.values(), strict=True))


def _going(several: Mapping[str, Case], waiting: Mapping[str, Waiting], versions: Mapping[str, int]) -> list[Waiting]:
    """Those that still are as they were seen and await the caller."""
    return [waiting[i] for i, case in several.items() if i in waiting and versions[i] == case.version]


def _check_open(going: Sequence[Waiting], step: Step) -> None:
    """The step must be open for all of them. Raises NotNow."""
    why_not = why_not_all(going, step.trigger)
    if why_not:
        raise NotNow(f"{why_not} Pilihlah tindakan yang terbuka bagi semuanya.")


def _check_form(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, going: Sequence[Waiting], step: Step
) -> None:
    """What is wrong with a form that is the same for all is told at once. Raises InvalidForm."""
    first = going[0]
    if first.arrows[step.trigger].takes is first.process.form:
        return  # each case has filled in a part of it already
    judgement = engine.preview(
        conn, first.row.case_id, step.trigger, caller.actor, step.form, at, acknowledge=step.acknowledge
    )
    for obstacle in judgement.obstacles:
        if isinstance(obstacle, InvalidForm):
            raise obstacle


def _check_first(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    several: Mapping[str, Case],
    versions: Mapping[str, int],
    step: Step,
) -> None:
    """Where the step is open to the caller for none, they are told at once what the first would tell them. Raises Problem."""
    case = next(iter(several.values()))
    process = engine.registry.process(case.process)
    situation = Situation(conn, engine.office, process, case, case.form, at)
    try:
        by_law_in_force(check_version)(situation, step.trigger, caller.actor, versions[case.id])
        judgement = by_law_in_force(look_at)(situation, step, caller.actor, binding=False)
        for obstacle in judgement.obstacles:
            raise obstacle
    except Problem as problem:
        raise as_told(conn, engine, caller, case.id, step, problem) from None


def _title(engine: Engine, several: Mapping[str, Case], trigger: str) -> str:
    """What people call the step; its code where no process has it."""
    processes = (engine.registry.process(case.process) for case in several.values())
    return next(
        (arrow.title for process in processes for arrow in process.transitions if arrow.trigger == trigger), trigger
    )


def _not_theirs(conn: Connection, engine: Engine, caller: Caller, name: str) -> Problem:
    """What a single step would say of a case that the caller does not see."""
    try:
        case = case_store.load(conn, case_store.id_of(conn, name))
        check_visible(conn, engine.registry.process(case.process), [case], caller.actor, caller.on)
    except Problem as problem:
        return problem
    return no_such_case(name)


def _together(conn: Connection, going: Sequence[Waiting], trigger: str) -> dict[str, str]:
    """The cohort with which each case goes: where the step issues a shared letter, the one of which most were chosen."""
    sharing = [each.row.case_id for each in going if any(letter.shared for letter in each.arrows[trigger].issues)]
    query = (
        select(cohort_cases.c.cohort_id, cohort_cases.c.case_id)
        .where(cohort_cases.c.case_id.in_(sharing), cohort_cases.c.left_at.is_(None))
        .order_by(cohort_cases.c.cohort_id)
    )
    places = conn.execute(query).all()
    number = Counter(place.cohort_id for place in places)
    found: dict[str, str] = {}
    for cohort, _ in number.most_common():
        members = [p.case_id for p in places if p.cohort_id == cohort and p.case_id not in found]
        if len(members) > 1:
            found |= dict.fromkeys(members, cohort)
    return found


def _store(
    conn: Connection,
    act: rows.BulkAct,
    several: Mapping[str, Case],
    versions: Mapping[str, int],
    together: Mapping[str, str],
) -> None:
    values = {name: getattr(act, name) for name in rows.BulkAct.__dataclass_fields__}
    texts = {name: msgspec.json.encode(values[name]).decode() for name in ("form", "acknowledge")}
    conn.execute(insert(bulk_acts).values(**{**values, **texts}))
    call_for_bulk(conn)
    lines = [
        {
            "bulk_id": act.id,
            "position": position,
            "case_id": case_id,
            "version": versions[case_id],
            "cohort_id": together.get(case_id),
            "outcome": WAITING,
            "decided_at": None,
            "verdict": None,
        }
        for position, case_id in enumerate(several, start=1)
    ]
    conn.execute(insert(bulk_lines), lines)


def _wrong(says: str) -> InvalidForm:
    return InvalidForm(says, fields=(FieldError("cases", "Berkas", says),))
