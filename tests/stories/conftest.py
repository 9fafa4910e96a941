"""Stories that are told on both databases."""

from __future__ import annotations

import pytest

from tests.award_rounds import for_awards
from tests.world import World


@pytest.fixture
def awards(world: World) -> World:
    """An office in which awards can be given, on either database."""
    return for_awards(world)
