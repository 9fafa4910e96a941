"""What comes of a bulk act is what would come of the same steps taken one after the other, in the order of the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bulk import HEAD, caller, endorsed, lines, ordered, run, states, versions
from tests.offices import PreparedOffice
from tests.world import World
from workflow.engine.steps import Step
from workflow.errors import Problem
from workflow.views.actions import act

NUMBER = 7
#: What each case came to: the state it went to, or why it did not.
Came = list[tuple[str, str, str]]


@dataclass(frozen=True)
class Moment:
    """An office in which some requests await their head; of some somebody has seen an earlier version."""

    office: PreparedOffice
    cases: list[str]
    seen: dict[str, int]

    def bulk(self, chosen: list[int], step: Step) -> Came:
        """All in one act."""
        world, several = self.office.as_new(), [self.cases[each] for each in chosen]
        ordered_act = ordered(world, {case: self.seen[case] for case in several}, step)
        run(world)
        found = lines(world, ordered_act.id)
        return [
            (state, found[case].problem, found[case].detail)
            for state, case in zip(states(world, several), several, strict=True)
        ]

    def singly(self, chosen: list[int], step: Step) -> Came:
        """One after the other."""
        world, several = self.office.as_new(), [self.cases[each] for each in chosen]
        told = [_one(world, case, self.seen[case], step) for case in several]
        return [(state, *why) for state, why in zip(states(world, several), told, strict=True)]


def _one(world: World, case: str, version: int, step: Step) -> tuple[str, str]:
    try:
        by = caller(world, HEAD)
        world.database.write(act, world.engine, by, world.at, case, (step,), version, None)
    except Problem as problem:
        return problem.type, problem.detail
    return "", ""


@pytest.fixture(scope="module")
def moments(sqlite_office: PreparedOffice, postgresql_office: PreparedOffice) -> dict[str, Moment]:
    """The same moment on both databases."""
    return {"sqlite": _moment(sqlite_office), "postgresql": _moment(postgresql_office)}


def _moment(office: PreparedOffice) -> Moment:
    world = office.as_new()
    cases = endorsed(world, NUMBER)
    seen = versions(world, cases)
    world.fire(cases[-1], "withdraw", f"clerk_{NUMBER}", {"reason": "Batal berangkat."})
    return Moment(office.as_it_is(world), cases, seen)


def check(moment: Moment, chosen: list[int], step: Step) -> None:
    assert moment.bulk(chosen, step) == moment.singly(chosen, step)


ORDERS = st.lists(st.integers(0, NUMBER - 1), min_size=1, unique=True).filter(lambda chosen: chosen != [NUMBER - 1])
STEPS = st.sampled_from(
    [Step("forward", {}), Step("forward", {"note": "Setuju."}), Step("return", {"to_mend": "Lengkapi jadwal."})]
)


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 12), ("postgresql", 4)])
def test_a_bulk_act_comes_to_what_single_steps_come_to(
    moments: dict[str, Moment], database: str, examples: int
) -> None:
    health = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

    @settings(max_examples=examples, deadline=None, suppress_health_check=health, derandomize=True, database=None)
    @given(chosen=ORDERS, step=STEPS)
    def alike(chosen: list[int], step: Step) -> None:
        check(moments[database], chosen, step)

    trial: Callable[[], None] = alike
    trial()
