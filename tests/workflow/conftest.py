"""An office to act in, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.offices import built, postgresql_copy, sqlite_copy
from tests.postgresql import Cluster
from tests.world import World
from workflow.registry import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Every process there is."""
    return Registry.discover()


@pytest.fixture(scope="session")
def sqlite_office(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> World:
    """What worlds on SQLite are copied from."""
    return built(f"sqlite:///{tmp_path_factory.mktemp('office') / 'office.db'}", registry)


@pytest.fixture(scope="session")
def postgresql_office(registry: Registry, postgresql_cluster: Cluster) -> Iterator[World]:
    """What worlds on PostgreSQL are copied from."""
    with postgresql_cluster.database() as url:
        yield built(url, registry)


@pytest.fixture
def sqlite_world(sqlite_office: World, tmp_path: Path) -> Iterator[World]:
    """A small office on SQLite."""
    with sqlite_copy(sqlite_office, tmp_path / "world.db") as world:
        yield world


@pytest.fixture
def postgresql_world(postgresql_office: World, postgresql_cluster: Cluster) -> Iterator[World]:
    """A small office on PostgreSQL."""
    with postgresql_copy(postgresql_office, postgresql_cluster) as world:
        yield world


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    """A small office; the test runs twice, on SQLite and on PostgreSQL."""
    found: World = request.getfixturevalue(f"{request.param}_world")
    return found
