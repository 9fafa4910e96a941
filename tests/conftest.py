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
from tests.postgresql import Cluster, running_cluster
from tests.stages import Stages, opener, reached
from tests.world import World

# A time limit on one example would measure the machine; the same examples each time make a failure on CI repeatable.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """No arrow of a process is left out of what ``make crash`` follows."""
    covering = Covering(frozenset(followed()))
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
    if "postgresql" in " ".join((request.node.name, *request.fixturenames)):
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
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """An internship at each of its stages, on SQLite."""
    return reached(tmp_path_factory.mktemp("stages"))


@pytest.fixture
def standing_at(stages: Stages, tmp_path: Path) -> Iterator[Callable[[str], tuple[World, str]]]:
    """Opens an office in which an internship stands at the stage that is named; answers the world and the case."""
    with opener(stages, tmp_path) as open_copy:
        yield open_copy


@pytest.fixture
def office(standing_at: Callable[[str], tuple[World, str]]) -> World:
    """An office on SQLite in which nothing has been asked for yet."""
    return standing_at("office")[0]
