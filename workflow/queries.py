"""Lists: the inbox, the cases that somebody may see. Paged by keyset, never by offset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Date, FromClause, Row, Select, bindparam, func, or_, select, tuple_

from policies.civil_service import full_name
from workflow.authority.sight import circle_of, once_seen_cases, seen_cases
from workflow.callers import Caller
from workflow.cases import called
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.engine.seating import NAME_SOMEONE
from workflow.errors import Problem
from workflow.filters import EVERYTHING, Narrowed
from workflow.letters.routing import HAND_IN, INITIAL, MEND, NUMBER, ROLE_TITLES, SIGN
from workflow.references import reference_of
from workflow.tables import cases, letters, people, tasks, units
from workflow.views.outside import NO_LONGER_YOURS, is_current, pasts_of
from workflow.views.past import Past
from workflow.views.standing import awaits_of

T = TypeVar("T")


class BadCursor(Problem):
    """The cursor of a list is none that was handed out."""

    status, type, title = 400, "bad-cursor", "Penunjuk halaman tidak dikenal"

    def __init__(self, after: str) -> None:
        super().__init__(f"after={after[:60]} bukan penunjuk halaman; pakailah nilai “next” dari halaman sebelumnya.")


class TriggerLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step by its code name, and what its button says."""

    trigger: str
    title: str


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """What awaits somebody: a case, or a letter of it to be signed. ``due_on``: the day by which it should be done.

    ``reference``: the case's number. ``state_awaits``: the letter that must leave before its state begins; else empty.
    ``starts_on`` and ``ends_on``: the days that are asked for, where the process has any and they are filled in.
    ``called``: its own title, else whom it is about; ``own``: that is the caller; ``returned``: it came back to be mended.
    """

    id: str
    case_id: str
    reference: str
    process: str
    process_title: str
    subject: str
    state: str
    state_title: str
    role: str
    role_title: str
    actions: tuple[TriggerLine, ...]
    due_on: date
    overdue: bool
    opened_at: datetime
    escalated: bool
    state_awaits: str = ""
    letter_id: str | None = None
    letter_title: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    called: str = ""
    own: bool = False
    returned: bool = False


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an inbox, the most urgent first. ``next``: what to pass as ``after`` for the following page."""

    items: tuple[TaskLine, ...]
    next: str | None = None


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list, by its number too. ``due_on``: the first day by which somebody should act.

    ``state_awaits``: the letter that must leave before its state begins; else empty.
    ``called``: its own title, else whom it is about; ``own``: that is the caller; ``returned``: it came back to
    be mended.
    """

    id: str
    reference: str
    process: str
    process_title: str
    state: str
    state_title: str
    final: bool
    version: int
    subject: str
    unit: str
    opened_at: datetime
    closed_at: datetime | None = None
    due_on: date | None = None
    state_awaits: str = ""
    called: str = ""
    own: bool = False
    returned: bool = False


