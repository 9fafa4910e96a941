"""The databases that the tests are given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.postgresql import Cluster, running_cluster


def test_a_fresh_database_is_empty(database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE left_behind (id INTEGER)"))


def test_the_next_database_does_not_see_what_the_last_test_left(database_url: str) -> None:
    test_a_fresh_database_is_empty(database_url)


def test_both_databases_sort_text_alike(database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        rows = connection.scalars(
            sa.text("SELECT 'b' AS name UNION SELECT 'B' UNION SELECT 'a' UNION SELECT 'É' ORDER BY name")
        )
        assert list(rows) == ["B", "a", "b", "É"]


def test_a_database_still_in_use_is_dropped_all_the_same(postgresql_cluster: Cluster) -> None:
    with postgresql_cluster.database() as url:
        connection = psycopg.connect(url.replace("+psycopg", ""))
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()


def test_a_stopped_cluster_leaves_nothing_behind() -> None:
    with running_cluster() as cluster:
        folder, pid = cluster.folder, cluster.pid
        assert _alive(pid)
    assert not folder.exists()
    assert not _alive(pid)


def test_the_server_goes_when_the_tests_are_killed(tmp_path: Path) -> None:
    program = tmp_path / "tests_that_hang.py"
    program.write_text(
        "import time\n"
        "from tests.postgresql import running_cluster\n"
        "with running_cluster() as cluster:\n"
        "    print(cluster.pid, cluster.folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, program], env=environment, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        pid, folder = tests.stdout.readline().split()
        tests.kill()
    deadline = time.monotonic() + 15
    while _alive(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(int(pid))
    shutil.rmtree(folder)


def _alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
