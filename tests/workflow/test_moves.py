"""A participant moves, retires, dies or goes over to the host in the middle; an approver is long away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.circumstances import alter, away, stands_in
from tests.cohorts import gathered
from tests.offices import hold, post_of
from tests.turns import found
from tests.witness import (
    balances,
    credited,
    happened,
    hears,
    last_payload,
    letters_of,
    occupied,
    recorded,
    refused,
    state,
    waiting,
)
from tests.world import REQUEST, World
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import NotNow, NotYours, Refused
from workflow.tables import cases

FREE_OF_COST = {"reason": "Peserta tidak lagi bertugas.", "without_cost": True}
#: An internship in a unit of our own.
INSIDE: dict[str, Any] = {"host": "unit:DINKES", "funding": "none", "estimate": 0}
DAY = timedelta(days=1)


def reseat(world: World, case: str) -> bool:
    """As an import does for each case that it touched."""
    world.at += timedelta(seconds=1)
    return world.database.write(world.engine.reseat, case, world.at)


def moves(world: World, case: str, unit: str = "DINKES", superior: str = "health_head", who: str = "nurse") -> None:
    """An import says that somebody works elsewhere."""
    alter(world, who, unit_id=unit, superior_position_id=post_of(world, superior))
    reseat(world, case)


def leaves(world: World, case: str, who: str = "nurse") -> None:
    """Somebody is no longer in service from today."""
    alter(world, who, left_on=world.at.date())
    reseat(world, case)


def unit_of(world: World, case: str) -> str:
    """The unit whose case it is."""
    return str(world.all(select(cases.c.unit_id).where(cases.c.id == case))[0].unit_id)


# --- To another unit -------------------------------------------------------------------------------------------------


def test_a_move_is_noted_once_both_heads_are_told_and_the_new_one_is_asked(world: World) -> None:
    case = world.road("forward")
    hear = hears(world, case)
    moves(world, case)
    assert hear.who == {"nurse", "hospital_head", "health_head"}
    assert "Sampai 9 Maret 2026 Anda dapat melanjutkan atau menarik peserta" in hear.says("health_head")[0]
    assert waiting(world, case)["health_head"] == "continue recall"
    assert unit_of(world, case) == "RSUD", "budget and register stay with the unit that the case was opened in"
    assert not reseat(world, case)
    assert happened(world, case)[-2:] == ["moved", "reseated"]
    assert found(world) == []


def test_approvals_given_stand_and_new_tasks_go_to_the_new_superior_and_the_old_head(world: World) -> None:
    case = world.submitted()
    moves(world, case, "BKPSDM", "agency_chief")
    tasks = waiting(world, case)
    assert set(tasks) == {"agency_chief"}
    assert set(tasks["agency_chief"].split(", ")) == {"endorse return reject", "continue recall"}
    world.fire(case, "endorse", "agency_chief")
    assert waiting(world, case) == {"hospital_head": "forward return reject", "agency_chief": "continue recall"}
    world.fire(case, "forward", "hospital_head")
    assert state(world, case) == "verification"
    assert found(world) == []


def test_the_new_head_agrees_and_is_asked_no_more(world: World) -> None:
    case = world.road("forward")
    moves(world, case)
    world.fire(case, "continue", "health_head", {"note": "Silakan dilanjutkan."})
    assert "health_head" not in waiting(world, case)
    world.go_to(date(2026, 3, 20))
    reseat(world, case)
    assert "move_continued" not in happened(world, case)
    with refused(world, case, NotYours):
        world.fire(case, "recall", "health_head", {"reason": "Dibutuhkan di sini."})
    assert found(world) == []


def test_silence_continues_when_the_days_have_passed(world: World) -> None:
    case = world.road("confirm")
    moves(world, case)
    world.go_to(date(2026, 3, 9))
    world.sweep()
    assert "continue recall" in waiting(world, case).values()
    world.go_to(date(2026, 3, 10))
    world.sweep()
    assert happened(world, case)[-2:] == ["move_continued", "reseated"]
    assert "health_head" not in waiting(world, case)
    with refused(world, case, NotYours):
        world.fire(case, "continue", "health_head")
    assert found(world) == []


@pytest.mark.parametrize("stage", ["endorse", "forward", "verify", "request_host", "confirm", "assign", "introduce"])
def test_the_new_head_takes_the_participant_back_before_it_begins(one_world: World, stage: str) -> None:
    world = one_world
    case = world.road(stage)
    moves(world, case)
    hear = hears(world, case)
    world.fire(case, "recall", "health_head", {"reason": "Dibutuhkan pada unit yang baru."})
    assert state(world, case) == "cancelled"
    assert {"nurse", "hospital_head"} <= hear.who
    assert balances(world) == {"available": 10_000_000}
    assert occupied(world, case) is None
    taken_back = {row.kind for row in letters_of(world, case) if row.cancelled_by}
    expected = {"request_host", "confirm", "assign", "introduce"} & {stage}
    assert bool(taken_back) is bool(expected)
    assert found(world) == []


def test_the_new_head_takes_the_participant_back_from_the_host(world: World) -> None:
    case = world.road("start")
    moves(world, case)
    world.fire(case, "recall", "health_head", {**FREE_OF_COST, "reason": "Dibutuhkan pada unit yang baru."})
    assert state(world, case) == "recalled"
    (recall,) = letters_of(world, case, "internship_recall")
    assert (recall.state, waiting(world, case)) == ("to_sign", {"hospital_head": "sign internship_recall"})
    assert found(world) == []


def test_a_head_of_another_unit_has_no_say_where_nobody_moved(world: World) -> None:
    case = world.road("start")
    for who in ("health_head", "secretary"):
        with pytest.raises(Exception, match=r"tidak ada|dilakukan oleh"):
            world.fire(case, "recall", who, FREE_OF_COST)
    with refused(world, case, NotYours):
        world.fire(case, "continue", "hospital_head")


def test_a_second_move_asks_the_newest_head_and_no_longer_the_one_before(world: World) -> None:
    case = world.road("confirm")
    moves(world, case)
    hear = hears(world, case)
    world.go_to(date(2026, 3, 5))
    moves(world, case, "BKPSDM", "agency_chief")
    assert hear.who == {"nurse", "hospital_head", "health_head", "agency_chief"}
    assert "health_head" not in waiting(world, case)
    assert waiting(world, case)["agency_chief"] == "continue recall"
    assert last_payload(world, case)["actor"]["name"] == "Sistem"
    world.go_to(date(2026, 3, 10))
    world.sweep()
    assert "agency_chief" in waiting(world, case), "the days run from the second move"
    world.go_to(date(2026, 3, 13))
    world.sweep()
    assert "agency_chief" not in waiting(world, case)
    assert happened(world, case).count("moved") == 2
    assert found(world) == []


def test_a_move_back_or_a_corrected_import_takes_the_question_away(world: World) -> None:
    case = world.road("confirm")
    moves(world, case)
    hear = hears(world, case)
    moves(world, case, "RSUD", "nursing_head")
    assert hear.who == {"nurse", "hospital_head", "health_head"}
    assert happened(world, case)[-2:] == ["moved_back", "reseated"]
    assert "health_head" not in waiting(world, case)
    moves(world, case)
    assert waiting(world, case)["health_head"] == "continue recall", "a later move is one of its own"
    assert found(world) == []


def test_a_participant_who_becomes_the_head_there_does_not_answer_for_themselves(world: World) -> None:
    case = world.road("confirm")
    post = post_of(world, "health_head")
    moves(world, case)
    hold(world, post, "nurse")
    reseat(world, case)
    assert "nurse" not in waiting(world, case)
    assert waiting(world, case)["secretary"] == "continue recall"


def test_a_draft_goes_along_with_whom_it_is_about(world: World) -> None:
    """Nobody has approved it yet: the new superior and the new head decide, and nobody is asked to let it go on."""
    case = world.open(form=REQUEST)
    moves(world, case)
    assert (happened(world, case)[1], unit_of(world, case)) == ("moved", "DINKES")
    world.fire(case, "submit", "nurse", REQUEST)
    world.fire(case, "endorse", "health_head")
    assert waiting(world, case) == {"health_head": "forward return reject"}
    assert found(world) == []


def test_a_draft_that_was_returned_stays_with_those_who_approved_it(world: World) -> None:
    case = world.road("endorse")
    world.fire(case, "return", "hospital_head", {"to_mend": "Mohon perbaiki tujuannya."})
    moves(world, case)
    assert unit_of(world, case) == "RSUD"
    world.fire(case, "submit", "nurse", {})
    reseat(world, case)
    assert "continue recall" in waiting(world, case)["health_head"]
    assert found(world) == []


def test_after_the_days_at_the_host_the_heads_are_told_and_nobody_is_asked(world: World) -> None:
    case = world.road("finish")
    hear = hears(world, case)
    moves(world, case)
    assert {"hospital_head", "health_head", "nurse"} <= hear.who
    assert "health_head" not in waiting(world, case)
    world.go_to(date(2026, 5, 4))
    reseat(world, case)
    assert "move_continued" not in happened(world, case)
    assert found(world) == []


def test_a_whole_unit_that_moves_is_noted_case_by_case(world: World) -> None:
    both = {who: world.road("endorse", who) for who in ("nurse", "second_nurse")}
    for who in both:
        alter(world, who, unit_id="DINKES", superior_position_id=post_of(world, "health_head"))
    world.at += DAY
    assert world.sweep().held_up == []
    for case in both.values():
        assert "moved" in happened(world, case)
        assert waiting(world, case)["health_head"] == "continue recall"
    assert found(world) == []


# --- Gone ------------------------------------------------------------------------------------------------------------

STEPS = ("endorse", "forward", "verify", "request_host", "confirm")


@pytest.mark.parametrize("stage", STEPS)
def test_whoever_retires_or_dies_before_the_assignment_is_closed_at_once(one_world: World, stage: str) -> None:
    world = one_world
    case = world.road(stage)
    hear = hears(world, case)
    leaves(world, case)
    assert state(world, case) == "ended"
    assert happened(world, case)[-1] == "close_departed"
    assert balances(world) == {"available": 10_000_000}
    assert occupied(world, case) is None
    assert "hospital_head" in hear.who
    assert found(world) == []


def test_a_draft_of_somebody_who_left_is_closed_and_so_is_a_request_that_was_declined(world: World) -> None:
    draft, declined = world.open("second_nurse", REQUEST), world.road("request_host")
    world.fire(declined, "decline", "contact", {"reason": "Ruang magang penuh."})
    leaves(world, draft, "second_nurse")
    leaves(world, declined)
    assert (state(world, draft), state(world, declined)) == ("ended", "ended")
    assert found(world) == []


def test_whoever_moves_into_the_host_before_the_assignment_is_closed_and_nobody_is_asked(world: World) -> None:
    case = world.road("verify", **INSIDE)
    moves(world, case)
    assert state(world, case) == "ended"
    assert "moved" in happened(world, case)
    assert found(world) == []


def test_whoever_leaves_once_assigned_is_closed_by_the_final_verifier_who_has_a_task(world: World) -> None:
    case = world.road("introduce")
    leaves(world, case)
    assert state(world, case) == "assigned"
    assert waiting(world, case)["verifier"] == "close_departed"
    with refused(world, case, Refused, rules={"cost_is_accounted_for"}):
        world.fire(case, "close_departed", "verifier", {"reason": "Peserta meninggal dunia."})
    world.fire(case, "close_departed", "verifier", FREE_OF_COST)
    assert state(world, case) == "ended"
    assert balances(world) == {"available": 10_000_000}
    assert all(row.cancelled_by for row in letters_of(world, case, "internship_assignment", "internship_introduction"))
    assert found(world) == []


def test_an_internship_of_somebody_who_left_does_not_start(world: World) -> None:
    case = world.road("introduce")
    world.go_to(date(2026, 4, 6))
    alter(world, "nurse", left_on=date(2026, 4, 6))
    swept = world.sweep()
    assert any("tidak lagi bertugas" in note for note in swept.held_up)
    assert state(world, case) == "assigned"
    with refused(world, case, Refused, rules={"participant_is_still_to_go"}):
        world.fire(case, "start", "contact")


def test_days_at_the_host_that_are_too_few_stay_on_record_and_the_case_is_closed(world: World) -> None:
    case = world.road("start")
    world.fire(
        case, "log_day", "nurse", {"worked_on": "2026-04-06", "hours": 7.5, "activity": "Dinas", "learning": "A"}
    )
    world.fire(case, "confirm_days", "contact", {"from_on": "2026-04-06", "until_on": "2026-04-06"})
    with refused(world, case, NotNow):
        world.fire(case, "close_departed", "verifier", FREE_OF_COST)
    leaves(world, case)
    assert "keep_earned close_departed" in waiting(world, case)["verifier"]
    with refused(world, case, Refused, rules={"attendance_is_enough"}):
        world.fire(case, "keep_earned", "verifier")
    paid = {"reason": "Peserta pensiun.", "cost": 500_000, "proofs": [world.file("verifier")]}
    world.fire(case, "close_departed", "verifier", paid)
    assert state(world, case) == "ended"
    assert balances(world) == {"available": 9_500_000, "spent": 500_000}
    assert [row.status for row in recorded(world, case, "logbook")] == ["confirmed"]
    assert credited(world, "nurse") == []
    assert found(world) == []


def test_what_was_earned_is_completed_and_credited_also_when_the_report_is_missing(world: World) -> None:
    case = world.road("confirm_days")
    leaves(world, case)
    with refused(world, case, Refused, rules={"nothing_earned_is_lost"}):
        world.fire(case, "close_departed", "verifier", FREE_OF_COST)
    world.fire(case, "keep_earned", "verifier")
    assert state(world, case) == "final_verification"
    assert "close_departed" in waiting(world, case)["verifier"]
    world.fire(case, "complete", "verifier", {"without_cost": True})
    assert state(world, case) == "completed"
    assert credited(world, "nurse") == [(20, "C11")]
    assert found(world) == []


def test_whoever_is_still_here_is_neither_closed_nor_passed_on(world: World) -> None:
    case = world.road("start")
    for trigger, form in (("close_departed", FREE_OF_COST), ("keep_earned", {})):
        with refused(world, case, NotNow):
            world.fire(case, trigger, "verifier", form)
    assert "close_departed" not in " ".join(waiting(world, case).values())


def test_where_the_system_cannot_close_the_verifier_is_asked(one_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = one_world
    case = world.road("request_host")
    alter(world, "nurse", left_on=world.at.date())
    with monkeypatch.context() as patched:
        patched.setattr(type(world.engine), "fire", _cannot)
        reseat(world, case)
    assert state(world, case) == "awaiting_host"
    assert waiting(world, case)["verifier"] == "close_departed"
    world.fire(case, "close_departed", "verifier")
    assert state(world, case) == "ended"
    assert found(world) == []


def _cannot(*_: object, **__: object) -> None:
    raise NotNow("Belum dapat.")


def test_others_who_share_the_letters_go_on_under_them(one_world: World) -> None:
    world = one_world
    together = gathered(world, "clerk_1", "clerk_2", "clerk_3").until("introduce")
    gone = together.cases["clerk_2"]
    leaves(world, gone, "clerk_2")
    world.fire(gone, "close_departed", "verifier", FREE_OF_COST)
    kinds = {row.kind for row in letters_of(world, gone)}
    assert {"internship_change", "internship_assignment_change"} <= kinds
    assert not [row for row in letters_of(world, together.cases["clerk_1"]) if row.cancelled_by]
    assert {state(world, together.cases[who]) for who in ("clerk_1", "clerk_3")} == {"assigned"}
    assert found(world) == []


def test_only_the_final_verifier_or_the_system_closes_it(world: World) -> None:
    case = world.road("introduce")
    leaves(world, case)
    for who in ("hospital_head", "contact"):
        with refused(world, case, NotYours):
            world.fire(case, "close_departed", who, FREE_OF_COST)
    with refused(world, case, NotYours):
        world.database.write(world.engine.fire, case, "close_departed", THE_SYSTEM, FREE_OF_COST, world.at)


# --- Long away -------------------------------------------------------------------------------------------------------


def test_a_long_absence_without_a_stand_in_lets_the_task_climb(world: World) -> None:
    case = world.road("endorse")
    away(world, "hospital_head", from_on=date(2026, 3, 2), until_on=date(2026, 3, 4))
    reseat(world, case)
    assert set(waiting(world, case)) == {"hospital_head", "secretary"}


def test_a_short_absence_leaves_the_task_where_it_is(world: World) -> None:
    case = world.road("endorse")
    away(world, "hospital_head", from_on=date(2026, 3, 2), until_on=date(2026, 3, 3))
    reseat(world, case)
    assert set(waiting(world, case)) == {"hospital_head"}


def test_a_short_absence_lets_the_task_climb_that_is_due_before_they_are_back(world: World) -> None:
    case = world.road("endorse")
    away(world, "hospital_head", from_on=date(2026, 3, 4), until_on=date(2026, 3, 5))
    reseat(world, case)
    assert set(waiting(world, case)) == {"hospital_head"}, "not away yet"
    world.go_to(date(2026, 3, 4))
    reseat(world, case)
    assert set(waiting(world, case)) == {"hospital_head", "secretary"}, "due on the 5th"


def test_a_stand_in_acts_however_short_the_absence(world: World) -> None:
    case = world.road("endorse")
    days = {"from_on": date(2026, 3, 2), "until_on": date(2026, 3, 2)}
    away(world, "hospital_head", **days)
    stands_in(world, "fourth_nurse", instead_of="hospital_head", kind="plh", **days)
    reseat(world, case)
    assert set(waiting(world, case)) == {"fourth_nurse"}
