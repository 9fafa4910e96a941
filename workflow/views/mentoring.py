"""Mentoring as the two see it: one's pairs, the meetings of a pair, and logging one from a telephone whose line may break off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, or_, select

from policies.mentoring_conduct import LEAST_MEETINGS
from policies.parameters import NotInForce
from workflow import cases as case_store
from workflow.authority.sight import seen_cases
from workflow.callers import Caller
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine import idempotency
from workflow.engine.engine import Engine
from workflow.errors import NotYours, no_such_case
from workflow.forms import CHOICES
from workflow.hours.ledger import earned
from workflow.queries import TriggerLine, trigger_line
from workflow.tables import cases, entries, participants, tasks
from workflow.telling.status_words import ENTRY_STATUS
from workflow.views.actions import ActionDone, done_line
from workflow.views.outside import sight_of
from workflow.views.shown import PersonLine, people_by_id

PROCESS: Final = "mentoring"
LOG: Final = "log_session"
_MENTOR, _MENTEE, _MEETING, _OBJECTION = "mentor", "mentee", "session", "dispute"
#: A meeting that was corrected stands under its new number.
_REPLACED: Final = "corrected"
_MOST: Final = 200


class MeetingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting as it was logged. ``open``: the mentee has yet to confirm it; ``objection``: what the mentee says is wrong."""

    number: int
    status: str
    status_title: str
    open: bool
    starts_at: datetime
    ends_at: datetime
    medium: str
    medium_title: str
    place: str
    topic: str
    result: str
    action: str = ""
    action_on: date | None = None
    objection: str = ""


class OwnPair(msgspec.Struct, frozen=True, kw_only=True):
    """A mentoring of the caller's, and the other of the two. ``role``: mentor or mentee, which the caller is.

    ``held``: meetings that were confirmed, of at least ``least``; ``open`` ones the mentee has yet to answer, ``disputed`` ones
    the mentor. ``hours``: the caller's JP from it so far. ``steps``: what awaits the caller, until ``due_on``.
    """

    case_id: str
    reference: str
    version: int
    role: str
    role_title: str
    partner: PersonLine
    competency: str
    goal: str
    plan: str
    state: str
    state_title: str
    final: bool
    starts_on: date | None
    ends_on: date | None
    held: int
    least: int
    open: int
    disputed: int
    hours: int
    logs: bool
    steps: tuple[TriggerLine, ...] = ()
    due_on: date | None = None


