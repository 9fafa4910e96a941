"""What must hold once everybody has gone home: every acknowledged act stands in its case once, and nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, create_engine, insert, or_, select, true

from policies.parameters import Policies
from tests.bench.errands import Act, Told
from workflow.database import Database
from workflow.effects import RENDER
from workflow.registry import Registry
from workflow.tables import cases, effects, events, files, hour_evidence, letter_cases, letters, metadata
from workflow.tables.log import take_triggers
from workflow.verification import verify

#: Cases that are looked at together, and rows that are copied.
_PORTION = 500


def faults(database: Database, told: Told) -> Iterator[str]:
    """Everything that must not be, in words."""
    yield from told.errors
    touched = list(dict.fromkeys(act.case for act in told.acts))
    yield from database.read(lambda conn: list(_lost(conn, told.acts, touched)))
    yield from database.read(lambda conn: list(_not_made(conn, told, touched)))


def _lost(conn: Connection, acts: Sequence[Act], touched: Sequence[str]) -> Iterator[str]:
    """Updates that were lost, done twice, or acknowledged to nobody."""
    twice = [place for place, times in Counter((act.case, act.version) for act in acts).items() if times > 1]
    yield from (f"two acts of case {case} were both told that they made version {version}" for case, version in twice)
    acknowledged = {event: act for act in acts for event in act.events}
    if len(acknowledged) != sum(len(act.events) for act in acts):
        yield "one event was told of as that of two acts"
    last: dict[str, int] = {}
    for act in acts:
        last[act.case] = max(act.version, last.get(act.case, 0))
    seen: Counter[str] = Counter()
    for portion in _portions(touched):
        rows = conn.execute(select(events.c.id, events.c.case_id, events.c.type).where(events.c.case_id.in_(portion)))
        for event in rows:
            told_by = acknowledged.pop(event.id, None)
            seen[event.case_id] += 1
            if told_by is None:
                yield f"case {event.case_id} has an event that nobody was answered for: {event.type} {event.id}"
            elif (told_by.case, told_by.trigger) != (event.case_id, event.type):
                yield f"event {event.id} is of another act than was told: {event.type}, not {told_by.trigger}"
        for row in conn.execute(select(cases.c.id, cases.c.version).where(cases.c.id.in_(portion))):
            if not row.version == last[row.id] == seen[row.id]:
                yield f"case {row.id}: version {row.version}, last told {last[row.id]}, events {seen[row.id]}"
    yield from (f"lost: {act.trigger} of case {act.case}, version {act.version}" for act in acknowledged.values())


def _not_made(conn: Connection, told: Told, touched: Sequence[str]) -> Iterator[str]:
    """Letters that were told of and have no file, and what of these cases could not be done."""
    for portion in _portions(sorted(told.letters)):
        found = {row.id: row for row in conn.execute(select(letters).where(letters.c.id.in_(portion)))}
        yield from (f"letter {each} was told of and is not there" for each in portion if each not in found)
        yield from (f"letter {row.id} is {row.state}, without a file" for row in found.values() if not row.file_id)
    for portion in _portions(touched):
        failed = select(effects).where(effects.c.case_id.in_(portion), effects.c.done_at.is_(None))
        for row in conn.execute(failed.where((effects.c.kind == RENDER) | effects.c.error.is_not(None))):
            yield f"{row.kind} of case {row.case_id} was not done: {row.error}"


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (ids[first : first + _PORTION] for first in range(0, len(ids), _PORTION))


# --- Verified --------------------------------------------------------------------------------------------------------


def findings(database: Database, told: Told, folder: Path) -> list[str]:
    """What ``verify`` finds of the cases that were acted on, in a copy without all others: those are shorter than real ones."""
    touched = {act.case for act in told.acts}
    address = f"sqlite:///{folder}/touched.db"
    # By an engine that asks for no references: some lead to cases that are left out, and none of those is verified.
    engine = create_engine(address)
    with engine.begin() as there:
        metadata.create_all(there)
        take_triggers(there)  # what is to be sealed is copied
        database.read(lambda here: _copy(here, there, touched | _earned_before(here, touched)))
    engine.dispose()
    beside = Database.open(address)
    parts = beside.read(lambda conn: list(verify(conn, Registry.discover(), Policies.load(None))))
    beside.close()
    if not all(part.looked_at for part in parts if part.part in ("chain", "decisions", "cases", "numbers")):
        return ["verify looked at nothing"]
    # Of a register it misses the numbers of the letters that were left out; such a finding names no case.
    return [f"{part.title}: {each.says}" for part in parts for each in part.findings if each.case_id in touched]


def _copy(here: Connection, there: Connection, touched: Collection[str]) -> None:
    for table in metadata.sorted_tables:
        found = here.execute(select(table).where(_of(table, touched)), execution_options={"yield_per": _PORTION})
        for rows in found.mappings().partitions(_PORTION):
            there.execute(insert(table), [dict(row) for row in rows])


def _earned_before(conn: Connection, touched: Collection[str]) -> set[str]:
    """All cases in which those who earned hours in these earned some: what counts of one depends on the others."""
    people = select(hour_evidence.c.person_id).where(hour_evidence.c.case_id.in_(touched))
    earned = select(hour_evidence.c.case_id).where(
        hour_evidence.c.person_id.in_(people), hour_evidence.c.case_id.is_not(None)
    )
    return set(conn.execute(earned).scalars())


def _of(table: Table, touched: Collection[str]) -> ColumnElement[bool]:
    """Which rows of a table belong to cases, or to no case at all."""
    of_cases = select(letter_cases.c.letter_id).where(letter_cases.c.case_id.in_(touched))
    if table is cases:
        return cases.c.id.in_(touched)
    if table is letters:
        return letters.c.id.in_(of_cases)
    if table is files:
        return files.c.case_id.in_(touched) | files.c.id.in_(
            select(letters.c.file_id).where(letters.c.id.in_(of_cases))
        )
    return or_(table.c.case_id.is_(None), table.c.case_id.in_(touched)) if "case_id" in table.c else true()
