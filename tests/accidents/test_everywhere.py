"""kill -9 between the statements of whatever is written: a sample of what ``make crash`` does with every kind of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from tests.accidents.everywhere import Killing, Left
from tests.offices import PreparedOffice
from tests.world import World
from workflow import effects
from workflow.tables import cases
from workflow.upkeep import take


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_steps_that_are_killed_anywhere_leave_nothing_and_are_taken_once(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{database}_office")
    world = office.as_new()
    killing = Killing(tmp_path, database, stride=3)
    with killing.at_work():
        case = world.submitted()
        world.fire(case, "endorse", "nursing_head")
    assert world.database.read(lambda conn: conn.execute(select(cases.c.state)).scalars().all()) == ["agency_review"]
    killed = sorted(killing.killed(), key=lambda each: len(each.kind))
    assert [each.kind.split()[1:] for each in killed] == [
        ["open", "internship"],
        ["fire", "internship/drafted", "submit"],
        ["fire", "internship/supervisor_review", "endorse"],
    ]
    assert [each.arrows for each in killed] == [
        (),
        ("internship/drafted submit",),
        ("internship/supervisor_review endorse",),
    ]
    assert all(each.points > 3 for each in killed)


def test_each_kind_is_killed_once_and_what_was_killed_before_is_not_again(sqlite_world: World, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path):
        with (killing := Killing(folder, "sqlite", only="open")).at_work():
            sqlite_world.open()
            sqlite_world.open("second_nurse")
        assert [each.kind for each in killing.killed()] == ["sqlite open internship"]


def test_what_is_written_on_the_other_database_is_left_alone(sqlite_world: World, tmp_path: Path) -> None:
    with (killing := Killing(tmp_path, "postgresql")).at_work():
        sqlite_world.open()
    assert killing.killed() == []


def test_a_unit_that_keeps_something_before_its_end_is_found_out(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaky(conn: Connection, duty: str, on: date) -> None:
        conn.execute(text("SELECT 1"))
        taken = take(conn, duty, on, world.at)
        conn.connection.driver_connection.commit()  # type: ignore[union-attr]
        if conn.dialect.name == "sqlite":
            conn.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
        conn.execute(text("SELECT 2"))
        assert taken is not None

    monkeypatch.setattr(leaky, "__module__", effects.__name__)
    with Killing(tmp_path, world.database.dialect).at_work(), pytest.raises(Left):
        world.database.write(leaky, "bocor", world.at.date())
