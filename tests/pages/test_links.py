"""The page of a case's links: who may keep them, what is sent how, and that nothing of a link is told unless it is sent."""

from __future__ import annotations

import html
import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from sqlalchemy import select

from tests.accounts import CHEAP, Browser
from tests.api.house import House, Sample, import_sample, served
from tests.pages.people import seen, signed_in
from workflow.database import Database
from workflow.links.tokens import code_of, token_of
from workflow.migrations import migrate
from workflow.tables import effects, link_shares


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("links")
    path, copy = folder / "sample.db", folder / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        sample = Sample(path, *database.write(import_sample))
    shutil.copy(path, copy)
    with served(sample, f"sqlite:///{copy}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """The number of a case that waits for its host."""
    return str(house.read("nurse", f"/api/cases/{house.road('request_host')}")["reference"])


@pytest.fixture(scope="module")
def verifier(house: House, case: str) -> Browser:  # noqa: ARG001 - signed in once the case is there
    return signed_in(house, "verifier")


@pytest.fixture
def link(house: House, case: str) -> str:
    """The id of the contact's link."""
    made = house.client.post(
        f"/api/cases/{case}/links",
        json={"person": house.sample.ids["contact"]},
        headers={"Authorization": f"Bearer {house.sample.keys['verifier']}"},
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def opened_by(house: House, link: str) -> tuple[str, str]:
    """The token and the code of a link, which nobody is told but by sending it."""
    safe = house.client.app.state.desk.safe  # type: ignore[attr-defined] # the test client's
    return token_of(safe, link), code_of(safe, link)


def all_of(house: House, query: object) -> list[tuple[object, ...]]:
    with closing(house.with_database()) as database:
        return database.read(lambda conn: [tuple(row) for row in conn.execute(query)])  # type: ignore[call-overload]


def post(browser: Browser, path: str, page: str, **form: str) -> httpx.Response:
    return browser.send(path, form, page=page)


def test_an_officer_makes_a_link_for_the_contact_once(house: House, case: str, verifier: Browser) -> None:
    path = f"/berkas/{case}/tautan"
    page = verifier.get(path)
    assert "dr. Respati Danurwendo, Sp.PD." in seen(page)
    done = post(verifier, path, path, person=house.sample.ids["contact"])
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?dibuat=1")
    after = seen(verifier.get(f"{path}?dibuat=1"))
    assert "Tautan sudah dibuat." in after
    assert "Belum" in after
    assert "Berlaku sampai 10 Mei 2026" in after
    # Whoever has a link that is good is not offered another.
    assert re.search(r'name="person"', verifier.get(path).text) is None


def test_what_opens_a_link_is_told_only_when_it_is_sent_and_that_is_on_record_first(
    house: House, case: str, verifier: Browser, link: str
) -> None:
    path = f"/berkas/{case}/tautan"
    token, code = opened_by(house, link)
    assert not {token, code} & set(re.findall(r"[\w-]+", verifier.get(path).text))
    assert token not in str(house.read("verifier", f"/api/cases/{case}/links"))
    before = len(all_of(house, select(link_shares.c.id)))
    sent = post(verifier, f"{path}/{link}/kirim", path, channel="whatsapp")
    assert sent.status_code == 200
    (href,) = re.findall(r'href="(https://wa\.me/[^"]+)" target="_blank" rel="noopener noreferrer"', sent.text)
    assert token in href
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", sent.text, re.DOTALL)
    assert f"https://layanan.kemuning.example/mitra/{token}\n" in html.unescape(text)
    assert code in text
    copied = post(verifier, f"{path}/{link}/kirim", path, channel="copied")
    assert "wa.me" not in copied.text
    shares = all_of(house, select(link_shares.c.channel, link_shares.c.by).order_by(link_shares.c.id))[before:]
    assert shares == [("whatsapp", house.sample.ids["verifier"]), ("copied", house.sample.ids["verifier"])]
    assert "WhatsApp, oleh" in seen(verifier.get(path))


def test_the_case_leads_to_its_links_for_whoever_may_keep_them(house: House, case: str, verifier: Browser) -> None:
    way = f'href="/berkas/{case}/tautan"'
    assert way in verifier.get(f"/berkas/{case}").text
    assert way not in signed_in(house, "nurse").get(f"/berkas/{case}").text


def test_mail_is_sent_again_by_the_service(house: House, case: str, verifier: Browser, link: str) -> None:
    path = f"/berkas/{case}/tautan"
    owed = len(all_of(house, select(effects.c.id).where(effects.c.subject_id == house.sample.ids["contact"])))
    done = post(verifier, f"{path}/{link}/kirim", path, channel="mail")
    assert done.headers["location"] == f"{path}?dikirim=1"
    payloads = all_of(house, select(effects.c.payload).where(effects.c.subject_id == house.sample.ids["contact"]))
    assert len(payloads) == owed + 1
    assert opened_by(house, link)[0] not in str(payloads)


def test_a_link_is_ended_with_a_reason_and_not_without(house: House, case: str, verifier: Browser, link: str) -> None:
    path = f"/berkas/{case}/tautan"
    page = post(verifier, f"{path}/{link}/cabut", path, reason=" ")
    assert page.status_code == 422
    assert "Isi alasan pencabutan tautan" in seen(page)
    assert "<title>Kesalahan: " in page.text
    done = post(verifier, f"{path}/{link}/cabut", path, reason="Narahubung berganti tugas.")
    assert done.headers["location"] == f"{path}?dicabut=1"
    assert "Narahubung berganti tugas." in seen(verifier.get(path))
    late = post(verifier, f"{path}/{link}/kirim", path, channel="copied")
    assert late.status_code == 409
    assert opened_by(house, link)[0] not in late.text
    assert house.client.get(f"/mitra/{opened_by(house, link)[0]}").status_code == 410


def test_whoever_sees_the_case_but_records_no_answers_is_told_whose_links_are(
    house: House, case: str, link: str
) -> None:
    token, _ = opened_by(house, link)
    for who in ("nurse", "nursing_head", "contact"):
        browser = signed_in(house, who)
        page = browser.get(f"/berkas/{case}/tautan")
        assert page.status_code == 403, who
        assert token not in page.text
        denied = browser.send(f"/berkas/{case}/tautan/{link}/kirim", {"channel": "copied"}, page="/akun")
        assert denied.status_code == 403, who
        assert token not in denied.text
    for who in ("second_nurse", "other_contact", "stranger"):
        assert signed_in(house, who).get(f"/berkas/{case}/tautan").status_code == 404, who
    made = house.client.post(
        f"/api/cases/{case}/links/{link}/share",
        json={"channel": "copied"},
        headers={"Authorization": f"Bearer {house.sample.keys['nurse']}"},
    )
    assert made.status_code == 403


def test_a_link_is_nobodys_but_of_its_case(house: House, case: str, verifier: Browser, link: str) -> None:
    other = house.read("second_nurse", f"/api/cases/{house.open('second_nurse')}")["reference"]
    path = f"/berkas/{case}/tautan"
    assert post(verifier, f"/berkas/{other}/tautan/{link}/kirim", path, channel="copied").status_code == 404
    assert post(verifier, f"/berkas/{other}/tautan/{link}/cabut", path, reason="Keliru.").status_code == 404


def test_a_link_opens_the_partners_page_without_cookie_or_header_and_neither_counts_there(
    house: House, link: str
) -> None:
    token, _ = opened_by(house, link)
    fresh = httpx.Client(transport=house.client._transport, base_url=house.client.base_url)
    assert fresh.get(f"/mitra/{token}").status_code == 200
    forged = f"{token[:-3]}{'A' if token[-3] != 'A' else 'B'}{token[-2:]}"
    assert signed_in(house, "contact").get(f"/mitra/{forged}").status_code == 404
    key = {"Authorization": f"Bearer {house.sample.keys['contact']}"}
    assert fresh.get(f"/mitra/{forged}", headers=key).status_code == 404
    assert fresh.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    fresh.cookies.set("jenjang", token)
    assert fresh.get("/").status_code == 303


def test_a_scanner_that_opens_a_link_five_times_changes_nothing_but_that_it_was_opened(
    house: House, case: str, link: str
) -> None:
    token, _ = opened_by(house, link)
    before = house.read("contact", f"/api/cases/{case}")
    for _ in range(5):
        assert house.client.get(f"/mitra/{token}").status_code == 200
        assert house.client.head(f"/mitra/{token}").status_code in (200, 405)
    assert house.read("contact", f"/api/cases/{case}") == before
    page = seen(signed_in(house, "verifier").get(f"/berkas/{case}/tautan"))
    assert "Dibuka 2 Maret 2026" in page


def test_no_log_keeps_what_opens_a_link(
    house: House, link: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token, _ = opened_by(house, link)

    def broken(*_: object) -> None:
        raise RuntimeError("putus")

    monkeypatch.setattr("workflow.links.links.still_opens", broken)
    with caplog.at_level(logging.DEBUG):
        assert house.client.get(f"/mitra/{token}").status_code == 500
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name == "jenjang")
    assert "GET /mitra/{token" in ours
    assert token not in ours
