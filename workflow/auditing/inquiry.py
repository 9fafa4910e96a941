"""What the kinds of questions share: where they look, how they name people and days, and what a question is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, String, cast, func, select

from policies.civil_service import full_name
from policies.decision import Rule
from workflow.audit import Event
from workflow.auditing.access import Period
from workflow.definition import Process
from workflow.engine.recording import arrow_taken
from workflow.engine.rejudging import rules_of
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import cases, events, people

#: Rows that are fetched at a time, and people whose names are kept in mind.
_AT_A_TIME: Final = 500
_NAMES_KEPT: Final = 5000


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Something to ask about.

    ``on``: the day by which it belongs to a period. ``says``: what was found; ``ask``: what to ask. ``by``: the rule or article,
    where there is one.
    """

    kind: str
    kind_title: str
    on: date
    case_ids: tuple[str, ...]
    people: tuple[str, ...]
    dates: tuple[date, ...]
    by: tuple[str, ...]
    says: str
    ask: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A question before its kind is named."""

    on: date
    case_ids: tuple[str, ...]
    people: tuple[str, ...]
    says: str
    ask: str
    dates: tuple[date, ...] = ()
    by: tuple[str, ...] = ()


@dataclass
class Inquiry:
    """A look over the cases that somebody examines, within a period. ``reach``: a condition on ``cases``."""

    conn: Connection
    office: Office
    registry: Registry
    reach: Any
    period: Period
    _names: dict[str, str] = field(default_factory=dict)

    def rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """The rows of a query, some at a time."""
        for some in self.conn.execute(query.execution_options(yield_per=_AT_A_TIME)).partitions():
            yield from some

    def events(self, *marks: Any) -> Iterator[tuple[Row[Any], Event]]:
        """Events within the period that these conditions hold for, by case and in order; each with its case."""
        query = (
            select(events, cases.c.process, cases.c.subject_id, cases.c.unit_id)
            .join_from(events, cases, cases.c.id == events.c.case_id)
            .where(self.reach, *self.period.within(events.c.at), *self.period.made_within(events.c.id), *marks)
            .order_by(events.c.case_id, events.c.sequence)
        )
        for row in self.rows(query):
            payload = msgspec.json.decode(row.payload) if row.payload else None
            yield (
                row,
                Event(
                    row.case_id,
                    row.sequence,
                    row.id,
                    row.type,
                    row.at,
                    payload,
                    row.payload_hash,
                    row.previous_hash,
                    row.hash,
                ),
            )

    def said(self, document: ColumnElement[str], name: str) -> ColumnElement[str]:
        """The text that stands under a name in a column of JSON objects."""
        if self.conn.dialect.name == "sqlite":
            return func.json_extract(document, f"$.{name}", type_=String)
        found: ColumnElement[str] = cast(document, JSON)[name].as_string()
        return found

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Every rule by name."""
        return rules_of(self.registry)

    def process(self, row: Row[Any]) -> Process:
        """The process of a row that has its name."""
        return self.registry.process(row.process)

    def day(self, at: datetime) -> date:
        """The date of an instant at the agency."""
        return self.office.day(at)

    def name(self, person_id: str | None) -> str:
        """A person's name with titles."""
        if person_id is None:
            return "Sistem"
        if person_id not in self._names:
            if len(self._names) >= _NAMES_KEPT:
                self._names.clear()
            row = self.conn.execute(select(people).where(people.c.id == person_id)).one_or_none()
            self._names[person_id] = (
                full_name(row.front_title, row.name, row.back_title) if row else "orang yang tidak dikenal"
            )
        return self._names[person_id]

    def actor(self, event: Event) -> str:
        """Who acted in an event, by name."""
        who = (event.payload or {}).get("actor", {})
        return self.name(who["id"]) if who.get("id") else str(who.get("name") or "Sistem")


def step_title(process: Process, event: Event) -> str:
    """What people call the step of an event; its name where the process does not know it any more."""
    arrow = arrow_taken(process, event.type, event.payload or {})
    named = next((t.title for t in process.transitions if t.trigger == event.type), event.type)
    return arrow.title if arrow else named


def role_title(process: Process, role: str | None) -> str:
    """What people call a role."""
    known = process.role.get(role or "")
    return known.title if known else role or "pihak yang tidak disebut"


def says_mark(payload: Any, text: str) -> Any:
    """A condition: that a payload holds a piece of JSON, written as events write it."""
    return payload.contains(text, autoescape=True)


def date_of(text: Any) -> date | None:
    """A day as JSON holds it; None where there is none."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None
