"""A calendar of one's own: at an address that is a secret and can be revoked, in the form of RFC 5545, telling little."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from tests.accounts import Browser
from tests.api.house import House, Sample
from tests.mentoring import meeting
from tests.pages.mentors import DAYS, NOON, TOPICS, a_pair, logged
from tests.pages.people import seen, signed_in
from workflow.people import leave

ZONE = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def at_work(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    with a_pair(sample, tmp_path_factory.mktemp("calendar")) as (house, case):
        logged(house, case)
        house.done(
            "second_nurse",
            case,
            "log_session",
            meeting(date(2026, 3, 25), topic="Rencana belajar", action="Baca pedoman.", action_on="2026-04-07"),
        )
        yield house, case


@pytest.fixture(scope="module")
def house(at_work: tuple[House, str]) -> House:
    return at_work[0]


@pytest.fixture(scope="module")
def case(at_work: tuple[House, str]) -> str:
    return at_work[1]


def address(browser: Browser, do: str = "buat") -> str:
    """Make an address on the page, or another; answers its path."""
    assert browser.send("/kalender", {"do": do}).status_code == 303
    found = re.search(r'href="(/kalender/[0-9a-f]+\.ics)"', browser.get("/kalender").text)
    return found[1] if found else ""


def read(house: House, path: str) -> Any:
    """What a calendar finds, which shows no cookie and no key."""
    answer = house.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    return Calendar.from_ical(answer.content)


def events(calendar: Any) -> dict[str, Any]:
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


@pytest.fixture(scope="module")
def feed(house: House) -> str:
    return address(signed_in(house, "nurse"))


def test_the_feed_is_what_rfc_5545_asks_for(house: House, feed: str) -> None:
    content = house.client.get(feed).content
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    calendar = read(house, feed)
    assert (calendar["version"], calendar["method"], calendar["calscale"]) == ("2.0", "PUBLISH", "GREGORIAN")
    assert calendar["prodid"]
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Jakarta"]
    found = calendar.walk("VEVENT")
    assert len({str(event["uid"]) for event in found}) == len(found) > 4
    for event in found:
        assert str(event["uid"]).endswith("@layanan.kemuning.example")
        assert event["dtstamp"].dt.utcoffset() == timedelta(0)
        assert event["dtstamp"].dt.date() == NOON.date()
        assert event["dtstart"].dt < event["dtend"].dt
        assert type(event["dtstart"].dt) is type(event["dtend"].dt)


def test_it_has_meetings_what_was_agreed_and_what_awaits_one(house: House, case: str, feed: str) -> None:
    found = events(read(house, feed))
    met = [event for event in read(house, feed).walk("VEVENT") if "Pertemuan mentoring" in event["summary"]]
    assert [event["dtstart"].dt.date() for event in met] == [*DAYS, date(2026, 3, 25)]
    assert met[0]["dtstart"].dt == datetime(2026, 3, 13, 8, tzinfo=ZONE)
    assert met[0]["dtstart"].params["TZID"] == "Asia/Jakarta"
    agreed = found[f"Batas waktu tindak lanjut mentoring ({case})"]
    assert (agreed["dtstart"].dt, agreed["dtend"].dt) == (date(2026, 4, 7), date(2026, 4, 8))
    assert found[f"Hari terakhir mentoring ({case})"]["dtstart"].dt == date(2026, 6, 8)
    (task,) = [title for title in found if title.startswith("Tenggat:")]
    assert "Konfirmasi pertemuan" in task
    assert str(found[task]["url"]) == f"https://layanan.kemuning.example/berkas/{case}"


def test_it_tells_no_names_no_numbers_of_people_and_nothing_that_was_written(house: House, feed: str) -> None:
    told = house.client.get(feed).content.replace(b"\r\n ", b"").decode()
    for word in ("Kirana", "Bonaventura", *TOPICS, "Rencana belajar", "pedoman", "Ruang Rapat", "intensif"):
        assert word not in told, word
    assert not re.search(r"\d{18}", told)


def test_things_keep_their_names_while_their_version_rises(house: House, case: str, feed: str) -> None:
    before = {str(event["uid"]): int(event["sequence"]) for event in read(house, feed).walk("VEVENT")}
    house.done("nurse", case, "confirm_session", {"numbers": [1]})
    after = {str(event["uid"]): int(event["sequence"]) for event in read(house, feed).walk("VEVENT")}
    assert after.keys() == before.keys()
    assert all(after[uid] > before[uid] for uid in before)


def test_an_address_is_shown_again_replaced_and_revoked(house: House) -> None:
    mentor = signed_in(house, "second_nurse")
    assert "belum mempunyai alamat kalender" in seen(mentor.get("/kalender"))
    first = address(mentor)
    assert house.read("second_nurse", "/api/me/calendar")["path"] == first
    second = address(mentor)
    assert second != first
    assert (house.client.get(first).status_code, house.client.get(second).status_code) == (404, 200)
    assert address(mentor, "cabut") == ""
    assert house.client.get(second).status_code == 404
    assert "sudah dicabut" in seen(mentor.get("/kalender?dicabut=1"))


def test_no_other_address_opens_anything(house: House, feed: str) -> None:
    token = feed.removeprefix("/kalender/").removesuffix(".ics")
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    for name in (f"{other}.ics", f"{token[:32]}.ics", token, f"{token.upper()}.ics", "x.ics", f"{'0' * 72}.ics"):
        assert house.client.get(f"/kalender/{name}").status_code == 404, name


def test_a_partner_has_no_calendar_and_who_has_left_has_none_any_more(house: House) -> None:
    contact = signed_in(house, "contact")
    assert contact.send("/kalender", {"do": "buat"}, page="/kalender").status_code == 403
    gone = address(signed_in(house, "stranger"))
    assert house.client.get(gone).status_code == 200
    with closing(house.with_database()) as database:
        database.write(leave, house.sample.ids["stranger"], house.clock.now().astimezone(UTC).date())
    assert house.client.get(gone).status_code == 404
