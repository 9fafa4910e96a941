"""A case as its page shows it: where it is, who it waits for and until when, what was filled in, written, issued and owed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Row, select

from policies.calendar import Count
from policies.civil_service import full_name
from workflow import cases as case_store
from workflow import effects
from workflow.callers import Caller
from workflow.cases import Case
from workflow.definition import Process, State
from workflow.engine import timing
from workflow.engine.engine import Engine
from workflow.engine.hidden_entries import OPEN, Veil, writers_of
from workflow.filling import dropped_blanks
from workflow.letters.leaving import is_awaited
from workflow.letters.routing import ROLE_TITLES
from workflow.letters.sources import grouped
from workflow.queries import TriggerLine, trigger_line
from workflow.tables import entries, people, tasks, units
from workflow.telling.status_words import ENTRY_STATUS
from workflow.views.kin import CohortOfCase, KinLine, cohorts_of, predecessor, successor
from workflow.views.letters import LetterLine, letters_of
from workflow.views.outside import NO_LONGER_YOURS, Sight, outside_roles, partner_people, sight_now_or_then, veil_of
from workflow.views.past import EntryThen
from workflow.views.shown import FieldLine, PersonLine, field_lines, people_by_id
from workflow.views.standing import awaits_of
from workflow.views.way import AheadLine, WayLine, ahead_of, way_of


class SubjectLine(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a case is about. ``nip`` is grouped for reading, and null to those outside."""

    id: str
    name: str
    nip: str | None
    post: str
    unit: str


class PeriodLine(msgspec.Struct, frozen=True, kw_only=True):
    """First and last day, both included. ``ended_on``: where it ended earlier."""

    starts_on: date
    ends_on: date
    ended_on: date | None = None


class ReceiptDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the count: counted as working day ``number``, or skipped, and why."""

    day: date
    counted: bool
    number: int | None
    why: str
    by: str


class DeadlineLine(msgspec.Struct, frozen=True, kw_only=True):
    """Until when the present state should be left. ``provisional``: a year's holidays are not decreed yet."""

    due_on: date
    overdue: bool
    says: str
    provisional: bool
    days: tuple[ReceiptDay, ...] = ()


class WaitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person waited for, in which role, and what they may do.

    ``person``: null for all who play the role together, where who of them has acted is for others to know than the caller.
    """

    role: str
    role_title: str
    person: PersonLine | None
    actions: tuple[TriggerLine, ...]
    due_on: date
    escalated: bool
    letter_id: str | None = None


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A dated record within the case. ``written_by``: the role alone, where who wrote it is for a few.

    ``instead_of``: the number of the one that it was written in the place of. ``hidden``: what it says is not for the caller yet.
    """

    kind: str
    title: str
    number: int
    status: str
    status_title: str
    on_date: date
    fields: tuple[FieldLine, ...]
    written_by: str
    written_at: datetime
    marked_by: str = ""
    marked_at: datetime | None = None
    instead_of: int | None = None
    hidden: bool = False


class OwedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the case owes the world and how far it is: ``done``, ``waiting`` or ``parked`` with its error."""

    kind: str
    #: What or whom it is about; empty where that is not for the caller to know.
    subject_id: str
    state: str
    label: str
    attempts: int
    error: str | None = None


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A case. ``reference``: its number, as people say it. ``outside``: shown with what a host may see only.

    ``state_awaits``: beside the state's title, the letter that must leave before the state begins; else empty.
    ``called``: its own title, else whom it is about.
    ``ahead``: the usual way from here to the end; empty where the process does not tell of one.
    """

    id: str
    reference: str
    process: str
    process_title: str
    process_version: int
    state: str
    state_title: str
    final: bool
    version: int
    opened_at: datetime
    closed_at: datetime | None
    subject: SubjectLine
    period: PeriodLine | None
    deadline: DeadlineLine | None
    waits_for: tuple[WaitLine, ...]
    way: tuple[WayLine, ...]
    form: tuple[FieldLine, ...]
    entries: tuple[EntryLine, ...]
    letters: tuple[LetterLine, ...]
    owed: tuple[OwedLine, ...]
    state_awaits: str = ""
    cohorts: tuple[CohortOfCase, ...] = ()
    predecessor: KinLine | None = None
    successor: KinLine | None = None
    outside: bool = False
    ahead: tuple[AheadLine, ...] = ()
    called: str = ""


