"""Webhooks on their page: made by an administrator alone, with a secret that is shown once; and what failed is sent again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from tests.accounts import Browser
from tests.api.house import REQUEST, House, Sample, served
from tests.pages.people import seen, signed_in
from tests.receivers import Receiver, receiver
from workflow.webhooks.sending import Hooks

PAGE = "/kelola/webhook"
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def there() -> Iterator[Receiver]:
    """A system of somebody else."""
    with receiver() as found:
        yield found


@pytest.fixture
def house(sample: Sample, tmp_path: Path) -> Iterator[House]:
    """The office."""
    shutil.copy(sample.path, tmp_path / "jenjang.db")
    with served(sample, f"sqlite:///{tmp_path / 'jenjang.db'}") as house:
        yield house


@pytest.fixture
def reachable(sample: Sample, tmp_path: Path) -> Iterator[House]:
    """The office, whose webhooks may go to this machine."""
    shutil.copy(sample.path, tmp_path / "jenjang.db")
    with served(sample, f"sqlite:///{tmp_path / 'jenjang.db'}", reachable=LOOPBACK) as house:
        yield house


def add(browser: Browser, address: str, *events: str) -> httpx.Response:
    form = {"owner": "SIMPEG", "address": address, "events": list(events or ("case.opened", "case.moved"))}
    return browser.send(PAGE, form)


def secret_in(answer: httpx.Response) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/=]{44}", answer.text)
    assert found, seen(answer)
    return found[0]


def tell(house: House) -> int:
    desk = house.client.app.state.desk  # type: ignore[attr-defined]
    office = desk.database.read(desk.engine).office
    return Hooks(desk.safe, LOOPBACK).run_due(desk.database, office, house.clock.now())


def test_an_administrator_adds_one_and_its_secret_is_shown_this_once(reachable: House, there: Receiver) -> None:
    administrator = signed_in(reachable, "administrator")
    secret = secret_in(add(administrator, there.address))
    page = administrator.get(PAGE)
    assert there.address in seen(page)
    assert "whsec_" not in page.text
    reachable.done("nurse", reachable.open(), "submit", REQUEST)
    assert tell(reachable) == 2
    assert secret.startswith("whsec_")
    assert "Terakhir sampai" in seen(administrator.get(PAGE))


@pytest.mark.parametrize("who", ["nurse", "verifier", "contact", "secretary"])
def test_nobody_else_sees_that_there_are_any(reachable: House, there: Receiver, who: str) -> None:
    secret_in(add(signed_in(reachable, "administrator"), there.address))
    browser = signed_in(reachable, who)
    assert browser.get(PAGE).status_code == 404
    assert reachable.get(who, "/api/webhooks").status_code == 404
    form = {"owner": "Lain", "address": "https://lain.example/", "events": ["case.opened"]}
    assert reachable.ask(who, "POST", "/api/webhooks", json=form).status_code == 404
    (line,) = reachable.read("administrator", "/api/webhooks")["items"]
    for act in ("rotate", "enable", "end"):
        assert reachable.ask(who, "POST", f"/api/webhooks/{line['id']}/{act}").status_code == 404


@pytest.mark.parametrize(
    "address", ["http://simpeg.example/", "https://169.254.169.254/latest", "https://[::1]/", "simpeg"]
)
def test_an_address_that_may_not_be_reached_is_refused_and_what_was_typed_stays(house: House, address: str) -> None:
    answer = add(signed_in(house, "administrator"), address)
    assert answer.status_code == 422
    assert "Kesalahan: Webhook" in seen(answer)
    assert f'value="{address}"' in answer.text
    assert house.read("administrator", "/api/webhooks")["items"] == []


def test_a_new_secret_takes_the_place_of_the_old_one(reachable: House, there: Receiver) -> None:
    administrator = signed_in(reachable, "administrator")
    first = secret_in(add(administrator, there.address))
    (line,) = reachable.read("administrator", "/api/webhooks")["items"]
    second = secret_in(administrator.send(f"{PAGE}/{line['id']}/rahasia", {}, page=PAGE))
    assert second != first
    again = reachable.ask("administrator", "POST", f"/api/webhooks/{line['id']}/rotate")
    assert again.json()["secret"] not in (first, second)
    assert again.json()["line"]["overlap_until"]


def test_what_failed_stands_among_the_deliveries_and_is_sent_again_from_there(
    reachable: House, there: Receiver
) -> None:
    administrator = signed_in(reachable, "administrator")
    add(administrator, there.address, "case.opened")
    there.answer = 410
    case = reachable.open()
    tell(reachable)
    reference = reachable.read("nurse", f"/api/cases/{case}")["reference"]
    page = seen(administrator.get("/kelola/pengiriman"))
    assert "SIMPEG" in page
    assert reference in page
    assert "Tidak aktif" in seen(administrator.get(PAGE))
    there.answer = 200
    (line,) = reachable.read("administrator", "/api/webhooks")["items"]
    administrator.send(f"{PAGE}/{line['id']}/aktifkan", {}, page=PAGE)
    assert tell(reachable) == 1
    (line,) = reachable.read("administrator", "/api/webhooks")["items"]
    assert (line["state"], line["failed"], line["waiting"]) == ("active", 0, 0)


def test_one_that_is_removed_is_told_nothing_more_of_what_waits_either(reachable: House, there: Receiver) -> None:
    administrator = signed_in(reachable, "administrator")
    add(administrator, there.address)
    reachable.open()
    (line,) = reachable.read("administrator", "/api/webhooks")["items"]
    administrator.send(f"{PAGE}/{line['id']}/hapus", {}, page=PAGE)
    reachable.open("second_nurse")
    assert tell(reachable) == 0
    assert there.messages == []
    assert reachable.read("administrator", "/api/webhooks")["items"] == []
    assert "Belum ada sistem" in seen(administrator.get(PAGE))
