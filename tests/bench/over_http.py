"""The transition by HTTP: sixteen connections that are kept alive, one worker each."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.bench.contest import show, show_rates, take_turns
from tests.bench.load import Conversation, Load, load, request
from tests.bench.serving import django

CONNECTIONS = 16
DJANGO = "Django + django-fsm-2, bare unit"


class Loaded:
    """A server under load; remembers the slowness of its tail."""

    def __init__(self, port: int, conversation: Callable[[int], Conversation]) -> None:
        self._port = port
        self._conversation = conversation
        self.loads: list[Load] = []

    def turn(self, count: int) -> float:
        self.loads.append(load(self._port, self._conversation, connections=CONNECTIONS, count=count))
        return self.loads[-1].rate

    def show_tail(self, name: str) -> None:
        """p99 / p50 of the turns that counted, the middle one."""
        tails = sorted(each.tail for each in self.loads[1:])
        show(f"  {name}: p99/p50 {tails[len(tails) // 2]:.1f}")


def django_conversation() -> Callable[[int], Conversation]:
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


def measure(address: str, *, threads: int) -> None:
    """The Django app on a fresh database. ``threads`` is what serves it best there (tried: 1 on SQLite, 8 on PostgreSQL)."""
    with django(address, cases=CONNECTIONS, threads=threads) as port:
        loaded = Loaded(port, django_conversation())
        rates = take_turns({DJANGO: loaded.turn}, 800)
    show(f"Transition by HTTP on {address.partition(':')[0].partition('+')[0]}, {CONNECTIONS} connections")
    show_rates(rates)
    loaded.show_tail(DJANGO)
