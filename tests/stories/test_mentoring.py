"""Mentoring: a pair from the proposal to its certificates, and the ways on which it leaves the straight road."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.circumstances import alter, sanction
from tests.mentoring import (
    BECAUSE,
    ELSEWHERE,
    EVALUATION,
    LAST_DAY,
    OTHER_MENTOR,
    agreed,
    by_another_law,
    by_the_system,
    logged,
    meeting,
    met,
    opened,
    proposal,
    proposed,
    running,
)
from tests.witness import form, happened, last_payload, name_of, recorded, refused, state, told, waiting
from tests.world import World
from workflow.errors import NotFound, NotNow, NotYours, Refused
from workflow.tables import cases

MEETINGS = (date(2026, 3, 10), date(2026, 3, 24), date(2026, 4, 7), date(2026, 4, 21))


def statuses(world: World, case: str) -> list[str]:
    """Of each meeting that was logged, in order."""
    return [row.status for row in recorded(world, case, "session")]


def evaluated(world: World, case: str) -> None:
    """The period is over, and both have evaluated."""
    world.go_to(LAST_DAY + timedelta(days=1))
    world.sweep()
    world.fire(case, "evaluate", "nurse", EVALUATION)
    world.fire(case, "evaluate", "second_nurse", {**EVALUATION, "remark": "Rajin dan teliti."})


# --- The straight road -----------------------------------------------------------------------------------------------


def test_a_pair_from_the_proposal_to_its_certificates(office: World) -> None:
    case = proposed(office)
    assert waiting(office, case) == {"nursing_head": "endorse return reject"}
    office.fire(case, "endorse", "nursing_head")
    assert waiting(office, case) == {"second_nurse": "consent decline"}
    office.fire(case, "consent", "second_nurse")
    office.fire(case, "approve", "hospital_head")
    met(office, case, *MEETINGS)
    assert statuses(office, case) == ["confirmed"] * 4
    evaluated(office, case)
    office.fire(case, "certify", "verifier")
    assert state(office, case) == "completed"
    assert "conclude" in happened(office, case)


def test_a_superior_proposes_and_the_mentee_agrees(office: World) -> None:
    case = opened(office, by="nursing_head")
    assert waiting(office, case) == {"nursing_head": "save propose"}
    office.fire(case, "propose", "nursing_head", proposal(office))
    assert waiting(office, case) == {"nurse": "agree disagree"}
    office.fire(case, "agree", "nurse")
    assert state(office, case) == "mentor_consent"
    office.fire(case, "decline", "second_nurse", BECAUSE)
    assert state(office, case) == "declined"


def test_a_matching_round_proposes_and_the_mentee_may_disagree(office: World) -> None:
    case = opened(office, by="verifier")
    with pytest.raises(NotNow):
        office.fire(case, "propose", "nurse", proposal(office))
    office.fire(case, "propose", "verifier", proposal(office))
    office.fire(case, "disagree", "nurse", BECAUSE)
    assert state(office, case) == "withdrawn"


def test_where_two_units_meet_the_head_of_the_personnel_agency_assigns(office: World) -> None:
    case = agreed(office, mentor=ELSEWHERE)
    assert list(waiting(office, case)) == ["agency_chief"]
    office.fire(case, "approve", "agency_chief")
    assert "hospital_head" in {who for who, says in told(office, case) if "Tugaskan mentor" in says}


def test_a_mentor_who_heads_the_unit_does_not_assign_themselves(office: World) -> None:
    case = proposed(office, mentor="hospital_head")
    office.fire(case, "endorse", "nursing_head")
    office.fire(case, "consent", "hospital_head")
    assert list(waiting(office, case)) == ["secretary"]


def test_the_proposal_says_what_stands_in_its_way_and_what_only_warns(office: World) -> None:
    case = opened(office)
    sanction(office, "nurse", "berat", date(2026, 1, 5), date(2027, 1, 4))
    sanction(office, "second_nurse", "sedang", date(2026, 1, 5), date(2027, 1, 4))
    asked = proposal(office, ends_on="2026-04-01")
    with refused(office, case, Refused, rules={"mentee_bears_no_heavy_sanction", "period_is_allowed"}):
        office.fire(case, "propose", "nurse", asked)
    alter(office, "second_nurse", grade="III/a", post="Pengadministrasi Umum")
    warned = {reason.rule.partition(".")[2] for reason in office.preview(case, "propose", "nurse", asked).warnings}
    assert warned == {"mentor_is_of_no_lower_rank", "mentor_is_known_in_the_field"}


def test_nobody_is_their_own_mentor(office: World) -> None:
    case = opened(office)
    with refused(office, case, Refused, rules={"mentor_is_another_person"}):
        office.fire(case, "propose", "nurse", proposal(office, mentor="nurse"))


def test_what_nobody_answers_is_withdrawn_after_reminders(office: World) -> None:
    case = proposed(office)
    office.fire(case, "endorse", "nursing_head")
    for _ in range(20):
        office.at += timedelta(days=1)
        office.sweep()
    assert state(office, case) == "withdrawn"
    assert any("menunggu" in says for who, says in told(office, case) if who == "second_nurse")
    assert "hospital_head" in {who for who, _ in told(office, case)}


def test_a_draft_that_nobody_touches_is_withdrawn(office: World) -> None:
    case = opened(office)
    office.go_to(date(2026, 4, 30))
    office.sweep()
    assert state(office, case) == "withdrawn"


def test_whoever_opened_it_withdraws_it_and_nobody_else(office: World) -> None:
    case = agreed(office)
    for who in ("nursing_head", "verifier"):
        with pytest.raises((NotNow, NotYours)):
            office.fire(case, "withdraw", who)
    office.fire(case, "withdraw", "nurse")
    assert state(office, case) == "withdrawn"


# --- Meetings --------------------------------------------------------------------------------------------------------


def test_a_disputed_meeting_goes_back_to_the_mentor_and_is_corrected(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 11))
    number = logged(office, case, MEETINGS[0])
    office.fire(case, "dispute_session", "nurse", {"numbers": [number], "reason": "Selesainya pukul 09.00."})
    assert statuses(office, case) == ["disputed"]
    assert "second_nurse" in {who for who, says in told(office, case) if "Sanggah" in says}
    mended = {**meeting(MEETINGS[0], end="09:00"), "number": number}
    office.fire(case, "correct_session", "second_nurse", mended)
    assert statuses(office, case) == ["corrected", "written"]
    office.fire(case, "confirm_session", "nurse", {"numbers": [2]})
    assert statuses(office, case) == ["corrected", "confirmed"]
    assert "09:30" in recorded(office, case, "session")[0].data


def test_a_meeting_that_was_confirmed_stands(office: World) -> None:
    case = running(office)
    met(office, case, MEETINGS[0])
    with pytest.raises(NotNow):
        office.fire(case, "withdraw_session", "second_nurse", {"numbers": [1], **BECAUSE})
    logged(office, case, MEETINGS[0], start="13:00", end="14:00")
    with refused(office, case, Refused, rules={"chosen_meetings_are_open"}):
        office.fire(case, "withdraw_session", "second_nurse", {"numbers": [1], **BECAUSE})
    office.fire(case, "withdraw_session", "second_nurse", {"numbers": [2], **BECAUSE})
    assert statuses(office, case) == ["confirmed", "withdrawn"]


@pytest.mark.parametrize(
    ("day", "changes", "rule"),
    [
        (date(2026, 3, 12), {}, "meeting_is_over_and_of_fair_length"),
        (date(2026, 3, 10), {"end": "23:00"}, "meeting_is_over_and_of_fair_length"),
        (date(2026, 3, 10), {"end": "07:00"}, "meeting_is_over_and_of_fair_length"),
        (date(2026, 3, 6), {}, "meeting_is_within_the_period"),
    ],
)
def test_a_meeting_is_over_short_enough_and_within_the_period(
    office: World, day: date, changes: dict[str, str], rule: str
) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 11))
    with refused(office, case, Refused, rules={rule}):
        office.fire(case, "log_session", "second_nurse", meeting(day, **changes))


def test_a_meeting_is_logged_within_its_days_and_both_dates_are_kept(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 24))
    logged(office, case, MEETINGS[0])
    (entry,) = recorded(office, case, "session")
    assert (entry.on_date, "2026-03-10" in entry.data) == (date(2026, 3, 24), True)
    office.go_to(date(2026, 3, 26))
    with refused(office, case, Refused, rules={"meeting_is_logged_in_time"}):
        logged(office, case, date(2026, 3, 11))


def test_a_group_meets_at_once_and_each_mentee_confirms_alone(office: World) -> None:
    first, second = running(office), running(office, mentee="third_nurse")
    office.go_to(date(2026, 3, 11))
    several, actor = [first, second], office.actor("second_nurse")
    versions = {row.id: row.version for row in office.all(select(cases).where(cases.c.id.in_(several)))}
    engine, told_once = office.engine, meeting(MEETINGS[0])
    office.database.write(
        engine.fire_several, several, "log_session", actor, told_once, office.at, versions=versions, key="kelompok"
    )
    office.fire(first, "confirm_session", "nurse", {"numbers": [1]})
    assert (statuses(office, first), statuses(office, second)) == (["confirmed"], ["written"])
    with pytest.raises((NotYours, NotFound)):
        office.fire(second, "confirm_session", "nurse", {"numbers": [1]})


def test_a_mentor_is_in_one_place_at_a_time(office: World) -> None:
    first, second = running(office), running(office, mentee="third_nurse")
    office.go_to(date(2026, 3, 11))
    logged(office, first, MEETINGS[0])
    with refused(office, second, Refused, rules={"mentor_is_in_one_meeting_at_a_time"}) as refusal:
        logged(office, second, MEETINGS[0], start="09:00", end="10:00")
    assert "bertumpang tindih" in refusal.says[0]
    logged(office, second, MEETINGS[0], start="09:30", end="10:30")
    with refused(office, first, Refused, rules={"mentor_is_in_one_meeting_at_a_time"}):
        logged(office, first, MEETINGS[0])


def test_a_third_meeting_of_a_month_is_confirmed_like_any_other(office: World) -> None:
    """What it counts for is the book of hours' to say."""
    case = running(office)
    met(office, case, date(2026, 4, 1), date(2026, 4, 8), date(2026, 4, 15))
    assert statuses(office, case) == ["confirmed"] * 3