class CaseList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cases, the newest first. ``next``: what to pass as ``after`` for the following page."""

    items: tuple[CaseLine, ...]
    next: str | None = None


# --- The inbox -------------------------------------------------------------------------------------------------------

# The bound is sent for the first page too: without it PostgreSQL's generic plan reads the whole inbox.
_WHOSE = (
    tasks.c.assignee_id == bindparam("person"),
    tuple_(tasks.c.due_on, tasks.c.id) > tuple_(bindparam("due_on", type_=Date), bindparam("task")),
)
_PAGE = select(tasks).where(*_WHOSE).order_by(tasks.c.due_on, tasks.c.id).limit(bindparam("limit")).subquery("page")


#: Whether the engine remembers that a case came back. Of what people wrote nothing looks so: there a quotation mark is escaped.
_RETURNED: Final = cases.c.memory.like('%"returned_from":%').label("returned")


def _lines_of(page: FromClause) -> Select[Any]:
    """What is told of tasks."""
    return (
        select(
            page.c.id,
            page.c.case_id,
            page.c.due_on,
            page.c.opened_at,
            page.c.escalated,
            page.c.letter_id,
            people.c.front_title,
            people.c.name,
            people.c.back_title,
            cases.c.subject_id,
            _RETURNED,
            cases.c.form,
            # What follows is the same in many lines, and is put into words once for all of them.
            cases.c.process,
            cases.c.state,
            page.c.role,
            page.c.triggers,
            letters.c.kind.label("letter_kind"),
        )
        .join_from(page, cases, cases.c.id == page.c.case_id)
        .join(people, people.c.id == cases.c.subject_id)
        .join(letters, letters.c.id == page.c.letter_id, isouter=True)
        .order_by(page.c.due_on, page.c.id)
    )


_INBOX = _lines_of(_PAGE)
# Few are kept of somebody's own inbox, and all of it may have to be read.
_SOUGHT = _lines_of(tasks).where(*_WHOSE).limit(bindparam("limit"))
_BADGE = select(func.count()).select_from(
    select(tasks.c.id).where(tasks.c.assignee_id == bindparam("person")).limit(bindparam("most")).subquery()
)
_LATE = select(func.count()).select_from(
    select(tasks.c.id)
    .where(tasks.c.assignee_id == bindparam("person"), tasks.c.due_on < bindparam("on", type_=Date))
    .limit(bindparam("most"))
    .subquery()
)


def inbox(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    *,
    narrowed: Narrowed = EVERYTHING,
    late: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> TaskList:
    """The caller's tasks by due day, all of them or those of some cases; ``late``: those past their day alone.

    Raises BadCursor, NotFound for a process that does not exist, Problem for a state.
    """
    due_on, task = read_cursor(after)
    asked = {"person": caller.person_id, "due_on": due_on, "task": task, "limit": limit + 1}
    on = engine.office.day(at)
    # Nobody has as many tasks as there may be people of a name, so that a list never begins with those.
    wanted = narrowed.conditions(engine.registry, caller, many_named=True)
    sought = _SOUGHT.where(*wanted, *([tasks.c.due_on < on] if late else []))
    if caller.only is not None:
        sought = sought.where(tasks.c.case_id.in_(sorted(caller.only)))
    rows = conn.execute(sought if narrowed or late or caller.only is not None else _INBOX, asked).all()
    page = rows[:limit]
    following = cursor(page[-1].due_on, page[-1].id) if len(rows) > limit else None
    return TaskList(
        items=tuple(_task_lines(engine, caller, page, on, _awaits(conn, engine, caller, page))),
        next=following,
    )


def inbox_count(conn: Connection, person_id: str, most: int = 100) -> int:
    """How many tasks somebody has, counted no further than ``most``."""
    return int(conn.execute(_BADGE, {"person": person_id, "most": most}).scalar_one())


def late_count(conn: Connection, person_id: str, on: date, most: int = 100) -> int:
    """How many tasks of somebody are past their day, counted no further than ``most``."""
    return int(conn.execute(_LATE, {"person": person_id, "on": on, "most": most}).scalar_one())


def cursor(due_on: date, last: str) -> str:
    """Where a list by due day goes on: after the line of this day and id."""
    return f"{due_on.isoformat()}_{last}"


def read_cursor(after: str | None) -> tuple[date, str]:
    """The day and id after which a list by due day goes on; of its beginning where none is given. Raises BadCursor."""
    if not after:
        return date.min, ""
    found = _CURSOR.fullmatch(after)
    try:
        return date.fromisoformat(found.group(1) if found else ""), found.group(2) if found else ""
    except ValueError:
        raise BadCursor(after) from None


_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9a-z-]{1,36})")


def _case_cursor(after: str | None) -> str | None:
    try:
        return str(UUID(after)) if after else None
    except ValueError:
        raise BadCursor(after or "") from None


def _awaits(conn: Connection, engine: Engine, caller: Caller, rows: Sequence[Any]) -> dict[str, str]:
    return awaits_of(conn, caller, {row.case_id: (engine.registry.process(row.process), row.state) for row in rows})


def _task_lines(
    engine: Engine, caller: Caller, rows: Iterable[Sequence[Any]], on: date, awaits: Mapping[str, str]
) -> Iterator[TaskLine]:
    words: dict[Any, dict[str, Any]] = {}
    for row in rows:
        task_id, case_id, due_on, opened_at, escalated, letter_id, *about, subject_id, came_back, form = row[:12]
        asked_for, name = row[12:], full_name(*about)
        asked = tuple(asked_for)
        if asked not in words:
            words[asked] = _task_words(engine, *asked)
        process, filled = engine.registry.process(asked[0]), msgspec.json.decode(form)
        first, last = _days(process, filled)
        yield TaskLine(
            id=task_id,
            case_id=case_id,
            reference=reference_of(case_id),
            state_awaits=awaits.get(case_id, ""),
            subject=name,
            called=called(filled, name),
            own=subject_id == caller.person_id,
            returned=came_back and asked[1] == process.initial,
            due_on=due_on,
            overdue=due_on < on,
            opened_at=opened_at,
            escalated=escalated,
            letter_id=letter_id,
            starts_on=first,
            ends_on=last,
            **words[asked],
        )


def _days(process: Process, filled: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """The first and the last day that a case asks for."""
    first, last = (filled.get(name) for name in process.period or ("", ""))
    return date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None


def _task_words(
    engine: Engine, process_name: str, state: str, role: str, triggers: str, letter_kind: str | None
) -> dict[str, Any]:
    """What a task asks for, in words."""
    process = engine.registry.process(process_name)
    letter = process.letters.get(letter_kind or "")
    return {
        "process": process.name,
        "process_title": process.title,
        "state": state,
        "state_title": process.state[state].title,
        "role": role,
        "role_title": process.role[role].title if role in process.role else ROLE_TITLES.get(role, role),
        "actions": tuple(trigger_line(process, state, trigger, role) for trigger in triggers.split()),
        "letter_title": letter.title if letter else letter_kind,
    }


_OTHER_TASKS = {
    INITIAL: "Bubuhkan paraf pada surat",
    NUMBER: "Isi nomor surat",
    SIGN: "Tanda tangani surat",
    MEND: "Perbaiki konsep surat",
    HAND_IN: "Serahkan pindaian surat bertanda tangan basah",
    NAME_SOMEONE: "Tunjuk orang untuk tugas ini",
}


def trigger_line(process: Process, state: str, trigger: str, role: str = "") -> TriggerLine:
    """A trigger with its title to a role, those that are no step of the process included."""
    arrow = process.arrow(state, trigger, role)
    return TriggerLine(trigger=trigger, title=arrow.title if arrow else _OTHER_TASKS.get(trigger, trigger))


# --- Cases -----------------------------------------------------------------------------------------------------------


def case_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    *,
    narrowed: Narrowed = EVERYTHING,
    after: str | None = None,
    limit: int = 50,
) -> CaseList:
    """The cases that a caller may see, newest first. Raises NotFound for a process that does not exist, Problem for a state.

    Those on which their place is over are listed as they stood then, unless it is asked where they are now or whether they ended.
    """
    processes = tuple(engine.registry.processes.values())
    seen = seen_cases(processes, caller.person_id, caller.on, caller.only)
    as_now = narrowed.state is not None or narrowed.unit is not None or narrowed.over is not None
    seen = seen if as_now else or_(seen, once_seen_cases(caller.person_id, caller.only))
    # Ids sort by the instant of opening; "~" stands behind every one of them.
    circle = circle_of(conn, processes, caller.person_id)
    many_named = narrowed.are_many_named(conn, caller)
    if circle is not None and narrowed.search and not many_named:
        # Fewer still: those of a circle that are about whoever is searched for.
        searched = narrowed.conditions(engine.registry, caller)
        named = set(conn.execute(select(cases.c.id).where(*searched)).scalars())
        circle = [each for each in circle if each in named]
    wanted = narrowed.conditions(engine.registry, caller, many_named=many_named)
    query = _CASES.where(cases.c.id < (_case_cursor(after) or "~"), seen, *wanted)
    caller.looked_at.append(None)
    rows = _among(conn, query, circle, after, limit + 1)
    page = rows[:limit]
    pasts = pasts_of(conn, processes, [row.id for row in page], caller)
    now = {row.id: (engine.registry.process(row.process), row.state) for row in page if row.id not in pasts}
    awaits = awaits_of(conn, caller, now)
    return CaseList(
        items=tuple(_case(engine, caller, row, awaits.get(row.id, ""), pasts.get(row.id)) for row in page),
        next=page[-1].id if len(rows) > limit else None,
    )


def _among(
    conn: Connection, query: Select[Any], circle: list[str] | None, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The first rows of a list, among all cases or those of a circle: these some at a time, as most lists end with the newest."""
    if circle is None:
        return conn.execute(query.limit(limit)).all()
    left = [each for each in circle if each < (after or "~")]
    rows: list[Row[Any]] = []
    portion = _FIRST
    while left and len(rows) < limit:
        some, left, portion = left[:portion], left[portion:], _FURTHER
        rows += conn.execute(query.where(cases.c.id.in_(some)).limit(limit - len(rows))).all()
    return rows


