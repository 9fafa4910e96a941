"""Everything that was recorded is sealed once, and whoever keeps a head can tell what was changed since."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pymerkle import InmemoryTree, verify_consistency
from sqlalchemy import Connection, delete, func, insert, literal, select, update

from tests.offices import PreparedOffice
from tests.world import MONDAY, World
from workflow import audit, chain
from workflow.chain import End
from workflow.database import Database
from workflow.errors import NotFound, Problem
from workflow.ids import new_id
from workflow.migrations import migrate
from workflow.sealing import heads, keys, merkle, sealer
from workflow.sealing.checking import check_proof, read_proof
from workflow.sealing.checkpoint import NotGenuine, check, read_key, read_note
from workflow.sealing.heads import NotSealedYet
from workflow.sealing.keys import MissingLogKey
from workflow.sealing.merkle import leaf_hash
from workflow.sealing.proving import CaseProof, case_proof
from workflow.sealing.sealer import append, seal
from workflow.sealing.tree import Tree
from workflow.tables import CHAINS, cases, events, log, log_heads, log_nodes, unsealed
from workflow.verification import verify
from workflow.verification.log import late


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest) -> PreparedOffice:
    """An office in which an internship has gone all the way."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = office.as_new()
    world.road("complete")
    return office.as_it_is(world)


