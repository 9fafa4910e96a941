"""A new version over a migration, server by server, while people work: nobody is turned away."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Self

import httpx
import pytest

from api.demo import story
from api.demo.folder import Folder
from api.demo.preparation import Prepared, prepare
from api.demo.service import HOST
from api.demo.visitor import Visitor
from policies.parameters import Policies
from tests.cluster.topology import DURABLE, PATIENCE, ROOT, Topology, running
from tests.postgresql import running_cluster
from workflow.database import Database
from workflow.migrations import current_revision, head_revision
from workflow.registry import Registry
from workflow.verification import verify

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, oldest_program = "9999", "{head}", "{head}"


def upgrade():
    op.create_table("further", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("units", sa.Column("remark", sa.Text))
    op.create_index("ix_units_remark", "units", ["remark"])
"""


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The program as it is, and one revision of the tables more."""
    program = tmp_path / "next"
    program.mkdir()
    for name in ("api", "policies", "templates"):
        (program / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "workflow", program / "workflow", ignore=shutil.ignore_patterns("__pycache__"))
    revision = program / "workflow" / "migrations" / "versions" / "9999_something_further.py"
    revision.write_text(NEXT.format(head=head_revision()))
    return program


def migrated(topology: Topology, program: Path) -> None:
    """``jenjang migrate`` of another version, beside what is running."""
    command = [*topology.workers[0].command[:3], "migrate"]
    subprocess.run(command, cwd=program, env=topology.workers[0].environment, timeout=PATIENCE, check=True)


class People:
    """Some who open a case, look at it and give it up, again and again, and ask nothing twice."""

    def __init__(self, topology: Topology, office: Prepared) -> None:
        self.answers: Counter[str] = Counter()
        self._over = threading.Event()
        staff = [office.cast.participant, *office.troupe.goers][:4]
        self._threads = [
            threading.Thread(target=self._work, args=(Visitor(topology.port, office.keys[each.id], each.name),))
            for each in staff
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _work(self, visitor: Visitor) -> None:
        while not self._over.is_set():
            try:
                opened = visitor.post("/api/cases", {"process": "internship", "form": {}})
                self.answers[f"open {opened.status}"] += 1
                seen = visitor.get(f"/api/cases/{opened.document['id']}")
                gone = visitor.post(
                    f"/api/cases/{opened.document['id']}/actions/withdraw", {"form": {}}, version=seen.etag
                )
                self.answers[f"withdraw {gone.status}"] += 1
            except Exception as error:  # noqa: BLE001 # whatever it is, somebody was turned away
                self.answers[repr(error)] += 1


@pytest.mark.timeout(600)  # six processes of their own, started more than once
def test_servers_and_workers_are_replaced_over_a_migration_and_nobody_is_turned_away(
    tmp_path: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    with running_cluster(DURABLE) as postgresql, postgresql.database() as address:
        folder = Folder(tmp_path, address)
        office = prepare(address, None, None, lambda _: None)
        start = story.instant(story.FIRST_DAY, *story.FIRST_HOUR, office.zone)
        with running(postgresql, folder, start) as topology, People(topology, office) as people:
            time.sleep(2)
            migrated(topology, next_version)
            # The old version beside the new tables.
            ready = httpx.get(f"http://{HOST}:{topology.port}/ready", timeout=PATIENCE).json()
            assert ready["ready"], ready
            topology.replace_all(next_version)
            assert httpx.get(f"http://{HOST}:{topology.port}/ready", timeout=PATIENCE).json()["ready"]
            time.sleep(1)
        with closing(Database.open(address)) as database:
            assert current_revision(database) == "9999"
            parts = database.read(lambda conn: list(verify(conn, Registry.discover(), Policies.load(None))))
    assert set(people.answers) == {"open 201", "withdraw 200"}, people.answers
    assert people.answers["open 201"] > 20
    assert [finding for part in parts for finding in part.findings] == []