def case_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> CasePage:
    """A case as the caller may see it. Raises NotFound."""
    stored = case_store.load(conn, case_id)
    process = engine.registry.process(stored.process)
    sight = sight_now_or_then(conn, process, stored, caller)
    case = sight.case
    veil = veil_of(conn, engine.office, sight, at)
    letters, waits = letters_of(conn, sight, veil), waits_of(conn, [sight], lambda _: veil).get(case.id, ())
    told = sight.events(conn)
    state = process.state[case.state]
    shown_state = state.title if sight.current else NO_LONGER_YOURS
    subject = subjects_of(conn, [sight])[case.id]
    begun = not is_awaited(conn, process, case)  # no time runs before the letter has left that is answered here
    return CasePage(
        id=case.id,
        reference=case.reference,
        process=process.name,
        process_title=process.title,
        process_version=case.process_version,
        state=case.state if sight.current else "",
        state_title=shown_state,
        state_awaits="" if sight.past else awaits_of(conn, caller, {case.id: (process, case.state)}).get(case.id, ""),
        final=state.final,
        version=case.version,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        subject=subject,
        called=case_store.called(case.form, subject.name) if sight.current and not sight.outside else subject.name,
        period=period_of(process, case) if sight.current else None,
        deadline=_deadline(engine, process, case, at) if begun and _is_due(state, sight, waits) else None,
        waits_for=waits,
        way=() if sight.outside else way_of(process, case, told),
        form=field_lines(conn, process.form, case.form, sight.own_fields if sight.outside else None)
        if sight.current
        else (),
        entries=_entries(conn, sight, veil),
        letters=letters,
        owed=() if sight.outside or sight.past else _owed(conn, case.id, [letter.id for letter in letters], veil),
        cohorts=cohorts_of(conn, sight),
        predecessor=predecessor(conn, sight),
        successor=successor(conn, sight, told),
        outside=sight.outside,
        ahead=() if sight.outside or sight.past else ahead_of(process, case.state),
    )


def _owed(conn: Connection, case_id: str, letter_ids: list[str], veil: Veil) -> tuple[OwedLine, ...]:
    """What a case owes. To whom it writes tells who has yet to act, and is for those who may know that."""
    lines = (OwedLine(**line) for line in effects.owed_by(conn, case_id, letter_ids))
    told = veil.closed == frozenset()
    return tuple(line if told or line.kind != effects.MESSAGE else replace(line, subject_id="") for line in lines)


def subjects_of(conn: Connection, sights: Sequence[Sight]) -> dict[str, SubjectLine]:
    """Whom cases are about, by the case's id."""
    query = (
        select(people, units.c.name.label("unit"))
        .join_from(people, units, units.c.id == people.c.unit_id, isouter=True)
        .where(people.c.id.in_({sight.case.subject_id for sight in sights}))
    )
    found = {row.id: row for row in conn.execute(query)}
    return {sight.case.id: _subject(found[sight.case.subject_id], sight) for sight in sights}


def _subject(row: Row[Any], sight: Sight) -> SubjectLine:
    return SubjectLine(
        id=row.id,
        name=full_name(row.front_title, row.name, row.back_title),
        nip=None if sight.outside else grouped(row.nip),
        post=row.post or "",
        unit=row.unit or "",
    )


def period_of(process: Process, case: Case) -> PeriodLine | None:
    """When a case begins and ends, as far as that is filled in."""
    if process.period is None or not all(case.form.get(name) for name in process.period):
        return None
    first, last = (date.fromisoformat(case.form[name]) for name in process.period)
    ended = case.memory.get("ended_on")
    return PeriodLine(starts_on=first, ends_on=last, ended_on=date.fromisoformat(ended) if ended else None)


def _is_due(state: State, sight: Sight, waits: tuple[WaitLine, ...]) -> bool:
    """Whether a deadline runs that concerns the one who looks: from outside, only their own."""
    return not state.final and sight.past is None and (bool(waits) or not sight.outside)


def _deadline(engine: Engine, process: Process, case: Case, at: datetime) -> DeadlineLine:
    office = engine.office
    days = timing.time_for(office, process, case, case.entered_on)
    if days is None:
        due = timing.due_day(office, process, case)
        return DeadlineLine(
            due_on=due, overdue=due < office.day(at), says="Menurut tanggal pada permohonan.", provisional=False
        )
    count: Count = office.count(timing.runs_since(case), days, case.unit_id)
    return DeadlineLine(
        due_on=count.due,
        overdue=count.due < office.day(at),
        says=count.says,
        provisional=count.provisional,
        days=tuple(
            ReceiptDay(day=d.day, counted=d.counted, number=d.number, why=d.why, by=d.by) for d in count.receipt
        ),
    )


