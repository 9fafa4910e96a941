"""How often one address may ask what needs no key. Counted in this process, for so many addresses at most.

Behind a proxy everybody comes from the proxy's address. Those that JENJANG_PROXIES names are believed when they say whom they
ask for (X-Forwarded-For); what anybody else says there is their own invention.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from workflow.errors import TooOften

#: Addresses that are remembered; of more, those that have not asked for longest are forgotten.
_ADDRESSES: Final = 10_000
_WINDOW: Final = 60.0


class Throttle:
    """A guard: lets an address through so many times a minute, in each application by itself. Raises TooOften."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        counted: Counted = connection.app.state.setdefault(f"throttle-{id(self)}", Counted(self._most))
        counted.count(network_of(connection), time.monotonic())


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


def network_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The network that asks: an address, or 64 bits of one of IPv6."""
    peer = connection.client.host if connection.client else ""
    passed_on = ",".join(connection.headers.getall("x-forwarded-for", [])).split(",")
    return _network(asker(peer, passed_on, connection.app.state.get("proxies", ())))


def asker(peer: str, passed_on: Sequence[str], proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """The address that asks. ``passed_on``: the hops of X-Forwarded-For, the nearest last; ``proxies``: whose word is taken.

    It is the nearest hop that is no such proxy. What stands before that, or before something that is no address, anybody may
    have written.
    """
    nearest = peer
    for hop in reversed(passed_on):
        here, before = _address(nearest), _address(hop.strip())
        if here is None or before is None or not any(here in network for network in proxies):
            break
        nearest = str(before)
    return nearest


def is_one_of(host: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether an address lies in one of the networks."""
    address = _address(host)
    return address is not None and any(address in network for network in networks)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    address = _address(host)
    return address is not None and address.is_loopback


def _network(host: str) -> str:
    """An IPv6 customer has more addresses than anybody counts: they share a network."""
    address = _address(host)
    if address is None:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """An address, of IPv4 also where a listener for both writes it as one of IPv6."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
