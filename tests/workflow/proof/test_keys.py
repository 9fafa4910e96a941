"""The keys of statements: made once, kept from others, rotated without harm to what older ones have signed."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from sqlalchemy import select

from workflow.database import Database
from workflow.keyring import keep, kept, keys_folder
from workflow.migrations import migrate
from workflow.proof.keys import MissingKey, Published, UnreadableKeys, published, read_keys, rotate, signing_key
from workflow.proof.statement import Statement, check, stated
from workflow.tables import public_keys

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
STATEMENT = Statement(
    number="800/001/BKPSDM/2026",
    dated_on=date(2026, 3, 2),
    kind="Surat tugas",
    post="Kepala Badan",
    name="Widuri",
    subject="Magang",
    body_sha256="00" * 32,
    code="ABCDEFGH23",
)


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    database = Database.open(database_url)
    migrate(database)
    return database


def test_the_first_key_is_made_when_it_is_first_asked_for_and_is_for_trying_things_out(database: Database) -> None:
    key = signing_key(database, AT)
    assert key.is_test
    assert signing_key(database, AT).id == key.id
    assert database.read(published).by_id[key.id].is_test
    database.close()


def test_what_an_older_key_signed_is_good_after_a_change(database: Database) -> None:
    old = signing_key(database, AT)
    text = stated(STATEMENT, old, "")
    new = rotate(database, AT + timedelta(days=1), is_test=False)
    keys = database.read(published).by_id
    assert signing_key(database, AT).id == new.id != old.id
    assert check(text, keys).key.id == old.id
    assert not check(stated(STATEMENT, new, ""), keys).is_test
    until = select(public_keys.c.until_at).where(public_keys.c.id == old.id)
    assert database.read(lambda conn: conn.execute(until).scalar_one()) == AT + timedelta(days=1)
    database.close()


def test_only_the_account_of_the_service_may_read_a_private_key(database: Database, tmp_path: Path) -> None:
    signing_key(database, AT)
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    database.close()


def test_a_machine_without_the_agencys_own_key_says_which_and_makes_none(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    official = rotate(database, AT, is_test=False)
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "elsewhere"))
    with pytest.raises(MissingKey, match=official.id):
        signing_key(database, AT)
    assert len(database.read(published).keys) == 1
    database.close()


def test_a_second_machine_that_tries_things_out_has_a_key_of_its_own_and_both_are_published(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = signing_key(database, AT)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("JENJANG_KEYS", str(tmp_path / "elsewhere"))
        second = signing_key(database, AT)
    assert signing_key(database, AT).id == first.id
    assert database.read(published).by_id.keys() == {first.id, second.id}
    database.close()


def test_published_keys_are_read_again_from_a_file(database: Database) -> None:
    key = signing_key(database, AT)
    content = msgspec.json.encode(database.read(published))
    assert read_keys(content).by_id.keys() == {key.id}
    assert b'"d"' not in content
    with pytest.raises(UnreadableKeys):
        read_keys(content.replace(key.id.encode(), b"0" * 16))  # another key under that name
    with pytest.raises(UnreadableKeys):
        read_keys(msgspec.json.encode(Published()))
    database.close()


def test_a_key_is_there_whole_or_not_at_all_and_the_first_one_stays(tmp_path: Path) -> None:
    found: list[bytes] = []
    makers = [
        Thread(target=lambda each=each: found.append(keep(tmp_path, "a.pem", bytes([each]) * 4096)))
        for each in range(8)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(set(found)) == 1
    assert [name for name, _ in kept(tmp_path, "*")] == ["a.pem"]
    assert len(list(tmp_path.iterdir())) == 1


def test_keys_lie_beside_the_database_unless_it_is_said_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys_folder(f"sqlite:///{tmp_path}/jenjang.db") == tmp_path / "keys"
    assert keys_folder("postgresql+psycopg://server/jenjang") == Path("keys")
    monkeypatch.setenv("JENJANG_KEYS", "/rahasia")
    assert keys_folder("sqlite:///jenjang.db") == Path("/rahasia")
