"""Backups: what comes back is what there was at one instant, or nothing comes back and the reason is said."""

from __future__ import annotations

import gzip
import io
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, make_url, text, update

from policies.parameters import Policies
from tests.backups import BYTES, furnish, holds, nothing_else_in
from tests.postgresql import Cluster
from tests.world import MONDAY
from workflow.backups.container import MANIFEST, SUMS
from workflow.backups.errors import BackupError, Damaged, NotEmpty, WrongKey
from workflow.backups.making import make
from workflow.backups.restoring import Faulty, look_into, restore, try_out
from workflow.backups.sealing import identities_in, new_key, recipients_in
from workflow.database import Database
from workflow.migrations import UnfinishedRestore, head_revision, migrate, needs_migration, revisions
from workflow.tables import cases, imports

AT = datetime(2026, 4, 20, 2, 0, tzinfo=UTC)
POLICIES = Policies.load()
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An office with an internship from draft to credited hours."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('kantor') / 'kantor.db'}"
        furnish(address)
        yield address
        return
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.database() as address:
        furnish(address)
        yield address


@pytest.fixture
def empty(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the same kind."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'pulih' / 'kantor.db'}"
    found: str = request.getfixturevalue("postgresql_url")
    return found


@pytest.fixture
def backup(url: str, tmp_path: Path) -> Path:
    """A backup of the office."""
    return make(url, tmp_path / "cadangan", AT).file


@pytest.fixture
def key_files(tmp_path: Path) -> tuple[Path, Path]:
    """A private key and its public key, in files."""
    private, public = new_key()
    (tmp_path / "kunci.txt").write_text(f"# invented\n{private}\n")
    (tmp_path / "kunci.pub").write_text(f"# invented\n{public}\n")
    return tmp_path / "kunci.txt", tmp_path / "kunci.pub"


def _is_empty(url: str) -> bool:
    """Whether nothing of a restore is left: no file on SQLite, no table on PostgreSQL."""
    if url.startswith("sqlite"):
        folder = Path(str(make_url(url).database)).parent
        return not folder.exists() or nothing_else_in(folder)
    with closing(Database.open(url)) as database:
        count = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        functions = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        return database.read(
            lambda conn: [conn.scalar(text(each.replace("::", r"\:\:"))) for each in (count, functions)]
        ) == [0, 0]


def test_what_comes_back_is_what_there_was(url: str, backup: Path, empty: str) -> None:
    restored = restore(backup, empty, POLICIES)
    assert restored.failures == 0
    assert {part.part for part in restored.checked} >= {"chain", "decisions", "numbers", "ledger", "files"}
    assert holds(empty) == holds(url) == restored.manifest.stand
    with closing(Database.open(empty)) as database:
        assert not needs_migration(database)
        assert database.read(lambda conn: conn.scalars(text("SELECT content FROM imports ORDER BY id")).all()) == [
            None,
            b"",
            BYTES,
        ]


def test_the_manifest_tells_figures_chains_registers_and_ledgers(backup: Path) -> None:
    manifest = look_into(backup, ())
    stand = manifest.stand
    assert stand.revision == head_revision()
    assert stand.tables["cases"].rows == 1
    assert {"cases", "registers"} <= stand.chains.keys()
    assert stand.registers
    assert sum(total for account, total in stand.sums.items() if account.startswith("postings.")) == 0
    assert stand.sums["hour_postings.year"] == 20


def test_a_backup_is_one_private_file_of_a_plain_tar(url: str, backup: Path, tmp_path: Path) -> None:
    kind, name = make_url(url).get_backend_name(), Path(str(make_url(url).database)).stem
    assert backup.name == f"{name}-{kind}-20260420T020000Z.tar"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert nothing_else_in(backup.parent, backup.name)
    assert not list(tmp_path.rglob(".*"))
    with tarfile.open(backup) as tar:
        names = tar.getnames()
        pieces = [tar.extractfile(name) for name in names if name.startswith("dump.")]
        dump = b"".join(piece.read() for piece in pieces if piece)
    assert (names[0], names[-1]) == (MANIFEST, SUMS)
    assert (
        gzip.decompress(dump).startswith(b"SQLite format 3") if url.startswith("sqlite") else dump.startswith(b"PGDMP")
    )


def test_a_backup_taken_while_others_write_is_of_one_instant(url: str, empty: str, tmp_path: Path) -> None:
    before, stop = holds(url), threading.Event()
    written: list[int] = []

    def go_on() -> None:
        with closing(Database.open(url)) as database:
            while not stop.is_set():
                number = len(written) + 1
                # Two tables in one unit: a state in which they differ never was.
                database.write(_pair, number)
                written.append(number)

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        while len(written) < 5:
            assert writer.is_alive()
        file = make(url, tmp_path / "selagi.tar", AT).file
        at_the_end = len(written)
    finally:
        stop.set()
        writer.join()
    restore(file, empty, POLICIES, even_so=True)
    with closing(Database.open(empty)) as database:
        title, size = database.read(
            lambda conn: conn.execute(
                text("SELECT i.name, a.number FROM imports i, attempts a WHERE i.id = 'import-0'")
            ).one()
        )
    assert title == f"impor-{size}.csv"
    assert 5 <= size <= at_the_end + 1
    with closing(Database.open(url)) as database:
        database.write(_pair, 0)
        database.write(_as_before)
    assert holds(url) == before


def _pair(conn: Connection, number: int) -> None:
    conn.execute(text("UPDATE attempts SET number = :number"), {"number": number})
    conn.execute(update(imports).where(imports.c.id == "import-0").values(name=f"impor-{number}.csv"))


def _as_before(conn: Connection) -> None:
    conn.execute(text("UPDATE attempts SET number = 3"))
    conn.execute(update(imports).where(imports.c.id == "import-0").values(name="pegawai.csv"))


def test_a_database_that_holds_something_is_left_alone(url: str, backup: Path) -> None:
    before = holds(url)
    with pytest.raises(NotEmpty, match="tidak ditimpa"):
        restore(backup, url, POLICIES)
    assert holds(url) == before


# --- Damaged, altered, wrongly keyed ---------------------------------------------------------------------------------


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _cut_before_the_sums(content: bytes) -> bytes:
    return content[: content.rindex(SUMS.encode())]


def _flip(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _other_figures(content: bytes) -> bytes:
    return content.replace(b'"rows": 1,', b'"rows": 2,', 1)


DAMAGES = [_cut, _cut_before_the_sums, _flip, _other_figures, lambda _: b"", lambda _: b"bukan cadangan" * 100]


@pytest.mark.parametrize("damage", DAMAGES, ids=["cut", "without sums", "one bit", "figures", "empty", "another file"])
def test_a_damaged_file_is_refused_and_leaves_nothing(
    damage: Callable[[bytes], bytes], backup: Path, empty: str
) -> None:
    backup.write_bytes(damage(backup.read_bytes()))
    with pytest.raises(Damaged):
        restore(backup, empty, POLICIES)
    assert _is_empty(empty)


def _packed_anew(file: Path, change: Callable[[str, bytes], bytes]) -> None:
    """As somebody would who knows the layout: members changed, and the list of sums made to fit."""
    with tarfile.open(file) as tar:
        members = {name: tar.extractfile(name) for name in tar.getnames()}
        content = {name: change(name, member.read()) for name, member in members.items() if member and name != SUMS}
    content[SUMS] = "".join(f"{sha256(each).hexdigest()}  {name}\n" for name, each in content.items()).encode()
    with tarfile.open(file, "w") as tar:
        for name, each in content.items():
            head = tarfile.TarInfo(name)
            head.size = len(each)
            tar.addfile(head, io.BytesIO(each))


def test_a_manifest_that_was_made_to_fit_is_found_by_the_tables(backup: Path, empty: str) -> None:
    def altered(name: str, content: bytes) -> bytes:
        if name != MANIFEST:
            return content
        manifest = msgspec.json.decode(content)
        manifest["stand"]["tables"]["cases"]["sha256"] = "0" * 64
        manifest["stand"]["registers"] = {}
        return msgspec.json.encode(manifest)

    _packed_anew(backup, altered)
    with pytest.raises(Damaged, match="Tabel cases: isinya tidak sama"):
        restore(backup, empty, POLICIES)
    assert _is_empty(empty)


def test_a_backup_of_a_later_program_is_refused(backup: Path, empty: str) -> None:
    ours = f'"{head_revision()}"'.encode()
    _packed_anew(backup, lambda name, content: content.replace(ours, b'"9999"') if name == MANIFEST else content)
    with pytest.raises(BackupError, match="revisi 9999"):
        restore(backup, empty, POLICIES)
    assert _is_empty(empty)


def test_a_backup_of_an_older_program_is_restored_to_be_migrated(
    backup: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = tmp_path / "versions"
    later.mkdir()
    for revision in (*revisions(), "9999"):
        (later / f"{revision}_some.py").touch()
    monkeypatch.setattr("workflow.migrations.VERSIONS", later)
    restored = restore(backup, empty, POLICIES)
    assert (restored.is_older, restored.checked) == (True, ())
    assert holds(empty) == restored.manifest.stand
    with closing(Database.open(empty)) as database:
        assert needs_migration(database)


def test_what_was_touched_before_the_backup_is_found_by_its_chains(url: str, tmp_path: Path, empty: str) -> None:
    with closing(Database.open(url)) as database:
        before = database.read(lambda conn: conn.scalar(text("SELECT state FROM cases")))
        database.write(lambda conn: conn.execute(update(cases).values(state="drafted")))
        file = make(url, tmp_path / "disentuh.tar", AT).file
        database.write(lambda conn: conn.execute(update(cases).values(state=before)))
    with pytest.raises(Faulty) as refused:
        restore(file, empty, POLICIES)
    assert any(finding.fails for part in refused.value.checked for finding in part.findings)
    assert _is_empty(empty)
    assert restore(file, empty, POLICIES, even_so=True).failures
    assert holds(empty) == look_into(file, ()).stand


def test_an_encrypted_backup_opens_with_its_key_alone(
    url: str, empty: str, tmp_path: Path, key_files: tuple[Path, Path]
) -> None:
    private, public = key_files
    file = make(url, tmp_path / "cadangan", AT, recipients=recipients_in(public)).file
    assert file.suffixes == [".tar", ".age"]
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert b"manifest" not in file.read_bytes()
    other, _ = new_key()
    (tmp_path / "lain.txt").write_text(other)
    with pytest.raises(WrongKey, match="--key"):
        restore(file, empty, POLICIES)
    with pytest.raises(WrongKey, match="bukan kunci cadangan ini"):
        restore(file, empty, POLICIES, identities=identities_in(tmp_path / "lain.txt"))
    assert _is_empty(empty)
    restore(file, empty, POLICIES, identities=identities_in(private))
    assert holds(empty) == holds(url)


@pytest.mark.parametrize("damage", [_cut, _flip], ids=["cut", "one bit"])
def test_a_damaged_encrypted_file_is_refused(
    damage: Callable[[bytes], bytes], url: str, empty: str, tmp_path: Path, key_files: tuple[Path, Path]
) -> None:
    private, public = key_files
    file = make(url, tmp_path / "cadangan.tar.age", AT, recipients=recipients_in(public)).file
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(Damaged, match="rusak"):
        restore(file, empty, POLICIES, identities=identities_in(private))
    assert _is_empty(empty)


# --- Keys, names, and what is kept -----------------------------------------------------------------------------------


def test_private_keys_go_along_only_where_they_are_asked_for_and_encrypted(
    url: str, empty: str, tmp_path: Path, key_files: tuple[Path, Path]
) -> None:
    private, public = key_files
    keys = tmp_path / "keys"
    (keys / "links").mkdir(parents=True)
    (keys / "accounts.key").write_bytes(b"rahasia")
    (keys / "links" / "a.key").write_bytes(BYTES)
    with pytest.raises(BackupError, match="hanya disertakan dalam cadangan terenkripsi"):
        make(url, tmp_path / "a.tar", AT, keys=keys)
    file = make(url, tmp_path / "a.tar.age", AT, recipients=recipients_in(public), keys=keys).file
    restored = restore(file, empty, POLICIES, identities=identities_in(private))
    assert restored.manifest.keys == ("accounts.key", "links/a.key")
    assert restored.keys == {"accounts.key": b"rahasia", "links/a.key": BYTES}
    assert b"rahasia" not in make(url, tmp_path / "b.tar", AT).file.read_bytes()


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path, key_files: tuple[Path, Path]) -> None:
    private, public = key_files
    with pytest.raises(BackupError, match="kunci rahasia"):
        recipients_in(private)
    with pytest.raises(BackupError, match="tidak memuat kunci rahasia"):
        identities_in(public)
    (tmp_path / "lain").write_text("age1bukankunci")
    with pytest.raises(BackupError, match="bukan kunci publik"):
        recipients_in(tmp_path / "lain")


def test_a_folder_keeps_the_newest_of_this_database_and_nothing_else_is_removed(
    sqlite_url: str, tmp_path: Path
) -> None:
    with closing(Database.open(sqlite_url)) as database:
        migrate(database)
    folder = tmp_path / "cadangan"
    folder.mkdir()
    others = ("jenjang-postgresql-20200101T000000Z.tar", "lain-sqlite-20200101T000000Z.tar", "catatan.txt")
    for name in others:
        (folder / name).touch()
    made = [make(sqlite_url, folder, AT + timedelta(days=day), keep=2) for day in range(4)]
    assert [len(each.removed) for each in made] == [0, 0, 1, 1]
    assert nothing_else_in(folder, *others, made[2].file.name, made[3].file.name)
    with pytest.raises(BackupError, match="tidak ditimpa"):
        make(sqlite_url, folder, AT + timedelta(days=3))


# --- No room, no tool, no power --------------------------------------------------------------------------------------

_LIMITED = """
import resource, sys
from datetime import datetime, UTC
from pathlib import Path
from workflow.backups.making import make
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
make(sys.argv[1], Path(sys.argv[2]), datetime(2026, 4, 20, tzinfo=UTC))
"""


def _python(code: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, stderr=subprocess.PIPE)


def test_where_there_is_no_room_nothing_is_left(postgresql_cluster: Cluster, tmp_path: Path) -> None:
    with postgresql_cluster.database() as address:
        with closing(Database.open(address)) as database:
            migrate(database)
        process = _python(_LIMITED, address, tmp_path / "cadangan", "20000")
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"OSError: [Errno 27]" in said
    assert nothing_else_in(tmp_path / "cadangan")


def test_a_tool_that_is_missing_or_older_than_the_server_is_named(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Database.open(postgresql_url)) as database:
        migrate(database)
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(BackupError, match=r"pg_dump tidak ada pada PATH.*postgresql-client"):
        make(postgresql_url, tmp_path / "a.tar", AT)
    old = programs / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with pytest.raises(BackupError, match=r"berversi 9, lebih lama.*postgresql-client-\d\d"):
        make(postgresql_url, tmp_path / "a.tar", AT)
    assert nothing_else_in(tmp_path, "bin")


#: Dies as by the power going out, once so many bytes of a file have been written.
_KILLED = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from policies.parameters import Policies
from workflow.backups import container, dumps, making, restoring
pieces, most = 0, int(sys.argv[4])
real = getattr(container, "_member" if sys.argv[1] == "make" else "_content")
def counted(*arguments):
    global pieces
    pieces += 1
    if pieces > most:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
setattr(container, real.__name__, counted)
if sys.argv[1] == "make":
    making.make(sys.argv[2], Path(sys.argv[3]), datetime(2026, 4, 20, tzinfo=UTC))
else:
    restoring.restore(Path(sys.argv[3]), sys.argv[2], Policies.load())
"""


@pytest.mark.parametrize("members", [0, 1, 2], ids=["at once", "after the manifest", "before the sums"])
def test_a_backup_that_was_killed_leaves_none_and_the_next_clears_up(members: int, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "cadangan"
    process = _python(_KILLED, "make", url, folder, str(members))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert not [each for each in folder.iterdir() if not each.name.startswith(".")]
    made = make(url, folder, AT)
    assert nothing_else_in(folder, made.file.name)
    assert look_into(made.file, ()).stand == holds(url)
    if url.startswith("sqlite"):
        beside = Path(str(make_url(url).database)).parent
        assert not list(beside.glob(".*.cadangan-*"))


@pytest.mark.parametrize(
    "members", [1, 3, 5], ids=["while it is read", "at the second manifest", "before the last sums"]
)
def test_a_restore_that_was_killed_is_not_taken_for_a_database(
    members: int, url: str, backup: Path, empty: str
) -> None:
    # A backup of this office has three members and is read twice.
    process = _python(_KILLED, "restore", empty, backup, str(members))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    if empty.startswith("sqlite"):
        assert not Path(str(make_url(empty).database)).exists()
    elif members > 2:
        with closing(Database.open(empty)) as database, pytest.raises(UnfinishedRestore, match="belum selesai"):
            needs_migration(database)
    restore(backup, empty, POLICIES)
    assert holds(empty) == holds(url)
    if empty.startswith("sqlite"):
        assert nothing_else_in(Path(str(make_url(empty).database)).parent, "kantor.db")


def test_what_was_erased_is_not_in_the_copy_of_a_sqlite_file(sqlite_url: str, tmp_path: Path) -> None:
    secret = "Keterangan kesehatan yang sudah dihapus"
    with closing(Database.open(sqlite_url)) as database:
        migrate(database)
        database.write(lambda conn: conn.execute(text("CREATE TABLE notes (says TEXT)")))
        database.write(lambda conn: conn.execute(text("INSERT INTO notes VALUES (:says)"), {"says": secret * 500}))
    path = Path(str(make_url(sqlite_url).database))
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA secure_delete=OFF")  # as some builds of SQLite have it, others not
        other.execute("DROP TABLE notes")
    assert secret.encode() in path.read_bytes()
    file = make(sqlite_url, tmp_path / "a.tar", MONDAY).file
    with tarfile.open(file) as tar:
        pieces = [tar.extractfile(name) for name in tar.getnames() if name.startswith("dump.")]
        assert secret.encode() not in gzip.decompress(b"".join(piece.read() for piece in pieces if piece))


def test_trying_a_backup_out_touches_nothing(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    file = make(sqlite_url, tmp_path / "a.tar", AT).file
    before = {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")}
    assert try_out(file, POLICIES, ()).failures == 0
    assert {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*")} == before
