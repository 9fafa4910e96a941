"""Servers and workers share no disk: whoever was given other keys than the database's is told so, and starts nothing."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from tests.world import MONDAY
from workflow.accounts import key_marks
from workflow.accounts.key_marks import NoKeys, WrongKeys, accept, check_ours, require_ours
from workflow.accounts.safe import Safe
from workflow.database import Database
from workflow.migrations import migrate


@pytest.fixture
def address(database_url: str) -> str:
    database = Database.open(database_url)
    migrate(database)
    database.close()
    return database_url


def began(address: str) -> str:
    """A process starts; what it is told, or nothing."""
    database = Database.open(address)
    try:
        require_ours(database, MONDAY)
    except WrongKeys as wrong:
        return wrong.says
    finally:
        database.close()
    return ""


def test_the_first_to_start_says_which_keys_are_the_databases_own(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "first"))
    assert began(address) == began(address) == ""
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "copy"))
    assert began(address) == ""


def test_another_folder_of_keys_is_named_with_its_file_and_the_way_out(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "first"))
    began(address)
    other = tmp_path / "other"
    monkeypatch.setenv("JENJANG_KEYS", str(other))
    assert f"accounts.key dalam folder kunci {other} tidak ada" in began(address)
    assert not other.exists(), "asking makes no key that would be the wrong one"
    Safe.of(address)
    says = began(address)
    assert f"accounts.key dalam folder kunci {other} bukan kunci basis data ini" in says
    assert "JENJANG_KEYS" in says


def test_a_first_start_that_may_make_no_key_says_where_one_is_made(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "berkas").touch()
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "berkas" / "kunci"))
    database = Database.open(address)
    with pytest.raises(NoKeys, match=r"accounts\.key belum ada dalam folder kunci .*print-code NIP"):
        require_ours(database, MONDAY)
    database.close()


def test_of_two_first_starts_at_once_with_different_keys_one_wins(address: str) -> None:
    safes = [Safe(bytes([number]) * 32) for number in range(2)]
    database, together, told = Database.open(address), threading.Barrier(2), []

    def start(safe: Safe) -> None:
        together.wait(10)
        database.write(key_marks._first, key_marks._mark(safe), MONDAY)
        told.append(database.read(key_marks._known) == key_marks._mark(safe))

    threads = [threading.Thread(target=start, args=(safe,)) for safe in safes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    database.close()
    assert sorted(told) == [False, True]


def test_keys_that_are_lost_for_good_can_be_replaced(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "lost"))
    began(address)
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "new"))
    database = Database.open(address)
    database.write(accept, Safe.of(address), MONDAY)
    check_ours(database)
    database.close()
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "lost"))
    assert "bukan kunci basis data ini" in began(address)
