"""A letter that was taken back with its number and is signed anew: of which day it is then, and by whom it may be signed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tests.circumstances import succeeded
from tests.letters_on_their_way import act, clerk_for, external, initialled_by, letter, numbered_as, row
from tests.offices import change
from tests.registers import numbered_letter
from tests.stories.test_a_letter_taken_back import unmakeable
from tests.stories.test_a_letter_under_way import intact
from tests.world import World
from workflow.effects import run_due
from workflow.errors import Refused
from workflow.letters.acts import ByHand, Freeze, Initial, Insert, Resubmit, SendBack, Sign
from workflow.letters.parts import LetterFrame
from workflow.tables import effects, events, letter_cases, registers, void_numbers
from workflow.verification.registers import look_at_registers


@pytest.fixture
def office(world: World) -> World:
    """A small office, on SQLite and on PostgreSQL."""
    return world


@pytest.fixture
def request_of(office: World) -> str:
    """A letter that was signed and numbered, could not be made, and was taken back and mended."""
    assert office.roads
    return office.roads.walked(office, "taken back and mended", lambda: mended(office))


def mended(office: World) -> str:
    """The same, where something else than usual was agreed about letters before."""
    request = letter(office, office.road("request_host"))
    unmakeable(office, request)
    act(office, request, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    act(office, request, Resubmit(), "verifier")
    return request


def told(office: World, case: str) -> list[dict[str, Any]]:
    """What the events of a case tell of acts on its letters."""
    found = office.all(select(events.c.payload).where(events.c.case_id == case).order_by(events.c.sequence))
    payloads = [json.loads(each.payload) for each in found]
    return [each for each in payloads if each.get("letter")]


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


def void(office: World) -> list[tuple[int, int, str]]:
    """The numbers without a letter: year, number and reason."""
    return [(each.year, each.number, each.reason) for each in office.all(select(void_numbers))]


MONTHLY = "{klasifikasi}/{urut:000}/{unit}/{bulan:romawi}/{tahun}"


def test_in_another_year_it_gets_a_number_of_that_year_and_the_one_before_is_void(
    office: World, request_of: str
) -> None:
    before = row(office, request_of)
    office.at += timedelta(days=365)
    succeeded(office, "secretary", "clerk_2")
    act(office, request_of, Sign(), "clerk_2")
    today, now = office.engine.office.day(office.at), row(office, request_of)
    assert days_of(office, request_of) == (today, today)
    assert (now.register, now.register_year, now.register_number) == (before.register, today.year, 1)
    assert str(today.year) in now.number
    ((year, number, reason),) = void(office)
    assert (year, number) == (before.register_year, before.register_number)
    assert before.number in reason
    assert now.number in reason
    run_due(office.database, office.engine.office, office.at)
    assert row(office, request_of).state == "signed"
    intact(office)


@pytest.mark.parametrize("pattern", ["{urut}/{bulan}/{unit}/{tahun}", "{urut}/{bulan:2}/{unit}", MONTHLY])
def test_a_number_that_names_the_month_agrees_with_the_day_on_which_it_is_signed_anew(
    office: World, pattern: str
) -> None:
    numbered_as(office, pattern)
    request = mended(office)
    before = row(office, request)
    office.at += timedelta(days=31)
    act(office, request, Sign(), "secretary")
    now, today = row(office, request), office.engine.office.day(office.at)
    assert (now.dated_on, today.month) == (today, before.dated_on.month + 1)
    profile = office.engine.office.profile
    own = profile.number(
        now.kind, unit=now.register, sequence=now.register_number, on=today, classification="800.1.4.1"
    )
    assert (now.number, now.register_number) == (own, before.register_number + 1)
    assert [each[:2] for each in void(office)] == [(before.register_year, before.register_number)]
    intact(office)


def test_within_its_month_a_number_that_names_it_stays(office: World) -> None:
    numbered_as(office, MONTHLY)
    request = mended(office)
    before = row(office, request)
    office.at += timedelta(days=1)
    act(office, request, Sign(), "secretary")
    assert row(office, request).number == before.number
    assert row(office, request).dated_on > before.dated_on
    assert void(office) == []
    intact(office)


def put_in_beside(office: World, request: str) -> str:
    """A letter that waits for its signature with a number put in beside that of another, which is not the last."""
    numbered = row(office, request)
    following = numbered.register_number + 1
    another = numbered_letter(numbered.register, numbered.register_year, following, date(2026, 3, 31))
    of_unit = registers.c.register == numbered.register
    for statement in (another, registers.update().where(of_unit).values(last_number=following)):
        change(office, statement)
    initialled_by(office, "BKPSDM")
    beside = letter(office, office.road("request_host", "second_nurse"))
    act(office, beside, Initial(), "agency_chief")
    clerk_for(office, "clerk_1")
    act(office, beside, Insert(after=numbered.register_number, reason="Terlewat dicatat."), "clerk_1")
    return beside


def signed_next_year(office: World, request: str) -> None:
    """A letter that was taken back gets a number of another year; the one before is void."""
    office.at += timedelta(days=365)
    act(office, request, Sign(), "secretary")
    assert len(void(office)) == 1


def test_what_was_put_in_beside_a_number_that_is_void_by_now_stays(office: World, request_of: str) -> None:
    act(office, put_in_beside(office, request_of), Sign(), "secretary")
    signed_next_year(office, request_of)
    assert [each for each in office.database.read(lambda conn: list(look_at_registers(conn))) if each] == []


def test_nothing_is_signed_under_a_number_beside_one_that_is_void_by_now(office: World, request_of: str) -> None:
    beside = put_in_beside(office, request_of)
    signed_next_year(office, request_of)
    with pytest.raises(Refused, match="sudah batal"):
        act(office, beside, Sign(), "secretary")


def test_whoever_is_told_that_it_is_signed_learns_that_its_number_is_another(office: World, request_of: str) -> None:
    before = row(office, request_of).number
    office.at += timedelta(days=365)
    act(office, request_of, Sign(), "secretary")
    case = office.all(select(letter_cases.c.case_id).where(letter_cases.c.letter_id == request_of))[0][0]
    (signed,) = [each for each in told(office, case) if each["letter"]["id"] == request_of and "instead_of" in each]
    assert signed["instead_of"] == before
    messages = office.all(select(effects).where(effects.c.case_id == case, effects.c.kind == "message"))
    says = [json.loads(each.payload)["says"] for each in messages]
    assert any(before in each and row(office, request_of).number in each for each in says)


def test_in_the_year_of_its_number_nobody_else_s_number_is_void(office: World, request_of: str) -> None:
    office.at += timedelta(days=40)
    act(office, request_of, Sign(), "secretary")
    assert void(office) == []


def test_where_the_unit_has_no_number_left_for_the_new_day_nothing_changes(office: World, request_of: str) -> None:
    before = row(office, request_of)
    office.at += timedelta(days=365)
    external(office)
    with pytest.raises(Refused, match="sistem lain"):
        act(office, request_of, Sign(), "secretary")
    assert (row(office, request_of), void(office)) == (before, [])


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
