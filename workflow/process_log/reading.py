"""What happened in each case of a process, case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, select

from policies.civil_service import full_name
from workflow.definition import Process
from workflow.engine.recording import arrow_taken
from workflow.references import reference_of
from workflow.tables import cases, events, people
from workflow.telling.explain_event import event_called
from workflow.verification.findings import STREAMED

#: People whose names and units are held at once.
_PEOPLE: Final = 4096
#: Hexadecimal digits of a pseudonym.
_PSEUDONYM: Final = 16


@dataclass(frozen=True)
class Wanted:
    """Which cases are exported, and how people are called in them.

    ``reach``: a condition on ``cases``. ``salt``: secret and of this export alone; from it pseudonyms are made. ``names``: people
    are named instead. ``sees_all``: also who wrote what is for a few alone to read.
    """

    process: Process
    reach: tuple[ColumnElement[bool], ...]
    salt: bytes
    names: bool = False
    sees_all: bool = False

    def pseudonym(self, person_id: str) -> str:
        """What a person is called throughout this export."""
        return sha256(self.salt + person_id.encode()).hexdigest()[:_PSEUDONYM]


@dataclass(frozen=True)
class Happening:
    """An event as tools for process mining know it.

    ``activity``: what people call it; ``step``: its name in the process. ``person``: a pseudonym, ``name`` only where it was asked
    for; both empty where nobody did it, where it was erased, and where it is for a few to know. ``unit``: the actor's, as it is
    now. ``letters``: ids of those that it is about.
    """

    number: int
    step: str
    activity: str
    at: datetime
    role: str = ""
    person: str = ""
    name: str = ""
    unit: str = ""
    before: str = ""
    after: str = ""
    letters: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """Who did it, as they are called in this export."""
        return self.name or self.person

    @property
    def instant(self) -> str:
        """When, in UTC, as ISO 8601 writes it."""
        return written(self.at)


@dataclass(frozen=True)
class Trace:
    """A case and what happened in it, in order; to be read before the next one."""

    case_id: str
    reference: str
    state: str
    unit: str
    subject: str
    opened_at: datetime
    happenings: Iterator[Happening]


def written(at: datetime) -> str:
    """An instant in UTC to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


@contextmanager
def traces(conn: Connection, wanted: Wanted) -> Iterator[Iterator[Trace]]:
    """The cases that are wanted, by the order in which they were opened, each with its events."""
    known = _people(conn)
    with conn.execute(_EVENTS.where(*wanted.reach), execution_options=STREAMED) as rows:
        yield (_trace(wanted, case, group, known) for case, group in groupby(rows, key=_CASE))


Known = Callable[[str], tuple[str, str]]


def _trace(wanted: Wanted, case: tuple[Any, ...], rows: Iterator[Any], known: Known) -> Trace:
    case_id, state, unit_id, subject_id, opened_at = case
    return Trace(
        case_id=case_id,
        reference=reference_of(case_id),
        state=wanted.process.state[state].title if state in wanted.process.state else state,
        unit=unit_id or "",
        subject=wanted.pseudonym(subject_id),
        opened_at=opened_at,
        happenings=(_happening(wanted, row, known) for row in rows),
    )


def _happening(wanted: Wanted, row: Any, known: Known) -> Happening:
    process = wanted.process
    payload: dict[str, Any] = msgspec.json.decode(row.payload) if row.payload else {}
    arrow = arrow_taken(process, row.type, payload)
    who = payload.get("actor") or {}
    hidden = not wanted.sees_all and arrow is not None and arrow.writes is not None and bool(arrow.writes.read_by)
    person_id = "" if hidden else who.get("id") or ""
    name, unit = known(person_id) if person_id else ("", "")
    role = str(who.get("role") or "")
    told = [*payload.get("letters", ()), *([payload["letter"]] if payload.get("letter") else [])]
    return Happening(
        number=row.sequence,
        step=row.type,
        activity=event_called(process, row.type, arrow).removesuffix(f" ({row.type})"),
        at=row.at,
        role=process.role[role].title if role in process.role else role,
        person=wanted.pseudonym(person_id) if person_id else "",
        name=name if wanted.names else "",
        unit=unit,
        before=str(payload.get("from") or ""),
        after=str(payload.get("to") or ""),
        letters=tuple(each["id"] for each in told),
    )


def _people(conn: Connection) -> Known:
    """Whom an id stands for: a name, and the code of their unit or institution; the most recent ones are held."""

    @lru_cache(_PEOPLE)
    def known(person_id: str) -> tuple[str, str]:
        row = conn.execute(_PERSON, {"person_id": person_id}).one_or_none()
        if row is None:
            return "", ""
        return full_name(row.front_title, row.name, row.back_title), row.unit_id or row.partner_id or ""

    return known


_CASE = attrgetter("case_id", "state", "unit_id", "subject_id", "opened_at")
_EVENTS = (
    select(
        events.c.case_id,
        events.c.sequence,
        events.c.type,
        events.c.at,
        events.c.payload,
        cases.c.state,
        cases.c.unit_id,
        cases.c.subject_id,
        cases.c.opened_at,
    )
    .join_from(events, cases, cases.c.id == events.c.case_id)
    .order_by(events.c.case_id, events.c.sequence)
)
_PERSON = select(people.c.front_title, people.c.name, people.c.back_title, people.c.unit_id, people.c.partner_id).where(
    people.c.id == bindparam("person_id")
)
