"""Restoring: into an empty database only, compared with what the backup told, and nothing of it left where that fails."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, inspect, make_url, text

from policies.parameters import Policies
from workflow.backups.container import Manifest, Unpacked
from workflow.backups.dumps import RESTORING, conninfo, put_into_postgresql, put_into_sqlite
from workflow.backups.errors import BackupError, Damaged, NotEmpty
from workflow.backups.places import private_folder, settle
from workflow.backups.sealing import opened
from workflow.backups.stand import differences, stand_of
from workflow.database import Database, serve_lock
from workflow.migrations import UNFINISHED, head_revision, revisions
from workflow.registry import Registry
from workflow.verification import Checked, verify


@dataclass(frozen=True)
class Restored:
    """What was restored. ``checked``: what ``jenjang verify`` found; empty where the tables must be migrated first."""

    manifest: Manifest
    checked: tuple[Checked, ...]
    keys: dict[str, bytes]

    @property
    def is_older(self) -> bool:
        """Whether the tables are to be migrated before the program can use them."""
        return not self.checked

    @property
    def failures(self) -> int:
        """How many findings must not be."""
        return sum(finding.fails for each in self.checked for finding in each.findings)


class Faulty(BackupError):
    """What was restored is what was backed up, and does not hold: findings of the check say where."""

    def __init__(self, checked: Sequence[Checked]) -> None:
        self.checked = tuple(checked)
        super().__init__(
            "Isi cadangan sama dengan manifesnya, tetapi pemeriksaan isinya menemukan yang tidak sesuai, jadi tidak dipulihkan. "
            "Pakai cadangan lain, atau --even-so untuk memulihkannya apa adanya."
        )


def look_into(file: Path, identities: Sequence[Any]) -> Manifest:
    """Read a backup from beginning to end, and nothing else. Raises WrongKey, Damaged, BackupError, OSError."""
    with opened(file, identities) as stream:
        unpacked = Unpacked.read(stream)
        for _ in unpacked.dump():
            pass
    manifest = unpacked.manifest
    if manifest.stand.revision not in revisions():
        raise BackupError(
            f"Cadangan ini pada revisi {manifest.stand.revision}, sedangkan program hanya mengenal sampai revisi "
            f"{head_revision()}. Pasang Jenjang versi {manifest.program} atau yang lebih baru."
        )
    return manifest


def restore(
    file: Path, address: str, policies: Policies, *, identities: Sequence[Any] = (), even_so: bool = False
) -> Restored:
    """Fill an empty database from a backup and check it. ``even_so``: also where the check of what it holds finds faults.

    Raises BackupError, DatabaseUnavailable; then the database is as empty as before.
    """
    manifest, url = look_into(file, identities), make_url(address)
    if manifest.kind != url.get_backend_name():
        raise BackupError(
            f"Cadangan ini dari {manifest.kind}, sedangkan tujuannya {url.get_backend_name()}. Pulihkan ke {manifest.kind}, "
            "lalu pindahkan dengan `jenjang move`."
        )
    if manifest.kind == "sqlite":
        return _into_sqlite(file, address, Path(str(url.database)), _Checks(policies, identities, even_so))
    return _into_postgresql(file, address, url, _Checks(policies, identities, even_so))


def try_out(file: Path, policies: Policies, identities: Sequence[Any]) -> Restored:
    """Restore a backup of SQLite into a folder that is gone afterwards, and check it; nothing else is touched."""
    with tempfile.TemporaryDirectory(prefix="jenjang-cadangan-") as folder:
        return restore(file, f"sqlite:///{folder}/jenjang.db", policies, identities=identities, even_so=True)


@dataclass(frozen=True)
class _Checks:
    policies: Policies
    identities: Sequence[Any]
    even_so: bool

    def __call__(self, address: str, unpacked: Unpacked) -> Restored:
        """Compare a database with the manifest, then check it against itself. Raises Damaged, Faulty."""
        manifest = unpacked.manifest
        with closing(Database.open(address)) as database:
            if says := differences(manifest.stand, database.read(stand_of)):
                raise Damaged("Yang dipulihkan berbeda dari manifes cadangan:\n- " + "\n- ".join(says[:20]))
            if manifest.stand.revision != head_revision():
                return Restored(manifest, (), unpacked.keys)
            checked = tuple(database.read(checked_whole, self.policies))
        restored = Restored(manifest, checked, unpacked.keys)
        if restored.failures and not self.even_so:
            raise Faulty(checked)
        return restored


def checked_whole(conn: Connection, policies: Policies) -> list[Checked]:
    """All that ``jenjang verify`` checks."""
    return list(verify(conn, Registry.discover(), policies))


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _into_sqlite(file: Path, address: str, target: Path, checks: _Checks) -> Restored:
    """The file gets its name when all is checked, so that a run that was killed leaves none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with serve_lock(address):
        _require_empty_file(target)
        with private_folder(target.parent, f".{target.name}.pulih-") as folder:
            made = folder / target.name
            with opened(file, checks.identities) as stream:
                unpacked = Unpacked.read(stream)
                put_into_sqlite(unpacked.dump(), made)
            restored = checks(f"sqlite:///{made}", unpacked)
            settle(made)
            _require_empty_file(target)
            made.replace(target)
            settle(target.parent)
    return restored


