"""What a transition owes the world: rows of its own transaction, run at least once, retried, parked, and never twice over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.offices import change, messages
from tests.world import REQUEST, World
from workflow import effects
from workflow.errors import Refused
from workflow.letters.rendering import render
from workflow.tables import effects as table
from workflow.tables import files, letters


def renders(world: World) -> list[tuple[str, int, bool, bool]]:
    """Letter, attempts, done and parked of each effect that renders."""
    rows = world.all(select(table).where(table.c.kind == "render").order_by(table.c.id))
    return [(row.subject_id, row.attempts, row.done_at is not None, row.parked_at is not None) for row in rows]


def pdfs(world: World) -> int:
    """How many files were made of letters."""
    ((count,),) = world.all(
        select(func.count()).where(files.c.uploaded_by.is_(None), files.c.media_type == "application/pdf")
    )
    return int(count)


def run(world: World) -> int:
    return effects.run_due(world.database, world.engine.office, world.at)


def break_frame(world: World, letter: str, frame: str) -> str:
    """Put something else in place of a letter's frame. Answers what stood there."""
    ((before,),) = world.all(select(letters.c.frame).where(letters.c.id == letter))
    change(world, update(letters).where(letters.c.id == letter).values(frame=frame))
    return str(before)


def test_whoever_is_waited_for_next_is_told_and_the_actor_is_not(world: World) -> None:
    case = world.submitted()
    assert messages(world, case) == {
        "nursing_head": [
            "Magang antarinstansi: berkas berstatus “Menunggu persetujuan atasan langsung” menunggu tindakan Anda.",
        ]
    }
    world.fire(case, "reject", "nursing_head", {"reason": "Tidak cukup tenaga."})
    (told,) = messages(world, case)["nurse"]
    assert told == (
        "Magang antarinstansi: berkas ini sekarang berstatus “Ditolak”. Langkah terakhir: Tolak, oleh atasan langsung. "
        "Alasannya dapat dibaca pada berkas."
    )


def test_a_host_that_was_never_asked_is_not_told_that_the_request_was_withdrawn(world: World) -> None:
    case = world.road("verify")
    world.fire(case, "withdraw", "nurse")
    assert "contact" not in messages(world, case)


def test_a_host_that_was_asked_is_told_that_the_request_was_withdrawn(world: World) -> None:
    case = world.road("request_host")
    world.fire(case, "withdraw", "nurse")
    assert "berstatus “Permohonan ditarik”" in messages(world, case)["contact"][-1]


def test_whoever_has_no_part_in_a_draft_does_not_hear_of_it_yet(world: World) -> None:
    person = world.ids["nurse"]
    done = world.database.write(
        world.engine.open, "award_revocation", world.actor("verifier"), {}, world.at, person=person
    )
    assert messages(world, done.case_id) == {}


def test_a_refused_step_owes_nothing(world: World) -> None:
    case = world.open()
    with pytest.raises(Refused):
        world.fire(case, "submit", "nurse", {**REQUEST, "ends_on": "2026-04-01"})
    assert messages(world, case) == {}


def test_a_signed_letter_is_rendered_once_and_its_effect_is_done(one_world: World) -> None:
    world = one_world
    world.road("forward")
    ((letter, *_),) = renders(world)
    assert run(world) == 1
    assert run(world) == 0
    assert renders(world) == [(letter, 0, True, False)]
    ((state, file_id),) = world.all(select(letters.c.state, letters.c.file_id))
    assert state == "signed"
    ((content,),) = world.all(select(files.c.content).where(files.c.id == file_id))
    assert content.startswith(b"%PDF-1.7")


def test_a_letter_rendered_before_the_crash_is_left_alone_by_the_next_run(one_world: World) -> None:
    world = one_world
    world.road("forward")
    ((letter, *_),) = renders(world)
    render(world.database, world.engine.office, letter, world.at)  # and then the lights went out, before it was noted
    assert renders(world) == [(letter, 0, False, False)]
    assert run(world) == 1
    assert pdfs(world) == 1
    assert renders(world) == [(letter, 0, True, False)]


def test_an_effect_that_fails_is_tried_again_later_and_parked_in_the_end_with_its_error(world: World) -> None:
    case = world.road("forward")
    ((letter, *_),) = renders(world)
    right = break_frame(world, letter, "{}")
    for attempt, minutes in enumerate(effects.BACKOFF, start=1):
        assert run(world) == 0
        assert renders(world) == [(letter, attempt, False, False)]
        world.at += timedelta(minutes=minutes, seconds=-1)
        assert run(world) == 0, "not before its time"
        assert renders(world) == [(letter, attempt, False, False)]
        world.at += timedelta(seconds=1)
    assert run(world) == 0
    assert renders(world) == [(letter, len(effects.BACKOFF) + 1, False, True)]
    break_frame(world, letter, right)
    world.at += timedelta(days=30)
    assert run(world) == 0, "parked means that somebody must look"
    shown = [owed for owed in world.database.read(effects.owed_by, case, [letter]) if owed["kind"] == "render"]
    assert shown[0]["state"] == "parked"
    assert shown[0]["label"] == "gagal, perlu diperiksa"
    assert "ValidationError" in shown[0]["error"]


def test_a_letter_that_fails_holds_up_no_other(one_world: World) -> None:
    world = one_world
    world.road("forward")
    world.road("forward", "second_nurse")
    broken, good = (letter for letter, *_ in renders(world))
    break_frame(world, broken, "{}")
    assert run(world) == 1
    assert renders(world) == [(broken, 1, False, False), (good, 0, True, False)]


def test_a_letter_waits_to_be_made_and_not_to_be_sent(world: World) -> None:
    world.road("forward")
    ((letter, *_),) = renders(world)
    (owed,) = world.database.read(effects.owed_by, "none", [letter])
    assert (owed["kind"], owed["state"], owed["label"]) == ("render", "waiting", "menunggu dibuat")


def test_messages_wait_to_be_sent_and_are_shown_as_waiting(world: World) -> None:
    case = world.submitted()
    assert run(world) == 0
    (owed,) = world.database.read(effects.owed_by, case, [])
    assert owed["state"] == "waiting"
    assert owed["label"] == "menunggu kirim"
    assert owed["subject_id"] == world.ids["nursing_head"]
