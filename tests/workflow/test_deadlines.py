"""Time: counted working days, and a ladder of reminders, escalation and the system's own steps, each taken once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from policies.calendar import WorkCalendar
from policies.parameters import Policies
from tests.offices import DAY, TODAY, change, gone, hold, messages, names, post_of, waiting
from tests.witness import broken
from tests.world import World
from workflow.audit import events_of
from workflow.cases import load
from workflow.engine.sweep import Swept, due_deadlines, sweep, waiting_cases
from workflow.tables import cases, deadlines, tasks

FRIDAY = date(2026, 3, 6)


def ladder(world: World, case: str) -> list[tuple[str, date]]:
    """What is still to come: kind of rung, and the day on which it falls."""
    query = select(deadlines).where(deadlines.c.case_id == case, deadlines.c.done_at.is_(None))
    return [(row.kind, row.falls_on) for row in world.all(query.order_by(deadlines.c.falls_on, deadlines.c.rung))]


def due(world: World, case: str) -> date:
    """The day by which whoever is waited for should have acted."""
    ((found,),) = {(row.due_on,) for row in world.all(select(tasks.c.due_on).where(tasks.c.case_id == case))}
    assert isinstance(found, date)
    return found


def state(world: World, case: str) -> str:
    return world.database.read(load, case).state


def types(world: World, case: str) -> list[str]:
    return [event.type for event in world.database.read(events_of, case)]


def days(world: World, until: date) -> dict[date, Swept]:
    """Sweep every day up to one, and answer the days on which something was done."""
    done = {}
    while world.at.date() < until:
        world.go_to(world.at.date() + DAY)
        swept = world.sweep()
        if swept != Swept():
            done[world.at.date()] = swept
    return done


# --- Counting --------------------------------------------------------------------------------------------------------


#: The hospital works six days a week; the health office five.
AT_FIVE_DAYS: dict[str, Any] = {"host": "unit:RSUD", "funding": "none", "estimate": 0}


def test_the_day_of_receipt_is_not_counted(world: World) -> None:
    assert due(world, world.submitted()) == date(2026, 3, 4), "two working days after Monday"


def test_a_unit_with_a_six_day_week_counts_saturdays_and_others_do_not(world: World) -> None:
    world.go_to(FRIDAY)
    assert due(world, world.submitted()) == date(2026, 3, 9), "7, 9"
    assert due(world, world.submitted("stranger", **AT_FIVE_DAYS)) == date(2026, 3, 10), "9, 10"


def test_what_comes_in_on_a_day_of_rest_counts_as_received_on_the_next_working_day(world: World) -> None:
    world.go_to(FRIDAY + 2 * DAY)
    case = world.submitted()
    assert due(world, case) == date(2026, 3, 11), "received on Monday the 9th"


def test_the_days_of_lebaran_are_not_counted(world: World) -> None:
    world.go_to(date(2026, 3, 13))
    case = world.road("forward")
    assert due(world, case) == date(2026, 3, 26), "14, 16, 17, then 18 to 24 March are holidays, 25, 26"


# --- The ladder ------------------------------------------------------------------------------------------------------


def test_a_superior_is_reminded_once_and_then_their_own_superior_is_asked(world: World) -> None:
    case = world.submitted()
    assert ladder(world, case) == [("remind", date(2026, 3, 3)), ("escalate", date(2026, 3, 5))]
    done = days(world, date(2026, 3, 10))
    assert {day: (swept.reminded, swept.escalated) for day, swept in done.items()} == {
        date(2026, 3, 3): (1, 0),
        date(2026, 3, 5): (0, 1),
    }
    told = messages(world, case)
    assert ["tenggat 4 Maret 2026" in said for said in told["nursing_head"]] == [False, True], "given, then reminded"
    (asked,) = told["hospital_head"]
    assert "lewat tenggat 4 Maret 2026" in asked
    assert set(waiting(world, case)) == {"nursing_head", "hospital_head"}
    event = world.database.read(events_of, case)[-1]
    assert event.type == "escalated"
    assert event.payload is not None
    assert event.payload["waits"] == [{"role": "supervisor", "person": world.ids["hospital_head"]}]
    assert broken(world.database) == []


def test_after_the_escalation_either_may_act_and_silence_never_approves(one_world: World) -> None:
    world = one_world
    first, second = world.submitted(), world.submitted("second_nurse")
    days(world, date(2026, 3, 17))
    assert {state(world, first), state(world, second)} == {"supervisor_review"}
    assert world.fire(first, "endorse", "hospital_head").state == "agency_review"
    assert world.fire(second, "endorse", "nursing_head").state == "agency_review"
    assert set(waiting(world, first)) == {"hospital_head"}, "what was escalated ends with the state"


def test_a_late_verification_is_shown_to_the_head_of_the_personnel_agency(world: World) -> None:
    case = world.road("forward")
    days(world, date(2026, 3, 10))
    (asked,) = messages(world, case)["agency_chief"]
    assert "lewat tenggat 7 Maret 2026" in asked
    assert set(waiting(world, case)) == {"verifier", "second_verifier"}


def test_a_host_that_does_not_answer_is_reminded_twice_and_then_counts_as_not_available(one_world: World) -> None:
    world = one_world
    case = world.road("request_host")
    world.letters_are_made()
    done = days(world, date(2026, 4, 17))
    # Working days from 2 March: the fifth is Saturday the 7th, the tenth the 13th; then Lebaran, and Good Friday on 3 April.
    assert {
        day: (s.reminded, s.escalated, s.fired) for day, s in done.items() if s.fired or s.reminded or s.escalated
    } == {
        date(2026, 3, 7): (1, 0, 0),
        date(2026, 3, 13): (1, 0, 0),
        date(2026, 3, 27): (0, 1, 0),
        date(2026, 4, 2): (0, 0, 1),
        # what follows is the ladder of the next state
        date(2026, 4, 9): (1, 0, 0),
        date(2026, 4, 16): (0, 1, 0),
    }
    assert state(world, case) == "host_unavailable"
    event = next(event for event in world.database.read(events_of, case) if event.type == "lapse")
    assert event.payload is not None
    assert event.payload["actor"] == {"id": None, "name": "Sistem"}


def test_a_draft_that_nobody_touches_is_withdrawn_by_the_system_after_reminders(one_world: World) -> None:
    world = one_world
    case = world.open()
    done = days(world, date(2026, 5, 1))
    assert sum(swept.reminded for swept in done.values()) == 2
    assert sum(swept.fired for swept in done.values()) == 1
    assert state(world, case) == "withdrawn"
    assert types(world, case) == ["opened", "withdraw"]
    assert len(messages(world, case)["nurse"]) == 3


def test_saving_a_draft_starts_its_time_anew(world: World) -> None:
    case = world.open()
    first = ladder(world, case)
    world.go_to(FRIDAY)
    world.fire(case, "save", "nurse", {"section": "ICU"})
    assert [kind for kind, _ in ladder(world, case)] == [kind for kind, _ in first]
    assert all(later > earlier for (_, later), (_, earlier) in zip(ladder(world, case), first, strict=True))


def test_after_a_long_sleep_one_sweep_takes_every_rung_in_order(world: World) -> None:
    case = world.road("request_host")
    world.letters_are_made()
    world.go_to(date(2026, 4, 20))
    swept = world.sweep()
    assert (swept.reminded, swept.escalated, swept.fired) == (2, 1, 1)
    assert types(world, case)[-3:] == ["escalated", "lapse", "reseated"] or types(world, case)[-2:] == [
        "escalated",
        "lapse",
    ]


def test_sweeping_again_on_the_same_day_does_nothing_more(world: World) -> None:
    world.submitted()
    world.open("second_nurse")
    world.road("request_host", "third_nurse")
    world.go_to(date(2026, 4, 20))
    world.sweep()
    assert world.sweep() == Swept()


def test_a_sweep_that_is_stopped_leaves_the_rest_to_the_next(world: World) -> None:
    late = [world.submitted(who) for who in ("nurse", "second_nurse", "third_nurse")]
    world.go_to(TODAY + 30 * DAY)
    asked = iter((False, False))
    first = sweep(world.database, world.engine, world.at, stopped=lambda: next(asked, True))
    assert (first.stopped, first.reminded + first.escalated, first.reseated) == (True, 2, 0)
    second = world.sweep()
    assert (second.stopped, second.reminded + second.escalated) == (False, 2 * len(late) - 2)


def test_open_cases_are_read_a_portion_at_a_time_each_once(world: World) -> None:
    opened = sorted(world.submitted(who) for who in ("nurse", "second_nurse", "third_nurse"))
    first = world.database.read(waiting_cases, "", 2)
    rest = world.database.read(waiting_cases, first[-1], 2)
    assert (first, rest) == (opened[:2], opened[2:])
    assert world.database.read(waiting_cases) == opened


def test_due_rungs_are_read_on_from_where_a_portion_ended(world: World) -> None:
    for who in ("nurse", "second_nurse", "third_nurse"):
        world.submitted(who)
    on = TODAY + 30 * DAY
    every = world.database.read(due_deadlines, on)
    assert len(every) == 6
    assert world.database.read(due_deadlines, on, every[2]) == every[3:]


def test_after_a_sweep_sqlite_knows_how_its_tables_look(one_world: World) -> None:
    one_world.submitted()
    one_world.sweep()
    assert one_world.all(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'cases' AND idx = 'ix_cases_unit_id'"))


def test_a_state_that_was_left_in_time_is_not_late(world: World) -> None:
    case = world.submitted()
    world.fire(case, "endorse", "nursing_head")
    assert {kind for kind, _ in ladder(world, case)} == {"remind", "escalate"}
    done = days(world, date(2026, 3, 5))
    assert sum(swept.escalated for swept in done.values()) == 0
    assert "nursing_head" not in waiting(world, case)


def test_a_case_that_cannot_be_swept_holds_up_no_other(world: World) -> None:
    broken, good = world.submitted(), world.submitted("second_nurse")
    change(world, update(cases).where(cases.c.id == broken).values(process="secondment"))
    world.go_to(date(2026, 3, 5))
    swept = world.sweep()
    assert (swept.reminded, swept.escalated) == (1, 1)
    assert types(world, good) == ["opened", "submit", "escalated"]
    assert all(broken in note and "secondment" in note for note in swept.held_up)
    assert len(swept.held_up) == 3, "its two rungs and its seats"


# --- Steps of the system on a day of the form ------------------------------------------------------------------------


def test_an_internship_starts_and_ends_of_itself_on_its_days(one_world: World) -> None:
    world = one_world
    case = world.road("introduce")
    done = days(world, date(2026, 4, 18))
    assert [day for day, swept in done.items() if swept.fired] == [date(2026, 4, 6), date(2026, 4, 18)]
    assert state(world, case) == "reporting"


def test_what_is_missing_holds_up_the_start_and_it_is_tried_again_each_working_day(one_world: World) -> None:
    world = one_world
    case = world.road("assign")
    done = days(world, date(2026, 4, 13))
    held = [day for day, swept in done.items() if swept.held_up]
    assert held == [date(2026, 4, day) for day in (6, 7, 8, 9, 10, 11, 13)], "not on Sunday"
    assert "Surat pengantar belum ditandatangani" in done[held[0]].held_up[0]
    assert state(world, case) == "assigned"
    world.fire(case, "introduce", "agency_chief")
    world.go_to(date(2026, 4, 14))
    assert world.sweep().fired == 1
    assert state(world, case) == "ongoing"


def test_a_start_that_has_become_impossible_is_not_tried_for_ever_and_the_verifier_is_asked(
    one_world: World,
) -> None:
    world = one_world
    case = world.road("assign")
    days(world, date(2026, 5, 4))
    assert state(world, case) == "assigned"
    assert ladder(world, case) == []
    assert set(waiting(world, case)) == {"agency_chief", "contact", "nurse", "verifier", "second_verifier"}
    assert world.fire(case, "cancel", "verifier", {"reason": "Tidak jadi dimulai."}).state == "cancelled"


# --- Pauses ----------------------------------------------------------------------------------------------------------


def returned(world: World, after: date) -> str:
    """A request in verification since Monday the 2nd, returned on a day."""
    case = world.road("forward")
    world.go_to(after)
    world.fire(case, "return", "verifier", {"to_mend": "Lengkapi lampirannya."})
    return case


def test_the_clock_stands_still_while_a_request_is_mended(world: World) -> None:
    case = returned(world, date(2026, 3, 4))
    world.go_to(date(2026, 3, 11))
    world.fire(case, "submit", "nurse", {"goal": "Diperjelas."})
    assert state(world, case) == "verification", "straight back to the one who returned it"
    assert due(world, case) == date(2026, 3, 14), "three days were left: 12, 13, 14"
    assert [kind for kind, _ in ladder(world, case)] == ["remind", "escalate"]


def test_at_least_one_day_remains_when_a_request_comes_back(world: World) -> None:
    case = returned(world, date(2026, 3, 12))
    world.go_to(date(2026, 3, 13))
    world.fire(case, "submit", "nurse", {})
    assert due(world, case) == date(2026, 3, 14)


def test_what_is_changed_for_the_superiors_goes_through_all_of_them_again_with_all_their_time(world: World) -> None:
    case = returned(world, date(2026, 3, 4))
    world.fire(case, "submit", "nurse", {"estimate": 3_000_000})
    assert state(world, case) == "supervisor_review"
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "forward", "hospital_head")
    assert due(world, case) == date(2026, 3, 10), "five days from the 4th: 5, 6, 7, 9, 10"


def test_the_days_left_count_for_one_return_only(world: World) -> None:
    case = returned(world, date(2026, 3, 4))
    world.fire(case, "submit", "nurse", {})
    world.fire(case, "verify", "verifier", {"budget_line": world.budget_line})
    world.fire(case, "send_back", "secretary", {"to_mend": "Periksa sekali lagi."})
    assert due(world, case) == date(2026, 3, 10), "five days from the 4th: a new stay"


# --- Seated anew -----------------------------------------------------------------------------------------------------


def with_calendar(world: World, folder: Path, text: str) -> World:
    """The same office under a calendar that has become known since."""
    (folder / "calendar.toml").write_text(text)
    office = replace(world.engine.office, calendar=WorkCalendar.load(folder), policies=Policies.load(folder))
    return replace(world, engine=replace(world.engine, office=office))


def test_a_holiday_that_becomes_known_moves_the_day_and_what_is_still_to_come(world: World, tmp_path: Path) -> None:
    case = world.submitted()
    world.go_to(date(2026, 3, 3))
    world.sweep()
    assert ladder(world, case) == [("escalate", date(2026, 3, 5))]
    text = 'local = [{ on = 2026-03-04, says = "Hari jadi kabupaten", by = "Praktik daerah" }]\n'
    world = with_calendar(world, tmp_path, text)
    swept = world.sweep()
    assert swept == Swept(reseated=1)
    assert due(world, case) == date(2026, 3, 5)
    assert ladder(world, case) == [("escalate", date(2026, 3, 6))], "the reminder that was given is not given again"
    assert types(world, case)[-1] == "reseated"
    assert world.sweep() == Swept()


def test_a_parameter_that_changes_does_not_change_the_time_of_a_state_entered_before(
    world: World, tmp_path: Path
) -> None:
    case = world.submitted()
    (tmp_path / "internship.toml").write_text(
        '[supervisor_days]\nsays = "Waktu"\nunit = "hari kerja"\n'
        'since = [{ from = 2020-01-01, value = 2, by = "Praktik daerah" },'
        ' { from = 2026-03-03, value = 9, by = "Praktik daerah" }]\n'
    )
    world = with_calendar(world, tmp_path, "")
    world.go_to(date(2026, 3, 3))
    world.sweep()
    assert due(world, case) == date(2026, 3, 4)
    assert due(world, world.submitted("second_nurse")) == date(2026, 3, 13), "nine days from the 3rd"


def test_the_daily_sweep_seats_those_who_wait_now(world: World) -> None:
    case = world.submitted()
    post = post_of(world, "nursing_head")
    gone(world, "nursing_head", on=TODAY + DAY)
    assert world.sweep() == Swept()
    world.go_to(TODAY + DAY)
    assert world.sweep().reseated == 1
    assert set(waiting(world, case)) == {"hospital_head"}
    hold(world, post, "second_nurse")
    assert world.sweep().reseated == 1
    assert set(waiting(world, case)) == {"second_nurse"}
    assert types(world, case) == ["opened", "submit", "reseated", "reseated"]
    event = world.database.read(events_of, case)[-1]
    assert event.payload is not None
    assert [names(world)[wait["person"]] for wait in event.payload["waits"]] == ["second_nurse"]


def test_whoever_is_seated_anew_keeps_the_day_by_which_to_act(world: World) -> None:
    case = world.submitted()
    world.go_to(date(2026, 3, 3))
    hold(world, post_of(world, "nursing_head"), "stranger")
    world.sweep()
    assert due(world, case) == date(2026, 3, 4)


def test_an_escalated_task_stays_escalated_when_it_is_seated_anew(world: World) -> None:
    case = world.submitted()
    days(world, date(2026, 3, 5))
    hold(world, post_of(world, "nursing_head"), "stranger")
    world.sweep()
    assert set(waiting(world, case)) == {"stranger", "hospital_head"}


@pytest.mark.parametrize("until", ["submit", "forward", "request_host", "introduce", "finish", "report"])
def test_a_sweep_on_the_day_itself_changes_nothing(one_world: World, until: str) -> None:
    case = one_world.road(until)
    before = types(one_world, case)
    one_world.at += timedelta(minutes=1)
    assert one_world.sweep() == Swept()
    assert types(one_world, case) == before
