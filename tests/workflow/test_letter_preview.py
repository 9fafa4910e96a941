"""A letter that nobody has signed is previewed as issuing it now would make it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select, update

from tests.letters_on_their_way import act, letter, row
from tests.offices import change, post_of
from tests.offices import lend as office_lends
from tests.workflow.letters.geometry import read
from tests.workflow.test_letter_route import lend, with_letter
from tests.world import World
from workflow.letters.acts import Freeze, Sign
from workflow.letters.foreseeing import foreseen
from workflow.letters.parts import LetterFrame
from workflow.letters.rendering import previewed
from workflow.tables import positions, registers


def to_sign(world: World) -> str:
    """A certificate that awaits its signature."""
    return letter(world, world.road("complete"), "internship_credit_certificate")


def frame_now(world: World, letter_id: str) -> LetterFrame:
    engine = world.engine
    return world.database.read(foreseen, engine.office, engine.registry, row(world, letter_id), world.at)


def shown(world: World, letter_id: str, folder: Path) -> str:
    file = folder / "konsep.pdf"
    engine = world.engine
    file.write_bytes(previewed(world.database, engine.office, engine.registry, letter_id, world.at))
    return read(file, "-layout")


def stored(world: World, letter_id: str) -> LetterFrame:
    return msgspec.json.decode(row(world, letter_id).frame, type=LetterFrame)


def vacate(world: World, who: str) -> None:
    change(world, update(positions).where(positions.c.holder_id == world.ids[who]).values(holder_id=None))


def test_a_preview_shows_who_would_sign_and_neither_number_nor_signature(world: World, tmp_path: Path) -> None:
    certificate = to_sign(world)
    before: Any = world.all(select(registers)), row(world, certificate)
    text = shown(world, certificate, tmp_path)
    assert "KONSEP" in text
    assert "(belum bernomor)" in text
    assert "KEPALA BADAN KEPEGAWAIAN" in text
    assert "Agency Chief" in text
    assert (world.all(select(registers)), row(world, certificate)) == before


def test_what_is_previewed_is_what_signing_gives(world: World) -> None:
    with_letter(world, "internship_request", cosigners=("personnel_head",))
    request = letter(world, world.road("request_host"))
    expected = frame_now(world, request)
    assert [block.name for block in expected.signatures] == ["Secretary", "Agency Chief"]
    assert expected.signatures[0].lines[0].startswith("a.n.")
    act(world, request, Sign(), "secretary")
    signed = stored(world, request)
    about_signing = {"number": None, "dated_on": None, "signed_at": None, "draft": True, "test_key": False}
    assert msgspec.structs.replace(signed, **about_signing) == expected
    assert frame_now(world, request) == signed


def test_a_preview_follows_whoever_stands_in_now(one_world: World, tmp_path: Path) -> None:
    certificate = to_sign(one_world)
    chief = post_of(one_world, "agency_chief")
    vacate(one_world, "agency_chief")
    office_lends(one_world, "plt", chief, "second_verifier")
    (block,) = frame_now(one_world, certificate).signatures
    assert (block.lines[0][:10], block.name) == ("Plt. KEPAL", "Second Verifier")
    assert re.search(r"Plt\.\s+KEPALA BADAN KEPEGAWAIAN", shown(one_world, certificate, tmp_path))


def test_whoever_may_no_longer_sign_it_is_not_in_the_preview(one_world: World) -> None:
    certificate = to_sign(one_world)
    lend(one_world, "plh", "agency_chief", "second_verifier")
    vacate(one_world, "agency_chief")  # and with them goes what they lent
    (block,) = frame_now(one_world, certificate).signatures
    assert (block.lines, block.name) == (("SEKRETARIS DAERAH,",), "Secretary")


def test_where_nobody_can_sign_the_preview_bears_the_title_of_the_role(one_world: World, tmp_path: Path) -> None:
    certificate = to_sign(one_world)
    for (who,) in one_world.all(select(positions.c.holder_id).where(positions.c.holder_id.is_not(None))):
        change(one_world, update(positions).where(positions.c.holder_id == who).values(holder_id=None))
    (block,) = frame_now(one_world, certificate).signatures
    title = one_world.engine.registry.process("internship").role[row(one_world, certificate).role].title
    assert (block.title, block.name) == (title, "")
    assert title.upper() in shown(one_world, certificate, tmp_path)


def test_a_letter_that_is_fixed_is_previewed_as_it_is(one_world: World) -> None:
    certificate = to_sign(one_world)
    act(one_world, certificate, Freeze(), "agency_chief")
    vacate(one_world, "agency_chief")
    assert frame_now(one_world, certificate) == stored(one_world, certificate)
