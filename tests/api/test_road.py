"""The straight road over HTTP, from request to credited hours, on either database."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.api.house import House, Sample, import_sample, served
from workflow.database import Database
from workflow.effects import run_due
from workflow.migrations import migrate
from workflow.office import Office
from workflow.tables import files


def test_an_internship_runs_from_request_to_completion(house: House) -> None:
    case = house.road("complete")
    page = house.read("nurse", f"/api/cases/{case}")
    assert (page["state"], page["state_title"], page["final"]) == ("completed", "Selesai", True)
    assert page["deadline"] is None
    assert [line["kind"] for line in page["letters"]] == [
        "internship_proposal",
        "internship_request",
        "internship_assignment",
        "internship_introduction",
        "internship_credit_certificate",
    ]
    assert len([entry for entry in page["entries"] if entry["status"] == "confirmed"]) == 5
    history = house.read("nurse", f"/api/cases/{case}/history")["events"]
    assert any("JP" in said for said in history[-1]["posted"])


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Sample:
    """The sample on PostgreSQL."""
    database = Database.open(postgresql_url)
    migrate(database)
    keys, ids, line = database.write(import_sample)
    database.close()
    return Sample(Path(), keys, ids, line)


def test_the_same_road_and_every_view_on_postgresql(on_postgresql: Sample, postgresql_url: str) -> None:
    with served(on_postgresql, postgresql_url) as house:
        case = house.road("introduce")
        for who in ("nurse", "verifier", "contact"):
            for path in ("", "/history", "/actions"):
                house.read(who, f"/api/cases/{case}{path}")
            first = house.read(who, "/api/tasks?limit=1")
            house.read(who, f"/api/tasks?after={first['next'] or ''}")
            assert [line["id"] for line in house.read(who, "/api/cases?state=assigned")["items"]] == [case]
            house.read(who, "/api/me")
        assert house.client.get("/ready").json()["ready"] is True
        page = house.read("contact", f"/api/cases/{case}")
        database = house.with_database()
        assert run_due(database, database.read(Office.load), house.clock.now()) == 4
        database.close()
        for letter in page["letters"]:
            assert house.get("contact", f"/api/letters/{letter['id']}.pdf").content.startswith(b"%PDF-")
        assert house.act("nurse", case, "start", {}, version=1).status_code == 409


def test_two_servers_on_one_postgresql_make_each_letter_once(on_postgresql: Sample, postgresql_url: str) -> None:
    with (
        served(on_postgresql, postgresql_url, runner=True) as house,
        served(on_postgresql, postgresql_url, runner=True),
    ):
        case = house.road("introduce")
        page = house.read("nurse", f"/api/cases/{case}")
        until = time.monotonic() + 60
        for letter in page["letters"]:
            while house.get("nurse", f"/api/letters/{letter['id']}.pdf").status_code != 200:
                assert time.monotonic() < until
                time.sleep(0.1)
        database = house.with_database()
        made = (
            select(func.count())
            .select_from(files)
            .where(files.c.media_type == "application/pdf", files.c.uploaded_by.is_(None))
        )
        assert database.read(lambda conn: conn.execute(made).scalar_one()) == len(page["letters"]) == 4
        database.close()
