"""Whom a question without a key is counted by, behind a proxy and without one."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar, get
from litestar.datastructures import State

from api.commands.errors import CannotRun
from api.settings import trusted_proxies
from api.throttle import Throttle, _network, asker

PROXIES = "10.0.0.5, 2001:db8:1::/48"


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_PROXIES", PROXIES)


@pytest.mark.parametrize(
    ("peer", "passed_on", "asks"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),  # a stranger's word
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.5", [" 198.51.100.1 "], "198.51.100.1"),
        ("10.0.0.5", ["203.0.113.9", "198.51.100.1"], "198.51.100.1"),  # the first is what the asker wrote
        ("10.0.0.5", ["198.51.100.1", "2001:db8:1::2"], "198.51.100.1"),
        ("10.0.0.5", ["203.0.113.9", "unknown"], "10.0.0.5"),
        ("10.0.0.5", ["2001:db8:1::2"], "2001:db8:1::2"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_nearest_hop_that_is_no_proxy_of_ours_asks(peer: str, passed_on: list[str], asks: str) -> None:
    assert asker(peer, passed_on, trusted_proxies()) == asks


def test_nobody_is_believed_unless_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JENJANG_PROXIES")
    assert trusted_proxies() == ()
    assert asker("10.0.0.5", ["198.51.100.1"], ()) == "10.0.0.5"


@pytest.mark.parametrize(
    "named", ["proksi", "10.0.0.0/33", "10.0.0.5/24", "10.0.0.5 0.0.0.0/0", "::/0", "10.0.0.5:8080"]
)
def test_what_is_no_address_of_a_proxy_is_refused_by_name(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_PROXIES", named)
    with pytest.raises(CannotRun, match=f"JENJANG_PROXIES: {named.rsplit(maxsplit=1)[-1]} bukan alamat"):
        trusted_proxies()


def test_addresses_of_ipv4_are_told_apart_also_where_they_are_written_as_ipv6() -> None:
    assert _network("::ffff:192.0.2.1") == _network("192.0.2.1") != _network("::ffff:192.0.2.2")


def test_two_who_ask_through_one_proxy_are_counted_apart() -> None:
    @get("/", guards=[Throttle(2)])
    async def page() -> str:
        return "ada"

    application: Any = Litestar([page], state=State({"proxies": trusted_proxies()}))

    async def answers(peer: str, *asking: str) -> list[int]:
        through = httpx.ASGITransport(application, client=(peer, 4000))
        async with httpx.AsyncClient(transport=through, base_url="http://jenjang.example") as client:
            return [(await client.get("/", headers={"X-Forwarded-For": each})).status_code for each in asking]

    async def asked() -> tuple[list[int], list[int]]:
        behind = await answers("10.0.0.5", *["198.51.100.1"] * 3, "198.51.100.2")
        pretending = await answers("192.0.2.7", "198.51.100.3", "198.51.100.4", "198.51.100.5")
        return behind, pretending

    behind, pretending = asyncio.run(asked())
    assert behind[:2] == pretending[:2] == [200, 200]
    assert behind[3] == 200
    assert 200 not in (behind[2], pretending[2])
