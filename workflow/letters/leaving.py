"""When letters leave: a state that answers one (``State.after``) begins with its leaving, for its people and its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, bindparam, select

from workflow import cases, effects
from workflow.authority.bench import Bench
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine import seating
from workflow.engine.evidence import Evidence
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.recording import LEFT_HOUSE, record, who_acted
from workflow.facts import Situation
from workflow.letters.route import UNDER_WAY
from workflow.letters.sources import letter_cases_of
from workflow.letters.words import begun_small
from workflow.office import Office
from workflow.tables import letter_cases, letters
from workflow.telling.plain_text import listing

if TYPE_CHECKING:
    from workflow.registry import Registry


def is_awaited(conn: Connection, process: Process, case: Case) -> bool:
    """Whether a case is in a state that has not begun yet, as the letter that is answered there has not left."""
    return bool(_of_state(conn, process, case, UNDER_WAY))


def awaited_letters(conn: Connection, process: Process, case: Case) -> str:
    """In words, the letter whose leaving a state waits for. Empty where it waits for none."""
    return awaited_by_case(conn, {case.id: (process, case.state)}).get(case.id, "")


def awaited_by_case(conn: Connection, standing: Mapping[str, tuple[Process, str]]) -> dict[str, str]:
    """The same for several cases at once, by their ids; only of those that wait. ``standing``: their processes and states."""
    answered = {
        case_id: {letter.name: begun_small(letter.title) for letter in process.state[state].after}
        for case_id, (process, state) in standing.items()
        if process.state[state].after
    }
    if not answered:
        return {}
    titles: dict[str, dict[str, None]] = {}
    for row in conn.execute(_FOUND_IN, {"cases": list(answered), "states": UNDER_WAY}):
        if row.kind in answered[row.case_id]:
            titles.setdefault(row.case_id, {})[answered[row.case_id][row.kind]] = None
    return {case_id: f"Menunggu {listing(found)} keluar" for case_id, found in titles.items()}


def beside(title: str, awaits: str) -> str:
    """A state's title with the letter that it awaits, if any, as one line."""
    return f"{title} ({begun_small(awaits)})" if awaits else title


def unfinished(conn: Connection, process: Process, case: Case) -> str:
    """What the time of a state waits for: a letter that is signed, and not made yet. Empty where it waits for nothing."""
    found = _of_state(conn, process, case, ("to_render",))
    return f"{process.letters[found[0].kind].title} belum selesai dibuat; tenggat menunggu." if found else ""


def _of_state(conn: Connection, process: Process, case: Case, states: Sequence[str]) -> Sequence[Row[tuple[str]]]:
    kinds = [letter.name for letter in process.state[case.state].after]
    return conn.execute(_FOUND, {"case": case.id, "kinds": kinds, "states": states}).all() if kinds else ()


def entered(process: Process, case: Case, kind: str, office: Office, at: datetime) -> Case:
    """A case whose state answers a letter that leaves now: it is entered on this day. Any other case stays as it is."""
    begins = any(letter.name == kind for letter in process.state[case.state].after)
    return replace(case, entered_on=office.day(at)) if begins else case


def begin(situation: Situation, kind: str) -> dict[str, str]:
    """Seat those who answer a letter that has just left, and let the time run. Answers what each is told."""
    process, case, conn, at = situation.process, situation.case, situation.conn, situation.at
    answers = any(letter.name == kind for letter in process.state[case.state].after)
    if not answers or is_awaited(conn, process, case):
        return {}
    due = seating.set_deadlines(conn, situation.office, process, case, at)
    says = f"{process.title}: berkas berstatus “{process.state[case.state].title}” menunggu tindakan Anda."
    return {wait.person_id: says for wait in seating.seat_anew(Bench(situation), process, case, due, at)}


def begin_later(conn: Connection, process: Process, case: Case, kind: str) -> None:
    """A letter that had left is to be mended: nobody is asked for an answer, and no time runs, until it leaves again."""
    if any(letter.name == kind for letter in process.state[case.state].after):
        seating.clear_tasks(conn, case.id)
        seating.clear_deadlines(conn, case.id)


def left(conn: Connection, office: Office, letter_id: str, at: datetime, registry: Registry | None = None) -> None:
    """The file of a letter is complete: where that is a later day than its signature's, the time of those who answer begins now.

    For whoever makes letters, in the transaction in which one turns ``signed``. Does nothing twice. ``registry``: the processes
    there are, unless others than those that are discovered.
    """
    kind, signed_at = conn.execute(select(letters.c.kind, letters.c.signed_at).where(letters.c.id == letter_id)).one()
    if signed_at is None or office.day(signed_at) == office.day(at):
        return
    registry = registry or discovered()
    for case_id in letter_cases_of(conn, letter_id):
        case = cases.load(conn, case_id, lock=True)
        process = registry.process(case.process)
        now = entered(process, case, kind, office, at)
        if now.entered_on == case.entered_on:
            continue
        payload = {"actor": who_acted(THE_SYSTEM, None), "state": case.state, "left": letter_id}
        now, _ = record(conn, case, now, LEFT_HOUSE, at, payload, Evidence())
        asked = begin(Situation(conn, office, process, now, now.form, at), kind)
        effects.tell(conn, now.id, asked, at, asks=effects.NEW_TASK)


def discovered() -> Registry:
    """All processes that there are."""
    from workflow.registry import Registry  # noqa: PLC0415 - the registry reads what letters are made of, and so this package

    return Registry.discover()


_FOUND = (
    select(letters.c.kind)
    .join_from(letters, letter_cases)
    .where(
        letter_cases.c.case_id == bindparam("case"),
        letter_cases.c.changed_by.is_(None),
        letters.c.kind.in_(bindparam("kinds", expanding=True)),
        letters.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(letters.c.id)
)
_FOUND_IN = (
    select(letter_cases.c.case_id, letters.c.kind)
    .join_from(letters, letter_cases)
    .where(
        letter_cases.c.case_id.in_(bindparam("cases", expanding=True)),
        letter_cases.c.changed_by.is_(None),
        letters.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(letters.c.id)
)
