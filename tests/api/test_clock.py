"""The demo's clock: moved forward by whoever started the demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.clock import ClockGoesForward, DemoClock, SystemClock
from tests.api.house import MONDAY, SECRET, House


def moved(house: House, at: str, secret: str = SECRET, **more: Any) -> Any:
    return house.client.post("/demo/clock", json={"at": at, **more}, headers={"Authorization": f"Bearer {secret}"})


def test_the_demo_clock_is_moved_and_goes_on_from_there(house: House) -> None:
    response = moved(house, "2026-03-05T09:00:00+07:00")
    assert response.status_code == 200
    assert response.json()["swept"] is None
    assert (
        timedelta(0)
        <= datetime.fromisoformat(response.json()["at"]) - datetime(2026, 3, 5, 2, tzinfo=UTC)
        < timedelta(minutes=1)
    )
    assert house.read("nurse", "/api/me")["today"] == "2026-03-05"


def test_the_day_is_the_agencys_own(house: House) -> None:
    moved(house, "2026-03-05T00:30:00+07:00")
    assert house.read("nurse", "/api/me")["today"] == "2026-03-05"


def test_moving_the_clock_can_do_what_is_due(house: House) -> None:
    case = house.road("submit")
    swept = moved(house, "2026-03-16T09:00:00+07:00", sweep=True).json()["swept"]
    assert (swept["reminded"], swept["escalated"]) == (1, 1)
    waits = house.read("nurse", f"/api/cases/{case}")["waits_for"]
    assert "Direktur Rumah Sakit Umum Daerah Kemuning" in {wait["person"]["post"] for wait in waits}


@pytest.mark.parametrize("secret", ["", "rahasia-lain-sekali", "jj_" + "x" * 43])
def test_the_demo_clock_moves_for_nobody_else(quiet: House, secret: str) -> None:
    assert moved(quiet, "2026-03-05T09:00:00+07:00", secret).status_code == 401


def test_a_key_does_not_move_the_clock(quiet: House) -> None:
    assert moved(quiet, "2026-03-05T09:00:00+07:00", quiet.sample.keys["administrator"]).status_code == 401


def test_the_clock_never_goes_back(quiet: House) -> None:
    response = moved(quiet, "2026-03-01T09:00:00+07:00")
    assert (response.status_code, response.json()["type"]) == (409, "/problems/clock-goes-forward")


def test_an_instant_needs_its_zone(quiet: House) -> None:
    assert moved(quiet, "2026-03-05T09:00:00").status_code == 400
    with pytest.raises(ValueError, match="zone"):
        DemoClock(datetime(2026, 3, 2), SECRET)  # noqa: DTZ001 # that is the mistake


def test_a_clock_tells_aware_instants() -> None:
    assert SystemClock().now().tzinfo is not None
    clock = DemoClock(MONDAY, SECRET)
    with pytest.raises(ClockGoesForward):
        clock.set(MONDAY - timedelta(seconds=1))
    with pytest.raises(ValueError, match="16"):
        DemoClock(MONDAY, "pendek")
