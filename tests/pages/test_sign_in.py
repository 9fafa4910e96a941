"""Signing in over HTTP, as browsers do it: who gets in, who does not, and what a thief or a scanner gets."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select

from api.pages.entrance import path_of_ours
from api.security import PUBLIC
from tests.accounts import CHEAP, GOOD, Browser, code_at, give_factor, give_password, give_session, nip_of
from tests.api.house import MONDAY, House, Sample, import_sample, served
from workflow.accounts import tickets
from workflow.accounts.safe import Safe
from workflow.database import Database
from workflow.migrations import migrate
from workflow.people import issue_key, leave
from workflow.tables import api_keys


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, imported, its nurse with a password."""
    path = tmp_path_factory.mktemp("sample") / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        keys, ids, line = database.write(import_sample)
        for who in ("nurse", "secretary", "administrator"):
            database.write(give_password, ids[who], MONDAY)
    return Sample(path, keys, ids, line)


@pytest.fixture
def house(sample: Sample, tmp_path: Path) -> Iterator[House]:
    """The office, as new for each test."""
    path = tmp_path / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser.on(house.client)


@pytest.fixture
def office(house: House) -> Iterator[Callable[..., Any]]:
    """Does something in the database beside the server."""
    with closing(house.with_database()) as database:
        yield database.write


def nip(house: House, who: str) -> str:
    with closing(house.with_database()) as database:
        return database.read(nip_of, house.sample.ids[who])


def safe(house: House) -> Safe:
    return Safe.of(house.address)


def token_for(house: House, who: str, **more: Any) -> str:
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    with closing(house.with_database()) as database:
        return database.write(
            lambda c: give_session(c, desk.engine(c).office, house.sample.ids[who], house.clock.now(), **more)
        )


# --- In and out ----------------------------------------------------------------------------------------------------------


def test_somebody_signs_in_and_sees_their_account_and_out_again(house: House, browser: Browser) -> None:
    response = browser.sign_in(nip(house, "nurse"))
    assert (response.status_code, response.headers["location"]) == (303, "/akun")
    shown = browser.get("/akun")
    assert shown.status_code == 200
    assert "Kirana Maheswari" in shown.text
    assert "sesi ini" in shown.text
    assert browser.send("/keluar", {}, page="/akun").headers["location"] == "/masuk"
    assert browser.get("/akun").headers["location"] == "/masuk?ke=%2Fakun"


def test_unknown_and_wrong_are_answered_in_the_same_words(house: House) -> None:
    def told(name: str, password: str) -> tuple[int, str]:
        response = Browser.on(house.client).sign_in(name, password)
        assert "set-cookie" not in response.headers
        text = re.sub(r'name="_csrf_token" value="[^"]+"', "", response.text)
        return response.status_code, text.replace(name, "NAMA")

    wrong = told(nip(house, "nurse"), "bukan kata sandinya")
    assert wrong[0] == 422
    assert told("199912312025031999", "bukan kata sandinya") == wrong
    assert told(nip(house, "stranger"), "bukan kata sandinya") == wrong
    assert told(nip(house, "nurse"), "x" * 300) == wrong


def test_a_field_left_empty_is_named_beside_it_and_on_top(browser: Browser) -> None:
    response = browser.sign_in("", "")
    assert response.status_code == 422
    assert "<title>Kesalahan: Masuk" in response.text
    assert 'href="#name"' in response.text
    assert 'id="password-error"' in response.text


def test_who_has_left_is_told_so_only_with_the_right_password(
    house: House, browser: Browser, office: Callable[..., Any]
) -> None:
    name = nip(house, "nurse")
    office(leave, house.sample.ids["nurse"], MONDAY.date())
    assert "tercatat keluar" not in browser.sign_in(name, "bukan kata sandinya").text
    response = browser.sign_in(name)
    assert response.status_code == 403
    assert "tercatat keluar" in response.text


