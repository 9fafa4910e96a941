"""What a story looks at: where a case stands, whom it waits for, what was told, signed and booked."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import select

from policies.decision import Grade
from tests.world import World
from workflow import audit
from workflow.budgets import books, faults
from workflow.database import Database
from workflow.hours.ledger import stands
from workflow.tables import (
    cases,
    effects,
    entries,
    hour_evidence,
    hour_postings,
    letter_cases,
    letters,
    occupations,
    tasks,
)
from workflow.verification.chain import Break, breaks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from workflow.errors import Problem


def state(world: World, case: str) -> str:
    """Where a case stands."""
    return str(world.all(select(cases.c.state).where(cases.c.id == case))[0].state)


def form(world: World, case: str) -> dict[str, Any]:
    """The request as it stands."""
    found: dict[str, Any] = json.loads(world.all(select(cases.c.form).where(cases.c.id == case))[0].form)
    return found


def name_of(world: World, person_id: str | None) -> str:
    """A person by the name that tests call them."""
    return next((name for name, each in world.ids.items() if each == person_id), "system")


def waiting(world: World, case: str) -> dict[str, str]:
    """Who has a task on a case, and what each may do, a letter to be signed as "sign KIND"."""
    rows = world.all(
        select(tasks.c.assignee_id, tasks.c.triggers, letters.c.kind)
        .join_from(tasks, letters, tasks.c.letter_id == letters.c.id, isouter=True)
        .where(tasks.c.case_id == case)
        .order_by(tasks.c.assignee_id, tasks.c.id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        asked = row.triggers if row.kind is None else f"{row.triggers} {row.kind}"
        found.setdefault(name_of(world, row.assignee_id), []).append(asked)
    return {name: ", ".join(asked) for name, asked in found.items()}


def due(world: World, case: str) -> date:
    """The day by which the case should leave its state."""
    found: set[date] = {row.due_on for row in world.all(select(tasks.c.due_on).where(tasks.c.case_id == case))}
    assert len(found) == 1
    return found.pop()


def told(world: World, case: str) -> list[tuple[str, str]]:
    """Every message of a case so far: to whom, and what it says."""
    rows = world.all(
        select(effects.c.subject_id, effects.c.payload)
        .where(effects.c.case_id == case, effects.c.kind == "message")
        .order_by(effects.c.due_at, effects.c.id)
    )
    return [(name_of(world, row.subject_id), json.loads(row.payload)["says"]) for row in rows]


def hears(world: World, case: str) -> Listener:
    """Begins to listen: what is told from now on."""
    return Listener(world, case, len(told(world, case)))


@dataclass
class Listener:
    """What was told since it began to listen."""

    world: World
    case: str
    before: int

    @property
    def who(self) -> set[str]:
        """Those who were told something."""
        return {name for name, _ in told(self.world, self.case)[self.before :]}

    def says(self, who: str) -> list[str]:
        """What a person was told."""
        return [says for name, says in told(self.world, self.case)[self.before :] if name == who]


def letters_of(world: World, case: str, *kinds: str) -> list[Row[Any]]:
    """The letters of a case, as they were issued."""
    query = (
        select(letters)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case)
        .order_by(letters.c.issued_at, letters.c.id)
    )
    return [row for row in world.all(query) if not kinds or row.kind in kinds]


def body(row: Row[Any]) -> dict[str, Any]:
    """What a letter says, as it was stored."""
    found: dict[str, Any] = msgspec.json.decode(row.body)
    return found


def frame(row: Row[Any]) -> dict[str, Any]:
    """What stands around a letter's body, as it was stored."""
    found: dict[str, Any] = msgspec.json.decode(row.frame)
    return found


def balances(world: World) -> dict[str, int]:
    """What stands on each account of the budget line, in rupiah; nothing is left out but zero."""
    found = {account: world.database.read(books.balance, world.budget_line, account) for account in books.ACCOUNTS}
    assert world.database.read(faults.imbalances) == []
    return {account: amount for account, amount in found.items() if amount and account != "ceiling"}


def credited(world: World, who: str) -> list[tuple[int, str]]:
    """Hours that stand on the books for a person, with the activity, in the order in which they were booked."""
    query = stands().join(hour_evidence, hour_evidence.c.id == hour_postings.c.evidence_id)
    query = query.add_columns(hour_evidence.c.activity).order_by(hour_postings.c.id)
    rows = world.all(query.where(hour_postings.c.person_id == world.ids[who]))
    return [(row.hours, row.activity) for row in rows]


def occupied(world: World, case: str) -> tuple[str, date, date] | None:
    """What a case does with the participant's days, and which; None where it holds none."""
    rows = world.all(select(occupations).where(occupations.c.case_id == case))
    return (rows[0].stage, rows[0].from_on, rows[0].until_on) if rows else None


def recorded(world: World, case: str, kind: str) -> list[Row[Any]]:
    """The entries of a kind, oldest first."""
    query = select(entries).where(entries.c.case_id == case, entries.c.kind == kind).order_by(entries.c.number)
    return world.all(query)


def broken(database: Database) -> list[Break]:
    """Where a chain does not hold."""
    return database.read(lambda conn: list(breaks(conn)))


def happened(world: World, case: str) -> list[str]:
    """The types of a case's events, oldest first; the chain is checked on the way."""
    assert broken(world.database) == []
    return [event.type for event in world.database.read(audit.events_of, case)]


def last_payload(world: World, case: str) -> dict[str, Any]:
    """What the last event of a case says."""
    event = world.database.read(audit.last_event, case)
    assert event is not None
    assert event.payload is not None
    return dict(event.payload)


@dataclass
class Refusal:
    """A step that was not taken, and why."""

    problems: list[Problem] = field(default_factory=list)

    @property
    def problem(self) -> Problem:
        """What was raised."""
        return self.problems[0]

    @property
    def rules(self) -> set[str]:
        """The rules that did not allow it, without their topic."""
        return {r.rule.partition(".")[2] for r in self.problem.reasons if r.grade is not Grade.ALLOWED}

    @property
    def says(self) -> list[str]:
        """The reasons for which it was not allowed."""
        return [r.says for r in self.problem.reasons if r.grade is not Grade.ALLOWED]


@contextmanager
def refused(world: World, case: str, why: type[Problem], *, rules: set[str] | None = None) -> Iterator[Refusal]:
    """A step within is refused for this reason, by these rules; and nothing at all is changed."""
    before, refusal = everything(world), Refusal()
    with pytest.raises(why) as caught:
        yield refusal
    refusal.problems.append(caught.value)
    assert rules is None or refusal.rules == rules
    assert everything(world) == before
    assert state(world, case)


def everything(world: World) -> dict[str, list[Any]]:
    """All that an act could change, row by row."""
    listed = (cases, tasks, effects, entries, letters, letter_cases, occupations, hour_evidence, hour_postings)
    return {table.name: sorted(map(tuple, world.all(select(table))), key=repr) for table in listed}
