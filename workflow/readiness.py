"""Whether everything is there that serving needs: the database and its tables, the agency, libraries and fonts for letters."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, inspect

from policies.files import PolicyError
from workflow.accounts.key_marks import WrongKeys, check_ours
from workflow.backlog import LONG, Backlog, backlog, workers
from workflow.backups.last import age
from workflow.database import Database
from workflow.errors import Problem
from workflow.letters.profile import TEMPLATES
from workflow.migrations import needs_migration
from workflow.office import Office
from workflow.signatures.certificates import ending, used
from workflow.signatures.settings import settings_for
from workflow.tables import agency

#: What WeasyPrint loads: library file, and the Debian package that has it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


class NotMigrated(Problem):
    """The database has no tables yet, or older ones than the program needs."""

    status, type, title = 503, "not-migrated", "Basis data belum disiapkan"

    def __init__(self) -> None:
        super().__init__("Tabel basis data belum sesuai dengan program. Jalankan: jenjang migrate")


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. ``says``: what is wrong, or will be soon, and the way out; empty where all is well."""

    name: str
    ok: bool
    says: str = ""


@dataclass(frozen=True)
class Watched:
    """What is told of besides. ``heartbeat``: seconds between two of the workers that do what is owed; None: no worker is needed.

    ``backup_within``: how old the last backup may be before that is said; None: nobody asks. ``backup_required``: then the
    service is not ready either.
    """

    heartbeat: float | None = None
    backup_within: timedelta | None = None
    backup_required: bool = False


_NOTHING_MORE: Final = Watched()


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether requests can be served, and what was looked at."""

    ready: bool
    checks: tuple[Check, ...]


def load_office(conn: Connection, policies: Path | None) -> Office:
    """The agency. Raises NotMigrated, NotSetUp, PolicyError."""
    if not inspect(conn).has_table(agency.name):
        raise NotMigrated
    return Office.load(conn, policies)


def readiness(
    database: Database, office: Callable[[Connection], object], at: datetime, watched: Watched = _NOTHING_MORE
) -> Readiness:
    """Look at everything. ``office`` loads the agency, or raises what is wrong with it. ``at``: the hour.

    That no worker lives, or much waits, is said and stops nothing: people can go on meanwhile, and a proxy that took every
    server away would only make it worse.
    """
    checks = [
        _check("database", lambda: database.read(lambda _: None)),
        _check("migrations", lambda: _migrated(database)),
        _check("agency", lambda: database.read(office)),
        _check("letter_libraries", _libraries),
        _check("fonts", _fonts),
        _signing(database, at),
        _keys(database),
        *_owed(database, at, watched.heartbeat),
        *_backed_up(database, at, watched),
    ]
    return Readiness(ready=all(check.ok for check in checks), checks=tuple(checks))


def _check(name: str, look: Callable[[], object]) -> Check:
    try:
        look()
    except Problem as problem:
        return Check(name=name, ok=False, says=problem.says)
    except (PolicyError, LookupError) as error:
        return Check(name=name, ok=False, says=str(error))
    return Check(name=name, ok=True)


def _signing(database: Database, at: datetime) -> Check:
    """How letters are signed. A certificate near its end is said, and stops nothing: letters that need it wait."""
    try:
        settings_for(database)
        says = ending(database.read(used), at) if not needs_migration(database) else []
    except PolicyError as error:
        return Check(name="signing", ok=False, says=str(error))
    except Problem:
        says = []  # said of the database itself
    return Check(name="signing", ok=True, says=" ".join(says))


def _keys(database: Database) -> Check:
    """Whether this process was given the keys of its database."""
    try:
        if not needs_migration(database):
            check_ours(database)
    except WrongKeys as wrong:
        return Check(name="keys", ok=False, says=wrong.says)
    except Problem:
        pass  # said of the database itself
    return Check(name="keys", ok=True)


def _owed(database: Database, at: datetime, heartbeat: float | None) -> list[Check]:
    """How far behind the work is that is owed, and whether anybody is there to do it."""
    try:
        if needs_migration(database):
            return []
        owed = database.read(backlog, at)
        alive = None if heartbeat is None else database.read(workers, heartbeat)
    except Problem:
        return []  # said of the database itself
    gone = "Tidak ada worker yang hidup: surat dan surel menunggu. Jalankan: jenjang worker" if alive == 0 else ""
    found = [Check(name="queue", ok=True, says=_behind(owed))]
    return found if heartbeat is None else [*found, Check(name="workers", ok=True, says=gone)]


def _backed_up(database: Database, at: datetime, watched: Watched) -> list[Check]:
    """Whether the last backup is of late, by what ``jenjang backup`` noted of it; its hour is not for everybody who asks."""
    if watched.backup_within is None:
        return []
    try:
        if needs_migration(database):
            return []
        old = database.read(age, at)
    except Problem:
        return []  # said of the database itself
    is_late = old is None or old > watched.backup_within
    says = "Cadangan terakhir terlalu lama atau belum ada. Jalankan: jenjang backup" if is_late else ""
    return [Check(name="backup", ok=not (says and watched.backup_required), says=says)]


def _behind(owed: list[Backlog]) -> str:
    late, parked = max((each.oldest for each in owed), default=0.0), sum(each.parked for each in owed)
    says = []
    if late >= LONG.total_seconds():
        says.append(
            f"Tindak lanjut tertua sudah menunggu {timedelta(seconds=int(late)) // timedelta(minutes=1)} menit."
        )
    if parked:
        says.append(f"{parked} tindak lanjut gagal dan perlu diperiksa: jenjang effects list")
    return " ".join(says)


def _migrated(database: Database) -> None:
    if needs_migration(database):
        raise NotMigrated


def _libraries() -> None:
    missing = [package for file, package in LIBRARIES.items() if not _loads(file)]
    if missing:
        raise LookupError(f"Surat belum dapat dibuat. Pasang paket sistem: apt-get install {' '.join(missing)}")


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _fonts() -> None:
    if not any((TEMPLATES / "fonts").glob("*/*.[ot]tf")):
        raise LookupError(f"Huruf untuk surat tidak ada di {TEMPLATES / 'fonts'}.")