# --- What one asks of the other --------------------------------------------------------------------------------------


def test_one_asks_for_a_longer_period_and_the_other_accepts(office: World) -> None:
    case = running(office)
    asked = {**BECAUSE, "new_ends_on": "2026-09-08"}
    office.fire(case, "ask_extension", "nurse", asked)
    with refused(office, case, Refused, rules={"nothing_else_is_asked"}):
        office.fire(case, "ask_pause", "second_nurse", BECAUSE)
    with pytest.raises(NotNow):
        office.fire(case, "accept_ask", "nurse")
    office.fire(case, "accept_ask", "second_nurse")
    assert (state(office, case), form(office, case)["ends_on"]) == ("active", "2026-09-08")
    office.go_to(LAST_DAY + timedelta(days=1))
    assert office.sweep().fired == 0
    office.go_to(date(2026, 9, 9))
    office.sweep()
    assert state(office, case) == "evaluation"


def test_together_with_its_extension_it_lasts_no_longer_than_a_year(office: World) -> None:
    case = running(office)
    with refused(office, case, Refused, rules={"extension_is_within_the_longest_period"}):
        office.fire(case, "ask_extension", "nurse", {**BECAUSE, "new_ends_on": "2027-03-09"})
    office.fire(case, "ask_extension", "nurse", {**BECAUSE, "new_ends_on": "2027-03-08"})
    office.fire(case, "refuse_ask", "second_nurse", BECAUSE)
    assert form(office, case)["ends_on"] == LAST_DAY.isoformat()


