"""A bulk act and its lines as they are stored, and the few ways to read and write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, delete, func, select, update

from workflow.engine.idempotency import KEPT_DAYS
from workflow.errors import NotFound, Problem
from workflow.tables import bulk_acts, bulk_lines, files
from workflow.views.actions import FaultLine
from workflow.views.shown import ReasonLine, reason_line

Outcome = Literal["waiting", "done", "refused", "cancelled"]
WAITING: Final[Outcome] = "waiting"
DONE: Final[Outcome] = "done"
REFUSED: Final[Outcome] = "refused"
CANCELLED: Final[Outcome] = "cancelled"

#: Characters of an id.
_ID_LENGTH: Final = 36


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a line: where the case is and what was recorded, or why nothing was, as the one who ordered it may know it."""

    state: str = ""
    version: int = 0
    events: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    problem: str = ""
    title: str = ""
    detail: str = ""
    reasons: tuple[ReasonLine, ...] = ()
    fields: tuple[FaultLine, ...] = ()
    acknowledge: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether the step was taken."""
        return REFUSED if self.problem else DONE


def refusal(problem: Problem) -> Verdict:
    """The verdict of a line whose step was not taken."""
    return Verdict(
        problem=problem.type,
        title=problem.title,
        detail=problem.detail,
        reasons=tuple(reason_line(reason) for reason in problem.reasons),
        fields=tuple(FaultLine(field=f.field, label=f.label, says=f.says) for f in problem.fields),
        acknowledge=tuple(problem.more.get("acknowledge", ())),
    )


@dataclass(frozen=True)
class BulkAct:
    """One step that somebody ordered for many cases."""

    id: str
    person_id: str
    key_id: str
    trigger: str
    title: str
    form: dict[str, Any]
    acknowledge: tuple[str, ...]
    opened_at: datetime
    cancelled_at: datetime | None
    ended_at: datetime | None
    session_id: str = ""


def no_such_act(bulk_id: str) -> NotFound:
    """The same words where it does not exist and where it is somebody else's."""
    return NotFound(f"Tindakan massal {bulk_id[:60]} tidak ada, atau bukan milik Anda.")


def from_row(row: Row[Any]) -> BulkAct:
    """An act from a row of its table."""
    values = row._asdict()
    acknowledge = tuple(msgspec.json.decode(values["acknowledge"]))
    return BulkAct(**{**values, "form": msgspec.json.decode(values["form"]), "acknowledge": acknowledge})


