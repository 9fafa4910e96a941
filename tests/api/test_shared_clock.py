"""The demo's clock where several processes go by one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from api.clock import DemoClock
from tests.world import MONDAY

SECRET = "rahasia-jam-peragaan"


def test_what_one_sets_the_others_show_and_whoever_comes_later_too(tmp_path: Path) -> None:
    first, second = (DemoClock(MONDAY, SECRET, tmp_path / "jam") for _ in range(2))
    later = MONDAY + timedelta(days=3)
    first.set(later)
    assert later <= second.now() < later + timedelta(minutes=1)
    assert later <= DemoClock(MONDAY, SECRET, tmp_path / "jam").now()


def test_whoever_asks_again_for_the_same_hour_is_answered_again(tmp_path: Path) -> None:
    first, second = (DemoClock(MONDAY, SECRET, tmp_path / "jam") for _ in range(2))
    later = MONDAY + timedelta(days=3)
    first.set(later)
    second.set(later)
    assert second.now() >= first.now() - timedelta(seconds=1) >= later - timedelta(seconds=1)
