"""The letters that wait for somebody, as a stack: each with what they need to know before they initial, number or sign it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select, tuple_

from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound, Problem
from workflow.letters.acting import judged
from workflow.letters.acts import version_of
from workflow.letters.parts import LetterFrame
from workflow.letters.routing import HAND_IN, INITIAL, MEND, NUMBER, SIGN
from workflow.queries import cursor, read_cursor
from workflow.references import reference_of
from workflow.tables import letters, tasks
from workflow.telling.form_words import either
from workflow.views.letter_brief import GistLine, basis_of, considered, gist_lines
from workflow.views.letter_sight import cases_under, seen_letter
from workflow.views.letters import LetterLine, RouteLine, letter_line, route_lines
from workflow.views.outside import Sight, veil_of
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
    lines = (_stack_line(conn, engine, caller, at, row) for row in rows[:limit])
    return Stack(
        items=tuple(line for line in lines if line is not None),
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


def _stack_line(conn: Connection, engine: Engine, caller: Caller, at: datetime, task: Any) -> StackLine | None:
    """A letter of the stack; None where it is theirs no more, as their tasks are about to say."""
    try:
        row, sight = seen_letter(conn, engine, caller, task.letter_id)
    except NotFound:
        return None
    frame, on = msgspec.json.decode(row.frame, type=LetterFrame), engine.office.day(at)
    # Whoever signs for a host inside sees the letter as the host does.
    inside = not sight.outside and sight.past is None
    weighed = considered(sight.events(conn), veil_of(conn, engine.office, sight, at), row.id) if inside else ()
    may = judged(conn, engine.office, engine.registry, row.id, caller.actor, at)
    why_not = may.get(_ACT.get(task.wants, task.wants))
    return StackLine(
        letter=letter_line(conn, sight, row, len(cases_under(conn, sight, [row.id]).get(row.id, ()))),
        wants=task.wants,
        wants_title=WANTS[task.wants],
        case_id=sight.case.id,
        reference=reference_of(sight.case.id),
        process=sight.process.name,
        process_title=sight.process.title,
        subject=frame.subject,
        addressee=frame.addressee,
        gist=(*gist_lines(row), *_estimates(conn, sight)) if inside else (),
        route=route_lines(conn, sight.process, row) if inside else (),
        considered=weighed,
        basis=basis_of(row, weighed) if inside else (),
        version=version_of(row._asdict()),
        due_on=task.due_on,
        overdue=task.due_on < on,
        escalated=bool(task.escalated),
        obstacle=why_not.detail if why_not is not None else "",
    )


def _estimates(conn: Connection, sight: Sight) -> tuple[GistLine, ...]:
    """The money that the request itself names."""
    lines = field_lines(conn, sight.process.form, sight.case.form)
    return tuple(
        GistLine(label=line.label.removesuffix(_MONEY).strip(), says=f"Rp{line.shown}")
        for line in lines
        if line.label.endswith(_MONEY) and line.value
    )