def test_a_guesser_is_slowed_but_not_a_browser_that_has_signed_in_before(house: House, browser: Browser) -> None:
    name, stranger = nip(house, "nurse"), Browser.on(house.client)
    assert browser.sign_in(name).status_code == 303
    answers = [stranger.sign_in(name, "salah terus menerus") for _ in range(7)]
    assert answers[4].status_code == 422
    assert answers[6].status_code == 429
    assert int(answers[6].headers["retry-after"]) >= 1
    assert stranger.sign_in(name).status_code == 429
    assert browser.sign_in(name).status_code == 303
    house.clock.set(house.clock.now() + timedelta(minutes=15))
    assert stranger.sign_in(name).status_code == 303


def test_two_are_signed_in_at_once_and_one_ends_the_other(house: House, browser: Browser) -> None:
    other = Browser.on(house.client)
    for each in (browser, other):
        each.sign_in(nip(house, "nurse"))
    ids = re.findall(r'action="/akun/sesi/([^"]+)"', browser.get("/akun").text)
    assert len(ids) == 2
    assert browser.send("/akun/sesi", {}, page="/akun").status_code == 303
    assert other.get("/akun").status_code == 303
    assert browser.get("/akun").status_code == 200
    browser.send(f"/akun/sesi/{ids[0]}", {}, page="/akun")
    stranger = Browser.on(house.client)
    stranger.take(token_for(house, "second_nurse"))
    (mine,) = re.findall(r'action="/akun/sesi/([^"]+)"', stranger.get("/akun").text)
    browser.sign_in(nip(house, "nurse"))
    assert browser.send(f"/akun/sesi/{mine}", {}, page="/akun").status_code == 404
    assert stranger.get("/akun").status_code == 200


def test_a_stolen_token_is_worth_nothing_after_its_owner_has_left(house: House, browser: Browser) -> None:
    browser.sign_in(nip(house, "nurse"))
    thief = Browser.on(house.client)
    thief.take(browser.client.cookies["jenjang"])
    assert thief.get("/akun").status_code == 200
    browser.send("/keluar", {}, page="/akun")
    assert thief.get("/akun").status_code == 303


def test_signing_in_again_ends_the_session_before_and_gives_a_new_token(house: House, browser: Browser) -> None:
    browser.sign_in(nip(house, "nurse"))
    before = browser.client.cookies["jenjang"]
    browser.sign_in(nip(house, "nurse"))
    assert browser.client.cookies["jenjang"] != before
    thief = Browser.on(house.client)
    thief.take(before)
    assert thief.get("/akun").status_code == 303


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/akun?a=1", "/akun?a=1"),
        ("https://jahat.example/", "/"),
        ("//jahat.example", "/"),
        ("/\\jahat.example", "/"),
        ("/a\\b", "/"),
        ("/\t/jahat.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/akun\r\nSet-Cookie: a=b", "/"),
        ("/keluar", "/"),
        ("/masuk?ke=/masuk", "/"),
        ("", "/"),
        ("/" + "x" * 600, "/"),
    ],
)
def test_after_signing_in_nobody_is_sent_to_another_host(asked: str, goes: str) -> None:
    assert path_of_ours(asked) == goes


def test_where_to_go_is_kept_from_the_address_to_the_answer(house: House, browser: Browser) -> None:
    assert 'value="/akun?x=1"' in browser.get("/masuk?ke=/akun%3Fx%3D1").text
    assert 'name="to" value="/"' in browser.get("/masuk?ke=//jahat.example").text
    assert browser.sign_in(nip(house, "nurse"), to="//jahat.example").headers["location"] == "/"


# --- Forms and cookies -----------------------------------------------------------------------------------------------------


def test_a_form_without_its_token_or_from_elsewhere_does_nothing(house: House, browser: Browser) -> None:
    name = nip(house, "nurse")
    browser.get("/masuk")
    assert browser.client.post("/masuk", data={"name": name, "password": GOOD}).status_code == 403
    assert (
        browser.client.post("/masuk", data={"name": name, "password": GOOD, "_csrf_token": "x" * 128}).status_code
        == 403
    )
    for site in ("cross-site", "same-site"):
        browser.headers = {"Sec-Fetch-Site": site}
        assert browser.sign_in(name).status_code == 403
    browser.headers = {"Sec-Fetch-Site": "same-origin"}
    assert browser.sign_in(name).status_code == 303
    assert browser.client.post("/akun/sesi").status_code == 403


