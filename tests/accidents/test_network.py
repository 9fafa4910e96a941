"""The network between a worker and the database swallows everything for a while, and neither of them is told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.accidents.letters import all_is_done, all_is_well, kinds_in_hand
from tests.accidents.network import HERE, THERE, Apart, apart
from tests.mailing import with_addresses
from tests.offices import change, prepared
from tests.postgresql import SETTINGS, Cluster, running_cluster
from tests.workers import jobs, owed, until, worker
from tests.world import World
from workflow.migrations import head_revision
from workflow.registry import Registry

Took = Callable[[str, float], None]

pytestmark = pytest.mark.long


@pytest.fixture
def machine() -> Iterator[Apart]:
    """Another machine, if this one lets us make one."""
    made = apart()
    try:
        found = made.__enter__()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a network of its own needs root and ip: {getattr(error, 'stderr', '') or error}")
    yield found
    made.__exit__(None, None, None)


@pytest.fixture
def reachable(machine: Apart) -> Iterator[tuple[Cluster, World]]:
    """An office on a PostgreSQL that listens on the cable."""
    assert machine.name
    with running_cluster() as cluster:
        with (cluster.folder / "data" / "pg_hba.conf").open("a") as allowed:
            allowed.write(f"host all all {THERE}/32 trust\n")
        cluster.restart({**SETTINGS, "listen_addresses": HERE})
        with cluster.database() as address, prepared(address, Registry.discover()) as office:
            world = with_addresses(office.as_new())
            change(world, text("CREATE TABLE alembic_version (version_num text)"))
            change(world, text(f"INSERT INTO alembic_version VALUES ('{head_revision()}')"))  # noqa: S608 # our own
            yield cluster, world


def test_a_worker_that_is_cut_off_is_given_up_and_comes_back(
    machine: Apart, reachable: tuple[Cluster, World], tmp_path: Path, took: Took, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    _, world = reachable
    near = world.database.conninfo
    url = make_url(near)
    far = url.set(host=HERE).difference_update_query(["host"]).render_as_string(hide_password=False)
    world.road("forward")
    with worker(far, tmp_path, within=machine.within):
        until(lambda: bool(kinds_in_hand(world)), "it has begun")
        machine.cut()
        with worker(near, tmp_path):
            took("worker cut off: the other has done its work", all_is_done(world))
            took(
                "worker cut off: the server has let go of it", until(lambda: connections(world) == 0, "it is let go of")
            )
        case = world.submitted("second_nurse")
        assert owed(world.database) > 0
        machine.heal()
        took("network healed: the first worker works again", all_is_done(world))
        world.fire(case, "endorse", "nursing_head")
        all_is_done(world)
        until(lambda: jobs(world.database) == 0, "no job is left")
    all_is_well(world)


def connections(world: World) -> int:
    """How many the server believes to have with the other machine."""
    query = text(f"SELECT count(*) FROM pg_stat_activity WHERE client_addr = '{THERE}'")  # noqa: S608 # our own
    return int(world.all(query)[0][0])
