"""The sample is imported once; each test works on its own copy of that database, over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.api.house import House, Sample, Watch, import_sample, served
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


@pytest.fixture
def address(sample: Sample, tmp_path: Path) -> str:
    """A copy of the sample's database."""
    path = tmp_path / "jenjang.db"
    shutil.copy(sample.path, path)
    return f"sqlite:///{path}"


@pytest.fixture
def house(sample: Sample, address: str) -> Iterator[House]:
    """The office, served without a runner: letters are rendered only when a test wants them."""
    with served(sample, address) as house, closing(Watch(Path(address.removeprefix("sqlite:///")))) as watch:
        house.watch = watch
        yield house


@pytest.fixture(scope="session")
def quiet(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One office for all tests that change nothing, such as requests that are refused."""
    path = tmp_path_factory.mktemp("quiet") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}") as house:
        yield house
