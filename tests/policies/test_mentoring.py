"""The law of mentoring at its boundaries: the day before and the day of, one less and one more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies import mentoring, mentoring_conduct, mentoring_turns
from policies.decision import Decision, Grade, Rule
from policies.mentoring import (
    CapacityFacts,
    FieldFacts,
    MenteeSanctionFacts,
    MenteeServiceFacts,
    MentorSanctionFacts,
    MentorServiceFacts,
    PairFacts,
    PeriodFacts,
    RankFacts,
    UnitFacts,
    last_day_of,
    who_assigns,
)
from policies.mentoring_conduct import (
    AwaitedFacts,
    ChosenMeetingFacts,
    ConfirmedFacts,
    EvaluationFacts,
    LateLogFacts,
    LengthFacts,
    Meeting,
    MeetingDayFacts,
    OpenMeetingFacts,
    OverlapFacts,
    OwnMeetingFacts,
    evaluations_are_sealed,
)
from policies.mentoring_turns import (
    Ask,
    AskAgeFacts,
    AskedPeriodFacts,
    AskFacts,
    ObjectionFacts,
    OtherMentorFacts,
    the_ask_is_too_old,
    where_an_answer_leads,
)
from policies.parameters import Policies
from policies.records import Sanction

TODAY = date(2026, 3, 2)
LAW = Policies.load().on(TODAY)
EIGHT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEVERE = Sanction("berat", date(2026, 1, 1), date(2026, 12, 31))


def asked(rule: Rule, facts: Any) -> Decision:
    """What a rule answers, with a reason, a citation, and a way out where it stands in the way or warns."""
    decision = rule(facts, LAW)
    for reason in decision.reasons:
        assert reason.says.endswith(".")
        assert reason.by
        assert reason.grade is Grade.ALLOWED or reason.remedy.endswith(".")
    return decision


def refuses(rule: Rule, facts: Any) -> str:
    """The reason for which a rule refuses."""
    decision = asked(rule, facts)
    assert decision.grade is Grade.REFUSED
    return next(reason.says for reason in decision.reasons if reason.grade is Grade.REFUSED)


def allows(rule: Rule, facts: Any) -> bool:
    """Whether a rule allows, without a warning."""
    return asked(rule, facts).grade is Grade.ALLOWED


def warns(rule: Rule, facts: Any) -> str:
    """What a rule warns of."""
    decision = asked(rule, facts)
    assert decision.grade is Grade.WARNED
    return next(reason.says for reason in decision.reasons if reason.grade is Grade.WARNED)


# --- The two ---------------------------------------------------------------------------------------------------------


def test_a_mentor_is_another_person() -> None:
    assert allows(mentoring.mentor_is_another_person, PairFacts("a", "b"))
    assert refuses(mentoring.mentor_is_another_person, PairFacts("a", "a"))


def test_whoever_left_yesterday_or_today_guides_nobody_and_whoever_leaves_tomorrow_is_a_warning() -> None:
    rule, serving = mentoring.mentor_is_in_service, MentorServiceFacts("Aktif", None, TODAY)
    assert allows(rule, serving)
    assert refuses(rule, replace(serving, mentor_left_on=TODAY)) == "Mentor tidak lagi bertugas sejak 2 Maret 2026."
    assert "akan berhenti" in warns(rule, replace(serving, mentor_left_on=TODAY + timedelta(days=1)))
    assert refuses(rule, replace(serving, mentor_status="Tugas belajar"))
    assert asked(rule, replace(serving, mentor_status=None)).grade is Grade.UNKNOWN


def test_a_mentee_is_in_service() -> None:
    rule, serving = mentoring.mentee_is_in_service, MenteeServiceFacts("Aktif", None, TODAY)
    assert allows(rule, serving)
    assert allows(rule, replace(serving, participant_left_on=TODAY + timedelta(days=1)))
    assert refuses(rule, replace(serving, participant_left_on=TODAY))
    assert refuses(rule, replace(serving, status="CLTN"))
    assert asked(rule, replace(serving, status=None)).grade is Grade.UNKNOWN


@pytest.mark.parametrize("mentor", [True, False])
def test_only_a_heavy_sanction_in_force_stands_in_the_way(mentor: bool) -> None:
    rule = mentoring.mentor_bears_no_heavy_sanction if mentor else mentoring.mentee_bears_no_heavy_sanction

    def facts(*sanctions: Sanction, on: date = TODAY) -> Any:
        return MentorSanctionFacts(sanctions, on) if mentor else MenteeSanctionFacts(sanctions, on)

    assert allows(rule, facts())
    assert allows(rule, facts(Sanction("sedang", None, None)))
    assert "berat sampai 31 Desember 2026" in refuses(rule, facts(SEVERE))
    assert allows(rule, facts(SEVERE, on=date(2027, 1, 1)))
    assert "belum diketahui" in refuses(rule, facts(Sanction("berat", None, None)))
    blank = MentorSanctionFacts(None, TODAY) if mentor else MenteeSanctionFacts(None, TODAY)
    assert "belum diketahui" in warns(rule, blank)


# --- The mentor ------------------------------------------------------------------------------------------------------


def test_a_mentor_at_the_limit_cannot_take_another_mentee() -> None:
    assert allows(mentoring.mentor_has_capacity, CapacityFacts(4))
    says = refuses(mentoring.mentor_has_capacity, CapacityFacts(5))
    assert says == "Mentor membina 5 mentee lain; paling banyak 5 mentee pada saat yang sama."


def test_a_lower_rank_or_one_that_cannot_be_compared_only_warns() -> None:
    rule, equals = mentoring.mentor_is_of_no_lower_rank, RankFacts("PNS", "III/d", "PNS", "III/d")
    assert allows(rule, equals)
    assert "Penata (III/c)" in warns(rule, replace(equals, mentor_grade="III/c"))
    assert "tidak dapat dibandingkan" in warns(rule, replace(equals, asn_kind="PPPK", mentee_grade="IX"))
    assert warns(rule, replace(equals, mentee_grade=None)) == "Golongan mentee belum diketahui."
    assert warns(rule, replace(equals, mentor_grade="entah")) == "Golongan mentor belum diketahui."


def test_a_mentor_is_known_by_the_kind_of_post_or_by_what_they_guided_before() -> None:
    rule = mentoring.mentor_is_known_in_the_field
    facts = FieldFacts("Perawat Ahli Madya", "Perawat Ahli Pertama", (), "Asuhan intensif")
    assert allows(rule, facts)
    assert "jabatannya Bendahara" in warns(rule, replace(facts, mentor_post="Bendahara"))
    assert allows(rule, replace(facts, mentor_post="Bendahara", mentor_known_for=("asuhan  Intensif",)))
    assert "belum diketahui" in warns(rule, replace(facts, mentor_post=None, mentee_post=None))


# --- The period ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 14)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_whole_months_end_on_the_day_before(first: date, months: int, last: date) -> None:
    assert last_day_of(first, months) == last


def test_it_lasts_one_to_twelve_months() -> None:
    rule = mentoring.period_is_allowed
    asked_for = PeriodFacts(date(2026, 3, 9), date(2026, 4, 8), TODAY)
    assert allows(rule, asked_for)
    assert "paling singkat 1 bulan" in refuses(rule, replace(asked_for, ends_on=date(2026, 4, 7)))
    assert allows(rule, replace(asked_for, ends_on=date(2027, 3, 8)))
    assert "paling lama 12 bulan" in refuses(rule, replace(asked_for, ends_on=date(2027, 3, 9)))
    assert allows(rule, replace(asked_for, on=date(2026, 4, 8)))
    assert refuses(rule, replace(asked_for, on=date(2026, 4, 9))) == "Hari terakhir mentoring: 8 April 2026."


def test_a_period_far_beyond_any_calendar_is_refused_and_does_not_break() -> None:
    assert refuses(mentoring.period_is_allowed, PeriodFacts(date(2199, 12, 31), date(2199, 12, 31), TODAY))


def test_the_head_of_one_unit_assigns_and_the_personnel_agency_where_two_meet() -> None:
    assert who_assigns(UnitFacts("RSUD", "RSUD"), LAW) == "mentor_head"
    assert who_assigns(UnitFacts("DINKES", "RSUD"), LAW) == "personnel_head"
    assert who_assigns(UnitFacts(None, None), LAW) == "personnel_head"


# --- Meetings --------------------------------------------------------------------------------------------------------


def test_a_meeting_is_over_and_no_longer_than_a_working_day() -> None:
    rule = mentoring_conduct.meeting_is_over_and_of_fair_length
    held = LengthFacts(EIGHT, EIGHT + HOUR, EIGHT + HOUR)
    assert allows(rule, held)
    assert refuses(rule, replace(held, now=EIGHT + HOUR - timedelta(seconds=1)))
    assert refuses(rule, replace(held, met_until=EIGHT))
    assert allows(rule, LengthFacts(EIGHT, EIGHT + 8 * HOUR, EIGHT + 9 * HOUR))
    assert "481 menit" in refuses(rule, LengthFacts(EIGHT, EIGHT + timedelta(minutes=481), EIGHT + 9 * HOUR))


def test_a_meeting_lies_within_the_period_and_before_the_evaluation() -> None:
    rule = mentoring_conduct.meeting_is_within_the_period
    facts = MeetingDayFacts(date(2026, 3, 9), EIGHT, date(2026, 3, 9), date(2026, 6, 8), None)
    assert allows(rule, facts)
    assert allows(rule, replace(facts, met_on=date(2026, 6, 8)))
    assert refuses(rule, replace(facts, met_on=date(2026, 3, 8)))
    assert refuses(rule, replace(facts, met_on=date(2026, 6, 9)))
    ended = replace(facts, met_on=TODAY, starts_on=TODAY, evaluation_began_at=EIGHT + HOUR)
    assert allows(rule, replace(ended, met_until=EIGHT + HOUR))
    assert "diakhiri" in refuses(rule, replace(ended, met_until=EIGHT + HOUR + timedelta(seconds=1)))
    assert refuses(rule, replace(ended, met_on=TODAY + timedelta(days=1), met_until=EIGHT + timedelta(days=1)))


def test_a_meeting_is_logged_within_a_fortnight() -> None:
    rule = mentoring_conduct.meeting_is_logged_in_time
    logged = TODAY + timedelta(days=14)
    assert allows(rule, LateLogFacts(TODAY, logged, logged))
    assert allows(rule, LateLogFacts(TODAY, logged, logged + timedelta(days=90)))
    ahead = LateLogFacts(TODAY, TODAY - timedelta(days=1), logged)
    assert "belum terjadi ketika dicatat" in refuses(rule, ahead)
    assert "paling lambat 16 Maret 2026" in refuses(
        rule, LateLogFacts(TODAY, logged + timedelta(days=1), logged + timedelta(days=1))
    )


def test_the_same_time_elsewhere_is_one_meeting_and_any_other_overlap_a_slip() -> None:
    rule = mentoring_conduct.mentor_is_in_one_meeting_at_a_time

    def beside(*others: Meeting) -> OverlapFacts:
        return OverlapFacts(EIGHT, EIGHT + HOUR, others)

    assert allows(rule, beside())
    assert "bersama 1 mentee lain" in asked(rule, beside(Meeting(EIGHT, EIGHT + HOUR, "K-1", False))).reasons[0].says
    assert allows(rule, beside(Meeting(EIGHT + HOUR, EIGHT + 2 * HOUR, "K-1", False)))
    assert "berkas K-1" in refuses(rule, beside(Meeting(EIGHT, EIGHT + 2 * HOUR, "K-1", False)))
    assert "pada berkas ini" in refuses(rule, beside(Meeting(EIGHT, EIGHT + HOUR, "K-1", True)))


def test_chosen_meetings_are_there_open_and_ones_own() -> None:
    rule = mentoring_conduct.chosen_meetings_are_open
    assert allows(rule, ChosenMeetingFacts((1, 2), ()))
    assert "nomor 2" in refuses(rule, ChosenMeetingFacts((1, 2), (2,)))
    assert refuses(rule, ChosenMeetingFacts((), ()))
    assert allows(mentoring_conduct.meetings_are_ones_own, OwnMeetingFacts(()))
    assert "nomor 3" in refuses(mentoring_conduct.meetings_are_ones_own, OwnMeetingFacts((3,)))


# --- The end ---------------------------------------------------------------------------------------------------------


def test_a_missing_evaluation_is_awaited_then_only_named() -> None:
    rule = mentoring_conduct.evaluations_are_in_or_late
    assert allows(rule, AwaitedFacts(True, True, False, None, None, TODAY))
    assert "mentee dan mentor" in refuses(rule, AwaitedFacts(False, False, False, None, None, TODAY))
    assert warns(rule, AwaitedFacts(True, False, True, None, None, TODAY)) == (
        "Penilaian dari mentor tidak masuk sampai tenggatnya lewat."
    )


def test_the_evaluation_of_whoever_has_left_is_named_and_not_awaited() -> None:
    rule = mentoring_conduct.evaluations_are_in_or_late
    left = AwaitedFacts(True, False, False, TODAY, None, TODAY)
    assert "mentor tidak lagi bertugas" in warns(rule, left)
    assert refuses(rule, replace(left, current_mentor_left_on=TODAY + timedelta(days=1)))
    assert "Penilaian dari mentee belum masuk" in refuses(rule, replace(left, mentee_evaluated=False))
    assert allows(rule, replace(left, mentor_evaluated=True))


@pytest.mark.parametrize(
    ("mentee", "mentor", "over", "sealed"),
    [(True, False, False, True), (True, True, False, False), (True, False, True, False), (False, False, False, True)],
)
def test_evaluations_are_sealed_until_both_are_in_or_the_time_is_over(
    mentee: bool, mentor: bool, over: bool, sealed: bool
) -> None:
    assert evaluations_are_sealed(EvaluationFacts(mentee, mentor, over)) is sealed


def test_four_confirmed_meetings_are_enough_and_three_are_not() -> None:
    assert allows(mentoring_conduct.meetings_are_enough, ConfirmedFacts(4))
    assert "3 pertemuan dikonfirmasi" in refuses(mentoring_conduct.meetings_are_enough, ConfirmedFacts(3))
    assert allows(mentoring_conduct.meetings_are_too_few, ConfirmedFacts(3))
    assert refuses(mentoring_conduct.meetings_are_too_few, ConfirmedFacts(4))


def test_meetings_left_open_are_named_when_it_ends() -> None:
    assert allows(mentoring_conduct.every_meeting_is_answered, OpenMeetingFacts(0, 0))
    says = warns(mentoring_conduct.every_meeting_is_answered, OpenMeetingFacts(1, 2))
    assert says == "1 pertemuan belum dikonfirmasi dan 2 masih disanggah; semuanya tidak dihitung."


# --- Turns -----------------------------------------------------------------------------------------------------------

PAUSE = Ask("pause", "mentor", TODAY)


def test_one_question_is_open_at_a_time() -> None:
    assert allows(mentoring_turns.nothing_else_is_asked, AskFacts(None))
    says = refuses(mentoring_turns.nothing_else_is_asked, AskFacts(PAUSE))
    assert says == "Permintaan jeda tanggal 2 Maret 2026 belum dijawab."


def test_a_question_lapses_on_the_day_after_its_last() -> None:
    assert not the_ask_is_too_old(AskAgeFacts(PAUSE, 5, 5))
    assert the_ask_is_too_old(AskAgeFacts(PAUSE, 6, 5))
    assert not the_ask_is_too_old(AskAgeFacts(None, 6, 5))


def test_an_agreed_pause_begins_at_once_and_an_extension_goes_on() -> None:
    assert where_an_answer_leads(AskFacts(PAUSE)) == "paused"
    assert where_an_answer_leads(AskFacts(Ask("extension", "mentee", TODAY, date(2026, 9, 8)))) == "active"


def test_a_longer_period_is_asked_for_in_time_and_within_twelve_months() -> None:
    rule = mentoring_turns.extension_is_within_the_longest_period
    facts = AskedPeriodFacts(date(2027, 3, 8), date(2026, 3, 9), date(2026, 6, 8), date(2026, 6, 8))
    assert allows(rule, facts)
    assert "paling lama 12 bulan" in refuses(rule, replace(facts, new_ends_on=date(2027, 3, 9)))
    assert refuses(rule, replace(facts, new_ends_on=date(2026, 6, 8)))
    assert refuses(rule, replace(facts, on=date(2026, 6, 9)))


def test_nobody_is_replaced_by_themselves() -> None:
    assert allows(mentoring_turns.replacement_is_somebody_else, OtherMentorFacts("b", "a"))
    assert refuses(mentoring_turns.replacement_is_somebody_else, OtherMentorFacts("a", "a"))


def test_an_objection_comes_within_five_working_days_and_once() -> None:
    rule = mentoring_turns.objection_is_in_time
    assert allows(rule, ObjectionFacts(5, False))
    assert "6 hari kerja" in refuses(rule, ObjectionFacts(6, False))
    assert refuses(rule, ObjectionFacts(0, True)) == "Keberatan sudah pernah diajukan."
