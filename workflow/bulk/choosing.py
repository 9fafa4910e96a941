"""Choosing tasks of one's own inbox, and what can be done with all of them: only what is open to each, with one form for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from policies.civil_service import full_name
from workflow.attesting import attests
from workflow.callers import Caller
from workflow.definition import Process, Transition
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotFound
from workflow.letters.routing import SIGN
from workflow.references import read_reference, reference_of
from workflow.tables import cases, people, tasks
from workflow.views.actions import NeedLine, StateLine
from workflow.views.schemas import labels_of
from workflow.views.step_schemas import step_schema

#: Cases in one bulk act at most.
MOST: Final = 1000


class BulkTask(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was chosen, at the version that is to be named when the act is ordered."""

    case_id: str
    reference: str
    version: int
    process: str
    process_title: str
    subject: str
    state: str
    state_title: str
    due_on: date


class BulkOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is open for every case that was chosen.

    ``takes``: the JSON Schema of its one form, null where it takes none; ``needs``: what must be filled in there.
    ``shares``: of a cohort it issues one letter for all that go together.
    """

    trigger: str
    title: str
    leads_to: tuple[StateLine, ...]
    issues: tuple[str, ...]
    shares: bool
    takes: dict[str, Any] | None
    needs: tuple[NeedLine, ...]


class BulkChoices(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks chosen by their ids or by a filter, most urgent first.

    ``letters``: those among them that await the caller's signature, which are signed together elsewhere.
    ``more``: more tasks match than may be in one act.
    """

    items: tuple[BulkTask, ...]
    offers: tuple[BulkOffer, ...]
    letters: tuple[str, ...]
    more: bool


@dataclass(frozen=True)
class Wanted:
    """Which tasks: those named by the task's id or by the case's id or number, else all of a process and a state."""

    named: Sequence[str] = ()
    process: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A case that awaits somebody, with the arrows that are open to them by trigger."""

    row: Row[Any]
    process: Process
    arrows: Mapping[str, Transition]


def bulk_choices(conn: Connection, engine: Engine, caller: Caller, _at: datetime, wanted: Wanted) -> BulkChoices:
    """The tasks of the caller's inbox that are wanted, and what is open for all. Raises NotFound, InvalidForm."""
    waiting, letters = chosen(conn, engine, caller, wanted)
    kept = list(waiting.values())[:MOST]
    return BulkChoices(
        items=tuple(_task(each) for each in kept),
        offers=offers(kept),
        letters=letters,
        more=len(waiting) > MOST,
    )


def chosen(
    conn: Connection, engine: Engine, caller: Caller, wanted: Wanted
) -> tuple[dict[str, Waiting], tuple[str, ...]]:
    """What is wanted of the caller's inbox by case, one more than is allowed where there are more; and letters to be signed."""
    if wanted.named and (wanted.process or wanted.state):
        raise _wrong("Sebutkan tugasnya, atau proses dan statusnya; tidak keduanya.")
    if len(wanted.named) > MOST:
        raise _wrong(f"Paling banyak {MOST} tugas dalam satu tindakan massal; di sini disebut {len(wanted.named)}.")
    query = (
        _INBOX.where(tasks.c.assignee_id == caller.person_id, *_conditions(engine, wanted))
        # Of several tasks on one case, and of letters, some fall away again.
        .limit(4 * MOST)
    )
    rows = conn.execute(query).all()
    _check_all_there(wanted.named, rows)
    letters = tuple(dict.fromkeys(row.letter_id for row in rows if row.letter_id and SIGN in row.triggers.split()))
    return _by_case(engine, [row for row in rows if row.letter_id is None]), letters


def of_cases(conn: Connection, engine: Engine, caller: Caller, case_ids: Sequence[str]) -> dict[str, Waiting]:
    """Those of the cases that await the caller now."""
    query = _INBOX.where(
        tasks.c.assignee_id == caller.person_id, tasks.c.case_id.in_(case_ids), tasks.c.letter_id.is_(None)
    )
    return _by_case(engine, conn.execute(query).all())


