"""One browser for all pages, and the office that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from shutil import which

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.api.house import Sample, import_sample
from workflow.database import Database
from workflow.migrations import migrate


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's own Chromium. It ends with its module: playwright keeps an event loop in this thread, and so does pyHanko."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, imported."""
    path = tmp_path_factory.mktemp("sample") / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        return Sample(path, *database.write(import_sample))
