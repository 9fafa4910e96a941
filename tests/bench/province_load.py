"""An hour's worth of a province in minutes: two hundred people at work on a big office, over sixteen connections."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import delete

from api.demo.folder import Folder
from api.demo.service import Service
from tests.bench.afterwards import faults, findings
from tests.bench.bulk_load import copy
from tests.bench.contest import show
from tests.bench.errands import Errands, Told
from tests.bench.province import Province, seat
from tests.bench.rush import CONNECTIONS, rush
from tests.bench.serving import CACHE, jenjang
from tests.bench.watching import Watch, settled
from tests.bench.working_day import ASKED_AT, DAY, ROADS, WENT_AT, WHOLE, Size
from tests.cluster.topology import DURABLE, running
from tests.postgresql import Cluster, running_cluster
from workflow.database import Database
from workflow.effects import MAILED, RUN
from workflow.migrations import migrate
from workflow.tables import compatibility

#: Seconds for what is done before the day, and for what is owed at its end.
PREPARING, SETTLING = 1200.0, 600.0
#: The same day each time.
SEED: Final = 20_261_015


@dataclass(frozen=True)
class Office:
    """A big office that is served: where it is asked and where its rows lie; ``processes``: by name, the session of each."""

    ports: Sequence[int]
    database: Database
    move_clock: Callable[[datetime], object]
    processes: Callable[[], Mapping[str, int]]


@dataclass(frozen=True)
class Outcome:
    """How a load went."""

    told: Told
    watch: Watch
    seconds: float
    settled_after: float
    faults: list[str]


@contextmanager
def on_postgresql(postgresql: Cluster, address: str, path: Path) -> Iterator[Office]:
    """Two servers and two workers. Both servers are asked, past the proxy: to that a machine that is busy seems dead."""
    folder = Folder(path, address)
    database = Database.open(address)
    with running(postgresql, folder, ASKED_AT) as topology:
        members = (*topology.servers, *topology.workers)
        move = topology.service().go_to
        yield Office(topology.ports, database, move, lambda: {each.name: each.process.pid for each in members})
    database.close()


@contextmanager
def on_sqlite(address: str, path: Path) -> Iterator[Office]:
    """One server that does all of it."""
    secret = os.urandom(16).hex()
    settings = {"JENJANG_DEMO_CLOCK": ASKED_AT.isoformat(), "JENJANG_DEMO_SECRET": secret}
    database = Database.open(address)
    with jenjang(address, **settings, JENJANG_KEYS=str(path / "keys"), JENJANG_MAIL=str(path / "mail")) as served:
        # Nothing of the service is asked but its clock: it has no process of its own that could be stopped by it.
        move = Service(served.port, secret, None).go_to  # type: ignore[arg-type]
        yield Office((served.port,), database, move, lambda: {"server": served.session})
    database.close()


def measure(office: Office, province: Province, size: Size) -> Outcome:
    """Prepare the cases, let the day pass, and look at what it left."""
    told = Told()
    errands = Errands(province, told, SEED)
    _prepare(office, errands, size)
    told.seconds.clear()
    told.outcomes.clear()
    began = time.monotonic()
    watch = Watch(
        office.database,
        office.processes,
        since=DAY,
        now=lambda: DAY + timedelta(seconds=time.monotonic() - began),
    )
    with watch:
        seconds = rush(
            office.ports,
            errands,
            lambda: time.monotonic() > began + size.seconds or told.number >= size.requests,
        )
        waited = settled(office.database, watch.now, (*RUN, *MAILED), SETTLING)
    with TemporaryDirectory() as folder:
        found = [*faults(office.database, told), *findings(office.database, told, Path(folder))]
    return Outcome(told, watch, seconds, waited, found)


def _prepare(office: Office, errands: Errands, size: Size) -> None:
    """Those who are to be away have asked and gone, and mentors have been found, when the day begins."""
    errands.opening = False
    _begin(errands, size, beforehand=True)
    _until_all_rest(office, errands)
    office.move_clock(WENT_AT)
    errands.go_on(lambda road: road.before + road.then)
    _until_all_rest(office, errands)
    settled(office.database, lambda: WENT_AT, RUN, SETTLING)
    office.move_clock(DAY)
    errands.go_on(lambda road: len(road.steps))
    _begin(errands, size, beforehand=False)
    errands.opening = True


def _begin(errands: Errands, size: Size, *, beforehand: bool) -> None:
    for name, number in size.under_way.items():
        for _ in range(number if bool(ROADS[name].before) is beforehand else 0):
            errands.begin(name)


def _until_all_rest(office: Office, errands: Errands) -> None:
    until = time.monotonic() + PREPARING
    rush(office.ports, errands, lambda: errands.all_rest or time.monotonic() > until)
    if errands.told.errors or not errands.all_rest:
        raise RuntimeError("\n".join(["the cases could not be prepared:", *errands.told.errors]))


def show_outcome(outcome: Outcome, size: Size) -> None:
    """The figures, and everything that must not be."""
    told, watch = outcome.told, outcome.watch
    rate = told.number / outcome.seconds
    show(
        f"  {told.number:,} requests in {outcome.seconds:.0f} s, {rate:.1f}/s, by 200 people over {CONNECTIONS} connections, "
        f"{size.cases:,} cases in the tables"
    )
    show(f"  {'milliseconds':<20} {'number':>8} {'p50':>8} {'p95':>8} {'p99':>8} {'longest':>8}")
    for kind, each in sorted(told.seconds.items()):
        cuts = statistics.quantiles([1000 * one for one in each], n=100) if len(each) > 1 else [1000 * each[0]] * 99
        figures = (cuts[49], cuts[94], cuts[98], 1000 * max(each))
        show(f"  {kind:<20} {len(each):>8,}" + "".join(f" {figure:>8.0f}" for figure in figures))
    show("  " + ", ".join(f"{what}: {times:,}" for what, times in sorted(told.outcomes.items())))
    for name in watch.memory:
        fifths = ", ".join(f"{each:.1f}" for each in watch.by_fifths(name))
        show(f"  {name}: {fifths} MB in each fifth of the time, at most {max(watch.memory[name]):.1f}")
    for what in watch.oldest:
        show(f"  {what}: at most {watch.most[what]:,} owed at once, the oldest for {watch.oldest[what]:.1f} s")
    show(f"  {len(told.letters):,} letters; nothing owed {outcome.settled_after:.1f} s after the last request")
    show(f"  faults: {len(outcome.faults)}")
    for fault in outcome.faults[:20]:
        show(f"    {fault}")


# --- As sections -----------------------------------------------------------------------------------------------------


def measure_on_postgresql(big_office: Callable[[int], Database]) -> None:
    """The whole of it, on PostgreSQL as an office has it. ``big_office``: of so many cases, on SQLite."""
    size = _asked_for()
    with running_cluster() as cluster, cluster.database() as address, TemporaryDirectory(dir=CACHE) as folder:
        database = Database.open(address)
        migrate(database)
        database.write(lambda conn: conn.execute(delete(compatibility)))  # it is copied with the rest
        copy(big_office(size.cases), database)
        province = seat(database)
        database.close()
        cluster.restart({**DURABLE, "shared_buffers": "1GB"})
        _measure(
            "PostgreSQL, two servers and two workers", on_postgresql(cluster, address, Path(folder)), province, size
        )


def measure_on_sqlite(big_office: Callable[[int], Database]) -> None:
    """The same on SQLite, with one server that does all of it, on a copy of the big office."""
    size = _asked_for()
    with TemporaryDirectory(dir=CACHE) as folder:
        original = big_office(size.cases)
        original.close()
        address = f"sqlite:///{folder}/jenjang.db"
        shutil.copyfile(original.address.removeprefix("sqlite:///"), address.removeprefix("sqlite:///"))
        database = Database.open(address)
        province = seat(database)
        database.close()
        _measure("SQLite, one server", on_sqlite(address, Path(folder)), province, size)


def _asked_for() -> Size:
    """As large as LOAD_CASES and LOAD_MINUTES say; whole where they say nothing."""
    cases, minutes = os.environ.get("LOAD_CASES"), os.environ.get("LOAD_MINUTES")
    seconds = 60 * float(minutes) if minutes else WHOLE.seconds
    return replace(WHOLE, cases=int(cases) if cases else WHOLE.cases, seconds=seconds)


def _measure(where: str, serving: AbstractContextManager[Office], province: Province, size: Size) -> None:
    with serving as office:
        outcome = measure(office, province, size)
    show(f"An hour's worth of a province on {where}")
    show_outcome(outcome, size)
    if outcome.faults:
        sys.exit(f"{len(outcome.faults)} hal tidak sebagaimana mestinya.")
