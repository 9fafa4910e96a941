"""The book of hours under a running office: what is confirmed is booked, counted anew where it must be, and held to its logs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.circumstances import alter
from tests.mentoring import EVALUATION, MENTEE, MENTOR, by_another_law, logged, met, running
from tests.witness import credited, last_payload
from tests.workflow.test_concurrency import in_threads
from tests.world import World
from workflow.definition import Mark
from workflow.engine.engine import Engine, Outcome
from workflow.errors import NotFound
from workflow.forms.mentoring import SESSION
from workflow.hours.figures import PersonHours, agency_hours, person_hours, unit_hours
from workflow.hours.ledger import earned, imbalances, stands
from workflow.hours.sheets import file_of, sheet_of
from workflow.registry import Registry
from workflow.tables import hour_evidence, hour_postings
from workflow.verification import verify

EARNING = """
[mentor_hours]
says = "JP bagi mentor untuk setiap pertemuan yang dikonfirmasi mentee"
unit = "JP"
since = [{ from = 2020-01-01, value = 1, by = "Praktik daerah" }]
"""


def march(*days: int) -> tuple[date, ...]:
    return tuple(date(2026, 3, day) for day in days)


def confirm(world: World, case: str, *numbers: int) -> Outcome:
    """The mentee confirms meetings."""
    return world.fire(case, "confirm_session", MENTEE, {"numbers": list(numbers)})


def faults(world: World) -> list[str]:
    """What the check of the ledger finds."""
    office = world.engine.office
    checked = world.database.read(
        lambda conn: list(verify(conn, world.engine.registry, office.policies, parts=("ledger", "books", "cases")))
    )
    return [finding.says for part in checked for finding in part.findings]


def year_of(world: World, who: str = MENTEE, year: int = 2026) -> PersonHours:
    """A person's year."""
    return world.database.read(person_hours, world.engine.office, world.ids[who], year, world.at.date())


def test_a_third_meeting_of_a_month_is_booked_with_no_hours_and_the_reason(world: World) -> None:
    case = running(world)
    met(world, case, *march(10, 17, 24))
    assert credited(world, MENTEE) == [(2, "C2"), (2, "C2"), (0, "C2")]
    (told,) = last_payload(world, case)["hours"]
    assert told["says"] == (
        "Pertemuan ketiga pada bulan Maret 2026 (24 Maret 2026) dicatat dengan 0 JP: paling banyak dua sesi sebulan "
        "(PerLAN 10/2018 Lampiran)."
    )
    assert faults(world) == []


def test_an_earlier_meeting_that_is_confirmed_later_reverses_and_reposts(world: World) -> None:
    case = running(world)
    world.go_to(date(2026, 3, 11))
    first = logged(world, case, date(2026, 3, 10))
    met(world, case, *march(17, 24))
    assert [hours for hours, _ in credited(world, MENTEE)] == [2, 2]
    confirm(world, case, first)
    moved = last_payload(world, case)["hours"]
    assert [each["hours"] for each in moved] == [-2, 0, 2]
    assert moved[0]["says"].startswith(
        "Dibalik karena dihitung ulang: Pertemuan 24 Maret 2026 pukul 08.00 dicatat dengan 2"
    )
    assert moved[1]["says"].startswith("Pertemuan ketiga pada bulan Maret 2026 (24 Maret 2026)")
    found = year_of(world)
    assert (found.hours, [line.hours for line in found.lines]) == (4, [2, 2, -2, 0, 2])
    assert [line.stands for line in found.lines] == [True, False, False, True, True]
    assert faults(world) == []


def test_the_mentor_earns_by_the_parameter_and_nothing_by_default(world: World, tmp_path: Path) -> None:
    case = running(world)
    met(world, case, *march(10))
    assert credited(world, MENTOR) == []
    world = by_another_law(world, tmp_path, EARNING)
    met(world, case, *march(17))
    assert credited(world, MENTOR) == [(1, "C2")]
    assert {row.rate for row in world.all(select(hour_evidence.c.rate))} == {"", "mentoring.mentor_hours"}
    assert faults(world) == []


def test_two_confirmations_at_once_count_two_meetings_of_the_month(world: World) -> None:
    one, other = running(world), running(world, mentor="third_nurse")
    world.go_to(date(2026, 3, 27))
    mine = [logged(world, one, day) for day in march(24, 25)]
    theirs = logged(world, other, date(2026, 3, 26), mentor="third_nurse")
    actor, write = world.actor(MENTEE), world.database.write
    asked = ((one, mine), (other, [theirs]))
    answers = in_threads(
        [
            partial(write, world.engine.fire, case, "confirm_session", actor, {"numbers": numbers}, world.at)
            for case, numbers in asked
        ]
    )
    assert all(isinstance(answer, Outcome) for answer in answers)
    assert sorted(hours for hours, _ in credited(world, MENTEE)) == [0, 2, 2]
    assert earned_by(world, case_id=one) == 4
    assert faults(world) == []


