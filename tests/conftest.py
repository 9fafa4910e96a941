"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest

from tests import compiled  # noqa: F401 - at work once it is imported
from tests.accidents.covering import NAME, Covering
from tests.accidents.following import followed
from tests.offices import PreparedOffice, prepared
from tests.postgresql import Cluster, running_cluster
from tests.stages import Stages, reached
from tests.world import World
from workflow.registry import Registry

# A time limit on one example would measure the machine; the same examples each time make a failure on CI repeatable.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


#: What stands on one database, whichever that is.
_ONE = {"one_office", "address"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where a test needs only one database, which that is."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="for what needs only one")


def pytest_configure(config: pytest.Config) -> None:
    """No arrow of a process is left out of what ``make crash`` follows."""
    covering = Covering(frozenset(followed()), config.option.database)
    config.pluginmanager.register(covering, NAME)
    standing = ExitStack()
    standing.enter_context(covering.at_work())
    config.add_cleanup(standing.close)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A developer's own JENJANG_DATABASE or JENJANG_POLICIES must not reach a test, nor a test them."""
    for name in [name for name in os.environ if name.startswith("JENJANG_")]:
        monkeypatch.delenv(name)
    one = request.config.option.database if _ONE.intersection(request.fixturenames) else ""
    if "postgresql" in " ".join((request.node.name, one, *request.fixturenames)):
        # There is no file beside which its private keys could lie.
        monkeypatch.setenv("JENJANG_KEYS", str(tmp_path_factory.getbasetemp() / "keys"))


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A private PostgreSQL, started when the first test asks for it; each xdist worker has its own."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgresql_url(postgresql_cluster: Cluster) -> Iterator[str]:
    """The SQLAlchemy address of a fresh, empty database on PostgreSQL."""
    with postgresql_cluster.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy address of a fresh, empty database on SQLite."""
    return f"sqlite:///{tmp_path / 'jenjang.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on a fresh SQLite and on a fresh PostgreSQL database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


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


@pytest.fixture(scope="session")
def one_office(request: pytest.FixtureRequest) -> PreparedOffice:
    """What worlds are made from where one database is enough: on SQLite, or on the one that ``--database`` names."""
    found: PreparedOffice = request.getfixturevalue(f"{request.config.option.database}_office")
    return found


@pytest.fixture
def sqlite_world(sqlite_office: PreparedOffice) -> World:
    """A small office on SQLite."""
    return sqlite_office.as_new()


@pytest.fixture
def postgresql_world(postgresql_office: PreparedOffice) -> World:
    """A small office on PostgreSQL."""
    return postgresql_office.as_new()


@pytest.fixture
def one_world(one_office: PreparedOffice) -> World:
    """A small office on one database."""
    return one_office.as_new()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    """A small office; the test runs twice, on SQLite and on PostgreSQL."""
    found: World = request.getfixturevalue(f"{request.param}_world")
    return found


@pytest.fixture(scope="session")
def stages(one_office: PreparedOffice) -> Stages:
    """An internship at each of its stages, on one database."""
    return reached(one_office)


@pytest.fixture
def standing_at(stages: Stages) -> Callable[[str], tuple[World, str]]:
    """Makes the office one in which an internship stands at the stage that is named; answers the world and the case."""

    def standing(name: str) -> tuple[World, str]:
        office, case = stages[name]
        return office.as_new(), case

    return standing


@pytest.fixture
def office(standing_at: Callable[[str], tuple[World, str]]) -> World:
    """An office on one database in which nothing has been asked for yet."""
    return standing_at("office")[0]
