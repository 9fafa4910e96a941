"""The full transition by HTTP on PostgreSQL: one and two API processes, the work behind them inside or beside; and the peers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import update

from tests.bench.bare_unit import prepare
from tests.bench.contest import Turn, ratio, show, show_rates, show_ratio, take_turns
from tests.bench.office import CLOCK, LoadedOffice, build_office
from tests.bench.over_http import CONNECTIONS, DJANGO, Loaded, bare_conversation
from tests.bench.serving import PROCESSORS, django, jenjang, peer_unit, worker
from tests.workers import jobs, until
from workflow.database import Database
from workflow.tables import people

HERE = "one process, which works itself"
ONE, TWO = "one process, a worker beside it", "two processes, a worker beside them"
TWO_DJANGOS = "Django + django-fsm-2, bare unit, two processes"
ASYNCPG = "asyncpg, bare unit, no HTTP"
#: Requests in a turn to Jenjang, and how many times as many to Django and units of asyncpg.
STEPS, DJANGOS, UNITS = 72, 3, 10


def measure(fresh: Callable[[], str], folder: Path) -> None:
    """All of them in turns; ``fresh`` answers the address of an empty database.

    Of Jenjang the work that the steps leave (mail into a folder) is waited for after each turn: its time counts for nobody, its
    processor time does.
    """
    with ExitStack() as stack:
        loaded = {
            **stack.enter_context(_working_itself(fresh(), folder)),
            **stack.enter_context(_with_a_worker(fresh(), folder)),
            **stack.enter_context(_djangos(fresh)),
        }
        asyncpg = stack.enter_context(peer_unit("asyncpg_unit.py", _prepared(fresh())))
        rates = take_turns(
            {**{name: each.turn for name, each in loaded.items()}, ASYNCPG: _times(UNITS, asyncpg)}, STEPS
        )
    show(f"Transition by HTTP on PostgreSQL, {CONNECTIONS} connections, {PROCESSORS} processors")
    show_rates(rates)
    for mine, other in ((TWO, ONE), (ONE, HERE), (ONE, DJANGO), (TWO, TWO_DJANGOS), (TWO_DJANGOS, DJANGO)):
        show_ratio(rates, loaded, mine, other)
    for mine in (ONE, TWO):
        show(f"  {mine} / {ASYNCPG}: {ratio(rates, mine, ASYNCPG):.2f}")
    for name, each in loaded.items():
        show(
            f"  {name}: {each.spent:.1f} ms of the servers' processor time a request, {each.spent_beside:.1f} of the worker's; "
            f"the machine {each.busy:.0%} busy; p99/p50 {each.tail:.1f}"
        )


@contextmanager
def _working_itself(address: str, folder: Path) -> Iterator[dict[str, Loaded]]:
    with _office(address) as (office, settled), jenjang(address, **_settings(folder, "here")) as server:
        yield {HERE: Loaded([server], office.conversation(), 1, settled=settled)}


@contextmanager
def _with_a_worker(address: str, folder: Path) -> Iterator[dict[str, Loaded]]:
    """Two servers and a worker on one database; of the servers one has nothing to do while the other is asked alone."""
    settings = _settings(folder, "apart")
    with _office(address) as (office, settled), ExitStack() as stack:
        servers = [stack.enter_context(jenjang(address, **settings)) for _ in range(2)]
        beside = [stack.enter_context(worker(address, **settings))]
        yield {
            name: Loaded(chosen, office.conversation(), 1, beside=beside, settled=settled)
            for name, chosen in ((ONE, servers[:1]), (TWO, servers))
        }


@contextmanager
def _djangos(fresh: Callable[[], str]) -> Iterator[dict[str, Loaded]]:
    with (
        django(fresh(), cases=CONNECTIONS, threads=8) as one,
        django(fresh(), cases=CONNECTIONS, threads=8, workers=2) as two,
    ):
        yield {
            DJANGO: Loaded([one], bare_conversation(), DJANGOS),
            TWO_DJANGOS: Loaded([two], bare_conversation(), DJANGOS),
        }


@contextmanager
def _office(address: str) -> Iterator[tuple[LoadedOffice, Callable[[], object]]]:
    """The office in which everybody has an address for mail, and what waits until nothing is left to be done in it."""
    office = build_office(address)
    with closing(Database.open(address)) as database:
        database.write(lambda conn: conn.execute(update(people).values(email=people.c.id + "@kemuning.example")))
        yield office, lambda: until(lambda: not jobs(database), "everything that the steps left is done")


def _settings(folder: Path, work: str) -> dict[str, str]:
    paths = {"KEYS": "keys", "MAIL": "mail", "DEMO_CLOCK_FILE": "clock"}
    return {**CLOCK, "JENJANG_WORKER": work, **{f"JENJANG_{name}": str(folder / path) for name, path in paths.items()}}


def _prepared(address: str) -> str:
    with closing(Database.open(address)) as database:
        database.write(prepare)
    return address


def _times(many: int, turn: Turn) -> Turn:
    return lambda count: turn(count * many)
