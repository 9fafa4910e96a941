"""How somebody wants their mail: chosen on the page of their account, or through the API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.accounts import CHEAP
from tests.api.house import House, Sample, served
from tests.pages.people import seen, signed_in


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    file = tmp_path_factory.mktemp("mail") / "office.db"
    shutil.copy(sample.path, file)
    with served(sample, f"sqlite:///{file}", passwords=CHEAP) as house:
        yield house


def chosen(house: House, who: str) -> str:
    return str(house.read(who, "/api/me/mail")["how"])


def test_the_page_and_the_api_choose_the_same(house: House) -> None:
    browser = signed_in(house, "nurse")
    assert chosen(house, "nurse") == "each"
    assert "Satu surel pukul 07.00 pada hari kerja" in seen(browser.get("/akun"))
    answer = browser.send("/akun/surel", {"how": "daily"}, page="/akun")
    assert (answer.status_code, answer.headers["location"]) == (303, "/akun")
    assert chosen(house, "nurse") == "daily"
    assert 'value="daily" checked' in browser.get("/akun").text
    response = house.ask("nurse", "POST", "/api/me/mail", json={"how": "each"})
    assert (response.status_code, response.json()) == (200, {"how": "each", "digest_hour": 7})
    assert 'value="each" checked' in browser.get("/akun").text
    assert chosen(house, "director") == "each"


def test_a_choice_that_there_is_not_is_said_beside_the_field(house: House) -> None:
    browser = signed_in(house, "nurse")
    for form in ({}, {"how": "weekly"}):
        answer = browser.send("/akun/surel", form, page="/akun")
        assert answer.status_code == 422
        assert "Pilih bagaimana Anda menerima surel." in seen(answer)
    assert house.ask("nurse", "POST", "/api/me/mail", json={"how": "weekly"}).status_code in (400, 422)
    assert chosen(house, "nurse") == "each"


def test_a_contact_has_no_digest(house: House) -> None:
    assert house.ask("contact", "POST", "/api/me/mail", json={"how": "daily"}).status_code == 403
