"""Reading goes on where nothing can be written: a database that is read-only, or whose writer is busy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api import runner
from api.desk import Desk
from tests.api.house import House, Sample, served
from workflow.database import Database, DatabaseReadOnly, DatabaseUnavailable, serve_lock

NOBODY = 65534
HERE = Path(__file__).resolve()


def _is_open_to_others() -> bool:
    """Whether the checkout, of which much is read later, can be read without root's rights."""
    os.seteuid(NOBODY)
    try:
        return os.access(HERE, os.R_OK, effective_ids=True)
    finally:
        os.seteuid(0)


@pytest.fixture(params=["file", "folder", "file and folder"])
def archive(request: pytest.FixtureRequest, sample: Sample) -> Iterator[Path]:
    """The sample as an archive that this process may read and not write; root may write anything, so it steps down."""
    root = os.geteuid() == 0
    if root and not _is_open_to_others():
        pytest.skip(
            "run by root in a folder that nobody else may enter: without root's rights nothing of it can be read"
        )
    folder = Path(tempfile.mkdtemp(prefix="jenjang-archive-"))
    file = folder / "jenjang.db"
    shutil.copy(sample.path, file)
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(file, NOBODY, NOBODY)
    file.chmod(0o444 if "file" in request.param else 0o644)
    folder.chmod(0o555 if "folder" in request.param else 0o755)
    if root:
        os.seteuid(NOBODY)
    try:
        yield file
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_what_can_only_be_read_is_read_and_nothing_is_left_beside_it(archive: Path) -> None:
    database = Database.open(f"sqlite:///{archive}")
    for _ in range(2):
        people = database.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM people").scalar_one())
        assert people > 0
    if not os.access(archive, os.W_OK, effective_ids=True):
        assert [path.name for path in archive.parent.iterdir()] == ["jenjang.db"]
    with pytest.raises(DatabaseReadOnly, match="hanya dapat dibaca"):
        database.write(lambda conn: conn.exec_driver_sql("DELETE FROM api_keys"))
    database.close()


def test_a_read_only_database_is_served_and_each_change_refused_with_the_way_out(archive: Path, sample: Sample) -> None:
    address = f"sqlite:///{archive}"
    if os.access(archive, os.W_OK, effective_ids=True):  # only the folder: then who may write it is not known
        with pytest.raises(DatabaseUnavailable, match="hak aksesnya"), serve_lock(address):
            pass
        return
    with served(sample, address) as house:
        for path in ("/api/me", "/api/tasks", "/api/cases", "/api/me"):
            assert house.get("nurse", path).status_code == 200, path
        opened = house.ask(
            "nurse", "POST", "/api/cases", json={"process": "internship"}, headers={"Idempotency-Key": "sekali"}
        )
        assert (opened.status_code, opened.json()["type"]) == (503, "/problems/database-read-only")
        assert "hak tulis" in opened.json()["detail"]
        assert int(opened.headers["retry-after"]) > 0
        assert house.get("nurse", "/api/me").status_code == 200


def test_what_cannot_be_done_on_a_read_only_database_is_logged_once(
    archive: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if os.access(archive, os.W_OK, effective_ids=True):
        return  # not served at all
    turns: list[None] = []
    today = runner._today

    def counted(desk: Desk) -> date:
        turns.append(None)
        return today(desk)

    monkeypatch.setattr(runner, "_today", counted)
    monkeypatch.setattr(runner, "PAUSE", 0.01)
    with served(sample, f"sqlite:///{archive}", runner=True):
        until = time.monotonic() + 20
        while len(turns) < 5:
            assert time.monotonic() < until
            time.sleep(0.01)
    (said,) = [record.getMessage() for record in caplog.records if "effects wait" in record.getMessage()]
    assert "hanya dapat dibaca" in said


def test_the_first_read_of_a_day_does_not_wait_for_a_writer(sqlite_house: House, sqlite_address: str) -> None:
    other = sqlite3.connect(sqlite_address.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    for _ in range(3):
        assert sqlite_house.get("nurse", "/api/me").status_code == 200
    assert time.monotonic() - began < 3  # the writer would be waited for ten seconds
    other.execute("ROLLBACK")
    other.close()
