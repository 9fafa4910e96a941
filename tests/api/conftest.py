"""The sample is imported once; each test begins with it, over HTTP: on a copy of its file, or on one PostgreSQL put back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from policies.parameters import Policies
from tests.api.house import House, Sample, Watch, import_sample, served
from tests.offices import Stored, all_stored, put_back
from tests.postgresql import Cluster
from workflow.backups.moving import move
from workflow.database import Database
from workflow.migrations import migrate


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, imported."""
    path = tmp_path_factory.mktemp("sample") / "jenjang.db"
    database = Database.open(f"sqlite:///{path}")
    migrate(database)
    keys, ids, line = database.write(import_sample)
    database.close()
    return Sample(path, keys, ids, line)


@pytest.fixture(scope="session")
def moved(sample: Sample, postgresql_cluster: Cluster) -> Iterator[tuple[str, Stored]]:
    """The sample on PostgreSQL: its address, and all that is stored."""
    with postgresql_cluster.database() as url:
        move(f"sqlite:///{sample.path}", url, Policies.load())
        with closing(Database.open(url)) as database:
            stored = database.read(all_stored)
        yield url, stored


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """The sample on one database: on SQLite, or on the one that ``--database`` names."""
    found: str = request.getfixturevalue(f"{request.config.option.database}_address")
    return found


@pytest.fixture
def postgresql_address(moved: tuple[str, Stored]) -> str:
    """The database as it was when the sample had been moved there."""
    url, stored = moved
    with closing(Database.open(url)) as database:
        database.reshape(put_back, stored)
        database.write(lambda conn: conn.execute(text("DELETE FROM procrastinate_jobs")))
    return url


@pytest.fixture
def sqlite_address(sample: Sample, tmp_path: Path) -> str:
    """A copy of the sample's file."""
    path = tmp_path / "jenjang.db"
    shutil.copy(sample.path, path)
    return f"sqlite:///{path}"


@pytest.fixture
def house(sample: Sample, address: str) -> Iterator[House]:
    """The office, served without a runner: letters are rendered only when a test wants them."""
    with served(sample, address) as house, closing(Database.open(address)) as beside:
        house.watch = Watch(beside)
        yield house


@pytest.fixture
def sqlite_house(sample: Sample, sqlite_address: str) -> Iterator[House]:
    """The same on SQLite."""
    with served(sample, sqlite_address) as house:
        yield house


@pytest.fixture(scope="session")
def quiet(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One office for all tests that change nothing, such as requests that are refused."""
    path = tmp_path_factory.mktemp("quiet") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}") as house:
        yield house
