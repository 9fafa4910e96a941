"""The office of ``world.py``, built once a session on each database and copied for every test that asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.postgresql import Cluster
from tests.world import World, build
from workflow.database import PATIENCE, Database
from workflow.registry import Registry


def built(url: str, registry: Registry) -> World:
    """An office in an empty database, closed again: to be copied, never to be acted in."""
    database = Database.open(url)
    world = build(database, registry)
    database.close()
    return world


@contextmanager
def opened(url: str, original: World, patience: float = PATIENCE) -> Iterator[World]:
    """The world of a copied database: the same people under the same ids."""
    database = Database.open(url, patience=patience)
    try:
        yield World(database, original.engine, original.ids, original.budget_line)
    finally:
        database.close()


@contextmanager
def sqlite_copy(original: World, path: Path, patience: float = PATIENCE) -> Iterator[World]:
    """A copy in a file that does not exist yet."""
    shutil.copyfile(str(make_url(original.database.address).database), path)
    with opened(f"sqlite:///{path}", original, patience) as world:
        yield world


@contextmanager
def postgresql_copy(original: World, cluster: Cluster, patience: float = PATIENCE) -> Iterator[World]:
    """A copy in a database of its own, dropped at the end."""
    template = str(make_url(original.database.address).database)
    with cluster.database(template) as url, opened(url, original, patience) as world:
        yield world
