"""Units of work: kept whole or not at all, on both databases, by one writer or many."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from workflow.database import (
    Database,
    DatabaseBusy,
    DatabaseFull,
    DatabaseUnavailable,
    ServedElsewhere,
    lock,
    serve_lock,
)
from workflow.sqlite import SqliteDatabase


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database.open(database_url)) as database:
        database.write(_execute, "CREATE TABLE notes (id INTEGER PRIMARY KEY, says TEXT NOT NULL)")
        yield database


def _execute(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _note(connection: Connection, number: int, says: str = "x") -> int:
    connection.execute(text("INSERT INTO notes VALUES (:number, :says)"), {"number": number, "says": says})
    return number


def _note_then_fail(connection: Connection, number: int) -> None:
    _note(connection, number)
    raise LookupError(f"after note {number}")


def _numbers(connection: Connection) -> list[int]:
    return list(connection.scalars(text("SELECT id FROM notes ORDER BY id")))


def _run(database: Database, scenario: object) -> None:
    """Run a coroutine function with the database, and close on the same loop what asyncio opened."""

    async def whole() -> None:
        try:
            await scenario(database)  # type: ignore[operator]
        finally:
            await database.aclose()

    asyncio.run(whole())


def test_a_unit_answers_what_its_function_returns_and_keeps_what_it_wrote(database: Database) -> None:
    assert database.write(_note, 1, says="one") == 1
    assert database.read(_numbers) == [1]


def test_a_unit_that_fails_keeps_nothing(database: Database) -> None:
    with pytest.raises(LookupError, match="after note 1"):
        database.write(_note_then_fail, 1)
    assert database.read(_numbers) == []


def test_a_table_made_in_a_unit_that_fails_is_gone(database: Database) -> None:
    def create_and_fail(connection: Connection) -> None:
        _execute(connection, "CREATE TABLE short_lived (id INTEGER)")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(create_and_fail)
    with pytest.raises(DBAPIError):
        database.read(_execute, "SELECT * FROM short_lived")


def test_an_awaited_unit_keeps_all_or_nothing_too(database: Database) -> None:
    async def scenario(database: Database) -> None:
        assert await database.run(_note, 1, says="one") == 1
        with pytest.raises(LookupError, match="after note 2"):
            await database.run(_note_then_fail, 2)
        assert await database.look(_numbers) == [1]

    _run(database, scenario)


def test_a_unit_that_fails_among_many_takes_none_with_it(database: Database) -> None:
    async def scenario(database: Database) -> None:
        units = [database.run(_note_then_fail if number % 3 == 0 else _note, number) for number in range(60)]
        answers = await asyncio.gather(*units, return_exceptions=True)
        for number, answer in enumerate(answers):
            if number % 3 == 0:
                assert isinstance(answer, LookupError)
                assert str(answer) == f"after note {number}"
            else:
                assert answer == number
        assert await database.look(_numbers) == [number for number in range(60) if number % 3]

    _run(database, scenario)


def test_a_broken_constraint_is_told_to_its_unit_alone(database: Database) -> None:
    async def scenario(database: Database) -> None:
        answers = await asyncio.gather(
            *[database.run(_note, number // 2) for number in range(20)], return_exceptions=True
        )
        assert sorted(answer for answer in answers if isinstance(answer, int)) == list(range(10))
        assert sum(isinstance(answer, IntegrityError) for answer in answers) == 10

    _run(database, scenario)


def test_a_part_of_a_unit_can_be_undone_alone(database: Database) -> None:
    def with_a_part(connection: Connection) -> None:
        _note(connection, 1)
        with pytest.raises(LookupError), connection.begin_nested():
            _note_then_fail(connection, 2)
        _note(connection, 3)

    async def scenario(database: Database) -> None:
        await asyncio.gather(database.run(with_a_part), database.run(_note, 4))
        assert await database.look(_numbers) == [1, 3, 4]

    _run(database, scenario)


def test_a_look_sees_what_an_awaited_unit_has_just_kept(database: Database) -> None:
    async def scenario(database: Database) -> None:
        for number in range(20):
            await database.run(_note, number)
            assert await database.look(_numbers) == list(range(number + 1))

    _run(database, scenario)


def test_a_read_sees_the_database_as_it_was_at_one_moment(database: Database) -> None:
    def read_around_a_write(connection: Connection) -> tuple[list[int], list[int]]:
        before = _numbers(connection)
        writer = threading.Thread(target=database.write, args=(_note, 1))
        writer.start()
        writer.join()
        return before, _numbers(connection)

    assert database.read(read_around_a_write) == ([], [])
    assert database.read(_numbers) == [1]


def test_what_only_reads_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        database.read(_note, 1)
    assert database.read(_numbers) == []
    assert database.write(_note, 1) == 1


def test_awaited_and_blocking_units_take_turns(database: Database) -> None:
    def block(first: int) -> None:
        for number in range(first, first + 25):
            database.write(_note, number)

    async def scenario(database: Database) -> None:
        blocking = [asyncio.to_thread(block, first) for first in (100, 200)]
        await asyncio.gather(*blocking, *[database.run(_note, number) for number in range(50)])
        assert len(await database.look(_numbers)) == 100

    _run(database, scenario)


def test_a_unit_nobody_waits_for_any_more_is_whole_or_not_there(database: Database) -> None:
    def two_notes(connection: Connection, number: int) -> None:
        _note(connection, 2 * number)
        _note(connection, 2 * number + 1)

    async def scenario(database: Database) -> None:
        tasks = [asyncio.create_task(database.run(two_notes, number)) for number in range(40)]
        await tasks[0]
        for task in tasks[1::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        kept = set(await database.look(_numbers))
        assert {number + 1 for number in kept if number % 2 == 0} == {number for number in kept if number % 2}
        assert {2 * number for number in range(0, 40, 2)} <= kept

    _run(database, scenario)


def test_what_is_locked_by_name_is_read_after_the_other_has_written(database: Database) -> None:
    def count_up(connection: Connection) -> None:
        lock(connection, "the counter", "something else")
        highest = connection.scalar(text("SELECT coalesce(max(id), 0) FROM notes"))
        assert highest is not None
        _note(connection, highest + 1)

    async def scenario(database: Database) -> None:
        await asyncio.gather(*[database.run(count_up) for _ in range(30)])
        assert await database.look(_numbers) == list(range(1, 31))

    _run(database, scenario)


def test_a_closed_database_can_be_opened_again(database: Database, database_url: str) -> None:
    database.write(_note, 1)
    database.close()
    again = Database.open(database_url)
    assert again.read(_numbers) == [1]
    again.close()


def test_a_closed_database_refuses_further_units_and_leaves_no_thread(database: Database) -> None:
    before = set(threading.enumerate())

    async def scenario() -> None:
        await database.run(_note, 1)
        await database.aclose()
        for awaited in (database.run, database.look):
            with pytest.raises(RuntimeError, match="has been closed"):
                await awaited(_numbers)

    asyncio.run(scenario())
    for blocking in (database.write, database.read):
        with pytest.raises(RuntimeError, match="has been closed"):
            blocking(_numbers)
    assert not [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("jenjang-")]


def test_an_address_without_password_is_shown(database_url: str) -> None:
    assert "geheim" not in Database.open("postgresql+psycopg://jenjang:geheim@localhost/jenjang").address
    assert Database.open(database_url).dialect in database_url


@pytest.mark.parametrize("address", ["", "jenjang.db", "sqlite://", "sqlite:///:memory:", "mysql://localhost/jenjang"])
def test_an_address_of_another_kind_is_refused_with_the_way_out(address: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="JENJANG_DATABASE"):
        Database.open(address)


@pytest.mark.parametrize(
    "address", ["sqlite:////nonexistent/folder/jenjang.db", "postgresql+psycopg://jenjang@/jenjang?host=/nonexistent"]
)
def test_a_database_that_cannot_be_reached_says_so(address: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="JENJANG_DATABASE"):
        Database.open(address, patience=1).write(_numbers)


# --- SQLite ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[SqliteDatabase]:
    database = Database.open(sqlite_url, patience=0.2)
    assert isinstance(database, SqliteDatabase)
    database.write(_execute, "CREATE TABLE notes (id INTEGER PRIMARY KEY, says TEXT NOT NULL)")
    yield database
    database.close()


def test_a_file_that_another_process_keeps_to_itself_is_busy(sqlite_database: SqliteDatabase, sqlite_url: str) -> None:
    other = Database.open(sqlite_url)
    held, release = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        held.set()
        release.wait(10)

    async def scenario(database: Database) -> None:
        answers = await asyncio.gather(*[database.run(_note, number) for number in range(5)], return_exceptions=True)
        assert all(isinstance(answer, DatabaseBusy) for answer in answers)
        assert await database.look(_numbers) == []

    holder = threading.Thread(target=other.write, args=(hold,))
    holder.start()
    assert held.wait(10)
    try:
        with pytest.raises(DatabaseBusy, match="dipakai proses lain"):
            sqlite_database.write(_note, 1)
        _run(sqlite_database, scenario)
    finally:
        release.set()
        holder.join()
        other.close()


def test_a_full_disk_is_said_and_leaves_everything_as_it_was(sqlite_database: SqliteDatabase) -> None:
    def fill_up(connection: Connection) -> None:
        _execute(connection, "PRAGMA max_page_count = 1")
        for number in range(1000, 2000):
            _note(connection, number, says="x" * 1000)

    def make_room(connection: Connection) -> None:
        _execute(connection, "PRAGMA max_page_count = 100000")

    with pytest.raises(DatabaseFull, match="penuh"):
        sqlite_database.write(fill_up)
    sqlite_database.write(make_room)

    async def scenario(database: Database) -> None:
        kept, full, kept_too = await asyncio.gather(
            database.run(_note, 1), database.run(fill_up), database.run(_note, 2), return_exceptions=True
        )
        assert isinstance(full, DatabaseFull)
        # The neighbours are told the truth, whichever it is.
        assert await database.look(_numbers) == [answer for answer in (kept, kept_too) if isinstance(answer, int)]
        await database.run(make_room)
        assert await database.run(_note, 3) == 3

    _run(sqlite_database, scenario)


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dengan hormat, " * 1000)
    with pytest.raises(DatabaseUnavailable, match=r"letter\.db tidak dapat dibuka"):
        Database.open(f"sqlite:///{tmp_path / 'letter.db'}").read(_numbers)


def test_a_unit_inside_a_unit_is_refused_instead_of_waiting_for_ever(sqlite_database: SqliteDatabase) -> None:
    with pytest.raises(RuntimeError, match="cannot start another"):
        sqlite_database.write(lambda _: sqlite_database.write(_numbers))
    assert sqlite_database.write(_note, 1) == 1


def test_a_savepoint_left_open_does_not_reach_the_neighbours(sqlite_database: SqliteDatabase) -> None:
    def careless(connection: Connection) -> None:
        connection.begin_nested()
        _note(connection, 100)

    async def scenario(database: Database) -> None:
        await asyncio.gather(database.run(_note, 1), database.run(careless), database.run(_note, 2))
        assert await database.run(_note, 3) == 3
        assert {1, 2, 3} <= set(await database.look(_numbers))

    _run(sqlite_database, scenario)


def test_references_hold_on_sqlite_too(sqlite_database: SqliteDatabase) -> None:
    sqlite_database.write(_execute, "CREATE TABLE marks (note INTEGER NOT NULL REFERENCES notes (id))")
    with pytest.raises(IntegrityError):
        sqlite_database.write(_execute, "INSERT INTO marks VALUES (7)")


def test_a_migration_that_breaks_references_is_undone(sqlite_database: SqliteDatabase) -> None:
    sqlite_database.write(_execute, "CREATE TABLE marks (note INTEGER NOT NULL REFERENCES notes (id))")
    sqlite_database.write(_note, 7)
    sqlite_database.write(_execute, "INSERT INTO marks VALUES (7)")
    with pytest.raises(RuntimeError, match="first marks row 1 to notes"):
        sqlite_database.reshape(_execute, "DELETE FROM notes")
    assert sqlite_database.read(_numbers) == [7]
    with pytest.raises(IntegrityError):
        sqlite_database.write(_execute, "DELETE FROM notes")


def test_closing_leaves_one_file(sqlite_database: SqliteDatabase, tmp_path: Path) -> None:
    sqlite_database.write(_note, 1)
    sqlite_database.read(_numbers)
    sqlite_database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["jenjang.db"]


def test_a_file_is_served_once(sqlite_url: str, tmp_path: Path) -> None:
    with serve_lock(sqlite_url):
        with pytest.raises(ServedElsewhere, match=f"sudah dilayani proses {os.getpid()}"), serve_lock(sqlite_url):
            pass
        with serve_lock(f"sqlite:///{tmp_path / 'other.db'}"):
            pass
    with serve_lock(sqlite_url):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_was_killed_does_not_keep_the_next_out(sqlite_url: str) -> None:
    program = (
        "import sys, time\nfrom workflow.database import serve_lock\n"
        "with serve_lock(sys.argv[1]):\n    print('serving', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, sqlite_url], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "serving\n"
        with pytest.raises(ServedElsewhere, match=str(server.pid)), serve_lock(sqlite_url):
            pass
        server.kill()
    with serve_lock(sqlite_url):
        pass


def test_postgresql_may_be_served_by_many(postgresql_url: str) -> None:
    with serve_lock(postgresql_url), serve_lock(postgresql_url):
        pass


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def test_a_connection_that_died_while_idle_costs_nobody_a_unit(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    database.write(_execute, "CREATE TABLE notes (id INTEGER PRIMARY KEY, says TEXT NOT NULL)")
    other = Database.open(postgresql_url)
    other.write(
        _execute, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()"
    )  # fmt: skip
    assert database.write(_note, 1) == 1
    database.close()
    other.close()


def test_a_lock_held_too_long_is_busy(postgresql_url: str) -> None:
    impatient, other = Database.open(postgresql_url, patience=0.2), Database.open(postgresql_url)
    held, release = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        lock(connection, "the budget")
        held.set()
        release.wait(10)

    holder = threading.Thread(target=other.write, args=(hold,))
    holder.start()
    assert held.wait(10)
    try:
        with pytest.raises(DatabaseBusy):
            impatient.write(lock, "the budget")
    finally:
        release.set()
        holder.join()
        impatient.close()
        other.close()


def test_two_units_that_wait_for_each_other_both_end(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    database.write(_execute, "CREATE TABLE counters (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
    database.write(_execute, "INSERT INTO counters VALUES (1, 0), (2, 0)")
    each_has_one = threading.Barrier(2, timeout=10)
    runs: list[int] = []

    def count_both(connection: Connection, first: int, second: int) -> None:
        runs.append(first)
        _execute(connection, f"UPDATE counters SET value = value + 1 WHERE id = {first}")  # noqa: S608 # 1 or 2
        if runs.count(first) == 1:
            each_has_one.wait()
        _execute(connection, f"UPDATE counters SET value = value + 1 WHERE id = {second}")  # noqa: S608 # 1 or 2

    threads = [threading.Thread(target=database.write, args=(count_both, *pair)) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values = database.read(lambda connection: list(connection.scalars(text("SELECT value FROM counters"))))
    assert values == [2, 2]
    assert len(runs) > 2, "one of them was run again, and once more where the other had not gone on by then"
    database.close()


def test_more_units_than_connections_wait_for_one(postgresql_url: str) -> None:
    async def scenario(database: Database) -> None:
        await database.run(_execute, "CREATE TABLE notes (id INTEGER PRIMARY KEY, says TEXT NOT NULL)")
        await asyncio.gather(*[database.run(_note, number) for number in range(100)])
        assert len(await database.look(_numbers)) == 100

    _run(Database.open(postgresql_url), scenario)
