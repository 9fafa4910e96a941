"""How often one address may ask what needs no key. Counted in this process, for so many addresses at most."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from workflow.errors import Problem

#: Addresses that are remembered; of more, those that have not asked for longest are forgotten.
_ADDRESSES: Final = 10_000
_WINDOW: Final = 60.0


class TooOften(Problem):
    """More questions in a minute than one address may ask."""

    status, type, title = 429, "too-often", "Terlalu sering"


class Throttle:
    """A guard: lets an address through so many times a minute, in each application by itself. Raises TooOften."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        counted: Counted = connection.app.state.setdefault(f"throttle-{id(self)}", Counted(self._most))
        counted.count(_network(connection.client.host if connection.client else ""), time.monotonic())


class Counted:
    """Who asked when, within the last minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, address: str, at: float) -> None:
        """Count a question of an address at a moment, in seconds. Raises TooOften."""
        asked = self._asked.setdefault(address, deque())
        self._asked.move_to_end(address)
        while len(self._asked) > _ADDRESSES:
            self._asked.popitem(last=False)
        while asked and asked[0] <= at - _WINDOW:
            asked.popleft()
        if len(asked) >= self._most:
            raise TooOften(f"Paling banyak {self._most} pemeriksaan dalam satu menit. Tunggu sebentar, lalu coba lagi.")
        asked.append(at)


def _network(host: str) -> str:
    """An IPv6 customer has more addresses than anybody counts: they share a network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