@pytest.fixture
def world(walked: PreparedOffice) -> World:
    return walked.as_new()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with nothing in it but tables."""
    with closing(Database.open(database_url)) as database:
        migrate(database)
        yield database


def case_of(world: World) -> str:
    return world.database.read(lambda conn: str(conn.execute(select(cases.c.id)).scalar_one()))


def found(world: World, *parts: str) -> list[str]:
    law, registry = world.engine.office.policies, world.engine.registry
    checked = world.database.read(lambda conn: list(verify(conn, registry, law, parts or ("log",))))
    return [finding.says for part in checked for finding in part.findings if finding.fails]


def meddle(world: World, *statements: Any) -> None:
    world.database.write(lambda conn: [conn.execute(statement) for statement in statements])


def recorded(conn: Connection) -> int:
    return sum(conn.execute(select(func.count()).select_from(table)).scalar_one() for table in CHAINS.values())


def positions(conn: Connection) -> list[tuple[int, str]]:
    return list(conn.execute(select(log.c.position, log.c.event_id).order_by(log.c.position)).all())


def record(conn: Connection, count: int) -> list[str]:
    """Events of no case at all, as far as the log is concerned: their ids and hashes, and that they wait."""
    made = [
        {"event_id": new_id(MONDAY), "chain": "events", "hash": leaf_hash(str(n).encode()).hex()} for n in range(count)
    ]
    conn.execute(insert(unsealed), [{**each, "at": MONDAY} for each in made])
    return [each["event_id"] for each in made]


# --- What is sealed --------------------------------------------------------------------------------------------------


def test_every_event_of_every_chain_is_sealed_once(world: World) -> None:
    sealed = seal(world.database, world.at)
    assert sealed == world.database.read(recorded) > 20
    assert seal(world.database, world.at) == 0
    rows = world.database.read(positions)
    assert [position for position, _ in rows] == list(range(sealed))
    assert len({event_id for _, event_id in rows}) == sealed
    assert world.database.read(lambda conn: conn.execute(select(unsealed)).all()) == []
    assert found(world) == []


def test_what_happens_later_goes_behind_what_is_sealed(world: World) -> None:
    seal(world.database, world.at)
    before = world.database.read(positions)
    world.open("second_nurse")
    assert seal(world.database, world.at + timedelta(minutes=1)) == 1
    assert world.database.read(positions)[: len(before)] == before
    assert found(world) == []
    sizes = world.database.read(
        lambda conn: conn.execute(select(log_heads.c.size).order_by(log_heads.c.size)).scalars().all()
    )
    assert sizes == [len(before), len(before) + 1]


def test_a_head_is_signed_only_where_something_is_new(world: World) -> None:
    seal(world.database, world.at)
    seal(world.database, world.at + timedelta(minutes=1))
    assert world.database.read(lambda conn: conn.execute(select(func.count()).select_from(log_heads)).scalar_one()) == 1


def test_an_event_of_a_transaction_that_commits_late_still_gets_in(postgresql_url: str) -> None:
    with closing(Database.open(postgresql_url)) as database:
        migrate(database)
        begun, go_on = threading.Event(), threading.Event()

        def dawdle(conn: Connection) -> str:
            (event_id,) = record(conn, 1)
            begun.set()
            assert go_on.wait(30)
            return event_id

        slow: list[str] = []
        thread = threading.Thread(target=lambda: slow.append(database.write(dawdle)))
        thread.start()
        assert begun.wait(30)
        quick = database.write(record, 3)
        assert seal(database, MONDAY) == 3
        go_on.set()
        thread.join(30)
        assert seal(database, MONDAY) == 1
        rows = database.read(positions)
        assert [event_id for _, event_id in rows] == [*sorted(quick), *slow]
        assert [position for position, _ in rows] == [0, 1, 2, 3]


def test_two_sealers_at_once_double_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer.append, "__defaults__", (7,))
    ids = database.write(record, 600)
    sealed: list[int] = []
    threads = [threading.Thread(target=lambda: sealed.append(seal(database, MONDAY))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(sealed) == 600
    rows = database.read(positions)
    assert [position for position, _ in rows] == list(range(600))
    assert sorted(event_id for _, event_id in rows) == sorted(ids)


def test_what_a_crash_left_between_two_batches_is_taken_up(database: Database) -> None:
    database.write(record, 700)
    database.write(append, 300)  # and then nothing: no head, half of it waiting

    def crash(conn: Connection) -> None:
        append(conn, 300)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.write(crash)
    assert len(database.read(positions)) == 300
    assert seal(database, MONDAY) == 400
    assert [position for position, _ in database.read(positions)] == list(range(700))
    head = database.read(heads.head)
    assert head.size == 700
    assert database.read(merkle_root).hex() == head.root


def test_an_event_that_was_put_there_again_keeps_its_place(database: Database) -> None:
    database.write(record, 5)
    seal(database, MONDAY)
    (again, *_) = [event_id for _, event_id in database.read(positions)]
    row = {"event_id": again, "chain": "events", "hash": "00" * 32, "at": MONDAY}
    database.write(lambda conn: conn.execute(insert(unsealed).values(row)))
    seal(database, MONDAY)
    assert len(database.read(positions)) == 5
    assert database.write(record, 1)
    assert seal(database, MONDAY) == 1


def test_a_migration_that_makes_a_table_anew_leaves_no_event_out(database: Database) -> None:
    from workflow.tables.log import put_triggers  # noqa: PLC0415

    database.write(lambda conn: conn.exec_driver_sql(_dropped(conn)))
    database.write(put_triggers)
    database.write(put_triggers)
    with_triggers = database.read(lambda conn: conn.exec_driver_sql(_triggers(conn)).scalars().all())
    assert sorted(with_triggers) == sorted(f"{name}_unsealed" for name in CHAINS)


def _dropped(conn: Connection) -> str:
    return f"DROP TRIGGER events_unsealed{'' if conn.dialect.name == 'sqlite' else ' ON events'}"


def _triggers(conn: Connection) -> str:
    if conn.dialect.name == "sqlite":
        return "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    return "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname ~ 'unsealed$'"


# --- Heads and keys --------------------------------------------------------------------------------------------------


def merkle_root(conn: Connection) -> bytes:
    """The root by another's hand."""
    tree = InmemoryTree(algorithm="sha256")
    for leaf in conn.execute(select(log.c.leaf).order_by(log.c.position)).scalars():
        tree._store_leaf(None, bytes(leaf))
    root: bytes = tree.get_root()
    return root


def test_heads_have_the_root_that_others_work_out_from_the_hashes_of_the_events(world: World) -> None:
    seal(world.database, world.at)
    theirs = InmemoryTree(algorithm="sha256")

    def hashes(conn: Connection) -> list[str]:
        known = {
            event_id: digest
            for table in CHAINS.values()
            for event_id, digest in conn.execute(select(table.c.id, table.c.hash)).all()
        }
        return [known[event_id] for _, event_id in positions(conn)]

    for each in world.database.read(hashes):
        theirs.append_entry(bytes.fromhex(each))
    head = world.database.read(heads.head)
    assert (theirs.get_size(), theirs.get_root().hex()) == (head.size, head.root)


