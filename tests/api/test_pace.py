"""How often somebody asks for what costs or tells much: counted in the database, whoever serves, by the person who asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.accounts import Browser
from tests.api.house import House
from tests.pages.people import signed_in
from tests.world import World
from workflow.accounts import pace
from workflow.errors import TooOften
from workflow.views import colleagues, letters_ahead

MINUTE = timedelta(minutes=1)


def count(world: World, who: str = "nurse", cost: int = 1, most: int = 3) -> None:
    world.database.write(pace.count, "uji", who, world.at, most=most, cost=cost)


def test_a_minute_has_so_many_turns_for_each_person_and_the_next_one_begins_anew(world: World) -> None:
    for _ in range(3):
        count(world)
    with pytest.raises(TooOften):
        count(world)
    count(world, "another")
    world.at += MINUTE - timedelta(seconds=1)
    with pytest.raises(TooOften):
        count(world)
    world.at += timedelta(seconds=1)
    count(world)


def test_what_costs_more_counts_more_and_what_is_refused_counts_nothing(world: World) -> None:
    count(world, cost=2)
    with pytest.raises(TooOften):
        count(world, cost=2)
    count(world)


@pytest.fixture
def browsers(house: House) -> tuple[Browser, Browser]:
    """Two sessions of one nurse."""
    return signed_in(house, "nurse"), signed_in(house, "nurse")


def test_searches_of_all_sessions_and_keys_of_somebody_count_together(
    house: House, browsers: tuple[Browser, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colleagues, "SEARCHES", 6)
    first, second = browsers
    answers = [house.get("nurse", "/api/colleagues", params={"search": "Bonaventura"}).status_code for _ in range(2)]
    answers += [each.get("/cari/pegawai?kata=bonaventura").status_code for each in (first, second) * 2]
    assert set(answers) == {200}
    assert first.get("/cari/pegawai?kata=bonaventura").status_code == 429
    assert house.get("nurse", "/api/colleagues", params={"search": "Bonaventura"}).status_code == 429
    assert house.get("second_nurse", "/api/colleagues", params={"search": "Bonaventura"}).status_code == 200
    house.clock.set(house.clock.now() + MINUTE)
    assert first.get("/cari/pegawai?kata=bonaventura").status_code == 200


def test_letters_ahead_are_tried_so_often_a_minute_and_the_page_does_without_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters_ahead, "TRIALS", 3)
    case, director = house.road("endorse"), signed_in(house, "director")
    path = f"/api/cases/{case}/actions/forward/letters"
    answers = [house.ask("director", "POST", path, json={}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    page = director.get(f"/berkas/{case}/forward")
    assert page.status_code == 200
    assert "Surat usulan" not in page.text.split("<form")[-1]
