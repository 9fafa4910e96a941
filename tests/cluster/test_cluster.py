"""An internship walked on two servers and two workers while they, and their database, are killed, cut off and replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.demo import story
from api.demo.folder import Folder
from api.demo.preparation import prepare
from api.demo.stage import Stage
from api.demo.walk import Walk
from policies.parameters import Policies
from tests.cluster.accidents import ACCIDENTS, Misfortune
from tests.cluster.topology import DURABLE, running
from tests.postgresql import running_cluster
from workflow.database import Database
from workflow.registry import Registry
from workflow.tables import effects
from workflow.verification import verify


@pytest.mark.timeout(600)  # six processes of their own, started more than once
def test_an_internship_survives_every_accident_with_one_outcome_of_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is prepared here is sealed with what the servers are given.
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))

    with running_cluster(DURABLE) as postgresql, postgresql.database() as address:
        folder = Folder(tmp_path, address)
        folder.clear()
        office = prepare(address, None, None, lambda _: None)
        start = story.instant(story.FIRST_DAY, *story.FIRST_HOUR, office.zone)
        with running(postgresql, folder, start) as topology:
            stage = Stage(
                service=topology.service(),
                keys=office.keys,
                zone=office.zone,
                tell=lambda _: None,
                watcher=office.cast.verifier,
                folder=folder,
            )
            with Misfortune(topology, lambda _: None, pause=1.0) as misfortune:
                Walk(stage, office.cast).run()
            assert misfortune.happened == [accident.__name__ for accident in ACCIDENTS]
            assert all(member.starts > 1 for member in (*topology.servers, *topology.workers))
            stage.settle()
        database = Database.open(address)
        parts = database.read(lambda conn: list(verify(conn, Registry.discover(), Policies.load(None))))
        owed = database.read(lambda conn: conn.execute(effects.select().where(effects.c.done_at.is_(None))).all())
        database.close()
    assert {part.title: part.findings for part in parts} == {part.title: () for part in parts}
    assert all(part.looked_at for part in parts[:3])
    assert [row.error for row in owed if row.parked_at is None] == []
