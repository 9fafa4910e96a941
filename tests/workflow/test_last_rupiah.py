"""Two hundred at once for the last rupiah: what is granted never passes the line, on either database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from tests.awards import award_round, nomination
from tests.money import set_ceiling
from tests.offices import PreparedOffice, opened
from tests.workflow.test_concurrency import in_threads
from tests.world import World
from workflow.budgets import books
from workflow.budgets.faults import imbalances
from workflow.database import Database
from workflow.engine.engine import Outcome
from workflow.errors import Problem, Refused
from workflow.ids import new_id
from workflow.references import reference_of
from workflow.tables import cases, cohort_cases, participants

RACERS, LANES = 200, 8
#: What each asks for, and how many of them the line can bear: all but one rupiah of one more.
EACH, BORNE = 4_000_000, 7


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """The office, on either database."""
    found: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture
def world(office: PreparedOffice) -> World:
    """Its world, as new."""
    return office.as_new()


def alike(world: World, case: str, several: int) -> list[str]:
    """So many cases that stand where one stands, itself among them: what races is the money, not the way there."""
    (row,) = (dict(each) for each in world.database.read(_of(cases, cases.c.id == case)))
    playing, joined = (
        [dict(each) for each in world.database.read(_of(table, table.c.case_id == case))]
        for table in (participants, cohort_cases)
    )
    ids = [new_id(world.at) for _ in range(several - 1)]

    def work(conn: Connection) -> None:
        conn.execute(insert(cases), [{**row, "id": each, "reference": reference_of(each)} for each in ids])
        if playing:
            roles = [{**role, "id": new_id(world.at), "case_id": each} for each in ids for role in playing]
            conn.execute(insert(participants), roles)
        if joined:
            conn.execute(insert(cohort_cases), [{**place, "case_id": each} for each in ids for place in joined])

    world.database.write(work)
    return [case, *ids]


def _of(table: Any, condition: Any) -> Callable[[Connection], list[Any]]:
    return lambda conn: list(conn.execute(select(table).where(condition)).mappings())


def race(office: PreparedOffice, world: World, racers: list[str], trigger: str, who: str) -> list[Outcome | Problem]:
    """Every case takes the step at the same time as the others, in lanes that each have a connection of their own."""

    def lane(database: Database, own: list[str]) -> list[Outcome | Problem]:
        return [_tried(database, world, case, trigger, who) for case in own]

    with ExitStack() as stack:
        databases = [stack.enter_context(opened(office.url, office.world, patience=60)).database for _ in range(LANES)]
        answers = in_threads(
            [
                lambda database=database, own=racers[number::LANES]: lane(database, own)  # type: ignore[misc]
                for number, database in enumerate(databases)
            ]
        )
    for answer in answers:
        assert isinstance(answer, list), repr(answer)
    return [each for answer in answers for each in answer]


def _tried(database: Database, world: World, case: str, trigger: str, who: str) -> Outcome | Problem:
    try:
        return database.write(world.engine.fire, case, trigger, world.actor(who), {}, world.at)
    except Problem as problem:
        return problem


def test_of_two_hundred_that_want_the_last_rupiah_no_more_win_than_the_line_bears(
    office: PreparedOffice, world: World
) -> None:
    line = world.budget_line
    racers = alike(world, world.road("verify"), RACERS)
    set_ceiling(world, line, (BORNE + 1) * EACH - 1)
    answers = race(office, world, racers, "request_host", "secretary")
    lost = [answer for answer in answers if isinstance(answer, Problem)]
    assert (len(answers) - len(lost), len(lost)) == (BORNE, RACERS - BORNE)
    assert Counter(type(each) for each in lost) == {Refused: RACERS - BORNE}
    assert {r.rule for each in lost for r in each.reasons if r.grade.value == "refused"} == {"budget.budget_has_room"}
    on = {account: world.database.read(books.balance, line, account) for account in books.ACCOUNTS}
    assert (on["reserved"], on["available"], on["deficit"]) == (BORNE * EACH, EACH - 1, 0)
    assert world.database.read(imbalances) == []


@pytest.mark.parametrize(
    ("amount", "borne", "refused_by"), [(2_000_000, 5, "the line"), (600_000, 10, "the ceiling of the round")]
)
def test_of_two_hundred_awards_of_a_round_no_more_are_confirmed_than_line_and_round_bear(
    office: PreparedOffice, world: World, amount: int, borne: int, refused_by: str
) -> None:
    """The line has ten million; the round of these tests has a ceiling of ten awards."""
    first = nomination(world, "nurse", "regional", "budget_check", of_round=award_round(world, amount=amount))
    answers = race(office, world, alike(world, first, RACERS), "confirm_budget", "treasurer")
    lost = [answer for answer in answers if isinstance(answer, Problem)]
    assert (len(answers) - len(lost), len(lost)) == (borne, RACERS - borne), refused_by
    rules = {r.rule for each in lost for r in each.reasons if r.grade.value == "refused"}
    assert rules == {"incentive_money.award_fits_the_budget"}
    on = {account: world.database.read(books.balance, world.budget_line, account) for account in books.ACCOUNTS}
    assert (on["reserved"], on["deficit"]) == (borne * amount, 0)
    assert on["available"] == 10_000_000 - borne * amount
    assert world.database.read(imbalances) == []
