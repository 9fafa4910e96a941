"""A letter that nobody acts on: whoever it waits for is reminded, then whoever stands above them may act in their place."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.letters_on_their_way import act, happened, initialled_by, letter, row, waits
from tests.stories.test_a_letter_under_way import intact
from tests.world import World
from workflow.letters.acts import Initial, Resubmit, SendBack, Sign
from workflow.tables import effects


@pytest.fixture
def office(world: World) -> World:
    """A small office, on SQLite and on PostgreSQL."""
    return world


def to_its_day(office: World, request: str, further: int = 0) -> None:
    """Go to the day on which a letter's step is due, or so many working days further."""
    engine_office, day = office.engine.office, row(office, request).due_on
    for _ in range(further):
        day = engine_office.next_working_day(day + timedelta(days=1), None)
    office.go_to(day)


def told(office: World, who: str, says: str) -> int:
    """How many messages to a person say something."""
    query = select(effects.c.payload).where(effects.c.kind == "message", effects.c.subject_id == office.ids[who])
    return sum(says in json.loads(found.payload)["says"] for found in office.all(query))


def test_whoever_a_late_letter_waits_for_is_reminded_once_and_then_their_superior_may_act(office: World) -> None:
    initialled_by(office, "BKPSDM")
    case = office.road("request_host")
    request = letter(office, case)
    to_its_day(office, request)
    assert [office.sweep().reminded, office.sweep().reminded] == [1, 0]
    assert told(office, "agency_chief", "menunggu paraf Anda; tenggat") == 1
    assert waits(office, request) == {"agency_chief": "initial"}
    to_its_day(office, request, further=1)
    assert [office.sweep().escalated, office.sweep().escalated] == [1, 0]
    assert waits(office, request) == {"agency_chief": "initial", "secretary": "initial"}
    assert told(office, "secretary", "sudah lewat tenggat") == 1
    assert happened(office, case)[-1] == "escalated"
    act(office, request, Initial(), "secretary")
    assert row(office, request).state == "to_sign"
    intact(office)


def test_each_step_of_a_letter_has_its_own_days(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    first = row(office, request).due_on
    to_its_day(office, request, further=1)
    office.sweep()
    act(office, request, Initial(), "agency_chief")
    begun = row(office, request)
    assert begun.due_on > office.at.date() > first
    assert (begun.reminded_on, begun.escalated_on) == (None, None)
    swept = office.sweep()
    assert (swept.reminded, swept.escalated) == (0, 0)
    assert waits(office, request) == {"secretary": "sign"}
    intact(office)


def test_above_the_signatory_the_next_post_signs_as_itself(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    act(office, request, Initial(), "agency_chief")
    to_its_day(office, request, further=1)
    swept = office.sweep()
    assert (swept.reminded, swept.escalated) == (1, 1)
    (signatory,) = set(waits(office, request)) - {"secretary"}
    act(office, request, Sign(), signatory)
    signed = row(office, request)
    assert (signed.state, signed.signed_by) == ("to_render", office.ids[signatory])
    intact(office)


def test_a_letter_that_is_not_mended_in_time_is_shown_to_the_superior_of_its_drafter(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    act(office, request, SendBack(note="Perbaiki."), "agency_chief")
    assert set(waits(office, request)) == {"verifier", "second_verifier"}
    to_its_day(office, request, further=1)
    office.sweep()
    assert set(waits(office, request)) == {"verifier", "second_verifier", "agency_chief"}
    act(office, request, Resubmit(), "agency_chief")
    assert row(office, request).state == "to_paraf"
    intact(office)


def test_two_sweeps_at_once_remind_and_escalate_once(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    to_its_day(office, request, further=3)
    with ThreadPoolExecutor(2) as both:
        swept = [each.result() for each in [both.submit(office.sweep), both.submit(office.sweep)]]
    assert sum(each.reminded for each in swept) == 1
    assert sum(each.escalated for each in swept) == 1
    assert not [note for each in swept for note in each.held_up]
    assert told(office, "secretary", "sudah lewat tenggat") == 1