def load(conn: Connection, bulk_id: str, *, lock: bool = False) -> BulkAct:
    """An act, locked for this transaction where asked. Raises NotFound."""
    query = select(bulk_acts).where(bulk_acts.c.id == bulk_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise no_such_act(bulk_id)
    return from_row(row)


def take_up(conn: Connection, bulk_id: str) -> BulkAct | None:
    """An act of which something may be left, kept to this transaction; None where it has ended or another has it in hand."""
    query = select(bulk_acts).where(bulk_acts.c.id == bulk_id, bulk_acts.c.ended_at.is_(None))
    row = conn.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return from_row(row) if row is not None else None


def unfinished(conn: Connection, only: str | None = None) -> list[list[str]]:
    """The acts of which something may be left, or one of them, by whoever ordered them, oldest first."""
    query = select(bulk_acts.c.id, bulk_acts.c.person_id).where(bulk_acts.c.ended_at.is_(None))
    if only is not None:
        query = query.where(bulk_acts.c.id == only)
    found: dict[str, list[str]] = {}
    for row in conn.execute(query.order_by(bulk_acts.c.id)):
        found.setdefault(row.person_id, []).append(row.id)
    return list(found.values())


def handed_in_for(conn: Connection, act: BulkAct) -> frozenset[str]:
    """Cases of an act to which a file belongs that its form names: whoever ordered it hands that in for all of them."""
    named = set(_texts(act.form))
    if not named:
        return frozenset()
    query = (
        select(files.c.case_id)
        .join_from(files, bulk_lines, bulk_lines.c.case_id == files.c.case_id)
        .where(bulk_lines.c.bulk_id == act.id, files.c.uploaded_by == act.person_id, files.c.id.in_(named))
    )
    return frozenset(conn.execute(query).scalars())


def _texts(value: Any) -> Iterator[str]:
    """Whatever in a form may be the id of a file."""
    if isinstance(value, str):
        if len(value) == _ID_LENGTH:
            yield value
    elif isinstance(value, Mapping | Sequence):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def next_lines(conn: Connection, bulk_id: str) -> Sequence[Row[Any]]:
    """The first line that waits, with those that go together with it; none where nothing is left."""
    waiting = (bulk_lines.c.bulk_id == bulk_id, bulk_lines.c.outcome == WAITING)
    query = select(bulk_lines).where(*waiting).order_by(bulk_lines.c.position)
    first = conn.execute(query.limit(1)).one_or_none()
    if first is None:
        return ()
    if first.cohort_id is None:
        return (first,)
    return conn.execute(query.where(bulk_lines.c.cohort_id == first.cohort_id)).all()


def decide(conn: Connection, bulk_id: str, verdicts: Mapping[int, Verdict], at: datetime) -> None:
    """Write what came of some lines, by their positions."""
    for position, verdict in verdicts.items():
        values = {
            "outcome": verdict.outcome,
            "decided_at": at,
            "verdict": msgspec.json.encode(verdict).decode(),
        }
        conn.execute(
            update(bulk_lines)
            .where(bulk_lines.c.bulk_id == bulk_id, bulk_lines.c.position == position)
            .values(**values)
        )


def settle_rest(conn: Connection, bulk_id: str, outcome: Outcome, verdict: Verdict | None, at: datetime) -> None:
    """Nothing more is done of an act: the same is written on every line that waits, and it has ended."""
    text = msgspec.json.encode(verdict).decode() if verdict is not None else None
    conn.execute(
        update(bulk_lines)
        .where(bulk_lines.c.bulk_id == bulk_id, bulk_lines.c.outcome == WAITING)
        .values(outcome=outcome, decided_at=at, verdict=text)
    )
    end(conn, bulk_id, at)


def go_alone(conn: Connection, bulk_id: str, positions: Iterable[int]) -> None:
    """Lines that do not go together with others any more."""
    here = (bulk_lines.c.bulk_id == bulk_id, bulk_lines.c.position.in_(list(positions)))
    conn.execute(update(bulk_lines).where(*here).values(cohort_id=None))


def end(conn: Connection, bulk_id: str, at: datetime) -> None:
    """Nothing is left of an act."""
    conn.execute(update(bulk_acts).where(bulk_acts.c.id == bulk_id, bulk_acts.c.ended_at.is_(None)).values(ended_at=at))


def counts(conn: Connection, bulk_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many lines of each act have which outcome."""
    query = (
        select(bulk_lines.c.bulk_id, bulk_lines.c.outcome, func.count().label("number"))
        .where(bulk_lines.c.bulk_id.in_(bulk_ids))
        .group_by(bulk_lines.c.bulk_id, bulk_lines.c.outcome)
    )
    found: dict[str, dict[str, int]] = {bulk_id: {} for bulk_id in bulk_ids}
    for row in conn.execute(query):
        found[row.bulk_id][row.outcome] = row.number
    return found


def forget_old(conn: Connection, at: datetime) -> int:
    """Drop acts that ended longer ago than their keys are kept: what was done stays in the events of the cases."""
    ended = select(bulk_acts.c.id).where(bulk_acts.c.ended_at < at - timedelta(days=KEPT_DAYS))
    conn.execute(delete(bulk_lines).where(bulk_lines.c.bulk_id.in_(ended)))
    return conn.execute(delete(bulk_acts).where(bulk_acts.c.id.in_(ended))).rowcount