class PairList(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's pairs: those under way first, then the newest."""

    items: tuple[OwnPair, ...]


class PairPage(msgspec.Struct, frozen=True, kw_only=True):
    """A pair with its meetings, the latest first."""

    pair: OwnPair
    meetings: tuple[MeetingLine, ...]


def pair_list(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> PairList:
    """The pairs in which the caller is mentor or mentee."""
    found = cases_of(conn, engine, caller.person_id, engine.office.day(at))
    lines = [_pair(conn, engine, caller, case) for case in found]
    return PairList(items=tuple(sorted(lines, key=lambda line: line.final)))


def pair_page(conn: Connection, engine: Engine, caller: Caller, _at: datetime, case_id: str) -> PairPage:
    """One of them. Raises NotFound, and NotYours for whoever may see the case and is neither mentor nor mentee."""
    case = _own(conn, engine, caller, case_id)
    return PairPage(pair=_pair(conn, engine, caller, case), meetings=tuple(meetings(conn, case.id)))


def log_meeting(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, form: Mapping[str, Any], key: str
) -> ActionDone:
    """Log a meeting: the process's own step, taken once for a key. Raises Problem.

    A form may have waited for a line while the mentee answered another meeting: what was seen of the case changes nothing
    about this one, so the step is taken on the case as it is now.
    """
    case, actor = _own(conn, engine, caller, case_id), caller.actor
    request = [LOG, case.id, form]
    before = idempotency.seen(conn, actor, key, request)
    if before is not None:
        return replace(msgspec.json.decode(before, type=ActionDone), repeated=True)
    now = case_store.load(conn, case.id, lock=True)
    outcome = engine.fire(conn, case.id, LOG, actor, form, at, version=now.version)
    done = done_line(conn, engine, caller, outcome)
    idempotency.keep(conn, actor, key, request, msgspec.json.encode(done), at)
    return done


def cases_of(conn: Connection, engine: Engine, person_id: str, on: date) -> list[Case]:
    """The cases in which somebody is mentor or mentee, newest first."""
    process = engine.registry.processes.get(PROCESS)
    if process is None:
        return []
    mine = select(participants.c.case_id).where(
        # A replacement took part as such, and is the mentor since.
        participants.c.person_id == person_id,
        participants.c.role.in_((_MENTOR, "new_mentor", _MENTEE)),
    )
    query = (
        select(cases)
        .where(
            cases.c.process == PROCESS,
            or_(cases.c.subject_id == person_id, cases.c.id.in_(mine)),
            seen_cases((process,), person_id, on),
        )
        .order_by(cases.c.id.desc())
        .limit(_MOST)
    )
    found = (case_store.from_row(row) for row in conn.execute(query))
    return [case for case in found if _role(case, person_id)]


def meetings(conn: Connection, case_id: str) -> Iterable[MeetingLine]:
    """The meetings of a case as they stand, the latest first."""
    query = select(entries).where(
        entries.c.case_id == case_id, entries.c.kind == _MEETING, entries.c.status != _REPLACED
    )
    lines, objections = [], _objections(conn, case_id)
    for row in conn.execute(query):
        data = msgspec.json.decode(row.data)
        lines.append(
            MeetingLine(
                number=row.number,
                status=row.status,
                status_title=ENTRY_STATUS.get(row.status, row.status),
                open=row.status in ("written", "disputed"),
                starts_at=datetime.fromisoformat(data["starts_at"]),
                ends_at=datetime.fromisoformat(data["ends_at"]),
                medium=data["medium"],
                medium_title=CHOICES.get(data["medium"], data["medium"]),
                place=data.get("place", ""),
                topic=data.get("topic", ""),
                result=data.get("result", ""),
                action=data.get("action") or "",
                action_on=msgspec.convert(data.get("action_on"), date | None, strict=False),
                objection=objections.get(row.number, "") if row.status == "disputed" else "",
            )
        )
    return sorted(lines, key=lambda line: (line.starts_at, line.number), reverse=True)


def _objections(conn: Connection, case_id: str) -> dict[int, str]:
    """What was said last against each meeting that was ever disputed, by its number."""
    said = (
        select(entries.c.data)
        .where(entries.c.case_id == case_id, entries.c.kind == _OBJECTION)
        .order_by(entries.c.number)
    )
    told = [msgspec.json.decode(data) for data in conn.execute(said).scalars()]
    return {int(number): data.get("reason", "") for data in told for number in data.get("numbers", ())}


def _own(conn: Connection, engine: Engine, caller: Caller, case_id: str) -> Case:
    case = case_store.load(conn, case_id)
    sight_of(conn, engine.registry.process(case.process), case, caller)
    if case.process != PROCESS:
        raise no_such_case(case_id)
    if not _role(case, caller.person_id):
        raise NotYours("Halaman mentoring hanya untuk mentor dan mentee-nya; yang lain membacanya pada halaman berkas.")
    return case


def _role(case: Case, person_id: str) -> str:
    if case.subject_id == person_id:
        return _MENTEE
    return _MENTOR if case.form.get("mentor") == person_id else ""


def _pair(conn: Connection, engine: Engine, caller: Caller, case: Case) -> OwnPair:
    process, form, role = engine.registry.process(PROCESS), case.form, _role(case, caller.person_id)
    other = case.subject_id if role == _MENTOR else str(form.get("mentor") or "")
    by_status = Counter(
        conn.execute(select(entries.c.status).where(entries.c.case_id == case.id, entries.c.kind == _MEETING)).scalars()
    )
    steps, due_on = _awaited(conn, process, case, caller.person_id)
    state = process.state[case.state]
    return OwnPair(
        case_id=case.id,
        reference=case.reference,
        version=case.version,
        role=role,
        role_title=process.role[role].title,
        partner=people_by_id(conn, [other]).get(other, PersonLine(id="", name="(belum ditunjuk)")),
        competency=str(form.get("competency") or ""),
        goal=str(form.get("goal") or ""),
        plan=str(form.get("plan") or ""),
        state=case.state,
        state_title=state.title,
        final=state.final,
        starts_on=msgspec.convert(form.get("starts_on") or None, date | None, strict=False),
        ends_on=msgspec.convert(form.get("ends_on") or None, date | None, strict=False),
        held=by_status["confirmed"],
        least=_least(engine, case),
        open=by_status["written"],
        disputed=by_status["disputed"],
        hours=earned(conn, caller.person_id, case_id=case.id),
        logs=role == _MENTOR and process.arrow(case.state, LOG, _MENTOR) is not None,
        steps=steps,
        due_on=due_on,
    )


def _least(engine: Engine, case: Case) -> int:
    """Meetings that it needs, by the law of the day on which it was opened; none where there is no such law."""
    try:
        return engine.office.policies.on(engine.office.day(case.opened_at))[LEAST_MEETINGS].value
    except NotInForce:
        return 0


def _awaited(
    conn: Connection, process: Process, case: Case, person_id: str
) -> tuple[tuple[TriggerLine, ...], date | None]:
    query = (
        select(tasks.c.role, tasks.c.triggers, tasks.c.due_on)
        .where(tasks.c.case_id == case.id, tasks.c.assignee_id == person_id, tasks.c.letter_id.is_(None))
        .order_by(tasks.c.due_on)
    )
    rows = conn.execute(query).all()
    steps = (trigger_line(process, case.state, trigger, row.role) for row in rows for trigger in row.triggers.split())
    return tuple(dict.fromkeys(steps)), rows[0].due_on if rows else None
