"""What ``make crash`` follows takes every arrow, and a whole run of the tests says where it does not."""

from __future__ import annotations

from pathlib import Path

from tests.accidents.covering import Covering
from tests.accidents.following import FOLLOWED, IMPOSSIBLE, ROOT, every_arrow, noting, reachable_arrows
from tests.undone import tried
from tests.world import World


def test_each_arrow_has_a_name_of_its_own() -> None:
    assert len(set(every_arrow())) == len(every_arrow())
    assert set(every_arrow()) >= IMPOSSIBLE


def test_every_pattern_finds_tests_to_follow() -> None:
    assert all(list(ROOT.glob(pattern)) for pattern in FOLLOWED)


def test_the_arrows_are_noted_that_are_taken_meanwhile_and_kept(world: World) -> None:
    with noting() as noted:
        case = world.submitted()
        tried(world, lambda within: within.fire(case, "return", "nursing_head", {"to_mend": "Lengkapi."}))
    assert world.database.read(noted.kept) == {"internship/drafted submit"}


def test_what_followed_tests_take_is_gathered_also_where_it_is_undone(sqlite_world: World, tmp_path: Path) -> None:
    covering = Covering(frozenset({Path(__file__)}))
    with covering.at_work():
        sqlite_world.submitted("second_nurse")
        covering.begins(Path(__file__))
        tried(sqlite_world, World.submitted)
        covering.begins(tmp_path)
        sqlite_world.fire(sqlite_world.submitted("third_nurse"), "endorse", "nursing_head")
    assert covering.taken == {"internship/drafted submit"}
    assert covering.missed() == [arrow for arrow in reachable_arrows() if arrow != "internship/drafted submit"]


def test_nothing_is_missed_in_a_run_of_some_tests_alone() -> None:
    covering = Covering(frozenset())
    covering.whole = False
    assert covering.missed() == []
