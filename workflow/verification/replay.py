"""The log of a case replayed: what its rows must be, each with the event that told it last.

Cases come in portions, with the rows of one portion at a time, so that memory stays flat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import BindParameter, Connection, RowMapping, Select, Table, bindparam, select

from workflow.audit import ERASED
from workflow.budgets.books import Movement
from workflow.engine.evidence import (
    ClaimTold,
    EntryTold,
    Erasure,
    Evidence,
    HoursTold,
    IncomingTold,
    LetterTold,
    PlaceTold,
    as_stored,
    as_written,
    that_remains,
)
from workflow.engine.recording import OPENED
from workflow.registry import Registry
from workflow.tables import cases, events
from workflow.verification.findings import STREAMED
from workflow.verification.reading import read

#: Cases looked at together.
PORTION = 100


class Lent(Struct, frozen=True):
    """By a mandate of whom somebody acted."""

    givers: tuple[str, ...] = ()


class Actor(Struct, frozen=True):
    """Who acted, as far as it matters here."""

    id: str | None = None
    role: str | None = None
    mandate: Lent = Lent()


class Payload(Evidence, frozen=True, kw_only=True):
    """What of an event's payload is replayed."""

    actor: Actor = Actor()
    to: str | None = None
    form: Any = None
    erased: Erasure | None = None


@dataclass
class Entry:
    """What an entry must be. ``marked_by``: whoever marked it, None where nobody did; unknown once that was erased."""

    sequence: int
    sha256: str | None
    status: str = "written"
    marked_in: int | None = None
    marked_at: str | None = None
    marked_by: str | None = None
    marker_is_known: bool = True


@dataclass
class Letter:
    """What a letter must be. ``number``: None until it has one. ``moved_in``: the event that told its state, ``moved_at``: when."""

    sequence: int
    moved_in: int
    kind: str
    sha256: str | None
    state: str = ""
    moved_at: str = ""
    number: str | None = None
    cancelled_by: str | None = None
    #: The letter that took the case off it, while others go on under it; its own where nobody had signed it yet.
    changed_by: str | None = None
    #: It is void by a letter that did not name it before it was signed, and is marked by that no more once that is called back.
    is_revoked: bool = False
    #: All cases that it was told to be of, where they are several.
    cases: tuple[str, ...] = ()
    issued_with: str = ""


@dataclass
class Posted:
    """A movement of money or of hours, and when it must have been posted."""

    sequence: int
    told: Movement | HoursTold
    at: str


@dataclass
class Claim:
    """A claim to hours, as it was told; ``withdrawn``: when it was taken back, None where it was not."""

    sequence: int
    told: ClaimTold
    withdrawn: str | None = None


@dataclass
class History:
    """A case's row as it is stored, and what its log says that it and the rows around it must be."""

    row: RowMapping
    #: The event that told last how the case stands; where it says so, with which state, form and digest.
    sequence: int | None = None
    state: str | None = None
    form: Any = None
    digest: str | None = None
    entries: dict[tuple[str, int], Entry] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    movements: dict[str, Posted] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    hours: dict[str, Posted] = field(default_factory=dict)
    #: The digest of each file that was tied to the case, and the event that tied it.
    files: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    #: Incoming letters by which a step was recorded, with the event.
    incoming: dict[tuple[str, int], IncomingTold] = field(default_factory=dict)
    #: Who acted in which role, and when first; not all of them where an event was erased.
    acted: dict[tuple[str, str], int] = field(default_factory=dict)
    #: In whose name somebody acted in which role, and when last.
    lent: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    #: What was told last of each place that ended or began again, and in which event.
    places: dict[tuple[str, str], tuple[int, PlaceTold]] = field(default_factory=dict)
    has_erased: bool = False


#: Cases by id.
Histories = Mapping[str, History]


def portions(conn: Connection, registry: Registry) -> Iterator[Histories]:
    """Every case with what its log tells, a portion at a time."""
    found = conn.execute(_ALL_CASES, execution_options={"yield_per": PORTION})
    for rows in found.mappings().partitions(PORTION):
        yield _replayed(conn, rows, registry)