def _require_empty_file(target: Path) -> None:
    left = [each for each in (target, Path(f"{target}-wal")) if each.exists() and each.stat().st_size]
    if left:
        raise NotEmpty(
            f"{left[0]} sudah ada isinya dan tidak ditimpa. Pulihkan ke nama lain dengan --to, atau pindahkan dahulu berkas itu "
            "beserta -wal dan -shm di sebelahnya."
        )


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _into_postgresql(file: Path, address: str, url: URL, checks: _Checks) -> Restored:
    """While it is being filled a table of its own says so, and no program uses it; whoever restores again begins anew."""
    with closing(Database.open(address)) as database, _alone(address):
        database.write(_begin)
        try:
            with opened(file, checks.identities) as stream:
                unpacked = Unpacked.read(stream)
                put_into_postgresql(unpacked.dump(), url)
            restored = checks(address, unpacked)
        except BaseException:
            database.write(_clear)
            raise
        database.write(_finish)
    return restored


@contextmanager
def _alone(address: str) -> Iterator[None]:
    """Nobody else restores into the same database at the same time."""
    import psycopg  # noqa: PLC0415 - not for those on SQLite

    url = make_url(address)
    with psycopg.connect(conninfo(url), password=url.password, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext('jenjang restore'))").fetchone()
        if not row or not row[0]:
            raise BackupError(f"Pemulihan lain ke {url.render_as_string()} sedang berjalan. Tunggu sampai selesai.")
        yield


def _begin(conn: Connection) -> None:
    # Whoever restores here now is alone: such a session is left of a run that was killed, and might still commit.
    conn.execute(_END_LEFT, {"restoring": RESTORING})
    if inspect(conn).has_table(UNFINISHED):
        _clear(conn)
    require_empty(conn)
    conn.execute(text(f"CREATE TABLE {UNFINISHED} (begun_at timestamptz NOT NULL DEFAULT now())"))


_END_LEFT = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = :restoring"
)


def require_empty(conn: Connection) -> None:
    """Raises NotEmpty where anything lies in a database of PostgreSQL."""
    if found := list(conn.execute(_ANYTHING).scalars()):
        raise NotEmpty(
            f"Basis data {conn.engine.url.render_as_string()} sudah ada isinya ({', '.join(found[:3])}, …) dan tidak ditimpa. "
            "Buat yang kosong dengan `createdb NAMA`, lalu sebutkan dengan --to."
        )


_ANYTHING = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    r"WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') "
    "ORDER BY c.relname"
)


def _clear(conn: Connection) -> None:
    """Take away all that was not there before this began: tables, and the functions and types that came with them."""
    conn.execute(_CLEAR)


_CLEAR = text("""
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT format('DROP TABLE %I CASCADE', tablename) AS statement
        FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE found.statement;
    END LOOP;
    FOR found IN SELECT format('DROP ROUTINE %s CASCADE', oid\\:\\:regprocedure) AS statement FROM pg_proc
        WHERE pronamespace = current_schema()\\:\\:regnamespace AND NOT EXISTS
        (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE found.statement;
    END LOOP;
    FOR found IN SELECT format('DROP TYPE %I CASCADE', typname) AS statement FROM pg_type
        WHERE typnamespace = current_schema()\\:\\:regnamespace AND typtype IN ('e', 'c') LOOP
        EXECUTE found.statement;
    END LOOP;
END $$
""")


def _finish(conn: Connection) -> None:
    conn.execute(text(f"DROP TABLE {UNFINISHED}"))
