"""Where each fact comes from, and what must be locked while it is read.

A rule names its facts as the fields of a dataclass; so does a letter's body. Each field is filled by the source of that name
(``sources/``), or else from what was filled in for this step, or from the case's form. A field that nothing fills stops
the start.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Executable, Row

from policies.parameters import Law
from workflow.authority.seat_queries import THEN
from workflow.cases import Case
from workflow.definition import Process, Transition
from workflow.office import Office
from workflow.registers.on_paper import OnPaper

T = TypeVar("T")


@dataclass
class Situation:
    """What one step is judged on. ``form`` is the request as it would stand after the step, ``before`` as it stood."""

    conn: Connection
    office: Office
    process: Process
    case: Case
    form: dict[str, Any]
    at: datetime
    transition: Transition | None = None
    given: dict[str, Any] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)
    #: What ``look_up`` found; unlike ``cache`` it stays known through the whole step.
    known: dict[Any, Sequence[Row[Any]]] = field(default_factory=dict)
    #: The case whose place this one takes: what that one holds is no longer held when this one does.
    instead_of: Case | None = None
    #: The cohort that takes the step in one act, and its cases.
    cohort: str = ""
    together: frozenset[str] = frozenset()
    #: What the cases that acted before in this act hold of their subjects' days as absence: who, from when, until when.
    gone: dict[str, tuple[Row[Any], date, date] | None] = field(default_factory=dict)
    #: The letters of the step that were signed on paper already, by kind.
    on_paper: Mapping[str, OnPaper] = field(default_factory=dict)
    #: Looked at as things stood on a day that has gone by: who held which post is asked of its history.
    gone_by: bool = False

    @property
    def on(self) -> date:
        """The day of the step, at the agency."""
        return self.office.day(self.at)

    @property
    def law(self) -> Law:
        """The law of that day, with nothing read yet."""
        return self.office.policies.on(self.on)

    @property
    def law_on(self) -> date:
        """The day by the law of which the step's guards are judged: of the step that it names (``by_law_of``), else its own."""
        named = self.transition.by_law_of if self.transition else ""
        kept = self.case.memory.get("law_on", {}).get(named)
        return date.fromisoformat(kept) if kept else self.on

    @property
    def guarding_law(self) -> Law:
        """The law that the step's guards are judged by, with nothing read yet."""
        return self.office.policies.on(self.law_on)

    def look_up(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """Rows about people, posts, units and partners, which no step changes: read once a step. ``statement`` is built once."""
        key = _asked(statement, values)
        if key not in self.known:
            asked = THEN.get(statement, statement) if self.gone_by else statement
            self.known[key] = self.conn.execute(asked, values).all()
        return self.known[key]

    def knows(self, rows: Sequence[Row[Any]], statement: Executable, **values: Any) -> None:
        """What ``statement`` would find has come along with another look."""
        self.known[_asked(statement, values)] = rows

    def learns(self, row: Any, statement: Executable, **values: Any) -> None:
        """What ``statement`` found has one more row since; where nobody has asked yet, it will be found."""
        key = _asked(statement, values)
        if key in self.known:
            self.known[key] = [*self.known[key], row]

    def standing_on(self, day: date) -> Situation:
        """The same as posts and mandates stood at noon of a day."""
        if day == self.on:
            return self
        return dataclasses.replace(self, at=self.office.noon(day), gone_by=day < self.on, cache={}, known={})

    def with_form(self, form: dict[str, Any]) -> Situation:
        """The same step on another form; what was read so far is read again."""
        return dataclasses.replace(self, form=form, cache={})


def _asked(statement: Executable, values: dict[str, Any]) -> Any:
    return statement, *values.values()


class NeedsFields(Exception):
    """A fact cannot be known before these fields of the form are filled in."""

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Source:
    """Fills the field of its name. ``locks`` names what two steps must not read at once before one of them writes.

    ``attestable``: a verifier may put it on record with a document; then that stands in the place of what was imported.
    ``stated_in``: entries that state it as well; of those and what was put on record the latest counts.
    """

    name: str
    read: Callable[[Situation], Any]
    locks: Callable[[Situation], Iterable[str]] | None = None
    attestable: bool = False
    stated_in: tuple[str, ...] = ()


SOURCES: dict[str, Source] = {}


def source(
    *,
    locks: Callable[[Situation], Iterable[str]] | None = None,
    attestable: bool = False,
    stated_in: tuple[str, ...] = (),
    name: str = "",
) -> Callable[[Callable[[Situation], T]], Callable[[Situation], T]]:
    """Make a function the source of the fact that it is named after, or of ``name``."""

    def register(read: Callable[[Situation], T]) -> Callable[[Situation], T]:
        fact_name = name or read.__name__
        if fact_name in SOURCES:
            raise ValueError(f"two sources for the fact {fact_name!r}")
        SOURCES[fact_name] = Source(fact_name, read, locks, attestable, stated_in)
        return read

    return register


def fields_of(kind: type[Any]) -> dict[str, Any]:
    """The fields of a facts dataclass or a body struct, with their types."""
    if kind not in _FIELDS:
        hints = typing.get_type_hints(kind)
        named = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else msgspec.structs.fields(kind)
        _FIELDS[kind] = {f.name: hints[f.name] for f in named}
    return _FIELDS[kind]


_FIELDS: dict[type[Any], dict[str, Any]] = {}


def gather(kind: type[T], situation: Situation) -> T:
    """Fill a facts dataclass or a body. Raises NeedsFields where the form does not say enough yet."""
    return kind(**{name: fact(name, wanted, situation) for name, wanted in fields_of(kind).items()})


def fact(name: str, wanted: Any, situation: Situation) -> Any:
    """One fact: its source's, what was filled in for this step, the form's, or the default of the step's form."""
    if name in situation.cache:
        return situation.cache[name]
    value = _read(name, wanted, situation)
    situation.cache[name] = value
    return value


def _read(name: str, wanted: Any, situation: Situation) -> Any:
    found = SOURCES.get(name)
    if found is not None:
        if found.attestable:
            attested = attestations(situation)
            if name in attested:
                return msgspec.convert(attested[name], wanted, strict=False)
        return found.read(situation)
    for values in (situation.given, situation.form):
        if values.get(name) is not None:
            return msgspec.convert(values[name], wanted, strict=False)
    structs = ((situation.transition.takes,) if situation.transition and situation.transition.takes else ()) + (
        situation.process.form,
    )
    defaults = [defaults_of(struct)[name] for struct in structs if name in defaults_of(struct)]
    if not defaults:
        raise NeedsFields(name)
    # A step's own field that was left open says nothing about the request's.
    return next((default for default in defaults if default is not None), None)


@lru_cache(maxsize=256)
def defaults_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """What the fields of a form are where nobody filled them in."""
    return {field.name: field.default for field in msgspec.structs.fields(struct) if not field.required}


def attestations(situation: Situation) -> dict[str, Any]:
    """What verifiers put on record on this case, the latest for each fact."""
    read = SOURCES["attested"]
    if "attested" not in situation.cache:
        situation.cache["attested"] = read.read(situation)
    return typing.cast("dict[str, Any]", situation.cache["attested"])


def locks_for(kinds: Iterable[type[Any]], situation: Situation) -> tuple[str, ...]:
    """The names of all that must be locked before these facts are read, in one fixed order."""
    names: set[str] = set()
    for kind in kinds:
        for name in fields_of(kind):
            found = SOURCES.get(name)
            if found is not None and found.locks is not None:
                names.update(found.locks(situation))
    return tuple(sorted(names))


def unfilled(kind: type[Any], process: Process, transition: Transition | None) -> tuple[str, ...]:
    """Fields that nothing would fill: the registry refuses the process for them."""
    declared = set(process.form.__struct_fields__)
    if transition is not None and transition.takes is not None:
        declared |= set(transition.takes.__struct_fields__)
    return tuple(name for name in fields_of(kind) if name not in declared and name not in SOURCES)
