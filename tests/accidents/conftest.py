"""An office on either database, and one whose workers are processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.mailing import with_addresses
from tests.offices import change
from tests.world import World
from workflow.migrations import head_revision


@pytest.fixture
def staffed(postgresql_world: World) -> World:
    """A small office on PostgreSQL with no jobs of anybody before, as migrations would have made it; all have addresses."""
    change(postgresql_world, text("DELETE FROM procrastinate_jobs"))
    change(postgresql_world, text("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)"))
    change(postgresql_world, text("DELETE FROM alembic_version"))
    change(postgresql_world, text(f"INSERT INTO alembic_version VALUES ('{head_revision()}')"))  # noqa: S608 # our own
    return with_addresses(postgresql_world)


@pytest.fixture
def took(
    record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> Callable[[str, float], None]:
    """Writes down how long something took; no test goes by it."""

    def write(what: str, seconds: float) -> None:
        record_property(what, round(seconds, 1))
        with capsys.disabled():
            print(f"\n  {what}: {seconds:.1f} s")  # noqa: T201 - it is what docs/accidents.md quotes

    return write
