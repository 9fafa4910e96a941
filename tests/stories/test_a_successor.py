"""Whoever comes in the place of another: what was answered, contested and recorded for that one counts for them too."""

from __future__ import annotations

import pytest

from tests.cohorts import LETTER, gathered, nip_of_person
from tests.stories.test_a_cohort import found
from tests.witness import last_payload, state
from tests.world import World
from workflow import cases
from workflow.errors import NotYours, Refused

GUIDE = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
NOT_OURS = {"reason": "Bukan jawaban kami."}


@pytest.fixture
def accepted(office: World) -> str:
    """A case for which a verifier has recorded the host's answer."""
    together = gathered(office).until("request_host")
    together.act("confirm", "verifier", GUIDE, recorded={**LETTER, "scan": office.file("verifier")})
    return together.cases["clerk_1"]


def replaced(world: World, case: str, by: str) -> str:
    """Somebody comes in the place of whom a case is about. Answers their case."""
    form = {"successor": nip_of_person(world, by), "reason": "Yang bersangkutan sakit."}
    world.fire(case, "replace", "hospital_head", form)
    successor: str = last_payload(world, case)["successor"]
    return successor


def test_what_the_host_contests_is_not_left_behind_with_the_one_who_is_replaced(office: World, accepted: str) -> None:
    office.fire(accepted, "contest", "contact", NOT_OURS)
    successor = replaced(office, accepted, "clerk_5")
    with pytest.raises(Refused):
        office.fire(successor, "assign", "hospital_head")
    office.fire(successor, "settle", "second_verifier", {"upheld": False, "reason": "Suratnya sah."})
    office.fire(successor, "assign", "hospital_head")
    assert found(office) == []


def test_an_answer_recorded_for_one_can_be_contested_on_the_case_of_the_second_successor(
    office: World, accepted: str
) -> None:
    second = replaced(office, replaced(office, accepted, "clerk_5"), "clerk_6")
    office.fire(second, "contest", "contact", NOT_OURS)
    with pytest.raises(Refused):
        office.fire(second, "assign", "hospital_head")


def test_whoever_recorded_an_answer_for_one_does_not_judge_their_successors(office: World, accepted: str) -> None:
    second = replaced(office, replaced(office, accepted, "clerk_5"), "clerk_6")
    office.fire(second, "contest", "contact", NOT_OURS)
    settlement = {"upheld": False, "reason": "Suratnya sah."}
    with pytest.raises(NotYours):
        office.fire(second, "settle", "verifier", settlement)
    office.fire(second, "settle", "second_verifier", settlement)


def test_what_the_host_proposes_is_answered_on_the_case_of_the_successor(office: World) -> None:
    together = gathered(office).until("request_host")
    offer = {**GUIDE, "new_starts_on": "2026-04-06", "new_ends_on": "2026-05-01"}
    together.act("propose_changes", "contact", offer)
    successor = replaced(office, together.cases["clerk_1"], "clerk_5")
    with pytest.raises(Refused):
        office.fire(successor, "accept_changes", "verifier", {"budget_line": office.budget_line})
    office.fire(successor, "consent_changes", "hospital_head")
    office.fire(successor, "accept_changes", "verifier", {"budget_line": office.budget_line})
    assert state(office, successor) == "accepted"
    form = office.database.read(lambda conn: cases.load(conn, successor).form)
    assert (form["starts_on"], form["ends_on"]) == ("2026-04-06", "2026-05-01")
