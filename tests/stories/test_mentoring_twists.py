"""Mentoring where somebody is replaced, leaves, comes late or is asked for too much: what the straight road does not show."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.circumstances import alter
from tests.mentoring import (
    BECAUSE,
    EVALUATION,
    LAST_DAY,
    MENTEE,
    MENTOR,
    OTHER_MENTOR,
    agreed,
    by_another_law,
    logged,
    meeting,
    met,
    proposed,
    running,
)
from tests.witness import credited, last_payload, recorded, refused, state, waiting
from tests.workflow.test_hours import EARNING, faults
from tests.workflow.test_sight import who_sees
from tests.world import World
from workflow.errors import NotNow, Refused

A_DAY = date(2026, 3, 10)
NOT_COUNTED = """
[unmet_sessions_count]
says = "Pertemuan yang sudah dikonfirmasi tetap dihitung JP-nya bila mentoring dinyatakan tidak memenuhi"
unit = "ya atau tidak"
since = [
  { from = 2020-01-01, value = true, by = "Praktik daerah" },
  { from = 2026-02-01, value = false, by = "Praktik daerah" },
  { from = 2026-03-20, value = true, by = "Praktik daerah" },
]
"""


def statuses(world: World, case: str) -> list[str]:
    """Of each meeting that was logged, in order."""
    return [row.status for row in recorded(world, case, "session")]


def replaced(world: World, case: str) -> None:
    """Another mentor is named, and consents."""
    world.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": world.ids[OTHER_MENTOR]})
    world.fire(case, "consent", OTHER_MENTOR)


# --- Capacity --------------------------------------------------------------------------------------------------------


def test_mentees_who_ask_in_the_same_words_are_still_several(office: World) -> None:
    for mentee in ("nurse", "third_nurse", "fourth_nurse"):
        agreed(office, mentee=mentee)
    for mentee in ("clerk_1", "clerk_2"):
        case = proposed(office, mentee=mentee)
        office.fire(case, "endorse", "hospital_head")
        office.fire(case, "consent", MENTOR)
    with pytest.raises(Refused, match="Mentor membina 5 mentee lain"):
        proposed(office, mentee="clerk_3")


# --- Meetings that are corrected -------------------------------------------------------------------------------------


def test_one_mentees_record_of_a_common_meeting_is_corrected_though_the_others_stands(office: World) -> None:
    first, second = running(office), running(office, mentee="third_nurse")
    office.go_to(date(2026, 3, 11))
    logged(office, first, A_DAY)
    logged(office, second, A_DAY)
    office.fire(second, "confirm_session", "third_nurse", {"numbers": [1]})
    office.fire(first, "dispute_session", MENTEE, {"numbers": [1], "reason": "Saya pulang pukul 09.00."})
    office.fire(first, "correct_session", MENTOR, {**meeting(A_DAY, end="09:00"), "number": 1})
    office.fire(first, "correct_session", MENTOR, {**meeting(A_DAY, end="09:10"), "number": 2})
    office.fire(first, "confirm_session", MENTEE, {"numbers": [3]})
    assert statuses(office, first) == ["corrected", "corrected", "confirmed"]
    with refused(office, first, Refused, rules={"mentor_is_in_one_meeting_at_a_time"}):
        logged(office, first, A_DAY, start="09:15", end="10:00")


def test_a_meeting_too_old_to_be_logged_is_not_made_of_another_by_correcting_it(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 5, 20))
    logged(office, case, date(2026, 5, 19))
    with refused(office, case, Refused, rules={"meeting_is_logged_in_time"}):
        office.fire(case, "correct_session", MENTOR, {**meeting(A_DAY), "number": 1})
    office.go_to(date(2026, 6, 4))
    with refused(office, case, Refused, rules={"meeting_is_logged_in_time"}) as refusal:
        office.fire(case, "correct_session", MENTOR, {**meeting(date(2026, 6, 3)), "number": 1})
    assert "belum terjadi ketika dicatat pertama kali pada 20 Mei 2026" in refusal.says[0]
    office.fire(case, "correct_session", MENTOR, {**meeting(date(2026, 5, 12)), "number": 1})
    assert statuses(office, case) == ["corrected", "written"]


# --- Who was only asked ----------------------------------------------------------------------------------------------


def test_whoever_was_only_asked_to_replace_a_mentor_and_would_not_sees_the_case_no_more(office: World) -> None:
    case = running(office)
    named = {**BECAUSE, "new_mentor": office.ids[OTHER_MENTOR]}
    office.fire(case, "replace_mentor", "hospital_head", named)
    assert OTHER_MENTOR in who_sees(office, case)
    office.fire(case, "decline", OTHER_MENTOR, BECAUSE)
    assert OTHER_MENTOR not in who_sees(office, case)
    office.fire(case, "replace_mentor", "hospital_head", named)
    office.fire(case, "consent", OTHER_MENTOR)
    assert OTHER_MENTOR in who_sees(office, case)
    assert MENTOR not in who_sees(office, case), "sees no more than what was"


# --- What is left open when the mentor goes --------------------------------------------------------------------------


def test_what_the_former_mentor_logged_is_confirmed_by_the_mentee_or_settled_by_the_verifier(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 11))
    logged(office, case, A_DAY)
    logged(office, case, A_DAY, start="13:00", end="14:00")
    office.fire(case, "dispute_session", MENTEE, {"numbers": [1], **BECAUSE})
    with pytest.raises(NotNow):
        office.fire(case, "withdraw_session", "verifier", {"numbers": [1], **BECAUSE})
    replaced(office, case)
    assert waiting(office, case)[OTHER_MENTOR] == "log_session"
    assert waiting(office, case)["verifier"] == "withdraw_session"
    with refused(office, case, Refused, rules={"chosen_meetings_are_open", "meetings_are_orphaned"}):
        office.fire(case, "withdraw_session", "verifier", {"numbers": [2], **BECAUSE})
    office.fire(case, "withdraw_session", "verifier", {"numbers": [1], **BECAUSE})
    office.fire(case, "confirm_session", MENTEE, {"numbers": [2]})
    assert statuses(office, case) == ["withdrawn", "confirmed"]
    assert "verifier" not in waiting(office, case)
    assert faults(office) == []


def test_a_dispute_with_a_mentor_who_has_retired_is_settled_by_the_verifier(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 11))
    logged(office, case, A_DAY)
    office.fire(case, "dispute_session", MENTEE, {"numbers": [1], **BECAUSE})
    office.fire(case, "end_early", MENTEE, BECAUSE)
    alter(office, MENTOR, left_on=office.at.date(), status="Pensiun")
    office.fire(case, "withdraw_session", "verifier", {"numbers": [1], **BECAUSE})
    assert statuses(office, case) == ["withdrawn"]


@pytest.mark.parametrize("who", [MENTOR, MENTEE])
def test_whoever_replaces_a_mentor_is_not_bound_by_what_was_asked_before(office: World, who: str) -> None:
    case = running(office)
    office.fire(case, "ask_conclusion", who, BECAUSE)
    replaced(office, case)
    with pytest.raises(NotNow):
        office.fire(case, "conclude", MENTEE if who == MENTOR else OTHER_MENTOR)
    office.fire(case, "ask_pause", OTHER_MENTOR, BECAUSE)
    office.fire(case, "accept_ask", MENTEE)
    assert state(office, case) == "paused"


def test_an_extension_is_not_agreed_to_once_it_is_over(office: World) -> None:
    case = running(office)
    office.go_to(LAST_DAY)
    office.fire(case, "ask_extension", MENTOR, {**BECAUSE, "new_ends_on": "2026-09-08"})
    office.at += timedelta(days=1)
    with pytest.raises(NotNow):
        office.fire(case, "accept_ask", MENTEE)
    office.sweep()
    assert state(office, case) == "evaluation"


# --- Unmet -----------------------------------------------------------------------------------------------------------


def unmet(world: World) -> str:
    """A pair that met once, in time for two years' law, and is closed as unmet."""
    case = running(world)
    met(world, case, A_DAY)
    world.go_to(date(2026, 3, 23))
    world.fire(case, "end_early", MENTEE, BECAUSE)
    world.fire(case, "close_unmet", "verifier", BECAUSE)
    return case


