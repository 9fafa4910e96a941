"""An award of the region, from the round that is called to the piagam that is handed over, and what comes between."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.award_rounds import (
    AMOUNT,
    BECAUSE,
    CHAIR,
    CHAIR_SUBSTITUTE,
    MEMBERS,
    ORGANISER,
    PANEL,
    RULE,
    SECRETARY,
    VERIFIER,
    a_round,
    all_signed,
    awarded,
    clearance,
    closed,
    decreed,
    drafted_round,
    for_decision,
    found,
    handing,
    kinds_of,
    letter,
    marks,
    nominated,
    nomination,
    of,
    open_round,
    opened,
    payment,
    proposed,
    recommended,
    scored,
    scoring,
    skilled,
    together,
    verified,
)
from tests.circumstances import alter, cut_budget, judged, stands_in
from tests.cohorts import OwnStep
from tests.mentoring import by_another_law
from tests.witness import balances, form, last_payload, name_of, recorded, refused, state, waiting
from tests.workflow.test_sealed_evaluations import archive
from tests.world import World
from workflow.errors import NotNow, NotYours, Refused
from workflow.telling.explain import explain

MORE_HOURS = """
[regional_hours]
says = "JP dalam setahun bagi calon pegawai berprestasi, sekurang-kurangnya"
unit = "JP"
since = [
  { from = 2020-01-01, value = 20, by = "Praktik daerah" },
  { from = 2026-03-10, value = 32, by = "Praktik daerah" },
]
"""


# --- The straight road -----------------------------------------------------------------------------------------------


def test_an_award_from_the_round_to_the_hand_over(awards: World) -> None:
    of_round = drafted_round(awards)
    _the_round_is_called(awards, of_round)
    best = proposed(awards, "nurse", in_round=of_round)
    second = proposed(awards, "second_nurse", in_round=of_round)
    third = proposed(awards, "stranger", in_round=of_round)
    _the_unit_nominates_two_with_one_letter(awards, of_round, best, second)
    awards.fire(third, "nominate", "health_head")
    for case in (best, second, third):
        awards.fire(case, "clear", "auditor", clearance(awards))
        awards.fire(case, "verify", VERIFIER)
    closed(awards)
    assert state(awards, of_round) == "comparing"
    scored(awards, best, 90, 80, PANEL)
    scored(awards, second, 85, 70, PANEL)
    scored(awards, third, 60, 75, tuple(each for each in PANEL if each != "health_head"))
    _the_chair_concludes_all_with_one_record(awards, of_round, best, second, third)
    awards.fire(best, "confirm_budget", "treasurer")
    assert balances(awards) == {"available": 8_000_000, "reserved": AMOUNT}
    all_signed(awards, best)
    awards.fire(best, "decree", "regent")
    assert balances(awards) == {"available": 8_000_000, "committed": AMOUNT}
    all_signed(awards, best)
    awards.fire(best, "extract", "agency_chief")
    all_signed(awards, best)
    assert name_of(awards, letter(awards, best, "award_excerpt").signed_by) == "agency_chief"
    assert name_of(awards, letter(awards, best, "award_certificate").signed_by) == "regent"
    awards.fire(best, "record_payment", VERIFIER, payment(awards))
    awards.fire(best, "hand_over", VERIFIER, handing(awards))
    assert (state(awards, best), state(awards, of_round)) == ("awarded", "finished")
    assert balances(awards) == {"available": 8_000_000, "spent": AMOUNT}
    assert found(awards) == []


def _the_round_is_called(world: World, of_round: str) -> None:
    world.fire(of_round, "submit", ORGANISER, a_round(world))
    assert list(waiting(world, of_round)) == ["regent"]
    world.fire(of_round, "appoint_panel", "regent")
    world.fire(of_round, "call", "secretary")
    assert kinds_of(world, of_round) == ["award_panel_decree", "award_call"]


def _the_unit_nominates_two_with_one_letter(world: World, of_round: str, *nominees: str) -> None:
    outcome = together(world, of_round).act("nominate", "hospital_head")
    assert [moved.state for moved in outcome.moved] == ["verification"] * 2
    assert len({letter(world, case, "award_submission").id for case in nominees}) == 1
    assert len({letter(world, case, "award_discipline_statement").id for case in nominees}) == 2


def _the_chair_concludes_all_with_one_record(world: World, of_round: str, best: str, *rest: str) -> None:
    turned_down = {case: OwnStep(trigger="not_recommended", form=BECAUSE) for case in rest}
    outcome = together(world, of_round).act("recommend", CHAIR, each=turned_down)
    assert sorted(moved.state for moved in outcome.moved) == ["budget_check", "unsuccessful", "unsuccessful"]
    minutes = [letter(world, case, "award_minutes") for case in (best, *rest)]
    assert len({row.id for row in minutes}) == 1
    for case in (best, *rest):
        all_signed(world, case)


def test_a_unit_nominates_no_more_than_its_share(awards: World) -> None:
    of_round = open_round(awards, quota=[{"kind": "regional", "number": 1}])
    nominated(awards, "nurse", in_round=of_round)
    another = proposed(awards, "second_nurse", in_round=of_round)
    with refused(awards, another, Refused, rules={"unit_has_a_share_left"}) as refusal:
        awards.fire(another, "nominate", "hospital_head")
    assert "paling banyak 1" in refusal.says[0]
    nominated(awards, "stranger", in_round=of_round)


def test_a_round_is_submitted_only_as_a_whole(awards: World) -> None:
    case = drafted_round(awards)
    wrong = a_round(
        awards, members=of(awards, *MEMBERS[:2]), criteria=[{"name": "Kinerja", "weight": 90}], ceiling=AMOUNT - 1
    )
    broken = {"panel_is_composed", "weights_add_up", "round_is_funded"}
    with refused(awards, case, Refused, rules=broken):
        awards.fire(case, "submit", ORGANISER, wrong)
    with refused(awards, case, Refused, rules={"closing_day_is_ahead"}):
        awards.fire(case, "submit", ORGANISER, a_round(awards, closes_on="2026-03-02"))


# --- The panel -------------------------------------------------------------------------------------------------------


def test_scores_are_hidden_until_all_are_in(awards: World) -> None:
    of_round = open_round(awards)
    case = verified(awards, "nurse", in_round=of_round)
    awards.fire(case, "score", CHAIR, {**marks(90, 80), "remark": "Sangat inovatif"})
    scored(awards, case, 90, 80, PANEL[1:4])
    for reader in ("auditor_head", VERIFIER, SECRETARY):
        assert "Sangat inovatif" not in archive(awards, case, reader)
    assert "Sangat inovatif" in archive(awards, case, CHAIR), "one's own"
    awards.fire(case, "score", "auditor_head", marks(70, 70))
    assert "Sangat inovatif" in archive(awards, case, "auditor_head")


def test_nobody_scores_twice_nor_somebody_of_the_own_unit(awards: World) -> None:
    of_round = open_round(awards)
    case = verified(awards, "stranger", in_round=of_round)
    awards.fire(case, "score", CHAIR, marks(90, 80))
    with pytest.raises(NotNow):
        awards.fire(case, "score", CHAIR, marks(95, 80))
    with pytest.raises(NotYours) as refusal:
        awards.fire(case, "score", "health_head", marks(95, 80))
    assert "tasan langsung" in str(refusal.value.detail)
    assert "health_head" not in waiting(awards, case)


def test_a_substitute_scores_where_those_who_declare_a_conflict_leave_too_few(awards: World) -> None:
    of_round = open_round(awards)
    case = verified(awards, "stranger", in_round=of_round)
    kin = {"conflict": "Saudara ipar dari calon penerima."}
    awards.fire(case, "declare_conflict", "education_head", kin)
    assert "teacher" not in waiting(awards, case)
    awards.fire(case, "declare_conflict", "auditor_head", kin)
    assert "score" in waiting(awards, case)["teacher"]
    assert "auditor" not in waiting(awards, case)
    with pytest.raises(NotYours) as refusal:
        awards.fire(case, "score", "auditor_head", marks(95, 80))
    assert "sudah berakhir" in str(refusal.value.detail)
    scored(awards, case, 70, 75, (CHAIR, SECRETARY, "teacher"))
    closed(awards)
    awards.fire(case, "recommend", CHAIR)
    assert state(awards, case) == "budget_check"


def test_every_criterion_is_scored_once(awards: World) -> None:
    of_round = open_round(awards)
    case = verified(awards, "nurse", in_round=of_round)
    half = {"scores": [{"criterion": "Kinerja", "points": 80}]}
    with refused(awards, case, Refused, rules={"every_criterion_is_scored"}):
        awards.fire(case, "score", CHAIR, half)


def test_the_chair_waits_for_the_closing_and_for_everybody(awards: World) -> None:
    of_round = open_round(awards)
    case = verified(awards, "nurse", in_round=of_round)
    scored(awards, case, 90, 80, PANEL)
    with refused(awards, case, Refused, rules={"the_comparison_is_complete"}):
        awards.fire(case, "recommend", CHAIR)
    other = verified(awards, "stranger", in_round=of_round)
    closed(awards)
    with refused(awards, case, Refused, rules={"the_comparison_is_complete"}) as refusal:
        awards.fire(case, "recommend", CHAIR)
    assert "Stranger" in refusal.says[0]
    assert state(awards, other) == "scoring"


def test_whoever_takes_no_place_is_not_recommended(awards: World) -> None:
    _, _, other = scoring(awards)
    with refused(awards, other, Refused, rules={"nominee_takes_a_place", "the_comparison_is_complete"}):
        awards.fire(other, "recommend", CHAIR)
    awards.fire(other, "not_recommended", CHAIR, BECAUSE)
    assert state(awards, other) == "unsuccessful"


def test_a_member_who_leaves_is_not_waited_for_and_the_regent_names_another(awards: World) -> None:
    of_round = open_round(awards)
    case = verified(awards, "nurse", in_round=of_round)
    alter(awards, "education_head", left_on=awards.at.date())
    with pytest.raises(NotYours):
        awards.fire(case, "score", "education_head", marks(80, 80))
    other = {
        **{name: awards.ids[who] for name, who in (("chair", CHAIR), ("chair_substitute", CHAIR_SUBSTITUTE))},
        "secretary": awards.ids[SECRETARY],
        "members": of(awards, "health_head", "teacher", "auditor_head"),
        "substitutes": of(awards, "auditor"),
        "reason": "Seorang anggota berhenti bertugas.",
    }
    awards.fire(of_round, "change_panel", "regent", other)
    assert kinds_of(awards, of_round)[-1] == "award_panel_change"
    assert "score" in waiting(awards, case)["teacher"]
    assert "education_head" not in waiting(awards, case)
    scored(awards, case, 80, 80, (CHAIR, SECRETARY, "health_head", "teacher", "auditor_head"))
    assert found(awards) == []


# --- The money -------------------------------------------------------------------------------------------------------


def test_an_award_without_a_budget_is_put_off_and_asked_again_in_the_new_year(awards: World) -> None:
    _, case = recommended(awards)
    cut_budget(awards, 9_000_000)
    with refused(awards, case, Refused, rules={"award_fits_the_budget"}):
        awards.fire(case, "confirm_budget", "treasurer")
    awards.fire(case, "no_budget", "treasurer", BECAUSE)
    assert state(awards, case) == "deferred"
    awards.go_to(date(2027, 1, 4))
    awards.sweep()
    assert state(awards, case) == "budget_check"
    awards.fire(case, "no_budget", "treasurer", BECAUSE)
    awards.fire(case, "without_money", VERIFIER, BECAUSE)
    assert state(awards, case) == "decision"
    assert form(awards, case)["without_money"] is True
    all_signed(awards, case)
    awards.fire(case, "decree", "regent")
    with pytest.raises(NotNow):
        awards.fire(case, "record_payment", VERIFIER, payment(awards))
    assert balances(awards) == {"available": 1_000_000}


def test_what_is_paid_is_what_was_awarded_and_another_tax_is_a_warning(awards: World) -> None:
    _, case = decreed(awards)
    awards.fire(case, "extract", "agency_chief")
    all_signed(awards, case)
    with refused(awards, case, Refused, rules={"money_is_paid_before_the_hand_over"}):
        awards.fire(case, "hand_over", VERIFIER, handing(awards))
    with refused(awards, case, Refused, rules={"payment_adds_up"}):
        awards.fire(case, "record_payment", VERIFIER, payment(awards, gross=AMOUNT + 1))
    with refused(awards, case, Refused, rules={"payment_adds_up"}):
        awards.fire(case, "record_payment", VERIFIER, payment(awards, net=AMOUNT))
    untaxed = payment(awards, tax=0)
    warned = {
        each.rule.partition(".")[2] for each in awards.preview(case, "record_payment", VERIFIER, untaxed).warnings
    }
    assert warned == {"tax_follows_the_rate"}
    awards.fire(case, "record_payment", VERIFIER, payment(awards))
    assert recorded(awards, case, "payment")


@pytest.mark.parametrize("trigger", ["withdraw", "refuse"])
def test_what_was_held_is_free_again_when_nothing_comes_of_it(awards: World, trigger: str) -> None:
    _, case = for_decision(awards)
    assert balances(awards)["reserved"] == AMOUNT
    awards.fire(case, trigger, {"withdraw": "nurse", "refuse": "regent"}[trigger], BECAUSE)
    assert balances(awards) == {"available": 10_000_000}


# --- The decision ----------------------------------------------------------------------------------------------------


def test_nobody_decrees_in_the_regents_stead(awards: World) -> None:
    _, case = for_decision(awards)
    day = awards.at.date()
    stands_in(awards, "secretary", instead_of="regent", kind="plh", from_on=day, until_on=date(2026, 4, 30))
    with pytest.raises(Refused, match=r"Plh\. Bupati Kemuning tidak berwenang"):
        awards.fire(case, "decree", "secretary")
    assert state(awards, case) == "decision"
    assert balances(awards)["reserved"] == AMOUNT


def test_the_regent_has_it_examined_and_it_comes_straight_back(awards: World) -> None:
    _, case = for_decision(awards)
    awards.fire(case, "send_back", "regent", {"examine": "Keaslian bukti inovasi."})
    assert state(awards, case) == "verification"
    assert balances(awards)["reserved"] == AMOUNT
    awards.fire(case, "verify", VERIFIER)
    assert state(awards, case) == "decision"
    awards.fire(case, "decree", "regent")
    assert balances(awards)["committed"] == AMOUNT


def test_a_predicate_corrected_meanwhile_keeps_the_award_from_being_decreed(awards: World) -> None:
    _, case = for_decision(awards)
    judged(awards, "nurse", "Kurang")
    with refused(awards, case, Refused, rules={"predicates_are_good"}):
        awards.fire(case, "decree", "regent")


def test_the_law_of_the_day_of_the_nomination_says_how_many_jp_are_enough(awards: World, tmp_path: Path) -> None:
    awards = by_another_law(awards, tmp_path, MORE_HOURS, "incentive.toml")
    of_round = open_round(awards)
    before = nominated(awards, "nurse", in_round=of_round)
    late = proposed(awards, "stranger", in_round=of_round)
    awards.go_to(date(2026, 3, 12))
    awards.fire(late, "nominate", "health_head")
    for case in (before, late):
        awards.fire(case, "clear", "auditor", clearance(awards))
    awards.fire(before, "verify", VERIFIER)
    assert (state(awards, before), last_payload(awards, before)["law_on"]) == ("scoring", "2026-03-02")
    with refused(awards, late, Refused, rules={"hours_are_reached"}) as refusal:
        awards.fire(late, "verify", VERIFIER)
    assert "sekurang-kurangnya 32 JP" in refusal.says[0]
    engine = awards.engine
    told_of = awards.database.read(explain, engine.office, engine.registry, before)
    assert "Syarat menurut ketentuan pada 2 Maret 2026" in told_of


def test_nobody_is_nominated_twice_for_the_same_kind(awards: World) -> None:
    of_round = open_round(awards)
    nominated(awards, "nurse", in_round=of_round)
    again = opened(awards, "nurse", by="nursing_head")
    with refused(awards, again, Refused, rules={"not_nominated_twice"}):
        awards.fire(again, "propose", "nursing_head", nomination(awards, "nursing_head", in_round=of_round))


# --- What comes between ----------------------------------------------------------------------------------------------


def test_an_open_case_halts_a_nomination_and_the_others_go_on(awards: World) -> None:
    _, best, other = scoring(awards)
    awards.fire(best, "clear", "auditor", clearance(awards, clear=False))
    awards.fire(best, "suspend", VERIFIER, BECAUSE)
    warned = {each.rule.partition(".")[2] for each in awards.preview(other, "recommend", CHAIR).warnings}
    assert "the_comparison_is_complete" in warned
    with refused(awards, best, Refused, rules={"the_case_is_over"}):
        awards.fire(best, "resume", VERIFIER)
    awards.fire(best, "clear", "auditor", clearance(awards, number="700/13/INSP/2026"))
    awards.fire(best, "resume", VERIFIER)
    assert state(awards, best) == "scoring"
    awards.fire(best, "recommend", CHAIR)
    assert found(awards) == []


def test_whoever_is_found_guilty_is_turned_down_and_the_money_is_free(awards: World) -> None:
    _, case = for_decision(awards)
    with refused(awards, case, Refused, rules={"there_is_a_case_to_wait_for"}):
        awards.fire(case, "suspend", VERIFIER, BECAUSE)
    awards.fire(case, "clear", "auditor", clearance(awards, clear=False))
    awards.fire(case, "suspend", VERIFIER, BECAUSE)
    assert balances(awards)["reserved"] == AMOUNT
    awards.fire(case, "reject", VERIFIER, {"reason": "Dijatuhi hukuman disiplin sedang.", "rule": RULE})
    assert state(awards, case) == "rejected"
    assert balances(awards) == {"available": 10_000_000}


# --- Taken back ------------------------------------------------------------------------------------------------------


def test_an_award_that_was_handed_over_is_taken_back_in_a_case_of_its_own(awards: World) -> None:
    _, case = awarded(awards)
    revocation = awards.database.write(
        awards.engine.open, "award_revocation", awards.actor(VERIFIER), {}, awards.at, person=awards.ids["nurse"]
    ).case_id
    why: dict[str, Any] = {
        "award_case": case,
        "ground": "false_data",
        "explanation": "Bukti inovasi ternyata karya perangkat daerah lain.",
        "evidence": [awards.file(VERIFIER)],
    }
    awards.fire(revocation, "submit", VERIFIER, why)
    awards.fire(revocation, "forward", "agency_chief")
    awards.fire(revocation, "answer", "nurse", {"answer": "Saya menerima dan akan mengembalikannya."})
    day = awards.at.date().isoformat()
    back = {"rule": "PP 11/2017 Pasal 231", "money_back": AMOUNT, "money_back_on": day, "return_slip": "STS-0412/2026"}
    with refused(awards, revocation, Refused, rules={"money_comes_back_or_why_not"}):
        awards.fire(revocation, "revoke", "regent", {"rule": back["rule"]})
    awards.fire(revocation, "revoke", "regent", back)
    all_signed(awards, revocation)
    assert state(awards, revocation) == "revoked"
    assert kinds_of(awards, revocation) == ["award_late_revocation"]
    assert found(awards) == []


def test_an_award_is_taken_back_before_the_hand_over_and_the_money_is_free(awards: World) -> None:
    _, case = decreed(awards)
    awards.fire(case, "revoke", "regent", {"reason": "Bukti inovasi tidak benar.", "rule": "PP 11/2017 Pasal 231"})
    assert state(awards, case) == "revoked"
    assert balances(awards) == {"available": 10_000_000}
    all_signed(awards, case)
    assert letter(awards, case, "award_decree").state == "void"
    assert found(awards) == []


# --- The round -------------------------------------------------------------------------------------------------------


def test_a_round_that_is_open_longer_takes_nominations_until_the_later_day(awards: World) -> None:
    of_round = open_round(awards)
    earlier = {"new_closes_on": "2026-03-20", "reason": "Ada permintaan."}
    with refused(awards, of_round, Refused, rules={"new_closing_day_is_later"}):
        awards.fire(of_round, "extend", ORGANISER, earlier)
    awards.fire(of_round, "extend", ORGANISER, {**earlier, "new_closes_on": "2026-04-10"})
    closed(awards)
    assert state(awards, of_round) == "open"
    nominated(awards, "nurse", in_round=of_round)
    awards.go_to(date(2026, 4, 11))
    awards.sweep()
    assert state(awards, of_round) == "comparing"
    case = opened(awards, "stranger")
    skilled(awards, "stranger", case)
    with refused(awards, case, Refused, rules={"round_takes_the_nomination"}):
        awards.fire(case, "propose", "stranger", nomination(awards, "stranger", in_round=of_round))


def test_a_round_is_cancelled_only_while_nothing_is_under_way(awards: World) -> None:
    of_round = open_round(awards)
    case = nominated(awards, "nurse", in_round=of_round)
    with pytest.raises(NotNow):
        awards.fire(of_round, "cancel", ORGANISER, BECAUSE)
    awards.fire(case, "withdraw", "nurse", BECAUSE)
    awards.fire(of_round, "cancel", ORGANISER, BECAUSE)
    assert state(awards, of_round) == "cancelled"


def test_a_nomination_that_was_sent_back_in_time_is_nominated_again_after_the_closing(awards: World) -> None:
    of_round = open_round(awards)
    case = nominated(awards, "nurse", in_round=of_round)
    closed(awards)
    awards.fire(case, "return", VERIFIER, {"to_mend": "Bukti inovasi belum terbaca."})
    awards.fire(case, "propose", "nurse", nomination(awards, "nurse", in_round=of_round))
    awards.fire(case, "nominate", "hospital_head")
    assert state(awards, case) == "verification"


@pytest.mark.parametrize("trigger", ["decline", "reject"])
def test_a_nomination_ends_with_the_head_or_the_verifier(awards: World, trigger: str) -> None:
    of_round = open_round(awards)
    case = proposed(awards, "nurse", in_round=of_round)
    if trigger == "decline":
        awards.fire(case, "decline", "hospital_head", BECAUSE)
    else:
        awards.fire(case, "nominate", "hospital_head")
        awards.fire(case, "reject", VERIFIER, {"reason": "Bukti inovasi tidak benar.", "rule": RULE})
    assert state(awards, case) == {"decline": "declined", "reject": "rejected"}[trigger]
    closed(awards)
    awards.sweep()
    assert state(awards, of_round) == "finished"