#: Cases of a circle that are looked at first, and in each further go.
_FIRST, _FURTHER = 200, 2000

_CASES = (
    select(
        cases,
        people.c.name,
        people.c.front_title,
        people.c.back_title,
        units.c.name.label("unit"),
        _RETURNED,
        select(func.min(tasks.c.due_on)).where(tasks.c.case_id == cases.c.id).scalar_subquery().label("due_on"),
    )
    .join_from(cases, people, people.c.id == cases.c.subject_id)
    .join(units, units.c.id == cases.c.unit_id, isouter=True)
    .order_by(cases.c.id.desc())
)


def _case(engine: Engine, caller: Caller, row: Row[Any], awaits: str, past: Past | None) -> CaseLine:
    process = engine.registry.process(row.process)
    state = process.state[past.state(process) if past else row.state]
    filled, name = msgspec.json.decode(row.form), full_name(row.front_title, row.name, row.back_title)
    current = is_current(process, filled, caller)
    return CaseLine(
        id=row.id,
        reference=row.reference,
        process=process.name,
        process_title=process.title,
        state_awaits=awaits,
        state=state.name if current else "",
        state_title=state.title if current else NO_LONGER_YOURS,
        final=state.final,
        version=past.version if past else row.version,
        subject=name,
        called=called(filled, name) if current else name,
        own=row.subject_id == caller.person_id,
        returned=past is None and row.returned and row.state == process.initial,
        unit=row.unit or "",
        opened_at=row.opened_at,
        closed_at=None if past else row.closed_at,
        due_on=None if past else row.due_on,
    )