def test_what_was_met_for_still_counts_where_the_minimum_is_not_reached(office: World) -> None:
    unmet(office)
    assert credited(office, MENTEE) == [(2, "C2")]


def test_by_the_law_of_the_proposal_what_was_met_for_is_taken_back_with_the_reason(
    office: World, tmp_path: Path
) -> None:
    office = by_another_law(office, tmp_path, NOT_COUNTED + EARNING)
    case = unmet(office)
    assert (credited(office, MENTEE), credited(office, MENTOR)) == ([], [])
    told = last_payload(office, case)
    assert len(told["unclaimed"]) == 2
    assert sorted(moved["hours"] for moved in told["hours"]) == [-2, -1]
    (says,) = (moved["says"] for moved in told["hours"] if moved["hours"] == -2)
    assert says.startswith(
        "Tidak dihitung lagi karena “Nyatakan tidak memenuhi” (Praktik daerah): Pertemuan 10 Maret 2026"
    )
    assert statuses(office, case) == ["confirmed"]
    assert faults(office) == []


def test_an_unmet_mentoring_gives_its_place_in_the_month_back_to_another(office: World, tmp_path: Path) -> None:
    office = by_another_law(office, tmp_path, NOT_COUNTED)
    case, other = running(office), running(office, mentor=OTHER_MENTOR)
    met(office, case, A_DAY, date(2026, 3, 11))
    met(office, other, date(2026, 3, 12), mentor=OTHER_MENTOR)
    assert [hours for hours, _ in credited(office, MENTEE)] == [2, 2, 0]
    office.fire(case, "end_early", MENTEE, BECAUSE)
    for who in (MENTEE, MENTOR):
        office.fire(case, "evaluate", who, EVALUATION)
    office.fire(case, "close_unmet", "verifier", BECAUSE)
    assert [hours for hours, _ in credited(office, MENTEE)] == [2]
    assert faults(office) == []