def test_a_heads_signature_is_good_to_another_library(world: World) -> None:
    seal(world.database, world.at)
    head = world.database.read(heads.head)
    key = read_key(head.keys[0])
    text, _, signed = head.checkpoint.partition("\n\n")
    _, ((name, signature),) = read_note(head.checkpoint)
    assert (name, signature[:4]) == (key.name, key.hash)
    assert signed.startswith("— layanan.kemuning.example/verify/log ")
    VerifyKey(key.public).verify(f"{text}\n".encode(), signature[4:])
    with pytest.raises(BadSignatureError):
        VerifyKey(key.public).verify(f"{text} \n".encode(), signature[4:])


def test_a_note_that_was_touched_is_not_genuine(world: World) -> None:
    seal(world.database, world.at)
    head = world.database.read(heads.head)
    key = read_key(head.keys[0])
    assert check(head.checkpoint, key).size == head.size
    for other in (
        head.checkpoint.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n", 1),
        head.checkpoint.replace("\n\n", "\nmore\n\n", 1),
        head.checkpoint.rstrip("\n"),
        head.checkpoint.replace(key.name, "log.lain.example"),
        head.checkpoint[:-8] + "AAAAAA=\n",
        "",
        "\n\n",
    ):
        with pytest.raises(NotGenuine):
            check(other, key)


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", "a b+12345678+AQ==", "a+zz+!!"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NotGenuine):
        read_key(text)


def test_a_new_key_signs_from_then_on_and_the_old_heads_stay_good(world: World) -> None:
    seal(world.database, world.at)
    keys.rotate(world.database, world.at + timedelta(minutes=1))
    world.open("second_nurse")
    seal(world.database, world.at + timedelta(minutes=2))
    newest = world.database.read(heads.head)
    older = world.database.read(heads.head, newest.previous)
    new, old = (read_key(each) for each in newest.keys)
    assert (new.name, new.public) != (old.name, old.public)
    assert new.name == old.name
    assert check(newest.checkpoint, new).size == check(older.checkpoint, old).size + 1
    assert found(world) == []


def test_a_key_whose_file_lies_elsewhere_is_not_replaced_in_silence(world: World, keys: Path) -> None:
    seal(world.database, world.at)
    (file,) = keys.glob("log-*.pem")
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    world.open("second_nurse")
    with pytest.raises(MissingLogKey, match="jenjang log rotate"):
        seal(world.database, world.at)
    # What was sealed stays; only the head waits for the key.
    assert found(world) == []


def test_there_is_no_head_before_the_first_seal(world: World) -> None:
    with pytest.raises(NotSealedYet):
        world.database.read(heads.head)
    with pytest.raises(NotSealedYet):
        world.database.read(case_proof, case_of(world))
    seal(world.database, world.at)
    with pytest.raises(NotFound, match="3 daun"):
        world.database.read(heads.head, 3)


def test_a_later_head_is_shown_to_begin_with_an_earlier_one(database: Database) -> None:
    for count in (1, 2, 254, 3, 300):
        database.write(record, count)
        seal(database, MONDAY)
    sizes = (1, 3, 257, 260, 560)
    theirs = InmemoryTree(algorithm="sha256")
    for leaf in database.read(lambda conn: conn.execute(select(log.c.leaf).order_by(log.c.position)).scalars().all()):
        theirs._store_leaf(None, bytes(leaf))
    for earlier in sizes:
        for later in (each for each in sizes if each >= earlier):
            told = database.read(heads.consistency, earlier, later)
            roots = bytes.fromhex(told.earlier.root), bytes.fromhex(told.later.root)
            path = [bytes.fromhex(each) for each in told.path]
            assert merkle.roots_by_consistency(earlier, later, roots[0], path) == roots
            verify_consistency(*roots, theirs.prove_consistency(earlier, later))
    with pytest.raises(Problem, match="lebih besar"):
        database.read(heads.consistency, 260, 3)


def test_a_proof_from_the_kept_nodes_is_that_from_all_leaves(sqlite_url: str) -> None:
    with closing(Database.open(sqlite_url)) as database:
        migrate(database)
        database.write(record, 66_000)
        seal(database, MONDAY)
        _compare_with_all_leaves(database)


