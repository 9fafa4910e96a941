"""The power goes out, the disk is full, somebody else keeps the database: one outcome or none, and a clear answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, func, select, text

from tests.crashing import AFTER_COMMIT, BEFORE_COMMIT, Crash, CrashServer, Ending, crash_server
from tests.offices import PreparedOffice, all_stored, opened, sqlite_copy
from tests.witness import broken
from tests.world import World
from workflow import effects
from workflow.audit import events_of
from workflow.budgets.faults import imbalances
from workflow.cases import load
from workflow.database import DatabaseBusy, DatabaseFull
from workflow.engine.engine import Outcome
from workflow.tables import cases, files, hour_evidence, letters, registers

KEY = "the-same-request"


@pytest.fixture(scope="module")
def server() -> Iterator[CrashServer]:
    """Processes to be killed."""
    with crash_server() as found:
        yield found


@pytest.fixture
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """The office on the database that the test names."""
    found: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return found


def moment(office: PreparedOffice, trigger: str) -> tuple[PreparedOffice, Crash]:
    """The office just before a step, and that step, not killed yet."""
    world = office.as_new()
    form: dict[str, Any]
    if trigger == "forward":
        case, who, form = world.road("endorse"), "hospital_head", {"note": "Setuju."}
    else:
        case, who = world.road("assess"), "verifier"
        form = {"cost": 3_500_000, "proofs": [world.file("verifier")]}
    step = Crash(
        url=office.url,
        case=case,
        trigger=trigger,
        person=world.ids[who],
        name=who,
        form=form,
        at=world.at,
        key=KEY,
    )
    return office.as_it_is(world), step


def repeated(world: World, step: Crash) -> Outcome:
    """The same request once more, as a client sends it that got no answer."""
    actor = world.actor(step.name)
    return world.database.write(world.engine.fire, step.case, step.trigger, actor, step.form, step.at, key=step.key)


def check_one_outcome(world: World, step: Crash, letters_before: int) -> None:
    """The step was taken once, with one event, one letter, one number and one credit, and everything adds up."""
    assert [event.type for event in world.database.read(events_of, step.case)].count(step.trigger) == 1
    assert broken(world.database) == []
    assert world.database.read(imbalances) == []
    assert world.all(select(func.count()).select_from(letters)) == [(letters_before + 1,)]
    for unit, last in world.all(select(registers.c.register, registers.c.last_number)):
        numbers = world.all(select(letters.c.register_number).where(letters.c.register == unit))
        assert sorted(row.register_number for row in numbers) == list(range(1, last + 1))
    assert world.all(select(func.count()).select_from(hour_evidence)) == [(1 if step.trigger == "complete" else 0,)]


def crash_everywhere(office: PreparedOffice, server: CrashServer, trigger: str, every: int) -> int:
    """Kill a step before each statement and around its commit, and then take it again. Answers how often it was killed."""
    before, step = moment(office, trigger)
    ((letters_before,),) = before.world.all(select(func.count()).select_from(letters))
    whole = server.take(step)
    assert not whole.killed
    check_one_outcome(before.world, step, letters_before)
    world = before.as_new()
    points = range(1, whole.statements + 1, every)
    for point in (*points, BEFORE_COMMIT):
        ending = server.take(replace_struct(step, die=point))
        assert ending == Ending(killed=True, statements=whole.statements if point == BEFORE_COMMIT else point)
        assert world.database.read(all_stored) == before.stored, f"killed at {point}, and something was left"
    assert not repeated(world, step).repeated
    check_one_outcome(world, step, letters_before)
    world = before.as_new()
    assert server.take(replace_struct(step, die=AFTER_COMMIT)).killed
    assert repeated(world, step).repeated
    check_one_outcome(world, step, letters_before)
    return len(points)


def replace_struct(step: Crash, **values: Any) -> Crash:
    return Crash(**{name: getattr(step, name) for name in step.__struct_fields__} | values)


# --- kill -9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["forward", "complete"])
def test_killed_before_any_statement_a_step_has_one_outcome_or_none(
    sqlite_office: PreparedOffice, server: CrashServer, trigger: str
) -> None:
    assert crash_everywhere(sqlite_office, server, trigger, every=1) > 20


@pytest.mark.parametrize("trigger", ["forward", "complete"])
def test_killed_on_postgresql_a_step_has_one_outcome_or_none(
    postgresql_office: PreparedOffice, server: CrashServer, trigger: str
) -> None:
    assert crash_everywhere(postgresql_office, server, trigger, every=5) > 5


def test_after_a_crash_the_letter_that_is_owed_is_made_once(sqlite_office: PreparedOffice, server: CrashServer) -> None:
    before, step = moment(sqlite_office, "forward")
    assert server.take(replace_struct(step, die=AFTER_COMMIT)).killed
    world = before.world
    assert repeated(world, step).repeated
    assert effects.run_due(world.database, world.engine.office, step.at) == 1
    assert effects.run_due(world.database, world.engine.office, step.at) == 0
    ((state, number),) = world.all(select(letters.c.state, letters.c.register_number))
    assert (state, number) == ("signed", 1)
    assert world.all(select(func.count()).where(files.c.media_type == "application/pdf")) == [(1,)]


# --- No room, no turn ------------------------------------------------------------------------------------------------


def bound(world: World, pages: str) -> None:
    """Bound the file of a SQLite database to so many pages, as a full disk does."""

    def limit(conn: Connection) -> None:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    world.database.write(limit)


LONG_FORM = {"goal": "Belajar keperawatan. " * 90, "outside_plan_reason": "Sebab itu. " * 300}


def fill_up(world: World, case: str) -> None:
    """Save a long draft again and again: each event keeps it."""
    for _ in range(50):
        world.fire(case, "save", "nurse", LONG_FORM)


def test_on_a_full_disk_an_act_is_refused_whole_and_taken_once_there_is_room(
    sqlite_office: PreparedOffice, tmp_path: Path
) -> None:
    with sqlite_copy(sqlite_office, tmp_path / "full.db") as world:
        case = world.open()
        ((pages,),) = world.all(text("PRAGMA page_count"))
        bound(world, str(pages + 20))
        with pytest.raises(DatabaseFull):
            fill_up(world, case)
        before = world.database.read(all_stored)
        with pytest.raises(DatabaseFull, match=r"Ruang penyimpanan basis data penuh. Tidak ada yang tersimpan") as full:
            world.fire(case, "save", "nurse", LONG_FORM)
        assert full.value.status == 507
        assert world.database.read(all_stored) == before
        assert broken(world.database) == []
        version = world.database.read(load, case).version
        assert version > 1
        bound(world, "1000000")
        assert world.fire(case, "save", "nurse", LONG_FORM).version == version + 1
        assert broken(world.database) == []


def test_while_another_program_keeps_a_sqlite_file_an_act_waits_and_is_then_refused(
    sqlite_office: PreparedOffice, tmp_path: Path
) -> None:
    path = tmp_path / "kept.db"
    with sqlite_copy(sqlite_office, path, patience=0.2) as world:
        case = world.submitted()
        before = world.database.read(all_stored)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseBusy, match=r"setelah ditunggu 0.2 detik. Tidak ada yang tersimpan") as busy:
                world.fire(case, "endorse", "nursing_head")
            assert busy.value.status == 503
            assert world.database.read(all_stored) == before, "what is stored can be read all the while"
            with pytest.raises(DatabaseBusy):
                world.sweep()
            other.execute("ROLLBACK")
        assert world.fire(case, "endorse", "nursing_head").state == "agency_review"


def test_while_somebody_else_keeps_a_case_on_postgresql_an_act_waits_and_is_then_refused(
    postgresql_office: PreparedOffice,
) -> None:
    case = postgresql_office.as_new().submitted()
    with (
        opened(postgresql_office.url, postgresql_office.world, patience=0.3) as world,
        create_engine(postgresql_office.url, poolclass=NullPool).connect() as other,
    ):
        before = world.database.read(all_stored)
        other.execute(select(cases).where(cases.c.id == case).with_for_update())
        with pytest.raises(DatabaseBusy, match=r"setelah ditunggu 0.3 detik. Tidak ada yang tersimpan"):
            world.fire(case, "endorse", "nursing_head")
        assert world.database.read(all_stored) == before
        other.rollback()
        assert world.fire(case, "endorse", "nursing_head").state == "agency_review"
