"""The figures of a report, from the tables: who counts, in which row, with which cases, and what is corrected later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from tests.circumstances import agreed, alter
from tests.offices import change
from tests.reporting import AFTER_FIRST, AFTER_SECOND, credit, midday, now, ran, row, section, values
from tests.world import POSTS, World
from tests.world import STAFF as OTHERS
from workflow.budgets.books import Movement, move
from workflow.errors import Refused
from workflow.reports import reading
from workflow.reports.breakdowns import Counted, breakdowns
from workflow.reports.parts import UNKNOWN, Cell, Section, cases_behind, without_cases
from workflow.reports.reading import Line
from workflow.tables import hour_postings

JAN, FEB, MARCH = date(2026, 1, 12), date(2026, 2, 2), date(2026, 3, 30)
KIND = "internship.C11"
#: Everybody of the office with a NIP.
STAFF = len(POSTS) + len(OTHERS)
BREAKDOWNS = ("kind", "unit", "post_kind", "asn_kind", "sex")


def test_a_participant_is_whoever_was_there_on_a_day_of_the_quarter(world: World) -> None:
    world.go_to(AFTER_FIRST)
    inside = ran(world, "nurse", JAN, FEB)
    over_the_end = ran(world, "second_nurse", MARCH, date(2026, 4, 10), state="ongoing")
    ran(world, "third_nurse", date(2026, 4, 1), date(2026, 4, 10), state="ongoing")
    ran(world, "fourth_nurse", date(2025, 12, 1), date(2025, 12, 31), credited_on=date(2026, 1, 5))
    cell, hours = row(now(world), "kind", KIND)
    assert (cell.value, set(cell.cases)) == (2, {inside, over_the_end})
    assert hours.value == 40, "hours count on the day on which they were credited"


def test_the_last_day_of_a_quarter_belongs_to_it_and_the_next_does_not(world: World) -> None:
    world.go_to(AFTER_SECOND)
    ran(world, "nurse", date(2026, 3, 31), date(2026, 3, 31))
    ran(world, "second_nurse", date(2026, 4, 1), date(2026, 4, 1))
    assert values(now(world), "kind")[KIND][0] == 1
    assert values(now(world, quarter=2), "kind")[KIND][0] == 1
    assert values(now(world, quarter=0), "kind")[KIND][0] == 2


@pytest.mark.parametrize(
    "turn",
    [
        {"state": "accepted", "begun": False},
        {"state": "withdrawn", "begun": False, "closed_on": JAN},
        {"state": "reporting", "ended_on": date(2025, 12, 31)},
        {"state": "recalled", "closed_on": date(2025, 12, 30)},
    ],
    ids=["not begun", "withdrawn before it began", "ended before the quarter", "recalled before the quarter"],
)
def test_whoever_was_not_there_does_not_count(world: World, turn: dict[str, Any]) -> None:
    world.go_to(AFTER_FIRST)
    ran(world, "nurse", date(2025, 12, 29), FEB, **turn)
    assert values(now(world), "summary")["participants"] == (0,)


def test_one_who_goes_twice_is_two_participants_and_one_employee(world: World) -> None:
    world.go_to(AFTER_FIRST)
    ran(world, "nurse", JAN, FEB)
    ran(world, "nurse", date(2026, 2, 16), date(2026, 2, 27))
    assert values(now(world), "summary") == {
        "participants": (2,),
        "people": (1,),
        "hours": (40,),
        "credited": (1,),
    }


def test_what_is_not_known_of_somebody_is_a_row_of_its_own(world: World) -> None:
    world.go_to(AFTER_FIRST)
    alter(world, "nurse", sex="P", post_kind="Fungsional")
    alter(world, "second_nurse", sex=None, asn_kind=None, post_kind=None)
    ran(world, "nurse", JAN, FEB)
    ran(world, "second_nurse", JAN, FEB)
    report = now(world)
    assert values(report, "sex") == {"P": (1, 20), "unknown": (1, 20), "total": (2, 40)}
    assert values(report, "asn_kind") == {"PNS": (1, 20), "unknown": (1, 20), "total": (2, 40)}
    assert [line.title for line in section(report, "post_kind").rows] == ["Fungsional", UNKNOWN]


def test_hours_of_another_kind_have_their_own_row(world: World) -> None:
    world.go_to(AFTER_FIRST)
    case = ran(world, "nurse", JAN, FEB)
    world.database.write(credit, world.ids["hospital_head"], case, 2, date(2026, 2, 20), "C2")
    report = now(world)
    assert values(report, "kind") == {KIND: (1, 20), "internship.C2": (0, 2), "total": (1, 22)}
    assert row(report, "kind", "internship.C2")[1].cases == (case,)


_LINES = st.builds(
    Line,
    case_id=st.uuids().map(str),
    person_id=st.sampled_from(["a", "b", "c"]),
    process=st.sampled_from(["internship", "exchange", "gone"]),
    activity=st.sampled_from(["C11", "C8", "Z9"]),
    unit_id=st.sampled_from([None, "RSUD", "DINKES"]),
    unit=st.sampled_from([None, "Rumah Sakit", "Dinas"]),
    post_kind=st.sampled_from([None, "", "Fungsional", "Struktural"]),
    asn_kind=st.sampled_from([None, "PNS", "PPPK"]),
    sex=st.sampled_from([None, "L", "P", "?"]),
    hours=st.integers(0, 400),
)


@settings(max_examples=80, deadline=None, database=None)
@given(ran=st.lists(_LINES, max_size=30), credited=st.lists(_LINES, max_size=30))
def test_every_breakdown_adds_up_to_the_total_and_names_every_case(ran: list[Line], credited: list[Line]) -> None:
    counted = Counted(breakdowns({}))
    counted.add(ran, ran=True)
    counted.add(credited, ran=False)
    _, *divided = counted.sections()
    assert [each.code for each in divided] == list(BREAKDOWNS)
    for each in divided:
        assert each.total is not None
        for column, total in enumerate(each.total.cells):
            assert sum(line.cells[column].value for line in each.rows) == total.value
            assert {case for line in each.rows for case in line.cells[column].cases} == set(total.cases)
    assert [cell.value for cell in counted.total.cells] == [len(ran), sum(line.hours for line in credited)]


def test_a_page_that_ends_in_the_middle_loses_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.go_to(AFTER_FIRST)
    for who in ("nurse", "second_nurse", "third_nurse", "fourth_nurse", "clerk_1"):
        ran(world, who, JAN, FEB)
    whole = now(world)
    monkeypatch.setattr(reading, "PAGE", 2)
    assert now(world) == whole
    assert values(whole, "kind")[KIND] == (5, 100)


# --- How cases stand, the year's hours -------------------------------------------------------------------------------


def test_cases_are_told_by_their_state_and_none_is_left_out(world: World) -> None:
    drafted = world.open("second_nurse")
    world.go_to(AFTER_FIRST)
    world.open("third_nurse")
    done, gone = ran(world, "nurse", JAN, FEB), ran(world, "clerk_1", JAN, FEB, state="withdrawn", closed_on=JAN)
    ran(world, "clerk_2", date(2025, 11, 3), date(2025, 11, 14), closed_on=date(2025, 12, 1))
    report = now(world)
    assert values(report, "state") == {
        "internship.drafted": (1,),
        "internship.completed": (1,),
        "internship.withdrawn": (1,),
        "total": (3,),
    }
    assert set(row(report, "state", "total")[0].cases) == {done, gone, drafted}


def test_each_of_the_staff_stands_in_one_column_of_the_years_hours(world: World) -> None:
    world.go_to(AFTER_FIRST)
    alter(world, "second_nurse", asn_kind="PPPK")
    alter(world, "third_nurse", asn_kind=None)
    reached = ran(world, "nurse", JAN, FEB)
    beyond = ran(world, "second_nurse", JAN, FEB, hours=26)
    ran(world, "fourth_nurse", JAN, FEB, hours=19)
    report = now(world)
    assert values(report, "target") == {
        "PNS": (STAFF - 2, 1, 1, STAFF - 4, 0),
        "PPPK": (1, 0, 0, 0, 1),
        "unknown": (1, 0, 0, 1, 0),
        "total": (STAFF, 1, 1, STAFF - 3, 1),
    }
    assert row(report, "target", "PNS")[1].cases == (reached,)
    assert row(report, "target", "PPPK")[4].cases == (beyond,)
    for line in section(report, "target").lines:
        staff, *columns = (cell.value for cell in line.cells)
        assert staff == sum(columns)
    assert section(report, "target").rows[1].notes == ("100% melampaui 24 JP",)


@pytest.mark.parametrize(("hours", "within", "above"), [(1, 1, 0), (20, 1, 0), (24, 1, 0), (25, 0, 1)])
def test_contract_staff_are_counted_by_their_ceiling_and_never_by_the_target(
    world: World, hours: int, within: int, above: int
) -> None:
    world.go_to(AFTER_FIRST)
    alter(world, "second_nurse", asn_kind="PPPK")
    case = ran(world, "second_nurse", JAN, FEB, hours=hours)
    report = now(world)
    assert values(report, "target")["PPPK"] == (1, 0, within, 0, above)
    assert row(report, "target", "PPPK")[4 if above else 2].cases == (case,)
    says = section(report, "target")
    assert "PPPK tidak diukur dengan target itu" in says.says
    assert "PPPK: 1 s.d. 24 JP" in says.measures[2]


def test_hours_of_the_year_before_and_of_later_do_not_count_towards_it(world: World) -> None:
    world.go_to(AFTER_SECOND)
    ran(world, "nurse", date(2025, 11, 3), date(2025, 11, 14))
    ran(world, "second_nurse", date(2026, 4, 6), date(2026, 4, 17))
    assert values(now(world), "target")["total"][1] == 0
    assert values(now(world, quarter=2), "target")["total"][1] == 1


def test_whoever_left_the_service_is_not_among_the_staff(world: World) -> None:
    world.go_to(AFTER_FIRST)
    alter(world, "stranger", left_on=date(2026, 2, 1))
    alter(world, "clerk_1", left_on=date(2026, 4, 1))
    assert values(now(world), "target")["total"][0] == STAFF - 1


# --- Budget and agreements -------------------------------------------------------------------------------------------


def test_the_budget_stands_as_the_books_said_at_the_end_of_the_quarter(world: World) -> None:
    world.go_to(AFTER_SECOND)
    case = ran(world, "nurse", JAN, FEB)

    def book(conn: Any) -> None:
        for source, target, amount, on in (
            ("available", "reserved", 3_000_000, JAN),
            ("reserved", "committed", 3_000_000, JAN),
            ("committed", "spent", 2_500_000, FEB),
            ("committed", "available", 500_000, FEB),
            ("available", "spent", 1_000_000, date(2026, 4, 2)),
        ):
            move(conn, Movement(world.budget_line, source, target, amount, "Uji"), case, midday(on))

    world.database.write(book)
    # The ceiling itself was booked on 2 March.
    assert values(now(world), "budget") == {
        world.budget_line: (10_000_000, 7_500_000, 0, 0, 2_500_000),
        "total": (10_000_000, 7_500_000, 0, 0, 2_500_000),
    }
    assert values(now(world, quarter=2), "budget")["total"] == (10_000_000, 6_500_000, 0, 0, 3_500_000)
    assert row(now(world), "budget", world.budget_line)[4].cases == (case,)
    assert section(now(world), "budget").rows[0].notes[-1] == "25% dari pagu sudah dibelanjakan"


def test_agreements_in_force_are_counted_and_those_that_end_soon_named(world: World) -> None:
    world.go_to(AFTER_FIRST)
    kind = "Perjanjian Kerja Sama"
    agreed(
        world,
        (kind, date(2025, 1, 1), date(2026, 3, 30)),
        (kind, date(2025, 1, 1), date(2026, 3, 31)),
        (kind, date(2025, 1, 1), date(2026, 6, 29)),
        (kind, date(2025, 1, 1), date(2026, 6, 30)),
        (kind, date(2026, 4, 1), date(2027, 6, 30)),
    )
    report = now(world)
    assert values(report, "agreements") == {"in_force": (3,), "ending": (2,)}
    assert [note.rpartition(" dengan ")[2] for note in section(report, "agreements").rows[1].notes] == [
        "31 Maret 2026",
        "29 Juni 2026",
    ]


# --- The whole -------------------------------------------------------------------------------------------------------


def test_a_report_of_nothing_is_a_report(world: World) -> None:
    change(world, delete(hour_postings))
    report = now(world, year=2024, quarter=0)
    assert values(report, "summary")["participants"] == (0,)
    assert section(report, "unit").rows == ()
    assert report.corrections == ()


def test_a_time_without_a_target_is_refused_with_the_rule(world: World) -> None:
    with pytest.raises(Refused, match=r"credit\.pppk_yearly_ceiling tidak berlaku pada 31 Desember 2017"):
        now(world, year=2017, quarter=0)


def test_a_running_quarter_counts_up_to_today(world: World) -> None:
    world.go_to(date(2026, 4, 8))
    ran(world, "nurse", date(2026, 4, 6), date(2026, 4, 17), state="ongoing")
    ran(world, "second_nurse", date(2026, 4, 9), date(2026, 4, 17), state="ongoing")
    assert values(now(world, quarter=2), "summary")["participants"] == (1,)


def test_every_section_says_what_it_counts(world: World) -> None:
    for each in now(world).figures:
        assert each.says.endswith(".")
        assert each.title
        assert len(each.measures) == len(each.lines[0].cells)


def test_what_is_printed_has_no_cases_and_the_same_numbers(world: World) -> None:
    world.go_to(AFTER_FIRST)
    ran(world, "nurse", JAN, FEB)
    report = now(world)
    printed = without_cases(report.figures)
    assert list(cases_behind(printed)) == []
    assert list(cases_behind(report.figures)) != []

    def numbers(sections: tuple[Section, ...]) -> list[list[int]]:
        return [[cell.value for line in each.lines for cell in line.cells] for each in sections]

    assert numbers(printed) == numbers(report.figures)


def booked(world: World, *moves: tuple[str, str, int], case: str | None = None) -> None:
    """Money moves on the line in March."""

    def book(conn: Any) -> None:
        for source, target, amount in moves:
            move(conn, Movement(world.budget_line, source, target, amount, "Uji"), case, midday(MARCH))

    world.database.write(book)


def test_a_ceiling_below_what_is_promised_shows_what_is_missing(world: World) -> None:
    world.go_to(AFTER_FIRST)
    booked(
        world,
        ("available", "reserved", 8_000_000),
        ("available", "ceiling", 2_000_000),
        ("deficit", "ceiling", 3_000_000),
    )
    budget = section(now(world), "budget")
    assert budget.measures[-1] == "Kekurangan"
    ceiling, *held, missing = values(now(world), "budget")["total"]
    assert (ceiling, missing) == (5_000_000, 3_000_000)
    assert ceiling + missing == sum(held)


def test_what_awaits_its_budget_is_told_apart_from_the_lines(world: World) -> None:
    world.go_to(AFTER_FIRST)
    case = ran(world, "nurse", JAN, FEB)
    assert "awaited" not in [each.code for each in now(world).figures]
    waits = Movement("", "expected", "awaiting", 1_500_000, "Menunggu DPA", year=2026)
    world.database.write(move, waits, case, midday(MARCH))
    assert row(now(world), "awaited", "awaited")[0] == Cell(value=1_500_000, cases=(case,))
    assert values(now(world), "budget")["total"][0] == 10_000_000
