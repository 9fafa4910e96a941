"""A letter is put in between two others: by the keepers of the registers, for a reason that stays on record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.letters_on_their_way import act, clerk_for, letter, row
from tests.offices import change
from tests.registers import numbered_letter, profiled
from tests.witness import broken
from tests.workflow.test_letter_route import tried
from tests.world import World
from workflow.letters.acts import Freeze, Insert, Resubmit, SendBack, Sign, Void
from workflow.tables import events, registers
from workflow.telling.explain import explain
from workflow.verification.registers import look_at_registers

REASON = "Terlewat dicatat pada pagi hari."
WANTED = Insert(after=2, reason=REASON)


@pytest.fixture
def certificate(world: World) -> str:
    """A certificate that awaits its signature on a day on which the register went on without it."""
    found = letter(world, world.road("complete"), "internship_credit_certificate")
    clerk_for(world, "clerk_1")
    for number, day in ((2, 16), (3, 17)):
        change(world, numbered_letter("BKPSDM", 2026, number, date(2026, 4, day)))
    change(world, registers.update().where(registers.c.register == "BKPSDM").values(last_number=3))
    return found


def wrong_numbers(world: World) -> list[str]:
    return [each.says for each in world.database.read(lambda conn: list(look_at_registers(conn))) if each is not None]


def test_it_is_signed_under_the_number_that_was_put_in_and_dated_that_day(world: World, certificate: str) -> None:
    act(world, certificate, WANTED, "clerk_1")
    waiting = row(world, certificate)
    assert (waiting.state, waiting.register_number, waiting.register_suffix, waiting.dated_on) == (
        "to_sign",
        2,
        "a",
        None,
    )
    assert waiting.number.split("/")[1] == "002.a"
    act(world, certificate, Sign(), "agency_chief")
    signed = row(world, certificate)
    assert (signed.state, signed.number, signed.dated_on) == ("to_render", waiting.number, date(2026, 4, 17))
    assert world.all(select(registers.c.last_number).where(registers.c.register == "BKPSDM")) == [(3,)]
    assert wrong_numbers(world) == []


def test_the_reason_is_on_record_and_the_log_holds(world: World, certificate: str) -> None:
    act(world, certificate, Insert(after=2, reason=f"  {REASON} "), "clerk_1")
    ((case, payload),) = world.all(select(events.c.case_id, events.c.payload).where(events.c.type == "letter_numbered"))
    assert REASON in str(payload)
    engine = world.engine
    assert f"Alasan: {REASON}" in world.database.read(explain, engine.office, engine.registry, case)
    act(world, certificate, Sign(), "agency_chief")
    assert broken(world.database) == []


@pytest.mark.parametrize("who", ["agency_chief", "verifier", "nurse", "stranger"])
def test_nobody_else_gives_such_a_number(world: World, certificate: str, who: str) -> None:
    problem = tried(world, certificate, WANTED, who)
    assert problem is not None
    assert problem.type == ("not-found" if who == "stranger" else "not-yours")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_without_a_reason_there_is_none(world: World, certificate: str, reason: str) -> None:
    problem = tried(world, certificate, Insert(after=2, reason=reason), "clerk_1")
    assert problem is not None
    assert [field.field for field in problem.fields] == ["reason"]
    assert row(world, certificate).number is None


@pytest.mark.parametrize(
    ("after", "says"), [(9, "tidak ada suratnya"), (3, "nomor terakhir"), (1, "tidak dapat disisipkan")]
)
def test_it_stands_only_where_its_day_fits(world: World, certificate: str, after: int, says: str) -> None:
    problem = tried(world, certificate, Insert(after=after, reason=REASON), "clerk_1")
    assert problem is not None
    assert says in problem.says


def test_a_letter_that_has_a_number_gets_no_other(world: World, certificate: str) -> None:
    act(world, certificate, WANTED, "clerk_1")
    again = tried(world, certificate, WANTED, "clerk_1")
    assert again is not None
    assert "sudah bernomor" in again.says


def test_two_letters_behind_one_number_bear_different_letters(world: World, certificate: str) -> None:
    change(world, numbered_letter("BKPSDM", 2026, 2, date(2026, 4, 17), "a"))
    act(world, certificate, WANTED, "clerk_1")
    assert (row(world, certificate).register_suffix, wrong_numbers(world)) == ("b", [])


def test_the_number_stays_when_the_letter_is_mended_and_when_it_is_void(world: World, certificate: str) -> None:
    act(world, certificate, WANTED, "clerk_1")
    number = row(world, certificate).number
    act(world, certificate, SendBack(note="Salah nama."), "agency_chief")
    act(world, certificate, Resubmit(), "verifier")
    assert row(world, certificate).number == number
    act(world, certificate, Void(reason="Ganda."), "verifier")
    assert (row(world, certificate).number, wrong_numbers(world)) == (number, [])


def test_it_is_fixed_with_that_number_for_a_key_that_asks_for_a_secret(world: World, certificate: str) -> None:
    act(world, certificate, WANTED, "clerk_1")
    act(world, certificate, Freeze(), "agency_chief")
    fixed = row(world, certificate)
    assert (fixed.state, fixed.register_suffix, fixed.dated_on) == ("to_sign", "a", date(2026, 4, 17))


def test_signed_on_a_later_day_it_would_stand_out_of_order_and_is_refused(world: World, certificate: str) -> None:
    act(world, certificate, WANTED, "clerk_1")
    world.at += timedelta(days=1)
    problem = tried(world, certificate, Sign(), "agency_chief")
    assert problem is not None
    assert "tidak dapat disisipkan" in problem.says
    assert "Nyatakan surat ini tidak berlaku" in problem.detail


def test_where_another_system_numbers_there_is_none(world: World, certificate: str) -> None:
    problem = tried(profiled(world, '[registers.BKPSDM]\nkind = "external"\n'), certificate, WANTED, "clerk_1")
    assert problem is not None
    assert "tidak bernomor sendiri" in problem.says
