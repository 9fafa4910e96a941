"""A letter that was taken back with its number and is signed anew: of which day it is then, and by whom it may be signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec
import pytest

from tests.circumstances import succeeded
from tests.letters_on_their_way import act, initialled_by, letter, row
from tests.offices import prepared
from tests.stories.test_a_letter_taken_back import unmakeable
from tests.stories.test_a_letter_under_way import intact
from tests.world import World
from workflow.effects import run_due
from workflow.errors import Refused
from workflow.letters.acts import ByHand, Freeze, Initial, Resubmit, SendBack, Sign
from workflow.letters.parts import LetterFrame
from workflow.registry import Registry


@pytest.fixture
def office(database_url: str) -> Iterator[World]:
    """A small office, on SQLite and on PostgreSQL."""
    with prepared(database_url, Registry.discover()) as found:
        yield found.as_new()


@pytest.fixture
def request_of(office: World) -> str:
    """A letter that was signed and numbered, could not be made, and was taken back and mended."""
    request = letter(office, office.road("request_host"))
    unmakeable(office, request)
    act(office, request, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    act(office, request, Resubmit(), "verifier")
    return request


def days_of(office: World, request: str) -> tuple[date, date | None]:
    """The day of a letter in its register, and as it is printed."""
    found = row(office, request)
    return found.dated_on, msgspec.json.decode(found.frame, type=LetterFrame).dated_on


def test_a_letter_signed_anew_is_of_that_day_so_that_nobody_signs_before_their_time(
    office: World, request_of: str
) -> None:
    before = row(office, request_of)
    assert days_of(office, request_of) == (before.dated_on, None)
    office.at += timedelta(days=7)
    succeeded(office, "secretary", "clerk_2")
    act(office, request_of, Sign(), "clerk_2")
    today = office.engine.office.day(office.at)
    assert today > before.dated_on
    assert days_of(office, request_of) == (today, today)
    assert row(office, request_of).number == before.number
    run_due(office.database, office.engine.office, office.at)
    assert row(office, request_of).state == "signed"
    intact(office)


def test_in_another_year_it_is_for_those_to_sign_who_held_the_post_on_its_day(office: World, request_of: str) -> None:
    before = row(office, request_of)
    office.at += timedelta(days=365)
    succeeded(office, "secretary", "clerk_2")
    with pytest.raises(Refused, match="tetap bertanggal itu") as refused:
        act(office, request_of, Sign(), "clerk_2")
    assert "Nyatakan surat ini tidak berlaku" in refused.value.reasons[0].remedy
    assert row(office, request_of).state == "to_sign"
    office.at += timedelta(days=1)
    succeeded(office, "clerk_2", "secretary")
    act(office, request_of, Sign(), "secretary")
    assert days_of(office, request_of) == (before.dated_on, before.dated_on)
    assert row(office, request_of).number == before.number
    intact(office)


def test_a_letter_whose_key_failed_keeps_its_day_for_those_who_are_printed_on_it(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request, other = (letter(office, office.road("request_host", who)) for who in ("nurse", "second_nurse"))
    for each in (request, other):
        act(office, each, Initial(), "agency_chief")
        act(office, each, Freeze(), "secretary")
    before = row(office, request).dated_on
    office.at += timedelta(days=1)
    act(office, request, ByHand(), "secretary")
    assert days_of(office, request) == (before, before)
    succeeded(office, "secretary", "clerk_2")
    act(office, other, ByHand(), "clerk_2")
    assert days_of(office, other) == (before + timedelta(days=1),) * 2
    intact(office)
