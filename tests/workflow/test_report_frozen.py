"""A report that was signed stays as it is; what is corrected afterwards shows in the next one, once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from tests.circumstances import alter
from tests.hours import put_right
from tests.reporting import AFTER_FIRST, AFTER_SECOND, as_signed, now, ran, reported, row, values
from tests.world import World
from workflow.tables import entries
from workflow.verification import verify

KIND = "internship.C11"


def test_a_report_stays_as_it_was_signed_and_the_next_one_shows_what_was_corrected(world: World) -> None:
    begun_late = world.road("introduce", starts_on="2026-03-30", ends_on="2026-04-10")
    world.go_to(AFTER_FIRST)
    first = reported(world)
    before = as_signed(world, first)
    assert values(before, "kind") == {"total": (0, 0)}

    world.go_to(date(2026, 4, 6))  # only now is it put on record that it began on 30 March
    world.fire(begun_late, "start", "nurse")
    world.go_to(AFTER_SECOND)
    second = reported(world, quarter=2)

    assert as_signed(world, first) == before
    (correction,) = as_signed(world, second).corrections
    assert (correction.report, correction.year, correction.quarter, correction.code) == (first, 2026, 1, KIND)
    assert (correction.measure, correction.was, correction.now) == ("Peserta", 0, 1)
    assert (correction.added, correction.removed) == ((begun_late,), ())


def test_a_correction_is_told_once(world: World) -> None:
    begun_late = world.road("introduce", starts_on="2026-03-30", ends_on="2026-04-10")
    world.go_to(AFTER_FIRST)
    reported(world)
    world.go_to(date(2026, 4, 6))
    world.fire(begun_late, "start", "nurse")
    world.go_to(AFTER_SECOND)
    assert len(as_signed(world, reported(world, quarter=2)).corrections) == 1
    world.go_to(date(2026, 10, 1))
    assert as_signed(world, reported(world, quarter=3)).corrections == ()
    world.go_to(date(2027, 4, 1))
    assert now(world, year=2027).corrections == ()


def test_what_is_frozen_is_vouched_for_by_the_event(world: World) -> None:
    world.go_to(AFTER_FIRST)
    case = reported(world)

    def faults() -> list[str]:
        office = world.engine.office
        checked = world.database.read(lambda conn: list(verify(conn, world.engine.registry, office.policies)))
        return [finding.case_id or "" for each in checked for finding in each.findings if finding.fails]

    assert faults() == []
    touched = update(entries).where(entries.c.case_id == case).values(data='{"year":2026}')
    world.database.write(lambda conn: conn.execute(touched))
    assert faults() == [case]


def test_hours_that_were_put_right_are_corrected_though_the_cases_are_the_same(world: World) -> None:
    case = ran(world, "nurse", date(2026, 1, 12), date(2026, 1, 23))
    world.go_to(AFTER_FIRST)
    first = reported(world)
    world.database.write(lambda conn: conn.execute(put_right(case, hours=16)))
    (correction,) = now(world, quarter=2).corrections
    assert (correction.measure, correction.was, correction.now) == ("JP", 20, 16)
    assert row(as_signed(world, first), "kind", KIND)[1].value == 20


def test_somebody_who_changed_post_since_is_no_correction(world: World) -> None:
    ran(world, "nurse", date(2026, 1, 12), date(2026, 1, 23))
    world.go_to(AFTER_FIRST)
    reported(world)
    alter(world, "nurse", post_kind="Struktural", sex="P")
    assert now(world, quarter=2).corrections == ()


def test_the_year_after_still_corrects_the_year_before_and_no_older_one(world: World) -> None:
    case = ran(world, "nurse", date(2026, 1, 12), date(2026, 1, 23))
    world.go_to(AFTER_FIRST)
    reported(world)
    world.database.write(lambda conn: conn.execute(put_right(case, hours=16)))
    assert len(now(world, year=2027).corrections) == 1
    assert now(world, year=2028).corrections == ()
