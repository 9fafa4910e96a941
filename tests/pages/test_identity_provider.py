"""Signing in by an identity provider, against a real one that runs beside the test."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from api.identity_provider import Provider
from tests.accounts import CHEAP, GOOD, Browser, code_at, nip_of
from tests.api.house import House, Sample, import_sample, served
from workflow.accounts.identity import forget_old
from workflow.database import Database
from workflow.migrations import migrate
from workflow.people import leave
from workflow.tables import accounts, oidc_flows, people

provider_mock = pytest.importorskip("oidc_provider_mock")

# The provider of the tests, and the client that it is asked by, tell in this way what they will drop in years to come.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = tmp_path_factory.mktemp("sample") / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        keys, ids, line = database.write(import_sample)
        nurse = people.c.id == ids["nurse"]
        database.write(lambda c: c.execute(update(people).where(nurse).values(email="kirana@contoh.example")))
    return Sample(path, keys, ids, line)


@pytest.fixture(scope="module")
def issuer(sample: Sample) -> Iterator[str]:
    with closing(Database.open(f"sqlite:///{sample.path}")) as database:
        nip = database.read(nip_of, sample.ids["nurse"])
    users = [
        provider_mock.User(sub="kirana", claims={"nip": nip, "email": "kirana@contoh.example", "email_verified": True}),
        provider_mock.User(sub="lama", claims={"nip": nip, "auth_time": int(time.time()) - 3600}),
        provider_mock.User(sub="belum", claims={"email": "kirana@contoh.example", "email_verified": False}),
        provider_mock.User(sub="asing", claims={"nip": "199912312025031999"}),
        provider_mock.User(sub="kosong", claims={}),
    ]
    with provider_mock.run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(params=["nip"])
def house(sample: Sample, issuer: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    path = tmp_path / "jenjang.db"
    shutil.copy(sample.path, path)
    (tmp_path / "secret").write_text("rahasia-klien\n")
    provider = Provider(issuer, "jenjang", tmp_path / "secret", "Pemkab", request.param)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP, provider=provider) as house:
        yield house


def vouched(browser: Browser, sub: str, path: str = "/masuk/instansi?ke=/akun") -> str:
    """The path by which the browser comes back from the provider, having said there who it is."""
    there = browser.get(path).headers["location"]
    back = httpx.post(there, data={"sub": sub}, trust_env=False).headers["location"]
    parts = urlsplit(back)
    assert parts.path == "/masuk/instansi/jawaban"
    return f"{parts.path}?{parts.query}"


def told(response: httpx.Response) -> str:
    assert response.status_code in (403, 502), response.text
    assert "jenjang=" not in str(response.headers.get_list("set-cookie"))
    return response.text


def test_somebody_whom_the_provider_vouches_for_is_signed_in(house: House) -> None:
    browser = Browser.on(house.client)
    assert "Pemkab" in browser.get("/masuk").text
    asked = parse_qs(urlsplit(browser.get("/masuk/instansi").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    response = browser.get(vouched(browser, "kirana"))
    assert (response.status_code, response.headers["location"]) == (303, "/akun")
    assert "Kirana Maheswari" in browser.get("/akun").text


@pytest.mark.parametrize("house", ["email"], indirect=True)
def test_by_address_only_one_that_the_provider_has_verified_counts(house: House) -> None:
    browser = Browser.on(house.client)
    assert "belum diverifikasi" in told(browser.get(vouched(browser, "belum")))
    assert browser.get(vouched(browser, "kirana")).status_code == 303


def test_nobody_is_made_by_being_vouched_for(house: House) -> None:
    browser = Browser.on(house.client)
    assert "Tidak ada pegawai" in told(browser.get(vouched(browser, "asing")))
    assert "tidak menyebut NIP" in told(browser.get(vouched(browser, "kosong")))


def test_an_answer_is_taken_once_and_only_in_the_browser_that_was_sent(house: House) -> None:
    browser, other = Browser.on(house.client), Browser.on(house.client)
    other.get("/masuk/instansi")
    path = vouched(browser, "kirana")
    assert "tidak dimulai di peramban ini" in told(other.get(path))
    assert browser.get(path).status_code == 303
    assert "tidak dimulai" in told(browser.get(path))


def test_a_token_that_was_made_for_another_sign_in_is_not_believed(house: House) -> None:
    browser = Browser.on(house.client)
    path = vouched(browser, "kirana")
    with closing(house.with_database()) as database:
        database.write(lambda c: c.execute(update(oidc_flows).values(nonce="bukan yang dikirim")))
    assert "tidak menjawab sebagaimana mestinya" in told(browser.get(path))


def test_whoever_catches_the_code_lacks_the_proof_of_its_beginning(house: House) -> None:
    asked = parse_qs(urlsplit(Browser.on(house.client).get("/masuk/instansi").headers["location"]).query)
    with closing(house.with_database()) as database:
        verifier = database.read(lambda c: c.execute(select(oidc_flows.c.verifier)).scalar_one())
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert asked["code_challenge"] == [challenge]
    assert verifier not in str(asked)


def test_who_has_left_is_not_let_in(house: House) -> None:
    with closing(house.with_database()) as database:
        database.write(leave, house.sample.ids["nurse"], house.clock.now().date())
    browser = Browser.on(house.client)
    assert "tercatat keluar" in told(browser.get(vouched(browser, "kirana")))


def test_a_provider_that_is_another_or_does_not_answer_lets_nobody_in(house: House, issuer: str) -> None:
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    for named in (f"{issuer}/", "http://localhost:1"):
        desk.provider = Provider(named, "jenjang")
        told(Browser.on(house.client).get("/masuk/instansi"))
    desk.provider = None
    assert Browser.on(house.client).get("/masuk/instansi").status_code == 404


def test_nothing_is_kept_of_who_never_came_back(house: House) -> None:
    Browser.on(house.client).get("/masuk/instansi")
    with closing(house.with_database()) as database:
        assert len(database.read(lambda c: c.execute(select(oidc_flows)).all())) == 1
        database.write(forget_old, house.clock.now() + timedelta(hours=1))
        assert database.read(lambda c: c.execute(select(oidc_flows)).all()) == []


# --- A first password --------------------------------------------------------------------------------------------------

FIRST = {"password": GOOD, "again": GOOD}


def has_password(house: House) -> bool:
    query = select(accounts.c.password_hash).where(accounts.c.person_id == house.sample.ids["nurse"])
    with closing(house.with_database()) as database:
        return database.read(lambda c: c.execute(query).scalar_one()) is not None


def test_an_open_session_alone_sets_no_first_password(house: House) -> None:
    """The provider knew them from an hour ago, and asked nobody."""
    browser = Browser.on(house.client)
    browser.get(vouched(browser, "lama"))
    refused = browser.send("/akun/sandi", FIRST, page="/akun")
    assert refused.status_code == 422
    assert "Masuklah sekali lagi" in refused.text
    assert not has_password(house)


def test_whoever_has_just_shown_the_provider_who_they_are_sets_a_first_password_within_minutes(house: House) -> None:
    late, browser = Browser.on(house.client), Browser.on(house.client)
    late.get(vouched(late, "kirana"))
    house.clock.set(house.clock.now() + timedelta(minutes=16))
    assert late.send("/akun/sandi", FIRST, page="/akun").status_code == 422
    again = late.get("/masuk/instansi?ke=/akun&ulang=true").headers["location"]
    assert parse_qs(urlsplit(again).query)["prompt"] == ["login"]
    assert "ulang=true" in late.get("/akun").text
    browser.get(vouched(browser, "kirana", "/masuk/instansi?ke=/akun&ulang=true"))
    assert browser.send("/akun/sandi", FIRST, page="/akun").status_code == 303
    assert has_password(house)


def test_a_second_factor_that_was_there_before_lets_a_first_password_be_set_and_one_set_up_just_now_does_not(
    house: House,
) -> None:
    browser = Browser.on(house.client)
    browser.get(vouched(browser, "lama"))
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", browser.get("/akun/faktor-kedua").text)
    assert found
    secret = found.group(1).replace(" ", "")
    set_up = browser.send("/akun/faktor-kedua", {"code": code_at(secret, house.clock.now())})
    assert set_up.status_code == 200
    assert browser.send("/akun/sandi", FIRST, page="/akun").status_code == 422
    assert not has_password(house)
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    again = Browser.on(house.client)
    again.get(vouched(again, "lama"))
    assert again.send("/masuk/faktor-kedua", {"code": code_at(secret, house.clock.now())}).status_code == 303
    assert again.send("/akun/sandi", FIRST, page="/akun").status_code == 303
    assert has_password(house)