def test_cookies_are_kept_from_scripts_from_other_hosts_and_from_unencrypted_lines(house: House) -> None:
    for host, name, secure in (
        ("http://localhost", "jenjang", False),
        ("https://layanan.kemuning.example", "__Host-jenjang", True),
        ("https://localhost.jahat.example", "__Host-jenjang", True),
    ):
        browser = Browser.on(house.client, host)
        shown = browser.get("/masuk")
        assert ("secure" in shown.headers["set-cookie"].lower()) is secure
        cookies = browser.sign_in(nip(house, "nurse")).headers.get_list("set-cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == [name, f"{name}-peramban"]
        for cookie in (*cookies, shown.headers["set-cookie"]):
            said = cookie.lower().replace(" ", "")
            assert ("httponly" in said, "path=/" in said, "samesite=lax" in said) == (True, True, True)
            assert ("secure" in said, "domain=" in said) == (secure, False)


def test_a_browser_behind_a_proxy_without_encryption_still_gets_cookies_for_encrypted_lines_only(house: House) -> None:
    response = Browser.on(house.client, "http://layanan.kemuning.example").get("/masuk")
    assert "secure" in response.headers["set-cookie"].lower()


def test_an_unencrypted_name_of_the_cookie_counts_for_nothing_elsewhere(house: House) -> None:
    browser = Browser.on(house.client, "https://layanan.kemuning.example")
    token = token_for(house, "nurse")
    browser.client.cookies.set("jenjang", token, domain="layanan.kemuning.example", path="/")
    assert browser.get("/akun").status_code == 303
    browser.client.cookies.set("__Host-jenjang", token, domain="layanan.kemuning.example", path="/")
    assert browser.get("/akun").status_code == 200


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("http://localhost:8080", True),
        ("http://192.0.2.7", True),
        ("https://Jenjang.Example:443", True),
        ("https://layanan.kemuning.example", True),  # of its profile
        ("https://elsewhere.example", False),
        ("http://localhost.kemuning.example", False),
        ("http://jenjang.example.kemuning.example", False),
    ],
)
def test_a_name_that_is_none_of_ours_is_answered_with_nothing(house: House, asked: str, answered: bool) -> None:
    state = house.client.app.state  # type: ignore[attr-defined] # the test client's
    state["hosts"] = ("jenjang.example",)
    try:
        pages = [Browser.on(house.client, asked).get(path).status_code for path in ("/masuk", "/api/docs", "/health")]
    finally:
        state["hosts"] = None
    assert pages == ([200, 200, 200] if answered else [400, 400, 200])


def test_nobody_begins_to_sign_in_elsewhere_without_end(house: House) -> None:
    browser = Browser.on(house.client)
    answers = [browser.get("/masuk/instansi").status_code for _ in range(121)]
    assert (answers[0], answers[-1]) == (404, 429)  # there is no provider here; it is counted all the same


def test_a_session_opens_no_api_and_a_key_no_page(house: House, browser: Browser) -> None:
    browser.take(token_for(house, "nurse"))
    assert browser.get("/api/me").status_code == 401
    answer = Browser.on(house.client).client.get(
        "/akun", headers={"Authorization": f"Bearer {house.sample.keys['nurse']}"}
    )
    assert answer.status_code == 303


def test_every_page_but_the_public_ones_needs_a_session(house: House) -> None:
    stranger, walked = Browser.on(house.client), 0
    for route in house.client.app.routes:  # type: ignore[attr-defined] # the test client's
        path = getattr(route, "path_format", "")
        if not isinstance(route, HTTPRoute) or path in PUBLIC or path.startswith(("/api/", "/demo/")):
            continue
        if path.startswith("/mitra/{token"):  # the link is what opens it
            continue
        filled = re.sub(r"\{[^}]+\}", "x", path)
        if "GET" in route.methods:
            response = stranger.get(filled)
            assert response.status_code == 303, path
            assert response.headers["location"].startswith("/masuk?ke="), path
        if "POST" in route.methods:
            response = stranger.send(filled, {"reason": "Alasan <b>saya</b>", "password": "rahasia"}, page="/masuk")
            assert response.status_code == 401, path
        walked += 1
    assert walked >= 7


