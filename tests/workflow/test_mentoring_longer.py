"""Mentoring that goes on longer, with somebody else, or without one of the two: what is assigned anew, agreed to and reported."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.circumstances import alter
from tests.letters_on_their_way import act, initialled_by, waits
from tests.letters_on_their_way import row as letter_row
from tests.mentoring import (
    BECAUSE,
    ELSEWHERE,
    EVALUATION,
    MENTEE,
    MENTOR,
    OTHER_MENTOR,
    agreed,
    met,
    running,
)
from tests.stories.test_mentoring_letters import above_the_name, approved_together, issued
from tests.witness import body, broken, happened, recorded, state, waiting
from tests.workflow.test_hours import faults
from tests.world import World
from workflow.letters.acts import Sign

MEETINGS = (date(2026, 3, 10), date(2026, 3, 24), date(2026, 4, 7), date(2026, 4, 21))


def extended(world: World, case: str, until: str = "2026-09-08", mentor: str = MENTOR) -> None:
    """The mentee asks for a longer period, and the mentor agrees."""
    world.fire(case, "ask_extension", MENTEE, {**BECAUSE, "new_ends_on": until})
    world.fire(case, "accept_ask", mentor)


def replaced(world: World, case: str, by: str = "hospital_head", mentor: str = OTHER_MENTOR) -> None:
    """Another mentor is named, and consents."""
    world.fire(case, "replace_mentor", by, {**BECAUSE, "new_mentor": world.ids[mentor]})
    world.fire(case, "consent", mentor)


def leaves(world: World, who: str, case: str) -> None:
    """Somebody is no longer in service."""
    alter(world, who, left_on=world.at.date(), status="Pensiun")
    world.at += timedelta(seconds=1)
    world.database.write(world.engine.reseat, case, world.at)


# --- Longer ----------------------------------------------------------------------------------------------------------


def test_a_longer_period_is_assigned_by_the_post_that_assigned_the_mentor(world: World) -> None:
    case = running(world)
    old = issued(world, case)["mentoring_assignment"]
    extended(world, case)
    order = issued(world, case)["mentoring_extension"]
    assert waits(world, order.id) == {"hospital_head": "sign"}
    says = body(order)
    assert (says["ended_before"], says["ends_on"]) == ("2026-06-08", "2026-09-08")
    assert [each["number"] for each in says["replaces"]] == [old.number]
    assert [side["role"] for side in says["extended_by"]] == ["Mentee", "Mentor"]
    act(world, order.id, Sign(), "hospital_head")
    assert letter_row(world, old.id).state == "void"
    extended(world, case, "2026-10-08")
    again = issued(world, case)["mentoring_extension"]
    assert body(again)["ended_before"] == "2026-09-08"
    act(world, again.id, Sign(), "hospital_head")
    assert letter_row(world, order.id).state == "void"
    assert broken(world.database) == []


def test_a_pause_assigns_nobody(world: World) -> None:
    initialled_by(world, "RSUD", post="personnel_head")
    case = running(world, mentor=ELSEWHERE)
    before = {row.id for row in issued(world, case).values()}
    world.fire(case, "ask_pause", MENTEE, BECAUSE)
    world.fire(case, "accept_ask", ELSEWHERE)
    assert state(world, case) == "paused"
    assert {row.id for row in issued(world, case).values()} == before


def test_where_the_order_was_never_signed_a_longer_period_is_assigned_by_one_of_its_own(world: World) -> None:
    initialled_by(world, "RSUD", post="personnel_head")
    case = running(world, mentor=ELSEWHERE)
    unsigned = issued(world, case)["mentoring_assignment"]
    extended(world, case, mentor=ELSEWHERE)
    letters = issued(world, case)
    assert letter_row(world, unsigned.id).state == "void"
    assert "mentoring_extension" not in letters
    assert body(letters["mentoring_assignment"])["ends_on"] == "2026-09-08"


def test_a_decree_stays_in_force_for_the_others_of_the_class(world: World) -> None:
    first, second = agreed(world), agreed(world, mentor="clerk_1", mentee="third_nurse")
    approved_together(world, first, second)
    decree = issued(world, first)["mentoring_decree"]
    world.go_to(date(2026, 3, 9))
    extended(world, first)
    order = issued(world, first)["mentoring_extension_apart"]
    act(world, order.id, Sign(), "hospital_head")
    assert letter_row(world, decree.id).state != "void"
    assert [each["number"] for each in body(order)["replaces"]] == [decree.number]


# --- With somebody else ----------------------------------------------------------------------------------------------


def test_what_replaces_an_order_signed_on_behalf_is_signed_on_behalf_wherever_the_new_pair_works(world: World) -> None:
    case = running(world, mentor=ELSEWHERE)
    replaced(world, case, by="agency_chief", mentor=MENTOR)
    change = issued(world, case)["mentoring_change"]
    act(world, change.id, Sign(), "agency_chief")
    assert above_the_name(letter_row(world, change.id))[0][0] == "a.n. SEKRETARIS DAERAH"


def test_what_replaces_an_order_signed_in_ones_own_right_is_signed_so(world: World) -> None:
    case = running(world)
    replaced(world, case, mentor=ELSEWHERE)
    change = issued(world, case)["mentoring_change"]
    assert waits(world, change.id) == {"hospital_head": "sign"}
    act(world, change.id, Sign(), "hospital_head")
    assert above_the_name(letter_row(world, change.id)) == [["DIREKTUR RUMAH SAKIT UMUM DAERAH,"]]


def test_after_a_replacement_mentee_and_new_mentor_agree_anew(world: World) -> None:
    case = running(world)
    first = issued(world, case)["mentoring_agreement"]
    assert "agree_anew" not in waiting(world, case).get(MENTEE, "")
    replaced(world, case)
    assert "agree_anew" in waiting(world, case)[MENTEE]
    assert issued(world, case)["mentoring_agreement"].id == first.id
    world.fire(case, "agree_anew", MENTEE)
    second = issued(world, case)["mentoring_agreement"]
    act(world, second.id, Sign(), "hospital_head")
    sides = body(second)["agreed"]
    assert sides[0]["person"] == body(second)["mentor_person"] != body(first)["mentor_person"]
    consents = (recorded(world, case, "replacement_consent")[-1], recorded(world, case, "mentee_consent")[-1])
    assert [side["at"][:19] for side in sides] == [f"{each.written_at:%Y-%m-%dT%H:%M:%S}" for each in consents]
    assert letter_row(world, first.id).state == "replaced"
    assert "agree_anew" not in waiting(world, case).get(MENTEE, "")


# --- Without one of the two ------------------------------------------------------------------------------------------


def test_nobody_is_offered_to_go_on_with_a_mentor_who_has_left(world: World) -> None:
    case = running(world)
    leaves(world, MENTOR, case)
    assert (state(world, case), happened(world, case).count("lose_mentor")) == ("paused", 1)
    offered = " ".join(waiting(world, case).values())
    assert "resume" not in offered
    assert "replace_mentor" in offered


def test_a_pair_that_is_merely_paused_is_offered_to_go_on(world: World) -> None:
    case = running(world)
    world.fire(case, "ask_pause", MENTEE, BECAUSE)
    world.fire(case, "accept_ask", MENTOR)
    assert all("resume" in waiting(world, case)[who] for who in (MENTEE, MENTOR))


@pytest.mark.parametrize(("who", "other"), [(MENTOR, MENTEE), (MENTEE, MENTOR)])
def test_whoever_remains_writes_the_report_and_nobody_waits_for_who_has_left(
    world: World, who: str, other: str
) -> None:
    case = running(world)
    met(world, case, *MEETINGS)
    if who == MENTOR:
        world.fire(case, "end_early", MENTEE, BECAUSE)
    leaves(world, who, case)
    assert state(world, case) == "evaluation"
    world.fire(case, "evaluate", other, EVALUATION)
    world.fire(case, "certify", "verifier", acknowledge=("mentoring_conduct.evaluations_are_in_or_late",))
    letters = issued(world, case)
    kind = "mentoring_report_by_mentee" if who == MENTOR else "mentoring_report_by_mentor"
    assert {each for each in letters if "report" in each} == {kind}
    assert waits(world, letters[kind].id) == {other: "sign"}
    act(world, letters[kind].id, Sign(), other)
    (says,) = body(letters[kind])["not_given"]
    role = "Mentor" if who == MENTOR else "Mentee"
    assert says.startswith(f"{role} tidak lagi bertugas sejak 22 April 2026, sehingga laporan ini disusun tanpa")
    assert "penilaian" in says
    assert body(letters[kind])["not_evaluated"] == []
    assert faults(world) == []
