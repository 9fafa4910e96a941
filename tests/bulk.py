"""Bulk acts in the office of ``world.py``: tasks chosen, a step ordered for them, and run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from tests.pairs import sees
from tests.world import World
from workflow.bulk import rows
from workflow.bulk.choosing import BulkChoices, Wanted, bulk_choices
from workflow.bulk.ordering import order
from workflow.bulk.pages import BulkLine, BulkPage, BulkProgress, bulk_page
from workflow.bulk.running import run_due, run_next
from workflow.bulk.trying import BulkTrial, bulk_trial
from workflow.callers import Caller
from workflow.cases import load
from workflow.engine.steps import Step
from workflow.tables import cases

HEAD = "hospital_head"


def caller(world: World, who: str | Caller) -> Caller:
    """Somebody at the desk today."""
    return who if isinstance(who, Caller) else replace(sees(world, who), on=world.engine.office.day(world.at))


def waiting(world: World, number: int = 3) -> list[str]:
    """So many requests of clerks that await the head of the hospital."""
    return [world.submitted(f"clerk_{each}") for each in range(1, number + 1)]


def choices(world: World, who: str | Caller = HEAD, *named: str, **more: Any) -> BulkChoices:
    """Tasks chosen."""
    return world.database.read(bulk_choices, world.engine, caller(world, who), world.at, Wanted(named, **more))


def versions(world: World, several: Sequence[str]) -> dict[str, int]:
    """The cases as they are now."""
    return {case: world.database.read(load, case).version for case in several}


def tried(world: World, several: Sequence[str] | Mapping[str, int], step: Step, who: str | Caller = HEAD) -> BulkTrial:
    """What would come of each."""
    seen = several if isinstance(several, Mapping) else versions(world, several)
    return world.database.read(bulk_trial, world.engine, caller(world, who), world.at, step, seen)


def ordered(
    world: World,
    several: Sequence[str] | Mapping[str, int],
    step: Step,
    who: str | Caller = HEAD,
    *,
    key: str | None = None,
    key_id: str = "",
) -> BulkProgress:
    """A bulk act; nothing of it is done yet."""
    seen = several if isinstance(several, Mapping) else versions(world, several)
    by = replace(caller(world, who), key_id=key_id)
    return world.database.write(order, world.engine, by, world.at, step, seen, key)


def run(world: World) -> int:
    """Whatever is left of every act."""
    return run_due(world.database, world.engine, lambda: world.at)


def page(world: World, bulk_id: str, who: str | Caller = HEAD, **more: Any) -> BulkPage:
    """An act as somebody sees it."""
    return world.database.read(bulk_page, world.engine, caller(world, who), world.at, bulk_id, **more)


def lines(world: World, bulk_id: str, who: str | Caller = HEAD) -> dict[str, BulkLine]:
    """What came of each case."""
    return {line.case_id: line for line in page(world, bulk_id, who, limit=1000).items}


def states(world: World, several: Sequence[str]) -> list[str]:
    """Where the cases stand."""
    found = {row.id: row.state for row in world.all(select(cases.c.id, cases.c.state))}
    return [found[case] for case in several]


def left(world: World) -> list[str]:
    """The acts of which something is left."""
    return [each for acts in world.database.read(rows.unfinished) for each in acts]


def run_one(world: World, bulk_id: str) -> int:
    """The next line of an act, with those that go with it."""
    return world.database.write(run_next, world.engine, bulk_id, world.at)


def endorsed(world: World, number: int, first: int = 1) -> list[str]:
    """So many requests of clerks that await the same head as the head of the agency."""
    several = [world.submitted(f"clerk_{each}") for each in range(first, first + number)]
    for case in several:
        world.fire(case, "endorse", HEAD)
    return several
