"""OCEL 2.0 in JSON: the same events, with all that each is about: case, person, unit, letter, cohort, register.

Events come first and objects after them, so that both are written as they are read; only which people and units were met is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, select

from workflow.definition import Transition
from workflow.process_log.reading import Happening, Trace, Wanted, traces, written
from workflow.tables import cases, cohort_cases, events, letter_cases, letters, units
from workflow.telling.explain_event import event_called
from workflow.verification.findings import STREAMED

_ALWAYS: Final = "1970-01-01T00:00:00.000+00:00"
_TEXT: Final = "string"
_OF_EVENTS: Final = ("step", "role", "from", "to")
_OF_OBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "case": ("process", "state"),
    "person": ("name",),
    "unit": ("name",),
    "letter": ("kind", "state"),
    "cohort": (),
    "register": ("year",),
}
#: Letters whose registers are held at once.
_LETTERS: Final = 4096
Related = tuple[tuple[str, str], ...]


def ocel(conn: Connection, wanted: Wanted) -> Iterator[str]:
    """The log, in pieces."""
    yield '{"objectTypes":' + _json(_types(_OF_OBJECTS.items()))
    yield ',"eventTypes":' + _json(_types((title, _OF_EVENTS) for title in _activities(conn, wanted)))
    met = _Met()
    yield ',"events":['
    yield from _separated(_events(conn, wanted, met))
    yield '],"objects":['
    yield from _separated(_objects(conn, wanted, met))
    yield "]}\n"


class _Met:
    """Who was met among the events: people, by pseudonym, with their names; units by code."""

    def __init__(self) -> None:
        self.people: dict[str, tuple[str, str]] = {}
        self.units: set[str] = set()

    def take(self, trace: Trace, happening: Happening) -> None:
        if happening.person:
            self.people[happening.person] = happening.name, happening.unit
        self.units.update(unit for unit in (happening.unit, trace.unit) if unit)


# --- Events ----------------------------------------------------------------------------------------------------------


def _activities(conn: Connection, wanted: Wanted) -> list[str]:
    """What the activities of these cases can be called; whichever arrow it was, one of these is its title."""
    process = wanted.process
    query = select(events.c.type).distinct().join_from(events, cases, cases.c.id == events.c.case_id)
    kinds = conn.execute(query.where(*wanted.reach)).scalars().all()
    called: set[str] = set()
    for kind in kinds:
        arrows: list[Transition | None] = [each for each in process.transitions if each.trigger == kind]
        called |= {event_called(process, kind, each).removesuffix(f" ({kind})") for each in arrows or [None]}
    return sorted(called)


def _events(conn: Connection, wanted: Wanted, met: _Met) -> Iterator[dict[str, Any]]:
    register_of = _registers(conn)
    with _gathered(conn, wanted) as cohorts_of, traces(conn, wanted) as found:
        for trace in found:
            cohorts = cohorts_of(trace.case_id)
            for happening in trace.happenings:
                met.take(trace, happening)
                yield _event(trace, happening, cohorts, register_of)


def _event(
    trace: Trace, happening: Happening, cohorts: tuple[str, ...], register_of: Callable[[str], str]
) -> dict[str, Any]:
    said = (happening.step, happening.role, happening.before, happening.after)
    about = [(_id("case", trace.reference), "case"), *((_id("cohort", each), "cohort") for each in cohorts)]
    if happening.person:
        about.append((_id("person", happening.person), "actor"))
    if happening.unit:
        about.append((_id("unit", happening.unit), "unit of the actor"))
    letters_told = tuple(dict.fromkeys(happening.letters))
    about += [(_id("letter", letter), "letter") for letter in letters_told]
    registers = dict.fromkeys(filter(None, map(register_of, letters_told)))
    about += [(_id("register", register), "register") for register in registers]
    return {
        "id": f"{trace.reference}/{happening.number}",
        "type": happening.activity,
        "time": happening.instant,
        "attributes": [{"name": n, "value": value} for n, value in zip(_OF_EVENTS, said, strict=True) if value],
        "relationships": _relationships(about),
    }


def _registers(conn: Connection) -> Callable[[str], str]:
    """The register of a letter by its id, and the year; empty where it has none. The most recent ones are held."""

    @lru_cache(_LETTERS)
    def register_of(letter_id: str) -> str:
        row = conn.execute(_REGISTER, {"letter_id": letter_id}).one_or_none()
        return f"{row.register}/{row.register_year}" if row is not None and row.register else ""

    return register_of


@contextmanager
def _gathered(conn: Connection, wanted: Wanted) -> Iterator[Callable[[str], tuple[str, ...]]]:
    """The cohorts of each case, asked for in the order of the cases: both are passed along together."""
    chosen = select(cases.c.id).where(*wanted.reach)
    query = select(cohort_cases.c.case_id, cohort_cases.c.cohort_id).where(cohort_cases.c.case_id.in_(chosen))
    with conn.execute(query.order_by(*query.selected_columns), execution_options=STREAMED) as rows:
        waiting = next(rows, None)

        def cohorts_of(case_id: str) -> tuple[str, ...]:
            nonlocal waiting
            found = []
            while waiting is not None and waiting.case_id <= case_id:
                if waiting.case_id == case_id:
                    found.append(waiting.cohort_id)
                waiting = next(rows, None)
            return tuple(found)

        yield cohorts_of


# --- Objects ---------------------------------------------------------------------------------------------------------


def _objects(conn: Connection, wanted: Wanted, met: _Met) -> Iterator[dict[str, Any]]:
    chosen = select(cases.c.id).where(*wanted.reach)
    yield from _cases(conn, wanted, met)
    yield from _letters(conn, chosen)
    for cohort_id in _streamed(
        conn, select(cohort_cases.c.cohort_id).where(cohort_cases.c.case_id.in_(chosen)).distinct()
    ):
        yield _object("cohort", cohort_id[0], _ALWAYS)
    for pseudonym, (name, unit) in met.people.items():
        yield _object("person", pseudonym, _ALWAYS, (name,), ((_id("unit", unit), "works in"),) if unit else ())
    names = dict(conn.execute(select(units.c.id, units.c.name)).all())
    for code in sorted(met.units):
        yield _object("unit", code, _ALWAYS, (names.get(code, ""),))


def _cases(conn: Connection, wanted: Wanted, met: _Met) -> Iterator[dict[str, Any]]:
    with _gathered(conn, wanted) as cohorts_of, traces(conn, wanted) as found:
        for trace in found:
            met.people.setdefault(trace.subject, ("", ""))
            about = [(_id("person", trace.subject), "subject")]
            if trace.unit:
                about.append((_id("unit", trace.unit), "unit"))
            about += [(_id("cohort", each), "cohort") for each in cohorts_of(trace.case_id)]
            opened = written(trace.opened_at)
            yield _object("case", trace.reference, opened, (wanted.process.name, trace.state), tuple(about))


def _letters(conn: Connection, chosen: Select[Any]) -> Iterator[dict[str, Any]]:
    """The letters of the cases, and the registers that their numbers were taken from."""
    of_them = letters.c.id.in_(select(letter_cases.c.letter_id).where(letter_cases.c.case_id.in_(chosen)))
    registers = select(letters.c.register, letters.c.register_year).where(of_them, letters.c.register.is_not(None))
    for row in conn.execute(registers.distinct().order_by(letters.c.register, letters.c.register_year)).all():
        yield _object("register", f"{row.register}/{row.register_year}", _ALWAYS, (str(row.register_year),))
    columns = (
        letters.c.id,
        letters.c.kind,
        letters.c.state,
        letters.c.register,
        letters.c.register_year,
        letters.c.issued_at,
    )
    for row in _streamed(conn, select(*columns).where(of_them).order_by(letters.c.id)):
        register = ((_id("register", f"{row.register}/{row.register_year}"), "register"),) if row.register else ()
        yield _object("letter", row.id, written(row.issued_at), (row.kind, row.state), register)


def _streamed(conn: Connection, query: Select[Any]) -> Iterator[Any]:
    with conn.execute(query, execution_options=STREAMED) as rows:
        yield from rows


# --- As it is written ------------------------------------------------------------------------------------------------


def _object(kind: str, own: str, time: str, values: tuple[str, ...] = (), about: Related = ()) -> dict[str, Any]:
    said = zip(_OF_OBJECTS[kind], values, strict=True) if values else ()
    return {
        "id": _id(kind, own),
        "type": kind,
        "attributes": [{"name": name, "time": time, "value": value} for name, value in said if value],
        "relationships": _relationships(about),
    }


def _id(kind: str, own: str) -> str:
    return f"{kind}:{own}"


def _relationships(about: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": object_id, "qualifier": qualifier} for object_id, qualifier in about]


def _types(named: Iterable[tuple[str, tuple[str, ...]]]) -> list[dict[str, Any]]:
    return [{"name": name, "attributes": [{"name": each, "type": _TEXT} for each in said]} for name, said in named]


def _separated(parts: Iterable[dict[str, Any]]) -> Iterator[str]:
    for number, part in enumerate(parts):
        yield f"{',' if number else ''}\n{_json(part)}"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_REGISTER = select(letters.c.register, letters.c.register_year).where(letters.c.id == bindparam("letter_id"))
