"""The letters that wait for somebody, as a stack: each with what they need to know before they initial, number or sign it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, case, func, select, tuple_

from workflow.audit import Event, events_by_case
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.letters.acting import judged_for
from workflow.letters.acts import version_of
from workflow.letters.parts import LetterFrame
from workflow.letters.routing import HAND_IN, INITIAL, MEND, NUMBER, SIGN
from workflow.queries import cursor, read_cursor
from workflow.references import reference_of
from workflow.tables import letters, tasks
from workflow.telling.form_words import either
from workflow.views.letter_brief import GistLine, basis_of, considered, gist_lines
from workflow.views.letter_sight import cases_under, seen_letters
from workflow.views.letters import LetterLine, RouteLine, letter_line, posts_passed, route_lines
from workflow.views.outside import Sight, veil_of
from workflow.views.schemas import labels_of
from workflow.views.shown import ReasonLine, field_lines

#: What a letter can wait for from somebody, in this order, and what people call it.
WANTS: Final = {
    SIGN: "Tanda tangan",
    INITIAL: "Paraf",
    NUMBER: "Nomor",
    HAND_IN: "Pindaian",
    MEND: "Perbaikan",
}
#: By which act each of these is given; a letter that is mended goes its way again.
_ACT: Final = {MEND: "resubmit"}
#: How the label of a field ends that holds money.
_MONEY: Final = "(rupiah)"


class StackLine(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that waits for the caller. ``wants``: sign, initial, number, hand_in or mend; ``version``: of the draft.

    ``gist``: who, where, when, what it costs, what for; ``considered``: what was weighed when it was issued, warnings first, and
    its ``basis`` in law. ``obstacle``: why it cannot be done just now, where it cannot.
    """

    letter: LetterLine
    wants: str
    wants_title: str
    case_id: str
    reference: str
    process: str
    process_title: str
    subject: str
    addressee: tuple[str, ...]
    gist: tuple[GistLine, ...]
    route: tuple[RouteLine, ...]
    considered: tuple[ReasonLine, ...]
    basis: tuple[str, ...]
    version: str
    due_on: date
    overdue: bool
    escalated: bool
    obstacle: str = ""


