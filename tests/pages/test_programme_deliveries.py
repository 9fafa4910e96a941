"""What could not be sent: shown with its reason to those who look after it alone, tried again, or told as done otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select, update

from tests.api.house import House, Sample
from tests.pages.people import seen, signed_in
from tests.pages.programme import looked_after
from workflow.effects import SEND, owe, park
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import effects
from workflow.verification.accounts import look_at_accounts

REASON = "Alamat surel itu ditolak: kotak surat penuh."


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with looked_after(sample, tmp_path_factory.mktemp("deliveries")) as house:
        yield house


@pytest.fixture
def failed(house: House) -> str:
    """A letter that could not be mailed."""
    at = house.clock.now()
    with closing(house.with_database()) as database:
        found = database.write(
            lambda c: owe(c, SEND, None, "partner:RSUP-TELAGA", {"to": house.sample.ids["nurse"]}, at)
        )
        database.write(park, found, REASON, at)
    return found


def standing(house: House, effect: str) -> tuple[bool, bool, str]:
    """Whether it is done, whether it has failed, and what is noted with it."""
    with closing(house.with_database()) as database:
        row = database.read(lambda c: c.execute(select(effects).where(effects.c.id == effect)).one())
    return row.done_at is not None, row.parked_at is not None, row.error or ""


@pytest.mark.parametrize("who", ["nurse", "officer", "director", "auditor", "contact"])
def test_who_does_not_look_after_deliveries_sees_and_retries_none(house: House, failed: str, who: str) -> None:
    browser = signed_in(house, who)
    assert browser.get("/kelola/pengiriman").status_code == 403
    assert browser.send("/kelola/pengiriman/ulang", {}, page="/akun").status_code == 403
    for act in ("ulang", "sampai"):
        answer = browser.send(f"/kelola/pengiriman/{failed}/{act}", {"how": "Diantar"}, page="/akun")
        assert answer.status_code == 404
        assert REASON not in answer.text
    assert standing(house, failed) == (False, True, REASON)


@pytest.mark.parametrize("who", ["verifier", "administrator"])
def test_what_failed_is_shown_with_its_reason_and_tried_again(house: House, failed: str, who: str) -> None:
    browser = signed_in(house, who)
    assert REASON in seen(browser.get("/kelola/pengiriman"))
    sent = browser.send(f"/kelola/pengiriman/{failed}/ulang", {}, page="/kelola/pengiriman")
    assert "1 dicoba lagi sekarang" in seen(browser.get(sent.headers["location"]))
    assert standing(house, failed)[:2] == (False, False)
    again = browser.send(f"/kelola/pengiriman/{failed}/ulang", {}, page="/kelola/pengiriman")
    assert again.status_code == 404
    assert "masih menunggu, belum gagal" in seen(again)


def test_whoever_tries_again_or_tells_it_as_done_leaves_a_trace_with_the_hour(house: House, failed: str) -> None:
    browser, verifier = signed_in(house, "verifier"), house.sample.ids["verifier"]
    browser.send(f"/kelola/pengiriman/{failed}/ulang", {}, page="/kelola/pengiriman")
    with closing(house.with_database()) as database:
        database.write(park, failed, REASON, house.clock.now())
    browser.send("/kelola/pengiriman/ulang", {}, page="/kelola/pengiriman")
    with closing(house.with_database()) as database:
        database.write(park, failed, REASON, house.clock.now())
    browser.send(f"/kelola/pengiriman/{failed}/sampai", {"how": "Diantar"}, page="/kelola/pengiriman")
    account = house.read("administrator", f"/api/people/{verifier}/account")
    traces = [each for each in account["events"] if failed in each["remark"]]
    assert [each["type"] for each in traces] == ["delivery_told", "delivery_retried", "delivery_retried"]
    assert {each["by"] for each in traces} != {""}
    with closing(house.with_database()) as database:
        office, registry = database.read(Office.load), Registry.discover()
        assert set(database.read(lambda c: [*look_at_accounts(c, registry, office.policies)])) == {None}


def test_a_letter_that_was_brought_by_hand_is_put_on_record_with_who_says_so(house: House, failed: str) -> None:
    browser = signed_in(house, "verifier")
    path = f"/kelola/pengiriman/{failed}/sampai"
    without = browser.send(path, {"how": " "}, page="/kelola/pengiriman")
    assert without.status_code == 400
    assert "Sebutkan bagaimana suratnya sampai" in seen(without)
    assert browser.send(path, {"how": "Diantar kurir"}, page="/kelola/pengiriman").status_code == 303
    done, _, noted = standing(house, failed)
    assert done
    assert "Diantar kurir (dicatat oleh " in noted


def test_all_that_failed_are_tried_again_at_once(house: House, failed: str) -> None:
    with closing(house.with_database()) as database:
        database.write(lambda c: c.execute(update(effects).values(parked_at=house.clock.now())).close())
    done = house.ask("verifier", "POST", "/api/deliveries/retry")
    assert done.status_code == 200
    assert done.json()["number"] >= 1
    assert standing(house, failed)[:2] == (False, False)
    assert house.read("verifier", "/api/deliveries")["failed"] == 0
