"""An office to act in, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.offices import PreparedOffice, prepared
from tests.postgresql import Cluster
from tests.world import World
from workflow.registry import Registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Every process there is."""
    return Registry.discover()


@pytest.fixture(scope="session")
def sqlite_office(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedOffice]:
    """What worlds on SQLite are made from."""
    with prepared(f"sqlite:///{tmp_path_factory.mktemp('office') / 'office.db'}", registry) as office:
        yield office


@pytest.fixture(scope="session")
def postgresql_office(registry: Registry, postgresql_cluster: Cluster) -> Iterator[PreparedOffice]:
    """What worlds on PostgreSQL are made from."""
    with postgresql_cluster.database() as url, prepared(url, registry) as office:
        yield office


@pytest.fixture
def sqlite_world(sqlite_office: PreparedOffice) -> World:
    """A small office on SQLite."""
    return sqlite_office.as_new()


@pytest.fixture
def postgresql_world(postgresql_office: PreparedOffice) -> World:
    """A small office on PostgreSQL."""
    return postgresql_office.as_new()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    """A small office; the test runs twice, on SQLite and on PostgreSQL."""
    found: World = request.getfixturevalue(f"{request.param}_world")
    return found
