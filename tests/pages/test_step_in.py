"""Stepping into people of the demo: in the demo alone, and into nobody else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from api.app import create_app
from tests.accounts import CHEAP, Browser
from tests.api.house import House, Sample, served
from tests.pages.people import seen
from workflow.database import Database
from workflow.demo.cast import Player
from workflow.demo.playbill import Playbill, playbill, read, written
from workflow.tables import sessions


def bill_of(sample: Sample) -> Playbill:
    nurse, head = (Player(sample.ids[who], who, "Jabatan", "Peserta") for who in ("nurse", "nursing_head"))
    gone = Player("tidak-ada", "Tidak Ada", "", "Peserta")
    return playbill((("Magang", (nurse, gone)), ("Mentoring", (nurse, head)), ("Kosong", (gone,))))


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("peran") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP, playbill=lambda: bill_of(sample)) as house:
        yield house


def test_everyone_of_the_story_is_listed_once_with_how_much_awaits_them(house: House) -> None:
    house.open("nurse")
    shown = seen(Browser.on(house.client).get("/peran"))
    assert shown.count("Masuk sebagai nurse ") == 1
    assert "1 berkas magang antarinstansi Masuk sebagai nurse " in shown
    assert "Mentoring nursing_head" in shown
    assert "Tidak Ada" not in shown


def test_whoever_steps_in_may_do_all_that_this_person_may_and_is_told_on_every_page(house: House) -> None:
    browser = Browser.on(house.client)
    assert "/peran" in browser.get("/masuk").text
    answer = browser.send("/peran", {"person": house.sample.ids["nursing_head"]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    for path in ("/", "/berkas", "/akun"):
        page = browser.get(path)
        assert page.status_code == 200  # no second factor is asked for, though their post requires one
        assert "Anda sedang melihat sebagai Ns. Sriyatun Danuningrat, S.Kep., M.Kep. Ganti orang" in seen(page)


def test_stepping_into_another_ends_the_session_before(house: House) -> None:
    browser, left_behind = Browser.on(house.client), Browser.on(house.client)
    browser.send("/peran", {"person": house.sample.ids["nurse"]})
    left_behind.take(browser.client.cookies["jenjang"])
    assert left_behind.get("/").status_code == 200
    browser.send("/peran", {"person": house.sample.ids["nursing_head"]})
    assert left_behind.get("/").status_code == 303


@pytest.mark.parametrize("person", ["", "tidak-ada", "stranger", "administrator"])
def test_nobody_is_anybody_who_is_not_in_the_story(house: House, person: str) -> None:
    browser = Browser.on(house.client)
    answer = browser.send("/peran", {"person": house.sample.ids.get(person, person)})
    assert answer.status_code == 404
    assert "jenjang" not in browser.client.cookies


def test_outside_the_demo_there_is_no_such_page_and_no_way_in(sample: Sample, tmp_path: Path) -> None:
    shutil.copy(sample.path, tmp_path / "jenjang.db")
    address = f"sqlite:///{tmp_path / 'jenjang.db'}"
    app = create_app(address, runner=False)
    app.state.serving = replace(app.state.serving, playbill=lambda: bill_of(sample))
    with TestClient(app) as client:
        browser = Browser.on(client)
        assert "/peran" not in browser.get("/masuk").text
        assert "Peragaan" not in seen(browser.get("/masuk"))
        elsewhere = browser.get("/entah")
        for answer in (
            browser.get("/peran"),
            browser.send("/peran", {"person": sample.ids["nurse"]}, page="/masuk"),
        ):
            assert answer.status_code == elsewhere.status_code == 404
        assert seen(browser.get("/peran")).replace("/peran", "/entah") == seen(elsewhere)
    with closing(Database.open(address)) as database:
        assert database.read(lambda conn: conn.execute(select(sessions.c.id)).all()) == []


def test_a_playbill_is_the_same_after_it_was_written_and_read(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "people.json").write_bytes(written(bill_of(sample)))
    assert read(tmp_path / "people.json") == bill_of(sample)