def histories_of(conn: Connection, registry: Registry, case_ids: Collection[str]) -> Histories:
    """Some cases with what their logs tell."""
    return _replayed(conn, conn.execute(_SOME_CASES, {"cases": list(case_ids)}).mappings().all(), registry)


def rows_of(conn: Connection, table: Table, histories: Histories) -> dict[str, list[RowMapping]]:
    """The rows of a table for each case of a portion that has some."""
    return {case_id: list(rows) for case_id, rows in groupby(_rows(conn, table, histories), key=itemgetter("case_id"))}


def _rows(conn: Connection, table: Table, histories: Histories, *order: str) -> Iterator[RowMapping]:
    query = _rows_of_cases(table, order or tuple(column.name for column in table.primary_key))
    yield from conn.execute(query, {"cases": list(histories)}, execution_options=STREAMED).mappings()


#: The cases of a portion, in statements that are built once: for each portion anew they would take longer than to run.
IN_PORTION: BindParameter[Any] = bindparam("cases", expanding=True)


@cache
def _rows_of_cases(table: Table, order: tuple[str, ...]) -> Select[Any]:
    query = select(*as_stored(table)).where(table.c.case_id.in_(IN_PORTION))
    return query.order_by(table.c.case_id, *(table.c[name] for name in order))


_ALL_CASES = select(*as_stored(cases)).order_by(cases.c.id)
_SOME_CASES = select(*as_stored(cases)).where(cases.c.id.in_(IN_PORTION))


# --- Replaying -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Happened:
    sequence: int
    type: str
    at: str
    #: None where it was erased.
    payload: Payload | None


def told_in(payload: Any) -> Payload:
    """A payload as stored; one that was touched so that it cannot be read tells nothing, the chain tells of it."""
    return read(payload, Payload) or Payload()


def _replayed(conn: Connection, rows: Iterable[RowMapping], registry: Registry) -> dict[str, History]:
    histories = {row["id"]: History(row) for row in rows}
    subject = {name: process.subject for name, process in registry.processes.items()}
    for case_id, told in groupby(_rows(conn, events, histories, "sequence"), key=itemgetter("case_id")):
        _replay(histories[case_id], list(map(_event, told)), subject)
    return histories


def _event(row: RowMapping) -> _Happened:
    payload = None if row["payload"] is None else told_in(row["payload"])
    return _Happened(row["sequence"], row["type"], as_written(row["at"]), payload)


def _replay(history: History, told: list[_Happened], subject: Mapping[str, str]) -> None:
    """``subject``: the role of whom a process is about."""
    erasures = [each.payload.erased for each in told if each.payload and each.type == ERASED and each.payload.erased]
    # Made once more what an erasure keeps: what stands there now was written when nobody looked at it.
    kept = {erasure.sequence: that_remains(erasure.kept) for erasure in erasures if erasure.kept}
    history.has_erased = bool(erasures)
    for event in told:
        if event.payload is None:
            history.sequence, history.state, history.form, history.digest = event.sequence, None, None, None
            _tell(history, event, kept.get(event.sequence, Evidence()), None, erased=True)
            continue
        _stand(history, event, event.payload)
        _tell(history, event, event.payload, event.payload.actor, erased=False)
        actor = event.payload.actor
        role = actor.role or (subject.get(history.row["process"]) if event.type == OPENED else None)
        if role and actor.id:
            history.acted.setdefault((role, actor.id), event.sequence)
            known = {(role, giver): (event.sequence, actor.id) for giver in actor.mandate.givers if giver != actor.id}
            history.lent |= known


def _stand(history: History, event: _Happened, payload: Payload) -> None:
    """How the case stands after an event. Only a step says its state and form; every event has a digest of the row."""
    history.sequence, history.digest = event.sequence, payload.case
    if payload.form is not None:
        history.state, history.form = payload.to, payload.form


