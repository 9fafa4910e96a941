"""Mentoring by the clock: zones of another place, the hour at which it ends, holidays, meetings that cannot have been."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.circumstances import alter
from tests.mentoring import BECAUSE, EVALUATION, MENTEE, MENTOR, agreed, logged, meeting, met, running
from tests.offices import post_of
from tests.witness import body, happened, letters_of, recorded, refused, state, waiting
from tests.workflow.test_hours import confirm, faults
from tests.world import World
from workflow.errors import InvalidForm, NotFound, NotYours, Refused
from workflow.telling.explain import explain

DAY = date(2026, 3, 10)


def in_zone(day: date, start: str, end: str, zone: str) -> dict[str, str]:
    """A meeting as another clock shows it."""
    return {**meeting(day), "starts_at": f"{day}T{start}:00{zone}", "ends_at": f"{day}T{end}:00{zone}"}


@pytest.mark.parametrize(("start", "end", "zone"), [("10:00", "11:30", "+09:00"), ("01:00", "02:30", "Z")])
def test_a_meeting_sent_by_another_clock_is_kept_and_told_by_the_agencys(
    world: World, start: str, end: str, zone: str
) -> None:
    case = running(world)
    world.go_to(date(2026, 3, 11))
    world.fire(case, "log_session", MENTOR, in_zone(DAY, start, end, zone))
    (entry,) = recorded(world, case, "session")
    assert '"2026-03-10T08:00:00+07:00"' in entry.data
    assert '"2026-03-10T09:30:00+07:00"' in entry.data
    confirm(world, case, 1)
    told = world.database.read(explain, world.engine.office, world.engine.registry, case)
    assert "Pertemuan 10 Maret 2026 pukul 08.00 dicatat dengan 2 JP" in told
    assert not any(f"10 Maret 2026 pukul {hour}.00" in told for hour in ("10", "01"))


def test_a_meeting_late_in_the_evening_elsewhere_is_of_the_agencys_day_in_every_letter(world: World) -> None:
    case = running(world)
    met(world, case, date(2026, 3, 10), date(2026, 3, 24), date(2026, 4, 7))
    world.go_to(date(2026, 4, 22))
    # 21 April, 23.30 at Greenwich is 22 April, 06.30 here.
    form = {**in_zone(date(2026, 4, 21), "23:30", "23:45", "Z")}
    world.fire(case, "log_session", MENTOR, form)
    assert recorded(world, case, "session")[-1].data.count("2026-04-22T06:") == 2
    confirm(world, case, 4)
    world.fire(case, "end_early", MENTEE, BECAUSE)
    for who in (MENTEE, MENTOR):
        world.fire(case, "evaluate", who, EVALUATION)
    world.fire(case, "certify", "verifier")
    (certificate,) = letters_of(world, case, "mentoring_mentee_certificate")
    last = datetime.fromisoformat(body(certificate)["counted_meetings"][-1]["starts_at"])
    assert last.astimezone(ZoneInfo("Asia/Jakarta")).isoformat() == "2026-04-22T06:30:00+07:00"
    assert body(certificate)["counted_meetings"][-1]["hours"] == 2
    assert faults(world) == []


@pytest.mark.parametrize("written", ["2026-03-10T08:00:00", "kemarin", "0001-01-01T00:00:00+14:00"])
def test_an_instant_without_a_zone_or_a_meaning_is_refused_by_its_field(world: World, written: str) -> None:
    case = running(world)
    world.go_to(date(2026, 3, 11))
    with pytest.raises(InvalidForm) as refusal:
        world.fire(case, "log_session", MENTOR, {**meeting(DAY), "starts_at": written})
    assert {fault.field for fault in refusal.value.fields} == {"starts_at"}


def test_a_meeting_later_on_the_day_of_an_early_end_is_not_logged(world: World) -> None:
    case = running(world)
    world.go_to(DAY)
    zone = world.engine.office.zone
    world.at = datetime(2026, 3, 10, 9, 45, tzinfo=zone)
    world.fire(case, "end_early", MENTEE, BECAUSE)
    world.at = datetime(2026, 3, 10, 16, 0, tzinfo=zone)
    with refused(world, case, Refused, rules={"meeting_is_within_the_period"}) as refusal:
        world.fire(case, "log_session", MENTOR, meeting(DAY, start="13:00", end="14:00"))
    assert "diakhiri 10 Maret 2026 pukul 09.45" in refusal.says[0]
    with refused(world, case, Refused, rules={"meeting_is_within_the_period"}):
        world.fire(case, "log_session", MENTOR, meeting(DAY, start="09:00", end="10:00"))
    logged(world, case, DAY, start="08:00", end="09:45")
    confirm(world, case, 1)
    assert faults(world) == []


def test_a_mentoring_whose_last_day_is_a_holiday_ends_on_the_day_after_it(world: World) -> None:
    """1 May is a holiday, and 2 and 3 May are a weekend: the period is counted by days, not by working days."""
    case = running(world, ends_on="2026-05-01")
    world.go_to(date(2026, 5, 1))
    world.sweep()
    assert state(world, case) == "active"
    world.go_to(date(2026, 5, 2))
    world.sweep()
    world.sweep()
    assert (state(world, case), happened(world, case).count("conclude")) == ("evaluation", 1)
    logged(world, case, date(2026, 5, 1))
    assert recorded(world, case, "session")[-1].status == "written"


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-03-10T08:00:00+07:00", "2026-03-11T09:00:00+07:00"),
        ("2026-03-08T08:00:00+07:00", "2026-03-10T09:30:00+07:00"),
        ("2026-03-20T08:00:00+07:00", "2026-03-22T09:00:00+07:00"),
        # On the clock of another place it would be over already.
        ("2026-03-11T11:00:00Z", "2026-03-11T12:00:00Z"),
    ],
)
def test_a_meeting_longer_than_a_day_or_ahead_of_time_is_logged_by_nobody(world: World, starts: str, ends: str) -> None:
    case = running(world)
    world.at = datetime(2026, 3, 11, 12, 0, tzinfo=world.engine.office.zone)
    with refused(world, case, Refused) as refusal:
        world.fire(case, "log_session", MENTOR, {**meeting(DAY), "starts_at": starts, "ends_at": ends})
    assert "meeting_is_over_and_of_fair_length" in refusal.rules


def test_meetings_of_one_mentor_in_two_cases_do_not_overlap_whatever_clock_they_are_sent_by(world: World) -> None:
    first, second = running(world), running(world, mentee="third_nurse")
    world.go_to(date(2026, 3, 11))
    logged(world, first, DAY)
    with refused(world, second, Refused, rules={"mentor_is_in_one_meeting_at_a_time"}):
        world.fire(second, "log_session", MENTOR, in_zone(DAY, "02:00", "03:00", "Z"))
    # The same hour by another clock is one meeting held together; each of the two confirms it alone.
    world.fire(second, "log_session", MENTOR, in_zone(DAY, "10:00", "11:30", "+09:00"))
    world.fire(first, "confirm_session", MENTEE, {"numbers": [1]})
    world.fire(second, "confirm_session", "third_nurse", {"numbers": [1]})
    assert faults(world) == []


def test_nobody_confirms_the_meeting_of_another_mentee(world: World) -> None:
    first, second = running(world), running(world, mentee="third_nurse")
    world.go_to(date(2026, 3, 11))
    for case in (first, second):
        logged(world, case, DAY)
    for who in ("third_nurse", MENTOR, "nursing_head", "verifier"):
        with refused(world, first, (NotYours, NotFound)):  # type: ignore[arg-type]
            world.fire(first, "confirm_session", who, {"numbers": [1]})
    assert [row.status for row in recorded(world, first, "session")] == ["written"]


def test_a_mentee_who_moves_before_anybody_approved_is_approved_by_the_head_where_they_work_now(world: World) -> None:
    case = agreed(world)
    assert list(waiting(world, case)) == ["hospital_head"]
    alter(world, MENTEE, unit_id="DINKES", superior_position_id=post_of(world, "health_head"))
    world.at += timedelta(seconds=1)
    world.database.write(world.engine.reseat, case, world.at)
    assert list(waiting(world, case)) == ["agency_chief"], "mentor and mentee work in two units by now"
    world.fire(case, "approve", "agency_chief")
    alter(world, MENTEE, unit_id="BKPSDM", superior_position_id=post_of(world, "agency_chief"))
    world.at += timedelta(seconds=1)
    world.database.write(world.engine.reseat, case, world.at)
    assert happened(world, case).count("moved") == 1, "what was approved stays with the unit that it was approved in"
    assert faults(world) == []
