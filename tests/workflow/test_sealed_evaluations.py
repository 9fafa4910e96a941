"""What one of a pair writes of the other stays closed until both have written, also to whoever takes the whole case along."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from tests.mentoring import BECAUSE, EVALUATION, MENTEE, MENTOR, running
from tests.world import World
from workflow.auditing.archive import write_archive

REMARK = "Sering terlambat datang"


@pytest.fixture
def evaluated(one_world: World) -> tuple[World, str]:
    """A pair that ended, of whom the mentee has evaluated and the mentor has not."""
    case = running(one_world)
    one_world.fire(case, "end_early", MENTEE, BECAUSE)
    one_world.fire(case, "evaluate", MENTEE, {**EVALUATION, "remark": REMARK})
    return one_world, case


def archive(world: World, case: str, who: str | None) -> str:
    """The texts of the archive that somebody takes; None for an auditor."""
    target, engine = io.BytesIO(), world.engine
    reader, at = (world.ids[who], world.at) if who else (None, None)
    world.database.read(
        lambda conn: write_archive(conn, engine.office, engine.registry, case, target, reader=reader, at=at)
    )
    with zipfile.ZipFile(target) as opened:
        return "\n".join(opened.read(name).decode() for name in opened.namelist() if name.endswith(".txt"))


@pytest.mark.parametrize("who", ["verifier", "administrator", MENTOR])
def test_the_archive_keeps_an_evaluation_closed_until_both_are_in(evaluated: tuple[World, str], who: str) -> None:
    world, case = evaluated
    taken = archive(world, case, who)
    assert REMARK not in taken
    assert "Isinya belum dibuka." in taken
    world.fire(case, "evaluate", MENTOR, EVALUATION)
    assert REMARK in archive(world, case, who)


def test_the_archive_opens_what_is_left_once_the_time_for_it_is_over(evaluated: tuple[World, str]) -> None:
    world, case = evaluated
    world.go_to(date(2026, 4, 10))
    assert REMARK in archive(world, case, "verifier")


def test_the_archive_of_an_auditor_holds_what_is_still_closed_to_others(evaluated: tuple[World, str]) -> None:
    assert REMARK in archive(*evaluated, None)
