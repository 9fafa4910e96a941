"""The power goes out while a letter is numbered, made, sealed, stored or sent: one number, one letter, one file, one message."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from tests.crashing import AFTER_COMMIT, BEFORE_COMMIT, BEFORE_RENAME, Crash, CrashServer, crash_server
from tests.letters_on_their_way import clerk_for
from tests.mailing import with_addresses
from tests.offices import PreparedOffice, all_stored
from tests.registers import profiled
from tests.witness import broken
from tests.workflow.test_crash import replace_struct
from tests.world import World
from workflow import effects
from workflow.effects import IN_HAND
from workflow.engine.engine import Outcome
from workflow.letters.acts import LetterAct
from workflow.mail.folder import Folder
from workflow.mail.post import Post
from workflow.tables import effects as owed
from workflow.tables import files, letters, registers

BOTH = pytest.mark.parametrize(("office", "every"), [("sqlite", 1), ("postgresql", 5)], indirect=["office"])


@pytest.fixture(scope="module")
def server() -> Iterator[CrashServer]:
    """Processes to be killed."""
    with crash_server() as found:
        yield found


@pytest.fixture
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """The office on the database that the test names."""
    found: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return found


def crash(office: PreparedOffice, world: World, **what: object) -> Crash:
    fields = {"case": "", "trigger": "", "person": "", "name": "", "form": {}, "key": "the-same-request", **what}
    return Crash(url=office.url, at=world.at, **fields)  # type: ignore[arg-type]


def run_letters(world: World) -> int:
    return effects.run_due(world.database, world.engine.office, world.at)


def run_mail(world: World, folder: Path, later: timedelta = timedelta()) -> int:
    post, done = Post(Folder(folder), world.engine.registry), 0
    while some := post.run_due(world.database, world.engine.office, world.at + later):
        done += some
    return done


def check_one_letter(world: World) -> None:
    """One number, one letter, one file that it names, whose digest is right; nothing is owed that makes another."""
    assert broken(world.database) == []
    ((letter, state, number, file, trouble),) = world.all(
        select(letters.c.id, letters.c.state, letters.c.register_number, letters.c.file_id, letters.c.trouble)
    )
    assert (state in ("signed", "sent"), number, trouble) == (True, 1, None)
    assert world.all(select(registers.c.last_number)) == [(1,)]
    ((made, content, sha256),) = world.all(
        select(files.c.id, files.c.content, files.c.sha256).where(
            files.c.uploaded_by.is_(None), files.c.media_type == "application/pdf"
        )
    )
    assert made == file
    assert hashlib.sha256(content).hexdigest() == sha256
    assert content.count(b"/ByteRange") == 1  # it is sealed, and once
    assert world.all(select(owed.c.done_at.is_not(None)).where(owed.c.kind == "render")) == [(True,)]
    dispatched = select(func.count()).where(owed.c.kind == effects.DISPATCH, owed.c.subject_id == letter)
    assert world.all(dispatched) == [(1,)]


@BOTH
def test_killed_while_a_letter_is_made_it_is_made_once_and_as_it_would_have_been(
    office: PreparedOffice, every: int, server: CrashServer
) -> None:
    world = office.as_new()
    world.road("forward")
    before, step = office.as_it_is(world), crash(office, world, work="render")
    whole = server.take(step)
    assert not whole.killed
    check_one_letter(world)
    for point in range(1, whole.statements + 1, every):
        world = before.as_new()
        assert server.take(replace_struct(step, die=point)).killed
        run_letters(world)
        check_one_letter(world)
        assert run_letters(world) == 0
    assert whole.statements > 5


def sent(folder: Path) -> list[str]:
    """The messages in a folder, by the effects that sent them."""
    return sorted(file.stem for file in folder.glob("*.eml"))


def waiting(world: World) -> list[str]:
    """What is to be mailed and has not been."""
    mailed = owed.c.kind.in_((effects.DISPATCH, effects.SEND, effects.MESSAGE))
    return [row.error or row.kind for row in world.all(select(owed).where(mailed, owed.c.done_at.is_(None)))]


@BOTH
def test_killed_while_a_letter_is_sent_each_gets_one_message(
    office: PreparedOffice, every: int, server: CrashServer, tmp_path: Path
) -> None:
    world = with_addresses(office.as_new())
    world.road("forward")
    run_letters(world)
    before = office.as_it_is(world)
    run_mail(world, tmp_path / "undisturbed")
    expected, left = sent(tmp_path / "undisturbed"), waiting(world)
    assert expected
    step = crash(office, world, work="mail", folder=str(tmp_path / "whole"))
    before.as_new()
    whole = server.take(step)
    assert not whole.killed
    for point in (*range(1, whole.statements + 1, every), BEFORE_RENAME):
        world = before.as_new()
        folder = tmp_path / str(point)
        assert server.take(replace_struct(step, die=point, folder=str(folder))).killed
        run_mail(world, folder, IN_HAND + timedelta(minutes=1))
        assert sent(folder) == expected, point
        assert waiting(world) == left
        check_one_letter(world)


def check_one_unit(office: PreparedOffice, world: World, every: int, server: CrashServer, step: Crash) -> None:
    """Killed anywhere, an act on a letter leaves nothing, and is done afterwards; once it is stored it is not done again."""
    before, act = office.as_it_is(world), msgspec.convert({"act": step.trigger, **step.form}, LetterAct)
    whole = server.take(step)
    assert not whole.killed
    numbered = select(letters.c.state, letters.c.number).where(letters.c.id == step.case)
    taken = world.all(numbered)
    assert taken[0].number

    def once_more() -> Outcome:
        return world.database.write(world.engine.letter, step.case, act, world.actor(step.name), step.at, key=step.key)

    for point in (*range(1, whole.statements + 1, every), BEFORE_COMMIT):
        world = before.as_new()
        assert server.take(replace_struct(step, die=point)).killed
        assert world.database.read(all_stored) == before.stored, f"killed at {point}, and something was left"
    assert not once_more().repeated
    assert world.all(numbered) == taken
    world = before.as_new()
    assert server.take(replace_struct(step, die=AFTER_COMMIT)).killed
    assert once_more().repeated
    assert world.all(numbered) == taken
    assert broken(world.database) == []


@BOTH
def test_killed_while_a_letter_is_signed_it_has_one_number_or_none(
    office: PreparedOffice, every: int, server: CrashServer
) -> None:
    world = office.as_new()
    world.road("complete")
    ((letter,),) = world.all(select(letters.c.id).where(letters.c.state == "to_sign"))
    who = "agency_chief"
    step = crash(office, world, work="letter", trigger="sign", case=letter, person=world.ids[who], name=who)
    check_one_unit(office, world, every, server, step)
    assert world.all(select(letters.c.state).where(letters.c.id == letter)) == [("to_render",)]


@BOTH
def test_killed_while_the_number_of_another_system_is_entered_it_is_on_the_letter_or_not(
    office: PreparedOffice, every: int, server: CrashServer
) -> None:
    world = profiled(office.as_new(), '[registers.SETDA]\nkind = "external"\n')
    clerk_for(world, "clerk_1")
    world.road("request_host")
    ((letter,),) = world.all(select(letters.c.id).where(letters.c.state == "to_number"))
    who, form = "clerk_1", {"number": "B/7/SETDA/2026"}
    of = {"case": letter, "person": world.ids[who], "name": who, "form": form}
    step = crash(office, world, work="letter", trigger="number", **of)
    check_one_unit(office, world, every, server, step)
    entered = select(letters.c.state, letters.c.number).where(letters.c.id == letter)
    assert world.all(entered) == [("to_sign", form["number"])]
