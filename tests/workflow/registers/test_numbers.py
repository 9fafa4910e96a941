"""Numbers of letters: one series a register and calendar year, none twice, none left out, whoever takes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import Connection, select

from tests.offices import change
from tests.registers import NOTHING_WRONG, lent, looked, numbered_letter, profiled
from tests.world import World
from workflow.errors import NotFound, NotYours, Refused
from workflow.letters.profile import ProfileError, profile_from_text
from workflow.registers import Taken, insert_after, register_of, take
from workflow.registers.leasing import Wanted, close, lease
from workflow.tables import leases, registers, void_numbers

TODAY = date(2026, 3, 2)


def taken(world: World, register: str = "BKPSDM", on: date = TODAY) -> Taken:
    return world.database.write(take, world.engine.office, register, register, on)


def test_a_register_begins_at_one_in_every_calendar_year(world: World) -> None:
    assert [taken(world).number for _ in range(3)] == [1, 2, 3]
    assert taken(world, on=date(2027, 1, 1)) == Taken("BKPSDM", 2027, 1)
    assert taken(world, on=date(2026, 12, 31)).number == 4
    assert taken(world, "RSUD").number == 1


def test_a_number_that_was_taken_by_what_failed_is_given_again(world: World) -> None:
    def failing(conn: Connection) -> None:
        take(conn, world.engine.office, "BKPSDM", "BKPSDM", TODAY)
        raise ValueError

    taken(world)
    with suppress(ValueError):
        world.database.write(failing)
    assert taken(world).number == 2


def test_twenty_who_take_at_once_get_twenty_numbers(world: World) -> None:
    with ThreadPoolExecutor(8) as several:
        found = list(several.map(lambda _: taken(world).number, range(20)))
    assert sorted(found) == list(range(1, 21))


def test_twenty_who_take_from_one_block_at_once_share_it_without_a_gap(world: World) -> None:
    world = profiled(world, '[registers.RSUD]\nkind = "leased"\nof = "SETDA"\n')
    lent(world, "RSUD", 12)

    def one(_: int) -> int | None:
        with suppress(Refused):
            return taken(world, "RSUD").number
        return None

    with ThreadPoolExecutor(8) as several:
        found = [number for number in several.map(one, range(20)) if number is not None]
    assert sorted(found) == list(range(1, 13))


def test_the_year_of_a_number_is_the_agencys_own_in_every_zone(world: World) -> None:
    midnight_in_the_east = datetime(2027, 1, 1, 0, 30, tzinfo=ZoneInfo("Asia/Jayapura"))
    for zone, year in (("Asia/Jayapura", 2027), ("Asia/Jakarta", 2026)):
        profile = msgspec.structs.replace(world.engine.office.profile, zone=zone)
        office = replace(world.engine.office, profile=profile)
        found = world.database.write(take, office, "BKPSDM", "BKPSDM", office.day(midnight_in_the_east))
        assert (found.year, found.number) == (year, 1)


def test_a_kind_of_letter_can_have_a_register_of_its_own(world: World) -> None:
    world = profiled(world, '[registers.KEP]\nkind = "own"\n', letters={"exchange_decree": "KEP"})
    assert register_of(world.engine.office, "exchange_decree", "SETDA") == "KEP"
    assert register_of(world.engine.office, "exchange_request", "SETDA") == "SETDA"


# --- Blocks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def leased(world: World) -> World:
    """The hospital takes its numbers from blocks of the secretariat's register."""
    return profiled(world, '[registers.RSUD]\nkind = "leased"\nof = "SETDA"\n')


def test_a_leased_register_takes_its_numbers_from_the_units_blocks_in_turn(leased: World) -> None:
    taken(leased, "SETDA")
    assert (lent(leased, "RSUD", 2).first, lent(leased, "RSUD", 1).first) == (2, 4)
    assert taken(leased, "SETDA").number == 5
    assert [taken(leased, "RSUD") for _ in range(3)] == [Taken("SETDA", 2026, number) for number in (2, 3, 4)]


def test_a_block_that_is_used_up_is_refused_with_the_way_out(leased: World) -> None:
    with pytest.raises(Refused, match="belum ada atau sudah habis") as refused:
        taken(leased, "RSUD")
    assert "jenjang register lease RSUD" in refused.value.detail
    lent(leased, "RSUD", 1)
    taken(leased, "RSUD")
    with pytest.raises(Refused):
        taken(leased, "RSUD")


def test_a_block_of_last_year_numbers_nothing_this_year(leased: World) -> None:
    lent(leased, "RSUD", 3)
    with pytest.raises(Refused):
        taken(leased, "RSUD", date(2027, 1, 1))


def test_a_block_for_a_laptop_numbers_nothing_on_the_server(leased: World) -> None:
    lent(leased, "RSUD", 3, offline=True)
    with pytest.raises(Refused):
        taken(leased, "RSUD")


def test_what_another_system_numbers_cannot_be_taken_or_lent_here(world: World) -> None:
    world = profiled(world, '[registers.SETDA]\nkind = "external"\n')
    with pytest.raises(Refused, match="sistem lain"):
        taken(world, "SETDA")
    with pytest.raises(Refused, match="sistem lain"):
        lent(world, "SETDA", 3, offline=True)


