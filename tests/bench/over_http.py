"""The transition by HTTP, one worker each: Jenjang's, the bare unit through our stack, the floor, and Django + django-fsm-2."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from tests.bench.bare_unit import prepare
from tests.bench.contest import show, show_rates, show_ratio, take_turns
from tests.bench.load import Conversation, Load, load, request
from tests.bench.office import CLOCK, build_office
from tests.bench.serving import PROCESSORS, Served, bare_app, busy_seconds, django, jenjang
from workflow.database import Database

CONNECTIONS = 16
FLOOR = "our stack, no database"
BARE = "our stack, bare unit"
DJANGO = "Django + django-fsm-2, bare unit"
FULL = "Jenjang, full transition"
ALONE = "Jenjang, full transition, 1 connection"


class Loaded:
    """Servers under load, the connections spread over them; remembers the slowness of the tail.

    ``share``: of the requests of a turn, as they are fast or slow. ``beside``: who works behind the servers; ``settled`` waits
    until they have done what the requests left to be done, so that it falls into no other's turn.
    """

    def __init__(
        self,
        servers: Sequence[Served],
        conversation: Callable[[int], Conversation],
        share: float,
        connections: int = CONNECTIONS,
        *,
        beside: Sequence[Served] = (),
        settled: Callable[[], object] = lambda: None,
    ) -> None:
        self._servers, self._beside = servers, beside
        self._conversation = conversation
        self._share = share
        self._connections = connections
        self._settled = settled
        self._loads: list[Load] = []
        self._busy: list[float] = []
        self._spent: list[float] = []
        self._spent_beside: list[float] = []

    def turn(self, count: int) -> float:
        most = max(round(count * self._share), self._connections)
        before, before_beside, machine = _cpu_seconds(self._servers), _cpu_seconds(self._beside), busy_seconds()
        ports = [server.port for server in self._servers]
        loaded = load(ports, self._conversation, connections=self._connections, count=most)
        self._busy.append((busy_seconds() - machine) / loaded.seconds / PROCESSORS)
        self._settled()
        self._loads.append(loaded)
        self._spent.append((_cpu_seconds(self._servers) - before) / most)
        self._spent_beside.append((_cpu_seconds(self._beside) - before_beside) / most)
        return loaded.rate

    @property
    def tail(self) -> float:
        """p99 / p50 of the turns that counted, the middle one."""
        return statistics.median(each.tail for each in self._loads[1:])

    @property
    def spent(self) -> float:
        """Milliseconds of the servers' processor time a request, the middle one of the turns that counted."""
        return statistics.median(self._spent[1:]) * 1000

    @property
    def spent_beside(self) -> float:
        """The same of those who work behind them."""
        return statistics.median(self._spent_beside[1:]) * 1000

    @property
    def busy(self) -> float:
        """How much of all processors was busy with anything: near 1 it is the machine that is measured."""
        return statistics.median(self._busy[1:])


def _cpu_seconds(processes: Sequence[Served]) -> float:
    return sum(each.cpu_seconds() for each in processes)


def bare_conversation() -> Callable[[int], Conversation]:
    """Submit and give back, each connection on a case of its own; versions are remembered between turns."""
    versions: dict[int, int] = {}

    def converse(number: int) -> Conversation:
        while True:
            seen = versions.get(number, 0)
            trigger = "give_back" if seen % 2 else "submit"
            body = json.dumps({"version": seen}).encode()
            answer = yield request("POST", f"/cases/case-{number}/{trigger}", body, Authorization="Bearer bench")
            versions[number] = json.loads(answer.body)["version"]

    return converse


def measure(fresh: Callable[[str], str], *, threads: int) -> None:
    """All of them in turns. ``fresh`` answers the address of an empty database of a name.

    ``threads`` is what serves Django best there (tried: 1 on SQLite, 8 on PostgreSQL).
    """
    ours, product = fresh("bare"), fresh("jenjang")
    database = Database.open(ours)
    database.write(prepare)
    database.close()
    office = build_office(product)
    with ExitStack() as stack:
        conversation = office.conversation()
        serving = stack.enter_context(jenjang(product, **CLOCK))
        peer = stack.enter_context(django(fresh("django"), cases=CONNECTIONS, threads=threads))
        loaded = {
            FLOOR: Loaded([stack.enter_context(bare_app(""))], bare_conversation(), 3),
            BARE: Loaded([stack.enter_context(bare_app(ours))], bare_conversation(), 2),
            DJANGO: Loaded([peer], bare_conversation(), 1),
            FULL: Loaded([serving], conversation, 0.6),
            ALONE: Loaded([serving], conversation, 0.25, connections=1),
        }
        rates = take_turns({name: each.turn for name, each in loaded.items()}, 320)
    show(f"Transition by HTTP on {ours.partition(':')[0].partition('+')[0]}, {CONNECTIONS} connections")
    show_rates(rates)
    for mine, other in ((BARE, DJANGO), (BARE, FLOOR), (FULL, DJANGO), (FULL, FLOOR), (FULL, BARE), (FULL, ALONE)):
        show_ratio(rates, loaded, mine, other)
    for name, each in loaded.items():
        show(f"  {name}: p99/p50 {each.tail:.1f}")
