"""Firing what is due: each rung of a ladder, each letter late on its way, in a transaction of its own, once, by compare-and-set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select, text, tuple_, union, update
from sqlalchemy.exc import DBAPIError

from policies.dates import written
from workflow import cases, effects
from workflow.authority.bench import Bench
from workflow.bulk import rows as bulk
from workflow.cases import Case
from workflow.database import Database, DatabaseUnavailable
from workflow.definition import Escalate, Fire, Process, Remind
from workflow.engine import idempotency, seating
from workflow.engine.engine import Engine
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.reseating import escalated
from workflow.errors import Problem
from workflow.facts import Situation
from workflow.letters import leaving
from workflow.letters.reminding import late_letters, pass_letter_due
from workflow.matching.reminding import remind_of_rounds
from workflow.people import Today, lapse_mandates, tell_of_silence, vacate_due
from workflow.tables import cases as cases_table
from workflow.tables import deadlines, tasks


@dataclass
class Swept:
    """What a sweep did. ``held_up``: steps that the system could not take yet, with the reason. ``stopped``: before its end."""

    reminded: int = 0
    escalated: int = 0
    fired: int = 0
    reseated: int = 0
    held_up: list[str] = field(default_factory=list)
    stopped: bool = False


def sweep(
    database: Database,
    engine: Engine,
    at: datetime,
    *,
    reseat: bool = True,
    stopped: Callable[[], bool] = lambda: False,
) -> Swept:
    """Fire every deadline that falls on this day or before, then seat open cases anew. Safe to run twice, or twice at once.

    Cases and deadlines are read in portions, so that memory does not grow with them. ``stopped`` is asked between two units;
    what is left then is done by the next sweep.
    """
    swept = Swept()
    database.write(look_over_tables)
    database.write(idempotency.forget_old, at)
    database.write(bulk.forget_old, at)
    on = engine.office.day(at)
    database.write(vacate_due, on)
    with _held_up(swept.held_up, "pelimpahan"):
        today = Today(at, on, engine.office.policies.on(on))
        database.write(lapse_mandates, today)
        database.write(tell_of_silence, today)
    with _held_up(swept.held_up, "putaran mentoring"):
        database.write(remind_of_rounds, engine, at)
    work = (_pass_deadlines, _pass_letters, *([_reseat_all] if reseat else []))
    swept.stopped = not all(part(database, engine, at, swept, stopped) for part in work)
    return swept


def look_over_tables(conn: Connection) -> None:
    """Let SQLite note how its tables look, by a sample, so that it chooses its indexes by that; PostgreSQL does so itself."""
    if conn.dialect.name == "sqlite":
        conn.execute(text("PRAGMA analysis_limit = 1000"))
        conn.execute(text("ANALYZE"))


def _pass_deadlines(
    database: Database, engine: Engine, at: datetime, swept: Swept, stopped: Callable[[], bool]
) -> bool:
    """Whatever falls due. Answers whether it came to the end."""
    for row in _portions(database, due_deadlines, engine.office.day(at)):
        if stopped():
            return False
        with _held_up(swept.held_up, row.case_id):
            kind, note = database.write(pass_deadline, engine, row.id, at)
            swept.reminded += kind == "remind"
            swept.escalated += kind == "escalate"
            swept.fired += kind == "fire" and note is None
            if note is not None:
                swept.held_up.append(note)
    return True


def _pass_letters(database: Database, engine: Engine, at: datetime, swept: Swept, stopped: Callable[[], bool]) -> bool:
    for letter_id in database.read(late_letters, engine.office.day(at)):
        if stopped():
            return False
        with _held_up(swept.held_up, letter_id):
            reminded, escalated_now = database.write(pass_letter_due, engine, letter_id, at)
            swept.reminded += reminded
            swept.escalated += escalated_now
    return True


def _reseat_all(database: Database, engine: Engine, at: datetime, swept: Swept, stopped: Callable[[], bool]) -> bool:
    after = ""
    while case_ids := database.read(waiting_cases, after, TOGETHER):
        if stopped():
            return False
        swept.reseated += reseat_cases(database, engine, case_ids, at, swept.held_up)
        after = case_ids[-1]
    return True


#: Deadlines that are read at once.
PORTION = 500


def _portions(
    database: Database, read: Callable[[Connection, date, Row[Any] | None], Sequence[Row[Any]]], on: date
) -> Iterator[Row[Any]]:
    """The rows of a list that is read in portions. What is added meanwhile is for the next sweep, unless more are left to read."""
    last: Row[Any] | None = None
    while rows := database.read(read, on, last):
        yield from rows
        if len(rows) < PORTION:
            break
        last = rows[-1]


#: Cases that are seated anew in one transaction: few enough that others who write wait no longer than for one large step.
TOGETHER = 50


def reseat_cases(database: Database, engine: Engine, case_ids: Sequence[str], at: datetime, held_up: list[str]) -> int:
    """Seat cases anew, many in a transaction; what is wrong with one holds up no other. Answers for how many something changed."""
    changed = 0
    for several in (sorted(case_ids[first : first + TOGETHER]) for first in range(0, len(case_ids), TOGETHER)):
        try:
            moved, noted = database.write(reseat_together, engine, several, at)
        except (DatabaseUnavailable, DBAPIError):
            for case_id in several:  # it may be one of them: each alone then
                with _held_up(held_up, case_id):
                    changed += database.write(engine.reseat, case_id, at)
        else:
            changed += moved
            held_up += noted
    return changed


def reseat_together(conn: Connection, engine: Engine, case_ids: Sequence[str], at: datetime) -> tuple[int, list[str]]:
    """Each case in a savepoint of its own. In the order of their ids, as whoever else locks several locks them."""
    changed = 0
    noted: list[str] = []
    for case_id in case_ids:
        attempt = conn.begin_nested()
        try:
            changed += engine.reseat(conn, case_id, at)
        except (DatabaseUnavailable, DBAPIError):
            raise  # a deadlock or a lost connection is the whole unit's, which is run again
        except Exception as error:  # noqa: BLE001 - as in _held_up
            attempt.rollback()
            noted.append(_note(case_id, error))
        else:
            attempt.commit()
    return changed, noted


@contextmanager
def _held_up(notes: list[str], case_id: str) -> Iterator[None]:
    """What is wrong with one case holds up no other: it is noted, its unit undone, and the sweep goes on."""
    try:
        yield
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other cases' deadlines must not wait for it
        notes.append(_note(case_id, error))


def _note(case_id: str, error: Exception) -> str:
    return f"{case_id}: {type(error).__name__}: {error}"


def due_deadlines(conn: Connection, on: date, after: Row[Any] | None = None) -> Sequence[Row[Any]]:
    """Rungs that fall on a day or before and are not done, at most ``PORTION`` of them, those behind one where it is given."""
    place = tuple_(deadlines.c.falls_on, deadlines.c.case_id, deadlines.c.rung, deadlines.c.id)
    query: Select[Any] = (
        select(deadlines.c.id, deadlines.c.case_id, deadlines.c.falls_on, deadlines.c.rung)
        .where(deadlines.c.done_at.is_(None), deadlines.c.falls_on <= on)
        .order_by(*place.clauses)
        .limit(PORTION)
    )
    if after is not None:
        query = query.where(deadlines.c.falls_on >= after.falls_on)
        query = query.where(place > (after.falls_on, after.case_id, after.rung, after.id))
    return conn.execute(query).all()


def waiting_cases(conn: Connection, after: str = "", limit: int | None = None) -> list[str]:
    """Cases that wait for somebody, by id: open ones, and closed ones of which a letter is still to be signed.

    ``after``, ``limit``: those behind an id, so many at most.
    """
    still_open = select(cases_table.c.id).where(cases_table.c.closed_at.is_(None), cases_table.c.id > after)
    awaited = select(tasks.c.case_id.label("id")).where(tasks.c.case_id > after).distinct()
    # Each has an index in the order of ids, by which no more than a portion of it is read.
    parts = [select(part.order_by(part.selected_columns.id).limit(limit).subquery()) for part in (still_open, awaited)]
    some = union(*parts).subquery("waiting")
    return list(conn.execute(select(some.c.id).order_by(some.c.id).limit(limit)).scalars())


def pass_deadline(conn: Connection, engine: Engine, deadline_id: str, at: datetime) -> tuple[str, str | None]:
    """Do what one rung says, unless somebody was faster. Answers its kind ("" where nothing was to be done) and what held it up."""
    row = conn.execute(select(deadlines).where(deadlines.c.id == deadline_id)).one_or_none()
    if row is None:
        return "", None
    case = cases.load(conn, row.case_id, lock=True)
    process = engine.registry.process(case.process)
    if case.state == row.state and (waits := leaving.unfinished(conn, process, case)):
        return "", _put_off(conn, engine, case, row, waits, at)
    taken = conn.execute(
        update(deadlines)
        .where(deadlines.c.id == deadline_id, deadlines.c.done_at.is_(None), deadlines.c.falls_on == row.falls_on)
        .values(done_at=at, note=None)
    )
    if taken.rowcount == 0 or case.state != row.state:
        return "", None
    rung = seating.rung_of(process, row.state, row.rung)
    if isinstance(rung, Fire):
        return row.kind, _fire(conn, engine, case, rung, row, at)
    if isinstance(rung, Escalate):
        _escalate(conn, engine, process, case, rung, row, at)
    elif isinstance(rung, Remind):
        _remind(conn, engine, process, case, row, at)
    return row.kind, None


def _fire(conn: Connection, engine: Engine, case: Case, rung: Fire, row: Any, at: datetime) -> str | None:
    """The system takes the step. Where something stands in the way it tries again on the next working day, or says so once."""
    attempt = conn.begin_nested()
    try:
        engine.fire(conn, case.id, rung.trigger, THE_SYSTEM, {}, at)
    except Problem as problem:
        attempt.rollback()
        office = engine.office
        again = rung.again and not _is_over(case, rung.until, office.day(at))
        tomorrow = office.next_working_day(office.day(at) + timedelta(days=1), case.unit_id)
        values = {"falls_on": tomorrow, "done_at": None} if again else {}
        conn.execute(update(deadlines).where(deadlines.c.id == row.id).values(note=problem.says, **values))
        return f"{case.id}: {rung.trigger}: {problem.says}"
    attempt.commit()
    return None


def _put_off(conn: Connection, engine: Engine, case: Case, row: Any, waits: str, at: datetime) -> str:
    """A rung waits to the next working day, with the reason."""
    tomorrow = engine.office.next_working_day(engine.office.day(at) + timedelta(days=1), case.unit_id)
    standing = (deadlines.c.id == row.id, deadlines.c.done_at.is_(None))
    conn.execute(update(deadlines).where(*standing).values(falls_on=tomorrow, note=waits))
    return f"{case.id}: {waits}"


def _is_over(case: Case, until: str, on: date) -> bool:
    """Whether the day of the form that a rung names has passed, so that trying again is of no use."""
    return bool(case.form.get(until)) and date.fromisoformat(case.form[until]) < on


def _remind(conn: Connection, engine: Engine, process: Process, case: Case, row: Any, at: datetime) -> None:
    state = process.state[case.state]
    says = f"{process.title}: berkas berstatus “{state.title}” menunggu tindakan Anda, tenggat {written(row.due_on)}."
    bench = Bench(Situation(conn, engine.office, process, case, case.form, at))
    told = {wait.person_id: says for wait in seating.waits(bench, process, case)}
    effects.tell(conn, case.id, told, at, asks=effects.REMINDER)


def _escalate(
    conn: Connection, engine: Engine, process: Process, case: Case, rung: Escalate, row: Any, at: datetime
) -> None:
    """Show the case to the one named, or to the superior of whoever is waited for, who may then act in their place."""
    memory = dict(case.memory)
    if rung.to:
        memory["asked"] = sorted({*memory.get("asked", ()), rung.to})
    else:
        memory["escalated"] = sorted({*memory.get("escalated", ()), *process.state[case.state].waits})
    situation = Situation(conn, engine.office, process, case, case.form, at)
    escalated(situation, memory, late_by=row.due_on, to=rung.to)
