"""Going back to a moment on PostgreSQL, by the steps and the very settings that docs/backups.md tells."""

from __future__ import annotations

import re
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, make_url, text

from policies.parameters import Policies
from tests.backups import furnish, holds
from tests.postgresql import SETTINGS, base_backup, own_folder, running_cluster, started
from workflow.backups.restoring import checked_whole
from workflow.database import Database

PAGE = (Path(__file__).parents[2] / "docs" / "backups.md").read_text()
#: Unlike other tests this one needs a server that keeps what it was told.
ORDINARY = {name: SETTINGS[name] for name in ("listen_addresses", "max_connections", "timezone")}
#: For the archive to receive a file, and for the server to come up.
SECONDS = 60


def _block(after: str, **places: str) -> str:
    """The settings that the page gives after these words, with places of the test's own."""
    found = re.search(r"```ini\n(.+?)```", PAGE.partition(after)[2], re.DOTALL)
    assert found
    told = "\n".join(line.strip() for line in found[1].strip().splitlines())
    for old, new in places.items():
        told = re.sub({"wal": "/srv/wal", "moment": r"2026-04-20 09:15:00\+00"}[old], new, told)
    return told


def _settings(block: str) -> dict[str, str]:
    return {name: value.strip("'") for name, _, value in (line.partition(" = ") for line in block.splitlines())}


def _until(url: str, question: str) -> None:
    with closing(Database.open(url)) as database:
        deadline = time.monotonic() + SECONDS
        while not database.read(lambda conn: conn.scalar(text(question))):
            assert time.monotonic() < deadline, question
            time.sleep(0.1)


def _instant(conn: Connection) -> datetime:
    found = conn.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(found, datetime)
    return found


def _accident(conn: Connection) -> None:
    conn.execute(text("DELETE FROM sessions"))
    conn.execute(text("UPDATE imports SET name = 'salah.csv'"))


def _switched(conn: Connection) -> str:
    """The name of the file that holds the newest change; another is begun."""
    name = str(conn.scalar(text("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")))
    conn.execute(text("SELECT pg_switch_wal()"))
    return name


def test_an_office_goes_back_to_the_moment_before_the_accident() -> None:
    (options,) = re.findall(r"`pg_basebackup -D \S+ \+%F\) (.+?)`", PAGE)
    with own_folder() as wal, own_folder() as again:
        archiving = _settings(_block("in `postgresql.conf`", wal=str(wal)))
        with running_cluster({**ORDINARY, **archiving}) as cluster, cluster.database() as url:
            base_backup(cluster, again / "data", *options.split())
            furnish(url)  # after the base backup: it comes back from the archive alone
            right = holds(url)
            with closing(Database.open(url)) as database:
                moment = database.read(_instant).astimezone(UTC)
                database.write(_accident)
                last = database.write(_switched)
            _until(url, f"SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver")  # noqa: S608 - of our own making
            assert holds(url) != right
        with (again / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write(
                "\n" + _block("last moment that was still right", wal=str(wal), moment=f"{moment:%F %T.%f+00}")
            )
        (again / "data" / "recovery.signal").touch()
        with started(again, {**ORDINARY, **archiving}):
            back = f"postgresql+psycopg://jenjang@/{make_url(url).database}?host={again}"
            _until(back, "SELECT NOT pg_is_in_recovery()")
            assert holds(back) == right
            with closing(Database.open(back)) as database:
                checked = database.read(checked_whole, Policies.load())
    assert not [finding for part in checked for finding in part.findings if finding.fails]
