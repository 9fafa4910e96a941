"""What ``make crash`` follows takes every arrow, and a whole run of the tests says where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Connection

from tests.accidents.covering import Covering
from tests.accidents.following import FOLLOWED, ROOT, every_arrow, noting
from tests.world import World


def test_each_arrow_has_a_name_of_its_own() -> None:
    assert len(set(every_arrow())) == len(every_arrow())


def test_every_pattern_finds_tests_to_follow() -> None:
    assert all(list(ROOT.glob(pattern)) for pattern in FOLLOWED)


class _Undone(Exception):
    """A unit is not kept."""


def _returned(conn: Connection, world: World, case: str) -> NoReturn:
    world.engine.fire(conn, case, "return", world.actor("nursing_head"), {"to_mend": "Lengkapi."}, world.at)
    raise _Undone


def test_the_arrows_are_noted_that_are_taken_meanwhile_and_kept(world: World) -> None:
    with noting() as noted:
        case = world.submitted()
        with pytest.raises(_Undone):
            world.database.write(_returned, world, case)
    assert world.database.read(noted.kept) == {"internship/drafted submit"}


def test_what_followed_tests_take_is_gathered(world: World, tmp_path: Path) -> None:
    covering = Covering(frozenset({Path(__file__)}), world.database.dialect)
    with covering.at_work():
        world.submitted("second_nurse")
        covering.begins(Path(__file__))
        world.submitted()
        covering.begins(tmp_path)
        world.fire(world.submitted("third_nurse"), "endorse", "nursing_head")
    assert covering.taken == {"internship/drafted submit"}
    assert covering.missed() == [arrow for arrow in every_arrow() if arrow != "internship/drafted submit"]


def test_what_is_taken_on_the_other_database_is_not_counted(sqlite_world: World) -> None:
    covering = Covering(frozenset({Path(__file__)}), "postgresql")
    with covering.at_work():
        covering.begins(Path(__file__))
        sqlite_world.submitted()
    assert covering.taken == set()


def test_nothing_is_missed_in_a_run_of_some_tests_alone() -> None:
    covering = Covering(frozenset())
    covering.whole = False
    assert covering.missed() == []
