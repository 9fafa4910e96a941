"""Laptops away from the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.away import Go, going
from tests.world import World


@pytest.fixture
def away_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[World], Go]:
    """Takes blocks of numbers away from a world."""
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    return lambda world: going(world, tmp_path)


@pytest.fixture
def go(world: World, away_from: Callable[[World], Go]) -> Go:
    """Takes a block of a unit's numbers away, with the letters of some cases."""
    return away_from(world)