def test_what_was_typed_before_the_session_ended_is_kept_and_sent_again(house: House, browser: Browser) -> None:
    browser.take(token_for(house, "nurse"))
    browser.get("/akun")
    house.clock.set(house.clock.now() + timedelta(hours=2))
    response = browser.send("/akun/sesi", {"reason": 'Ke "RS" <Telaga>', "password": "rahasia"}, page="/masuk")
    assert response.status_code == 401
    assert "Ke &#34;RS&#34; &lt;Telaga&gt;" in response.text
    assert "rahasia" not in response.text
    assert 'action="/akun/sesi"' in response.text
    browser.take(token_for(house, "nurse"))
    token = re.search(r'name="_csrf_token" value="([^"]+)"', response.text)
    assert token
    assert browser.client.post("/akun/sesi", data={"_csrf_token": token.group(1)}).status_code == 303


def test_pages_are_kept_by_nobody_and_may_run_nothing_inline(browser: Browser) -> None:
    headers = browser.get("/masuk").headers
    assert headers["cache-control"] == "no-store"
    assert "unsafe" not in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]


# --- The second factor -----------------------------------------------------------------------------------------------------


def test_an_administrator_sets_up_a_second_factor_before_anything_else(house: House, browser: Browser) -> None:
    assert browser.sign_in(nip(house, "administrator")).status_code == 303
    limited = browser.client.cookies["jenjang"]
    assert browser.get("/akun").headers["location"] == "/masuk/faktor-kedua?ke=%2Fakun"
    setting_up = browser.get("/masuk/faktor-kedua?ke=/akun")
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", setting_up.text)
    assert secret
    picture = browser.get("/masuk/faktor-kedua.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert browser.send("/masuk/faktor-kedua", {"code": "000000", "to": "/akun"}).status_code == 422
    done = browser.send(
        "/masuk/faktor-kedua", {"code": code_at(secret.group(1).replace(" ", ""), house.clock.now()), "to": "/akun"}
    )
    assert done.status_code == 200
    assert len(re.findall(r"<code>[0-9A-Z]{5}-[0-9A-Z]{5}</code>", done.text)) == 10
    assert browser.get("/akun").status_code == 200
    assert secret.group(1) not in browser.get("/akun").text
    thief = Browser.on(house.client)
    thief.take(limited)
    assert thief.get("/akun").headers["location"].startswith("/masuk?ke=")


def test_a_code_is_asked_for_at_each_sign_in_and_taken_once(
    house: House, browser: Browser, office: Callable[..., Any]
) -> None:
    secret, codes = office(give_factor, safe(house), house.sample.ids["nurse"], house.clock.now())
    code = code_at(secret, house.clock.now())
    browser.sign_in(nip(house, "nurse"))
    assert browser.get("/akun").headers["location"].startswith("/masuk/faktor-kedua")
    assert secret not in browser.get("/masuk/faktor-kedua").text
    assert browser.get("/masuk/faktor-kedua.svg").status_code == 409
    done = browser.send("/masuk/faktor-kedua", {"code": code, "to": "//jahat.example"})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.get("/akun").status_code == 200
    again = Browser.on(house.client)
    again.sign_in(nip(house, "nurse"))
    replayed = again.send("/masuk/faktor-kedua", {"code": code})
    assert replayed.status_code == 422
    assert "sudah dipakai" in replayed.text
    assert again.get("/akun").status_code == 303
    assert again.send("/masuk/faktor-kedua", {"code": codes[0]}).status_code == 303
    assert again.get("/akun").status_code == 200


def test_guessing_codes_is_slowed(house: House, browser: Browser, office: Callable[..., Any]) -> None:
    office(give_factor, safe(house), house.sample.ids["nurse"], house.clock.now())
    browser.sign_in(nip(house, "nurse"))
    answers = [browser.send("/masuk/faktor-kedua", {"code": f"{number:06}"}).status_code for number in range(7)]
    assert answers[:5] == [422] * 5
    assert answers[6] == 429


def test_a_second_factor_is_replaced_only_with_a_code_of_the_one_there_is(
    house: House, browser: Browser, office: Callable[..., Any]
) -> None:
    now = house.clock.now()
    secret, _ = office(give_factor, safe(house), house.sample.ids["nurse"], now)
    browser.take(token_for(house, "nurse"))
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", browser.get("/akun/faktor-kedua").text)
    assert found
    new = found.group(1).replace(" ", "")
    assert new != secret
    sent = {"current": "000000", "code": code_at(new, now)}
    assert browser.send("/akun/faktor-kedua", sent).status_code == 422
    assert browser.send("/akun/faktor-kedua", {**sent, "current": code_at(secret, now)}).status_code == 200
    later = house.clock.now() + timedelta(seconds=60)
    house.clock.set(later)
    renewed = browser.send("/akun/kode-pemulihan", {"code": code_at(new, later)}, page="/akun")
    assert renewed.status_code == 200
    assert len(re.findall(r"<code>[0-9A-Z]{5}-[0-9A-Z]{5}</code>", renewed.text)) == 10


# --- Setting a password ----------------------------------------------------------------------------------------------------


def test_a_link_that_a_scanner_follows_five_times_still_activates_once(
    house: House, browser: Browser, office: Callable[..., Any]
) -> None:
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    who = house.sample.ids["second_nurse"]
    code = office(lambda c: tickets.print_code(c, desk.engine(c).office, safe(house), who, house.clock.now()))
    path = f"/aktivasi/{code}"
    for _ in range(5):
        assert "Bonaventura Seran" in Browser.on(house.client).get(path).text
    assert browser.get(f"/aktivasi?kode={code}").headers["location"] == path
    different = browser.send(path, {"password": GOOD, "again": "lain"})
    assert different.status_code == 422
    assert "tidak sama" in different.text
    assert browser.send(path, {"password": "pendek", "again": "pendek"}).status_code == 422
    assert browser.send(path, {"password": GOOD, "again": GOOD}).status_code == 200
    assert browser.get(path).status_code == 404
    assert browser.sign_in(nip(house, "second_nurse")).status_code == 303


def test_a_link_that_has_expired_or_never_was_is_answered_alike(
    house: House, browser: Browser, office: Callable[..., Any]
) -> None:
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    who = house.sample.ids["second_nurse"]
    code = office(lambda c: tickets.print_code(c, desk.engine(c).office, safe(house), who, house.clock.now()))
    form = browser.get(f"/aktivasi/{code}")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', form.text)
    assert token
    house.clock.set(house.clock.now() + timedelta(days=3))
    sent = {"_csrf_token": token.group(1), "password": GOOD, "again": GOOD}
    late, never = (browser.client.post(f"/aktivasi/{each}", data=sent) for each in (code, "K7QF-2M9X-0RTB"))
    assert (late.status_code, never.status_code) == (404, 404)
    assert late.text.replace(code, "KODE") == never.text.replace("K7QF-2M9X-0RTB", "KODE")
    assert "Bonaventura" not in late.text


def test_trying_codes_is_slowed(browser: Browser) -> None:
    answers = [browser.get(f"/aktivasi/AAAA-BBBB-{number:04}").status_code for number in range(55)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_whole_office_activates_its_accounts_from_one_network(
    house: House, browser: Browser, office: Callable[..., Any]
) -> None:
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    who = house.sample.ids["second_nurse"]
    code = office(lambda c: tickets.print_code(c, desk.engine(c).office, safe(house), who, house.clock.now()))
    assert {browser.get(f"/aktivasi/{code}").status_code for _ in range(55)} == {200}


def test_asking_for_a_link_is_answered_alike_for_anybody(house: House, browser: Browser) -> None:
    answers = {
        browser.send("/lupa-sandi", {"name": name}).text for name in (nip(house, "nurse"), "tak@dikenal.example")
    }
    assert len(answers) == 1
    assert browser.send("/lupa-sandi", {"name": " "}).status_code == 422


def test_a_changed_password_ends_every_other_session(house: House, browser: Browser) -> None:
    other, name = Browser.on(house.client), nip(house, "nurse")
    for each in (browser, other):
        each.sign_in(name)
    new = "gerobak ungu melintas kabut"
    wrong = {"current": "bukan", "password": new, "again": new}
    assert browser.send("/akun/sandi", wrong, page="/akun").status_code == 422
    weak = {"current": GOOD, "password": "kirana maheswari", "again": "kirana maheswari"}
    assert browser.send("/akun/sandi", weak, page="/akun").status_code == 422
    assert other.get("/akun").status_code == 200
    assert browser.send("/akun/sandi", {**wrong, "current": GOOD}, page="/akun").status_code == 303
    assert browser.get("/akun").status_code == 200
    assert other.get("/akun").status_code == 303
    assert other.sign_in(name).status_code == 422
    assert other.sign_in(name, new).status_code == 303


# --- Keys that would outlive a password --------------------------------------------------------------------------------


def keys_of(house: House, who: str) -> dict[str, bool]:
    """The uses of somebody's keys, and whether each is still good."""
    query = select(api_keys.c.label, api_keys.c.revoked_at).where(api_keys.c.person_id == house.sample.ids[who])
    with closing(house.with_database()) as database:
        return {row.label: row.revoked_at is None for row in database.read(lambda c: c.execute(query).all())}


def with_keys(house: House, who: str) -> dict[str, bool]:
    """Somebody has a key that reads and one that acts besides the one of these tests."""
    with closing(house.with_database()) as database:
        for label, scopes in (("Absensi", "read"), ("SIMPEG", "act")):
            database.write(issue_key, house.sample.ids[who], label, scopes, house.clock.now())
    return keys_of(house, who)


def test_whoever_changes_a_password_sees_the_keys_that_stay_and_may_revoke_them_all(
    house: House, browser: Browser
) -> None:
    assert all(with_keys(house, "nurse").values())
    browser.sign_in(nip(house, "nurse"))
    shown = browser.get("/akun").text
    assert "Absensi" in shown
    assert "SIMPEG" in shown
    new = "gerobak ungu melintas kabut"
    form = {"current": GOOD, "password": new, "again": new}
    assert browser.send("/akun/sandi", form, page="/akun").status_code == 303
    assert all(keys_of(house, "nurse").values())
    form = {"current": new, "password": GOOD, "again": GOOD, "revoke_keys": "true"}
    assert browser.send("/akun/sandi", form, page="/akun").status_code == 303
    assert not any(keys_of(house, "nurse").values())
    assert house.get("nurse", "/api/me").status_code == 401


def test_whoever_ends_their_other_sessions_may_revoke_their_keys_with_them(house: House, browser: Browser) -> None:
    with_keys(house, "nurse")
    browser.sign_in(nip(house, "nurse"))
    other = Browser.on(house.client)
    other.sign_in(nip(house, "nurse"))
    assert browser.send("/akun/sesi", {}, page="/akun").status_code == 303
    assert all(keys_of(house, "nurse").values())
    assert browser.send("/akun/sesi", {"revoke_keys": "true"}, page="/akun").status_code == 303
    assert not any(keys_of(house, "nurse").values())


@pytest.mark.parametrize(("sent", "left"), [({}, {"Absensi"}), ({"revoke_keys": "true"}, set())])
def test_a_password_set_by_a_link_always_ends_the_keys_that_act(
    house: House, browser: Browser, office: Callable[..., Any], sent: dict[str, str], left: set[str]
) -> None:
    with_keys(house, "nurse")
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    who = house.sample.ids["nurse"]
    code = office(lambda c: tickets.print_code(c, desk.engine(c).office, safe(house), who, house.clock.now()))
    asked = browser.get(f"/aktivasi/{code}").text
    assert "3 kunci API" in asked
    assert re.search(r'name="revoke_keys"[^>]* checked', asked)
    assert browser.send(f"/aktivasi/{code}", {"password": GOOD, "again": GOOD, **sent}).status_code == 200
    assert {label for label, good in keys_of(house, "nurse").items() if good} == left
    assert house.get("nurse", "/api/me").status_code == 401  # that one acts too


def test_an_administrator_who_ends_somebody_s_sessions_is_told_how_many_keys_are_still_good(house: House) -> None:
    number = len(with_keys(house, "nurse"))
    path = f"/api/people/{house.sample.ids['nurse']}/account/sessions/end"
    assert house.ask("administrator", "POST", path).json() == {"ended": 0, "valid_keys": number}
