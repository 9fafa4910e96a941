"""Random walks through everything that moves money, in one office each: the books balance after every act, and verify agrees.

``ENGINE_WALKS`` in the environment says how many; by default a few dozen.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from tests.money_walking import Ground, MoneyWalk, prepared_ground
from tests.offices import PreparedOffice
from workflow.verification import PARTS, hours, verify

WALKS = int(os.environ.get("ENGINE_WALKS", "24"))
#: Where a long run begins, so that several can share the work.
FIRST = int(os.environ.get("ENGINE_WALKS_FROM", "0"))
STEPS = 20
#: Everything but the JP that the ground puts straight on the books.
CHECKED = tuple(name for name in PARTS if name != hours.PART)


@pytest.fixture(scope="module")
def ground(one_office: PreparedOffice) -> Ground:
    """Where every walk begins."""
    return prepared_ground(one_office)


def walked(ground: Ground, seed: int) -> MoneyWalk:
    """One walk; what does not hold is told with the walk so far."""
    walk = MoneyWalk(ground, Random(seed))  # noqa: S311 - to be walked again
    engine = walk.world.engine
    try:
        for _ in range(STEPS):
            walk.step()
        checked = walk.world.database.read(
            lambda conn: list(verify(conn, engine.registry, engine.office.policies, CHECKED))
        )
    except AssertionError as error:
        raise AssertionError("\n".join([f"walk {seed}: {error}", *walk.log])) from error
    found = [finding.says for part in checked for finding in part.findings if finding.fails]
    assert not found, "\n".join([f"walk {seed}: verify finds {found}", *walk.log])
    return walk


def test_on_every_walk_through_the_engine_the_books_balance_and_verify_finds_nothing(ground: Ground) -> None:
    done: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + WALKS):
        done += walked(ground, seed).moved
    assert len(done) > min(WALKS / 2, 12), f"too little ever moved money: {done}"