def earned_by(world: World, **of: Any) -> int:
    """What the mentee has."""
    return world.database.read(lambda conn: earned(conn, world.ids[MENTEE], **of))


def test_an_event_tells_of_no_meeting_of_another_case(world: World) -> None:
    one, other = running(world), running(world, mentor="third_nurse")
    met(world, other, *march(17, 18), mentor="third_nurse")
    world.go_to(date(2026, 3, 19))
    first = logged(world, one, date(2026, 3, 16))
    confirm(world, one, first)
    moved = last_payload(world, one)["hours"]
    assert [each.get("case", "") for each in moved] == [other, other, ""]
    history = world.database.read(_posted, world, one)
    assert [says for says in history if "JP" in says] == [
        "Pertemuan 16 Maret 2026 pukul 08.00 dicatat dengan 2 JP: 2 JP per sesi (PerLAN 10/2018 Lampiran)"
    ]


def _posted(conn: Connection, world: World, case: str) -> list[str]:
    from workflow.audit import events_of  # noqa: PLC0415 - only here
    from workflow.engine.evidence import said_of_books  # noqa: PLC0415 - only here

    del world
    return [says for event in events_of(conn, case) for says, _ in said_of_books(event.payload or {})]


def test_what_is_confirmed_after_the_year_was_closed_is_a_dated_correction(world: World) -> None:
    case = running(world, starts_on="2026-09-01", ends_on="2027-03-01")
    world.go_to(date(2026, 12, 30))
    number = logged(world, case, date(2026, 12, 29))
    world.go_to(date(2027, 2, 2))
    confirm(world, case, number)
    (told,) = last_payload(world, case)["hours"]
    assert (told["year"], told["late"]) == (2026, True)
    assert told["says"].startswith("Koreksi atas tahun 2026 yang sudah ditutup. Pertemuan 29 Desember 2026")
    found = year_of(world)
    assert found.closed == "Pembukuan tahun 2026 sudah ditutup; yang dicatat sesudahnya adalah koreksi bertanggal."
    assert [line.is_correction for line in found.lines] == [True]
    assert faults(world) == []


def test_a_year_shows_what_is_missing_and_how_to_get_there(world: World) -> None:
    case = running(world)
    met(world, case, *march(10, 17))
    found = year_of(world)
    assert (found.hours, found.measure, found.is_ceiling) == (4, 20, False)
    assert found.prospects[0].says == "Sudah 4 JP dari sekurang-kurangnya 20 JP; masih kurang 16 JP."
    assert "bulan ini masih 0 pertemuan" in found.prospects[1].says


def test_units_and_the_agency_add_up_and_name_who_has_nothing_first(world: World) -> None:
    case = running(world)
    met(world, case, *march(10, 17, 24))
    office, on = world.engine.office, world.at.date()
    unit = world.database.read(unit_hours, office, "RSUD", 2026, on)
    assert (unit.staff[0].hours, unit.staff[-1].hours, unit.total.hours) == (0, 4, 4)
    assert unit.total.people == len(unit.staff) == unit.total.reached + unit.total.some + unit.total.none
    agency = world.database.read(agency_hours, office, 2026, on)
    assert agency.total.hours == 4
    assert agency.total.people == sum(each.tally.people for each in agency.units)
    with pytest.raises(NotFound):
        world.database.read(unit_hours, office, "TIDAKADA", 2026, on)


def test_whoever_retires_later_does_not_change_a_year_that_is_over(world: World) -> None:
    met(world, running(world), *march(10))
    office = world.engine.office
    alter(world, MENTEE, left_on=date(2027, 2, 1), status="Pensiun")
    after = world.database.read(agency_hours, office, 2026, date(2027, 3, 1))
    assert after.total.hours == 2
    assert "bertugas pada 31 Desember 2026" in after.says
    assert world.database.read(unit_hours, office, "RSUD", 2027, date(2027, 3, 1)).total.people == (
        world.database.read(unit_hours, office, "RSUD", 2026, date(2027, 3, 1)).total.people - 1
    )


