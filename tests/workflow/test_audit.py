"""The chain of events: whatever is touched is found, a lawful erasure is not a fault."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from itertools import combinations
from threading import Event as Signal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, NullPool, create_engine, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.offices import Stored, all_stored, put_back
from tests.postgresql import Cluster
from tests.witness import broken
from workflow.audit import (
    ERASED,
    Event,
    append,
    erase,
    events_of,
    last_event,
)
from workflow.chain import End, canonical
from workflow.database import Database
from workflow.engine.evidence import Erasure
from workflow.errors import NotFound, NotNow
from workflow.migrations import migrate
from workflow.tables import cases, events, people
from workflow.verification.chain import Break, Fault, breaks

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = {"id": "clerk", "name": "Petugas Arsip"}
#: Seconds for which an erasure is held open once it is done, so that another meets it.
HELD = 0.2
LENGTHS = {"case-a": 4, "case-b": 3, "case-c": 1, "case-without-events": 0}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this file's own, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('audit') / 'jenjang.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.database() as url:
        yield url


@pytest.fixture(scope="module")
def opened(address: str) -> Iterator[tuple[Database, Stored]]:
    """The database with the cases, and all that is stored there."""
    with closing(Database.open(address)) as database:
        migrate(database)
        database.write(_open_cases)
        yield database, database.read(all_stored)


@pytest.fixture
def database(opened: tuple[Database, Stored]) -> Database:
    """The cases as they were opened, in every test of this file."""
    database, stored = opened
    database.reshape(put_back, stored)
    return database


@pytest.fixture
def intruder(database: Database, address: str) -> Iterator[Engine]:
    """Somebody who reaches the tables past the program, where references do not hold them back."""
    assert broken(database) == []
    engine = create_engine(address, poolclass=NullPool)
    yield engine
    engine.dispose()


def _open_cases(connection: Connection) -> None:
    connection.execute(insert(people).values(id="sari", kind="staff", name="Sari Wulandari"))
    for case_id, length in LENGTHS.items():
        _open_case(connection, case_id, length)
        for number in range(1, length + 1):
            _go_on(
                connection, case_id, f"test.step_{number}", AT + timedelta(days=number), {"note": f"{case_id} {number}"}
            )


def _end(connection: Connection, case_id: str) -> End:
    last = last_event(connection, case_id)
    return End(last.sequence, last.hash) if last else End()


def _go_on(connection: Connection, case_id: str, kind: str, at: datetime, payload: Mapping[str, Any]) -> Event:
    """Append an event where the chain ends, and count it on its case, as whoever appends does."""
    event = append(connection, case_id, kind, at, payload, after=_end(connection, case_id))
    counted = {"version": event.sequence, "head": event.hash}
    connection.execute(update(cases).where(cases.c.id == case_id).values(counted))
    return event


def _erase(database: Database, event_id: str) -> Event:
    return database.write(erase, event_id, by=CLERK, basis="UU 27/2022 Pasal 16", at=AT)


def _open_case(connection: Connection, case_id: str, version: int) -> None:
    connection.execute(
        insert(cases).values(
            id=case_id, process="test", process_version=1, fingerprint="", state="drafted", version=version, form="{}",
            subject_id="sari", opened_at=AT, entered_on=AT.date(),
        )
    )  # fmt: skip


def _after(intruder: Engine, touch: Callable[[Connection], object]) -> list[Break]:
    """What verification says after somebody has touched the tables; everything is put back."""
    with intruder.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        touch(connection)
        found = list(breaks(connection))
        connection.rollback()
    return found


def _rows(intruder: Engine) -> list[dict[str, Any]]:
    with intruder.connect() as connection:
        return [
            row._asdict() for row in connection.execute(select(events).order_by(events.c.case_id, events.c.sequence))
        ]


def _set(row: dict[str, Any], **values: Any) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(update(events).where(events.c.id == row["id"]).values(**values))


def _flipped(digits: str) -> str:
    return digits[:-1] + ("0" if digits[-1] != "0" else "1")


# --- Writing and reading ---------------------------------------------------------------------------------------------


class Colour(Enum):
    RED = "merah"


@dataclass(frozen=True)
class Facts:
    share: Decimal
    since: date
    colour: Colour


def test_an_event_reads_back_as_it_was_appended(database: Database) -> None:
    payload = {"facts": Facts(Decimal("0.50"), date(2026, 1, 31), Colour.RED), "at": AT, "rupiah": 1_500_000}
    event = database.write(_go_on, "case-without-events", "test.opened", AT, payload)
    assert event.payload == {
        "facts": {"share": "0.50", "since": "2026-01-31", "colour": "merah"},
        "at": "2026-03-02T01:30:00Z",
        "rupiah": 1_500_000,
    }
    assert database.read(events_of, "case-without-events") == [event]
    assert database.read(last_event, "case-without-events") == event
    assert event.sequence == 1


def test_events_come_oldest_first_and_know_what_was_before(database: Database) -> None:
    chain = database.read(events_of, "case-a")
    assert [event.sequence for event in chain] == [1, 2, 3, 4]
    assert [event.type for event in chain] == ["test.step_1", "test.step_2", "test.step_3", "test.step_4"]
    assert [event.previous_hash for event in chain] == ["0" * 64, *[event.hash for event in chain[:3]]]


def test_an_instant_is_the_same_in_whatever_zone_it_was_given(database: Database) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 # here alone

    database.write(_go_on, "case-a", "test.late", AT.astimezone(ZoneInfo("Asia/Jakarta")), {})
    event = database.read(last_event, "case-a")
    assert event is not None
    assert (event.at, event.at.tzinfo) == (AT, UTC)


def test_an_event_is_joined_to_the_end_of_its_chain(database: Database) -> None:
    last = database.read(_end, "case-a")
    event = database.write(append, "case-a", "test.late", AT, {}, after=last)
    assert (event.sequence, event.previous_hash) == (5, last.hash)


def test_two_that_append_after_the_same_event_do_not_both_succeed(database: Database) -> None:
    last = database.read(_end, "case-a")
    database.write(append, "case-a", "test.one", AT, {}, after=last)
    with pytest.raises(IntegrityError):
        database.write(append, "case-a", "test.other", AT, {}, after=last)


def test_a_float_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match=r"float 0\.5"):
        database.write(_go_on, "case-a", "test.share", AT, {"facts": [{"share": 0.5}]})


def test_a_case_without_events_has_no_last_one(database: Database) -> None:
    assert database.read(last_event, "case-without-events") is None


def test_anyone_can_recompute_a_hash_from_the_description(database: Database) -> None:
    row = database.read(lambda connection: connection.execute(select(events).where(events.c.sequence == 2)).first())
    assert row is not None
    payload_hash = sha256(row.salt.encode() + row.payload.encode()).hexdigest()
    covered = {
        "at": row.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "case": row.case_id, "id": row.id, "payload_hash": payload_hash,
        "previous": row.previous_hash, "sequence": row.sequence, "type": row.type,
    }  # fmt: skip
    assert row.payload_hash == payload_hash
    assert row.hash == sha256(rfc8785.dumps(covered)).hexdigest()


_names = st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=8)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_names, _values, max_size=5))
def test_payloads_are_written_as_rfc_8785_demands(payload: dict[str, Any]) -> None:
    assert canonical(payload).encode() == rfc8785.dumps(payload)
    assert json.loads(canonical(payload)) == payload


# --- Verification ----------------------------------------------------------------------------------------------------


def test_chains_that_nobody_touched_hold(database: Database) -> None:
    assert broken(database) == []


def test_any_single_change_to_an_event_is_found_and_named(intruder: Engine) -> None:
    for row in _rows(intruder):
        changes = {
            "case_id": ["case-without-events", "no such case"],
            "sequence": [row["sequence"] + 100, -row["sequence"], 0],
            "id": ["01900000-0000-7000-8000-000000000000"],
            "type": [row["type"] + "x", ""],
            "at": [row["at"] + timedelta(microseconds=1), row["at"] - timedelta(days=365)],
            "payload": [row["payload"].replace("case", "cast"), row["payload"] + " ", "", None],
            "salt": [_flipped(row["salt"]), row["salt"].upper() + " ", "", None],
            "payload_hash": [_flipped(row["payload_hash"])],
            "previous_hash": [_flipped(row["previous_hash"])],
            "hash": [_flipped(row["hash"])],
        }
        assert set(changes) == set(row)
        for column, values in changes.items():
            for value in values:
                found = _after(intruder, _set(row, **{column: value}))
                named = {fault.event_id for fault in found}
                assert (value if column == "id" else row["id"]) in named, (column, value, found)


def test_a_change_is_told_at_the_event_and_not_at_those_after_it(intruder: Engine) -> None:
    row = _rows(intruder)[1]
    assert [
        (fault.case_id, fault.sequence, fault.event_id, fault.fault)
        for fault in _after(intruder, _set(row, payload=row["payload"].replace("2", "3")))
    ] == [("case-a", 2, row["id"], Fault.PAYLOAD)]
    assert [fault.fault for fault in _after(intruder, _set(row, type="test.other"))] == [Fault.HASH]
    assert [fault.fault for fault in _after(intruder, _set(row, hash="0" * 64))] == [Fault.HASH]


def test_an_event_that_was_removed_is_missed(intruder: Engine) -> None:
    for row in _rows(intruder):
        found = _after(intruder, lambda connection: connection.execute(delete(events).where(events.c.id == row["id"])))  # noqa: B023 # called at once
        assert {fault.case_id for fault in found} == {row["case_id"]}
        assert Fault.COUNT in {fault.fault for fault in found}


def test_the_end_of_a_chain_cannot_be_cut_off_unseen(intruder: Engine) -> None:
    last = _rows(intruder)[3]
    found = _after(intruder, lambda connection: connection.execute(delete(events).where(events.c.id == last["id"])))
    assert [(fault.fault, fault.event_id) for fault in found] == [(Fault.COUNT, None)]
    assert "mencatat 4 peristiwa, sedangkan yang ada 3" in found[0].says


def test_the_end_of_a_chain_cannot_be_cut_off_with_its_count(intruder: Engine) -> None:
    last = _rows(intruder)[3]

    def cut_off(connection: Connection) -> None:
        connection.execute(delete(events).where(events.c.id == last["id"]))
        connection.execute(update(cases).where(cases.c.id == "case-a").values(version=3))

    (fault,) = _after(intruder, cut_off)
    assert (fault.fault, fault.sequence) == (Fault.HEAD, 3)
    assert "bukan yang dicatat berkasnya sebagai yang terakhir" in fault.says


def test_a_whole_chain_that_was_removed_is_missed(intruder: Engine) -> None:
    found = _after(intruder, lambda connection: connection.execute(delete(events).where(events.c.case_id == "case-c")))
    assert [(fault.case_id, fault.fault) for fault in found] == [("case-c", Fault.COUNT)]


def test_two_events_that_changed_places_are_found(intruder: Engine) -> None:
    for one, other in combinations([row for row in _rows(intruder) if row["case_id"] == "case-a"], 2):

        def swap(connection: Connection, one: dict[str, Any] = one, other: dict[str, Any] = other) -> None:
            _set(one, sequence=-1)(connection)
            _set(other, sequence=one["sequence"])(connection)
            _set(one, sequence=other["sequence"])(connection)

        assert {one["id"], other["id"]} <= {fault.event_id for fault in _after(intruder, swap)}


def test_an_event_put_in_by_another_hand_is_found(intruder: Engine) -> None:
    last = _rows(intruder)[3]
    copy = {**last, "id": "01900000-0000-7000-8000-000000000000", "sequence": last["sequence"] + 1}
    found = _after(intruder, lambda connection: connection.execute(insert(events).values(**copy)))
    assert {copy["id"], None} == {fault.event_id for fault in found}


def test_an_event_written_anew_with_its_hashes_breaks_the_one_after(intruder: Engine) -> None:
    def write_anew(connection: Connection) -> None:
        connection.execute(delete(events).where(events.c.case_id == "case-a", events.c.sequence >= 3))
        after = _end(connection, "case-a")
        append(connection, "case-a", "test.step_3", AT + timedelta(days=3), {"note": "another story"}, after=after)
        connection.execute(insert(events).values(**fourth))

    fourth = _rows(intruder)[3]
    assert [(fault.fault, fault.event_id) for fault in _after(intruder, write_anew)] == [(Fault.ORDER, fourth["id"])]


def test_a_case_that_counts_wrongly_or_is_gone_is_found(intruder: Engine) -> None:
    def count_one_more(connection: Connection) -> None:
        connection.execute(update(cases).where(cases.c.id == "case-without-events").values(version=1))

    assert [fault.fault for fault in _after(intruder, count_one_more)] == [Fault.COUNT]
    with intruder.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(delete(cases).where(cases.c.id == "case-b"))
        found = [(fault.sequence, fault.fault) for fault in breaks(connection)]
        assert found == [(number, Fault.NO_CASE) for number in (1, 2, 3)]


def test_what_is_not_even_of_its_kind_is_found_on_sqlite(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    migrate(database)
    database.write(_open_cases)
    engine = create_engine(sqlite_url, poolclass=NullPool)
    row = next(iter(_rows(engine)))
    for column, value in {
        "sequence": "'satu'",
        "at": "'kemarin'",
        "payload": "x'00ff'",
        "salt": "7",
        "hash": "7",
    }.items():
        statement = text(f"UPDATE events SET {column} = {value} WHERE id = :id").bindparams(id=row["id"])  # noqa: S608 # our own
        assert row["id"] in {
            fault.event_id for fault in _after(engine, lambda connection: connection.execute(statement))  # noqa: B023 # called at once
        }  # fmt: skip
    database.close()


# --- Erasure ---------------------------------------------------------------------------------------------------------


def test_an_erased_event_still_verifies_and_says_nothing_more(database: Database) -> None:
    event = database.read(events_of, "case-a")[1]
    _erase(database, event.id)
    erased = database.read(events_of, "case-a")[1]
    assert erased.payload is None
    assert (erased.id, erased.type, erased.hash) == (event.id, event.type, event.hash)
    assert broken(database) == []
    salts = database.read(
        lambda connection: list(connection.scalars(select(events.c.salt).where(events.c.id == event.id)))
    )
    assert salts == [None]


def test_an_erasure_is_an_event_of_its_case_that_says_who_which_and_by_which_law(database: Database) -> None:
    event = database.read(events_of, "case-a")[1]
    erasure = _erase(database, event.id)
    assert database.read(last_event, "case-a") == erasure
    assert (erasure.type, erasure.sequence) == (ERASED, 5)
    assert erasure.payload is not None
    assert erasure.payload["actor"] == CLERK
    assert erasure.payload["erased"] == {
        "sequence": 2, "event": event.id, "type": "test.step_2", "basis": "UU 27/2022 Pasal 16",
    }  # fmt: skip


def test_what_is_erased_already_and_an_erasure_itself_cannot_be_erased(database: Database) -> None:
    event = database.read(events_of, "case-a")[1]
    erasure = _erase(database, event.id)
    with pytest.raises(NotNow, match="nomor 2 sudah dihapus"):
        _erase(database, event.id)
    with pytest.raises(NotNow, match="catatan penghapusan"):
        _erase(database, erasure.id)
    assert len(database.read(events_of, "case-a")) == 5


def test_a_payload_that_is_gone_without_an_erasure_is_found(intruder: Engine) -> None:
    for row in _rows(intruder):
        (fault,) = _after(intruder, _set(row, payload=None, salt=None))
        assert (fault.fault, fault.event_id) == (Fault.PAYLOAD, row["id"])
        assert fault.says == f"Isi peristiwa nomor {row['sequence']} hilang tanpa catatan penghapusan."


def test_an_erasure_that_was_emptied_or_undone_is_found(database: Database, intruder: Engine) -> None:
    row = _rows(intruder)[1]
    erasure = _erase(database, row["id"])
    emptied = _after(
        intruder,
        lambda connection: connection.execute(
            update(events).where(events.c.id == erasure.id).values(payload=None, salt=None)
        ),
    )
    assert [(fault.sequence, fault.fault) for fault in emptied] == [(2, Fault.PAYLOAD), (5, Fault.PAYLOAD)]
    (undone,) = _after(intruder, _set(row, payload=row["payload"], salt=row["salt"]))
    assert "masih ada, padahal" in undone.says


def test_an_erasure_that_is_said_to_be_erased_is_found(database: Database) -> None:
    erasure = _erase(database, database.read(events_of, "case-a")[1].id)

    def erase_the_erasure(connection: Connection) -> None:
        connection.execute(update(events).where(events.c.id == erasure.id).values(payload=None, salt=None))
        told = Erasure(sequence=erasure.sequence, event=erasure.id, type=ERASED, basis="UU 27/2022 Pasal 16")
        _go_on(connection, "case-a", ERASED, AT, {"actor": CLERK, "erased": told})

    database.write(erase_the_erasure)
    assert [(fault.sequence, fault.fault) for fault in broken(database)] == [(2, Fault.PAYLOAD), (5, Fault.PAYLOAD)]


def test_of_two_erasures_of_an_event_at_once_one_wins(database: Database, address: str) -> None:
    event = database.read(events_of, "case-a")[1]
    begun = Signal()

    def slowly(connection: Connection) -> Event:
        done = erase(connection, event.id, by=CLERK, basis="UU 27/2022 Pasal 16", at=AT)
        begun.set()
        time.sleep(HELD)
        return done

    with closing(Database.open(address)) as another, ThreadPoolExecutor() as threads:
        first = threads.submit(database.write, slowly)
        assert begun.wait(timeout=20)
        with pytest.raises(NotNow, match="nomor 2 sudah dihapus"):
            _erase(another, event.id)
        assert first.result(timeout=20).type == ERASED
    assert [each.type for each in database.read(events_of, "case-a")].count(ERASED) == 1


def test_the_first_event_that_was_touched_comes_first_however_it_was_touched(intruder: Engine) -> None:
    first, second = _rows(intruder)[:2]

    def touch(connection: Connection) -> None:
        _set(first, payload=None, salt=None)(connection)
        _set(second, payload="{}")(connection)

    assert [fault.sequence for fault in _after(intruder, touch)] == [1, 2]


def test_what_else_is_changed_on_an_erased_event_is_found(database: Database, intruder: Engine) -> None:
    row = _rows(intruder)[1]
    _erase(database, row["id"])
    for touched in ({"type": "test.other"}, {"payload": "{}"}, {"salt": row["salt"]}, {"payload_hash": "0" * 64}):
        assert {fault.event_id for fault in _after(intruder, _set(row, **touched))} == {row["id"]}


def test_a_chain_goes_on_after_an_erasure(database: Database) -> None:
    def erase_the_last_and_go_on(connection: Connection) -> None:
        last = last_event(connection, "case-a")
        assert last is not None
        erase(connection, last.id, by=CLERK, basis="UU 27/2022 Pasal 16", at=AT)
        _go_on(connection, "case-a", "test.step_5", AT, {"note": "next"})

    database.write(erase_the_last_and_go_on)
    assert broken(database) == []


def test_an_event_that_does_not_exist_cannot_be_erased(database: Database) -> None:
    with pytest.raises(NotFound, match="tidak ada"):
        _erase(database, "no such event")
