"""``jenjang accounts``: what an administrator does for those who sign in."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from api.commands.session import now
from tests.accounts import give_factor, give_session
from tests.cli.conftest import Typed
from workflow.accounts.safe import Safe
from workflow.accounts.second_factor import has_factor
from workflow.accounts.tickets import look_up
from workflow.database import Database
from workflow.office import Office
from workflow.people import issue_key
from workflow.people.person import find_person
from workflow.tables import effects

ASSISTANT = "199409122019022001"


@pytest.fixture
def within(office: Typed) -> Any:
    """Does something in the database."""

    def run(work: Any, *args: Any, **kwargs: Any) -> Any:
        with closing(Database.open(office.address)) as database:
            return database.write(work, *args, **kwargs)

    return run


def test_an_invitation_waits_for_the_server_to_mail_it(office: Typed, within: Any) -> None:
    told = office("accounts", "invite", ASSISTANT)
    assert told.exit_code == 0, told.output
    person, now = within(find_person, ASSISTANT), within(lambda c: c.execute(select(effects.c.due_at)).scalar_one())
    payload = json.loads(within(lambda c: c.execute(select(effects.c.payload)).scalar_one()))
    assert person.email in told.stdout
    assert payload["link"] not in told.stdout
    code = payload["link"].rpartition("/")[2]
    assert within(look_up, Safe.of(office.address), code, now).person_id == person.id


def test_a_code_is_printed_once_and_another_each_time(office: Typed) -> None:
    first, second = (
        re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", office("accounts", "print-code", ASSISTANT).stdout)
        for _ in range(2)
    )
    assert first
    assert second
    assert first.group() != second.group()


def test_sessions_are_shown_and_ended(office: Typed, within: Any) -> None:
    assert "tidak sedang masuk" in office("accounts", "sessions", ASSISTANT).stdout
    person = within(find_person, ASSISTANT)

    within(lambda c: give_session(c, Office.load(c), person.id, now()))
    assert "Firefox di Linux" in office("accounts", "sessions", ASSISTANT).stdout
    assert office("accounts", "end-sessions", ASSISTANT).stdout.startswith("1 sesi ")
    assert "tidak sedang masuk" in office("accounts", "sessions", ASSISTANT).stdout


def test_whoever_ends_sessions_is_told_of_the_keys_that_stay_and_may_revoke_them(office: Typed, within: Any) -> None:
    person = within(find_person, ASSISTANT)
    within(issue_key, person.id, "Absensi", "read", now())
    assert "1 kunci API masih berlaku: Absensi" in office("accounts", "end-sessions", ASSISTANT).stdout
    told = office("accounts", "end-sessions", ASSISTANT, "--keys").stdout
    assert "1 kunci API dicabut" in told
    assert "masih berlaku" not in told


def test_a_lost_second_factor_is_taken_away(office: Typed, within: Any) -> None:

    person = within(find_person, ASSISTANT)
    within(give_factor, Safe.of(office.address), person.id, now())
    assert office("accounts", "reset-factor", ASSISTANT).exit_code == 0
    assert not within(has_factor, person.id)


def test_somebody_unknown_is_answered_with_the_way_out(office: Typed) -> None:
    told = office("accounts", "print-code", "199912312025031999")
    assert told.exit_code == 1
    assert "belum dikenal" in told.stderr