def waits_of(
    conn: Connection, sights: Sequence[Sight], veil_for: Callable[[Sight], Veil]
) -> dict[str, tuple[WaitLine, ...]]:
    """Who is waited for, by the case's id; from outside, only oneself; nobody where one looks back.

    For a step that writes what is for a few others, the role alone.
    """
    by_case = {sight.case.id: sight for sight in sights if sight.past is None}
    query = select(tasks).where(tasks.c.case_id.in_(by_case)).order_by(tasks.c.due_on, tasks.c.id)
    rows = [
        row
        for row in conn.execute(query)
        if not (sight := by_case[row.case_id]).outside or row.assignee_id == sight.caller.person_id
    ]
    known = people_by_id(conn, [row.assignee_id for row in rows])
    veils = {
        case_id: veil_for(sight)
        for case_id, sight in by_case.items()
        if any(entry.read_by for entry in sight.process.entries.values())
    }
    found: dict[str, list[WaitLine]] = {}
    for row in rows:
        sight, lines = by_case[row.case_id], found.setdefault(row.case_id, [])
        closed = _closed_steps(sight, veils.get(row.case_id, OPEN), row)
        if not closed:
            lines.append(_wait(sight, row, known[row.assignee_id], row.triggers.split()))
        elif not any(line.person is None and line.role == row.role for line in lines):
            lines.append(_wait(sight, row, None, closed))
    return {case_id: tuple(lines) for case_id, lines in found.items()}


def _closed_steps(sight: Sight, veil: Veil, row: Row[Any]) -> list[str]:
    """The steps of a role of which the caller is not to know who has yet to take them, where this is a wait for one of them."""
    process, state = sight.process, sight.case.state
    if row.assignee_id == sight.caller.person_id:
        return []
    known = dict.fromkeys(t.trigger for t in process.transitions)
    steps = [each for each in known if veil.closes(process.arrow(state, each, row.role))]
    # All of them, whichever this one has left.
    return steps if set(steps) & set(row.triggers.split()) else []


def _wait(sight: Sight, row: Row[Any], person: PersonLine | None, triggers: Sequence[str]) -> WaitLine:
    process = sight.process
    return WaitLine(
        role=row.role,
        role_title=process.role[row.role].title if row.role in process.role else ROLE_TITLES.get(row.role, row.role),
        person=person,
        actions=tuple(trigger_line(process, sight.case.state, trigger, row.role) for trigger in triggers),
        due_on=row.due_on,
        escalated=row.escalated and person is not None,
        letter_id=row.letter_id,
    )


def _entries(conn: Connection, sight: Sight, veil: Veil) -> tuple[EntryLine, ...]:
    process, case = sight.process, sight.case
    rows: list[Row[Any]] = list(
        conn.execute(select(entries).where(entries.c.case_id == case.id).order_by(entries.c.written_at, entries.c.id))
    )
    if sight.outside:
        own, marked = partner_people(conn, sight.caller), _kinds_to_mark(process)
        rows = [row for row in rows if row.written_by in own or (row.kind in marked and sight.current)]
    then = [(row, sight.past.entry(row) if sight.past else _as_stored(row)) for row in rows]
    stood = [(row, mark) for row, mark in then if mark is not None]
    known = people_by_id(conn, [who for row, mark in stood for who in (row.written_by, mark.marked_by)])
    return tuple(_entry(conn, process, row, mark, known, veil) for row, mark in stood)


def _as_stored(row: Row[Any]) -> EntryThen:
    return EntryThen(row.status, row.marked_by, row.marked_at)


def _kinds_to_mark(process: Process) -> frozenset[str]:
    """Kinds of entries that are confirmed at the host's, and so must be read there."""
    there = outside_roles(process)
    return frozenset(
        t.marks.entry.name
        for t in process.transitions
        if t.marks and there & ({t.by} if isinstance(t.by, str) else set(t.by))
    )


def _entry(
    conn: Connection, process: Process, row: Row[Any], mark: EntryThen, known: dict[str, PersonLine], veil: Veil
) -> EntryLine:
    hidden = veil.hides(row.kind, row.written_by)
    kind = process.entries.get(row.kind)
    data = dropped_blanks(msgspec.json.decode(row.data))
    # Of what a step gathered itself, the tables have a page of their own.
    plain = [name for name, value in data.items() if not isinstance(value, list)] if row.kind in process.kept else None
    return EntryLine(
        kind=row.kind,
        title=kind.title if kind else row.kind,
        number=row.number,
        status=mark.status,
        status_title=ENTRY_STATUS.get(mark.status, mark.status),
        on_date=row.on_date,
        fields=() if hidden else field_lines(conn, kind.takes if kind else None, data, plain),
        written_by=_writer(process, row, known, veil),
        written_at=row.written_at,
        marked_by=known[mark.marked_by].name if mark.marked_by else "",
        marked_at=mark.marked_at,
        instead_of=row.instead_of,
        hidden=hidden,
    )


def _writer(process: Process, row: Row[Any], known: dict[str, PersonLine], veil: Veil) -> str:
    if veil.hides_name(row.kind, row.written_by):
        return writers_of(process, row.kind)
    return known[row.written_by].name if row.written_by else "Sistem"
