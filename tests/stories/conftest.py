"""Stories that are told on both databases."""

from __future__ import annotations

import pytest

from tests.award_rounds import for_awards
from tests.workflow.conftest import (
    postgresql_office,
    postgresql_world,
    registry,
    sqlite_office,
    sqlite_world,
    world,
)
from tests.world import World

__all__ = ["postgresql_office", "postgresql_world", "registry", "sqlite_office", "sqlite_world", "world"]


@pytest.fixture
def awards(world: World) -> World:
    """An office in which awards can be given, on either database."""
    return for_awards(world)