def _compare_with_all_leaves(database: Database) -> None:
    kept = database.read(
        lambda conn: conn.execute(select(log_nodes.c.level, func.count()).group_by(log_nodes.c.level)).all()
    )
    assert sorted(kept) == [(1, 257), (2, 1)]

    def compare(conn: Connection) -> None:
        tree = Tree(conn)
        leaves = [bytes(leaf) for leaf in conn.execute(select(log.c.leaf).order_by(log.c.position)).scalars()]
        for size in (1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000):
            growing = merkle.Growing()
            for leaf in leaves[:size]:
                growing.add(leaf)
            assert tree.root(size) == growing.root
            for position in {0, size // 3, size - 1}:
                path = tree.inclusion(position, size)
                assert merkle.root_by_inclusion(leaves[position], position, size, path) == growing.root

    database.read(compare)


# --- Proofs ----------------------------------------------------------------------------------------------------------


def test_the_proof_of_a_case_is_checked_by_itself_and_the_key(world: World) -> None:
    seal(world.database, world.at)
    case = case_of(world)
    proof = world.database.read(case_proof, case)
    written = msgspec.json.encode(proof)
    checked = check_proof(read_proof(written), [read_key(proof.keys[0])])
    assert checked.events == len(world.database.read(audit.events_of, case)) > 15
    assert checked.waiting == 0
    # Nobody is named in it.
    assert not any(name.encode() in written for name in (world.ids["nurse"], world.ids["verifier"], "Keperawatan"))


def test_what_was_not_sealed_yet_is_told_as_such(world: World) -> None:
    case = case_of(world)
    other = world.open("second_nurse")
    seal(world.database, world.at)
    world.fire(other, "withdraw", "second_nurse")
    proof = world.database.read(case_proof, other)
    first, *later = (event.position for event in proof.events)
    assert first is not None
    assert set(later) == {None}
    checked = check_proof(proof, [read_key(proof.keys[0])])
    assert (checked.events, checked.proven, checked.waiting) == (1 + len(later), 1, len(later))
    assert check_proof(world.database.read(case_proof, case), [read_key(proof.keys[0])]).waiting == 0


def test_a_case_of_which_nothing_was_sealed_is_not_proven(world: World) -> None:
    seal(world.database, world.at)
    proof = world.database.read(case_proof, world.open("second_nurse"))
    assert [event.position for event in proof.events] == [None]
    with pytest.raises(NotGenuine, match="tidak memuat satu pun peristiwa yang sudah disegel"):
        check_proof(proof, [read_key(proof.keys[0])])


def test_what_events_say_is_proven_where_it_was_asked_for(world: World) -> None:
    seal(world.database, world.at)
    proof = world.database.read(case_proof, case_of(world), payloads=True)
    key = [read_key(proof.keys[0])]
    assert b"payload" in msgspec.json.encode(proof)
    check_proof(proof, key)
    first, *others = proof.events
    forged = msgspec.structs.replace(first, payload=f"{first.payload} ")
    with pytest.raises(NotGenuine, match="Isi peristiwa nomor 1"):
        check_proof(msgspec.structs.replace(proof, events=(forged, *others)), key)


def other(proof: CaseProof, number: int, **changes: Any) -> CaseProof:
    told = list(proof.events)
    told[number] = msgspec.structs.replace(told[number], **changes)
    return msgspec.structs.replace(proof, events=tuple(told))


FORGED: dict[str, tuple[Callable[[CaseProof], CaseProof], str]] = {
    "another type": (lambda p: other(p, 3, type="reject"), "nomor 4 .* telah diubah"),
    "another instant": (lambda p: other(p, 3, at="2020-01-01T00:00:00.000000Z"), "nomor 4 .* telah diubah"),
    "an instant that is none": (lambda p: other(p, 3, at="kemarin"), "Waktu peristiwa nomor 4"),
    "the first instant of all, before that in UTC": (
        lambda p: other(p, 3, at="0001-01-01T00:00:00+14:00"),
        "Waktu peristiwa nomor 4",
    ),
    "the last instant of all, after that in UTC": (
        lambda p: other(p, 3, at="9999-12-31T23:59:59-14:00"),
        "Waktu peristiwa nomor 4",
    ),
    "another payload": (lambda p: other(p, 3, payload_hash="0" * 64), "nomor 4 .* telah diubah"),
    "another leaf": (lambda p: other(p, 3, leaf="0" * 64), "Daun peristiwa nomor 4"),
    "a leaf that is no hash": (lambda p: other(p, 3, leaf="x"), "Daun peristiwa nomor 4"),
    "another place": (lambda p: other(p, 3, position=0), "nomor 4 tidak terbukti ada"),
    "a path cut off": (lambda p: other(p, 3, path=p.events[3].path[:-1]), "nomor 4 tidak terbukti ada"),
    "an event left out": (
        lambda p: msgspec.structs.replace(p, events=p.events[:2] + p.events[3:]),
        "nomor 3 tidak bersambung",
    ),
    "another case": (lambda p: msgspec.structs.replace(p, case_id=new_id(MONDAY)), "nomor 1 .* telah diubah"),
    "no events": (lambda p: msgspec.structs.replace(p, events=()), "tidak memuat satu pun peristiwa"),
    "another number": (
        lambda p: msgspec.structs.replace(p, reference="7KQ2-9FXR"),
        "Nomor berkas pada bukti ini bukan",
    ),
    "one said to wait": (lambda p: other(p, 3, position=None), "nomor 5 sudah disegel"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_proof_that_was_touched_does_not_hold(world: World, what: str) -> None:
    forge, says = FORGED[what]
    seal(world.database, world.at)
    proof = world.database.read(case_proof, case_of(world))
    with pytest.raises(NotGenuine, match=says):
        check_proof(forge(proof), [read_key(proof.keys[0])])


def test_a_proof_under_anothers_key_does_not_hold(world: World) -> None:
    seal(world.database, world.at)
    proof = world.database.read(case_proof, case_of(world))
    mine = keys.rotate(world.database, world.at)
    with pytest.raises(NotGenuine, match="tidak ditandatangani"):
        check_proof(proof, [mine.told])
    with pytest.raises(NotGenuine, match="Tidak ada kunci"):
        check_proof(proof, [])


@pytest.mark.parametrize("content", [b"", b"{}", b'{"form":1}', b"\xff", b"[" * 100_000])
def test_what_is_no_proof_is_refused(content: bytes) -> None:
    with pytest.raises(NotGenuine, match="bukan bukti"):
        read_proof(content)


@pytest.mark.parametrize("name", ["form", "case", "reference"])
def test_what_a_proof_is_told_back_by_is_short(world: World, name: str) -> None:
    seal(world.database, world.at)
    written = msgspec.json.decode(msgspec.json.encode(world.database.read(case_proof, case_of(world))))
    assert read_proof(msgspec.json.encode(written)).form == written["form"]
    with pytest.raises(NotGenuine, match="bukan bukti") as refused:
        read_proof(msgspec.json.encode({**written, name: "x" * 3_000_000}))
    assert len(str(refused.value)) < 100


# --- What verification finds -----------------------------------------------------------------------------------------


def written_anew(conn: Connection, case_id: str) -> None:
    """A whole case worked out anew, as somebody would who knows how chains are made: another word in one event."""
    end = End()
    for event in conn.execute(select(events).where(events.c.case_id == case_id).order_by(events.c.sequence)).all():
        payload = event.payload
        if event.sequence == 4:
            payload = chain.canonical({**msgspec.json.decode(payload), "note": "lain"})
        columns = {**event._mapping, "payload": payload, "previous_hash": end.hash}
        columns["payload_hash"] = chain.hash_of_payload(event.salt, payload)
        columns["hash"] = chain.hash_of_event(case_id, columns)
        conn.execute(update(events).where(events.c.id == event.id).values(columns))
        end = End(event.sequence, columns["hash"])
    conn.execute(update(cases).where(cases.c.id == case_id).values(head=end.hash))


def test_a_chain_that_was_worked_out_anew_as_a_whole_is_found(world: World) -> None:
    seal(world.database, world.at)
    world.database.write(written_anew, case_of(world))
    assert found(world, "chain") == []
    assert "Peristiwa nomor 4 bukan lagi yang disegel: ditulis ulang sesudahnya." in found(world)


def test_a_chain_that_was_worked_out_anew_before_it_was_sealed_is_found(world: World) -> None:
    world.database.write(written_anew, case_of(world))
    assert found(world, "chain") == []
    assert "Peristiwa nomor 4 ditulis ulang sebelum disegel." in found(world)


def last_one(conn: Connection) -> int:
    return Tree(conn).size - 1


def test_what_was_done_to_the_log_itself_is_found(world: World) -> None:
    seal(world.database, world.at)
    case, last = case_of(world), world.database.read(last_one)
    removed = events.c.sequence == select(func.max(events.c.sequence)).scalar_subquery()
    other_root = update(log_heads).values(root=b"\0" * 32)
    touched: dict[str, tuple[tuple[Any, ...], str]] = {
        "an event removed": ((delete(events).where(removed),), "tidak ada lagi"),
        "a leaf": ((update(log).where(log.c.position == 3).values(leaf=b"\1" * 32),), "bukan lagi yang disegel"),
        "a leaf taken out": ((delete(log).where(log.c.position == 3),), "tidak memuat daun nomor 3"),
        "the end cut off": ((delete(log).where(log.c.position == last),), "hanya memuat"),
        "the end cut off with its head": (
            (delete(log).where(log.c.position == last), delete(log_heads)),
            "tidak disegel dan tidak menunggu disegel",
        ),
        "a root": ((other_root,), "tidak sesuai dengan isi log"),
        "a note": (
            (update(log_heads).values(note=log_heads.c.note + "x"),),
            "tidak ditandatangani dengan kunci log ini",
        ),
    }
    for what, (statements, says) in touched.items():
        with pytest.raises(Undone):
            world.database.write(_look, world, statements, what, says)
    assert found(world) == []
    assert case


class Undone(Exception):
    """Ends a unit whose writing is not to be kept."""


def _look(conn: Connection, world: World, statements: tuple[Any, ...], what: str, says: str) -> None:
    for statement in statements:
        conn.execute(statement)
    checked = list(verify(conn, world.engine.registry, world.engine.office.policies, ("log",)))
    told = [finding.says for part in checked for finding in part.findings]
    assert any(says in each for each in told), (what, told)
    raise Undone


def test_a_node_that_was_touched_is_found(world: World) -> None:
    world.database.write(record, 300)
    seal(world.database, world.at)
    meddle(world, update(log_nodes).values(hash=b"\0" * 32))
    assert "Simpul log tingkat 1 nomor 0 tidak sesuai dengan daunnya." in found(world)


def test_an_event_that_was_kept_from_the_sealer_is_found(world: World) -> None:
    meddle(world, delete(unsealed))
    assert "tidak disegel dan tidak menunggu disegel" in found(world)[0]


def test_a_log_worked_out_anew_does_not_fit_the_head_that_somebody_kept(world: World) -> None:
    """Whoever has database and key can write all of it anew; the head that somebody else keeps shows that they did."""
    seal(world.database, world.at)
    kept = world.database.read(heads.head)
    world.database.write(written_anew, case_of(world))
    meddle(world, delete(log), delete(log_nodes), delete(log_heads))
    world.database.write(_owed_anew)
    seal(world.database, world.at)
    assert found(world) == []
    now = world.database.read(heads.head)
    assert now.size == kept.size
    assert now.root != kept.root


def _owed_anew(conn: Connection) -> None:
    for name, table in CHAINS.items():
        waiting = select(table.c.id, literal(name), table.c.hash, table.c.at)
        conn.execute(insert(unsealed).from_select(["event_id", "chain", "hash", "at"], waiting))


def test_what_waits_too_long_is_told_once_the_log_has_begun(world: World) -> None:
    later = world.at + timedelta(hours=2)
    assert world.database.read(late, later) is None
    seal(world.database, world.at)
    assert world.database.read(late, later) is None
    world.open("second_nurse")
    assert world.database.read(late, world.at + timedelta(minutes=5)) is None
    finding = world.database.read(late, later)
    assert finding is not None
    assert "1 peristiwa menunggu disegel lebih dari satu jam" in finding.says


def test_a_lawful_erasure_breaks_no_proof(world: World) -> None:
    seal(world.database, world.at)
    case = case_of(world)
    erased = world.database.read(audit.events_of, case)[3]
    by = {"id": world.ids["administrator"], "name": "Administrator"}
    world.database.write(audit.erase, erased.id, by=by, basis="UU 27/2022 Pasal 8", at=world.at)
    seal(world.database, world.at)
    assert found(world) == []
    proof = world.database.read(case_proof, case, payloads=True)
    assert proof.events[3].payload is None
    assert check_proof(proof, [read_key(proof.keys[0])]).waiting == 0