def test_the_year_by_which_contract_staff_are_counted_is_named(world: World) -> None:
    office, on = world.engine.office, world.at.date()
    alter(world, MENTEE, asn_kind="PPPK")
    assert "per tahun kalender" in year_of(world).prospects[0].says
    assert "per tahun kalender" in world.database.read(agency_hours, office, 2026, on).says


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_the_same_figures_give_the_same_file(kind: str, one_world: World) -> None:
    world = one_world
    case = running(world)
    met(world, case, *march(10, 17, 24))
    sheet, on = sheet_of(year_of(world), world.engine.office.zone), world.at.date()
    made = file_of(sheet, kind, on)
    assert made == file_of(sheet, kind, on)
    assert made.startswith({"csv": b"\xef\xbb\xbfDibukukan;", "xlsx": b"PK", "pdf": b"%PDF-"}[kind])


def test_a_csv_holds_nothing_that_a_spreadsheet_would_run(one_world: World) -> None:
    sheet = sheet_of(year_of(one_world), one_world.engine.office.zone)
    harmful = type(sheet)(sheet.title, sheet.says, ("Nama",), (("=1+1",), (-2,)))
    assert file_of(harmful, "csv", one_world.at.date()).decode().splitlines()[1:] == ["'=1+1", "-2"]


def test_an_internship_over_booked_meetings_takes_their_hours_back(world: World) -> None:
    case = running(world)
    internship = world.road("assess")
    last = world.at.date()
    within = date(2026, 4, 7)
    world.go_to(last)
    number = logged(world, case, within)
    confirm(world, case, number)
    assert credited(world, MENTEE) == [(2, "C2")]
    world.fire(internship, "complete", "verifier", {"without_cost": True})
    assert credited(world, MENTEE) == [(0, "C2"), (20, "C11")]
    assert earned_by(world, year=2026) == 20
    assert faults(world) == []


def test_confirming_twice_books_once(world: World) -> None:
    case = running(world)
    world.go_to(date(2026, 3, 11))
    number = logged(world, case, date(2026, 3, 10))
    actor, form = world.actor(MENTEE), {"numbers": [number]}
    for _ in range(2):
        world.database.write(world.engine.fire, case, "confirm_session", actor, form, world.at, key="k")
    assert credited(world, MENTEE) == [(2, "C2")]
    assert world.all(select(func.count()).select_from(hour_postings)) == [(2,)]


def test_what_was_earned_stays_when_it_ends(world: World) -> None:
    case = running(world)
    met(world, case, *march(10, 17), date(2026, 4, 7), date(2026, 4, 14))
    world.fire(case, "end_early", MENTOR, {"reason": "Mentor pindah tugas ke unit lain."})
    for who in (MENTEE, MENTOR):
        world.fire(case, "evaluate", who, EVALUATION)
    assert earned_by(world, case_id=case) == 8
    assert faults(world) == []


def test_in_whatever_order_meetings_are_confirmed_the_books_balance_and_say_the_same(one_world: World) -> None:
    world = one_world
    case = running(world)
    days = [*march(10, 12, 17, 19, 24), date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 8)]
    for day in days:
        world.go_to(date.fromordinal(day.toordinal() + 1))
        logged(world, case, day)
    for number in (4, 8, 1, 6, 3, 7, 5, 2):
        confirm(world, case, number)
        assert world.database.read(lambda conn: list(imbalances(conn))) == []
    rows = world.all(
        stands()
        .join(hour_evidence, hour_evidence.c.id == hour_postings.c.evidence_id)
        .order_by(hour_evidence.c.first_on)
    )
    assert [row.hours for row in rows] == [2, 2, 0, 0, 0, 2, 2, 0]
    assert faults(world) == []


def test_a_meeting_that_is_taken_back_after_it_counted_loses_its_hours(world: World) -> None:
    world = with_takeable_meetings(world)
    case = running(world)
    met(world, case, *march(10, 17, 24))
    world.fire(case, "withdraw_session", MENTOR, {"numbers": [1], "reason": "Tercatat pada hari yang salah."})
    told = last_payload(world, case)
    assert (len(told["unclaimed"]), [moved["hours"] for moved in told["hours"]]) == (1, [-2, 0, 2])
    assert [hours for hours, _ in credited(world, MENTEE)] == [2, 2]
    assert faults(world) == []


def with_takeable_meetings(world: World) -> World:
    """The same office where a mentor may take back what was confirmed."""
    registry = world.engine.registry
    process = registry.process("mentoring")
    steps = tuple(
        replace(step, when=None, guards=(), marks=Mark(SESSION, "withdrawn", from_=("confirmed",)))
        if step.trigger == "withdraw_session"
        else step
        for step in process.transitions
    )
    other = Registry.of(
        *(replace(each, transitions=steps) if each is process else each for each in registry.processes.values())
    )
    return replace(world, engine=Engine(other, world.engine.office))
