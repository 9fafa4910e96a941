"""Random walks of random people through every process there is; what must always hold is checked after every step.

``WALKS`` in the environment asks for more walks than the suite takes.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from tests.offices import PreparedOffice
from tests.walking import Walk
from workflow.audit import events_of
from workflow.authority import sight
from workflow.authority.bench import Bench
from workflow.budgets import faults
from workflow.cases import Case
from workflow.engine import seating
from workflow.registry import Registry
from workflow.tables import cases, cohort_cases, deadlines, letters, occupations, registers, tasks
from workflow.verification import verify

WALKS = int(os.environ.get("WALKS", "4"))
PROCESSES = sorted(Registry.discover().processes)


def walk(office: PreparedOffice, process: str, seed: int, length: int) -> Walk:
    """Walk, and check after each step what must hold of the case, and in the end what must hold of everything."""
    world = office.as_new()
    walking = Walk(world, world.engine.registry.process(process), Random(seed))  # noqa: S311 - to be walked again
    for _ in range(length):
        walking.step()
        for case in sorted(walking.touched):
            check_case(walking, walking.load(case))
        walking.touched.clear()
    walking.sweep()
    for case in walking.cases:
        stored = walking.load(case)
        check_case(walking, stored)
        check_separations(walking, stored)
        check_sight(walking, stored)
    check_everything(walking)
    return walking


# --- What must hold of a case ----------------------------------------------------------------------------------------


def check_case(walking: Walk, case: Case) -> None:
    """Tasks, deadlines and days held are those of the state; what is stored comes back as it was."""
    process, state = walking.process, walking.process.state[case.state]
    standing = walking.rows(select(tasks).where(tasks.c.case_id == case.id, tasks.c.letter_id.is_(None)))
    running = walking.rows(select(deadlines).where(deadlines.c.case_id == case.id, deadlines.c.done_at.is_(None)))
    walking.require((case.closed_at is not None) == state.final, "closed and final are not the same")
    if state.final:
        walking.require(not standing, "a closed case waits for somebody")
        walking.require(not running, "time runs on a closed case")
    walking.require({row.state for row in running} <= {case.state}, "time runs for a state that was left")
    if not walking.stale and not state.final:
        wanted = walking.world.database.read(_waits, walking, case)
        found = sorted((row.role, row.assignee_id, row.triggers) for row in standing)
        walking.require(found == wanted, f"tasks {found} of {case.state}, and these wait: {wanted}")
    occupied = walking.rows(select(occupations).where(occupations.c.case_id == case.id))
    walking.require(
        [(row.person_id, row.stage, row.from_on) for row in occupied] == _occupied(walking, case),
        f"days held in {case.state}: {occupied}",
    )
    walking.require(
        msgspec.json.decode(msgspec.json.encode(case.form)) == case.form, "the form changes when it is stored"
    )
    walking.require(set(case.form) <= set(process.form.__struct_fields__), "the form holds what it does not know")


def _waits(conn: Connection, walking: Walk, case: Case) -> list[tuple[str, str, str]]:
    bench = Bench(walking.situation(conn, case))
    waited = seating.waits(bench, walking.process, case)
    return sorted((wait.role, wait.person_id, " ".join(wait.triggers)) for wait in waited)


def _occupied(walking: Walk, case: Case) -> list[tuple[str, str, date]]:
    stage = walking.process.state[case.state].occupies
    if stage is None or walking.process.period is None or not all(map(case.form.get, walking.process.period)):
        return []
    return [(case.subject_id, stage.value, date.fromisoformat(case.form[walking.process.period[0]]))]


def check_separations(walking: Walk, case: Case) -> None:
    """Nobody acted on both sides of a separation; the subject decided nothing."""
    acted: dict[str, set[str]] = {}
    for event in walking.world.database.read(events_of, case.id):
        actor: dict[str, Any] = (event.payload or {}).get("actor", {})
        if actor.get("role"):
            acted.setdefault(actor["role"], set()).add(actor["id"])
    apart = [(pair.yields, pair.to) for pair in walking.process.apart]
    apart += [(role, walking.process.subject) for role in walking.process.role if role != walking.process.subject]
    for one, other in apart:
        both = acted.get(one, set()) & acted.get(other, set())
        walking.require(not both, f"{both} acted as {one} and as {other}")
    walking.require(acted.get(walking.process.subject, set()) <= {case.subject_id}, "another acted as the subject")


def check_sight(walking: Walk, case: Case) -> None:
    """Whoever has a task sees the case, in a list as well as alone."""

    on = walking.world.engine.office.day(walking.world.at)

    def look(conn: Connection) -> set[str]:
        asked = conn.execute(select(tasks.c.assignee_id).where(tasks.c.case_id == case.id)).scalars()
        return {
            person
            for person in set(asked)
            if not sight.may_see(conn, walking.process, case, person, on)
            or conn.execute(select(cases.c.id).where(sight.seen_cases((walking.process,), person, on))).first() is None
        }

    blind = walking.world.database.read(look)
    walking.require(not blind, f"{blind} have a task on a case that they may not see")


# --- What must hold of everything ------------------------------------------------------------------------------------


def check_everything(walking: Walk) -> None:
    """Chains, decisions judged again, states, numbers, books and files, as the operator's own check finds them; and by count."""
    engine, database = walking.world.engine, walking.world.database
    checked = database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
    failing = [finding.says for part in checked for finding in part.findings if finding.fails]
    walking.require(not failing, f"verify finds {failing}")
    walking.require(database.read(faults.imbalances) == [], "the books do not balance")
    check_nobody_is_in_two_places(walking)
    for unit, year, last in walking.rows(select(registers.c.register, registers.c.year, registers.c.last_number)):
        numbered = select(letters.c.register_number, letters.c.number).where(
            letters.c.register == unit, letters.c.register_year == year
        )
        rows = walking.rows(numbered)
        walking.require(
            sorted(row.register_number for row in rows) == list(range(1, last + 1)), f"numbers of {unit}: {rows}"
        )
        walking.require(len({row.number for row in rows}) == len(rows), f"a number was given twice: {rows}")