def test_a_pause_is_agreed_to_and_ends_when_either_resumes(office: World) -> None:
    case = running(office)
    office.fire(case, "ask_pause", "second_nurse", BECAUSE)
    office.fire(case, "accept_ask", "nurse")
    assert state(office, case) == "paused"
    office.fire(case, "resume", "nurse")
    assert state(office, case) == "active"


def test_what_is_asked_and_not_answered_lapses(office: World) -> None:
    case = running(office)
    office.fire(case, "ask_pause", "second_nurse", BECAUSE)
    assert "accept_ask" in waiting(office, case)["nurse"]
    office.at += timedelta(days=14)
    office.sweep()
    assert happened(office, case)[-1] == "lapse_ask"
    assert state(office, case) == "active"
    office.fire(case, "ask_pause", "second_nurse", BECAUSE)


def test_the_two_conclude_together(office: World) -> None:
    case = running(office)
    office.fire(case, "ask_conclusion", "nurse", BECAUSE)
    with pytest.raises(NotNow):
        office.fire(case, "conclude", "nurse")
    office.fire(case, "conclude", "second_nurse")
    assert state(office, case) == "evaluation"


# --- Another mentor, an objection, somebody who is gone --------------------------------------------------------------


def test_another_mentor_takes_over_and_what_was_earned_stays(office: World) -> None:
    case = running(office)
    met(office, case, MEETINGS[0])
    office.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": office.ids[OTHER_MENTOR]})
    assert waiting(office, case)[OTHER_MENTOR] == "consent decline"
    with pytest.raises(NotYours):
        office.fire(case, "consent", "second_nurse")
    office.fire(case, "consent", OTHER_MENTOR)
    assert name_of(office, form(office, case)["mentor"]) == OTHER_MENTOR
    assert "new_mentor" not in form(office, case)
    assert statuses(office, case) == ["confirmed"]
    with pytest.raises(NotYours):
        office.fire(case, "log_session", "second_nurse", meeting(MEETINGS[1]))


