"""Starting before everything is there, and saying what is missing; the runner inside the server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import delete, select

from api.app import create_app
from tests.api.house import House, Sample, served
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
