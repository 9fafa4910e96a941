"""Starting before everything is there, and saying what is missing; the runner inside the server."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import delete, select

from api.app import create_app
from tests.api.house import MONDAY, House, Sample, served
from workflow.backups.last import note
from workflow.database import Database
from workflow.migrations import migrate
from workflow.tables import agency, effects


def checks(client: TestClient[Litestar]) -> dict[str, str]:
    """What is not ready, and what is said about it."""
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.json()["ready"] is False
    return {check["name"]: check["says"] for check in response.json()["checks"] if not check["ok"]}


def ask(client: TestClient[Litestar]) -> tuple[int, str]:
    response = client.get("/api/me", headers={"Authorization": f"Bearer jj_{'x' * 43}"})
    return response.status_code, response.json()["type"]


def test_an_empty_database_is_served_as_not_ready(tmp_path: Path) -> None:
    with TestClient(create_app(f"sqlite:///{tmp_path / 'new.db'}", runner=False)) as client:
        assert client.get("/health").status_code == 200
        assert "jenjang migrate" in checks(client)["migrations"]
        assert ask(client) == (503, "/problems/not-migrated")


def test_a_database_without_an_agency_is_ready_once_it_has_one(tmp_path: Path, sample: Sample) -> None:
    address = f"sqlite:///{tmp_path / 'new.db'}"
    database, full = Database.open(address), Database.open(f"sqlite:///{sample.path}")
    migrate(database)
    row = full.read(lambda conn: conn.execute(select(agency)).one()._asdict())
    full.close()
    with TestClient(create_app(address, runner=False)) as client:
        assert set(checks(client)) == {"agency"}
        assert ask(client) == (503, "/problems/not-set-up")
        database.write(lambda conn: conn.execute(agency.insert().values(**row)))
        assert client.get("/ready").status_code == 200
        assert ask(client) == (401, "/problems/unauthenticated")
    database.close()


def test_missing_libraries_for_letters_are_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.readiness.LIBRARIES", {"libmissing.so.9": "libmissing-9"})
    response = house.client.get("/ready")
    assert response.status_code == 503
    says = {check["name"]: check["says"] for check in response.json()["checks"]}
    assert "apt-get install libmissing-9" in says["letter_libraries"]


WITHIN = timedelta(hours=36)


def said_of_backups(sample: Sample, address: str, **serving: Any) -> tuple[int, str]:
    """What a server says of the last backup, and whether it is ready."""
    with served(sample, address, **serving) as house:
        response = house.client.get("/ready")
    return response.status_code, {check["name"]: check["says"] for check in response.json()["checks"]}.get(
        "backup", "-"
    )


LATE = "Cadangan terakhir terlalu lama atau belum ada. Jalankan: jenjang backup"


def backed_up(address: str, before: timedelta) -> None:
    """The office was backed up a while ago."""
    database = Database.open(address)
    database.write(note, MONDAY - before, (MONDAY - before).date(), MONDAY)
    database.close()


def test_a_backup_that_is_missing_or_too_old_is_warned_of(sample: Sample, address: str) -> None:
    assert said_of_backups(sample, address) == (200, "-"), "nobody asks"
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, LATE)
    backed_up(address, timedelta(hours=37, minutes=5))
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, LATE), "to anybody, and so without its hour"
    backed_up(address, timedelta(hours=35))
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, "")
    backed_up(address, timedelta(hours=40))
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, ""), "the newer one counts"


def test_a_backup_that_a_clock_ahead_noted_counts_as_none_and_the_next_replaces_it(
    sample: Sample, address: str
) -> None:
    ahead = -timedelta(days=400)
    with closing(Database.open(address)) as database:
        database.write(note, MONDAY - ahead, (MONDAY - ahead).date(), MONDAY - ahead)
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, LATE)
    backed_up(address, timedelta(hours=1))
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, "")
    backed_up(address, -timedelta(minutes=4))
    assert said_of_backups(sample, address, backup_within=WITHIN) == (200, ""), "clocks are never quite alike"


def test_a_server_is_unready_without_a_backup_only_where_a_setting_says_so(sample: Sample, address: str) -> None:
    strictly = {"backup_within": WITHIN, "backup_required": True}
    assert said_of_backups(sample, address, **strictly)[0] == 503
    backed_up(address, timedelta(hours=1))
    assert said_of_backups(sample, address, **strictly) == (200, "")


def test_the_runner_makes_letters_and_outlives_errors(
    sample: Sample, address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with served(sample, address) as house:
        case = house.road("forward")
        (letter,) = house.read("nurse", f"/api/cases/{case}")["letters"]
    database = Database.open(address)
    row = database.read(lambda conn: conn.execute(select(agency)).one()._asdict())
    database.write(lambda conn: conn.execute(delete(agency)))
    monkeypatch.setattr("api.runner.PAUSE", 0.05)
    with served(sample, address, runner=True) as house:
        until = time.monotonic() + 30
        while not any("effects wait" in record.getMessage() for record in caplog.records):
            assert time.monotonic() < until
            time.sleep(0.05)
        database.write(lambda conn: conn.execute(agency.insert().values(**row)))
        while house.get("nurse", f"/api/letters/{letter['id']}.pdf").status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.1)
    done = select(effects.c.done_at).where(effects.c.kind == "render")
    assert database.read(lambda conn: conn.execute(done).scalar_one()) is not None
    database.close()


def test_without_a_runner_effects_wait(house: House) -> None:
    case = house.road("forward")
    time.sleep(0.3)
    owed = house.read("nurse", f"/api/cases/{case}")["owed"]
    assert {line["state"] for line in owed} == {"waiting"}
