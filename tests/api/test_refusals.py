"""What is refused at the door is logged, so that it adds up for whoever keeps the service; of nobody and nothing that was typed."""

from __future__ import annotations

import logging

import pytest

from tests.accounts import Browser
from tests.api.house import House
from tests.pages.people import signed_in

TYPED = "198503092010031001"


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [said for said in caplog.messages if said.startswith("refused: ")]


def test_a_wrong_password_is_logged_without_the_name_the_password_or_the_address(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="jenjang"):
        for _ in range(12):
            Browser.on(house.client).sign_in(TYPED, "bukan kata sandinya")
    said = refusals(caplog)
    kinds = [each.split(",")[0] for each in said]
    assert kinds[:5] == ["refused: wrong-name-or-password"] * 5
    assert (len(kinds), set(kinds)) == (12, {"refused: wrong-name-or-password", "refused: guessed-too-often"})
    assert len({each.rpartition(" ")[2] for each in said}) == 1
    assert TYPED not in caplog.text
    assert "bukan kata sandinya" not in caplog.text
    assert "testclient" not in caplog.text


def test_a_key_that_is_not_good_and_what_is_not_theirs_are_logged_and_a_stranger_is_not(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.client.get("/api/me")
    Browser.on(house.client).get("/akun")
    assert refusals(caplog) == []
    key = f"jj_{'x' * 43}"
    house.client.get("/api/me", headers={"Authorization": f"Bearer {key}"})
    house.get("nurse", "/api/deliveries")
    signed_in(house, "nurse").get("/kelola/pengiriman")
    kinds = [each.partition(", from")[0] for each in refusals(caplog)]
    assert kinds == [
        "refused: unauthenticated, GET /api/me",
        "refused: not-yours, GET /api/deliveries",
        "refused: not-yours, GET /kelola/pengiriman",
    ]
    assert key not in caplog.text


def test_a_code_that_is_tried_is_logged_without_the_code(house: House, caplog: pytest.LogCaptureFixture) -> None:
    Browser.on(house.client).get("/aktivasi/AAAA-BBBB-CCCC")
    (said,) = refusals(caplog)
    assert said.startswith("refused: no-ticket, GET /aktivasi/{code")
    assert "AAAA" not in caplog.text