def test_only_those_who_keep_the_register_give_blocks(world: World) -> None:
    for who in ("nurse", "secretary"):
        wanted = Wanted("BKPSDM", 5, "Uji", world.ids[who], offline=True)
        with pytest.raises(NotYours):
            world.database.write(lease, world.engine.office, wanted, world.at)


@pytest.mark.parametrize(("count", "purpose"), [(0, "Uji"), (501, "Uji"), (5, "  "), (5, "x" * 301)])
def test_a_block_without_measure_or_purpose_is_refused_and_burns_no_number(
    world: World, count: int, purpose: str
) -> None:
    with pytest.raises(Refused):
        lent(world, "BKPSDM", count, offline=True, purpose=purpose)
    assert taken(world).number == 1


def test_a_block_for_an_unknown_unit_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        lent(world, "NIHIL", 5, offline=True)


def test_a_block_on_line_of_a_register_that_numbers_by_itself_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        lent(world, "BKPSDM", 5)
    assert "--offline" in refused.value.detail


def test_a_closed_block_leaves_its_numbers_void_with_the_reason(leased: World) -> None:
    block = lent(leased, "RSUD", 3)
    taken(leased, "RSUD")
    clerk = leased.ids["administrator"]
    numbers = leased.database.write(close, block.id, "Tahun berakhir", clerk, leased.at)
    assert numbers == [1, 2, 3]  # no letter was stored for the first either
    assert {row.reason for row in leased.all(select(void_numbers))} == {"Tahun berakhir"}
    with pytest.raises(Refused):
        taken(leased, "RSUD")
    assert looked(leased) == NOTHING_WRONG


# --- Numbers put in between ------------------------------------------------------------------------------------------


def put_after(world: World, number: int, on: date, reason: str = "Terlewat pada hari itu.") -> Taken:
    return world.database.write(insert_after, world.engine.office, "BKPSDM", 2026, number, reason, on=on)


@pytest.fixture
def three(world: World) -> World:
    """Three letters in the register, a day apart."""
    for number in (1, 2, 3):
        change(world, numbered_letter("BKPSDM", 2026, number, date(2026, 3, number)))
    change(world, registers.insert().values(register="BKPSDM", year=2026, last_number=3))
    return world


def test_a_number_is_put_in_between_with_a_letter_behind_it(three: World) -> None:
    first = put_after(three, 2, date(2026, 3, 2))
    assert first == Taken("BKPSDM", 2026, 2, "a")
    change(three, numbered_letter("BKPSDM", 2026, 2, date(2026, 3, 2), "a"))
    assert put_after(three, 2, date(2026, 3, 3)).suffix == "b"
    assert looked(three) == NOTHING_WRONG


def test_a_number_is_put_in_between_only_with_a_reason(three: World) -> None:
    with pytest.raises(Refused, match="alasan"):
        put_after(three, 2, date(2026, 3, 2), " ")


@pytest.mark.parametrize(
    ("number", "day", "says"),
    [(9, 2, "tidak ada suratnya"), (3, 3, "nomor terakhir"), (2, 1, "tidak dapat disisipkan"), (1, 3, "berikutnya")],
)
def test_a_number_is_put_in_only_where_its_day_lies_between_its_neighbours(
    three: World, number: int, day: int, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        put_after(three, number, date(2026, 3, day))


def test_a_number_in_between_is_printed_as_the_pattern_says(world: World) -> None:
    profile = world.engine.office.profile
    number = profile.number("internship_assignment", unit="RSUD", sequence=101, suffix="a", on=TODAY)
    assert number == "800.1.11.1/101.a/RSUD/2026"


# --- What the profile says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ('[registers.RSUD]\nkind = "leased"\n', "registers.RSUD.of"),
        ('[registers.RSUD]\nkind = "leased"\nof = "NIHIL"\n', "registers.RSUD.of"),
        ('[registers.RSUD]\nkind = "leased"\nof = "RSUD"\n', "registers.RSUD.of"),
        (
            '[registers.RSUD]\nkind = "leased"\nof = "SETDA"\n[registers.SETDA]\nkind = "external"\n',
            "registers.RSUD.of",
        ),
        ('[registers.RSUD]\nkind = "own"\nof = "SETDA"\n', "registers.RSUD.of"),
        ('[registers.RSUD]\nkind = "pinjam"\n', "registers.RSUD.kind"),
        ('[letters.satu]\nregister = "NIHIL"\n', "letters.satu.register"),
    ],
)
def test_a_profile_with_registers_that_do_not_fit_stops_the_start(world: World, told: str, key: str) -> None:
    with pytest.raises(ProfileError) as error:
        profile_from_text(profiled(world, "").text + told)
    assert error.value.key == key


def test_every_block_is_on_record_with_who_gave_it_and_why(leased: World) -> None:
    block = lent(leased, "RSUD", 3, purpose="Surat tugas jaga malam")
    (row,) = leased.all(select(leases))
    assert (row.id, row.given_by, row.purpose) == (block.id, leased.ids["administrator"], "Surat tugas jaga malam")
