"""PostgreSQL is restarted, gently and as by a power cut, while eight people work through two servers."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from api.clock import DemoClock
from policies.parameters import Policies
from tests.api.house import MONDAY, SECRET, House, Sample, import_sample
from tests.api.test_served import server, wait_until_alive
from tests.cluster.topology import DURABLE
from tests.postgresql import running_cluster
from workflow.audit import events_of
from workflow.database import Database
from workflow.migrations import migrate
from workflow.registry import Registry
from workflow.verification import verify

Took = Callable[[str, float], None]

PEOPLE, STEPS = 8, 15
#: What a client may meet meanwhile, and asks again after.
AGAIN = (502, 503, 504)


def test_each_step_leaves_one_event_however_often_it_was_asked_for(
    tmp_path: Path, took: Took, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    with running_cluster(DURABLE) as cluster, cluster.database() as address, ExitStack() as stack:
        database = stack.enter_context(closing(Database.open(address)))
        migrate(database)
        sample = Sample(tmp_path, *database.write(import_sample))
        settings = {"JENJANG_DEMO_CLOCK": MONDAY.isoformat(), "JENJANG_DEMO_SECRET": SECRET}
        houses = []
        for _ in range(2):
            base, process = stack.enter_context(server(address, **settings))
            wait_until_alive(base, process)
            client = stack.enter_context(httpx.Client(base_url=base, timeout=30))
            houses.append(House(client, sample, address, DemoClock(MONDAY, SECRET)))
        cases = [houses[0].open() for _ in range(PEOPLE)]
        with ThreadPoolExecutor(PEOPLE) as people:
            working = [people.submit(work, houses[n % 2 :] + houses[: n % 2], case) for n, case in enumerate(cases)]
            for abruptly in (False, True):
                time.sleep(1)
                began = time.monotonic()
                cluster.restart(DURABLE, abruptly=abruptly)
                while houses[0].client.get("/ready").status_code != 200:
                    time.sleep(0.05)
                took(f"PostgreSQL restarted{' abruptly' * abruptly}: ready again", time.monotonic() - began)
            again = sum(each.result() for each in working)
        assert again > 0, "nobody met the restart"
        for case in cases:
            assert [event.type for event in database.read(events_of, case)] == ["opened", *["save"] * STEPS]
        found = database.read(lambda conn: list(verify(conn, Registry.discover(), Policies.load(None))))
        assert {part.title: part.findings for part in found} == {part.title: () for part in found}


def work(houses: list[House], case: str) -> int:
    """Save a draft again and again, each time until somebody answers. Answers how often it had to be asked again."""
    again, version, turn = 0, 1, cycle(houses)
    for step in range(STEPS):
        body = {"form": {"goal": f"Tujuan ke-{step}"}, "acknowledge": ()}
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": f"{case}-{step}"}
        while True:
            try:
                answer = next(turn).ask("nurse", "POST", f"/api/cases/{case}/actions/save", json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in AGAIN:
                break
            again += 1
            time.sleep(0.1)
        assert answer.status_code == 200, answer.text
        version = answer.json()["version"]
        time.sleep(0.1)
    return again