class CountLine(msgspec.Struct, frozen=True, kw_only=True):
    """How many letters wait for one thing, or come from one process."""

    name: str
    title: str
    letters: int


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the letters that wait for the caller, the most urgent first. ``next``: what to pass as ``after`` for the following.

    ``wants`` and ``processes``: how many there are in all, by what they wait for and by process. ``needs_secret``: whether signing
    asks for a passphrase or a PIN.
    """

    items: tuple[StackLine, ...]
    wants: tuple[CountLine, ...]
    processes: tuple[CountLine, ...]
    needs_secret: bool
    next: str | None = None


@dataclass(frozen=True)
class Asked:
    """What somebody asks for of their stack. ``only``: of these letters, those that wait for them."""

    wants: str | None = None
    process: str | None = None
    only: tuple[str, ...] | None = None
    after: str | None = None
    limit: int = 10


def letter_stack(conn: Connection, engine: Engine, caller: Caller, at: datetime, asked: Asked) -> Stack:
    """The letters that wait for the caller. Raises BadCursor, Problem for an unknown filter, NotFound for an unknown process."""
    wants, limit = asked.wants, asked.limit
    if wants is not None and wants not in WANTS:
        raise Problem(f"wants={wants[:40]} tidak dikenal; pilih {either(tuple(WANTS))}.")
    theirs = (tasks.c.assignee_id == caller.person_id, tasks.c.letter_id.is_not(None), tasks.c.triggers.in_(WANTS))
    narrowed: list[ColumnElement[bool]] = [*theirs]
    if wants is not None:
        narrowed.append(tasks.c.triggers == wants)
    if asked.process is not None:
        narrowed.append(letters.c.process == engine.registry.process(asked.process).name)
    if asked.only is not None:
        narrowed.append(tasks.c.letter_id.in_(asked.only))
    rows = _page(conn, narrowed, asked.after, limit + 1)
    following = cursor(rows[limit - 1].due_on, rows[limit - 1].letter_id) if len(rows) > limit else None
    page = _looked_at(conn, engine, caller, at, rows[:limit])
    return Stack(
        items=tuple(_stack_line(page, row) for row in rows[:limit] if row.letter_id in page.seen),
        wants=_counted(conn, theirs, tasks.c.triggers, WANTS),
        processes=_counted(
            conn, theirs, letters.c.process, {each.name: each.title for each in engine.registry.processes.values()}
        ),
        needs_secret=engine.office.signing_needs_secret,
        next=following,
    )


def _page(conn: Connection, which: Sequence[ColumnElement[bool]], after: str | None, limit: int) -> Sequence[Any]:
    """The tasks of one person by due day, one for each letter."""
    due_on, escalated = func.min(tasks.c.due_on), func.max(case((tasks.c.escalated, 1), else_=0))
    query = (
        select(
            tasks.c.letter_id,
            func.min(tasks.c.triggers).label("wants"),
            due_on.label("due_on"),
            escalated.label("escalated"),
        )
        .join_from(tasks, letters, letters.c.id == tasks.c.letter_id)
        .where(*which)
        .group_by(tasks.c.letter_id)
        .order_by(due_on, tasks.c.letter_id)
        .limit(limit)
    )
    if after:
        query = query.having(tuple_(due_on, tasks.c.letter_id) > read_cursor(after))
    return conn.execute(query).all()


def _counted(
    conn: Connection, which: Sequence[ColumnElement[bool]], by: ColumnElement[Any], titles: dict[str, str]
) -> tuple[CountLine, ...]:
    query = (
        select(by.label("name"), func.count(tasks.c.letter_id.distinct()).label("number"))
        .join_from(tasks, letters, letters.c.id == tasks.c.letter_id)
        .where(*which)
        .group_by(by)
    )
    found: dict[str, int] = {row.name: row.number for row in conn.execute(query)}
    return tuple(
        CountLine(name=name, title=title, letters=found[name]) for name, title in titles.items() if name in found
    )


@dataclass(frozen=True)
class _Page:
    """What is asked of all letters of a page at once. ``seen``: those that are theirs still, as their tasks may not say yet.

    ``events``: by case, of those that are seen from inside; ``under``: the cases under a letter that the caller may see.
    """

    conn: Connection
    engine: Engine
    at: datetime
    seen: Mapping[str, tuple[Row[Any], Sight]]
    events: Mapping[str, Sequence[Event]]
    under: Mapping[str, Sequence[str]]
    posts: Mapping[str, str]
    why_not: Mapping[str, Problem | None]


def _looked_at(conn: Connection, engine: Engine, caller: Caller, at: datetime, page: Sequence[Any]) -> _Page:
    seen = seen_letters(conn, engine, caller, [task.letter_id for task in page])
    wanted = {task.letter_id: _ACT.get(task.wants, task.wants) for task in page if task.letter_id in seen}
    sights = [sight for _, sight in seen.values()]
    return _Page(
        conn,
        engine,
        at,
        seen,
        events=events_by_case(conn, [sight.case.id for sight in sights if _is_inside(sight)]),
        under=_under(conn, seen),
        posts=posts_passed(conn, [row for row, _ in seen.values()]),
        why_not=judged_for(conn, engine.office, engine.registry, wanted, caller.actor, at),
    )


def _is_inside(sight: Sight) -> bool:
    """Whether a letter is seen with all that was weighed: whoever signs for a host inside sees it as the host does."""
    return not sight.outside and sight.past is None


def _under(conn: Connection, seen: Mapping[str, tuple[Row[Any], Sight]]) -> dict[str, list[str]]:
    """The cases under letters that the caller may see, process by process."""
    found = {letter_id: [sight.case.id] for letter_id, (_, sight) in seen.items() if sight.past is not None}
    now = {letter_id: sight for letter_id, (_, sight) in seen.items() if sight.past is None}
    for sight in {sight.process.name: sight for sight in now.values()}.values():
        of_process = [letter_id for letter_id, each in now.items() if each.process is sight.process]
        found |= cases_under(conn, sight, of_process)
    return found


def _stack_line(page: _Page, task: Any) -> StackLine:
    """A letter of the stack."""
    row, sight = page.seen[task.letter_id]
    office = page.engine.office
    frame, inside = msgspec.json.decode(row.frame, type=LetterFrame), _is_inside(sight)
    veil = veil_of(page.conn, office, sight, page.at)
    weighed = considered(page.events[sight.case.id], veil, row.id) if inside else ()
    why_not = page.why_not.get(row.id)
    return StackLine(
        letter=letter_line(page.conn, sight, row, len(page.under.get(row.id, ()))),
        wants=task.wants,
        wants_title=WANTS[task.wants],
        case_id=sight.case.id,
        reference=reference_of(sight.case.id),
        process=sight.process.name,
        process_title=sight.process.title,
        subject=frame.subject,
        addressee=frame.addressee,
        gist=(*gist_lines(row), *_estimates(page.conn, sight)) if inside else (),
        route=route_lines(sight.process, row, page.posts) if inside else (),
        considered=weighed,
        basis=basis_of(row, weighed) if inside else (),
        version=version_of(row._asdict()),
        due_on=task.due_on,
        overdue=task.due_on < office.day(page.at),
        escalated=bool(task.escalated),
        obstacle=why_not.detail if why_not is not None else "",
    )


def _estimates(conn: Connection, sight: Sight) -> tuple[GistLine, ...]:
    """The money that the request itself names."""
    labels = labels_of(sight.process.form)
    asked = {
        name: value for name, value in sight.case.form.items() if value and labels.get(name, name).endswith(_MONEY)
    }
    return tuple(
        GistLine(label=line.label.removesuffix(_MONEY).strip(), says=f"Rp{line.shown}")
        for line in field_lines(conn, sight.process.form, asked)
    )
