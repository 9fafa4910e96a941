"""A day of seconds in a small province: that the load itself works, and would notice what it looks for. Not on time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.afterwards import faults
from tests.bench.big_office import fill
from tests.bench.errands import Act, Told
from tests.bench.province import AGENCIES, EACH, FOR_ALL, Province, seat
from tests.bench.province_load import Office, Outcome, measure, on_postgresql, on_sqlite
from tests.bench.serving import CACHE
from tests.bench.working_day import LITTLE, MIX
from tests.postgresql import Cluster
from workflow.database import Database
from workflow.migrations import migrate


def settled_in(address: str) -> Province:
    """A small province in an empty database."""
    database = Database.open(address)
    migrate(database)
    fill(database, LITTLE.cases)
    province = seat(database)
    database.close()
    return province


def passed(serving: AbstractContextManager[Office], province: Province) -> Outcome:
    """The day of seconds; what its end must not leave is not there, and would be found."""
    with serving as office:
        outcome = measure(office, province, LITTLE)
        assert outcome.faults == []
        notices_what_it_looks_for(office.database, outcome.told)
    return outcome


def notices_what_it_looks_for(database: Database, told: Told) -> None:
    """An act that nobody was answered for, one that was lost, and two that both say they made a version."""
    first, last = told.acts[0], told.acts[-1]
    (unanswered,) = faults(database, replace(told, acts=told.acts[1:]))
    assert first.events[0] in unanswered
    lost = Act(last.case, "submit", last.version, ("01890000-0000-7000-8000-000000000000",))
    assert len(list(faults(database, replace(told, acts=[*told.acts, lost])))) == 2
    assert list(faults(database, replace(told, letters={*told.letters, "none"}))) == [
        "letter none was told of and is not there"
    ]


def everybody_was_busy(outcome: Outcome) -> None:
    """All kinds of a working day were asked for, and letters were made while they were."""
    asked = {kind.partition(" ")[0].rstrip(",") for kind in outcome.told.seconds}
    assert asked == set(MIX)
    assert {"read", "done", "beaten", "repeated"} <= set(outcome.told.outcomes)
    assert outcome.told.letters


@pytest.mark.timeout(600)  # five processes of their own
def test_a_day_on_two_servers_and_two_workers_loses_nothing(
    postgresql_cluster: Cluster, postgresql_url: str, tmp_path: Path
) -> None:
    province = settled_in(postgresql_url)
    assert len(province.keys) == AGENCIES * EACH + len(FOR_ALL) == 200

    outcome = passed(on_postgresql(postgresql_cluster, postgresql_url, tmp_path), province)

    everybody_was_busy(outcome)
    assert set(outcome.watch.memory) == {"server-1", "server-2", "worker-1", "worker-2"}


@pytest.mark.timeout(600)
def test_a_day_on_one_server_with_a_file_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    CACHE.mkdir(exist_ok=True)
    everybody_was_busy(passed(on_sqlite(sqlite_url, tmp_path), settled_in(sqlite_url)))
