"""A disk that is really full: what does not fit is refused whole with 507, and taken once there is room.

Where no disk can be mounted, ``tests/workflow/test_crash.py`` has the same of a file that may not grow.
"""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.errors import DiskFull

from tests.accidents.disks import Disk, small_disk
from tests.api.conftest import sample
from tests.api.house import House, Sample, served
from tests.mailing import with_addresses
from tests.offices import all_stored, prepared
from tests.postgresql import running_cluster
from tests.witness import broken
from tests.world import World
from workflow.database import Database, DatabaseFull
from workflow.registry import Registry

__all__ = ["sample"]

LONG_FORM = {"goal": "Belajar keperawatan. " * 90, "outside_plan_reason": "Sebab itu. " * 300}


def test_a_server_on_a_full_disk_says_so_keeps_nothing_of_it_and_goes_on_with_room(
    sample: Sample, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        path = disk.folder / "jenjang.db"
        shutil.copy(sample.path, path)
        # Room for a few pages of the WAL and its index.
        (disk.folder / "filler").write_bytes(b"x" * (disk_room(disk) - 400_000))
        with served(sample, f"sqlite:///{path}") as house:
            case = house.open()
            saved, refused = fill_up(house, case)
            assert (refused.status_code, refused.json()["type"]) == (507, "/problems/database-full")
            assert refused.headers["content-type"].startswith("application/problem+json")
            again = house.act("nurse", case, "save", LONG_FORM, key="full")
            assert again.status_code == 507
            assert kept(house, case) == saved
            (disk.folder / "filler").unlink()
            assert house.act("nurse", case, "save", LONG_FORM, key="full").status_code == 200
            assert kept(house, case) == saved + 1
        database = Database.open(f"sqlite:///{path}")
        assert broken(database) == []
        database.close()


def disk_room(disk: Disk) -> int:
    found = os.statvfs(disk.folder)
    return found.f_bavail * found.f_frsize


def fill_up(house: House, case: str) -> tuple[int, httpx.Response]:
    """Save until there is no room. Answers how often it was saved, and what was said then."""
    for saved in range(300):
        answer = house.act("nurse", case, "save", LONG_FORM, key=f"save-{saved}")
        if answer.status_code != 200:
            return saved, answer
    raise AssertionError("the disk does not fill")


def kept(house: House, case: str) -> int:
    """How often it was saved, by its version: it began with 1."""
    return int(house.get("nurse", f"/api/cases/{case}").headers["etag"].strip('"')) - 1


@contextmanager
def on(disk: Disk) -> Iterator[str]:
    """A database of a PostgreSQL whose tables lie on a disk, its journal elsewhere."""
    with running_cluster() as cluster:
        owner = pwd.getpwuid((cluster.folder / "data").stat().st_uid)
        os.chown(disk.folder, owner.pw_uid, owner.pw_gid)
        with psycopg.connect(host=str(cluster.folder), user="jenjang", dbname="postgres", autocommit=True) as chief:
            chief.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
            chief.execute("CREATE DATABASE jenjang TABLESPACE small")
            yield f"postgresql+psycopg://jenjang@/jenjang?host={cluster.folder}"
            chief.execute("DROP DATABASE jenjang WITH (FORCE)")
            chief.execute("DROP TABLESPACE small")


def test_postgresql_on_a_full_disk_refuses_an_act_whole_and_takes_it_with_room() -> None:
    # In a folder that PostgreSQL's own user may enter.
    folder = Path("/tmp") / f"jenjang-disk-{os.getpid()}"  # noqa: S108 - nothing is written before it is mounted
    try:
        with small_disk(folder, 40) as disk, on(disk) as address, prepared(address, Registry.discover()) as office:
            world = with_addresses(office.as_new())
            case = world.open()
            filled(address)
            with pytest.raises(DatabaseFull) as full:
                save_for_ever(world, case)
            assert full.value.status == 507
            before = world.database.read(all_stored)
            with pytest.raises(DatabaseFull):
                world.fire(case, "save", "nurse", LONG_FORM)
            assert world.database.read(all_stored) == before
            disk.resize(80)
            version = world.fire(case, "save", "nurse", LONG_FORM).version
            assert world.fire(case, "save", "nurse", LONG_FORM).version == version + 1
            assert broken(world.database) == []
    finally:
        if folder.is_dir():
            folder.rmdir()


def save_for_ever(world: World, case: str) -> None:
    for _ in range(500):
        world.fire(case, "save", "nurse", LONG_FORM)


def filled(address: str) -> None:
    """Leave hardly any room for further pages."""
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE filler (content text)")
        connection.execute("ALTER TABLE filler ALTER content SET STORAGE EXTERNAL")
        for size in (1_000_000, 100_000, 8_000):
            try:
                while True:
                    connection.execute("INSERT INTO filler VALUES (repeat('x', %s))", (size,))
            except DiskFull:
                continue