def _tell(history: History, event: _Happened, told: Evidence, actor: Actor | None, *, erased: bool) -> None:
    by = actor.id if actor else None
    if marked := told.marked:
        _mark(history, event, (marked.kind, marked.numbers, marked.status), by, erased=erased)
    if entry := told.entry:
        _mark(history, event, (entry.kind, entry.corrected, "corrected"), by, erased=erased)
        _write(history, event, entry)
    _tell_letters(history, event, told)
    for moved in told.posted:
        history.movements[moved.id] = Posted(event.sequence, moved, event.at)
    for claim in told.claims:
        history.claims[claim.id] = Claim(event.sequence, claim)
    for lost in told.unclaimed:
        if known := history.claims.get(lost):
            known.sequence, known.withdrawn = event.sequence, event.at
    for hours in told.hours:
        history.hours[hours.id] = Posted(event.sequence, hours, event.at)
    if incoming := told.incoming:
        history.incoming[incoming.id, event.sequence] = incoming
    history.places |= {(each.role, each.person): (event.sequence, each) for each in told.places if each.person}
    for file in told.files:
        history.files[file.id] = event.sequence, file.sha256


def _tell_letters(history: History, event: _Happened, told: Evidence) -> None:
    for letter in told.letters:
        history.letters[letter.id] = _issued(event, letter)
    for dropped in told.dropped:
        _move(history, event, dropped, "void")
    for left in told.left:
        if draft := history.letters.get(left):
            draft.moved_in, draft.changed_by = event.sequence, left
    for letter in (*told.letters, *([told.letter] if told.letter else [])):
        _issue(history, event, letter)


def _write(history: History, event: _Happened, entry: EntryTold) -> None:
    history.entries[entry.kind, entry.number] = Entry(event.sequence, entry.sha256)


def _mark(
    history: History, event: _Happened, marks: tuple[str, tuple[int, ...], str], by: str | None, *, erased: bool
) -> None:
    kind, numbers, status = marks
    for number in numbers:
        if entry := history.entries.get((kind, number)):
            entry.marked_in, entry.status = event.sequence, status
            entry.marked_at, entry.marked_by, entry.marker_is_known = event.at, by, not erased


def _issue(history: History, event: _Happened, told: LetterTold) -> None:
    """What is told of a letter: how the act left it, and which others it changes."""
    letter = history.letters.setdefault(told.id, _issued(event, told))
    letter.sequence, letter.sha256, letter.cases = event.sequence, told.sha256, told.cases or letter.cases
    letter.moved_in, letter.moved_at, letter.state = event.sequence, event.at, told.state
    letter.number = told.number
    for cancelled in told.cancels:
        if old := history.letters.get(cancelled):
            old.moved_in, old.moved_at, old.cancelled_by = event.sequence, event.at, told.id
    for changed in told.changes:
        if old := history.letters.get(changed):
            old.moved_in, old.changed_by = event.sequence, told.id
    _end(history, event, told)
    for old_id in told.restores:
        _restore(history, event, old_id, told.id)
    if told.revoked_by and told.state == "void":
        letter.cancelled_by = told.revoked_by
    elif told.revoked_by:
        letter.changed_by = told.revoked_by


def _end(history: History, event: _Happened, told: LetterTold) -> None:
    """Which others a letter made void, revoked or replaced."""
    for old_id in told.voids:
        _move(history, event, old_id, "void")
    for old_id in told.revokes:
        _move(history, event, old_id, "void")
        if old := history.letters.get(old_id):
            old.cancelled_by, old.is_revoked = told.id, True
    for old_id in told.replaces:
        _move(history, event, old_id, "replaced")
        if old := history.letters.get(old_id):
            old.cancelled_by = told.id


def _issued(event: _Happened, told: LetterTold) -> Letter:
    return Letter(event.sequence, event.sequence, told.kind, told.sha256, issued_with=event.type)


def _restore(history: History, event: _Happened, letter_id: str, by: str) -> None:
    """A letter that another took back counts again; what that one is still to cancel remains marked by it."""
    letter = history.letters.get(letter_id)
    if letter is None:
        return
    if letter_id == by:  # it was revoked by a letter of another case, which is called back
        letter.cancelled_by = letter.changed_by = None
        return
    if letter.changed_by == by:
        letter.moved_in, letter.changed_by = event.sequence, None
        return
    if letter.state == "replaced" or letter.is_revoked:
        letter.cancelled_by, letter.is_revoked = None, False
    _move(history, event, letter_id, "to_render")


def _move(history: History, event: _Happened, letter_id: str, state: str) -> None:
    if letter := history.letters.get(letter_id):
        letter.moved_in, letter.moved_at, letter.state = event.sequence, event.at, state