def test_a_replacement_who_declines_or_keeps_silent_leaves_it_paused(office: World) -> None:
    case = running(office)
    office.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": office.ids[OTHER_MENTOR]})
    office.fire(case, "decline", OTHER_MENTOR, BECAUSE)
    assert state(office, case) == "paused"
    office.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": office.ids["fourth_nurse"]})
    by_the_system(office, case, "lapse")
    assert state(office, case) == "paused"
    assert name_of(office, form(office, case)["mentor"]) == "second_nurse"


def test_the_new_mentor_does_not_rewrite_what_the_old_one_logged(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 11))
    logged(office, case, MEETINGS[0])
    office.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": office.ids[OTHER_MENTOR]})
    office.fire(case, "consent", OTHER_MENTOR)
    assert waiting(office, case)[OTHER_MENTOR] == "log_session"
    logged(office, case, date(2026, 3, 11), mentor=OTHER_MENTOR, start="06:00", end="07:00")
    with refused(office, case, Refused, rules={"meetings_are_ones_own"}):
        office.fire(case, "withdraw_session", OTHER_MENTOR, {"numbers": [1], **BECAUSE})
    office.fire(case, "confirm_session", "nurse", {"numbers": [1]})
    assert statuses(office, case) == ["confirmed", "written"]


def test_a_mentor_who_retires_midway_leaves_the_head_to_name_another(office: World) -> None:
    case = running(office)
    alter(office, "second_nurse", left_on=office.at.date(), status="Pensiun")
    office.database.write(office.engine.reseat, case, office.at)
    assert (state(office, case), happened(office, case)[-1]) == ("paused", "lose_mentor")
    assert "replace_mentor" in waiting(office, case)["hospital_head"]
    assert {"nurse", "hospital_head"} <= {who for who, says in told(office, case) if "Jeda" in says or "Dijeda" in says}
    assert "resume" not in waiting(office, case).get("nurse", "")
    with pytest.raises(NotNow):
        office.fire(case, "resume", "nurse")
    office.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": office.ids[OTHER_MENTOR]})
    office.fire(case, "consent", OTHER_MENTOR)
    assert state(office, case) == "active"


def test_a_mentor_who_leaves_before_it_begins_sends_the_proposal_back(office: World) -> None:
    case = agreed(office)
    alter(office, "second_nurse", left_on=office.at.date(), status="Pensiun")
    office.database.write(office.engine.reseat, case, office.at)
    assert state(office, case) == "drafted"


def test_a_mentee_who_leaves_keeps_what_was_earned(office: World) -> None:
    case = running(office)
    met(office, case, *MEETINGS)
    alter(office, "nurse", left_on=office.at.date(), status="Pensiun")
    office.database.write(office.engine.reseat, case, office.at)
    assert (state(office, case), happened(office, case)[-1]) == ("evaluation", "close_departed")
    before = agreed(office, mentee="fourth_nurse")
    alter(office, "fourth_nurse", left_on=office.at.date(), status="Pensiun")
    office.database.write(office.engine.reseat, before, office.at)
    assert state(office, before) == "withdrawn"


def test_the_head_of_the_mentees_unit_objects_in_time_and_is_answered(office: World) -> None:
    case = agreed(office, mentor=ELSEWHERE)
    office.fire(case, "approve", "agency_chief")
    office.fire(case, "object", "hospital_head", BECAUSE)
    assert waiting(office, case)["verifier"] == "answer_objection"
    with refused(office, case, Refused, rules={"objection_is_in_time"}):
        office.fire(case, "object", "hospital_head", BECAUSE)
    office.fire(case, "answer_objection", "verifier", {"reason": "Kompetensi itu mendesak bagi layanan."})
    assert "verifier" not in waiting(office, case)