def check_nobody_is_in_two_places(walking: Walk) -> None:
    """Whoever is away for one case is not away for another on the same day, nor twice in one cohort."""
    away = walking.rows(select(occupations).order_by(occupations.c.person_id, occupations.c.from_on))
    for one, other in pairwise(away):
        walking.require(
            one.person_id != other.person_id or one.until_on < other.from_on, f"in two places: {one} and {other}"
        )
    members = (
        select(cohort_cases.c.cohort_id, cases.c.subject_id)
        .join_from(cohort_cases, cases)
        .where(cohort_cases.c.left_at.is_(None))
    )
    twice = [each for each, count in Counter(map(tuple, walking.rows(members))).items() if count > 1]
    walking.require(not twice, f"twice in a cohort: {twice}")


# --- The walks -------------------------------------------------------------------------------------------------------

seeds = st.integers(0, 2**31)
unhurried = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("process", PROCESSES)
def test_on_a_random_walk_everything_holds_and_it_comes_far_enough_to_mean_something(
    one_office: PreparedOffice, process: str
) -> None:
    states = one_office.world.engine.registry.process(process).states
    reached: set[str] = set()

    def is_far_enough() -> bool:
        return 2 * len(reached) > sum(not state.final for state in states)

    def walked(seed: int, length: int) -> None:
        reached.update(*walk(one_office, process, seed, length).seen.values())

    settings(unhurried, max_examples=WALKS)(given(seed=seeds, length=st.integers(1, 70))(walked))()
    for seed in range(5):  # chance may have taken short walks alone
        if not is_far_enough():
            walked(seed, 60)
    assert is_far_enough(), reached


@pytest.mark.parametrize("process", PROCESSES)
@settings(unhurried, max_examples=max(2, WALKS // 2))
@given(seed=seeds, length=st.integers(1, 45))
def test_on_a_random_walk_on_postgresql_everything_holds(
    postgresql_office: PreparedOffice, process: str, seed: int, length: int
) -> None:
    walk(postgresql_office, process, seed, length)
