"""``python -m tests.bench [section …]``: measure, print, stop. Everything runs on loopback and in temporary folders."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench import (
    bare_unit,
    big_office,
    bulk_load,
    cohort,
    effects,
    figures,
    inbox,
    letters,
    over_http,
    processes,
    province_load,
    reseating,
    start,
    transition,
    verify,
)
from tests.bench.serving import CACHE
from tests.postgresql import SETTINGS, running_cluster
from workflow.database import Database
from workflow.migrations import migrate
from workflow.tables import metadata


def _bare_unit_on_sqlite() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        bare_unit.on_sqlite(Path(folder))


def _bare_unit_on_postgresql() -> None:
    with running_cluster() as cluster, cluster.database() as ours, cluster.database() as djangos:
        bare_unit.on_postgresql(ours, djangos)


def _inbox_on_sqlite() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        inbox.measure(lambda size: Database.open(f"sqlite:///{folder}/{size}.db"))


def _inbox_on_postgresql() -> None:
    with running_cluster() as cluster, ExitStack() as stack:
        inbox.measure(lambda _: Database.open(stack.enter_context(cluster.database())))


def _transition_on_sqlite() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        transition.on_sqlite(Path(folder))


def _transition_on_postgresql() -> None:
    with running_cluster() as cluster, ExitStack() as stack:
        bare, office, djangos = (stack.enter_context(cluster.database()) for _ in range(3))
        transition.on_postgresql(bare, office, djangos)


def _cohort() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder, running_cluster() as cluster, cluster.database() as address:
        cohort.on_both(folder, address)


def _over_http_on_sqlite() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        over_http.measure(lambda name: f"sqlite:///{folder}/{name}.db", threads=1)


def _over_http_on_postgresql() -> None:
    with running_cluster() as cluster, ExitStack() as stack:
        over_http.measure(lambda _: stack.enter_context(cluster.database()), threads=8)


def _processes() -> None:
    roomy = {**SETTINGS, "max_connections": "150"}
    with tempfile.TemporaryDirectory(dir=CACHE) as folder, running_cluster(roomy) as cluster, ExitStack() as stack:
        processes.measure(lambda: stack.enter_context(cluster.database()), Path(folder))


def _effects(measure: Callable[[Callable[[], str], Path], None]) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder, running_cluster() as cluster, ExitStack() as stack:
        measure(lambda: stack.enter_context(cluster.database()), Path(folder))


def _reseating_on_sqlite() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        reseating.measure(Database.open(f"sqlite:///{folder}/reseating.db"))


def _reseating_on_postgresql() -> None:
    with running_cluster() as cluster, cluster.database() as address:
        reseating.measure(Database.open(address))


def _big_office(cases: int = big_office.CASES) -> Database:
    """The office of a million cases, or fewer, made once for a schema and kept: it takes minutes."""
    smaller = "" if cases == big_office.CASES else f"-{cases}"
    kept = CACHE / f"office-{bulk_load.schema_digest()}{smaller}.db"
    if not kept.exists():
        made = kept.with_suffix(".new")
        made.unlink(missing_ok=True)
        database = Database.open(f"sqlite:///{made}")
        migrate(database)  # so that it can be served
        big_office.fill(database, cases).database.close()
        made.rename(kept)
    return Database.open(f"sqlite:///{kept}")


def _figures_on_sqlite() -> None:
    figures.measure(_big_office())


def _figures_on_postgresql() -> None:
    with running_cluster() as cluster, cluster.database() as address:
        there = Database.open(address)
        there.write(metadata.create_all)
        bulk_load.copy(_big_office(), there)
        figures.measure(there)


def _verify() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        verify.measure(lambda size: f"sqlite:///{folder}/{size}.db")
    with running_cluster() as cluster, ExitStack() as stack:
        verify.measure(lambda _: stack.enter_context(cluster.database()))


def _letters() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        letters.measure(Path(folder).resolve())


def _start() -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        start.measure(Path(folder))


SECTIONS: dict[str, Callable[[], None]] = {
    "unit-sqlite": _bare_unit_on_sqlite,
    "unit-postgresql": _bare_unit_on_postgresql,
    "transition-sqlite": _transition_on_sqlite,
    "transition-postgresql": _transition_on_postgresql,
    "cohort": _cohort,
    "letters": _letters,
    "start": _start,
    "http-sqlite": _over_http_on_sqlite,
    "http-postgresql": _over_http_on_postgresql,
    "http-processes": _processes,
    "effects-letters": partial(_effects, effects.measure_letters),
    "effects-mail": partial(_effects, effects.measure_mail),
    "inbox-sqlite": _inbox_on_sqlite,
    "inbox-postgresql": _inbox_on_postgresql,
    "figures-sqlite": _figures_on_sqlite,
    "figures-postgresql": _figures_on_postgresql,
    "verify": _verify,
    "reseating-sqlite": _reseating_on_sqlite,
    "reseating-postgresql": _reseating_on_postgresql,
    "load-sqlite": partial(province_load.measure_on_sqlite, _big_office),
    "load-postgresql": partial(province_load.measure_on_postgresql, _big_office),
}
#: Only where they are asked for: they take much longer than all others together.
LONG = ("load-sqlite", "load-postgresql")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped then too
    CACHE.mkdir(exist_ok=True)
    chosen = sys.argv[1:] or [name for name in SECTIONS if name not in LONG]
    unknown = [name for name in chosen if name not in SECTIONS]
    if unknown:
        sys.exit(f"Tidak ada bagian bernama {', '.join(unknown)}; yang ada: {', '.join(SECTIONS)}.")
    for name in chosen:
        SECTIONS[name]()