def test_an_objection_comes_too_late_after_its_days(office: World) -> None:
    case = agreed(office, mentor=ELSEWHERE)
    office.fire(case, "approve", "agency_chief")
    office.at += timedelta(days=12)
    with refused(office, case, Refused, rules={"objection_is_in_time"}):
        office.fire(case, "object", "hospital_head", BECAUSE)


# --- The end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nurse", "second_nurse", "hospital_head", "verifier"])
def test_it_ends_early_with_a_reason_and_nothing_earned_is_lost(office: World, who: str) -> None:
    case = running(office)
    met(office, case, MEETINGS[0])
    office.fire(case, "end_early", who, BECAUSE)
    assert (state(office, case), statuses(office, case)) == ("evaluation", ["confirmed"])
    with refused(office, case, Refused, rules={"meetings_are_enough", "evaluations_are_in_or_late"}):
        office.fire(case, "certify", "second_verifier")
    office.fire(case, "close_unmet", "second_verifier", BECAUSE)
    assert (state(office, case), statuses(office, case)) == ("unmet", ["confirmed"])


def test_meetings_held_before_the_end_are_still_logged_and_confirmed(office: World) -> None:
    case = running(office)
    office.go_to(date(2026, 3, 11))
    office.fire(case, "end_early", "nurse", BECAUSE)
    office.go_to(date(2026, 3, 13))
    logged(office, case, MEETINGS[0])
    with refused(office, case, Refused, rules={"meeting_is_within_the_period"}):
        logged(office, case, date(2026, 3, 12))
    office.fire(case, "confirm_session", "nurse", {"numbers": [1]})
    assert statuses(office, case) == ["confirmed"]


def test_whoever_has_met_often_enough_is_not_closed_as_unmet(office: World) -> None:
    case = running(office)
    met(office, case, *MEETINGS)
    evaluated(office, case)
    with refused(office, case, Refused, rules={"meetings_are_too_few"}):
        office.fire(case, "close_unmet", "verifier", BECAUSE)


def test_a_missing_evaluation_is_awaited_then_named_and_blocks_nothing(office: World) -> None:
    case = running(office)
    met(office, case, *MEETINGS)
    office.go_to(LAST_DAY + timedelta(days=1))
    office.sweep()
    office.fire(case, "evaluate", "nurse", EVALUATION)
    with pytest.raises(NotNow):
        office.fire(case, "evaluate", "nurse", EVALUATION)
    with refused(office, case, Refused, rules={"evaluations_are_in_or_late"}):
        office.fire(case, "certify", "verifier")
    office.at += timedelta(days=30)
    warnings = office.preview(case, "certify", "verifier").warnings
    assert [reason.says for reason in warnings] == ["Penilaian dari mentor tidak masuk sampai tenggatnya lewat."]
    office.fire(case, "certify", "verifier")
    assert state(office, case) == "completed"


MORE_MEETINGS = """
[least_meetings]
says = "Pertemuan yang dikonfirmasi agar mentoring dinyatakan selesai, paling sedikit"
unit = "pertemuan"
since = [
  { from = 2020-01-01, value = 4, by = "Praktik daerah" },
  { from = 2026-05-01, value = 6, by = "Praktik daerah" },
]
"""


def test_the_law_of_the_day_of_the_proposal_says_how_many_meetings_are_enough(office: World, tmp_path: Path) -> None:
    office = by_another_law(office, tmp_path, MORE_MEETINGS)
    case = running(office)
    met(office, case, *MEETINGS)
    evaluated(office, case)
    office.fire(case, "certify", "verifier")
    told_by: dict[str, Any] = last_payload(office, case)
    assert (state(office, case), told_by["law_on"]) == ("completed", "2026-03-02")
    office.go_to(date(2026, 6, 15))
    later = running(office, mentee="third_nurse", starts_on="2026-06-15", ends_on="2026-09-14")
    met(office, later, *(date(2026, 6, 16) + timedelta(days=14 * n) for n in range(4)), mentee="third_nurse")
    office.fire(later, "end_early", "verifier", BECAUSE)
    with refused(office, later, Refused, rules={"meetings_are_enough", "evaluations_are_in_or_late"}):
        office.fire(later, "certify", "second_verifier")