def _conditions(engine: Engine, wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.named:
        numbers = [number for each in wanted.named if (number := read_reference(each))]
        named = list(wanted.named)
        return [or_(tasks.c.id.in_(named), tasks.c.case_id.in_(named), cases.c.reference.in_(numbers))]
    found: list[ColumnElement[bool]] = []
    if wanted.process is not None:
        process = engine.registry.process(wanted.process)
        found.append(cases.c.process == process.name)
        if wanted.state is not None and wanted.state not in process.state:
            raise _wrong(f"Status “{wanted.state}” tidak ada pada {process.title}.")
    if wanted.state is not None:
        found.append(cases.c.state == wanted.state)
    return found


def _check_all_there(named: Sequence[str], rows: Sequence[Row[Any]]) -> None:
    """Somebody else's task is answered like one that does not exist."""
    there = {known for row in rows for known in (row.id, row.case_id, reference_of(row.case_id))}
    missing = [each for each in named if each not in there and read_reference(each) not in there]
    if missing:
        raise NotFound(f"Tidak ada dalam daftar tugas Anda: {', '.join(missing[:10])}. Muat ulang daftarnya.")


def _by_case(engine: Engine, rows: Sequence[Row[Any]]) -> dict[str, Waiting]:
    found: dict[str, Waiting] = {}
    for row in rows:
        process = engine.registry.process(row.process)
        found_arrows = ((t, process.arrow(row.state, t, row.role)) for t in row.triggers.split())
        arrows = {trigger: arrow for trigger, arrow in found_arrows if arrow is not None}
        before = found.get(row.case_id)
        if arrows:
            found[row.case_id] = (
                Waiting(before.row, process, {**arrows, **before.arrows}) if before else Waiting(row, process, arrows)
            )
    return found


def offers(waiting: Sequence[Waiting]) -> tuple[BulkOffer, ...]:
    """What is open for every case, in the order of the first one's steps."""
    if not waiting:
        return ()
    return tuple(_offer(waiting, trigger) for trigger in waiting[0].arrows if not why_not_all(waiting, trigger))


def why_not_all(waiting: Sequence[Waiting], trigger: str) -> str:
    """Why a step cannot be taken with all of several cases; empty where it can."""
    without = [reference_of(each.row.case_id) for each in waiting if trigger not in each.arrows]
    if without:
        more = f" dan {len(without) - 5} lainnya" if len(without) > 5 else ""
        return f"Tindakan “{trigger}” tidak terbuka bagi Anda pada berkas {', '.join(without[:5])}{more}."
    if len({_form_of(each, trigger) for each in waiting}) > 1:
        return f"Tindakan “{trigger}” meminta isian yang berlainan pada berkas yang dipilih; pilihlah yang sejenis."
    return ""


def _form_of(each: Waiting, trigger: str) -> tuple[Any, ...]:
    arrow = each.arrows[trigger]
    # What can be attested differs by process.
    return arrow.takes, arrow.partial, each.process.name if attests(arrow) else ""


def _offer(waiting: Sequence[Waiting], trigger: str) -> BulkOffer:
    first = waiting[0]
    arrow = first.arrows[trigger]
    schema = step_schema(first.process, arrow)
    labels = labels_of(arrow.takes)
    targets = {
        name: each.process.state[name].title
        for each in waiting
        for name in each.arrows[trigger].targets(each.row.state)
    }
    issued = {letter.name: letter for each in waiting for letter in each.arrows[trigger].issues}.values()
    return BulkOffer(
        trigger=trigger,
        title=arrow.title,
        leads_to=tuple(StateLine(state=name, title=title) for name, title in targets.items()),
        issues=tuple(dict.fromkeys(letter.title for letter in issued)),
        shares=any(letter.shared for letter in issued),
        takes=schema,
        needs=tuple(NeedLine(name=n, label=labels.get(n, n)) for n in (schema or {}).get("required", ())),
    )


def _task(each: Waiting) -> BulkTask:
    row = each.row
    return BulkTask(
        case_id=row.case_id,
        reference=reference_of(row.case_id),
        version=row.version,
        process=row.process,
        process_title=each.process.title,
        subject=full_name(row.front_title, row.name, row.back_title),
        state=row.state,
        state_title=each.process.state[row.state].title,
        due_on=row.due_on,
    )


def _wrong(says: str) -> InvalidForm:
    return InvalidForm(says, fields=(FieldError("tasks", "Tugas", says),))


_INBOX: Select[Any] = (
    select(
        tasks.c.id,
        tasks.c.case_id,
        tasks.c.letter_id,
        tasks.c.role,
        tasks.c.triggers,
        tasks.c.due_on,
        cases.c.process,
        cases.c.state,
        cases.c.version,
        people.c.front_title,
        people.c.name,
        people.c.back_title,
    )
    .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
    .join(people, people.c.id == cases.c.subject_id)
    .order_by(tasks.c.due_on, tasks.c.id)
)
